// A window from planned to begun, with a process that dies at every call it makes to the database or to Slack, before it and
// after it: whoever goes on says each announcement once and begins the run once.
import { describe, expect, it } from 'vitest';
import type { WindowDriver } from '../../../src/run/windows/driver.ts';
import { type Bed, beds, HOUR, MINUTE } from './bed.ts';
import { Died, type Mortal, mortal } from './mortal.ts';

const bed = beds();

/** The driver of a process that dies: nothing is thrown at whoever drives it. */
function mortalDriver(b: Bed, last: number, when: 'before' | 'after'): WindowDriver & Pick<Mortal, 'calls'> {
  const { store, announcer, calls, dead } = mortal(b.engine.store, b.announcer, last, when);
  const driver = b.process(announcer, store);
  return {
    ...driver,
    calls,
    drive: async (id) => {
      if (dead()) return;
      await driver.drive(id).catch((error: unknown) => {
        if (!(error instanceof Died)) throw error;
      });
    },
  };
}

/** From the instant that it dies on another process is there, and the dead one's claims run out. */
async function lived(b: Bed, last: number, when: 'before' | 'after'): Promise<boolean> {
  const id = await b.planned({ typed: 'every day 01:00 for 1h', announceBefore: [HOUR, 10 * MINUTE] });
  const first = mortalDriver(b, last, when);
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
