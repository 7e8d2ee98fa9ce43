import { describe, expect, test } from 'vitest';
import type { Fact, Occurrence } from '../../src/model/window.ts';
import { GRACE, nextMove, standsAgainst, type Wish } from '../../src/windows/next-move.ts';
import { ann, DAY, HOUR, noon, occurrence, start, sundays } from './windows.ts';

const end = start + 2 * HOUR;
const started: Fact = { is: 'started', at: start, runs: ['run-1'] };
const happened = (fact: Fact) => ({ is: 'happened', fact });

describe('When its time comes, a window', () => {
  test('begins by itself or asks, as it is set', () => {
    expect(nextMove(occurrence(), sundays({ startsBy: 'itself' }), start - 1)).toEqual({ is: 'wait', until: start });
    expect(nextMove(occurrence(), sundays({ startsBy: 'itself' }), start)).toEqual({ is: 'start' });
    expect(nextMove(occurrence(), sundays(), start)).toEqual(happened({ is: 'asked', at: start }));
  });

  test.each(['itself', 'asking'] as const)(
    'that starts by %s does neither where nobody was there in time: it was missed',
    (by) => {
      expect(nextMove(occurrence(), sundays({ startsBy: by }), start + GRACE).is).not.toBe('wait');
      expect(nextMove(occurrence(), sundays({ startsBy: by }), start + GRACE)).not.toMatchObject({
        fact: { is: 'missed' },
      });
      const late = start + GRACE + 1;
      expect(nextMove(occurrence(), sundays({ startsBy: by }), late)).toEqual(
        happened({ is: 'missed', at: late, why: 'down', also: 0 }),
      );
      // One that is shorter than the grace does not begin at its end.
      const short = { ...occurrence(), endAt: start + 60_000 };
      expect(nextMove(short, sundays({ startsBy: by }), start + 60_000)).toMatchObject({ fact: { is: 'missed' } });
    },
  );

  test('that was missed says how many more were, for only the one to come is planned', () => {
    const missed = (now: number) => nextMove(occurrence(), sundays(), now);
    expect(missed(start + 7 * DAY - 1)).toMatchObject({ fact: { also: 0 } });
    expect(missed(start + 7 * DAY)).toMatchObject({ fact: { also: 1 } });
    expect(missed(start + 15 * DAY)).toMatchObject({ fact: { also: 2 } });
  });

  test('that was missed never begins by itself', () => {
    expect(
      nextMove(occurrence({ is: 'missed', at: end, why: 'down', also: 0 }), sundays({ startsBy: 'itself' }), end + 1),
    ).toEqual({ is: 'nothing' });
  });

  test('that asks and gets no answer was missed at its end', () => {
    const asked = occurrence({ is: 'asked', at: start });
    expect(nextMove(asked, sundays(), end - 1)).toEqual({ is: 'wait', until: end });
    expect(nextMove(asked, sundays(), end)).toEqual(happened({ is: 'missed', at: end, why: 'unanswered', also: 0 }));
  });

  test('that has begun is overrun at its end, once, and once more after each extension', () => {
    expect(nextMove(occurrence(started), sundays({ startsBy: 'itself' }), end - 1)).toEqual({ is: 'wait', until: end });
    expect(nextMove(occurrence(started), sundays({ startsBy: 'itself' }), end)).toEqual(
      happened({ is: 'overrun', at: end }),
    );
    const over = occurrence(started, { is: 'overrun', at: end });
    expect(nextMove(over, sundays({ startsBy: 'itself' }), end + HOUR)).toEqual({ is: 'nothing' });
    const longer = occurrence(started, { is: 'overrun', at: end }, { is: 'extended', at: end, endAt: end + HOUR });
    expect(nextMove(longer, sundays({ startsBy: 'itself' }), end + 1)).toEqual({ is: 'wait', until: end + HOUR });
    expect(nextMove(longer, sundays({ startsBy: 'itself' }), end + HOUR)).toMatchObject({ fact: { is: 'overrun' } });
  });
});

describe('What a person may do with a window', () => {
  const states: Readonly<Record<string, Occurrence>> = {
    planned: occurrence(),
    asked: occurrence({ is: 'asked', at: start }),
    started: occurrence(started),
    missed: occurrence({ is: 'missed', at: end, why: 'down', also: 0 }),
    ended: occurrence(started, { is: 'ended', at: end }),
    skipped: occurrence({ is: 'skipped', at: noon, by: ann }),
    cancelled: occurrence({ is: 'cancelled', at: noon, by: ann }),
  };

  test.each([
    ['planned', ['start', 'skip', 'cancel', 'move']],
    ['asked', ['start', 'skip', 'cancel']],
    ['started', ['extend', 'end']],
    ['missed', ['start', 'cancel']],
    ['ended', []],
    ['skipped', []],
    ['cancelled', []],
  ])('that is %s: %j', (state, may) => {
    const wishes: readonly Wish[] = ['start', 'skip', 'cancel', 'move', 'extend', 'end'];
    const one = states[state] ?? occurrence();
    expect(one.state).toBe(state);
    expect(wishes.filter((wish) => standsAgainst(wish, one) === null)).toEqual(may);
    for (const wish of wishes) {
      const refusal = standsAgainst(wish, one);
      if (refusal !== null) expect(refusal.remedy).not.toBe('');
    }
  });
});
