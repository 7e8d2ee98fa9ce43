// What a filled-in form of a window asks for: a request, read behind the door, or what is wrong at which field. Pure.
import type { WindowRequest } from '../../run/windows/reply.ts';
import { weekdayOf } from '../../windows/calendar.ts';
import { ordinal } from '../../windows/day-words.ts';
import { LEAST, lengthAtStart } from '../../windows/duration.ts';
import { zoneOfCity } from '../../windows/typed-zone.ts';
import { zoneNamed } from '../../windows/zone.ts';
import { MOST_CARRIED } from '../views/modal.ts';
import { type Filled, lengthOf } from './values.ts';

const MOST_ANNOUNCEMENTS = 10;

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
