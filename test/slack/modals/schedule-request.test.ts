import { describe, expect, test } from 'vitest';
import { typedFor } from '../../../src/slack/modals/schedule-request.ts';
import { addDays } from '../../../src/windows/calendar.ts';
import { when } from '../../../src/windows/when.ts';
import { localOf } from '../../../src/windows/zone.ts';
import { at } from '../runs.ts';

describe('a day, a time and how it repeats', () => {
  const days = Array.from({ length: 60 }, (_, n) => addDays('2026-11-23', n));

  test.each(['once', 'day', 'weekdays', 'week', 'weeks', 'nth', 'date'])(
    'begin on that day at that time, in words that are understood: %s',
    (repeat) => {
      for (const date of days) {
        const typed = typedFor(repeat, date, '09:15');
        const read = when(typed, { now: at, zone: 'UTC', answers: { short: 'last' } });
        if (read.is !== 'understood') throw new Error(`Expected "${typed}" to be understood, got ${read.says}`);
        const { when: plan } = read.plan;
        const first = plan.is === 'once' ? localOf('UTC', plan.startAt).date : plan.rule.from;
        const weekend = repeat === 'weekdays' && [0, 6].includes(new Date(`${date}T00:00Z`).getUTCDay());
        expect([typed, first >= date, weekend || first === date]).toEqual([typed, true, true]);
      }
    },
  );

  test('the last such weekday of a month is that of this month or of the next', () => {
    for (const date of days) {
      const typed = typedFor('last', date, '09:15');
      const read = when(typed, { now: at, zone: 'UTC' });
      expect([typed, read.is]).toEqual([typed, 'understood']);
    }
  });
});
