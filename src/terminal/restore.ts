// `restore`: brings an app back by hand, whatever there is to bring it back from: the run that the database knows, an
// export of one, or the markers in the Scheduler. Always safe: it may be cut off, and done again; it says what it changed,
// and what it cannot know. All three take the one way back there is.
import { readFile, stat } from 'node:fs/promises';
import { clause, Trouble } from '../errors.ts';
import type { Run } from '../model/run.ts';
import type { AppRef } from '../model/step.ts';
import type { InMemory, Rescue, Standing } from '../rescue/index.ts';
import { BadExport, type ExportFile, MOST_EXPORT_BYTES, readExport } from '../run/commands/export-file.ts';
import type { Receipt } from '../run/commands/reply.ts';
import { approved } from './approve.ts';
import { driveBack } from './drive-back.ts';
import { DONE, NEEDS_A_PERSON, REFUSED } from './outcome.ts';
import { dispatch, terminalPerson } from './protocol.ts';
import type { Reached, Reply } from './reach.ts';
import { receiptText, restoreJson, standingText } from './restored.ts';
import { clean, jsonText, type Screen, sure } from './screen.ts';
import { maintCommand, rowsText } from './words.ts';

export interface Restoring {
  /** Null where the database is lost. */
  readonly reached: Reached | null;
  /** Why it is. */
  readonly lost: string | null;
  readonly rescue: Rescue;
  /** The person's name at this terminal. */
  readonly by: string;
  /** A test's own way of reaching what is in memory. */
  readonly through?: (memory: InMemory) => Reached;
}

export interface RestoreOptions {
  /** The hash of a list that was seen before. */
  readonly approve: string | null;
  /** Turns a run that is still on its way to quiet without asking. Approves nothing. */
  readonly yes: boolean;
}

/** What has come of it so far; printed as one JSON with `--json`. */
export interface Outcome {
  app: string | null;
  lost: string | null;
  receipts: Receipt[];
  /** What waits to be approved. */
  approve: { run: Run; hash: string }[];
  refused: { says: string; remedy: string }[];
  damaged: readonly string[];
  now: readonly Standing[] | null;
}

export async function restore(on: Restoring, screen: Screen, app: string, options: RestoreOptions): Promise<number> {
  return told(on, screen, async (outcome) => {
    outcome.app = app;
    const known = await runOf(on, app);
    if (on.reached !== null && known !== null && known.ended === null) {
      return putBack(on.reached, screen, known, options, outcome);
    }
    return fromMarkers(on, screen, app, options, outcome);
  });
}

/** The app's unfinished run, or its last one; null where none is known. */
async function runOf({ reached }: Restoring, app: string): Promise<Run | null> {
  const found = await reached?.call({ method: 'status', app });
  return found?.is === 'status' ? (found.runs[0] ?? null) : null;
}

/** `app`: what the file has to be of, or null. */
export async function restoreFrom(
  on: Restoring,
  screen: Screen,
  path: string,
  app: string | null,
  options: RestoreOptions,
): Promise<number> {
  return told(on, screen, async (outcome) => {
    const { file, run } = await readFrom(path);
    outcome.app = run.app.name;
    const of = [file.app.id, file.app.name, run.app.name];
    if (app !== null && !of.includes(app)) {
      throw new BadExport(`Expected an export of ${app}, got one of ${run.app.name}.`);
    }
    const code = await inReach(on, null, (reached) => takeUp(reached, screen, file, options, outcome));
    if (code !== DONE) return code;
    // Jobs that were paused after the export was made are not in it.
    const left = (await on.rescue.paused(run.app)).runs;
    return left.length === 0 ? code : fromMarkers(on, screen, run.app.id, { ...options, approve: null }, outcome);
  });
}

async function readFrom(path: string): Promise<{ file: ExportFile; run: Run }> {
  try {
    const { size } = await stat(path);
    if (size > MOST_EXPORT_BYTES) throw new BadExport(`Expected an export, got a file of ${size} bytes.`);
    return readExport(await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw new BadExport(`Expected to read ${path}: ${error.code}.`);
    throw error;
  }
}

/** Says first that the database is lost, and at the end all of it as JSON; what people can cause is an answer. */
async function told(on: Restoring, screen: Screen, work: (outcome: Outcome) => Promise<number>): Promise<number> {
  const outcome: Outcome = {
    app: null,
    lost: on.lost,
    receipts: [],
    approve: [],
    refused: [],
    damaged: [],
    now: null,
  };
  if (on.lost !== null) {
    screen.err(
      `The database of maint cannot be opened: ${clean(on.lost)}. It goes on without. If a maint is running somewhere that can open it, use that one instead: it knows more.`,
    );
  }
  let code: number;
  try {
    code = await work(outcome);
  } catch (error) {
    if (!(error instanceof BadExport) && !(error instanceof Trouble)) throw error;
    const remedy = error instanceof Trouble ? error.remedy : 'Nothing was changed.';
    code = refuse(screen, outcome, { says: `${clause(error)}.`, remedy });
  }
  if (screen.json) screen.out(jsonText(restoreJson(outcome)));
  return code;
}

function refuse(screen: Screen, outcome: Outcome, { says, remedy }: { says: string; remedy: string }): number {
  outcome.refused.push({ says, remedy });
  if (!screen.json) screen.err(clean(`${says} ${remedy}`));
  return REFUSED;
}

function refusedBy(screen: Screen, outcome: Outcome, reply: Reply): number {
  if (reply.is === 'refused') return refuse(screen, outcome, reply);
  throw new Error(`Expected an answer or a refusal, got ${reply.is}`);
}

/** The run that the database knows. */
async function putBack(
  reached: Reached,
  screen: Screen,
  run: Run,
  options: RestoreOptions,
  outcome: Outcome,
): Promise<number> {
  const app = run.app.name;
  if (run.way === 'quiet' && run.quietAt !== null) {
    const given = await approved(reached, screen, app, options.approve, () => {}, 'restore');
    if (given.is === 'refused') return refusedBy(screen, outcome, given.reply);
    if (given.is === 'waiting') {
      outcome.approve.push({ run: given.run, hash: given.hash });
      return NEEDS_A_PERSON;
    }
    if (given.run.way === 'quiet') {
      return refuse(screen, outcome, {
        says: 'Something changed between the list and its approval, so nothing was put back.',
        remedy: `${maintCommand('restore', app)} shows the list as it is now.`,
      });
    }
  } else if (run.way === 'quiet') {
    const turn = `Turn the maintenance of ${app} round, which is not quiet yet, and put everything back?`;
    if (!options.yes && !(await sure(screen, turn))) return NEEDS_A_PERSON;
    const reply = await reached.call({ method: 'abort', app });
    if (reply.is !== 'changed') return refusedBy(screen, outcome, reply);
  }
  return seeItBack(reached, screen, run.id, run.seq, outcome);
}

/** Follows the way back to its end, and says what was changed after event `after`. */
async function seeItBack(
  reached: Reached,
  screen: Screen,
  id: string,
  after: number,
  outcome: Outcome,
  of: 'run' | 'jobs' = 'run',
): Promise<number> {
  // A maintenance whose jobs alone are known is not back when they are: its phases would say too much.
  const run = await driveBack(reached, screen, id, of === 'run' ? screen.err : () => {});
  const reply = await reached.call({ method: 'receipt', id, after });
  if (reply.is !== 'receipt') return refusedBy(screen, outcome, reply);
  outcome.receipts.push(reply);
  if (!screen.json) screen.out(receiptText(reply, of));
  return run.ended === null ? NEEDS_A_PERSON : DONE;
}

/** A run that the database does not know, or that there is no database for. */
async function takeUp(
  reached: Reached,
  screen: Screen,
  file: ExportFile,
  options: RestoreOptions,
  outcome: Outcome,
  of: 'run' | 'jobs' = 'run',
): Promise<number> {
  const shown = await reached.call({ method: 'preview', file });
  if (shown.is !== 'preview') return refusedBy(screen, outcome, shown);
  const { run, rows, hash } = shown;
  if (!screen.json) screen.out(rowsText(rows));
  if (options.approve === null && !screen.interactive) {
    outcome.approve.push({ run, hash });
    screen.err(`Nothing has been put back. To approve exactly this, say it again with: --approve ${hash}`);
    return NEEDS_A_PERSON;
  }
  if (options.approve === null && !(await sure(screen, `Bring ${run.app.name} back like this?`))) {
    outcome.approve.push({ run, hash });
    return NEEDS_A_PERSON;
  }
  const taken = await reached.call({ method: 'adopt', file, hash: options.approve ?? hash });
  if (taken.is !== 'changed') return refusedBy(screen, outcome, taken);
  return seeItBack(reached, screen, taken.run.id, taken.run.seq, outcome, of);
}

/** Where no unfinished run is known by that name: what the Scheduler still carries of lost ones. */
async function fromMarkers(
  on: Restoring,
  screen: Screen,
  name: string,
  options: RestoreOptions,
  outcome: Outcome,
): Promise<number> {
  const app = await findApp(on, name);
  if ('says' in app) return refuse(screen, outcome, app);
  // By its id: it may have been renamed since, and the name may have been another app's.
  const known = await runOf(on, app.id);
  if (on.reached !== null && known !== null && known.ended === null) {
    return putBack(on.reached, screen, known, options, outcome);
  }
  const paused = await pausedJobs(on, app);
  if ('says' in paused) refuse(screen, outcome, paused);
  const { runs, damaged } = 'says' in paused ? { runs: [], damaged: [] } : paused;
  let worst = 'says' in paused ? REFUSED : DONE;
  for (const { id, jobs } of runs) {
    const count = jobs.length === 1 ? 'one job' : `${jobs.length} jobs`;
    screen.err(`The Scheduler of ${clean(app.name)} has ${count} paused by the maintenance ${clean(id)}:`);
    const file = await on.rescue.fromMarkers(app, id, terminalPerson(on.by));
    if (file === null) continue;
    const code = await inMemory(on, id, (reached) => takeUp(reached, screen, file, options, outcome, 'jobs'));
    worst = Math.max(worst, code);
  }
  outcome.damaged = damaged;
  outcome.now = await on.rescue.asItStands(app);
  if (!screen.json) screen.out(standingText({ app, known, outcome, nothing: runs.length === 0 }));
  if (worst !== DONE) return worst;
  // Jobs alone are not all of a maintenance, unless the database has seen the rest of it end.
  const all = on.lost === null && damaged.length === 0 && (runs.length === 0 || known !== null);
  return all ? DONE : NEEDS_A_PERSON;
}

async function findApp(on: Restoring, name: string): Promise<AppRef | { says: string; remedy: string }> {
  const found = await on.rescue.find(name);
  if (found.is === 'found') return found.app;
  const near = found.nearest.length === 0 ? '' : ` Did you mean ${found.nearest.join(', or ')}?`;
  return {
    says: `There is no app called "${name}" that maint can see.`,
    remedy: `Check the name with: heroku apps.${near}`,
  };
}

async function pausedJobs(on: Restoring, app: AppRef) {
  try {
    return await on.rescue.paused(app);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    return { says: `The jobs of the Scheduler cannot be read: ${clause(error)}.`, remedy: error.remedy };
  }
}

/** With the database where there is one, else in memory. */
function inReach<T>(on: Restoring, only: string | null, work: (reached: Reached) => Promise<T>): Promise<T> {
  return on.reached === null ? inMemory(on, only, work) : work(on.reached);
}

async function inMemory<T>(on: Restoring, only: string | null, work: (reached: Reached) => Promise<T>): Promise<T> {
  const memory = await on.rescue.open(only);
  const reached = on.through?.(memory) ?? {
    drives: 'this process' as const,
    call: (call) => dispatch(memory.commands, terminalPerson(on.by), call),
    close: async () => {},
  };
  try {
    return await work(reached);
  } finally {
    await memory.close();
  }
}
