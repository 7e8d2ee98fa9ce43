import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Rule } from '../../src/model/window.ts';
import type { Answers } from '../../src/windows/reading.ts';
import { type Understood, when } from '../../src/windows/when.ts';

/** Sunday 22 November 2026, 04:30:10 in Berlin. */
const now = Date.UTC(2026, 10, 22, 3, 30, 10);
const berlin = 'Europe/Berlin';

function typed(text: string, answers: Answers = {}, over: { now?: number; zone?: string } = {}): Understood {
  return when(text, { now, zone: berlin, ...over, answers });
}

/** As a person would check it: the instant in UTC, the zone, the length in minutes. */
function once(understood: Understood): readonly [string, string, number | null] {
  if (understood.is !== 'understood') throw new Error(`Expected a plan, got ${JSON.stringify(understood)}`);
  const { when: plan, zone, lengthMs } = understood.plan;
  if (plan.is !== 'once') throw new Error(`Expected a window that comes once, got ${JSON.stringify(plan)}`);
  return [new Date(plan.startAt).toISOString().slice(0, 16), zone, lengthMs === null ? null : lengthMs / 60_000];
}

function rule(understood: Understood): Rule {
  if (understood.is !== 'understood' || understood.plan.when.is !== 'rule') {
    throw new Error(`Expected a rule, got ${JSON.stringify(understood)}`);
  }
  return understood.plan.when.rule;
}

function asked(understood: Understood): readonly [string, ...string[]] {
  if (understood.is !== 'question') throw new Error(`Expected a question, got ${JSON.stringify(understood)}`);
  return [understood.id, ...understood.readings.map(({ answer }) => answer)];
}

describe('A window that comes once', () => {
  test.each([
    ['sunday 1am for 2h', '2026-11-29T00:00', berlin, 120],
    ['Sunday 1 AM for 2 hours', '2026-11-29T00:00', berlin, 120],
    ['sun 01:00 for 90 min', '2026-11-29T00:00', berlin, 90],
    ['this sunday at 22:00 for 1h30m', '2026-11-22T21:00', berlin, 90],
    ['2026-12-01 01:00 Europe/Berlin for 90m', '2026-12-01T00:00', berlin, 90],
    ['for 90m 01:00 2026-12-01', '2026-12-01T00:00', berlin, 90],
    ['2026-12-01T01:00 for 1h', '2026-12-01T00:00', berlin, 60],
    ['2026-12-01T01:00Z for 1h', '2026-12-01T01:00', 'UTC', 60],
    ['2026-12-01 01:00 utc', '2026-12-01T01:00', 'UTC', null],
    ['tomorrow 22:00', '2026-11-23T21:00', berlin, null],
    ['tomorrow at noon for an hour', '2026-11-23T11:00', berlin, 60],
    ['today 05:00 for half an hour', '2026-11-22T04:00', berlin, 30],
    ['day after tomorrow 1pm', '2026-11-24T12:00', berlin, null],
    ['in 3 hours for 30m', '2026-11-22T06:31', berlin, 30],
    ['in an hour for 30m', '2026-11-22T04:31', berlin, 30],
    ['in 1h30m for 30m', '2026-11-22T05:01', berlin, 30],
    ['in 2 days at 10:00', '2026-11-24T09:00', berlin, null],
    ['in a week 10:00 for 1h', '2026-11-29T09:00', berlin, 60],
    ['22:00', '2026-11-22T21:00', berlin, null],
    ['1am', '2026-11-23T00:00', berlin, null],
    ['12am tomorrow', '2026-11-22T23:00', berlin, null],
    ['12pm tomorrow', '2026-11-23T11:00', berlin, null],
    ['1 december 1am', '2026-12-01T00:00', berlin, null],
    ['Dec 1st, 1:30 a.m.', '2026-12-01T00:30', berlin, null],
    ['the 1st of december 2027 01:00', '2027-12-01T00:00', berlin, null],
    ['Sun, 29 Nov 2026, 01:00 for 2h', '2026-11-29T00:00', berlin, 120],
    ['29.11. 01:00', '2026-11-29T00:00', berlin, null],
    ['29.11.2026 01:00', '2026-11-29T00:00', berlin, null],
    ['25/12 10:00', '2026-12-25T09:00', berlin, null],
    ['12/25/2026 10:00', '2026-12-25T09:00', berlin, null],
    ['1 february 10:00', '2027-02-01T09:00', berlin, null],
    ['29 february 10:00', '2028-02-29T09:00', berlin, null],
    ['the 15th at 10:00', '2026-12-15T09:00', berlin, null],
    ['the 31st 10:00', '2026-12-31T09:00', berlin, null],
    ['sunday 1am to 3am', '2026-11-29T00:00', berlin, 120],
    ['sunday from 1-3am', '2026-11-29T00:00', berlin, 120],
    // As 12 January it would be over.
    ['1/12/2026 10:00', '2026-12-01T09:00', berlin, null],
    ['saturday 23:00 - 01:30', '2026-11-28T22:00', berlin, 150],
    ['sunday 1am asia/kolkata for 2h', '2026-11-28T19:30', 'Asia/Kolkata', 120],
    ['sunday 1am in New York for 2h', '2026-11-22T06:00', 'America/New_York', 120],
    ['tonight 23:00', '2026-11-22T22:00', berlin, null],
    ['sunday 1am my time for 2h', '2026-11-29T00:00', berlin, 120],
  ])('"%s" is %s in UTC, in %s', (text, at, zone, minutes) => {
    expect(once(typed(text))).toEqual([at, zone, minutes]);
  });

  test('what phones make of quotes, dashes and spaces is read as what was meant', () => {
    const meant = once(typed('sunday 1am - 3am'));
    for (const text of [
      '“sunday 1am – 3am”',
      'sunday 1\u202fam\u00a0—\u00a03\u202fAM',
      '‘Sunday’ １am-3am',
      '`sunday 1 a.m.\u20143 a.m.`',
      'sun\u200bday 1am\u20113am',
    ]) {
      expect([text, ...once(typed(text))]).toEqual([text, ...meant]);
    }
  });

  test('the day is that of the zone which was typed, not of the person', () => {
    // In Tokyo it is 12:30 on Sunday, in Los Angeles 19:30 on Saturday.
    expect(once(typed('tomorrow 01:00 Asia/Tokyo'))[0]).toBe('2026-11-22T16:00');
    expect(once(typed('tomorrow 01:00 America/Los_Angeles'))[0]).toBe('2026-11-22T09:00');
    expect(once(typed('tomorrow 01:00', {}, { zone: 'America/Los_Angeles' }))).toEqual([
      '2026-11-22T09:00',
      'America/Los_Angeles',
      null,
    ]);
  });

  test('the weekday of today is today while its time is still to come, and a week later after that', () => {
    expect(once(typed('sunday 04:31'))[0]).toBe('2026-11-22T03:31');
    expect(once(typed('sunday 04:30'))[0]).toBe('2026-11-29T03:30');
  });
});

describe('A window that comes again', () => {
  const plain = { until: null, missing: 'later', twice: 'first' };
  test.each([
    ['every day 01:00', { every: 'day', n: 1 }, '2026-11-23'],
    ['daily at 22:00', { every: 'day', n: 1 }, '2026-11-22'],
    ['every other day 01:00', { every: 'day', n: 2 }, '2026-11-23'],
    ['every 10 days at 01:00', { every: 'day', n: 10 }, '2026-11-23'],
    [
      'every weekday 2am',
      { every: 'week', n: 1, on: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'] },
      '2026-11-23',
    ],
    ['every weekend at 01:00', { every: 'week', n: 1, on: ['saturday', 'sunday'] }, '2026-11-28'],
    ['every sunday 1am', { every: 'week', n: 1, on: ['sunday'] }, '2026-11-29'],
    ['sundays at 1am', { every: 'week', n: 1, on: ['sunday'] }, '2026-11-29'],
    ['tuesdays and fridays 01:00', { every: 'week', n: 1, on: ['tuesday', 'friday'] }, '2026-11-24'],
    ['every mon, wed and fri 01:00', { every: 'week', n: 1, on: ['monday', 'wednesday', 'friday'] }, '2026-11-23'],
    ['every mon/thurs 01:00', { every: 'week', n: 1, on: ['monday', 'thursday'] }, '2026-11-23'],
    ['every other tuesday 01:00', { every: 'week', n: 2, on: ['tuesday'] }, '2026-11-24'],
    ['every 3 weeks on tue 01:00', { every: 'week', n: 3, on: ['tuesday'] }, '2026-11-24'],
    ['fortnightly on friday 01:00', { every: 'week', n: 2, on: ['friday'] }, '2026-11-27'],
    ['weekly on sunday 01:00', { every: 'week', n: 1, on: ['sunday'] }, '2026-11-29'],
    [
      'every 2nd tuesday of the month 01:00',
      { every: 'month', n: 1, on: { nth: 2, weekday: 'tuesday' } },
      '2026-12-08',
    ],
    ['last friday of the month 01:00', { every: 'month', n: 1, on: { nth: 'last', weekday: 'friday' } }, '2026-11-27'],
    ['every first monday 01:00', { every: 'month', n: 1, on: { nth: 1, weekday: 'monday' } }, '2026-12-07'],
    ['every month on the 1st 01:00', { every: 'month', n: 1, on: { day: 1, short: 'skip' } }, '2026-12-01'],
    ['monthly on the 15th at 01:00', { every: 'month', n: 1, on: { day: 15, short: 'skip' } }, '2026-12-15'],
    ['on the 1st of every month 01:00', { every: 'month', n: 1, on: { day: 1, short: 'skip' } }, '2026-12-01'],
    ['last day of the month 01:00', { every: 'month', n: 1, on: { day: 'last' } }, '2026-11-30'],
    [
      'every 2 months on the 2nd tuesday 01:00',
      { every: 'month', n: 2, on: { nth: 2, weekday: 'tuesday' } },
      '2026-12-08',
    ],
    ['every quarter on the 1st 01:00', { every: 'month', n: 3, on: { day: 1, short: 'skip' } }, '2026-12-01'],
  ])('"%s"', (text, days, from) => {
    expect(rule(typed(text))).toEqual({ days, from, at: expect.any(String), ...plain });
  });

  test('"tues" and "thurs" are one day, and no plural', () => {
    expect(once(typed('tues 01:00'))[0]).toBe('2026-11-24T00:00');
    expect(once(typed('thurs 01:00'))[0]).toBe('2026-11-26T00:00');
  });

  test('begins and ends where that is said', () => {
    expect(rule(typed('every tuesday 01:00 starting 2027-01-01 until 1 march 2027 for 1h'))).toMatchObject({
      from: '2027-01-05',
      until: '2027-03-01',
    });
    expect(typed('every tuesday 01:00 until 2026-11-23')).toMatchObject({ is: 'wrong' });
    expect(typed('every tuesday 01:00 starting 2026-11-01')).toMatchObject({ is: 'wrong' });
  });

  test('has its length from its end too', () => {
    const understood = typed('every saturday 23:00-01:00');
    expect(understood).toMatchObject({ is: 'understood', plan: { lengthMs: 7_200_000 } });
  });
});

describe('What has two readings is asked, and taken as it is answered', () => {
  test.each([
    ['every 2nd tuesday 01:00 for 1h', 'nth', ['month', 'weeks']],
    ['sunday 11 to 1pm', 'hour', ['11:00', '23:00']],
    ['1/2/2027 10:00', 'date', ['2027-02-01', '2027-01-02']],
    ['next sunday 1am', 'next', ['2026-11-29', '2026-12-06']],
    ['tomorrow at 5', 'hour', ['05:00', '17:00']],
    ['monday midnight', 'midnight', ['2026-11-23', '2026-11-24']],
    ['tonight 05:00', 'date', ['2026-11-22', '2026-11-23']],
    ['every 31st of the month 10:00', 'short', ['last', 'skip']],
    ['2027-03-28 02:30 Europe/Berlin for 1h', 'missing', ['earlier', 'later']],
    ['2027-10-31 02:30 Europe/Berlin for 1h', 'twice', ['first', 'second']],
    ['2027-03-28 01:00 to 02:30 Europe/Berlin', 'end-missing', ['earlier', 'later']],
    ['2027-10-31 01:00 to 02:30 Europe/Berlin', 'end-twice', ['first', 'second']],
    ['every sunday 02:30 for 1h', 'rule-missing', ['earlier', 'later', 'skip']],
  ])('"%s"', (text, id, answers) => {
    expect(asked(typed(text))).toEqual([id, ...answers]);
    const taken = answers.map((answer) => {
      // Whatever comes after is answered by its first reading.
      const given: Record<string, string> = { [id]: answer };
      for (;;) {
        const next = typed(text, given);
        if (next.is !== 'question') return JSON.stringify(next);
        expect(given).not.toHaveProperty(next.id);
        given[next.id] = next.readings[0]?.answer ?? '';
      }
    });
    expect(new Set(taken).size).toBe(answers.length);
    expect(taken.every((one) => one.includes('"understood"'))).toBe(true);
  });

  test('both readings of a time that is not there say what it is in UTC', () => {
    expect(typed('2027-03-28 02:30 for 1h')).toMatchObject({
      says: 'On Sunday 28 March 2027 there is no 02:30 in Europe/Berlin: the clocks jump over it. When is it?',
      readings: [{ words: '01:30 (UTC+1), 00:30 in UTC' }, { words: '03:30 (UTC+2), 01:30 in UTC' }],
    });
    expect(once(typed('2027-03-28 02:30 for 1h', { missing: 'earlier' }))[0]).toBe('2027-03-28T00:30');
    expect(once(typed('2027-03-28 02:30 for 1h', { missing: 'later' }))[0]).toBe('2027-03-28T01:30');
    expect(once(typed('2027-10-31 02:30 for 1h', { twice: 'first' }))[0]).toBe('2027-10-31T00:30');
    expect(once(typed('2027-10-31 02:30 for 1h', { twice: 'second' }))[0]).toBe('2027-10-31T01:30');
  });

  test('an answer that is none of the readings is asked again', () => {
    expect(asked(typed('tomorrow at 5', { hour: '06:00' }))).toEqual(['hour', '05:00', '17:00']);
  });

  test('the answers of a rule are kept with it; what can never happen is not asked', () => {
    const answers = { 'rule-missing': 'skip', 'rule-twice': 'second' };
    expect(rule(typed('every sunday 02:30 for 1h', answers))).toMatchObject({ missing: 'skip', twice: 'second' });
    // Europe's clocks change on Sundays, between 02:00 and 03:00 in Berlin; Kolkata's never do.
    expect(typed('every weekday 02:30 for 1h').is).toBe('understood');
    expect(typed('every sunday 03:00 for 1h').is).toBe('understood');
    expect(typed('every sunday 02:30 Asia/Kolkata for 1h').is).toBe('understood');
    expect(typed('every sunday 02:30 for 1h until 2027-01-01').is).toBe('understood');
    // New York's change on Sundays at 02:00: at noon for Kolkata, never in the night.
    expect(asked(typed('every sunday 02:30 America/New_York for 1h'))[0]).toBe('rule-missing');
  });

  test('of what is over nothing is asked', () => {
    expect(typed('2026-10-25 02:30 for 1h')).toMatchObject({ is: 'wrong', says: expect.stringContaining('is over') });
  });
});

describe('What was not understood is said, with two examples', () => {
  test.each([
    ['', 'Expected when the window is, got nothing.'],
    ['bla bla', 'Did not understand "bla bla".'],
    ['yesterday 10:00', 'Did not understand "yesterday".'],
    ['sunday', 'Expected the time of day that it begins at, got none.'],
    ['every day', 'Expected the time of day that it begins at, got none.'],
    ['sunday 25:00', 'There is no time "25:00": expected 00:00 to 23:59, or 12am to 11:59pm.'],
    ['sunday 13pm', 'There is no time "13pm": expected 00:00 to 23:59, or 12am to 11:59pm.'],
    ['sunday 24:00', '24:00 is the next day: write 00:00 with that day.'],
    ['2026-02-30 10:00', 'There is no day "2026-02-30".'],
    ['31 november 10:00', 'There is no day "31 november".'],
    ['monday 2026-12-01 10:00', 'Tuesday 1 December 2026 is not a Monday.'],
    [
      '2026-11-01 10:00',
      'Sunday 1 November 2026, 10:00 in Europe/Berlin is over: there it is Sunday 22 November 2026, 04:30.',
    ],
    [
      'today 04:30',
      'Sunday 22 November 2026, 04:30 in Europe/Berlin is over: there it is Sunday 22 November 2026, 04:30.',
    ],
    ['sunday 1am for', 'Expected a length after "for", such as 30m, 1h30m or 2 hours, got nothing.'],
    ['sunday 1am for 3 days', 'Expected a length after "for", such as 30m, 1h30m or 2 hours, got "3 days".'],
    ['sunday 1am for 25h', 'Expected a length between 1 minute and 24 hours, got "25h".'],
    ['sunday 1am to 3am for 2h', 'Expected a length or an end, got both.'],
    ['sunday 1am EST', '"EST" does not say which place\'s clocks are meant: name the zone.'],
    [
      'sunday 1am utc+1',
      '"utc+1" does not say what its clocks do in the summer: name the zone, or give the time in UTC.',
    ],
    ['sunday 1am Europe/Atlantis', 'There is no time zone "europe/atlantis".'],
    ['every hour', 'Did not understand how often "every hour" is: a window can come by days, weeks or months.'],
    ['every week 01:00', 'Expected the weekday after "every week", got nothing.'],
    ['every month 01:00', 'Expected the day of the month after "every month", got nothing.'],
    ['every sunday midnight', 'Midnight belongs to two days: write 00:00 for the beginning of the day.'],
    ['now for 1h', 'A planned window begins later than now: /maint start begins at once.'],
    ['sunday 1am until 2027-01-01', 'A window that comes once has no last day.'],
    ['sunday monday 1am', 'Did not understand "monday".'],
  ])('"%s"', (text, says) => {
    const understood = typed(text);
    expect(understood).toMatchObject({ is: 'wrong', says });
    const examples =
      understood.is === 'wrong' ? [...understood.remedy.matchAll(/"([^"]+)"/gu)].map(([, one]) => one) : [];
    expect(examples).toHaveLength(2);
    // What is offered is understood, or at least asked about.
    for (const example of examples) expect(typed(example ?? '').is).not.toBe('wrong');
  });

  test('whatever is typed is understood, asked about or refused, and nothing is understood as over', () => {
    const words = fc.constantFrom(
      ...[
        'sunday',
        'every',
        '2nd',
        'tuesday',
        '01:00',
        '1am',
        '-',
        'to',
        'for',
        '2h',
        'last',
        'month',
        'of the',
        'on',
        'the',
      ],
      ...[
        '31st',
        '2027-03-28',
        '02:30',
        'Europe/Berlin',
        'tokyo',
        'in',
        '3',
        'hours',
        'until',
        'starting',
        'midnight',
        'next',
      ],
      ...[
        'tonight',
        'daily',
        'weekday',
        '1/2',
        'at',
        '5',
        ',',
        'dec',
        'utc',
        'noon',
        'for 30m',
        'every other',
        'am',
        '29.2.',
      ],
    );
    const text = fc.oneof(
      fc.array(words, { maxLength: 9 }).map((list) => list.join(' ')),
      fc.string({ maxLength: 40 }),
    );
    fc.assert(
      fc.property(text, (one) => {
        const understood = typed(one);
        if (understood.is !== 'understood') return understood.says.length > 0;
        const { when: plan, lengthMs } = understood.plan;
        if (lengthMs !== null) expect(lengthMs).toBeGreaterThanOrEqual(60_000);
        return plan.is === 'rule' || plan.startAt > now;
      }),
      { numRuns: 2_000, seed: 5 },
    );
  });
});
