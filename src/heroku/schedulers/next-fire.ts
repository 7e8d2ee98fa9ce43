// When a Scheduler job fires: every 10 minutes, hourly at a minute, or daily at a minute of the UTC day. The Scheduler
// promises no exact second; how much doubt to allow round a tick is the step's affair.

const MINUTE = 60_000;

export interface Timing {
  /** Minutes. */
  readonly every: 10 | 60 | 1440;
  /** Minutes into the hour (60) or into the UTC day (1440); without meaning, and mostly null or 0, for 10. */
  readonly at: number | null;
}

/** The last tick at or before `now`; both in milliseconds since the epoch. */
export function lastFire({ every, at }: Timing, now: number): number {
  const period = every * MINUTE;
  // The epoch began with a UTC day, so its multiples are whole hours and days.
  const offset = (at ?? 0) * MINUTE;
  return Math.floor((now - offset) / period) * period + offset;
}

/** The first tick after `now`. */
export function nextFire(timing: Timing, now: number): number {
  return lastFire(timing, now) + timing.every * MINUTE;
}
