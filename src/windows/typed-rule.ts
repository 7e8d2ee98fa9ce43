// What comes again and again in what a person typed: every day, every other tuesday, every month on the 1st, last friday of
// the month. Which days are named; their time, and the first and last of them, are read elsewhere.
import { type Days, type Weekday, weekdays } from '../model/window.ts';
import { ordinal, title } from './day-words.ts';
import { examples, type Text, wrong } from './reading.ts';
import { weekdayCalled, weekdayPattern } from './typed-date.ts';

const weekdayList = `${weekdayPattern}s?(?:(?:\\s?[,/&+]\\s?(?:and )?|\\s(?:and|or)\\s|\\s)${weekdayPattern}s?)*`;
const nthNames: Readonly<Record<string, number>> = { first: 1, second: 2, third: 3, fourth: 4, fifth: 5 };
const nth = '(1st|2nd|3rd|4th|5th|first|second|third|fourth|fifth)';
const someMonth = '(?:of|in) (?:the|every|each|a) month';
const workdays: readonly Weekday[] = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];

/** Null where nothing says that it comes again. */
export function daysIn(text: Text): Days | null {
  return byMonth(text) ?? byWeek(text) ?? byDay(text) ?? unknown(text);
}

function byMonth(text: Text): Days | null {
  const every = '(?:(?:on )?(?:every|each|the) |on )?(?:the )?';
  const weekday = text.take(`${every}(?:${nth}|(last)) ${weekdayPattern} ${someMonth}`);
  if (weekday !== null) return onWeekday(1, weekday[1] ?? weekday[2], weekday[3]);
  const day = text.take(`${every}(?:(\\d{1,2})(?:st|nd|rd|th)|(first|last)) (?:day )?${someMonth}`);
  if (day !== null) return onDay(text, 1, day[1] ?? day[2]);
  const last = text.take(`(?:every|each) last ${weekdayPattern}`);
  if (last !== null) return onWeekday(1, 'last', last[1]);
  const months =
    '(?:(monthly)|(?:every|each) (?:(other|\\d{1,2}|2nd|second|3rd|third) )?months?|(quarterly)|(?:every|each) (quarter))';
  const on = `(?:(?:${nth}|(last)) ${weekdayPattern}|(\\d{1,2})(?:st|nd|rd|th)?|(first|last) day)`;
  const monthly = text.take(`${months},? (?:on )?(?:the )?${on}`);
  if (monthly === null) {
    const alone = text.take(months);
    if (alone === null) return null;
    throw wrong(`Expected the day of the month after "${alone[0]}", got nothing.`, examples.again);
  }
  const [, , counted, quarterly, quarter, which, lastOne, weekdayName, dayNumber, dayName] = monthly;
  const n = quarterly !== undefined || quarter !== undefined ? 3 : countOf(counted);
  if (weekdayName !== undefined) return onWeekday(n, which ?? lastOne, weekdayName);
  return onDay(text, n, dayNumber ?? dayName);
}

function byWeek(text: Text): Days | null {
  const weekly = text.take(
    `(?:(weekly)|(fortnightly)|(?:every|each) (?:(other|\\d{1,2}|2nd|second|3rd|third) )?weeks?),? (?:on )?(?:the )?(${weekdayList})`,
  );
  if (weekly !== null) return inWeek(weekly[2] !== undefined ? 2 : countOf(weekly[3]), weekly[4]);
  const other = text.take(`(?:every|each) other (${weekdayList})`);
  if (other !== null) return inWeek(2, other[1]);
  const which = text.take(`(?:every|each) ${nth} ${weekdayPattern}s?`);
  if (which !== null) return nthWeekday(text, nthOf(which[1]), weekdayCalled(which[2] ?? ''));
  if (
    text.take('(?:on )?(?:every|each) (?:weekday|workday|working day|business day)s?|(?:on )?(?:weekdays|workdays)') !==
    null
  ) {
    return { every: 'week', n: 1, on: [...workdays] };
  }
  if (text.take('(?:on )?(?:every|each) weekend|(?:on )?weekends') !== null) {
    return { every: 'week', n: 1, on: ['saturday', 'sunday'] };
  }
  const every = text.take(`(?:on )?(?:every|each) (${weekdayList})`);
  if (every !== null) return inWeek(1, every[1]);
  // Only whole names: "tues" and "thurs" are one day.
  const plural = text.take(
    `(?:on )?((?:mon|tues|wednes|thurs|fri|satur|sun)days(?:(?:\\s?[,/&+]\\s?(?:and )?|\\sand\\s)${weekdayPattern}s?)*)`,
  );
  return plural === null ? null : inWeek(1, plural[1]);
}

function byDay(text: Text): Days | null {
  if (text.take('daily|nightly|(?:every|each) (?:single )?(?:day|night)') !== null) return { every: 'day', n: 1 };
  const days = text.take('(?:every|each) (other|\\d{1,2}|2nd|second|3rd|third) (?:day|night)s?');
  return days === null ? null : { every: 'day', n: countOf(days[1]) };
}

function unknown(text: Text): null {
  const other = text.take('(?:every|each)(?: (?!\\d{1,2}[:.]|at |from )[^\\s,]+){0,2}|hourly|yearly|annually');
  if (other === null) return null;
  const weekly = /week|fortnight/u.test(other[0]);
  throw wrong(
    weekly
      ? `Expected the weekday after "${other[0]}", got nothing.`
      : `Did not understand how often "${other[0]}" is: a window can come by days, weeks or months.`,
    examples.again,
  );
}

/** Every 2nd tuesday: of the month to some, every two weeks to others. */
function nthWeekday(text: Text, n: number, weekday: Weekday): Days {
  const day = title(weekday);
  const chosen = text.choose('nth', `"every ${ordinal(n)} ${weekday}" can be one of two. Which one?`, [
    { answer: 'month', words: `The ${ordinal(n)} ${day} of every month` },
    // Every first one is every one.
    ...(n === 1 ? [] : [{ answer: 'weeks', words: `A ${day} every ${n} weeks` }]),
  ]);
  return chosen === 'weeks' ? { every: 'week', n, on: [weekday] } : onWeekday(1, String(n), weekday);
}

function inWeek(n: number, list: string | undefined): Days {
  const names = [...(list ?? '').matchAll(new RegExp(weekdayPattern, 'gu'))].map(([name]) => weekdayCalled(name));
  return { every: 'week', n, on: weekdays.filter((weekday) => names.includes(weekday)) };
}

function onWeekday(n: number, which: string | undefined, weekday: string | undefined): Days {
  return {
    every: 'month',
    n,
    on: { nth: which === 'last' ? 'last' : nthOf(which), weekday: weekdayCalled(weekday ?? '') },
  };
}

function onDay(text: Text, n: number, which: string | undefined): Days {
  if (which === 'last') return { every: 'month', n, on: { day: 'last' } };
  const day = which === 'first' ? 1 : Number(which);
  if (day < 1 || day > 31) throw wrong(`No month has a ${ordinal(day)}.`, examples.again);
  if (day <= 28) return { every: 'month', n, on: { day, short: 'skip' } };
  const short = text.choose('short', `Not every month has a ${ordinal(day)}. What about those that have none?`, [
    { answer: 'last', words: 'On their last day' },
    { answer: 'skip', words: 'They are left out' },
  ]);
  return { every: 'month', n, on: { day, short: short === 'last' ? 'last' : 'skip' } };
}

function nthOf(which: string | undefined): number {
  return nthNames[which ?? ''] ?? Number.parseInt(which ?? '', 10);
}

function countOf(counted: string | undefined): number {
  if (counted === undefined) return 1;
  const n = counted === 'other' ? 2 : nthOf(counted);
  if (n < 1 || n > 52) throw wrong(`Expected every 1 to 52, got "${counted}".`, examples.again);
  return n;
}
