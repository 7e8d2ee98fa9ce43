import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/model/event.ts';
import { back, bob, drifted, HOUR, MINUTE, T0 } from '../../helpers/make-run.ts';
import { does, records } from './does.ts';

describe('a question reminds', () => {
  test('after 15 minutes, then every hour, for as long as it is open', () => {
    const drift = back().and(drifted()).done('back', 'workers', 'jobs');
    expect(does(drift, 15 * MINUTE - 1)).toEqual({ do: 'rest', until: T0 + 15 * MINUTE });
    expect(does(drift, 15 * MINUTE)).toEqual(records([{ is: 'reminded', question: 'd1' }]));
    const once = drift.after(15 * MINUTE).and({ is: 'reminded', question: 'd1' });
    expect(does(once)).toEqual({ do: 'rest', until: once.now + HOUR });
    expect(does(once, HOUR)).toEqual(records([{ is: 'reminded', question: 'd1' }]));
  });

  test('15 minutes after somebody said later', () => {
    const later = back()
      .and(drifted())
      .done('back', 'workers', 'jobs')
      .after(10 * MINUTE)
      .and({ is: 'answered', question: 'd1', answer: 'later', by: bob });
    expect(does(later)).toEqual({ do: 'rest', until: later.now + 15 * MINUTE });
  });

  test('no more once it is answered or withdrawn', () => {
    const drift = back().and(drifted()).done('back', 'workers', 'jobs');
    for (const event of [
      { is: 'answered', question: 'd1', answer: 'keep', by: bob },
      { is: 'withdrawn', question: 'd1', why: 'moot' },
    ] satisfies Event[]) {
      expect(does(drift.and(event), 20 * MINUTE).do).toBe('move');
    }
  });
});
