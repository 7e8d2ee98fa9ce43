import { describe, expect, test } from 'vitest';
import { stands } from '../../src/terminal/drive-back.ts';
import { back, drifted } from '../helpers/make-run.ts';

const asked = back().wrote('back', 'workers', 'alpha', 4).and(drifted());

describe('a way back stands', () => {
  test('not while anything that nobody is asked about is still coming back', () => {
    expect(stands(asked.run)).toBe(false);
    expect(stands(asked.done('back', 'workers').run)).toBe(false);
  });

  test('when all before the door is done or asked about', () => {
    expect(stands(asked.done('back', 'workers', 'jobs').run)).toBe(true);
    const stuck = { is: 'stuck', step: 'jobs', why: '', remedy: '', byHand: [] } as const;
    const both = asked.done('back', 'workers').and({ is: 'asked', question: 's1', about: { ...stuck, byHand: [] } });
    expect(stands(both.run)).toBe(true);
  });

  test('not where nobody is asked anything', () => {
    expect(stands(back().done('back', 'workers', 'jobs').run)).toBe(false);
  });
});
