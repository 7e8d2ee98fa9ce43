import { describe, expect, test } from 'vitest';
import { type Candidate, clash, LOOK_AHEAD, refusal } from '../../src/windows/overlaps.ts';
import { turnsBetween } from '../../src/windows/recurrence.ts';
import { when } from '../../src/windows/when.ts';

/** Sunday 22 November 2026, 04:30 in Berlin. */
const now = Date.UTC(2026, 10, 22, 3, 30);
const shop = { id: 'app-1', name: 'shop' };
const blog = { id: 'app-2', name: 'blog' };

function window(id: string, typed: string, apps: Candidate['apps'] = [shop], at = now): Candidate {
  const answers = { 'rule-missing': 'later', 'rule-twice': 'first' };
  const understood = when(typed, { now: at, zone: 'Europe/Berlin', answers });
  if (understood.is !== 'understood')
    throw new Error(`Expected a plan for "${typed}", got ${JSON.stringify(understood)}`);
  const { lengthMs } = understood.plan;
  return { id, apps, ...understood.plan, lengthMs: lengthMs ?? 3_600_000, exceptions: [] };
}

describe('A window is refused', () => {
  test('when it has begun already', () => {
    const late = window('a', 'today 04:00 for 1h', [shop], now - 3_600_000);
    expect(refusal(late, [], [], now)).toEqual({
      is: 'refused',
      says: 'Sunday 22 November 2026, 04:00 to 05:00 in Europe/Berlin (UTC+1) has begun already.',
      remedy: 'Give a time that is still to come, or start it now with /maint start.',
    });
  });

  test('when no time of it is still to come', () => {
    const over = window('a', 'every day 10:00 until 2026-11-23 for 1h');
    expect(refusal(over, [], [], now)).toBeNull();
    expect(refusal(over, [], [], now + 3 * 86_400_000)?.says).toBe(
      'It never comes round: no day that it names is still to come.',
    );
  });

  test('when it is longer than the gap to its next time, which is an hour less where the clocks go forward', () => {
    expect(refusal(window('a', 'every day 10:00 for 23h'), [], [], now)).toBeNull();
    expect(refusal(window('a', 'every day 10:00 for 24h'), [], [], now)).toEqual({
      is: 'refused',
      says:
        'It would not be over when it comes again: Saturday 27 March 2027, 10:00 to 11:00 on Sunday 28 March 2027 in Europe/Berlin ' +
        '(UTC+1, then UTC+2: the clocks change in it), and the next begins 23 h after that one.',
      remedy: 'Make it 23 h long at most, or let it come less often.',
    });
    expect(refusal(window('a', 'every day 10:00 Asia/Kolkata for 24h'), [], [], now)).toBeNull();
  });

  test('when one of its times has been moved into another', () => {
    const daily = window('a', 'every day 10:00 for 2h');
    const startAt = Date.UTC(2026, 10, 24, 8);
    const moved: Candidate = { ...daily, exceptions: [{ is: 'moved', date: '2026-11-25', startAt }] };
    expect(refusal(moved, [], [], now)?.says).toContain('and the next begins 1 h after');
  });

  test('when an app of it has another window then, which is named', () => {
    const weekly = window('b', 'every sunday 02:00 for 2h', [blog, shop]);
    expect(refusal(window('a', 'sunday 1am for 90m'), [weekly], [], now)).toEqual({
      is: 'refused',
      says:
        'shop has another window then: Sunday 29 November 2026, 02:00 to 04:00 in Europe/Berlin (UTC+1); ' +
        'this one would be Sunday 29 November 2026, 01:00 to 02:30 in Europe/Berlin (UTC+1).',
      remedy: 'Give another time, a shorter length, or cancel the other one: /maint windows lists them.',
    });
    // Back to back is none, nor another app, nor itself while it is edited, nor a night that is skipped.
    expect(refusal(window('a', 'sunday 1am for 1h'), [weekly], [], now)).toBeNull();
    expect(refusal(window('a', 'sunday 1am for 90m', [{ id: 'app-3', name: 'api' }]), [weekly], [], now)).toBeNull();
    expect(refusal(window('b', 'sunday 1am for 90m'), [weekly], [], now)).toBeNull();
    const skipping: Candidate = { ...weekly, exceptions: [{ is: 'skipped', date: '2026-11-29' }] };
    expect(refusal(window('a', 'sunday 1am for 90m'), [skipping], [], now)).toBeNull();
  });

  test('when a window that has begun, and was extended, goes on into it', () => {
    const running = [{ window: 'b', apps: [shop], endAt: now + 5_400_000 }];
    expect(refusal(window('a', 'in 1 hour for 1h'), [], running, now)?.says).toBe(
      'shop has a window that has begun and goes on for 1 h 30 min more.',
    );
    expect(refusal(window('a', 'in 90 min for 1h'), [], running, now)).toBeNull();
    expect(refusal(window('a', 'in 1 hour for 1h', [blog]), [], running, now)).toBeNull();
  });
});

describe('Two windows of one app', () => {
  test('overlap where one of them has its time already', () => {
    const begun = window('b', 'today 04:00 for 2h', [shop], now - 3_600_000);
    expect(clash(window('a', 'today 05:00 for 1h'), begun, now)?.otherStartAt).toBe(now - 1_800_000);
    expect(clash(window('a', 'today 06:00 for 1h'), begun, now)).toBeNull();
  });

  test('overlap once in a while, though the next times of both are apart', () => {
    const found = clash(
      window('a', 'every 2nd tuesday of the month 01:00 for 1h'),
      window('b', 'every month on the 13th 01:30 for 1h'),
      now,
    );
    // The first Tuesday the 13th.
    expect(new Date(found?.startAt ?? 0).toISOString()).toBe('2027-04-12T23:00:00.000Z');
  });

  test('in two zones overlap only between their changes of clocks', () => {
    // 10:00 in Berlin is 04:00 in New York, but 05:00 for two weeks in March and one in autumn.
    const found = clash(
      window('a', 'every day 10:00 Europe/Berlin for 1h'),
      window('b', 'every day 05:00 America/New_York for 1h'),
      now,
    );
    expect(new Date(found?.startAt ?? 0).toISOString()).toBe('2027-03-14T09:00:00.000Z');
  });

  test('are found to overlap when any two times of them do, and only then', () => {
    const all = [
      'every day 01:00 for 1h',
      'every weekday 01:30 America/St_Johns for 2h',
      'every other sunday 02:30 for 3h',
      'every month on the 1st 22:00 Australia/Lord_Howe for 24h',
      'every 2nd tuesday of the month 12:00 Asia/Kolkata for 30m',
      'last friday of the month 23:00 for 4h',
      'every 3 days 05:00 America/Santiago for 90m',
      '2027-03-28 00:00 UTC for 4h',
    ];
    const windows = all.map((typed, i) => window(String(i), typed));
    const turns = windows.map((one) => turnsBetween(one, now, now + LOOK_AHEAD));
    for (const [i, a] of windows.entries()) {
      for (const [j, b] of windows.entries()) {
        if (i === j) continue;
        const slow = turns[i]?.find(({ startAt }) =>
          turns[j]?.some((turn) => turn.startAt < startAt + a.lengthMs && startAt < turn.startAt + b.lengthMs),
        );
        expect([all[i], all[j], clash(a, b, now)?.startAt]).toEqual([all[i], all[j], slow?.startAt]);
      }
    }
  });
});
