// Which occurrences a window has: the one to come is always there, planned as soon as the one before it has begun or will not
// come; and what becomes of it when the window is edited or cancelled.

import type { Person } from '../model/person.ts';
import { type Fact, isTakenBack, type Occurrence, planned, type Window } from '../model/window.ts';
import { nextTurn, type Turn } from './recurrence.ts';

/** The occurrence that has to be planned now; null where one is to come already, or none comes any more. */
export function following(window: Window, occurrences: readonly Occurrence[], now: number): Occurrence | null {
  if (occurrences.some(({ state }) => state === 'planned' || state === 'asked')) return null;
  // One that was begun early comes no second time; one that was taken back can, when the window is edited to be then after all.
  const came = occurrences.filter(({ state }) => !isTakenBack(state));
  const isKnown = ({ date, startAt }: Turn): boolean =>
    came.some((one) => (window.when.is === 'once' ? one.startAt === startAt : one.date === date));
  let turn = nextTurn(window, now);
  while (turn !== null && isKnown(turn)) turn = nextTurn(window, turn.startAt);
  if (turn === null) return null;
  const { date, startAt } = turn;
  return planned(window, date, 1 + occurrences.filter((one) => one.date === date).length, startAt, now);
}

export interface Changed {
  readonly occurrence: string;
  readonly fact: Fact;
}

/**
 * What an edited window does to its occurrence to come: it keeps its time, moves, or is taken back, so that another follows.
 * One that has begun stays as it is.
 */
export function afterEdit(
  window: Window,
  occurrences: readonly Occurrence[],
  by: Person,
  now: number,
): readonly Changed[] {
  return occurrences.flatMap((occurrence): readonly Changed[] => {
    const { state, date, startAt, endAt } = occurrence;
    const change = (fact: Fact): readonly Changed[] => [{ occurrence: occurrence.id, fact }];
    // What comes once, and was missed, comes at the new time instead; as long as it stood its day would not be free for that.
    if (state === 'missed' && window.when.is === 'once' && nextTurn(window, now) !== null) {
      return change({ is: 'cancelled', at: now, by });
    }
    if (state !== 'planned' && state !== 'asked') return [];
    if (window.exceptions.some((one) => one.is === 'skipped' && one.date === date)) {
      return change({ is: 'skipped', at: now, by });
    }
    const same = nextTurn(window, startAt - 1);
    if (same?.startAt === startAt && endAt === startAt + window.lengthMs) return [];
    const turn = nextTurn(window, now);
    // Who is asked to begin it now is not told that it moves: that question is taken back.
    if (turn === null || state === 'asked' || (window.when.is === 'rule' && turn.date !== date)) {
      return change({ is: 'cancelled', at: now, by });
    }
    return change({ is: 'moved', at: now, startAt: turn.startAt, endAt: turn.startAt + window.lengthMs });
  });
}
