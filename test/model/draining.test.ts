// Since when jobs in flight are waited for: told by the events, so that whoever takes over counts from the same moment.
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/model/event.ts';
import type { Way } from '../../src/model/step.ts';
import { back, bob, holding, MINUTE, quieting, SECOND, T0 } from '../helpers/make-run.ts';

const waits = (step: string, why: string, drains?: true, way: Way = 'quiet'): Event => ({
  is: 'waiting',
  way,
  step,
  why,
  memo: null,
  ...(drains === undefined ? {} : { drains }),
});

describe('the time that jobs in flight are waited for', () => {
  test('begins with the first step that waits for them, and goes on through the next ones', () => {
    const jobs = quieting()
      .after(MINUTE)
      .and(waits('jobs', '1 job runs', true));
    expect(jobs.run.drainingSince).toBe(T0 + MINUTE);
    const later = jobs
      .after(5 * MINUTE)
      .done('quiet', 'jobs')
      .and(waits('workers', '2 dynos still stopping', true));
    expect(later.run.drainingSince).toBe(T0 + MINUTE);
  });

  test('does not begin with what is waited for otherwise', () => {
    expect(quieting().and(waits('jobs', 'one is due at 12:40')).run.drainingSince).toBeNull();
  });

  test('is of the way to quiet: what comes back takes its own time', () => {
    expect(back().and(waits('workers', '1 of 2 up', true, 'back')).run.drainingSince).toBeNull();
  });

  test('begins anew for what is made quiet again', () => {
    const loud: Event = {
      is: 'asked',
      question: 'v1',
      about: {
        is: 'violation',
        step: 'workers',
        key: 'alpha',
        label: 'alpha',
        now: 2,
        shows: { before: '4', wanted: '0', now: '2' },
      },
    };
    const again = holding()
      .and(waits('workers', '2 dynos still stopping', true))
      .and(loud)
      .after(SECOND)
      .and({ is: 'answered', question: 'v1', answer: 'quiet-again', by: bob });
    expect(again.run.drainingSince).toBeNull();
  });
});
