// Heroku gives an account 4,500 tokens, and about 75 a minute flow back. This keeps our own count, corrected by each
// answer's RateLimit-Remaining, and keeps back a reserve for whoever is more urgent. It only counts; who waits, and how
// long, is the transport's affair.

import type { Priority } from './call.ts';

export interface BucketOptions {
  readonly capacity: number;
  readonly perMinute: number;
  /** How many tokens a call of this priority must leave in the bucket. */
  readonly reserve: Readonly<Record<Priority, number>>;
}

/** Looks that can wait leave nine tenths to people, to restores, and to the account's other users. */
export const HEROKU_BUCKET: BucketOptions = {
  capacity: 4_500,
  perMinute: 75,
  reserve: { person: 0, run: 50, poll: 4_050 },
};

export interface Bucket {
  /** Takes a token and answers 0, or takes none and answers after how many milliseconds there would be one. */
  take(priority: Priority): number;
  /** A request whose token was taken is over; `remaining` is what its answer said, null if it said nothing. */
  settle(remaining: number | null): void;
  /** Heroku says the bucket is empty, whatever we counted. */
  drained(): void;
}

/** `now`: milliseconds of a clock that is never set back; the machine's, since the tokens flow in Heroku's real time. */
export function createBucket(options: BucketOptions, now: () => number): Bucket {
  const perMs = options.perMinute / 60_000;
  let tokens = options.capacity;
  let at = now();
  let under = 0; // way: taken, and not yet counted in an answer

  function flow(): void {
    const time = now();
    tokens = Math.min(options.capacity, tokens + (time - at) * perMs);
    at = time;
  }

  return {
    take(priority) {
      flow();
      // The reserve of a small bucket must not shut anybody out for ever.
      const reserve = Math.min(options.reserve[priority], options.capacity - 1);
      const missing = reserve + 1 - tokens;
      if (missing > 0) return Math.max(1, Math.ceil(missing / perMs));
      tokens -= 1;
      under += 1;
      return 0;
    },
    settle(remaining) {
      flow();
      under = Math.max(0, under - 1);
      // Requests that are still under way may not be in Heroku's count yet.
      if (remaining !== null) tokens = Math.min(options.capacity, Math.max(0, remaining - under));
    },
    drained() {
      flow();
      tokens = 0;
    },
  };
}
