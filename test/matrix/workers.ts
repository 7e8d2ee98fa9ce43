// Plays many cells on several processes, for one has one core.
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import { ends } from './expected.ts';
import type { CellOutcome } from './runner.ts';

const Outcome = z.object({
  cell: z.string(),
  why: z.string().nullable(),
  end: z.enum(ends).nullable(),
  began: z.string().nullable(),
  ms: z.number(),
});

/** Longer than any cell takes in real time, on a machine that does other things as well. */
const TOO_LONG = 300_000;

/** A database in memory only ever grows: a worker that has played so many gives way to a fresh one. */
const MOST = 250;

/** Calls `done` for each as it comes in. */
export async function playAll(
  cells: readonly string[],
  workers: number,
  /** The url of another empty one, or null: each worker has a database of its own. */
  database: () => Promise<string | null>,
  done: (outcome: CellOutcome) => void,
): Promise<void> {
  const waiting = [...cells];
  await Promise.all(Array.from({ length: Math.min(workers, cells.length) }, () => one(waiting, database, done)));
}

/** One worker process and what it plays; another one begins where it ends before its time. */
async function one(
  waiting: string[],
  database: () => Promise<string | null>,
  done: (outcome: CellOutcome) => void,
): Promise<void> {
  while (waiting.length > 0) {
    const url = await database();
    const args = url === null ? [] : [url];
    await until(
      fork(join(import.meta.dirname, 'worker.ts'), args, { execArgv: ['--max-semi-space-size=64'] }),
      waiting,
      done,
    );
  }
}

function until(child: ChildProcess, waiting: string[], done: (outcome: CellOutcome) => void): Promise<void> {
  return new Promise((resolve) => {
    let playing: string | null = null;
    let timer: NodeJS.Timeout | undefined;
    let played = 0;
    const give = (): void => {
      clearTimeout(timer);
      played += 1;
      playing = played > MOST ? null : (waiting.shift() ?? null);
      if (playing === null) {
        child.disconnect();
        return;
      }
      child.send(playing);
      timer = setTimeout(() => child.kill('SIGKILL'), TOO_LONG);
    };
    child.on('message', (message) => {
      if (message !== 'ready') done(Outcome.parse(message));
      give();
    });
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      if (playing !== null) {
        const why = `the process that played it ended (${signal ?? code}): it may never have come to an end`;
        done({ cell: playing, why, end: null, began: null, ms: 0 });
      }
      resolve();
    });
  });
}
