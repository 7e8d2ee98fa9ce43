// `restore`: brings an app back by hand, whatever there is to bring it back from: the run that the database knows, an
// export of one, or the markers in the Scheduler. Always safe: it may be cut off, and done again; it says what it changed,
// and what it cannot know. All three take the one way back there is.
import { readFile, stat } from 'node:fs/promises';
import { clause, Trouble } from '../errors.ts';
import type { Run } from '../model/run.ts';
import type { AppRef } from '../model/step.ts';
import type { InMemory, Rescue } from '../rescue/index.ts';
import { BadExport, type ExportFile, MOST_EXPORT_BYTES, readExport } from '../run/commands/export-file.ts';
import { DONE, NEEDS_A_PERSON, REFUSED } from './outcome.ts';
import { dispatch, terminalPerson } from './protocol.ts';
import type { Reached } from './reach.ts';
import { restoreJson, standingText } from './restored.ts';
import { clean, jsonText, type Screen } from './screen.ts';
import { leftByHand } from './undo.ts';
import { type Outcome, putBack, type RestoreOptions, refuse, takeUp } from './way-back.ts';

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
    byHand: [],
    now: null,
  };
  if (on.lost !== null) {
    screen.err(
      `The database of maint cannot be opened: ${clean(on.lost)}. It goes on without. If a maint is running somewhere that can open it, use that one instead: it knows more.`,
    );
  }
  const all = await on.reached?.call({ method: 'status', app: null });
  if (all?.is === 'status' && all.empty === true) {
    screen.err(
      'This database has no maintenance in it at all: is MAINT_DATA_DIR or DATABASE_URL here the one of the bot? If the bot has another one, use that instead: it knows more.',
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
  outcome.byHand = known === null ? [] : leftByHand(known);
  outcome.now = await on.rescue.asItStands(app);
  if (!screen.json) screen.out(standingText({ app, known, outcome, nothing: runs.length === 0 }));
  if (worst !== DONE) return worst;
  // Jobs alone are not all of a maintenance, unless the database has seen the rest of it end.
  const all = known?.ended != null && outcome.byHand.length === 0 && damaged.length === 0;
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
