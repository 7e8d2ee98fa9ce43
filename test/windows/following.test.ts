import { describe, expect, test } from 'vitest';
import { type Fact, type Occurrence, type Window, withFact } from '../../src/model/window.ts';
import { afterEdit, following } from '../../src/windows/following.ts';
import { ann, DAY, HOUR, noon, occurrence, start, sundays } from './windows.ts';

const started: Fact = { is: 'started', at: start, runs: ['run-1'] };
const cancelled: Fact = { is: 'cancelled', at: noon, by: ann };
const at02: Window['when'] = sundays().when;

function at(time: string): Window['when'] {
  if (at02.is !== 'rule') throw new Error('Expected a rule');
  return { is: 'rule', rule: { ...at02.rule, at: time } };
}

describe('The occurrence to come', () => {
  test('is planned as soon as there is none', () => {
    expect(following(sundays(), [], noon)).toEqual(occurrence());
    expect(following(sundays(), [occurrence()], noon)).toBeNull();
    expect(following(sundays(), [occurrence({ is: 'asked', at: start })], start)).toBeNull();
  });

  test('follows one that has begun, early ones too', () => {
    const early = occurrence({ ...started, at: noon });
    expect(following(sundays(), [early], noon)).toMatchObject({
      id: 'w1/2026-12-06',
      date: '2026-12-06',
      plannedAt: noon,
    });
    expect(following(sundays(), [occurrence(started)], start)).toMatchObject({ date: '2026-12-06' });
  });

  test('of a window that comes once is none any more', () => {
    const once = sundays({ when: { is: 'once', startAt: start } });
    expect(following(once, [], noon)).toEqual(occurrence());
    expect(following(once, [occurrence(started)], noon)).toBeNull();
    expect(following(once, [occurrence({ is: 'missed', at: start, why: 'down', also: 0 })], start + HOUR)).toBeNull();
  });

  test('of a day that was skipped is the next one, and that day again when it is not skipped any more', () => {
    const skipped = occurrence({ is: 'skipped', at: noon, by: ann });
    const skipping = sundays({ exceptions: [{ is: 'skipped', date: '2026-11-29' }] });
    expect(following(skipping, [skipped], noon)).toMatchObject({ date: '2026-12-06' });
    expect(following(sundays(), [skipped], noon)).toMatchObject({
      id: 'w1/2026-11-29/2',
      date: '2026-11-29',
      facts: [],
    });
  });

  test('may be on a day that another edit had taken back', () => {
    expect(following(sundays(), [occurrence(cancelled)], noon)).toMatchObject({
      id: 'w1/2026-11-29/2',
      startAt: start,
    });
  });
});

describe('An edit of a window', () => {
  const changed = (window: Window, of: Occurrence = occurrence(), now = noon) => afterEdit(window, [of], ann, now);

  test('that leaves its time alone changes nothing of what is to come', () => {
    expect(changed(sundays({ reason: 'another' }))).toEqual([]);
    const asked = occurrence({ is: 'asked', at: start });
    expect(changed(sundays({ reason: 'another' }), asked, start + HOUR)).toEqual([]);
    const once = sundays({ when: { is: 'once', startAt: start } });
    expect(changed(once, asked, start + HOUR)).toEqual([]);
  });

  test('moves what is to come on the same day, or only its end', () => {
    expect(changed(sundays({ when: at('03:00') }))).toEqual([
      { occurrence: 'w1/2026-11-29', fact: { is: 'moved', at: noon, startAt: start + HOUR, endAt: start + 3 * HOUR } },
    ]);
    expect(changed(sundays({ lengthMs: HOUR }))).toEqual([
      { occurrence: 'w1/2026-11-29', fact: { is: 'moved', at: noon, startAt: start, endAt: start + HOUR } },
    ]);
    const once = sundays({ when: { is: 'once', startAt: start + 3 * DAY } });
    expect(changed(once)).toMatchObject([{ fact: { is: 'moved', startAt: start + 3 * DAY } }]);
  });

  test('to another day takes back what is to come, so that the new one is planned', () => {
    if (at02.is !== 'rule') throw new Error('Expected a rule');
    const mondays = sundays({
      when: { is: 'rule', rule: { ...at02.rule, days: { every: 'week', n: 1, on: ['monday'] } } },
    });
    const [change] = changed(mondays);
    expect(change?.fact).toEqual({ is: 'cancelled', at: noon, by: ann });
    const left = occurrence(cancelled);
    expect(following(mondays, [left], noon)).toMatchObject({ date: '2026-11-30', state: 'planned' });
  });

  test('that skips a day takes that one back', () => {
    const skipping = sundays({ exceptions: [{ is: 'skipped', date: '2026-11-29' }] });
    expect(changed(skipping)).toEqual([{ occurrence: 'w1/2026-11-29', fact: { is: 'skipped', at: noon, by: ann } }]);
  });

  test('of what comes once and was missed takes that back, so that it comes at the new time, on the same day too', () => {
    const now = start + 3 * HOUR;
    const missed = occurrence({ is: 'missed', at: start + HOUR, why: 'down', also: 0 });
    const later = sundays({ when: { is: 'once', startAt: start + 5 * HOUR } });
    const [change] = changed(later, missed, now);
    expect(change?.fact).toEqual({ is: 'cancelled', at: now, by: ann });
    const left = withFact(missed, { is: 'cancelled', at: now, by: ann });
    expect(following(later, [left], now)).toMatchObject({ id: 'w1/2026-11-29/2', startAt: start + 5 * HOUR });
    // Of what comes again the missed one can still be begun.
    expect(changed(sundays({ when: at('05:00') }), missed, now)).toEqual([]);
  });

  test('never touches one that has begun or is over', () => {
    const later = sundays({ when: at('05:00') });
    for (const facts of [[started], [started, { is: 'ended', at: start }], [cancelled]] satisfies Fact[][]) {
      expect(changed(later, facts.reduce(withFact, occurrence()))).toEqual([]);
    }
  });
});
