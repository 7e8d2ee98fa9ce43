// The driver over the sandbox's Heroku: when it may write, and whose fault a failure is.
import { describe, expect, it } from 'vitest';
import { silentLog } from '../../src/log.ts';
import { createDriver } from '../../src/run/driver.ts';
import type { Store } from '../../src/store/store.ts';
import { engines, shop } from '../helpers/engine.ts';

const engineFor = engines();

/** An engine with a run that is about to make its first write, and a driver over a store that is not as it should be. */
async function about(change: (store: Store) => Partial<Store>) {
  const engine = await engineFor({ apps: [shop()] });
  const { id } = await engine.start('shop');
  const store: Store = { ...engine.store, ...change(engine.store) };
  const { platform, clock } = engine;
  const driver = createDriver({ store, platform, clock, log: silentLog, owner: 'other' });
  return { engine, id, driver };
}

describe('the fence', () => {
  it('lets nothing be written where less lease is left than a write may take', async () => {
    const { engine, id, driver } = await about((store) => ({
      takeLease: async (run, owner) => {
        const lease = await store.takeLease(run, owner);
        return lease === null ? null : { ...lease, left: () => 3_000 };
      },
    }));
    await driver.drive(id);
    expect(engine.sandbox.requests.list({ service: 'heroku' }).length).toBeGreaterThan(0);
    expect(engine.writes()).toEqual([]);
    // Whoever has enough of it goes on.
    await engine.holding(id);
    expect(engine.writes().length).toBeGreaterThan(0);
  });
});

describe('a database that fails in the middle of a step', () => {
  it('is no fault of the step: the turn fails, nothing is written, and the run goes on when it is back', async () => {
    let failing = true;
    const { engine, id, driver } = await about((store) => ({
      append: async (lease, at, events, options) => {
        if (failing && events.some(({ is }) => is === 'sending')) throw new Error('Connection terminated unexpectedly');
        return store.append(lease, at, events, options);
      },
    }));
    await expect(driver.drive(id)).rejects.toThrow('the database failed');
    expect(engine.writes()).toEqual([]);
    failing = false;
    await driver.drive(id);
    const run = await engine.holding(id);
    expect([run.way, run.quietAt !== null]).toEqual(['quiet', true]);
    expect((await engine.events(id)).filter(({ is }) => is === 'failed')).toEqual([]);
  });
});
