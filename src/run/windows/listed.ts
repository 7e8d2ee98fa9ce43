// A window as a list shows it: in words, with the time that it comes next, and what can be done with it now.
import type { Occurrence } from '../../model/window.ts';
import type { StoredWindow } from '../../store/windows.ts';
import { spanWords } from '../../windows/day-words.ts';
import { standsAgainst } from '../../windows/next-move.ts';
import { planWords } from '../../windows/plan-words.ts';
import type { Door } from '../commands/door.ts';
import { tooEarly } from './beginning.ts';
import type { ListedWindow } from './reply.ts';

export async function listed(door: Door, stored: StoredWindow, operates: boolean, own: string): Promise<ListedWindow> {
  const known = await door.store.windows.occurrencesOf(stored.window.id);
  return listedOf(
    stored,
    known.map(({ occurrence }) => occurrence),
    operates,
    own,
    door.clock.now(),
  );
}

export function listedOf(
  { window, version, cancelledAt }: StoredWindow,
  occurrences: readonly Occurrence[],
  operates: boolean,
  own: string,
  now: number,
): ListedWindow {
  const occurrence = shown(occurrences);
  const can = (wish: 'skip' | 'start'): boolean =>
    operates && occurrence !== null && standsAgainst(wish, occurrence) === null;
  const open = operates && cancelledAt === null;
  const begun = occurrence?.state === 'started';
  return {
    window,
    version,
    words:
      window.when.is === 'rule'
        ? planWords({ when: window.when, zone: window.zone, lengthMs: window.lengthMs }, own, now)
        : [...new Set([window.zone, own, 'UTC'])].map((zone) =>
            occurrence === null
              ? spanWords(zone, window.when.is === 'once' ? window.when.startAt : now, window.lengthMs)
              : spanWords(zone, occurrence.startAt, occurrence.endAt - occurrence.startAt),
          ),
    occurrence,
    may: [
      ...(open && !begun ? (['edit'] as const) : []),
      ...(can('skip') && window.when.is === 'rule' ? (['skip'] as const) : []),
      // What has begun goes on; of one that comes again, what comes after it can be cancelled.
      ...(open && !(begun && window.when.is === 'once') ? (['cancel'] as const) : []),
      ...(open && can('start') && occurrence !== null && tooEarly(occurrence, now) === null
        ? (['start'] as const)
        : []),
    ],
  };
}

/** What is under way before what waits for somebody, before what comes, before what was missed last. */
function shown(occurrences: readonly Occurrence[]): Occurrence | null {
  for (const state of ['started', 'asked', 'planned', 'missed'] as const) {
    const found = occurrences.filter((one) => one.state === state).at(-1);
    if (found !== undefined) return found;
  }
  return null;
}
