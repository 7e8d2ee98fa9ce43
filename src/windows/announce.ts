// What a channel hears of an occurrence of a window, and when: a pure function over what has been said there already. That
// each is said once, by whichever process, is the store's doing: a key is taken once.
import type { Fact, Occurrence, Window } from '../model/window.ts';

const MINUTE = 60_000;
/** What is said more than so long after it was due says that it is late. Milliseconds. */
export const LATE = 2 * MINUTE;

export type AnnouncementKind = 'planned' | 'before' | Exclude<Fact['is'], 'ended'>;

export interface Announcement {
  /** Unique within the occurrence: a window that is moved is announced anew before its new time. */
  readonly key: string;
  readonly kind: AnnouncementKind;
  /** When it was to be said. */
  readonly due: number;
  /** What it tells of; null for `planned` and `before`. */
  readonly fact: Fact | null;
}

/** What has been said to one channel, or is being said: key -> when. */
export type Said = ReadonlyMap<string, number>;

export type NextAnnouncement =
  /** `late`: milliseconds since it was due; null: in time. */
  | { readonly is: 'say'; readonly announcement: Announcement; readonly late: number | null }
  | { readonly is: 'wait'; readonly until: number }
  /** Not before the next fact. */
  | { readonly is: 'nothing' };

/**
 * One at a time, in the order of what happened. Of several that were due while maint was down before the start, the last
 * one is said: "in 24 hours" ten minutes before would be wrong. Once it has begun, or will not, nothing that was to
 * come is said any more; and of a window that a channel never heard of, it does not hear that it was taken back.
 */
export function nextAnnouncement(
  occurrence: Occurrence,
  window: Pick<Window, 'announceBefore' | 'changedAt'>,
  said: Said,
  now: number,
): NextAnnouncement {
  const toCome = occurrence.state === 'planned' || occurrence.state === 'asked';
  // A channel can have come with an edit.
  const due = Math.max(occurrence.plannedAt, window.changedAt);
  const planned: Announcement = { key: 'planned', kind: 'planned', due, fact: null };
  if (toCome && !said.has(planned.key)) return say(planned, now);
  const happened = occurrence.facts.flatMap((fact, i) => announcementOf(fact, i, said.size > 0));
  const unsaid = happened.find(({ key }) => !said.has(key));
  if (unsaid !== undefined) return say(unsaid, now);
  return occurrence.state === 'planned' ? beforeStart(occurrence, window, said, now) : { is: 'nothing' };
}

/** None where the fact is not told, or not to those who know nothing of the window. */
function announcementOf(fact: Fact, index: number, known: boolean): readonly Announcement[] {
  if (fact.is === 'ended') return [];
  const takenBack = fact.is === 'skipped' || fact.is === 'cancelled' || fact.is === 'moved';
  if (takenBack && !known) return [];
  return [{ key: `${fact.is}-${index + 1}`, kind: fact.is, due: fact.at, fact }];
}

function beforeStart(
  occurrence: Occurrence,
  window: Pick<Window, 'announceBefore' | 'changedAt'>,
  said: Said,
  now: number,
): NextAnnouncement {
  const { startAt } = occurrence;
  // Everything that is said before the start tells when it is.
  const lastTold = Math.max(window.changedAt, ...said.values());
  const open = [...new Set(window.announceBefore)]
    .map((ms): Announcement => ({ key: `before-${ms}-${startAt}`, kind: 'before', due: startAt - ms, fact: null }))
    .filter(({ key, due }) => due > lastTold && !said.has(key))
    .sort((a, b) => a.due - b.due);
  const last = open.findLast(({ due }) => due <= now);
  if (last !== undefined && now < startAt) return say(last, now);
  const next = open.find(({ due }) => due > now);
  return next === undefined ? { is: 'nothing' } : { is: 'wait', until: next.due };
}

/** One that was taken already, as it is to be said now; null where it is better not said any more: time has passed over it. */
export function takenBefore(
  occurrence: Occurrence,
  { key, kind, due }: { readonly key: string; readonly kind: string; readonly due: number },
  now: number,
): (NextAnnouncement & { readonly is: 'say' }) | null {
  const { state, startAt } = occurrence;
  if (kind === 'planned') {
    const toCome = state === 'planned' || state === 'asked';
    return toCome ? say({ key, kind, due, fact: null }, now) : null;
  }
  if (kind === 'before') {
    const still = state === 'planned' && now < startAt && key.endsWith(`-${startAt}`);
    return still ? say({ key, kind, due, fact: null }, now) : null;
  }
  const index = Number(/-(\d+)$/u.exec(key)?.[1] ?? 0) - 1;
  const fact = occurrence.facts[index];
  return fact === undefined || fact.is === 'ended' ? null : say({ key, kind: fact.is, due, fact }, now);
}

function say(announcement: Announcement, now: number): NextAnnouncement & { readonly is: 'say' } {
  const late = now - announcement.due;
  return { is: 'say', announcement, late: late > LATE ? late : null };
}
