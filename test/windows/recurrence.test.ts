import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Days, type Rule, weekdays } from '../../src/model/window.ts';
import { nextTurn, type Timed, turnsBetween } from '../../src/windows/recurrence.ts';
import { from2026, shownAt, to2028, wall, zones } from './zones.ts';

const HOUR = 3_600_000;
const berlin = 'Europe/Berlin';

function rule(days: Days, over: Partial<Rule> = {}): Rule {
  return { days, at: '01:00', from: '2026-01-01', until: null, missing: 'later', twice: 'first', ...over };
}

function timed(of: Rule, zone: string = berlin, exceptions: Timed['exceptions'] = []): Timed {
  return { when: { is: 'rule', rule: of }, zone, exceptions };
}

function dates(window: Timed, count: number, after = from2026 - 1): readonly string[] {
  return turnsBetween(window, after, to2028 * 2, count).map(({ date }) => date);
}

describe('A rule names', () => {
  test.each<[string, Days, readonly string[]]>([
    ['every third day', { every: 'day', n: 3 }, ['2026-01-01', '2026-01-04', '2026-01-07']],
    ['some weekdays', { every: 'week', n: 1, on: ['monday', 'friday'] }, ['2026-01-02', '2026-01-05', '2026-01-09']],
    [
      'them every second week, counted from Monday',
      { every: 'week', n: 2, on: ['monday', 'friday'] },
      ['2026-01-02', '2026-01-12', '2026-01-16'],
    ],
    [
      'the second Tuesday of a month',
      { every: 'month', n: 1, on: { nth: 2, weekday: 'tuesday' } },
      ['2026-01-13', '2026-02-10', '2026-03-10'],
    ],
    [
      'the fifth Friday of the months that have one',
      { every: 'month', n: 1, on: { nth: 5, weekday: 'friday' } },
      ['2026-01-30', '2026-05-29', '2026-07-31'],
    ],
    [
      'the last Friday of a month',
      { every: 'month', n: 1, on: { nth: 'last', weekday: 'friday' } },
      ['2026-01-30', '2026-02-27', '2026-03-27'],
    ],
    ['the last day', { every: 'month', n: 1, on: { day: 'last' } }, ['2026-01-31', '2026-02-28', '2026-03-31']],
    [
      'the 31st, of the months that have one',
      { every: 'month', n: 1, on: { day: 31, short: 'skip' } },
      ['2026-01-31', '2026-03-31', '2026-05-31'],
    ],
    [
      'the 30th, or the last day before it',
      { every: 'month', n: 1, on: { day: 30, short: 'last' } },
      ['2026-01-30', '2026-02-28', '2026-03-30'],
    ],
    [
      'the 29th of every twelfth month',
      { every: 'month', n: 12, on: { day: 29, short: 'skip' } },
      ['2026-01-29', '2027-01-29', '2028-01-29'],
    ],
  ])('%s', (_, days, named) => expect(dates(timed(rule(days)), 3)).toEqual(named));

  test('29 February once in four years, where it is counted from one', () => {
    const leap = rule({ every: 'month', n: 12, on: { day: 29, short: 'skip' } }, { from: '2028-02-29' });
    expect(dates(timed(leap), 2)).toEqual(['2028-02-29', '2032-02-29']);
  });

  test('nothing after its last day, and nothing at all where no month has that day', () => {
    const daily: Days = { every: 'day', n: 1 };
    expect(dates(timed(rule(daily, { until: '2026-01-02' })), 9)).toEqual(['2026-01-01', '2026-01-02']);
    const never = rule({ every: 'month', n: 12, on: { day: 31, short: 'skip' } }, { from: '2026-02-01' });
    expect(nextTurn(timed(never), from2026)).toBeNull();
  });
});

describe('A window', () => {
  const daily = rule({ every: 'day', n: 1 });

  test('that comes once comes once', () => {
    const once: Timed = { when: { is: 'once', startAt: from2026 }, zone: 'America/New_York', exceptions: [] };
    expect(nextTurn(once, from2026 - 1)).toEqual({ date: '2025-12-31', startAt: from2026 });
    expect(nextTurn(once, from2026)).toBeNull();
  });

  test('that is skipped once comes the next time', () => {
    const skipping = timed(daily, berlin, [{ is: 'skipped', date: '2026-01-02' }]);
    expect(dates(skipping, 3, Date.UTC(2025, 11, 31, 12))).toEqual(['2026-01-01', '2026-01-03', '2026-01-04']);
  });

  test('that is moved once comes then, in its order, and keeps the day that it is named by', () => {
    const startAt = Date.UTC(2026, 0, 3, 12);
    const moved = timed(daily, berlin, [{ is: 'moved', date: '2026-01-02', startAt }]);
    const turns = turnsBetween(moved, Date.UTC(2025, 11, 31, 12), to2028, 4);
    expect(turns.map(({ date }) => date)).toEqual(['2026-01-01', '2026-01-03', '2026-01-02', '2026-01-04']);
    expect(turns[2]?.startAt).toBe(startAt);
  });

  test.each([
    ['earlier', '2026-03-29T00:30'],
    ['later', '2026-03-29T01:30'],
    ['skip', '2026-03-30T00:30'],
  ] as const)('on the night without its time: %s', (missing, at) => {
    const window = timed(rule({ every: 'day', n: 1 }, { at: '02:30', missing }));
    const turn = nextTurn(window, Date.UTC(2026, 2, 28, 12));
    expect(turn === null ? null : new Date(turn.startAt).toISOString().slice(0, 16)).toBe(at);
  });

  test('is found between midnight and its time, where the clocks jump over the hour before midnight', () => {
    const window = timed(rule({ every: 'day', n: 1 }, { at: '23:30', missing: 'later' }), 'America/Nuuk');
    const saturday = { date: '2026-03-28', startAt: Date.UTC(2026, 2, 29, 1, 30) };
    expect(nextTurn(window, saturday.startAt - HOUR)).toEqual(saturday);
    // There it is 00:10 on Sunday.
    expect(nextTurn(window, saturday.startAt - HOUR / 3)).toEqual(saturday);
    expect(nextTurn(window, saturday.startAt)).toMatchObject({ date: '2026-03-29' });
  });

  test.each([
    ['first', '2026-10-25T00:30'],
    ['second', '2026-10-25T01:30'],
  ] as const)('on the night that has its time twice comes once, the %s time', (twice, at) => {
    const window = timed(rule({ every: 'day', n: 1 }, { at: '02:30', twice }));
    const turns = turnsBetween(window, Date.UTC(2026, 9, 24, 12), Date.UTC(2026, 9, 26, 12));
    expect(turns.map(({ startAt }) => new Date(startAt).toISOString().slice(0, 16))).toEqual([at, '2026-10-26T01:30']);
  });
});

describe('Over two years, through every change of clocks', () => {
  const anyWeekday = fc.constantFrom(...weekdays);
  const days: fc.Arbitrary<Days> = fc.oneof(
    fc.record({ every: fc.constant('day'), n: fc.integer({ min: 1, max: 5 }) }),
    fc.record({
      every: fc.constant('week'),
      n: fc.integer({ min: 1, max: 3 }),
      on: fc.uniqueArray(anyWeekday, { minLength: 1, maxLength: 7 }),
    }),
    fc.record({
      every: fc.constant('month'),
      n: fc.integer({ min: 1, max: 3 }),
      on: fc.record({ day: fc.integer({ min: 1, max: 31 }), short: fc.constantFrom('skip', 'last') }),
    }),
    fc.record({
      every: fc.constant('month'),
      n: fc.integer({ min: 1, max: 3 }),
      on: fc.record({ nth: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constant('last')), weekday: anyWeekday }),
    }),
  );
  // By night, where clocks change.
  const at = fc
    .tuple(fc.constantFrom('00', '01', '02', '03', '23'), fc.constantFrom('00', '15', '30', '45'))
    .map(([hour, minute]) => `${hour}:${minute}`);

  test.each(zones)('a rule in %s never leaves its local time, but on nights that have not that time once', (zone) => {
    const any = fc.record({
      days,
      at,
      missing: fc.constantFrom('earlier', 'later', 'skip'),
      twice: fc.constantFrom('first', 'second'),
    });
    fc.assert(
      fc.property(any, (parts) => {
        const turns = turnsBetween(
          timed({ ...parts, from: '2026-01-01', until: '2027-12-31' }, zone),
          from2026,
          to2028,
        );
        let before = from2026;
        const seen = new Set<string>();
        for (const { date, startAt } of turns) {
          expect(startAt).toBeGreaterThan(before);
          expect(startAt - before).toBeGreaterThanOrEqual(before === from2026 ? 0 : 22 * HOUR);
          expect(seen.has(date)).toBe(false);
          seen.add(date);
          before = startAt;
          if (wall(zone).format(startAt) === `${date} ${parts.at}`) continue;
          // It is not as the rule says: then no clock showed it on that day, and the rule says what happens.
          expect(shownAt(zone, date, parts.at)).toEqual([]);
          expect(parts.missing).not.toBe('skip');
        }
        return true;
      }),
      { numRuns: 25, seed: 7 },
    );
  });

  test.each(zones)('every day in %s is every day: none is lost and none comes twice', (zone) => {
    for (const time of ['00:00', '00:30', '02:00', '02:15', '02:30', '23:45']) {
      const daily = rule({ every: 'day', n: 1 }, { at: time, until: '2027-12-31' });
      const named = dates(timed(daily, zone), 900, from2026 - 48 * HOUR);
      expect(named).toHaveLength(730);
      expect(named).toEqual([...new Set(named)].sort());
    }
  });
});
