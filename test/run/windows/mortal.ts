// A process that dies at one of the calls that it makes to the database or to Slack: for whoever goes on after it.
import type { Announcer } from '../../../src/run/windows/announcing.ts';
import type { Store } from '../../../src/store/store.ts';

/** What a dead process's calls throw. */
export class Died extends Error {}

export interface Mortal {
  readonly store: Store;
  readonly announcer: Announcer;
  readonly calls: () => number;
  /** At its last call, whether or not that was made. */
  readonly dead: () => boolean;
}

/** Dies at its `last`-th call: before it is made where `when` is 'before', else after it. Calls of others do not count. */
export function mortal(store: Store, announcer: Announcer, last: number, when: 'before' | 'after'): Mortal {
  let calls = 0;
  const call = async <T>(make: () => Promise<T>): Promise<T> => {
    calls += 1;
    // Dead is dead: nothing of it happens any more.
    if (calls > last || (calls === last && when === 'before')) throw new Died();
    const made = await make();
    if (calls >= last) throw new Died();
    return made;
  };
  const { windows } = store;
  return {
    store: {
      ...store,
      create: (run) => call(() => store.create(run)),
      windows: {
        ...windows,
        plan: (...args) => call(() => windows.plan(...args)),
        happened: (...args) => call(() => windows.happened(...args)),
        rest: (...args) => call(() => windows.rest(...args)),
        claim: (...args) => call(() => windows.claim(...args)),
        settle: (...args) => call(() => windows.settle(...args)),
      },
    },
    announcer: {
      say: (what) => call(() => announcer.say(what)),
      find: (what) => call(() => announcer.find(what)),
    },
    calls: () => calls,
    dead: () => calls >= last,
  };
}
