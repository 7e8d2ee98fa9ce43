// What the time does to an occurrence of a window: it begins or asks, it was missed, it is overrun. And what people cannot do
// to it any more. Pure.
import type { Fact, Occurrence, OccurrenceState, Window } from '../model/window.ts';
import type { Refusal } from './overlaps.ts';
import { type Timed, turnsBetween } from './recurrence.ts';

const MINUTE = 60_000;
/** What comes later than this after its time has been missed: it is told and asked, and never begins by itself. Milliseconds. */
export const GRACE = 5 * MINUTE;

export type NextMove =
  /** Runs are to be started; then the fact `started`. */
  | { readonly is: 'start' }
  | { readonly is: 'happened'; readonly fact: Fact }
  | { readonly is: 'wait'; readonly until: number }
  /** Nothing comes of time alone. */
  | { readonly is: 'nothing' };

/**
 * Asked before `nextAnnouncement`: what was missed is not announced as to come. `window`: as it is by now. Only the occurrence to
 * come is planned ahead: those after it that passed while nobody was there are counted where it is missed.
 */
export function nextMove(occurrence: Occurrence, window: Timed & Pick<Window, 'startsBy'>, now: number): NextMove {
  const { state, startAt, endAt, facts } = occurrence;
  const passed = (): number => turnsBetween(window, startAt, now + 1).length;
  switch (state) {
    case 'planned':
      if (now < startAt) return { is: 'wait', until: startAt };
      if (now > startAt + GRACE || now >= endAt) {
        return { is: 'happened', fact: { is: 'missed', at: now, why: 'down', also: passed() } };
      }
      return window.startsBy === 'itself' ? { is: 'start' } : { is: 'happened', fact: { is: 'asked', at: now } };
    case 'asked':
      if (now < endAt) return { is: 'wait', until: endAt };
      return { is: 'happened', fact: { is: 'missed', at: now, why: 'unanswered', also: passed() } };
    case 'started': {
      if (now < endAt) return { is: 'wait', until: endAt };
      // Each extension can be overrun anew.
      const last = facts.findLast((fact) => fact.is === 'overrun' || fact.is === 'extended');
      return last?.is === 'overrun' ? { is: 'nothing' } : { is: 'happened', fact: { is: 'overrun', at: now } };
    }
    default:
      return { is: 'nothing' };
  }
}

/** What a person wants with an occurrence. */
export type Wish = 'start' | 'skip' | 'cancel' | 'move' | 'extend' | 'end';

/** Null where nothing stands against it: a window that has begun can be ended or extended, and never taken back. */
export function standsAgainst(wish: Wish, { state }: Pick<Occurrence, 'state'>): Refusal | null {
  if (possible[wish].includes(state)) return null;
  const refused = (says: string, remedy: string): Refusal => ({ is: 'refused', says, remedy });
  switch (state) {
    case 'started':
      return refused(
        'This window has begun.',
        'It can be extended, or ended with Resume: /maint extend APP, /maint resume APP.',
      );
    case 'planned':
    case 'asked':
      return refused(
        'This window has not begun yet.',
        'It can be started, moved, skipped or cancelled: /maint windows lists it.',
      );
    case 'missed':
      return refused(
        'This window was missed.',
        'It can be started now, or cancelled; another time is planned with /maint schedule.',
      );
    case 'ended':
    case 'skipped':
    case 'cancelled':
      return refused(
        `This window ${state === 'ended' ? 'is over' : `was ${state}`}.`,
        'Plan another one with /maint schedule.',
      );
  }
}

const possible: Readonly<Record<Wish, readonly OccurrenceState[]>> = {
  start: ['planned', 'asked', 'missed'],
  skip: ['planned', 'asked'],
  cancel: ['planned', 'asked', 'missed'],
  move: ['planned'],
  extend: ['started'],
  end: ['started'],
};
