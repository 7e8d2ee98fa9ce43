import { describe, expect, test } from 'vitest';
import type { Fact, Occurrence } from '../../src/model/window.ts';
import { GRACE, nextMove, standsAgainst, type Wish } from '../../src/windows/next-move.ts';
import { ann, HOUR, noon, occurrence, start } from './windows.ts';

const end = start + 2 * HOUR;
const started: Fact = { is: 'started', at: start, runs: ['run-1'] };
const happened = (fact: Fact) => ({ is: 'happened', fact });

describe('When its time comes, a window', () => {
  test('begins by itself or asks, as it is set', () => {
    expect(nextMove(occurrence(), 'itself', start - 1)).toEqual({ is: 'wait', until: start });
    expect(nextMove(occurrence(), 'itself', start)).toEqual({ is: 'start' });
    expect(nextMove(occurrence(), 'asking', start)).toEqual(happened({ is: 'asked', at: start }));
  });

  test.each(['itself', 'asking'] as const)(
    'that starts by %s does neither where nobody was there in time: it was missed',
    (by) => {
      expect(nextMove(occurrence(), by, start + GRACE).is).not.toBe('wait');
      expect(nextMove(occurrence(), by, start + GRACE)).not.toMatchObject({ fact: { is: 'missed' } });
      const late = start + GRACE + 1;
      expect(nextMove(occurrence(), by, late)).toEqual(happened({ is: 'missed', at: late, why: 'down' }));
      // One that is shorter than the grace does not begin at its end.
      const short = { ...occurrence(), endAt: start + 60_000 };
      expect(nextMove(short, by, start + 60_000)).toMatchObject({ fact: { is: 'missed' } });
    },
  );

  test('that was missed never begins by itself', () => {
    expect(nextMove(occurrence({ is: 'missed', at: end, why: 'down' }), 'itself', end + 1)).toEqual({ is: 'nothing' });
  });

  test('that asks and gets no answer was missed at its end', () => {
    const asked = occurrence({ is: 'asked', at: start });
    expect(nextMove(asked, 'asking', end - 1)).toEqual({ is: 'wait', until: end });
    expect(nextMove(asked, 'asking', end)).toEqual(happened({ is: 'missed', at: end, why: 'unanswered' }));
  });

  test('that has begun is overrun at its end, once, and once more after each extension', () => {
    expect(nextMove(occurrence(started), 'itself', end - 1)).toEqual({ is: 'wait', until: end });
    expect(nextMove(occurrence(started), 'itself', end)).toEqual(happened({ is: 'overrun', at: end }));
    const over = occurrence(started, { is: 'overrun', at: end });
    expect(nextMove(over, 'itself', end + HOUR)).toEqual({ is: 'nothing' });
    const longer = occurrence(started, { is: 'overrun', at: end }, { is: 'extended', at: end, endAt: end + HOUR });
    expect(nextMove(longer, 'itself', end + 1)).toEqual({ is: 'wait', until: end + HOUR });
    expect(nextMove(longer, 'itself', end + HOUR)).toMatchObject({ fact: { is: 'overrun' } });
  });
});

describe('What a person may do with a window', () => {
  const states: Readonly<Record<string, Occurrence>> = {
    planned: occurrence(),
    asked: occurrence({ is: 'asked', at: start }),
    started: occurrence(started),
    missed: occurrence({ is: 'missed', at: end, why: 'down' }),
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
