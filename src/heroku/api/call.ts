// What every call to Heroku carries along: who is waiting, until when it may go on, and the reads it may share. The
// engine's context is one of these; it decides about leases and turns, this folder only asks.

/** Who waits: a person at the keyboard, a run that is under way, or a look that can as well happen later. */
export type Priority = 'person' | 'run' | 'poll';

export interface Call {
  readonly priority: Priority;
  /** What it is asked for, for the log. */
  readonly asking?: string;
  readonly signal: AbortSignal;
  /**
   * Asked right before each request that changes something, after all queueing, and again before each repetition.
   * `ms`: how long the call may take. Throws LeaseLost if the lease is too short for it.
   */
  fence(ms: number): void;
  /** Reads shared within one turn of the driver. A write forgets what it changes, when it failed too. */
  readonly reads: {
    /** `keepMs`: for what hardly ever changes; a quarter of a second when not said. */
    once<T>(key: string, load: () => Promise<T>, keepMs?: number): Promise<T>;
    forget(...prefixes: readonly string[]): void;
  };
}
