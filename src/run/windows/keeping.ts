// Keeps the occurrences of windows going in this process: those that are due, and those whose runs have moved.
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../log.ts';
import type { Store } from '../../store/store.ts';
import { startSweeps } from '../../store/sweeps.ts';
import { Turns } from '../../store/turns.ts';
import type { WindowDriver } from './driver.ts';

const MOST_TURNS = 8;

export interface Keeping {
  /** Looks for what is due, soon: a window was changed here. */
  look(): void;
  /** Begins nothing more; what is under way ends by itself, within one call to Slack. */
  close(): Promise<void>;
}

/**
 * No wake-up is sent from process to process: each looks for itself every second, and whoever finds a window whose run was moved
 * elsewhere finds that half a minute later at most.
 */
export function keepWindows({
  store,
  clock,
  log,
  driver,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly driver: WindowDriver;
}): Keeping {
  const under = new Set<Promise<void>>();
  const drive = (id: string): Promise<void> => {
    const turn = driver.drive(id).finally(() => under.delete(turn));
    under.add(turn);
    return turn;
  };
  const turns = new Turns(drive, MOST_TURNS, log);
  const again = new Set<string>();
  const begin = (id: string): void => {
    if (turns.wanted(id)) turns.begin(id);
  };
  const sweeps = startSweeps(store.windows, clock, begin, log);
  turns.ended = () => {
    for (const id of [...again]) {
      if (!turns.wanted(id)) continue;
      again.delete(id);
      turns.begin(id);
    }
    sweeps.now();
  };
  const unlisten = store.onChange((runId) => {
    const id = driver.occurrenceOf(runId);
    if (id === null) return;
    // One that is being driven may have looked already.
    if (turns.wanted(id)) turns.begin(id);
    else again.add(id);
  });
  const started = async (): Promise<void> => {
    for (const { occurrence } of await store.windows.occurrencesThatAre(['started'])) begin(occurrence.id);
  };
  void started().catch((error: unknown) => log.warn({ err: error }, 'windows that have begun could not be looked up'));
  return {
    look: sweeps.now,
    async close() {
      unlisten();
      turns.close();
      driver.stop();
      await sweeps.close();
      await Promise.allSettled(under);
    },
  };
}
