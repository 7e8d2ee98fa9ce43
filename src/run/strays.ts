// Runs that something starts while the app is held: stopped where the app's settings say so. Written down before they are
// stopped, so that each is told and counted, whatever dies in between; and stopped once more as long as they are there.
import { Trouble } from '../errors.ts';
import type { Activity } from '../model/event.ts';
import type { Stray } from '../model/platform.ts';
import type { Run } from '../model/run.ts';
import type { Performing } from './performing.ts';

export interface Found {
  readonly strays: readonly Stray[];
  /** Those that were not told yet. */
  readonly activity: readonly Activity[];
}

/** Where it cannot be seen what runs, the look at what people do says so. */
export async function straysIn(run: Run, on: Performing): Promise<Found> {
  if (!run.settings.stopStrays || run.quietAt === null || on.platform.strays === undefined) return none;
  try {
    const strays = await on.platform.strays.find(on.cx(run, 'find what was started', null), run.quietAt);
    const told = (run.patrol?.activity ?? []).map(({ key }) => key);
    return { strays, activity: strays.map(({ activity }) => activity).filter(({ key }) => !told.includes(key)) };
  } catch (error) {
    if (!(error instanceof Trouble) || error.wide) throw error;
    return none;
  }
}

const none: Found = { strays: [], activity: [] };

/** All of them, although one may fail. Throws the Trouble of the first that did. */
export async function stopStrays(run: Run, { strays }: Found, on: Performing): Promise<void> {
  const cx = on.cx(run, 'stop what was started', null);
  const stopped = await Promise.allSettled(strays.map(async (stray) => on.platform.strays?.stop(cx, stray)));
  for (const one of stopped) {
    if (one.status === 'rejected') throw one.reason;
  }
}
