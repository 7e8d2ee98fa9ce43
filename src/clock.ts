// Domain time: planned ends, caps, reminders, polls. It is a parameter everywhere, so that tests move it and the demo
// runs it faster. Fencing time (leases, HTTP time-outs, signatures) is the machine's own and never comes from here.

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `then` once, `ms` of domain time from now. Returns a function that cancels it. */
  after(ms: number, then: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, then) {
    // setTimeout wraps round above 2^31-1 ms (24.8 days); whoever waits longer looks again then.
    const timer = setTimeout(then, Math.min(Math.max(0, ms), 2_147_483_647));
    return () => clearTimeout(timer);
  },
};
