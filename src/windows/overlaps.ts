// What stands against saving a window: it is over, it is longer than the gap to its next time, or an app of it has another
// window then. Pure; the first thing that is found is told, with when it happens.
import type { Window } from '../model/window.ts';
import { lengthWords, spanWords } from './day-words.ts';
import { nextTurn, type Timed, turnsBetween } from './recurrence.ts';

const DAY = 86_400_000;
/** Rules that never meet in two years, and meet then, are found when that occurrence is planned. */
export const LOOK_AHEAD = 731 * DAY;

export type Candidate = Timed & Pick<Window, 'id' | 'apps' | 'lengthMs'>;

/** A window that has begun, with the end that it has by now. */
export interface Running {
  readonly window: string;
  readonly apps: Window['apps'];
  readonly endAt: number;
}

export interface Refusal {
  readonly is: 'refused';
  readonly says: string;
  readonly remedy: string;
}

/**
 * Null where nothing stands against it. `others`: every window that is not cancelled; the candidate itself, being edited,
 * may be among them. Told in the candidate's zone.
 */
export function refusal(
  candidate: Candidate,
  others: readonly Candidate[],
  running: readonly Running[],
  now: number,
): Refusal | null {
  return over(candidate, now) ?? tooLong(candidate, now) ?? taken(candidate, others, running, now);
}

function over({ when, zone, lengthMs, exceptions }: Candidate, now: number): Refusal | null {
  if (nextTurn({ when, zone, exceptions }, now) !== null) return null;
  return {
    is: 'refused',
    says:
      when.is === 'once'
        ? `${spanWords(zone, when.startAt, lengthMs)} has begun already.`
        : 'It never comes round: no day that it names is still to come.',
    remedy:
      when.is === 'once'
        ? 'Give a time that is still to come, or start it now with /maint start.'
        : 'Give a later last day, or none.',
  };
}

function tooLong(candidate: Candidate, now: number): Refusal | null {
  const { when, zone, lengthMs } = candidate;
  // One turn a day at most, and no clocks jump by more.
  if (when.is === 'once' || (lengthMs <= 20 * 3_600_000 && candidate.exceptions.length === 0)) return null;
  const turns = turnsBetween(candidate, now, now + LOOK_AHEAD);
  const clash = turns.find((turn, i) => {
    const next = turns[i + 1];
    return next !== undefined && next.startAt - turn.startAt < lengthMs;
  });
  const next = clash === undefined ? undefined : turns[turns.indexOf(clash) + 1];
  if (clash === undefined || next === undefined) return null;
  const gap = next.startAt - clash.startAt;
  return {
    is: 'refused',
    says: `It would not be over when it comes again: ${spanWords(zone, clash.startAt, lengthMs)}, and the next begins ${lengthWords(gap)} after that one.`,
    remedy: `Make it ${lengthWords(gap)} long at most, or let it come less often.`,
  };
}

export interface Clash {
  readonly other: string;
  /** All that are in both. */
  readonly apps: Window['apps'];
  readonly startAt: number;
  readonly otherStartAt: number;
}

/** The first time that both have an app, within two years. Back to back is no overlap. */
export function clash(candidate: Candidate, other: Candidate, now: number): Clash | null {
  const apps = candidate.apps.filter(({ id }) => other.apps.some((app) => app.id === id));
  if (apps.length === 0 || candidate.id === other.id) return null;
  const to = now + LOOK_AHEAD;
  // One that has begun counts as long as it would last.
  let mine = nextTurn(candidate, now);
  let theirs = nextTurn(other, now - other.lengthMs);
  while (mine !== null && theirs !== null && Math.max(mine.startAt, theirs.startAt) < to) {
    if (mine.startAt + candidate.lengthMs <= theirs.startAt) mine = nextTurn(candidate, mine.startAt);
    else if (theirs.startAt + other.lengthMs <= mine.startAt) theirs = nextTurn(other, theirs.startAt);
    else return { other: other.id, apps, startAt: mine.startAt, otherStartAt: theirs.startAt };
  }
  return null;
}

function taken(
  candidate: Candidate,
  others: readonly Candidate[],
  running: readonly Running[],
  now: number,
): Refusal | null {
  const { zone, lengthMs } = candidate;
  const first = nextTurn(candidate, now);
  for (const { window, apps, endAt } of running) {
    const shared = candidate.apps.filter(({ id }) => apps.some((app) => app.id === id));
    if (window === candidate.id || shared.length === 0 || first === null || first.startAt >= endAt) continue;
    return {
      is: 'refused',
      says: `${namesOf(shared)} has a window that has begun and goes on for ${lengthWords(endAt - now)} more.`,
      remedy: 'Give a time after its end, or end that one first.',
    };
  }
  for (const other of others) {
    const found = clash(candidate, other, now);
    if (found === null) continue;
    return {
      is: 'refused',
      says: `${namesOf(found.apps)} has another window then: ${spanWords(zone, found.otherStartAt, other.lengthMs)}; this one would be ${spanWords(zone, found.startAt, lengthMs)}.`,
      remedy: 'Give another time, a shorter length, or cancel the other one: /maint windows lists them.',
    };
  }
  return null;
}

function namesOf(apps: Window['apps']): string {
  return apps.map(({ name }) => name).join(', ');
}
