// The sandbox's time. It runs as fast as it is told to, or stands still until somebody moves it; whatever the sandbox
// does later (a dyno that starts, a job that ends) is a timer here. It fits the `Clock` that the rest of maint takes.

import type { Timers } from './timers.ts';

interface Timer {
  readonly at: number;
  readonly then: () => void;
}

// Node turns a longer delay than this into 1 ms; the clock then simply looks again.
const LONGEST_DELAY = 2_147_483_647;

export class SandboxClock implements Timers {
  /** Whether only `advance` moves this clock. */
  readonly manual: boolean;
  #speed: number;
  #base: number;
  #realBase = performance.now();
  #standing: number | null = null;
  /** Ordered by time; those of one time in the order in which they were set. */
  #timers: Timer[] = [];
  #waker: NodeJS.Timeout | undefined;
  #closed = false;

  /**
   * `start` is milliseconds since the epoch (default: now), `speed` how many milliseconds pass in a real one (default 1).
   * With `manual` the time stands still but for `advance`.
   */
  constructor(options: { speed?: number; start?: number; manual?: boolean } = {}) {
    this.manual = options.manual ?? false;
    this.#base = options.start ?? Date.now();
    this.#speed = checkedSpeed(options.speed ?? 1);
  }

  now(): number {
    if (this.#standing !== null) return this.#standing;
    if (this.manual) return this.#base;
    return Math.floor(this.#base + (performance.now() - this.#realBase) * this.#speed);
  }

  after(ms: number, then: () => void): () => void {
    if (this.#closed) return () => {};
    const timer: Timer = { at: this.now() + Math.max(0, ms), then };
    const place = this.#timers.findLastIndex((other) => other.at <= timer.at) + 1;
    this.#timers.splice(place, 0, timer);
    if (place === 0) this.#arm();
    return () => {
      const index = this.#timers.indexOf(timer);
      if (index !== -1) this.#timers.splice(index, 1);
    };
  }

  get speed(): number {
    return this.#speed;
  }

  /** Takes effect at once, for timers that are set already too. */
  set speed(speed: number) {
    const checked = checkedSpeed(speed);
    this.#rebase(this.now());
    this.#speed = checked;
    this.#arm();
  }

  /** Moves the time on by `ms`; each timer on the way fires with `now()` at its own time, those that they set too. */
  advance(ms: number): void {
    if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`Expected milliseconds of 0 or more, got ${ms}`);
    if (this.#standing !== null) throw new Error('Expected a clock at rest, got an advance() from within a timer');
    this.#fire(this.now() + ms, true);
  }

  /** Forgets all timers, and takes no new ones: a closed clock keeps no process alive. It still tells the time. */
  close(): void {
    this.#closed = true;
    this.#timers = [];
    clearTimeout(this.#waker);
  }

  #fire(until: number, moving: boolean): void {
    try {
      for (let next = this.#timers[0]; next !== undefined && next.at <= until; next = this.#timers[0]) {
        this.#timers.shift();
        if (moving) this.#rebase(Math.max(next.at, this.#base));
        this.#standing = next.at;
        next.then();
        this.#standing = null;
      }
      if (moving) this.#rebase(until);
    } finally {
      this.#standing = null;
      this.#arm();
    }
  }

  #rebase(now: number): void {
    this.#base = now;
    this.#realBase = performance.now();
  }

  #arm(): void {
    clearTimeout(this.#waker);
    const next = this.#timers[0];
    if (next === undefined || this.manual || this.#closed || this.#standing !== null) return;
    const real = Math.ceil((next.at - this.now()) / this.#speed);
    this.#waker = setTimeout(() => this.#fire(this.now(), false), Math.min(Math.max(0, real), LONGEST_DELAY));
  }
}

function checkedSpeed(speed: number): number {
  if (Number.isFinite(speed) && speed > 0) return speed;
  throw new RangeError(`Expected a speed above 0, got ${speed}`);
}
