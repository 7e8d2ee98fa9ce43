// One change makes a burst of deliveries (a release restarts every dyno): a run is woken for the first of them at once, and
// for all that follow once more when a while has passed, so that the last one is never lost.
import type { Clock } from '../../clock.ts';

const EVERY_MS = 2_000;

export interface Bursts {
  /** Something came for this run. */
  came(run: string): void;
  /** Forgets what waits: whoever goes on looks by itself. */
  close(): void;
}

export function createBursts(clock: Clock, wake: (run: string) => void): Bursts {
  /** The runs that were woken a short while ago. */
  const woken = new Map<string, { more: boolean; cancel: () => void }>();

  function begin(run: string): void {
    wake(run);
    const entry = { more: false, cancel: () => {} };
    woken.set(run, entry);
    entry.cancel = clock.after(EVERY_MS, () => {
      woken.delete(run);
      if (entry.more) begin(run);
    });
  }

  return {
    came(run) {
      const entry = woken.get(run);
      if (entry === undefined) begin(run);
      else entry.more = true;
    },
    close() {
      for (const { cancel } of woken.values()) cancel();
      woken.clear();
    },
  };
}
