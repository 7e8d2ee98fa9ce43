// What passes over the socket between `npm run maint` and a running bot: the door's own methods, by name.
import { join } from 'node:path';
import { z } from 'zod';
import { MOST } from '../model/decide.ts';
import { Answer } from '../model/event.ts';
import type { Json } from '../model/json.ts';
import type { Person } from '../model/person.ts';
import { ExportFile } from '../run/commands/export-file.ts';
import type { Commands } from '../run/commands/reply.ts';
import { WindowDraft } from '../run/windows/reply.ts';
import { questionIds } from '../windows/reading.ts';

const Length = z.number().int().positive().max(MOST);
const App = z.string().min(1).max(200);
const JsonValue: z.ZodType<Json> = z.json();
const Input = z.object({ set: z.record(z.string(), JsonValue), reset: z.array(z.string().max(200)).max(100) });

/** IANA. */
const Zone = z.string().max(100);
const Id = z.string().max(300);
export const WindowAsked = z.object({
  apps: z.array(z.string().max(200)).max(100),
  typed: z.string().max(1000).nullable(),
  zone: Zone,
  own: Zone,
  answers: z.partialRecord(z.enum(questionIds), z.string().max(100)),
  now: z.number().int().nullable(),
  lengthMs: z.number().int().nullable(),
  reason: z.string().max(2000).nullable(),
  channels: WindowDraft.shape.channels,
  leads: z.array(z.string().max(100)),
  startsBy: WindowDraft.shape.startsBy,
  announceBefore: z.array(z.number().int()).nullable(),
  changes: z.object({ id: Id, version: z.number().int() }).nullable(),
});
export type WindowAsked = z.infer<typeof WindowAsked>;

export const Call = z.discriminatedUnion('method', [
  z.object({ method: z.literal('plan'), app: App }),
  z.object({ method: z.literal('doctor'), app: App }),
  z.object({
    method: z.literal('start'),
    request: z.object({
      app: App,
      length: Length.nullable(),
      because: z.string().max(2000).nullable(),
      channel: z.string().nullable(),
      accepted: z.array(z.string()),
    }),
  }),
  z.object({ method: z.literal('status'), app: App.nullable() }),
  z.object({ method: z.literal('history'), app: App.nullable() }),
  z.object({ method: z.literal('trail'), app: App, run: z.string().max(100) }),
  z.object({ method: z.literal('run'), id: z.string() }),
  z.object({ method: z.literal('resume'), app: App }),
  z.object({ method: z.literal('abort'), app: App }),
  z.object({ method: z.literal('break-glass'), app: App, because: z.string().max(2000) }),
  z.object({ method: z.literal('extend'), app: App, ms: Length }),
  z.object({
    method: z.literal('work'),
    request: z.object({ app: App, command: z.string().max(10_000), size: z.string().max(100).nullable() }),
  }),
  z.object({
    method: z.literal('output'),
    request: z.object({ app: App, work: z.string().max(100).nullable(), after: z.number().int().nonnegative() }),
  }),
  z.object({
    method: z.literal('answer'),
    request: z.object({ run: z.string(), question: z.string(), answer: Answer, hash: z.string().nullable() }),
  }),
  z.object({ method: z.literal('export'), app: App }),
  z.object({ method: z.literal('proof'), app: App }),
  z.object({ method: z.literal('preview'), file: ExportFile }),
  z.object({ method: z.literal('adopt'), file: ExportFile, hash: z.string().max(100) }),
  z.object({ method: z.literal('receipt'), id: z.string(), after: z.number().int().nonnegative() }),
  z.object({ method: z.literal('settings'), app: App }),
  z.object({ method: z.literal('propose-settings'), app: App, input: Input }),
  z.object({
    method: z.literal('change-settings'),
    app: App,
    input: Input,
    version: z.number().int().nonnegative(),
  }),
  z.object({ method: z.literal('propose-window'), request: WindowAsked }),
  z.object({ method: z.literal('check-window'), draft: WindowDraft }),
  z.object({ method: z.literal('schedule'), draft: WindowDraft, own: Zone }),
  z.object({ method: z.literal('windows'), app: App.nullable(), own: Zone }),
  z.object({ method: z.literal('skip-window'), occurrence: Id, own: Zone }),
  z.object({ method: z.literal('cancel-window'), window: Id, own: Zone }),
  z.object({ method: z.literal('start-window'), occurrence: Id }),
]);
export type Call = z.infer<typeof Call>;

export const Envelope = z.object({ by: z.string().min(1).max(100), call: Call });

/** In the data directory, which only its owner can enter: opening the database sees to that. */
export function socketPath(dataDir: string): string {
  return join(dataDir, 'maint.sock');
}

/** Does what a call says, through the door that Slack uses too. */
export function dispatch(commands: Commands, by: Person, call: Call) {
  switch (call.method) {
    case 'plan':
      return commands.plan(by, call.app);
    case 'doctor':
      return commands.doctor(by, call.app);
    case 'start':
      return commands.start(by, call.request);
    case 'status':
      return commands.status(by, call.app);
    case 'history':
      return commands.history(by, call.app);
    case 'trail':
      return commands.trail(by, call.app, call.run);
    case 'run':
      return commands.run(by, call.id);
    case 'resume':
      return commands.resume(by, call.app);
    case 'abort':
      return commands.abort(by, call.app);
    case 'break-glass':
      return commands.breakGlass(by, call.app, call.because);
    case 'extend':
      return commands.extend(by, call.app, call.ms);
    case 'work':
      return commands.work(by, call.request);
    case 'output':
      return commands.output(by, call.request);
    case 'answer':
      return commands.answer(by, call.request);
    case 'export':
      return commands.export(by, call.app);
    case 'proof':
      return commands.proof(by, call.app);
    case 'preview':
      return commands.preview(by, call.file);
    case 'adopt':
      return commands.adopt(by, call.file, call.hash);
    case 'receipt':
      return commands.receipt(by, call.id, call.after);
    case 'settings':
      return commands.settings(by, call.app);
    case 'propose-settings':
      return commands.proposeSettings(by, call.app, call.input);
    case 'change-settings':
      return commands.changeSettings(by, call.app, call.input, call.version);
    case 'propose-window':
      return commands.proposeWindow(by, call.request);
    case 'check-window':
      return commands.checkWindow(by, call.draft);
    case 'schedule':
      return commands.schedule(by, call.draft, call.own);
    case 'windows':
      return commands.windows(by, call.app, call.own);
    case 'skip-window':
      return commands.skip(by, call.occurrence, call.own);
    case 'cancel-window':
      return commands.cancelWindow(by, call.window, call.own);
    case 'start-window':
      return commands.startWindow(by, call.occurrence);
  }
}

export type Reply = Awaited<ReturnType<typeof dispatch>>;

export function terminalPerson(name: string): Person {
  return { id: name, name, via: 'terminal' };
}
