// The day in what a person typed: sunday, tomorrow, 1 december, 2026-12-01, in 3 days. What has two readings is asked.
import type { LocalDate, LocalTime, Weekday } from '../model/window.ts';
import { addDays, dateFrom, dayNumber, partsOf, weekdayOf } from './calendar.ts';
import { dayWords, title } from './day-words.ts';
import { examples, type Text, wrong } from './reading.ts';

const weekdayNames: Readonly<Record<string, Weekday>> = {
  mon: 'monday',
  tue: 'tuesday',
  tues: 'tuesday',
  wed: 'wednesday',
  weds: 'wednesday',
  thu: 'thursday',
  thur: 'thursday',
  thurs: 'thursday',
  fri: 'friday',
  sat: 'saturday',
  sun: 'sunday',
};
/** One group. */
export const weekdayPattern =
  '(mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)';

/** Of a name as `weekdayPattern` finds it. */
export function weekdayCalled(name: string): Weekday {
  const found = Object.entries(weekdayNames).find(([short, long]) => short === name || long === name);
  if (found === undefined) throw new Error(`Expected the name of a weekday, got "${name}"`);
  return found[1];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] as const;
const monthPattern =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?';

function monthCalled(name: string): number {
  return months.findIndex((month) => name.startsWith(month)) + 1;
}

export type TypedDay =
  | { readonly is: 'date'; readonly date: LocalDate }
  /** The next one with that time still to come. */
  | { readonly is: 'weekday'; readonly weekday: Weekday }
  | { readonly is: 'tonight' };

/** Null where no day is in it. `prefix`: what has to stand before it, a pattern. */
export function dayIn(text: Text, prefix = ''): TypedDay | null {
  const before = prefix === '' ? '(?:on )?(?:the )?' : `${prefix} (?:on )?(?:the )?`;
  const exact = exactIn(text, before);
  const { date: today } = text.today;
  // A weekday beside a date is a second telling of the same.
  const beside = exact === null || prefix !== '' ? null : text.take(weekdayPattern);
  if (exact !== null) {
    if (beside !== null && weekdayOf(exact) !== weekdayCalled(beside[1] ?? '')) {
      throw wrong(`${dayWords(exact)} is not a ${title(weekdayCalled(beside[1] ?? ''))}.`, examples.once);
    }
    return { is: 'date', date: exact };
  }
  const relative = text.take(`${before}(today|tonight|tomorrow night|tomorrow|tmrw|tmr|day after tomorrow)`);
  if (relative !== null) {
    if (relative[1] === 'tonight') return { is: 'tonight' };
    if (relative[1] === 'tomorrow night') {
      throw wrong('"tomorrow night" is two dates: write the date of its time.', [
        'tomorrow 23:00 for 2h',
        'sunday 1am for 2h',
      ]);
    }
    const ahead = relative[1] === 'today' ? 0 : relative[1] === 'day after tomorrow' ? 2 : 1;
    return { is: 'date', date: addDays(today, ahead) };
  }
  const ahead = text.take(`${before}in (\\d{1,3}|a|one|two|three) (day|week)s?`);
  if (ahead !== null) {
    const count = { a: 1, one: 1, two: 2, three: 3 }[ahead[1] ?? ''] ?? Number(ahead[1]);
    return { is: 'date', date: addDays(today, count * (ahead[2] === 'week' ? 7 : 1)) };
  }
  const weekday = text.take(`${before}(?:(next|this|coming|this coming) )?${weekdayPattern}`);
  if (weekday === null) return null;
  const called = weekdayCalled(weekday[2] ?? '');
  return weekday[1] === 'next' ? { is: 'date', date: nextCalled(text, called) } : { is: 'weekday', weekday: called };
}

/** Some mean the coming one by it, and some the one after. */
function nextCalled(text: Text, weekday: Weekday): LocalDate {
  const today = text.today.date;
  const coming =
    [1, 2, 3, 4, 5, 6, 7].map((days) => addDays(today, days)).find((date) => weekdayOf(date) === weekday) ?? today;
  const after = addDays(coming, 7);
  return text.choose('next', `"next ${weekday}" can be one of two. Which one?`, [
    { answer: coming, words: `${dayWords(coming)}, in ${daysWords(dayNumber(coming) - dayNumber(today))}` },
    { answer: after, words: `${dayWords(after)}, in ${daysWords(dayNumber(after) - dayNumber(today))}` },
  ]);
}

function daysWords(days: number): string {
  return days === 1 ? '1 day' : `${days} days`;
}

function exactIn(text: Text, before: string): LocalDate | null {
  const iso = text.take(`${before}(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})`);
  if (iso !== null) return real(iso[0], Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const dotted = text.take(`${before}(\\d{1,2})\\.(\\d{1,2})\\.(\\d{4}|\\d{2})?`);
  if (dotted !== null) return dated(text, dotted[0], dotted[3], Number(dotted[2]), Number(dotted[1]));
  const slashed = text.take(`${before}(\\d{1,2})/(\\d{1,2})(?:/(\\d{4}|\\d{2}))?`);
  if (slashed !== null) return eitherWay(text, slashed[0], slashed[3], Number(slashed[1]), Number(slashed[2]));
  const dayFirst = text.take(`${before}(\\d{1,2})(?:st|nd|rd|th)?\\.? (?:of )?${monthPattern}(?:,? (\\d{4}))?`);
  if (dayFirst !== null)
    return dated(text, dayFirst[0], dayFirst[3], monthCalled(dayFirst[2] ?? ''), Number(dayFirst[1]));
  const monthFirst = text.take(`${before}${monthPattern} (?:the )?(\\d{1,2})(?:st|nd|rd|th)?(?:,? (\\d{4}))?`);
  if (monthFirst !== null) {
    return dated(text, monthFirst[0], monthFirst[3], monthCalled(monthFirst[1] ?? ''), Number(monthFirst[2]));
  }
  const day = text.take(`${before}(\\d{1,2})(?:st|nd|rd|th)`);
  return day === null ? null : nextDay(text, day[0], Number(day[1]));
}

/** 1/12 is in December or in January, by where one comes from. */
function eitherWay(text: Text, typed: string, year: string | undefined, first: number, second: number): LocalDate {
  const readings = [
    { month: second, day: first },
    { month: first, day: second },
  ].flatMap(({ month, day }) => {
    const date = withYear(text, year, month, day);
    return date === null ? [] : [date];
  });
  if (readings.length === 0) throw noDate(typed);
  const toCome = readings.filter((date) => date >= text.today.date);
  return text.choose(
    'date',
    `"${typed.trim()}" can be one of two dates. Which one?`,
    [...new Set(toCome.length > 0 ? toCome : readings.slice(0, 1))].map((date) => ({
      answer: date,
      words: dayWords(date),
    })),
  );
}

function dated(text: Text, typed: string, year: string | undefined, month: number, day: number): LocalDate {
  const date = withYear(text, year, month, day);
  if (date === null) throw noDate(typed);
  return date;
}

/** Where no year was said, the next time that this day comes. */
function withYear(text: Text, year: string | undefined, month: number, day: number): LocalDate | null {
  if (year !== undefined) return dateFrom(Number(year.length === 2 ? `20${year}` : year), month, day);
  const { year: thisYear } = partsOf(text.today.date);
  // 29 February is eight years away at most.
  for (let ahead = 0; ahead <= 8; ahead += 1) {
    const date = dateFrom(thisYear + ahead, month, day);
    if (date !== null && date >= text.today.date) return date;
  }
  return null;
}

function nextDay(text: Text, typed: string, day: number): LocalDate {
  const { year, month } = partsOf(text.today.date);
  for (let ahead = 0; ahead < 12; ahead += 1) {
    const date = dateFrom(year + Math.floor((month - 1 + ahead) / 12), ((month - 1 + ahead) % 12) + 1, day);
    if (date !== null && date >= text.today.date) return date;
  }
  throw noDate(typed);
}

function real(typed: string, year: number, month: number, day: number): LocalDate {
  const date = dateFrom(year, month, day);
  if (date === null) throw noDate(typed);
  return date;
}

function noDate(typed: string) {
  return wrong(`There is no day "${typed.trim()}".`, examples.once);
}

/** The next day with that name whose `at` is still to come: today, where it is. */
export function comingWeekday(text: Text, weekday: Weekday, at: LocalTime): LocalDate {
  const { date: today, time } = text.today;
  const first = at > time ? 0 : 1;
  return (
    [0, 1, 2, 3, 4, 5, 6].map((days) => addDays(today, first + days)).find((date) => weekdayOf(date) === weekday) ??
    today
  );
}
