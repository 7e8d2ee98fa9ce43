// The account's rate limit: 4,500 requests, of which 75 a minute come back.

import type { Timers } from '../timers.ts';

export class RateBucket {
  readonly #clock: Timers;
  size = 4_500;
  perMinute = 75;
  #level = 4_500;
  #at: number;

  constructor(clock: Timers) {
    this.#clock = clock;
    this.#at = clock.now();
  }

  get remaining(): number {
    this.#refill();
    return Math.floor(this.#level);
  }

  set remaining(level: number) {
    this.#at = this.#clock.now();
    this.#level = Math.min(this.size, level);
  }

  /** Takes one request; false where there is none left. */
  take(): boolean {
    this.#refill();
    if (this.#level < 1) return false;
    this.#level -= 1;
    return true;
  }

  fill(): void {
    this.remaining = this.size;
  }

  #refill(): void {
    const now = this.#clock.now();
    this.#level = Math.min(this.size, this.#level + (Math.max(0, now - this.#at) / 60_000) * this.perMinute);
    this.#at = now;
  }
}
