// Planning a window in a modal: the form, the questions about what was typed, and what was understood, shown back before it is
// saved. What a filled-in form means is a request, read behind the door. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { announceBeforeDefault } from '../../model/window.ts';
import type {
  Checklist,
  ListedWindow,
  WindowDraft,
  WindowProposal,
  WindowQuestion,
  WindowRequest,
} from '../../run/windows/reply.ts';
import { weekdayOf } from '../../windows/calendar.ts';
import { lengthWords, ordinal } from '../../windows/day-words.ts';
import { LEAST, lengthAtStart } from '../../windows/duration.ts';
import { zoneOfCity } from '../../windows/typed-zone.ts';
import { zoneNamed } from '../../windows/zone.ts';
import { type Filled, lengthOf } from '../modals/values.ts';
import { context, header, lines, section } from './blocks.ts';
import {
  channelsInput,
  dateInput,
  MOST_CARRIED,
  modal,
  peopleInput,
  radioInput,
  selectInput,
  textInput,
  timeInput,
} from './modal.ts';
import { channelLink, said } from './text.ts';

export const SCHEDULE = 'schedule';
export const QUESTION = 'schedule-question';
export const SAVE = 'schedule-save';

const MOST_CHANNELS = 10;
const MOST_LEADS = 10;
const MOST_ANNOUNCEMENTS = 10;

/** What the form holds when it is opened. */
export interface Holds {
  /** Names. */
  readonly apps: readonly string[];
  readonly typed: string | null;
  /** Where the times are meant. */
  readonly zone: string;
  readonly lengthMs: number | null;
  readonly reason: string | null;
  readonly channels: WindowDraft['channels'];
  readonly leads: readonly string[];
  readonly startsBy: WindowDraft['startsBy'];
  readonly announceBefore: readonly number[] | null;
  /** The window that it changes. */
  readonly changes: WindowRequest['changes'];
  /** Of that one: when it is, in words; it stays so where nothing else is given. */
  readonly now: readonly string[];
}

export function nothingYet(zone: string): Holds {
  return {
    apps: [],
    typed: null,
    zone,
    lengthMs: null,
    reason: null,
    channels: [],
    leads: [],
    startsBy: 'asking',
    announceBefore: null,
    changes: null,
    now: [],
  };
}

export function heldBy({ window, version, words }: ListedWindow): Holds {
  const { apps, zone, lengthMs, reason, channels, leads, startsBy, announceBefore } = window;
  return {
    apps: apps.map(({ name }) => name),
    typed: null,
    ...{ zone, lengthMs, reason, channels, leads, startsBy, announceBefore },
    changes: { id: window.id, version },
    now: words,
  };
}

const repeats = [
  { value: 'once', words: 'Once' },
  { value: 'day', words: 'Every day' },
  { value: 'weekdays', words: 'From Monday to Friday' },
  { value: 'week', words: 'Every week, on that weekday' },
  { value: 'weeks', words: 'Every two weeks, on that weekday' },
  { value: 'nth', words: 'Every month, on that weekday of it (the 2nd Tuesday)' },
  { value: 'last', words: 'Every month, on the last such weekday of it' },
  { value: 'date', words: 'Every month, on that day of it (the 15th)' },
] as const;

/** As it can be typed: "every 2nd tuesday of the month 01:00 starting 2026-12-08". `date`: the first day that it may fall on. */
export function typedFor(repeat: string, date: string, time: string): string {
  const weekday = weekdayOf(date);
  const day = Number(date.slice(8));
  const again = `${time} starting ${date}`;
  switch (repeat) {
    case 'day':
      return `every day ${again}`;
    case 'weekdays':
      return `every weekday ${again}`;
    case 'week':
      return `every ${weekday} ${again}`;
    case 'weeks':
      return `every 2 weeks on ${weekday} ${again}`;
    case 'nth':
      return `every ${ordinal(Math.ceil(day / 7))} ${weekday} of the month ${again}`;
    case 'last':
      return `last ${weekday} of the month ${again}`;
    case 'date':
      return `every month on the ${ordinal(day)} ${again}`;
    default:
      return `${date} ${time}`;
  }
}

/** `own`: the person's zone. */
export function scheduleForm(holds: Holds, own: string): ModalView {
  const { apps, typed, zone, lengthMs, reason, channels, leads, startsBy, announceBefore, changes, now } = holds;
  const before = (announceBefore ?? announceBeforeDefault).map((ms) => lengthWords(ms)).join(', ');
  return modal({
    form: SCHEDULE,
    title: changes === null ? 'Plan a window' : 'Change a window',
    submit: 'Look at it',
    close: 'Cancel',
    carries: JSON.stringify({ own, changes }),
    blocks: [
      ...(now.length === 0 ? [] : [section(['*It is*', ...now.map((line) => said(line, 300))].join('\n'))]),
      textInput({
        id: 'apps',
        label: 'App, or several',
        hint: 'With commas between them',
        holds: apps.join(', '),
        most: 700,
      }),
      textInput({
        id: 'typed',
        label: 'When, in words',
        hint: `Such as "sunday 1am for 2h" or "every 2nd tuesday 02:00". Or by day and time below${changes === null ? '' : '; nothing at all: as it is'}`,
        holds: typed ?? '',
        most: 300,
        optional: true,
      }),
      dateInput({ id: 'date', label: 'Day', hint: 'Of one that repeats: the first', holds: null, optional: true }),
      timeInput({ id: 'time', label: 'Time', holds: null, optional: true }),
      selectInput({ id: 'repeats', label: 'Repeats', choices: repeats, holds: 'once' }),
      textInput({ id: 'zone', label: 'Time zone', hint: 'Such as Europe/Berlin, Tokyo or UTC', holds: zone, most: 60 }),
      textInput({
        id: 'length',
        label: 'How long',
        hint: 'Such as 90m or 2h; empty: as the words say, else as the settings of the app do',
        holds: lengthMs === null ? '' : lengthWords(lengthMs),
        most: 60,
        optional: true,
      }),
      textInput({ id: 'reason', label: 'Why', holds: reason ?? '', most: 500, optional: true }),
      channelsInput({
        id: 'channels',
        label: 'Announced in',
        hint: 'Empty: the default channel of maint',
        holds: channels.map(({ id }) => id),
        most: MOST_CHANNELS,
        optional: true,
      }),
      radioInput({
        id: 'notices',
        label: 'How',
        choices: [
          { value: 'full', words: 'With the details' },
          { value: 'short', words: 'In a line each' },
        ],
        holds: channels.length > 0 && channels.every(({ notices }) => notices === 'short') ? 'short' : 'full',
      }),
      textInput({
        id: 'before',
        label: 'Announced before it begins',
        hint: 'With commas between them; empty: only when it is planned',
        holds: before,
        most: 200,
        optional: true,
      }),
      peopleInput({ id: 'leads', label: 'Led by', holds: leads, most: MOST_LEADS, optional: true }),
      radioInput({
        id: 'startsBy',
        label: 'When the time has come',
        choices: [
          { value: 'asking', words: 'maint asks, with a button' },
          { value: 'itself', words: 'It begins by itself' },
        ],
        holds: startsBy,
      }),
    ],
  });
}

export type Wanted =
  | { readonly is: 'request'; readonly request: WindowRequest }
  | { readonly is: 'errors'; readonly errors: Readonly<Record<string, string>> };

/** A form that `scheduleForm` made, filled in. All channels get the same kind of notices. */
export function requestOf(filled: Filled, { own, changes }: Pick<WindowRequest, 'own' | 'changes'>): Wanted {
  const errors: Record<string, string> = {};
  const apps = filled
    .one('apps')
    .split(/[\s,]+/u)
    .filter((name) => name !== '');
  if (apps.length === 0) errors['apps'] = 'Expected the name of an app, got none.';
  const typed = typedIn(filled, changes !== null, errors);
  const zone = zoneIn(filled.one('zone'));
  if (zone === null) errors['zone'] = `Expected a time zone such as Europe/Berlin, a city that has one, or UTC.`;
  const lengthMs = lengthOf(filled.one('length'));
  if (typeof lengthMs === 'string') errors['length'] = lengthMs;
  const announceBefore = announcedIn(filled.one('before'));
  if (typeof announceBefore === 'string') errors['before'] = announceBefore;
  if (zone === null || typeof lengthMs === 'string' || typeof announceBefore === 'string')
    return { is: 'errors', errors };
  if (Object.keys(errors).length > 0) return { is: 'errors', errors };
  const notices = filled.one('notices') === 'short' ? 'short' : 'full';
  const reason = filled.one('reason');
  const request: WindowRequest = {
    apps,
    typed,
    zone,
    own,
    answers: {},
    now: null,
    lengthMs,
    reason: reason === '' ? null : reason,
    channels: filled.many('channels').map((id) => ({ id, notices })),
    leads: filled.many('leads'),
    startsBy: filled.one('startsBy') === 'itself' ? 'itself' : 'asking',
    announceBefore,
    changes,
  };
  return JSON.stringify(request).length > MOST_CARRIED - 300
    ? {
        is: 'errors',
        errors: { reason: 'That is more than Slack carries: give fewer apps and channels, or a shorter reason.' },
      }
    : { is: 'request', request };
}

/** Null: it stays as it is. */
function typedIn(filled: Filled, canStay: boolean, errors: Record<string, string>): string | null {
  const typed = filled.one('typed');
  const date = filled.one('date');
  const time = filled.one('time');
  const repeat = filled.one('repeats');
  if (typed !== '') {
    if (date !== '' || time !== '') errors['typed'] = 'Give it either in words, or by day and time.';
    else if (repeat !== 'once' && repeat !== '') errors['repeats'] = 'In words, how it repeats belongs there too.';
    return typed;
  }
  if (date === '' && time === '' && canStay && (repeat === 'once' || repeat === '')) return null;
  if (date === '') errors['date'] = 'Expected the day, or when it is in words.';
  if (time === '') errors['time'] = 'Expected the time of day, or when it is in words.';
  return date === '' || time === '' ? null : typedFor(repeat, date, time);
}

/** Null where it is none. Abbreviations are: most are those of several zones. */
function zoneIn(typed: string): string | null {
  if (/^(?:utc|gmt)$/iu.test(typed)) return 'UTC';
  return typed.includes('/') ? zoneNamed(typed) : zoneOfCity(typed.toLowerCase());
}

/** Milliseconds, or what is wrong. */
function announcedIn(typed: string): readonly number[] | string {
  const each = typed
    .split(/,|\band\b/iu)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (each.length > MOST_ANNOUNCEMENTS) return `Expected at most ${MOST_ANNOUNCEMENTS}, got ${each.length}.`;
  const all = each.map((part) => ({ part, found: lengthAtStart(part) }));
  const wrong = all.find(({ found }) => found === null || found.rest !== '' || found.ms < LEAST);
  if (wrong !== undefined) return `Expected lengths of time such as "24h, 1h, 10m", got "${wrong.part.slice(0, 40)}".`;
  return [...new Set(all.flatMap(({ found }) => (found === null ? [] : [found.ms])))];
}

/** A time that has several readings. `carries`: the request that it is about. */
export function questionForm({ question, now }: WindowQuestion, request: WindowRequest): ModalView {
  return modal({
    form: QUESTION,
    title: 'Which one?',
    submit: 'Go on',
    close: 'Back',
    carries: JSON.stringify({ request: { ...request, now }, about: question.id }),
    blocks: [
      radioInput({
        id: 'answer',
        label: question.says,
        choices: question.readings.map(({ answer, words }) => ({ value: answer, words })),
      }),
    ],
  });
}

/** Escaped, a line each: everything that will be saved. */
export function draftLines(draft: Omit<WindowDraft, 'id' | 'version'>, words: readonly string[]): string[] {
  const { apps, reason, channels, leads, startsBy, announceBefore } = draft;
  const where = channels.map(
    ({ id, notices }) => `${channelLink(id)}${notices === 'short' ? ' (in a line each)' : ''}`,
  );
  const before = announceBefore.map((ms) => lengthWords(ms)).join(', ');
  return [
    `*${apps.map(({ name }) => said(name, 60)).join(', ')}*`,
    ...words.map((line) => said(line, 400)),
    reason === null ? 'No reason given.' : `“${said(reason, 600)}”`,
    leads.length === 0 ? 'Nobody is named to lead it.' : `Led by ${leads.map(person).join(', ')}.`,
    startsBy === 'itself' ? 'It begins by itself.' : 'When the time has come maint asks, with a button.',
    where.length === 0
      ? '⚠️ It is announced nowhere: no channel was given, and maint has no default one.'
      : `Announced in ${where.join(', ')}, when it is planned${before === '' ? '' : ` and ${before} before`}.`,
  ];
}

function person(id: string): string {
  return /^[UW][A-Z0-9]{2,}$/u.test(id) ? `<@${id}>` : said(id, 40);
}

const marks = { good: '✅', note: 'ℹ️', warning: '⚠️', unknown: '❔' } as const;

/** Escaped, a line each. */
export function checklistLines({ items }: Checklist): string[] {
  const several = new Set(items.map(({ app }) => app.id)).size > 1;
  return items.map(
    ({ app, level, found }) => `${marks[level]} ${several ? `*${said(app.name, 60)}*: ` : ''}${said(found, 500)}`,
  );
}

/** `checks`: escaped. `carries`: what will be saved. */
export function proposalForm({ draft, words }: WindowProposal, checks: readonly string[], carries: string): ModalView {
  const blocks: KnownBlock[] = [
    ...lines(draftLines(draft, words)),
    ...(checks.length === 0 ? [] : [header('What was found'), ...lines(checks)]),
    context('Nothing has been saved yet.'),
  ];
  return modal({
    form: SAVE,
    title: draft.version === 0 ? 'Save this window?' : 'Save this change?',
    submit: 'Save',
    close: 'Change',
    carries,
    blocks,
  });
}

export function savedModal(listed: ListedWindow, what: string): ModalView {
  return modal({ title: 'Planned windows', last: true, blocks: lines(savedLines(listed, what)) });
}

export function savedLines({ window, words }: ListedWindow, what: string): string[] {
  return [`✅ The window is ${what}.`, ...draftLines(window, words)];
}
