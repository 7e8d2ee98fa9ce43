import { sql } from 'kysely';
import { afterEach, expect, test, vi } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { silentLog } from '../../src/log.ts';
import type { Database } from '../../src/store/database.ts';
import { openStore } from '../../src/store/store.ts';
import { startWakes, type Wakes } from '../../src/store/wakes.ts';
import { onEveryDatabase } from '../helpers/database.ts';
import { PATIENCE } from '../helpers/patience.ts';
import { extended, freshStore, noon, requested, there } from './fixtures.ts';

// A wake-up can be doubled (the sweep finds a run that a job was sent for), so how often a run is driven is never exact.

/** Domain time that stands still until it is moved. */
class StillClock implements Clock {
  #now = noon;
  readonly #timers = new Set<{ readonly at: number; readonly then: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, then: () => void): () => void {
    const timer = { at: this.#now + ms, then };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  timers(): readonly number[] {
    return [...this.#timers].map((timer) => timer.at);
  }

  move(ms: number): void {
    this.#now += ms;
    for (const timer of [...this.#timers].filter(({ at }) => at <= this.#now)) {
      this.#timers.delete(timer);
      timer.then();
    }
  }
}

/** Waits longer than any sweep takes, however busy the machine is. */
function soon(expectation: () => void): Promise<void> {
  return vi.waitFor(expectation, { ...PATIENCE, interval: 5 });
}

onEveryDatabase('Wakes', (databases) => {
  const at = freshStore(databases);
  const open = new Set<Wakes>();
  afterEach(async () => {
    for (const wakes of open) await wakes.close();
    open.clear();
  });

  /** One process: it drives a run by taking its lease and letting it rest until the next hour. */
  async function process(owner: string, over: { drive?: (run: string) => Promise<void>; most?: number } = {}) {
    const database: Database = at.database;
    const store = openStore(database);
    const clock = new StillClock();
    const driven: string[] = [];
    async function turn(id: string): Promise<void> {
      const lease = await store.takeLease(id, owner);
      if (lease === null) return;
      driven.push(id);
      await over.drive?.(id);
      await store.rest(lease, there(await store.load(id)).seq, clock.now() + 3_600_000);
      await store.releaseLease(lease);
    }
    const { most } = over;
    const wakes = await startWakes({
      database,
      store,
      clock,
      drive: turn,
      log: silentLog,
      ...(most === undefined ? {} : { most }),
    });
    open.add(wakes);
    return { store, clock, driven, wakes };
  }

  /** It rests: nothing is due, nobody has it. */
  const rests = (id: string) =>
    vi.waitFor(
      async () => {
        const { rows } = await sql`select 1 from maint.run where id = ${id} and wake_at > ${new Date(noon)}
          and lease_until is null`.execute(at.database.db);
        expect(rows).toHaveLength(1);
      },
      { ...PATIENCE, interval: 5 },
    );

  test('a new run is driven, and after every command once more', async () => {
    const { store, driven } = await process('here');
    await store.create(requested('run-1'));
    await rests('run-1');
    const before = driven.length;
    await store.decide('run-1', noon, () => ({ is: 'events', events: [extended] }));
    await soon(() => expect(driven.length).toBeGreaterThan(before));
    await rests('run-1');
  });

  test('a run that was left due is found at the start', async () => {
    await at.store.create(requested('run-1'));
    const { driven } = await process('here');
    await rests('run-1');
    expect(driven).toContain('run-1');
  });

  test('a run is woken when its time has come in domain time', async () => {
    const { store, clock, driven } = await process('here');
    await store.create(requested('run-1'));
    await rests('run-1');
    await soon(() => expect(clock.timers()).toEqual([noon + 3_600_000]));
    const before = driven.length;
    clock.move(3_600_000);
    await soon(() => expect(driven.length).toBeGreaterThan(before));
  });

  test('a run that is not due is driven when it is asked for', async () => {
    const { store, driven, wakes } = await process('here');
    await store.create(requested('run-1'));
    await rests('run-1');
    const before = driven.length;
    wakes.wake('run-1');
    await soon(() => expect(driven.length).toBeGreaterThan(before));
  });

  test('a command that comes while the run is being driven is not forgotten', async () => {
    const gate = Promise.withResolvers<void>();
    const { store, driven } = await process('here', { drive: () => gate.promise });
    await store.create(requested('run-1'));
    await soon(() => expect(driven).toHaveLength(1));
    const lease = await sql<{ epoch: number }>`select epoch from maint.run`.execute(at.database.db);
    expect(lease.rows).toEqual([{ epoch: 1 }]);
    await store.decide('run-1', noon, () => ({ is: 'events', events: [extended] }));
    gate.resolve();
    await rests('run-1');
  });

  test('I5: a run whose driver has died is driven by another process', async () => {
    await at.store.create(requested('run-1'));
    await at.store.takeLease('run-1', 'dead');
    // Not over while the other one is still starting, however long that takes.
    await sql`update maint.run set lease_until = clock_timestamp() + interval '1 hour'`.execute(at.database.db);
    const { driven } = await process('here');
    expect(driven).toEqual([]);
    await sql`update maint.run set lease_until = clock_timestamp()`.execute(at.database.db);
    await rests('run-1');
    expect(driven).toContain('run-1');
  });

  test('what one process has no room for another takes', async () => {
    const gate = Promise.withResolvers<void>();
    const busy = await process('busy', { drive: () => gate.promise, most: 1 });
    await busy.store.create(requested('run-0'));
    await soon(() => expect(busy.driven).toHaveLength(1));
    const idle = await process('idle');
    const ids = Array.from({ length: 8 }, (_, i) => `run-${i + 1}`);
    for (const id of ids) await busy.store.create(requested(id, { app: { id: `app-${id}`, name: id } }));
    for (const id of ids) await rests(id);
    expect([...new Set(idle.driven)].sort()).toEqual(ids);
    expect(busy.driven).toEqual(['run-0']);
    gate.resolve();
    await rests('run-0');
  });

  test('wake-ups that are doubled change nothing', async () => {
    const { store, driven, wakes } = await process('here');
    await store.create(requested('run-1'));
    await rests('run-1');
    const log = await store.log('run-1');
    const before = driven.length;
    for (let i = 0; i < 50; i += 1) wakes.wake('run-1');
    await soon(() => expect(driven.length).toBeGreaterThan(before));
    await rests('run-1');
    expect(driven.length - before).toBeLessThan(10);
    expect(await store.log('run-1')).toEqual(log);
  });

  test('once closed nothing is handed out, and no timer is left', async () => {
    const { store, clock, driven, wakes } = await process('here');
    await store.create(requested('run-1'));
    await rests('run-1');
    await wakes.close();
    await rests('run-1');
    const before = driven.length;
    wakes.wake('run-1');
    await store.decide('run-1', noon, () => ({ is: 'events', events: [extended] }));
    clock.move(3_600_000);
    expect(clock.timers()).toEqual([]);
    expect(driven).toHaveLength(before);
  });
});
