import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/model/event.ts';
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

  test('when the step that comes next asks, and nothing is left that goes on without an answer', () => {
    const about = { is: 'step', way: 'back', key: 'k', says: 'jobs wait', answers: ['go-on'] } as const;
    const asks = (step: string): Event => ({
      is: 'asked',
      question: 'q1',
      about: { ...about, step, details: [], answers: ['go-on'] },
    });
    expect(stands(back().and(asks('workers')).run)).toBe(true);
    expect(stands(back().and(asks('jobs')).run)).toBe(false);
    expect(stands(back().done('back', 'workers').and(asks('jobs')).run)).toBe(true);
    expect(stands(back().done('back', 'workers', 'jobs').and(asks('door')).run)).toBe(true);
  });

  test('not where nobody is asked anything', () => {
    expect(stands(back().done('back', 'workers', 'jobs').run)).toBe(false);
  });
});
