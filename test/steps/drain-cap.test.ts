import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../src/model/settings.ts';
import type { Cx } from '../../src/model/step.ts';
import { sharedReads } from '../../src/run/reads.ts';
import { drainedFor, pastCap, STOPS, timeLeft } from '../../src/steps/drain-cap.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 10, 21, 12, 34);

/** `stepFor`, `drainFor`: milliseconds that this step, and all that wait for jobs, have taken. */
function cx(stepFor: number, drainFor: number | null): Cx {
  return {
    app: { id: 'a1', name: 'shop' },
    run: 'm1',
    settings: { ...defaultSettings, drainCap: 15 * MINUTE },
    now: NOW,
    since: NOW - stepFor,
    drainingSince: drainFor === null ? null : NOW - drainFor,
    priority: 'run',
    asking: 'a test',
    signal: new AbortController().signal,
    fence() {},
    reads: sharedReads(),
  };
}

describe('the cap of the drain', () => {
  it('is one for all steps: what an earlier one has waited is not given again', () => {
    expect(pastCap(cx(2 * MINUTE, 14 * MINUTE))).toBe(false);
    expect(pastCap(cx(2 * MINUTE, 15 * MINUTE))).toBe(true);
    expect(drainedFor(cx(2 * MINUTE, 14 * MINUTE))).toBe(14 * MINUTE);
  });

  it('counts from the begin of this step where it is the first', () => {
    expect(pastCap(cx(15 * MINUTE, null))).toBe(true);
    expect(pastCap(cx(14 * MINUTE, null))).toBe(false);
  });

  it('leaves stopping dynos the time that Heroku gives them, whatever the jobs have left of it', () => {
    expect(pastCap(cx(STOPS - 1, 20 * MINUTE), STOPS)).toBe(false);
    expect(pastCap(cx(STOPS, 20 * MINUTE), STOPS)).toBe(true);
  });

  it('is told as the minutes that are left', () => {
    expect(timeLeft(cx(0, null))).toBe('15 min left of the drain');
    expect(timeLeft(cx(0, 90_000))).toBe('14 min left of the drain');
    expect(timeLeft(cx(0, 15 * MINUTE - 1))).toBe('less than 1 min left of the drain');
  });
});
