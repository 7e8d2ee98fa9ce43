// `run app -- command`: an operator's command in the app that is held, and what it prints. The driver starts it; here it is
// only taken on, or refused with the reason.
import type { Person } from '../../model/person.ts';
import type { Run, Work } from '../../model/run.ts';
import { admitted } from './admission.ts';
import { changeOf } from './change.ts';
import { type Door, refused, writtenDown } from './door.ts';
import type { Output, OutputRequest, Refused, Working, WorkRequest } from './reply.ts';
import { oneRun, status } from './status.ts';

/** Characters that Slack can show in one piece; a longer one is a script that belongs into the app. */
const LONGEST = 2_500;
const SIZE = /^[a-z0-9][a-z0-9-]{0,39}$/i;

export async function work(door: Door, by: Person, request: WorkRequest): Promise<Working | Refused> {
  const what = `run a command in ${request.app}`;
  const { work: platform } = door.platform;
  if (platform === undefined) return refused('Commands cannot be run here.', 'Run it yourself.');
  const wrong = wrongWith(request);
  if (wrong !== null) return writtenDown(door, by, what, wrong);
  const { command, size } = request;
  const shows = platform.show(command);
  const asked = { do: 'work', command, shows, size } as const;
  const changed = await changeOf(door, by, 'run a command in', request.app, asked);
  if (changed.is === 'refused') return changed;
  const taken = changed.run.works.at(-1);
  if (taken === undefined) throw new Error(`Expected run ${changed.run.id} to have a work, got none`);
  return { is: 'working', run: changed.run, work: taken };
}

function wrongWith({ command, size }: WorkRequest): Refused | null {
  const like = 'Like this: run APP -- rails db:migrate.';
  if (command.trim() === '') return refused('Expected a command, got nothing.', like);
  if (command.length > LONGEST) {
    return refused(
      `Expected a command of at most ${LONGEST} characters, got ${command.length}.`,
      'Put it into a script of the app.',
    );
  }
  // One line, all of which can be seen: what runs is what people read.
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(command) || !command.isWellFormed())
    return refused('Expected a command of one line, without characters that cannot be seen.', like);
  if (size !== null && !SIZE.test(size))
    return refused(`Expected a dyno size, got "${size.slice(0, 40)}".`, 'Like this: --size=performance-m.');
  return null;
}

/** Whoever may run commands may read what they print. */
export async function output(door: Door, by: Person, request: OutputRequest): Promise<Output | Refused> {
  const found = await runNamed(door, by, request.app);
  if ('is' in found) return found;
  const entry = await admitted(door, by, 'operate', found.app.id, `read what a command in ${request.app} prints`);
  if (entry.is === 'refused') return entry;
  const asked = request.work === null ? found.works.at(-1) : found.works.find(({ id }) => id === request.work);
  if (asked === undefined) {
    return refused(`maint has run no such command in ${found.app.name}.`, `/maint run ${found.app.name} -- COMMAND`);
  }
  return outputOf(door, found, asked, request.after);
}

async function outputOf(door: Door, run: Run, asked: Work, after: number): Promise<Output> {
  // The parts after the run: of one that has ended everything is there then.
  const parts = await door.store.outputParts({ run: run.id, work: asked.id }, after);
  return { is: 'output', run, work: asked, parts };
}

async function runNamed(door: Door, by: Person, app: string): Promise<Run | Refused> {
  const byId = await oneRun(door, by, app);
  const found = byId.is === 'refused' ? await status(door, by, app) : byId;
  if (found.is === 'refused') return found;
  return found.runs[0] ?? refused(`There is no maintenance of "${app}".`, 'Check the name of the app.');
}
