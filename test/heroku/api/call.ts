// A Call as a turn of the driver makes it, with the fence and the shared reads in sight of the test.

import type { Call, Priority } from '../../../src/heroku/api/call.ts';

export interface WatchedCall extends Call {
  readonly fenced: number[];
  forgotten: number;
}

export function aCall(
  options: { priority?: Priority; signal?: AbortSignal; fence?: (ms: number) => void } = {},
): WatchedCall {
  const shared = new Map<string, unknown>();
  const fenced: number[] = [];
  const call: WatchedCall = {
    priority: options.priority ?? 'run',
    signal: options.signal ?? new AbortController().signal,
    fenced,
    forgotten: 0,
    fence(ms) {
      fenced.push(ms);
      options.fence?.(ms);
    },
    reads: {
      async once<T>(key: string, load: () => Promise<T>): Promise<T> {
        if (!shared.has(key)) shared.set(key, load());
        // Each key is used for one type of value, by the function that makes the key.
        return shared.get(key) as Promise<T>;
      },
      forget() {
        shared.clear();
        call.forgotten += 1;
      },
    },
  };
  return call;
}

/** The error that a call ends with; fails the test when it ends well. */
export async function failureOf<E extends Error>(
  promise: Promise<unknown>,
  type: abstract new (...args: never[]) => E,
): Promise<E> {
  const error: unknown = await promise.then(
    () => new Error('Expected the call to fail, it went through'),
    (reason: unknown) => reason,
  );
  if (error instanceof type) return error;
  throw error;
}
