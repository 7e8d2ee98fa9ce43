// The turns that this process is giving to runs: no more at once than it can serve, one a run, and after a failure not at
// once again.
import type { Logger } from '../log.ts';

/** Milliseconds of real time, doubled with every failure in a row. */
const FIRST_PAUSE = 1_000;
/** A database that comes back after an outage finds its runs going on within this. */
const LONGEST_PAUSE = 10_000;

export class Turns {
  /** Called when a turn has ended: the run may be due again already. */
  ended: () => void = () => {};
  readonly #drive: (runId: string) => Promise<void>;
  readonly #most: number;
  readonly #log: Logger;
  /** Milliseconds of real time that never go back. */
  readonly #now: () => number;
  readonly #running = new Set<string>();
  readonly #failed = new Map<string, { readonly times: number; readonly until: number }>();
  #closed = false;

  constructor(
    drive: (runId: string) => Promise<void>,
    most: number,
    log: Logger,
    now: () => number = () => performance.now(),
  ) {
    this.#now = now;
    this.#drive = drive;
    this.#most = most;
    this.#log = log;
  }

  /**
   * Does nothing for a run that is having one, nor where there is no room: whatever is due is found again when a turn
   * ends, or by a process that has room.
   */
  begin(runId: string): void {
    if (this.#closed || this.#running.has(runId) || this.#full()) return;
    this.#running.add(runId);
    this.#turn(runId).finally(() => {
      this.#running.delete(runId);
      if (!this.#closed) this.ended();
    });
  }

  /** Whether to wake a run that is due: not where it could not begin, nor right after a turn that failed. */
  wanted(runId: string): boolean {
    return !this.#running.has(runId) && !this.#full() && (this.#failed.get(runId)?.until ?? 0) <= this.#now();
  }

  close(): void {
    this.#closed = true;
  }

  #full(): boolean {
    return this.#running.size >= this.#most;
  }

  async #turn(runId: string): Promise<void> {
    try {
      await this.#drive(runId);
      this.#failed.delete(runId);
    } catch (error) {
      const times = (this.#failed.get(runId)?.times ?? 0) + 1;
      const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (times - 1));
      this.#failed.set(runId, { times, until: this.#now() + pause });
      this.#log.error({ run: runId, err: error, pause }, 'a turn of a run failed; it will be repeated');
    }
  }
}
