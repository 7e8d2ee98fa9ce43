// A window for tests: every Sunday 02:00 in Berlin for two hours, and its occurrence of 29 November 2026.
import type { Person } from '../../src/model/person.ts';
import {
  announceBeforeDefault,
  type Fact,
  type Occurrence,
  planned,
  type Window,
  withFact,
} from '../../src/model/window.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const ann: Person = { id: 'U1', name: 'Ann', via: 'slack' };
/** Sunday 22 November 2026, 12:00 in UTC. */
export const noon = Date.UTC(2026, 10, 22, 12);
/** 02:00 in Berlin on the Sunday after. */
export const start = Date.UTC(2026, 10, 29, 1);

/** Of every kind, most of them where clocks change. */
export const rules = [
  'every day 01:30 for 1h',
  'every weekday 02:15 for 90m',
  'every sunday 02:30 for 2h',
  'every other sunday 02:00 for 3h',
  'every 3 days 00:30 for 30m',
  'every month on the 1st 03:00 for 4h',
  'every month on the 31st 22:00 for 1h',
  'every 2nd tuesday of the month 02:00 for 1h',
  'last friday of the month 23:30 for 2h',
  'saturdays and sundays at 02:45 for 20m',
] as const;

export function sundays(over: Partial<Window> = {}): Window {
  return {
    id: 'w1',
    apps: [{ id: 'app-1', name: 'shop' }],
    when: {
      is: 'rule',
      rule: {
        days: { every: 'week', n: 1, on: ['sunday'] },
        at: '02:00',
        from: '2026-11-29',
        until: null,
        missing: 'later',
        twice: 'first',
      },
    },
    zone: 'Europe/Berlin',
    lengthMs: 2 * HOUR,
    reason: 'new disks',
    channels: [{ id: 'C1', notices: 'full' }],
    leads: ['U1'],
    startsBy: 'asking',
    announceBefore: [...announceBeforeDefault],
    exceptions: [],
    createdBy: ann,
    createdAt: noon,
    changedAt: noon,
    ...over,
  };
}

export function occurrence(...facts: readonly Fact[]): Occurrence {
  return facts.reduce(withFact, planned(sundays(), '2026-11-29', 1, start, noon));
}
