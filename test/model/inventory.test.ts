import { describe, expect, test } from 'vitest';
import { aboutItem, besides, type Entry, type Inventory, limitsFrom, loose } from '../../src/model/inventory.ts';

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
