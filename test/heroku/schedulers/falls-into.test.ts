import { expect, test } from 'vitest';
import { fallsInto, isKnown, lastRun, nextRun, type Schedule } from '../../../src/heroku/schedulers/falls-into.ts';

const at = (text: string) => Date.parse(text);
const cron = (expression: string, timezone = 'UTC'): Schedule => ({ is: 'cron', expression, timezone });
const once = (time: string, timezone = 'UTC'): Schedule => ({ is: 'once', at: time, timezone });
const iso = (time: number | null) => (time === null ? null : new Date(time).toISOString());

test.each([
  [{ is: 'every', timing: { every: 10, at: null } } as const, '2026-01-01T12:10:00.000Z', '2026-01-01T12:00:00.000Z'],
  [{ is: 'every', timing: { every: 60, at: 30 } } as const, '2026-01-01T12:30:00.000Z', '2026-01-01T11:30:00.000Z'],
  [cron('*/10 * * * *'), '2026-01-01T12:10:00.000Z', '2026-01-01T12:00:00.000Z'],
  [cron('30 3 * * *', 'Europe/Berlin'), '2026-01-02T02:30:00.000Z', '2026-01-01T02:30:00.000Z'],
  [cron('0 9 * * MON-FRI'), '2026-01-02T09:00:00.000Z', '2026-01-01T09:00:00.000Z'],
  // Either of the two days, as unix cron has it: 2026-01-05 is a Monday.
  [cron('0 0 13 * 1'), '2026-01-05T00:00:00.000Z', '2025-12-29T00:00:00.000Z'],
  [once('2026-01-01 14:00:00', 'Europe/Berlin'), '2026-01-01T13:00:00.000Z', null],
  [once('2026-01-01T14:00:00+02:00'), null, '2026-01-01T12:00:00.000Z'],
  [once('2026-01-01T11:00:00Z'), null, '2026-01-01T11:00:00.000Z'],
  [cron('0 0 31 2 *'), null, null],
])('%j runs next at %s, and last at %s', (schedule, next, last) => {
  const now = at('2026-01-01T12:00:00Z');
  expect([iso(nextRun(schedule, now)), iso(lastRun(schedule, now))]).toEqual([next, last]);
  expect(isKnown(schedule)).toBe(true);
});

test.each([
  { is: 'unknown' } as const,
  cron('30 minutes'),
  cron('0 0 12 * * *'),
  cron('5/15 * * * *'),
  cron('0 0 * *'),
  cron('61 * * * *'),
  cron(''),
  cron('0 0 * * *', 'Mars/Olympus'),
  cron('0 0 * * *', ''),
  once('tomorrow'),
  once('2026-13-01 00:00:00'),
  once('2026-01-01 00:00:00', 'Mars/Olympus'),
])('what is not understood is not guessed: %j', (schedule) => {
  const now = at('2026-01-01T12:00:00Z');
  expect([nextRun(schedule, now), lastRun(schedule, now), isKnown(schedule)]).toEqual([null, null, false]);
  expect(fallsInto(schedule, { from: now, to: now + 86_400_000 })).toBeNull();
});

test.each([
  ['2026-01-01T12:00:00Z', '2026-01-01T12:00:00Z', true],
  ['2026-01-01T11:59:59.999Z', '2026-01-01T12:00:00Z', true],
  ['2026-01-01T11:00:00.001Z', '2026-01-01T11:59:59.999Z', false],
  ['2026-01-01T12:00:00.001Z', '2026-01-01T12:59:59.999Z', false],
  ['2026-01-01T12:30:00Z', '2026-01-01T14:30:00Z', true],
])('an hourly job in [%s, %s]: %s', (from, to, expected) => {
  const span = { from: at(from), to: at(to) };
  expect(fallsInto(cron('0 * * * *'), span)).toBe(expected);
  expect(fallsInto({ is: 'every', timing: { every: 60, at: 0 } }, span)).toBe(expected);
});

test('what is over falls into nothing that is still to come', () => {
  const from = at('2026-01-01T12:00:00Z');
  expect(fallsInto(once('2026-01-01 11:59:59'), { from, to: from + 86_400_000 })).toBe(false);
  expect(fallsInto(once('2026-01-01 12:00:01'), { from, to: from + 1_000 })).toBe(true);
});

test('the clocks of the place count: a job at half past two in the night in which it does not exist, or exists twice', () => {
  const nightly = cron('30 2 * * *', 'Europe/Berlin');
  expect(iso(nextRun(nightly, at('2026-03-28T12:00:00Z')))).toMatch(/^2026-03-29T01:[03]0:00/);
  expect(iso(nextRun(nightly, at('2026-10-24T12:00:00Z')))).toBe('2026-10-25T00:30:00.000Z');
});

test("the machine's own time does not count: what lies behind it is as well understood as what lies before", () => {
  expect(iso(nextRun(once('1999-12-31 23:59:59'), at('1999-01-01T00:00:00Z')))).toBe('1999-12-31T23:59:59.000Z');
  expect(iso(nextRun(cron('0 0 1 1 *'), at('2099-06-01T00:00:00Z')))).toBe('2100-01-01T00:00:00.000Z');
});
