import { describe, expect, test } from 'vitest';
import { LAST_MINUTES, lastChance, mayBegin, overrun } from '../../src/model/cut-off.ts';

const MINUTE = 60_000;
const end = 1_000 * MINUTE;

describe('Before the end of a planned time', () => {
  test('a step is begun only if it can be over by then', () => {
    expect(mayBegin(3 * MINUTE, end - 4 * MINUTE, end)).toEqual({ is: 'in-time', until: end - 3 * MINUTE });
    expect(mayBegin(3 * MINUTE, end - 3 * MINUTE, end)).toEqual({ is: 'in-time', until: end - 3 * MINUTE });
    expect(mayBegin(3 * MINUTE, end - 2 * MINUTE, end)).toEqual({ is: 'too-late', by: MINUTE });
    expect(mayBegin(0, end, end)).toEqual({ is: 'in-time', until: end });
  });

  test('one that takes nobody knows how long is not begun in the last minutes', () => {
    expect(mayBegin(null, end - LAST_MINUTES, end).is).toBe('in-time');
    expect(mayBegin(null, end - LAST_MINUTES + 1, end)).toEqual({ is: 'too-late', by: 1 });
  });

  test('several steps need the time of all of them', () => {
    expect(lastChance([2 * MINUTE, 3 * MINUTE], end)).toBe(end - 5 * MINUTE);
    expect(lastChance([2 * MINUTE, null], end)).toBe(end - 2 * MINUTE - LAST_MINUTES);
    expect(lastChance([], end)).toBe(end);
  });

  test('nothing is over until it is', () => {
    expect([overrun(end, end - 1), overrun(end, end), overrun(end, end + MINUTE)]).toEqual([0, 0, MINUTE]);
  });
});
