import { describe, expect, test } from 'vitest';
import { planWords } from '../../src/windows/plan-words.ts';
import type { Answers } from '../../src/windows/reading.ts';
import { when } from '../../src/windows/when.ts';

const now = Date.UTC(2026, 10, 22, 3, 30);

function words(typed: string, answers: Answers = {}, own = 'Europe/Berlin'): readonly string[] {
  const understood = when(typed, { now, zone: own, answers });
  if (understood.is !== 'understood') throw new Error(`Expected a plan, got ${JSON.stringify(understood)}`);
  return planWords({ ...understood.plan, lengthMs: understood.plan.lengthMs ?? 3_600_000 }, own, now);
}

describe('What was understood is shown', () => {
  test('where the window is, for the person, and in UTC', () => {
    expect(words('sunday 1am America/St_Johns for 2h')).toEqual([
      'Sunday 22 November 2026, 01:00 to 03:00 in America/St_Johns (UTC-3:30)',
      'For you Sunday 22 November 2026, 05:30 to 07:30 in Europe/Berlin (UTC+1)',
      'Sunday 22 November 2026, 04:30 to 06:30 UTC',
    ]);
  });

  test('once where two of these are the same', () => {
    expect(words('tomorrow 23:30', {}, 'UTC')).toEqual([
      'Monday 23 November 2026, 23:30 to 00:30 on Tuesday 24 November 2026 UTC',
    ]);
  });

  test('with both offsets where the clocks change in it', () => {
    expect(words('2027-03-28 01:00 for 2h')[0]).toBe(
      'Sunday 28 March 2027, 01:00 to 04:00 in Europe/Berlin (UTC+1, then UTC+2: the clocks change in it)',
    );
  });

  test('with the next times of a rule, and what it does on the nights that clocks change', () => {
    expect(words('every sunday 02:30 for 90m', { 'rule-missing': 'earlier', 'rule-twice': 'second' })).toEqual([
      'Every Sunday at 02:30, 1 h 30 min long, in Europe/Berlin.',
      'The first: Sunday 29 November 2026, 02:30 to 04:00 in Europe/Berlin (UTC+1)',
      'The first: Sunday 29 November 2026, 01:30 to 03:00 UTC',
      'Then Sunday 6 December 2026, Sunday 13 December 2026.',
      'It stays at 02:30 in Europe/Berlin when the clocks change.',
      'On Sunday 28 March 2027, which has no 02:30, at 01:30 (UTC+1).',
      'On Sunday 31 October 2027, which has 02:30 twice, the second (UTC+1).',
    ]);
    expect(words('every sunday 02:30', { 'rule-missing': 'skip', 'rule-twice': 'first' }).slice(-2)).toEqual([
      'Not on Sunday 28 March 2027, which has no 02:30.',
      'On Sunday 31 October 2027, which has 02:30 twice, the first (UTC+2).',
    ]);
  });

  test.each([
    ['every day 01:00', 'Every day at 01:00, 1 h long'],
    ['every other day 01:00', 'Every 2 days at 01:00, counted from Monday 23 November 2026, 1 h long'],
    ['every weekday 01:00', 'Every weekday (Monday to Friday) at 01:00, 1 h long'],
    ['every mon, wed and fri 01:00', 'Every Monday, Wednesday and Friday at 01:00, 1 h long'],
    ['every other tuesday 01:00', 'Every 2 weeks on Tuesday at 01:00, counted from Tuesday 24 November 2026, 1 h long'],
    ['2nd tuesday of the month 01:00', 'Every month on the 2nd Tuesday at 01:00, 1 h long'],
    ['last friday of the month 01:00', 'Every month on the last Friday at 01:00, 1 h long'],
    ['every month on the 3rd 01:00', 'Every month on the 3rd at 01:00, 1 h long'],
    ['last day of the month 01:00', 'Every month on the last day at 01:00, 1 h long'],
    ['every day 01:00 until 2026-12-24', 'Every day at 01:00, until Thursday 24 December 2026, 1 h long'],
  ])('"%s" as "%s"', (typed, shown) => {
    expect(words(typed)[0]).toBe(`${shown}, in Europe/Berlin.`);
  });

  test('the 31st with what happens in a month that has none', () => {
    const shown = (short: string) =>
      words('every month on the 31st 01:00', { short, 'rule-missing': 'skip', 'rule-twice': 'first' })[0];
    expect(shown('last')).toContain('on the 31st, or its last day at 01:00');
    expect(shown('skip')).toContain('on the 31st, where it has one at 01:00');
  });
});
