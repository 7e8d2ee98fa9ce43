import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lastFire, nextFire } from '../../../src/heroku/schedulers/next-fire.ts';

const at = (text: string) => Date.parse(text);

test('a job of every 10 minutes fires at :00, :10, :20', () => {
  const job = { every: 10, at: null } as const;
  expect(nextFire(job, at('2026-03-29T00:59:59.999Z'))).toBe(at('2026-03-29T01:00:00Z'));
  expect(nextFire(job, at('2026-03-29T01:00:00Z'))).toBe(at('2026-03-29T01:10:00Z'));
  expect(lastFire(job, at('2026-03-29T01:09:59Z'))).toBe(at('2026-03-29T01:00:00Z'));
});

test('an hourly job fires at its minute', () => {
  const job = { every: 60, at: 30 } as const;
  expect(nextFire(job, at('2026-01-01T10:29:59Z'))).toBe(at('2026-01-01T10:30:00Z'));
  expect(nextFire(job, at('2026-01-01T10:30:01Z'))).toBe(at('2026-01-01T11:30:00Z'));
  expect(lastFire(job, at('2026-01-01T10:00:00Z'))).toBe(at('2026-01-01T09:30:00Z'));
});

test('a daily job fires at its minute of the UTC day, whatever the clocks of the place do', () => {
  const job = { every: 1440, at: 90 } as const;
  expect(nextFire(job, at('2026-03-29T01:29:00Z'))).toBe(at('2026-03-29T01:30:00Z'));
  expect(nextFire(job, at('2026-03-29T01:30:00Z'))).toBe(at('2026-03-30T01:30:00Z'));
  expect(lastFire(job, at('2026-03-29T01:00:00Z'))).toBe(at('2026-03-28T01:30:00Z'));
});

test('now lies between the last and the next, one period apart', () => {
  const timing = fc.oneof(
    fc.constant({ every: 10, at: null } as const),
    fc.integer({ min: 0, max: 59 }).map((minute) => ({ every: 60, at: minute }) as const),
    fc.integer({ min: 0, max: 1439 }).map((minute) => ({ every: 1440, at: minute }) as const),
  );
  fc.assert(
    fc.property(timing, fc.integer({ min: 0, max: 4_000_000_000_000 }), (job, now) => {
      const last = lastFire(job, now);
      const next = nextFire(job, now);
      expect(last).toBeLessThanOrEqual(now);
      expect(next).toBeGreaterThan(now);
      expect(next - last).toBe(job.every * 60_000);
      const date = new Date(next);
      if (job.every !== 10) expect(date.getUTCMinutes()).toBe(job.at % 60);
      else expect(date.getUTCMinutes() % 10).toBe(0);
      if (job.every === 1440) expect(date.getUTCHours()).toBe(Math.floor(job.at / 60));
    }),
  );
});
