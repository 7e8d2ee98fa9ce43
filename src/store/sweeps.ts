// Finds what is due: runs, and the occurrences of windows. In domain time by a timer of the clock, and each second whatever a
// dead process has left behind.
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';

/** Real time. What is due by domain time is found by a timer of the clock; this finds what a dead process has left behind. */
const SWEEP_MS = 1_000;
/** Between two sweeps: a run that is due again and again must not take the whole process. */
const GAP_MS = 10;

export interface Sweeps {
  /** Soon, and again if one is under way. */
  now(): void;
  close(): Promise<void>;
}

/** What is due by domain time, and when the next comes. */
export interface Sweepable {
  due(now: number): Promise<readonly string[]>;
  nextDue(after?: number): Promise<number | null>;
}

/** Looks for what is due: every second, when the next one's time comes in domain time, and when asked. */
export function startSweeps(store: Sweepable, clock: Clock, found: (id: string) => void, log: Logger): Sweeps {
  let closed = false;
  let soon: NodeJS.Timeout | null = null;
  let last = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | null = null;
  let cancel: () => void = () => {};

  async function sweep(): Promise<void> {
    const now = clock.now();
    for (const id of await store.due(now)) found(id);
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
      log.warn({ err: error }, 'looking for what is due failed; it will be repeated in a second');
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
