// What the holds of the scheduling add-ons have in common: whether the app has the add-on, its credentials read from the
// app's config vars when they are needed, and the wait for runs that began before the pause. The calls are each add-on's own.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { clause, Trouble } from '../../errors.ts';
import type { Change, Cx, Hold, Item, Look, StepName, Verdict } from '../../model/step.ts';
import { pastCap, timeLeft } from '../../steps/drain-cap.ts';
import type { Addon } from '../api/addons.ts';
import type { Heroku } from '../api/client.ts';
import type { Dyno } from '../api/dynos.ts';
import { redactedCommand } from '../redacted.ts';
import { isKnown, lastRun, type Schedule } from '../schedulers/falls-into.ts';
import { command } from '../shell.ts';
import { aged, isTooOld, tooOld } from './aged.ts';
import { pace } from './pace.ts';

/** A run that was due just before the pause can still start its dyno; no add-on promises an exact second. */
const AFTER_TICK = 60_000;

/** A job of an add-on, for the hold and for the inventory. `command` may hold secrets: see `shown`. */
export interface AddOnJob<S extends string> {
  readonly key: string;
  readonly name: string;
  readonly state: S;
  readonly command: string | null;
  readonly schedule: Schedule;
  /** For people: "0 3 * * * Europe/Berlin". */
  readonly when: string;
}

export type Listed<S extends string> =
  | { readonly is: 'absent'; readonly warnings: readonly string[] }
  | { readonly is: 'unusable'; readonly why: string }
  | { readonly is: 'listed'; readonly jobs: readonly AddOnJob<S>[] };

export interface SchedulingAddOn<S extends string> {
  readonly step: StepName;
  /** Its name, and what an exception is called after. */
  readonly title: string;
  /** "job" or "trigger". */
  readonly noun: string;
  /** Names of the add-on service; the first is what is opened by hand. */
  readonly services: readonly [string, ...string[]];
  /** Config vars that must be there, the first of which tells that the app uses it. */
  readonly variables: readonly [string, ...string[]];
  /** What to do where one of them is missing; a sentence. */
  readonly missing: string;
  readonly value: z.ZodType<S>;
  readonly runs: S;
  readonly rests: S;
  /** What a person presses. */
  readonly press: Readonly<Record<S, string>>;
  jobs(cx: Cx, access: Access): Promise<readonly AddOnJob<S>[]>;
  /** Sets the states and reads them back. */
  write(cx: Cx, access: Access, changes: readonly Change<S>[]): Promise<readonly AddOnJob<S>[]>;
  /** What stands in the plan of a job that the pause itself harms. */
  warning?(cx: Cx, job: AddOnJob<S>): string | null;
}

/** The values of `variables`, in their order. Never kept. */
export type Access = readonly string[];

const Memo = z
  .object({
    /** The step's `since`: what is kept from an earlier time says nothing. */
    since: z.number(),
    /** Until when a run that was due before the pause may still start; domain time. */
    until: z.number(),
    /** Fingerprints, for commands can hold secrets. */
    commands: z.array(z.string()),
  })
  .nullable();
type Memo = {
  readonly since: number;
  readonly until: number;
  readonly commands: readonly string[];
} | null;

export interface SchedulingHold<S extends string> extends Hold<S, Memo> {
  /** For the inventory; throws what Heroku itself refuses. */
  jobs(cx: Cx): Promise<Listed<S>>;
}

export function schedulingAddOn<S extends string>(heroku: Heroku, addOn: SchedulingAddOn<S>): SchedulingHold<S> {
  const jobs = async (cx: Cx): Promise<Listed<S>> => {
    const found = await accessTo(heroku, addOn, cx);
    if (found.is !== 'there') return found;
    try {
      return { is: 'listed', jobs: await addOn.jobs(cx, found.access) };
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      return { is: 'unusable', why: `its ${addOn.noun}s cannot be read (${clause(error)})` };
    }
  };
  return {
    kind: 'hold',
    name: addOn.step,
    title: addOn.title,
    door: false,
    value: addOn.value,
    memo: Memo,
    jobs,
    async look(cx) {
      const listed = await jobs(cx);
      if (listed.is === 'absent') return { is: 'seen', items: [], warnings: listed.warnings };
      if (listed.is === 'listed') return seen(addOn, cx, listed.jobs);
      const why = `The ${addOn.noun}s of ${addOn.title} cannot be paused, they go on starting: ${listed.why}`;
      return { is: 'unusable', exception: addOn.title, why };
    },
    // Whatever did not run before, paused or through with its one run, is left as it is.
    aim: (_cx, item, way) => (way === 'quiet' && item.before === addOn.runs ? addOn.rests : item.before),
    async write(cx, changes) {
      const found = await accessTo(heroku, addOn, cx);
      if (found.is === 'there') return seen(addOn, cx, await addOn.write(cx, found.access, changes));
      const why = found.is === 'unusable' ? found.why : 'the app has it no longer';
      throw new Trouble('needs-human', `Expected to set the ${addOn.noun}s of ${addOn.title}: ${why}.`, {
        remedy: addOn.missing,
      });
    },
    settle: (cx, way, items, memo) =>
      way === 'back' ? Promise.resolve({ is: 'done' }) : rested(heroku, addOn, cx, items, memo),
    say: (app, item, value) => ({
      will: value === addOn.rests ? 'paused' : `${value} again`,
      byHand: `${command('heroku', 'addons:open', addOn.services[0], '--app', app.name)} && ${command('echo', `${addOn.noun} ${item.label} (${item.key}): ${addOn.press[value]}`)}`,
    }),
    show: (value) => value,
  };
}

type Found =
  | { readonly is: 'there'; readonly access: Access }
  | { readonly is: 'absent'; readonly warnings: readonly string[] }
  | { readonly is: 'unusable'; readonly why: string };

async function accessTo<S extends string>(heroku: Heroku, addOn: SchedulingAddOn<S>, cx: Cx): Promise<Found> {
  // At once, like everybody else who reads them: one after the other, the second would often be read anew.
  const [addons, vars] = await Promise.all([heroku.addons.list(cx, cx.app.id), heroku.configVars.get(cx, cx.app.id)]);
  const access = addOn.variables.map((name) => (Object.hasOwn(vars, name) ? (vars[name] ?? '') : ''));
  const its = addons.filter(({ addon_service: { name } }) => name !== undefined && addOn.services.includes(name));
  if (its.length === 0 && access[0] === '') return { is: 'absent', warnings: [] };
  if (await isBorrowed(heroku, addOn, cx, addons, its)) {
    const warning = `${addOn.title} is borrowed from another app: its ${addOn.noun}s run there, and are left alone`;
    return { is: 'absent', warnings: [warning] };
  }
  const missing = addOn.variables.filter((_, i) => access[i] === '');
  if (missing.length === 0) return { is: 'there', access };
  return { is: 'unusable', why: `the config var ${missing.join(', ')} is missing. ${addOn.missing}` };
}

/** Its config vars are here, but its jobs start dynos of the app that owns it: not ours to pause. */
async function isBorrowed<S extends string>(
  heroku: Heroku,
  addOn: SchedulingAddOn<S>,
  cx: Cx,
  addons: readonly Addon[],
  its: readonly Addon[],
): Promise<boolean> {
  if (its.length > 0) return its.every(({ app }) => app.id !== undefined && app.id !== cx.app.id);
  // Only the variables, which can have been set by hand. Whether the list has borrowed ones too is not told for certain.
  const attached = await heroku.addons.attachedTo(cx, cx.app.id);
  return attached.some(
    ({ name, addon }) => addOn.variables[0].startsWith(`${name}_`) && !addons.some(({ id }) => id === addon.id),
  );
}

function seen<S extends string>(addOn: SchedulingAddOn<S>, cx: Cx, jobs: readonly AddOnJob<S>[]): Look<S> {
  return {
    is: 'seen',
    items: jobs.map((job) => ({ key: job.key, label: `${shown(job)} (${job.when})`, value: job.state })),
    warnings: jobs.flatMap((job) => (job.state === addOn.runs ? (addOn.warning?.(cx, job) ?? []) : [])),
  };
}

/** Its name; redacted where that is the command, its beginning, or has it within, as add-ons and people fill it in. */
export function shown(job: Pick<AddOnJob<string>, 'key' | 'name' | 'command'>): string {
  const name = oneLine(job.name);
  const given = oneLine(job.command ?? '');
  const tells = given !== '' && (given.startsWith(name.replace(/(\.\.\.|…)$/, '')) || name.includes(given));
  if (name !== '' && !tells) return name.length > 60 ? `${name.slice(0, 59)}…` : name;
  return given === '' ? job.key : redactedCommand(given);
}

function oneLine(text: string): string {
  return text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
}

/** All are paused, none is due from before the pause, and no dyno runs the command of one any more. */
async function rested<S extends string>(
  heroku: Heroku,
  addOn: SchedulingAddOn<S>,
  cx: Cx,
  items: readonly Item<S>[],
  kept: Memo,
): Promise<Verdict<Memo>> {
  const memo = kept?.since === cx.since ? kept : await rememberedFrom(heroku, addOn, cx, items);
  if (memo === null) return { is: 'again', memo: null };
  const running = await runningOf(heroku, cx, memo.commands);
  if (running.length > 0) {
    const still = (named: (dyno: Dyno) => string): string =>
      `${running.slice(0, 5).map(named).join(', ')} still ${running.length === 1 ? 'runs' : 'run'} the command of a ${addOn.noun} of ${addOn.title}`;
    const old = tooOld(cx, running);
    if (old !== undefined) return { is: 'failed', why: isTooOld(cx, aged(cx, old)) };
    if (pastCap(cx)) return { is: 'failed', why: still((dyno) => aged(cx, dyno)) };
    return { is: 'waiting', why: `${still(({ name }) => name)}; ${timeLeft(cx)}`, look: pace(cx), memo, drains: true };
  }
  if (cx.now >= memo.until) return { is: 'done' };
  const why = `a ${addOn.noun} of ${addOn.title} was or may have been due a moment ago: its dyno may still start`;
  return { is: 'waiting', why, look: Math.max(1_000, Math.min(10_000, memo.until - cx.now)), memo };
}

/** Read once: while dynos are waited for, the add-on is not asked again. Null where one is not paused. */
async function rememberedFrom<S extends string>(
  heroku: Heroku,
  addOn: SchedulingAddOn<S>,
  cx: Cx,
  items: readonly Item<S>[],
): Promise<Memo> {
  const found = await accessTo(heroku, addOn, cx);
  // What cannot be asked any more has no jobs to wait for; that it is so, the next look says.
  if (found.is !== 'there') return null;
  const jobs = await addOn.jobs(cx, found.access);
  const ours = jobs.filter(({ key }) => items.some((item) => item.key === key));
  if (ours.some(({ state }) => state === addOn.runs)) return null;
  const ticks = ours.map(({ schedule }) => (isKnown(schedule) ? (lastRun(schedule, cx.now) ?? 0) : cx.now));
  const commands = jobs.flatMap(({ command }) => (command ? [fingerprint(command)] : []));
  // A command may be the name of a process type: the dyno then runs the command of that.
  const formation = await heroku.formation.list(cx, cx.app.id);
  const named = formation.filter(({ type }) => commands.includes(fingerprint(type)));
  const theirs = named.flatMap(({ command }) => (command ? [fingerprint(command)] : []));
  return {
    since: cx.since,
    until: Math.max(0, ...ticks) + AFTER_TICK,
    commands: [...new Set([...commands, ...theirs])],
  };
}

/** By their command, for of what type and name these dynos are is not known. A dyno of the formation is none of them. */
async function runningOf(heroku: Heroku, cx: Cx, commands: readonly string[]): Promise<readonly Dyno[]> {
  const dynos = (await heroku.dynos.list(cx, cx.app.id)).filter((dyno) => commands.includes(fingerprint(dyno.command)));
  if (dynos.length === 0) return [];
  const formation = await heroku.formation.list(cx, cx.app.id);
  return dynos.filter((dyno) => !formation.some(({ type, command }) => type === dyno.type && command === dyno.command));
}

/** On Fir a command may come with the launcher before it. */
function fingerprint(command: string): string {
  const bare = command.trim().replace(/^launcher\s+/, '');
  return createHash('sha256').update(bare).digest('hex').slice(0, 16);
}
