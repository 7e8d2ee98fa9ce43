import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changesIn, instantsOf, localOf, offsetAt, offsetWords, zoneNamed } from '../../src/windows/zone.ts';
import { from2026, shownAt, to2028, zones } from './zones.ts';

const MINUTE = 60_000;
const iso = (at: number): string => new Date(at).toISOString().slice(0, 16);

describe('The clocks of a zone', () => {
  test.each([
    ['Europe/Berlin', ['2026-03-29T01:00', '2026-10-25T01:00', '2027-03-28T01:00', '2027-10-31T01:00'], 60],
    ['America/New_York', ['2026-03-08T07:00', '2026-11-01T06:00', '2027-03-14T07:00', '2027-11-07T06:00'], 60],
    ['America/St_Johns', ['2026-03-08T05:30', '2026-11-01T04:30', '2027-03-14T05:30', '2027-11-07T04:30'], 60],
    ['Australia/Lord_Howe', ['2026-04-04T15:00', '2026-10-03T15:30', '2027-04-03T15:00', '2027-10-02T15:30'], -30],
    ['Pacific/Auckland', ['2026-04-04T14:00', '2026-09-26T14:00', '2027-04-03T14:00', '2027-09-25T14:00'], -60],
    ['Asia/Kolkata', [], 0],
    ['America/Sao_Paulo', [], 0],
  ])('of %s change in 2026 and 2027 when they do', (zone, instants, firstBy) => {
    const changes = changesIn(zone, from2026, to2028);
    expect(changes.map(({ at }) => iso(at))).toEqual(instants);
    const [first] = changes;
    expect(first === undefined ? 0 : (first.after - first.before) / MINUTE).toBe(firstBy);
  });

  test('of Morocco went back for Ramadan, the shortest that any are changed for', () => {
    const changes = changesIn('Africa/Casablanca', Date.UTC(2025, 0, 1), Date.UTC(2026, 0, 1));
    expect(changes.map(({ at }) => iso(at))).toEqual(['2025-02-23T02:00', '2025-04-06T02:00']);
  });

  test.each(zones)('of %s show a local time at exactly the instants that are found for it', (zone) => {
    const changes = changesIn(zone, from2026, to2028).map(({ at }) => at);
    const instant = fc.oneof(
      fc.integer({ min: from2026 / MINUTE, max: to2028 / MINUTE }),
      // Most of what can go wrong is near a change.
      ...(changes.length === 0
        ? []
        : [
            fc
              .tuple(fc.constantFrom(...changes), fc.integer({ min: -200, max: 200 }))
              .map(([at, by]) => at / MINUTE + by),
          ]),
    );
    fc.assert(
      fc.property(instant, (minute) => {
        const quarter = Math.floor(minute / 15) * 15 * MINUTE;
        // What the clock shows there, and what it would have shown without a change: that may be no time at all.
        for (const asUtc of [quarter + offsetAt(zone, quarter), quarter + offsetAt(zone, quarter - 24 * 60 * MINUTE)]) {
          const [date = '', time = ''] = iso(asUtc).split('T');
          const found = instantsOf(zone, { date, time });
          const expected = shownAt(zone, date, time);
          if (found.is === 'one') expect([found.at]).toEqual(expected);
          if (found.is === 'twice') expect([found.first, found.second]).toEqual(expected);
          if (found.is === 'missing') {
            expect(expected).toEqual([]);
            expect(found.later - found.earlier).toBeGreaterThan(0);
            // Both are real times, as far from it as the clocks jump.
            expect(found.later + offsetAt(zone, found.later) - asUtc).toBe(found.later - found.earlier);
            expect(asUtc - found.earlier - offsetAt(zone, found.earlier)).toBe(found.later - found.earlier);
          }
        }
      }),
      { numRuns: 150, seed: 11 },
    );
  });

  test('are read the same whichever instants of a day were asked for before', () => {
    const change = Date.UTC(2026, 9, 25, 1);
    expect(offsetAt('Europe/Berlin', change - 1) / MINUTE).toBe(120);
    expect(offsetAt('Europe/Berlin', change) / MINUTE).toBe(60);
    expect(offsetAt('Europe/Berlin', change - 1) / MINUTE).toBe(120);
    expect(localOf('Europe/Berlin', change - 1)).toEqual({ date: '2026-10-25', time: '02:59' });
    expect(localOf('Europe/Berlin', change)).toEqual({ date: '2026-10-25', time: '02:00' });
  });
});

describe('The name of a zone', () => {
  test.each([
    ['europe/berlin', 'Europe/Berlin'],
    ['asia/kolkata', 'Asia/Kolkata'],
    ['AMERICA/ST_JOHNS', 'America/St_Johns'],
    ['america/port-au-prince', 'America/Port-au-Prince'],
    ['europe/kyiv', 'Europe/Kyiv'],
    ['utc', 'UTC'],
    ['Europe/Atlantis', null],
    ['+01:00', null],
    ['', null],
  ])('"%s" is %s', (typed, zone) => expect(zoneNamed(typed)).toBe(zone));

  test('stands beside how far its clocks are from UTC', () => {
    expect(zones.map((zone) => offsetWords(zone, from2026))).toEqual([
      ...['UTC+1', 'UTC', 'UTC-5', 'UTC-3:30', 'UTC-8', 'UTC-3', 'UTC-2', 'UTC-3', 'UTC+1', 'UTC+5:30', 'UTC+5:45'],
      ...['UTC+11', 'UTC+11', 'UTC+13', 'UTC+13:45', 'UTC'],
    ]);
  });
});
