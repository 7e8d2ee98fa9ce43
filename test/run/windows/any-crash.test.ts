// A window from planned to begun, with a process that dies at every call it makes to the database or to Slack, before it and
// after it: whoever goes on says each announcement once and begins the run once.
import { describe, expect, it } from 'vitest';
import type { Announcer } from '../../../src/run/windows/announcing.ts';
import type { WindowDriver } from '../../../src/run/windows/driver.ts';
import type { Store } from '../../../src/store/store.ts';
import { type Bed, beds, HOUR, MINUTE } from './bed.ts';

const bed = beds();

class Died extends Error {}

/** Dies at its `last`-th call: before it is made where `when` is 'before', else after it. */
function mortal(b: Bed, last: number, when: 'before' | 'after'): WindowDriver & { readonly calls: () => number } {
  let calls = 0;
  const call = async <T>(make: () => Promise<T>): Promise<T> => {
    calls += 1;
    // Dead is dead: nothing of it happens any more.
    if (calls > last || (calls === last && when === 'before')) throw new Died();
    const made = await make();
    if (calls >= last) throw new Died();
    return made;
  };
  const { store } = b.engine;
  const { windows } = store;
  const its: Store = {
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
  };
  const announcer: Announcer = {
    say: (what) => call(() => b.announcer.say(what)),
    find: (what) => call(() => b.announcer.find(what)),
  };
  const driver = b.process(announcer, its);
  return {
    ...driver,
    calls: () => calls,
    drive: async (id) => {
      if (calls >= last) return;
      await driver.drive(id).catch((error: unknown) => {
        if (!(error instanceof Died)) throw error;
      });
    },
  };
}

/** From the instant that it dies on another process is there, and the dead one's claims run out. */
async function lived(b: Bed, last: number, when: 'before' | 'after'): Promise<boolean> {
  const id = await b.planned({ typed: 'every day 01:00 for 1h', announceBefore: [HOUR, 10 * MINUTE] });
  const first = mortal(b, last, when);
  const second = b.process();
  const next: WindowDriver = {
    ...second,
    drive: async (occurrence) => {
      if (first.calls() < last) return;
      await b.claimsRunOut();
      await second.drive(occurrence);
    },
  };
  await b.pass(12 * HOUR + 28 * MINUTE, [first, next]);
  const said = b.said();
  const where = `dead ${when} call ${last}: ${said.join(' | ')}`;
  const count = (word: string): number => said.filter((text) => text.includes(word)).length;
  expect([count(' begins '), count('has begun'), count('is quiet since')], where).toEqual([2, 1, 1]);
  // This one and the next, which is planned as soon as this one has begun.
  expect(count('is planned'), where).toBe(2);
  expect(said, where).toHaveLength(6);
  const occurrences = await b.engine.store.windows.occurrencesOf(id);
  expect(occurrences.map(({ occurrence }) => occurrence.state)).toEqual(['started', 'planned']);
  expect(await b.engine.store.unfinished()).toHaveLength(1);
  return first.calls() >= last;
}

describe('a process that dies', () => {
  it.each(['before', 'after'] as const)(
    '%s any of its calls: everything is said once, and one run begins',
    async (when) => {
      let last = 0;
      let died = true;
      while (died) {
        last += 1;
        died = await lived(await bed(), last, when);
      }
      expect(last).toBeGreaterThan(20);
    },
    30 * MINUTE,
  );
});
