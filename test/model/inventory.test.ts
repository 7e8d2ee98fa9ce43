import { describe, expect, test } from 'vitest';
import {
  aboutItem,
  besides,
  type Entry,
  type Inventory,
  limitsFrom,
  longestOf,
  loose,
  withEarlier,
} from '../../src/model/inventory.ts';
import { quieting } from '../helpers/make-run.ts';

const MINUTE = 60_000;
const plain = (name: string, over: Partial<Pick<Entry, 'does' | 'concern' | 'item'>> = {}): Entry => ({
  kind: 'sender',
  name,
  says: 'says',
  does: 'not held',
  remedy: null,
  item: null,
  concern: null,
  ...over,
});
const of = (...entries: readonly Entry[]): Inventory => ({ window: { from: 0, to: 1 }, entries, limits: null });

describe('the inventory', () => {
  test('tells first what is not held, and what only a person can know, but for what a concern asks about already', () => {
    const inventory = of(
      plain('held', { does: 'held' }),
      plain('watched', { does: 'watched' }),
      plain('loose'),
      plain('asked about', { concern: 'judoscale' }),
      plain('asked about elsewhere', { concern: 'web' }),
      plain('run.1', { does: 'yours?' }),
    );
    expect(loose(inventory, [{ name: 'judoscale' }]).map(({ name }) => name)).toEqual([
      'loose',
      'asked about elsewhere',
      'run.1',
    ]);
  });

  test('tells last what is held or watched and is no item of the plan', () => {
    const inventory = of(
      plain('worker', { does: 'held', item: { step: 'workers', key: 'worker' } }),
      plain('clock', { does: 'held', item: { step: 'clocks', key: 'worker' } }),
      plain('queue', { does: 'held' }),
      plain('release', { does: 'watched' }),
      plain('loose'),
    );
    const names = besides(inventory, [{ step: 'workers', key: 'worker' }]).map(({ name }) => name);
    expect(names).toEqual(['clock', 'queue', 'release']);
  });

  test('knows more of a scheduled job than what would be done with it', () => {
    const item = { step: 'scheduler', key: '7' };
    const job: Entry = {
      ...plain('job 7', { does: 'held', item }),
      kind: 'scheduled job',
      scheduler: 'Heroku Scheduler',
      next: 0,
      falls: true,
    };
    expect(aboutItem(of(job), item)).toBe('says');
    expect(aboutItem(of(job), { step: 'scheduler', key: '8' })).toBeNull();
    expect(aboutItem(of(plain('worker', { item })), item)).toBeNull();
  });
});

describe('the limits of the drain', () => {
  const longest = (minutes: number) => ({ ms: minutes * MINUTE, what: 'worker.1 of Sidekiq' });

  test('are left as they are where they leave room for the longest job seen', () => {
    expect(limitsFrom(longest(7), { drainCap: 15 * MINUTE, abortIfOlderThan: null }).proposed).toBeNull();
    expect(limitsFrom(longest(7), { drainCap: 15 * MINUTE, abortIfOlderThan: 14 * MINUTE }).proposed).toBeNull();
  });

  test('are proposed from the longest job seen, in whole five minutes', () => {
    expect(limitsFrom(longest(22), { drainCap: 15 * MINUTE, abortIfOlderThan: null }).proposed).toEqual({
      drainCap: 45 * MINUTE,
      abortIfOlderThan: 90 * MINUTE,
    });
  });

  test('are proposed from the longest that earlier maintenances have waited for, where that was longer', () => {
    const waited = (minutes: number) =>
      quieting().and({
        is: 'waiting',
        way: 'quiet',
        step: 'jobs',
        why: 'one runs',
        memo: { since: {}, longest: longest(minutes) },
      }).run;
    const settings = { drainCap: 15 * MINUTE, abortIfOlderThan: null };
    const earlier = longestOf([waited(3), waited(22), quieting().run]);
    expect(earlier).toEqual({ ms: 22 * MINUTE, what: 'worker.1 of Sidekiq, in an earlier maintenance' });
    for (const now of [null, limitsFrom(longest(2), settings)]) {
      expect(withEarlier(now, earlier, settings)).toMatchObject({
        longest: earlier,
        proposed: { drainCap: 45 * MINUTE },
      });
    }
    const now = limitsFrom(longest(30), settings);
    expect(withEarlier(now, earlier, settings)).toEqual(now);
    expect(longestOf([quieting().run])).toBeNull();
    expect(withEarlier(null, null, settings)).toBeNull();
  });

  test('are never proposed shorter than they are', () => {
    expect(limitsFrom(longest(22), { drainCap: 240 * MINUTE, abortIfOlderThan: 30 * MINUTE }).proposed).toEqual({
      drainCap: 240 * MINUTE,
      abortIfOlderThan: 240 * MINUTE,
    });
    expect(limitsFrom(longest(22), { drainCap: 15 * MINUTE, abortIfOlderThan: 300 * MINUTE }).proposed).toEqual({
      drainCap: 45 * MINUTE,
      abortIfOlderThan: 300 * MINUTE,
    });
  });
});
