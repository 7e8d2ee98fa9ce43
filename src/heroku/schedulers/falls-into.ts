// When a job of any scheduler runs next, and whether it runs within a span of time: pure, for the inventory and for the
// wait after a pause. What is not understood is null, never a guess: a time that we misread is a job in a migration.

import { Cron } from 'croner';
import { lastFire, nextFire, type Timing } from './next-fire.ts';

export type Schedule =
  /** Of the Heroku Scheduler. */
  | { readonly is: 'every'; readonly timing: Timing }
  /** Five fields, as unix cron has them, by the clocks of `timezone`, an IANA name. */
  | { readonly is: 'cron'; readonly expression: string; readonly timezone: string }
  /** Once, at a local time of `timezone`, "2026-12-25 00:00:00", or at one that says its own offset. */
  | { readonly is: 'once'; readonly at: string; readonly timezone: string }
  /** A rate ("30 minutes") counts from a moment that is not told. */
  | { readonly is: 'unknown' };

/** The first run after `now`, both in milliseconds since the epoch; null where there is none, or where it is not known. */
export function nextRun(schedule: Schedule, now: number): number | null {
  if (schedule.is === 'every') return nextFire(schedule.timing, now);
  return patternOf(schedule)?.after(now) ?? null;
}

/** The last run at or before `now`; null where there was none, or where it is not known. */
export function lastRun(schedule: Schedule, now: number): number | null {
  if (schedule.is === 'every') return lastFire(schedule.timing, now);
  return patternOf(schedule)?.upTo(now) ?? null;
}

/** Whether it is understood when it runs: with false, `nextRun` and `lastRun` say nothing. */
export function isKnown(schedule: Schedule): boolean {
  return schedule.is === 'every' || patternOf(schedule) !== null;
}

/** Whether it runs in [from, to], both ends with it; null where that is not known. */
export function fallsInto(
  schedule: Schedule,
  { from, to }: { readonly from: number; readonly to: number },
): boolean | null {
  if (!isKnown(schedule)) return null;
  const first = nextRun(schedule, from - 1);
  return first !== null && first <= to;
}

interface Pattern {
  after(now: number): number | null;
  upTo(now: number): number | null;
}

function patternOf(schedule: Exclude<Schedule, { is: 'every' }>): Pattern | null {
  switch (schedule.is) {
    case 'cron':
      return cron(schedule.expression, '5-part', schedule.timezone);
    case 'once':
      return once(schedule.at, schedule.timezone);
    case 'unknown':
      return null;
  }
}

/** Without a function to call nothing is ever started. */
function cron(expression: string, mode: '5-part' | '7-part', timezone: string): Pattern | null {
  // Without a zone it would be read by the clocks of this machine.
  if (timezone === '') return null;
  try {
    const pattern = new Cron(expression, { mode, timezone, paused: true });
    // A time zone that does not exist is found only when it is asked.
    pattern.nextRun(new Date(0));
    return {
      after: (now) => pattern.nextRun(new Date(now))?.getTime() ?? null,
      upTo: (now) => pattern.previousRuns(1, new Date(now + 1))[0]?.getTime() ?? null,
    };
  } catch {
    return null;
  }
}

function once(at: string, timezone: string): Pattern | null {
  const [, year, month, day, hour, minute, second = '00', offset] =
    /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?$/.exec(at.trim()) ?? [];
  if (year === undefined) return null;
  // As a pattern that fits once, so that the zone's own offset on that day is found by the same code.
  if (offset === undefined) return cron([second, minute, hour, day, month, '*', year].join(' '), '7-part', timezone);
  const instant = Date.parse(at.trim().replace(' ', 'T'));
  if (Number.isNaN(instant)) return null;
  return {
    after: (now) => (instant > now ? instant : null),
    upTo: (now) => (instant <= now ? instant : null),
  };
}
