// One change makes a burst of deliveries (a release restarts every dyno): a run is woken for the first of them at once, and
// for all that follow once more when a while has passed, so that the last one is never lost.
import type { Clock } from '../../clock.ts';

/** Once more soon in any case: the run may be in the middle of a turn, and have looked already. */
const SOON_MS = 2_000;
/** However much Heroku tells, an app takes fewer calls than flow back. */
const EVERY_MS = 30_000;

export interface Bursts {
  /** Something came for this run. */
  came(run: string): void;
  /** Forgets what waits: whoever goes on looks by itself. */
  close(): void;
}

export function createBursts(clock: Clock, wake: (run: string) => void): Bursts {
  /** The runs that were woken a short while ago. */
  const woken = new Map<string, { more: boolean; cancel: () => void }>();

  function begin(run: string, first: boolean): void {
    wake(run);
    const entry = { more: first, cancel: () => {} };
    woken.set(run, entry);
    entry.cancel = clock.after(first ? SOON_MS : EVERY_MS, () => {
      woken.delete(run);
      if (entry.more) begin(run, false);
    });
  }

  return {
    came(run) {
      const entry = woken.get(run);
      if (entry === undefined) begin(run, true);
      else entry.more = true;
    },
    close() {
      for (const { cancel } of woken.values()) cancel();
      woken.clear();
    },
  };
}
