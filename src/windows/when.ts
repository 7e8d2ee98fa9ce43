// What a person typed about when a window is: a plan, a question where it has two readings, or what was not understood. Pure.
// Where clocks change, nothing is guessed: a time that is not there, or is there twice, is a question.
import type { LocalDate, LocalTime, Rule, When } from '../model/window.ts';
import { addDays, weekdayOf } from './calendar.ts';
import { dayWords, title } from './day-words.ts';
import { LEAST, lengthAtStart, MOST } from './duration.ts';
import {
  type Answers,
  examples,
  type Question,
  type QuestionId,
  Text,
  tidy,
  Unread,
  type Wrong,
  wrong,
} from './reading.ts';
import { names } from './recurrence.ts';
import { changeRule } from './rule-changes.ts';
import { comingWeekday, dayIn, type TypedDay } from './typed-date.ts';
import { daysIn } from './typed-rule.ts';
import { minutesOf, type TypedTime, timeIn } from './typed-time.ts';
import { zoneIn, zoneOfCity } from './typed-zone.ts';
import { instantsOf, localOf, offsetWords } from './zone.ts';

const MINUTE = 60_000;

export interface Plan {
  readonly when: When;
  /** An IANA name. */
  readonly zone: string;
  /** Milliseconds; null where none was typed. */
  readonly lengthMs: number | null;
}

export type Understood = { readonly is: 'understood'; readonly plan: Plan } | Question | Wrong;

export interface Asked {
  /** Milliseconds. With the answer to a question comes the `now` that it was asked at: "in 3 hours" stays what it was. */
  readonly now: number;
  /** The person's own, an IANA name. */
  readonly zone: string;
  /** To questions asked about this same text. */
  readonly answers?: Answers;
}

/** `typed`: without app and reason. Never throws for what a person can type. */
export function when(typed: string, { now, zone: own, answers = {} }: Asked): Understood {
  try {
    return { is: 'understood', plan: read(typed, now, own, answers) };
  } catch (error) {
    if (error instanceof Unread) return error.outcome;
    throw error;
  }
}

function read(typed: string, now: number, own: string, answers: Answers): Plan {
  const tidied = tidy(typed)
    .replace(/(\d{4}-\d{1,2}-\d{1,2})t(?=\d)/gu, '$1 ')
    .replace(/(\d{2}:\d{2}(?::\d{2})?)z(?= |$)/gu, '$1 utc')
    .replace(/(\d{1,2}:\d{2}:00)\.0+(?= |$)/gu, '$1');
  if (tidied === '') throw wrong('Expected when the window is, got nothing.');
  const outer = new Text(tidied, now, localOf(own, now), answers);
  const lengthMs = lengthIn(outer);
  const named = zoneIn(outer);
  // The city is known by what else is left: it is looked for among the last words.
  const city = named === null ? cityAtEnd(outer.rest) : null;
  const zone = named ?? city?.zone ?? own;
  const text = new Text(city?.before ?? outer.rest, now, localOf(zone, now), answers);
  const starting = dayIn(text, '(?:starting|beginning|as of|from)');
  const until = dayIn(text, '(?:until|till|through|up to)');
  const days = daysIn(text);
  const soon = days === null ? soonIn(text) : null;
  const day = days === null && soon === null ? dayIn(text) : null;
  const time = soon === null ? timeIn(text) : null;
  nothingLeft(text);

  if (soon !== null) return { when: { is: 'once', startAt: soon }, zone, lengthMs };
  if (time === null) {
    throw wrong(
      'Expected the time of day that it begins at, got none.',
      days === null ? examples.once : examples.again,
    );
  }
  if (time.end !== null && lengthMs !== null) {
    throw wrong('Expected a length or an end, got both.', ['sunday 1am to 3am', 'sunday 1am for 2h']);
  }
  if (days !== null) {
    if (time.midnight && days.every !== 'day') {
      throw wrong('Midnight belongs to two days: write 00:00 for the beginning of the day.', examples.again);
    }
    const rule = anchored(text, { days, at: time.at, starting, until });
    const length = time.end === null ? lengthMs : wallLength(time.at, time.end);
    return { when: { is: 'rule', rule: { ...rule, ...changeRule(text, rule, zone) } }, zone, lengthMs: length };
  }
  if (until !== null) throw wrong('A window that comes once has no last day.', examples.again);
  const startAt = onceAt(text, zone, starting ?? day, time);
  const length = time.end === null ? lengthMs : endOf(text, zone, startAt, time.end) - startAt;
  return { when: { is: 'once', startAt }, zone, lengthMs: length };
}

/** "for 2h", at any place. */
function lengthIn(text: Text): number | null {
  const found = text.take('(?:for|lasting)(?! the )');
  if (found === null) return null;
  const rest = text
    .after(found.index)
    .replace(/^an? (?=hour|minute)/u, '1 ')
    .replace(/^half an hour/u, '30 min');
  const length = lengthAtStart(rest);
  if (length === null) {
    const got = rest === '' ? 'nothing' : `"${rest.slice(0, 40)}"`;
    throw wrong(`Expected a length after "for", such as 30m, 1h30m or 2 hours, got ${got}.`);
  }
  if (length.ms < LEAST || length.ms > MOST) {
    throw wrong(
      `Expected a length between 1 minute and 24 hours, got "${rest.slice(0, rest.length - length.rest.length).trim()}".`,
    );
  }
  text.takeFrom(found.index, length.rest);
  return length.ms;
}

function cityAtEnd(left: string): { readonly zone: string; readonly before: string } | null {
  const words = left.replace(/ time$/u, '').split(' ');
  for (const count of [3, 2, 1]) {
    const zone = words.length > count ? zoneOfCity(words.slice(-count).join(' ').replace(/^in /u, '')) : null;
    if (zone !== null) return { zone, before: words.slice(0, -count).join(' ').replace(/ in$/u, '') };
  }
  return null;
}

/** "in 3 hours": an instant, on the full minute. */
function soonIn(text: Text): number | null {
  if (text.take('now|right now|immediately|asap') !== null) {
    throw wrong('A planned window begins later than now: /maint start begins at once.', [
      'in 30 min for 1h',
      'sunday 1am for 2h',
    ]);
  }
  const found = text.take(
    'in ((?:an?|half an|\\d{1,4}(?:\\.\\d{1,2})?)\\s?(?:hours?|hrs?|h|minutes?|mins?|m)(?:(?: and)?\\s?\\d{1,2}\\s?(?:minutes?|mins?|m))?)',
  );
  if (found === null) return null;
  const length = lengthAtStart((found[1] ?? '').replace(/^an? /u, '1 ').replace(/^half an hour/u, '30 min'));
  if (length === null || length.ms < MINUTE)
    throw wrong(`Did not understand "${found[0]}".`, ['in 3 hours for 30m', 'in 90 min for 1h']);
  return Math.ceil((text.now + length.ms) / MINUTE) * MINUTE;
}

function nothingLeft(text: Text): void {
  while (text.take('on|at|the|of|and|from|-|,|;|in') !== null);
  const left = text.rest.replace(/^[\s,;.()-]+|[\s,;.()-]+$/gu, '');
  if (left !== '') throw wrong(`Did not understand "${left.slice(0, 60)}".`);
}

interface Named {
  readonly days: Rule['days'];
  readonly at: LocalTime;
  readonly starting: TypedDay | null;
  readonly until: TypedDay | null;
}

/** Where nothing says from when on: the first that is still to come; weeks and months are counted from there. */
function anchored(text: Text, { days, at, starting, until }: Named): Rule {
  const { date: today, time } = text.today;
  const from = starting === null ? (at > time ? today : addDays(today, 1)) : dateIs(text, starting, at);
  if (starting !== null && from < today) throw wrong(`${dayWords(from)} is over.`, examples.again);
  const last = until === null ? null : dateIs(text, until, at);
  // The first that the rule names even where it counts every second one.
  const every: Rule['days'] = { ...days, n: 1 };
  let first = from;
  for (let ahead = 0; ahead <= 366 && !names({ days: every, from }, first); ahead += 1)
    first = addDays(from, ahead + 1);
  if (last !== null && last < first)
    throw wrong(`${dayWords(last)}, the last day, comes before the first one.`, examples.again);
  return { days, at, from: first, until: last, missing: 'later', twice: 'first' };
}

function dateIs(text: Text, day: TypedDay, at: LocalTime): LocalDate {
  if (day.is === 'date') return day.date;
  return day.is === 'weekday' ? comingWeekday(text, day.weekday, at) : text.today.date;
}

function onceAt(text: Text, zone: string, day: TypedDay | null, time: TypedTime): number {
  const date = dayOf(text, day, time);
  const startAt = instant(text, zone, date, time.at, { after: text.now, ids: ['missing', 'twice'] });
  if (startAt <= text.now) {
    throw wrong(
      `${dayWords(date)}, ${time.at} in ${zone} is over: there it is ${dayWords(text.today.date)}, ${text.today.time}.`,
      examples.once,
    );
  }
  return startAt;
}

function dayOf(text: Text, day: TypedDay | null, { at, midnight }: TypedTime): LocalDate {
  const { date: today, time: nowAt } = text.today;
  const coming = at > nowAt ? today : addDays(today, 1);
  if (day === null) return coming;
  if (day.is === 'tonight') {
    if (minutesOf(at) >= 12 * 60) return today;
    const readings = [today, addDays(today, 1)].filter((date) => date > today || at > nowAt);
    // Before dawn "tonight" is still this night to some.
    const early = minutesOf(nowAt) < 6 * 60 ? readings : readings.slice(-1);
    return text.choose('date', `"tonight" at ${at} can be one of two nights. Which one?`, early.map(reading));
  }
  // The midnight at the end of today is still to come.
  const date = dateIs(text, day, midnight ? '24:00' : at);
  if (!midnight) return date;
  const readings = [date, addDays(date, 1)].filter((one) => one > today);
  return text.choose(
    'midnight',
    `Midnight is where ${title(weekdayOf(date))} begins, and where it ends. Which one?`,
    (readings.length === 0 ? [date] : readings).map((one) => ({ answer: one, words: `00:00 on ${dayWords(one)}` })),
  );
}

function reading(date: LocalDate) {
  return { answer: date, words: dayWords(date) };
}

interface Asking {
  /** Only what comes after it can be meant. */
  readonly after: number;
  readonly ids: readonly [missing: QuestionId, twice: QuestionId];
}

function instant(text: Text, zone: string, date: LocalDate, time: LocalTime, { after, ids }: Asking): number {
  const [missing, twice] = ids;
  const found = instantsOf(zone, { date, time });
  if (found.is === 'one') return found.at;
  const [one, other] =
    found.is === 'missing'
      ? [
          { answer: 'earlier', before: '', at: found.earlier },
          { answer: 'later', before: '', at: found.later },
        ]
      : [
          { answer: 'first', before: 'The first ', at: found.first },
          { answer: 'second', before: 'The second ', at: found.second },
        ];
  // Both are over: that is told, and not asked.
  if (other.at <= after) return other.at;
  const says =
    found.is === 'missing'
      ? `On ${dayWords(date)} there is no ${time} in ${zone}: the clocks jump over it. When is it?`
      : `On ${dayWords(date)} ${time} comes twice in ${zone}: the clocks go back. Which one is it?`;
  const possible = [one, other].filter(({ at }) => at > after);
  const readings = possible.map(({ answer, before, at }) => ({
    answer,
    words: `${before}${localOf(zone, at).time} (${offsetWords(zone, at)}), ${localOf('UTC', at).time} in UTC`,
  }));
  return text.choose(found.is === 'missing' ? missing : twice, says, readings) === one.answer ? one.at : other.at;
}

/** The first time after the start that the clocks show it. */
function endOf(text: Text, zone: string, startAt: number, end: LocalTime): number {
  const start = localOf(zone, startAt);
  const date = end > start.time ? start.date : addDays(start.date, 1);
  const endAt = instant(text, zone, date, end, { after: startAt, ids: ['end-missing', 'end-twice'] });
  const ms = endAt - startAt;
  if (ms < LEAST || ms > MOST)
    throw wrong(`Expected an end 1 minute to 24 hours after the beginning, got ${end} on ${dayWords(date)}.`);
  return endAt;
}

/** As on a day without a change of clocks. */
function wallLength(at: LocalTime, end: LocalTime): number {
  const minutes = minutesOf(end) - minutesOf(at);
  return (minutes > 0 ? minutes : minutes + 24 * 60) * MINUTE;
}
