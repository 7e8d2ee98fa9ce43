// What was understood, in words, before anything is saved: the plan where the window is, for the person, and in UTC.
import type { Days, Rule, Weekday } from '../model/window.ts';
import { dayWords, lengthWords, ordinal, spanWords, title } from './day-words.ts';
import { turnsBetween } from './recurrence.ts';
import { nightsOf } from './rule-changes.ts';
import type { Plan } from './when.ts';
import { instantsOf, localOf, offsetWords } from './zone.ts';

const SHOWN = 3;
const FAR = 9 * 366 * 86_400_000;

/** One sentence a line. `own`: the person's zone; `lengthMs`: where none was typed, the one that will be used. */
export function planWords(plan: Plan & { readonly lengthMs: number }, own: string, now: number): readonly string[] {
  const { when, zone, lengthMs } = plan;
  const zones = [...new Set([zone, own, 'UTC'])];
  if (when.is === 'once') {
    return zones.map((one) => whereWords(one, zone, own) + spanWords(one, when.startAt, lengthMs));
  }
  const turns = turnsBetween({ when, zone, exceptions: [] }, now, now + FAR, SHOWN);
  const [first, ...more] = turns;
  return [
    `${ruleWords(when.rule)}, ${lengthWords(lengthMs)} long, in ${zone}.`,
    ...(first === undefined
      ? ['It never comes round.']
      : zones.map((one) => `The first: ${whereWords(one, zone, own)}${spanWords(one, first.startAt, lengthMs)}`)),
    ...(more.length === 0
      ? []
      : [`Then ${more.map(({ startAt }) => dayWords(localOf(zone, startAt).date)).join(', ')}.`]),
    ...changeWords(when.rule, zone, now),
  ];
}

function whereWords(shown: string, zone: string, own: string): string {
  return shown === own && own !== zone ? 'For you ' : '';
}

/** "Every 2 weeks on Tuesday at 02:00, from 1 December 2026 on". */
function ruleWords({ days, at, from, until }: Rule): string {
  const counted = days.n === 1 ? '' : `, counted from ${dayWords(from)}`;
  return `${daysWords(days)} at ${at}${counted}${until === null ? '' : `, until ${dayWords(until)}`}`;
}

function daysWords(days: Days): string {
  switch (days.every) {
    case 'day':
      return days.n === 1 ? 'Every day' : `Every ${days.n} days`;
    case 'week': {
      const list = listed(days.on);
      if (days.n > 1) return `Every ${days.n} weeks on ${list}`;
      const workdays = days.on.length === 5 && !days.on.includes('saturday') && !days.on.includes('sunday');
      if (workdays) return 'Every weekday (Monday to Friday)';
      return `Every ${list}`;
    }
    case 'month': {
      const often = days.n === 1 ? 'Every month' : `Every ${days.n} months`;
      if (!('day' in days.on)) {
        const which = days.on.nth === 'last' ? 'last' : ordinal(days.on.nth);
        return `${often} on the ${which} ${title(days.on.weekday)}`;
      }
      if (days.on.day === 'last') return `${often} on the last day`;
      const short = days.on.short === 'last' ? ', or its last day' : ', where it has one';
      return `${often} on the ${ordinal(days.on.day)}${days.on.day > 28 ? short : ''}`;
    }
  }
}

function listed(on: readonly Weekday[]): string {
  const names = on.map(title);
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** What it does when clocks change; nothing where they never do. */
function changeWords(rule: Rule, zone: string, now: number): readonly string[] {
  const { missing, twice } = nightsOf(rule, zone, now);
  const words: string[] = [];
  if (missing !== null) {
    const instants = instantsOf(zone, { date: missing.date, time: rule.at });
    const day = dayWords(missing.date);
    if (instants.is === 'missing' && rule.missing === 'skip') words.push(`Not on ${day}, which has no ${rule.at}.`);
    if (instants.is === 'missing' && rule.missing !== 'skip') {
      const at = instants[rule.missing];
      words.push(`On ${day}, which has no ${rule.at}, at ${localOf(zone, at).time} (${offsetWords(zone, at)}).`);
    }
  }
  if (twice !== null) {
    const instants = instantsOf(zone, { date: twice.date, time: rule.at });
    if (instants.is === 'twice') {
      const at = instants[rule.twice];
      words.push(
        `On ${dayWords(twice.date)}, which has ${rule.at} twice, the ${rule.twice} (${offsetWords(zone, at)}).`,
      );
    }
  }
  return [`It stays at ${rule.at} in ${zone} when the clocks change.`, ...words];
}
