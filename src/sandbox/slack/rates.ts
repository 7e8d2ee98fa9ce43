// Slack's rate limits as token buckets: about one post a second a channel with a burst, about 50 updates a minute. They
// count real time, as the client's waiting does, however fast the domain's clock runs.

/** `each` requests in `perMs` in the long run; up to `burst` at once after a pause. */
export interface Rate {
  readonly each: number;
  readonly perMs: number;
  readonly burst: number;
}

export interface Rates {
  /** chat.postMessage, a channel. */
  readonly post: Rate | 'off';
  /** chat.update, a channel. */
  readonly update: Rate | 'off';
}

export const slacksRates: Rates = {
  post: { each: 1, perMs: 1_000, burst: 5 },
  update: { each: 50, perMs: 60_000, burst: 50 },
};

export class Buckets {
  readonly #now: () => number;
  readonly #levels = new Map<string, { level: number; at: number }>();

  /** `now` is real milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes one of `key`; returns 0, or the milliseconds until there will be one again, having taken none. */
  take(key: string, rate: Rate | 'off'): number {
    if (rate === 'off') return 0;
    const now = this.#now();
    const perMs = rate.each / rate.perMs;
    const last = this.#levels.get(key) ?? { level: rate.burst, at: now };
    const level = Math.min(rate.burst, last.level + (now - last.at) * perMs);
    if (level < 1) {
      this.#levels.set(key, { level, at: now });
      return Math.ceil((1 - level) / perMs);
    }
    this.#levels.set(key, { level: level - 1, at: now });
    return 0;
  }
}
