// What the parts of the sandbox see of its clock, and the timers of one part.

export interface Timers {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `then` once, `ms` of this time from now. Returns a function that cancels it. */
  after(ms: number, then: () => void): () => void;
}

/** The timers of one part of the sandbox, which can be dropped together while the clock runs on for the others. */
export class TimerScope implements Timers {
  readonly #clock: Timers;
  readonly #cancels = new Set<() => void>();

  constructor(clock: Timers) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  after(ms: number, then: () => void): () => void {
    const cancel = this.#clock.after(ms, () => {
      this.#cancels.delete(cancelThis);
      then();
    });
    const cancelThis = () => {
      this.#cancels.delete(cancelThis);
      cancel();
    };
    this.#cancels.add(cancelThis);
    return cancelThis;
  }

  cancelAll(): void {
    for (const cancel of [...this.#cancels]) cancel();
  }
}
