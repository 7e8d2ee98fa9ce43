// The one way back at the terminal: shows what would be put back, has it approved, follows it, and says what it changed.
// Where the run comes from, a database, a file or the markers, is the business of `restore`.
import { isWatched } from '../model/phase.ts';
import type { Run, Work } from '../model/run.ts';
import type { Standing } from '../rescue/index.ts';
import type { ExportFile } from '../run/commands/export-file.ts';
import type { Receipt } from '../run/commands/reply.ts';
import { approved } from './approve.ts';
import { driveBack } from './drive-back.ts';
import { DONE, NEEDS_A_PERSON, REFUSED } from './outcome.ts';
import type { Reply } from './protocol.ts';
import type { Reached } from './reach.ts';
import { madeText, receiptText } from './restored.ts';
import { clean, type Screen, sure } from './screen.ts';
import { leftByHand } from './undo.ts';
import { maintCommand, rowsText } from './words.ts';

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
  approve: { run: Run; hash: string; made: number | null }[];
  refused: { says: string; remedy: string }[];
  damaged: readonly string[];
  /** The commands for what was left as it is by the last maintenance, which has ended. */
  byHand: readonly string[];
  now: readonly Standing[] | null;
}

export function refuse(screen: Screen, outcome: Outcome, { says, remedy }: { says: string; remedy: string }): number {
  outcome.refused.push({ says, remedy });
  if (!screen.json) screen.err(clean(`${says} ${remedy}`));
  return REFUSED;
}

function refusedBy(screen: Screen, outcome: Outcome, reply: Reply): number {
  if (reply.is === 'refused') return refuse(screen, outcome, reply);
  throw new Error(`Expected an answer or a refusal, got ${reply.is}`);
}

/** The run that the database knows. */
export async function putBack(
  reached: Reached,
  screen: Screen,
  run: Run,
  options: RestoreOptions,
  outcome: Outcome,
): Promise<number> {
  const app = run.app.name;
  if (run.way === 'quiet' && run.quietAt !== null) {
    const given = await approved(reached, screen, app, options.approve, 'restore');
    if (given.is === 'refused') return refusedBy(screen, outcome, given.reply);
    if (given.is === 'waiting') {
      outcome.approve.push({ run: given.run, hash: given.hash, made: null });
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
  return sayWhatCame(reached, screen, run, after, outcome, of);
}

async function sayWhatCame(
  reached: Reached,
  screen: Screen,
  run: Run,
  after: number,
  outcome: Outcome,
  of: 'run' | 'jobs',
): Promise<number> {
  const reply = await reached.call({ method: 'receipt', id: run.id, after });
  if (reply.is !== 'receipt') return refusedBy(screen, outcome, reply);
  outcome.receipts.push(reply);
  if (!screen.json) screen.out(receiptText(reply, of));
  return (run.ended === null && !isWatched(run)) || leftByHand(run).length > 0 ? NEEDS_A_PERSON : DONE;
}

/** The run of a file that this database has seen end restored. Null where there is none: then it is to be put back. */
async function backAlready(
  reached: Reached,
  screen: Screen,
  file: ExportFile,
  outcome: Outcome,
): Promise<number | null> {
  const known = await reached.call({ method: 'run', id: file.run.id });
  const run = known.is === 'status' ? known.runs[0] : undefined;
  if (run?.ended?.as !== 'restored' || run.app.id !== file.app.id) return null;
  return sayWhatCame(reached, screen, run, run.seq, outcome, 'run');
}

/** Commands that users may be let into the middle of. */
function notEndedIn({ log }: ExportFile, run: Run): readonly Work[] {
  const ended = new Set(log.flatMap(({ event }) => (event.is === 'work-ended' ? [event.id] : [])));
  return run.works.filter(({ id }) => !ended.has(id));
}

/** A run that the database does not know, or that there is no database for. */
export async function takeUp(
  reached: Reached,
  screen: Screen,
  file: ExportFile,
  options: RestoreOptions,
  outcome: Outcome,
  of: 'run' | 'jobs' = 'run',
): Promise<number> {
  const already = of === 'run' ? await backAlready(reached, screen, file, outcome) : null;
  if (already !== null) return already;
  const shown = await reached.call({ method: 'preview', file });
  if (shown.is !== 'preview') return refusedBy(screen, outcome, shown);
  const { run, rows, hash } = shown;
  // What the markers say is as of now; a file is of some time ago.
  const made = of === 'run' ? shown.made : null;
  if (made !== null) (screen.json ? screen.err : screen.out)(madeText(shown));
  if (!screen.json) screen.out(rowsText(rows));
  for (const work of notEndedIn(file, run)) {
    const stop = work.dyno === null ? '' : ` To stop it: ${clean(work.dyno.stop)}`;
    screen.err(
      `Careful: ${clean(work.shows)}, asked for by ${clean(work.by.name)}, had not ended when the export was made: it may be running still.${stop}`,
    );
  }
  if (options.approve === null && !screen.interactive) {
    outcome.approve.push({ run, hash, made });
    screen.err(`Nothing has been put back. To approve exactly this, say it again with: --approve ${hash}`);
    return NEEDS_A_PERSON;
  }
  if (options.approve === null && !(await sure(screen, `Bring ${run.app.name} back like this?`))) {
    outcome.approve.push({ run, hash, made });
    return NEEDS_A_PERSON;
  }
  const taken = await reached.call({ method: 'adopt', file, hash: options.approve ?? hash });
  if (taken.is !== 'changed') return refusedBy(screen, outcome, taken);
  return seeItBack(reached, screen, taken.run.id, taken.run.seq, outcome, of);
}
