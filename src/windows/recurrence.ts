// When a window comes round: the next time after an instant. A rule names days and a local time; the zone makes instants of
// them. Pure: what was skipped or moved is in the window.
import type { LocalDate, Rule, Window } from '../model/window.ts';
import { addDays, dayNumber, daysIn, modulo, monthNumber, partsOf, weekdayOf, weekNumber } from './calendar.ts';
import { instantsOf, localOf } from './zone.ts';

/** All that says when. */
export type Timed = Pick<Window, 'when' | 'zone' | 'exceptions'>;

export interface Turn {
  /** The day that the rule names, in the window's zone. */
  readonly date: LocalDate;
  readonly startAt: number;
}

/** No rule waits longer: 29 February comes after eight years at most, around 2100. */
const LOOK_AHEAD_DAYS = 9 * 366;

/** The first that begins after `after`; null where none does any more. */
export function nextTurn(window: Timed, after: number): Turn | null {
  const { when, zone, exceptions } = window;
  if (when.is === 'once') {
    return when.startAt > after ? { date: localOf(zone, when.startAt).date, startAt: when.startAt } : null;
  }
  const excepted = new Set(exceptions.map(({ date }) => date));
  const moved = exceptions.flatMap((one) => (one.is === 'moved' && one.startAt > after ? [one] : []));
  const regular = nextRegular(when.rule, zone, after, excepted);
  const turns: readonly Turn[] = regular === null ? moved : [regular, ...moved];
  const first = turns.reduce<Turn | null>(
    (best, turn) => (best === null || turn.startAt < best.startAt ? turn : best),
    null,
  );
  return first === null ? null : { date: first.date, startAt: first.startAt };
}

/** Those that begin after `after` and before `before`, in order; `most` at the most. */
export function turnsBetween(window: Timed, after: number, before: number, most = 1_000): readonly Turn[] {
  const turns: Turn[] = [];
  let turn = nextTurn(window, after);
  while (turn !== null && turn.startAt < before && turns.length < most) {
    turns.push(turn);
    turn = nextTurn(window, turn.startAt);
  }
  return turns;
}

function nextRegular(rule: Rule, zone: string, after: number, excepted: ReadonlySet<LocalDate>): Turn | null {
  // One back: in Nuuk the clocks jump over the hour before midnight, and a turn can begin on the day after its own.
  const first = laterOf(addDays(localOf(zone, after).date, -1), rule.from);
  for (let ahead = 0; ahead <= LOOK_AHEAD_DAYS; ahead += 1) {
    const date = addDays(first, ahead);
    if (rule.until !== null && date > rule.until) return null;
    if (!names(rule, date) || excepted.has(date)) continue;
    const startAt = startOn(rule, zone, date);
    if (startAt !== null && startAt > after) return { date, startAt };
  }
  return null;
}

/** Whether the rule names that day; whether it is within `from` and `until` is not looked at. */
export function names({ days, from }: Pick<Rule, 'days' | 'from'>, date: LocalDate): boolean {
  switch (days.every) {
    case 'day':
      return modulo(dayNumber(date) - dayNumber(from), days.n) === 0;
    case 'week':
      return days.on.includes(weekdayOf(date)) && modulo(weekNumber(date) - weekNumber(from), days.n) === 0;
    case 'month': {
      if (modulo(monthNumber(date) - monthNumber(from), days.n) !== 0) return false;
      const { year, month, day } = partsOf(date);
      const length = daysIn(year, month);
      if ('day' in days.on) {
        if (days.on.day === 'last') return day === length;
        return day === days.on.day || (days.on.short === 'last' && day === length && days.on.day > length);
      }
      if (weekdayOf(date) !== days.on.weekday) return false;
      return days.on.nth === 'last' ? day + 7 > length : Math.ceil(day / 7) === days.on.nth;
    }
  }
}

/** Null on a day whose clocks jump over the time, where the rule says to leave that day out. */
function startOn(rule: Pick<Rule, 'at' | 'missing' | 'twice'>, zone: string, date: LocalDate): number | null {
  const instants = instantsOf(zone, { date, time: rule.at });
  switch (instants.is) {
    case 'one':
      return instants.at;
    case 'twice':
      return instants[rule.twice];
    case 'missing':
      return rule.missing === 'skip' ? null : instants[rule.missing];
  }
}

function laterOf(a: LocalDate, b: LocalDate): LocalDate {
  return a > b ? a : b;
}
