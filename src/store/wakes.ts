// Hands out runs that want driving. A wake-up is a hint, a pg-boss job that whichever process is free takes and is done
// with at once: the run's own `wake_at` says what is due and its lease who drives it, so one that is lost or doubled changes
// nothing. Nothing is held open: a job that a killed process was at would be in the way until it expired.
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import { QUEUE, startBoss } from './boss.ts';
import type { Database } from './database.ts';
import type { Store } from './store.ts';
import { startSweeps } from './sweeps.ts';
import { Turns } from './turns.ts';

export interface Wakes {
  /** Soon, in this process or another. */
  wake(runId: string): void;
  /** Hands out nothing more. Turns that are under way go on: they are the driver's. */
  close(): Promise<void>;
}

const Job = z.object({ run: z.string() });
/** A turn is short, and most of it waits for answers. */
const MOST_TURNS = 20;

/** Runs are woken when they are moved by anybody but their driver, when their time has come, and when they are asked for. */
export async function startWakes(parts: {
  readonly database: Database;
  readonly store: Store;
  readonly clock: Clock;
  /** One turn of a run; returns when it rests, or where somebody else drives it. */
  readonly drive: (runId: string) => Promise<void>;
  readonly log: Logger;
  /** Turns of this process at once; what is beyond them other processes can take. */
  readonly most?: number;
}): Promise<Wakes> {
  const { store, clock, log } = parts;
  const boss = await startBoss(parts.database, log);
  const turns = new Turns(parts.drive, parts.most ?? MOST_TURNS, log);
  const sending = new Map<string, Promise<void>>();
  let closed = false;

  // One worker: it only takes jobs and begins turns, and a second would double the queries of every wake-up.
  const worker = await boss.work(
    QUEUE,
    { batchSize: 10, pollingIntervalSeconds: 2, burstWhenBatchFull: true },
    async (jobs) => {
      for (const job of jobs) turns.begin(Job.parse(job.data).run);
    },
  );

  function wake(runId: string): void {
    if (closed || sending.has(runId)) return;
    const sent = boss
      .send(QUEUE, { run: runId }, { singletonKey: runId })
      .then(() => boss.notifyWorker(worker))
      .catch((error: unknown) =>
        log.warn({ run: runId, err: error }, 'a wake-up was not sent; the sweep will repeat it'),
      )
      .finally(() => sending.delete(runId));
    sending.set(runId, sent);
  }

  const sweeps = startSweeps(store, clock, (runId) => turns.wanted(runId) && wake(runId), log);
  turns.ended = sweeps.now;
  const unlisten = store.onChange((runId, by) => {
    if (by !== 'driver') wake(runId);
  });

  return {
    wake,
    async close() {
      closed = true;
      unlisten();
      turns.close();
      await sweeps.close();
      await Promise.allSettled(sending.values());
      await boss.offWork(QUEUE, { wait: true });
      await boss.stop({ graceful: false });
    },
  };
}
