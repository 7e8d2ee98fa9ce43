// Hands out runs that want driving. A wake-up is a hint, a pg-boss job that whichever process is free takes and is done
// with at once: the run's own `wake_at` says what is due and its lease who drives it, so one that is lost or doubled changes
// nothing. Nothing is held open: a job that a killed process was at would be in the way until it expired.
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import { QUEUE, startBoss } from './boss.ts';
import type { Database } from './database.ts';
import type { Store } from './store.ts';
import { Turns } from './turns.ts';

export interface Wakes {
  /** Soon, in this process or another. */
  wake(runId: string): void;
  /** Hands out nothing more. Turns that are under way go on: they are the driver's. */
  close(): Promise<void>;
}

const Job = z.object({ run: z.string() });
/** Real time. What is due by domain time is found by a timer of the clock; this finds what a dead process has left behind. */
const SWEEP_MS = 1_000;
/** Between two sweeps: a run that is due again and again must not take the whole process. */
const GAP_MS = 10;
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

interface Sweeps {
  /** Soon, and again if one is under way. */
  now(): void;
  close(): Promise<void>;
}

/** Looks for what is due: every second, when the next run's time comes in domain time, and when asked. */
function startSweeps(store: Store, clock: Clock, found: (runId: string) => void, log: Logger): Sweeps {
  let closed = false;
  let soon: NodeJS.Timeout | null = null;
  let last = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | null = null;
  let cancel: () => void = () => {};

  async function sweep(): Promise<void> {
    const now = clock.now();
    for (const runId of await store.due(now)) found(runId);
    const next = await store.nextDue(now);
    cancel();
    if (next !== null && !closed) cancel = clock.after(next - clock.now(), request);
  }

  /** One that is asked for while another is under way comes after it: that one may have looked already. */
  function request(): void {
    if (closed || soon !== null) return;
    soon = setTimeout(begin, Math.max(0, last + GAP_MS - performance.now()));
  }

  async function begin(): Promise<void> {
    await running;
    soon = null;
    if (closed) return;
    running = sweep().catch((error: unknown) => {
      log.warn({ err: error }, 'looking for due runs failed; it will be repeated in a second');
    });
    await running;
    last = performance.now();
  }

  const timer = setInterval(request, SWEEP_MS);
  request();
  return {
    now: request,
    async close() {
      closed = true;
      clearInterval(timer);
      if (soon !== null) clearTimeout(soon);
      await running;
      cancel();
    },
  };
}
