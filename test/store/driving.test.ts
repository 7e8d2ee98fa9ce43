import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { onEveryDatabase } from '../helpers/database.ts';
import { cancelled, drift, extended, freshStore, noon, requested, there } from './fixtures.ts';

onEveryDatabase('Driving', (databases) => {
  const at = freshStore(databases);

  /** Time on the database's clock goes by: every lease and claim has run out. */
  async function leasesRunOut(): Promise<void> {
    const passed = sql`clock_timestamp() - interval '1 millisecond'`;
    await sql`update maint.run set lease_until = ${passed} where lease_until is not null`.execute(at.database.db);
  }

  test('one process has the lease, and another gets it when it is given back', async () => {
    await at.store.create(requested('run-1'));
    const here = there(await at.store.takeLease('run-1', 'here'));
    expect(await at.store.takeLease('run-1', 'there')).toBeNull();
    expect(await at.store.takeLease('run-1', 'here')).toBeNull();
    await at.store.releaseLease(here);
    expect(await at.store.takeLease('run-1', 'there')).toMatchObject({ runId: 'run-1', owner: 'there' });
  });

  test('of ten processes that ask at once, one gets the lease', async () => {
    await at.store.create(requested('run-1'));
    const asked = await Promise.all(Array.from({ length: 10 }, (_, i) => at.store.takeLease('run-1', `process-${i}`)));
    expect(asked.filter((lease) => lease !== null)).toHaveLength(1);
  });

  test('a lease lasts 15 seconds from before it was asked for', async () => {
    await at.store.create(requested('run-1'));
    const before = performance.now();
    const lease = there(await at.store.takeLease('run-1', 'here'));
    const after = performance.now();
    const looked = performance.now();
    expect(lease.left()).toBeLessThanOrEqual(15_000 - (looked - after));
    expect(lease.left()).toBeGreaterThanOrEqual(15_000 - (performance.now() - before) - 1);
    const { rows } = await sql<{ left: number }>`
      select extract(epoch from lease_until - clock_timestamp())::float8 * 1000 as left from maint.run`.execute(
      at.database.db,
    );
    // The database's lease outlives what this machine believes: it began later.
    expect(there(rows[0]).left).toBeGreaterThan(lease.left() - 50);
  });

  test('the epoch rises when a run passes to another process, and only then', async () => {
    await at.store.create(requested('run-1'));
    const first = there(await at.store.takeLease('run-1', 'here'));
    const renewed = there(await at.store.renewLease(first));
    await at.store.releaseLease(renewed);
    const again = there(await at.store.takeLease('run-1', 'here'));
    await leasesRunOut();
    const other = there(await at.store.takeLease('run-1', 'there'));
    expect([first, renewed, again, other].map((lease) => lease.epoch)).toEqual([1, 1, 1, 2]);
  });

  test('after a take-over the former driver can neither write, nor rest, nor renew', async () => {
    await at.store.create(requested('run-1'));
    const former = there(await at.store.takeLease('run-1', 'here'));
    await leasesRunOut();
    const now = there(await at.store.takeLease('run-1', 'there'));
    expect(await at.store.append(former, noon, [extended])).toEqual({ is: 'lost' });
    expect(await at.store.rest(former, 1, null)).toBe('lost');
    expect(await at.store.renewLease(former)).toBeNull();
    await at.store.releaseLease(former);
    expect(await at.store.append(now, noon, [extended])).toMatchObject({ is: 'ok', run: { seq: 2 } });
  });

  test('a lease that has run out is still good while nobody else has taken the run', async () => {
    await at.store.create(requested('run-1'));
    const lease = there(await at.store.takeLease('run-1', 'here'));
    await leasesRunOut();
    expect(await at.store.append(lease, noon, [extended])).toMatchObject({ is: 'ok' });
    expect(await at.store.renewLease(lease)).not.toBeNull();
    expect(await at.store.takeLease('run-1', 'there')).toBeNull();
  });

  test('a renewal that comes after the release does not bring the lease back', async () => {
    await at.store.create(requested('run-1'));
    const lease = there(await at.store.takeLease('run-1', 'here'));
    await at.store.releaseLease(lease);
    expect(await at.store.renewLease(lease)).toBeNull();
    expect(await at.store.append(lease, noon, [extended])).toEqual({ is: 'lost' });
    expect(await at.store.takeLease('run-1', 'there')).not.toBeNull();
  });

  test('a process that ends gives back every lease and claim at once, and takes none any more', async () => {
    await at.store.create(requested('run-1'));
    await at.store.create(requested('run-2', { app: { id: 'app-2', name: 'api' } }));
    const lease = there(await at.store.takeLease('run-1', 'here'));
    await at.store.claimTelling('run-2', 'here', 15_000);
    await at.store.handBack();
    expect(await at.store.append(lease, noon, [extended])).toEqual({ is: 'lost' });
    expect(await at.store.renewLease(lease)).toBeNull();
    expect(await at.store.takeLease('run-2', 'here')).toBeNull();
    expect(await at.store.claimTelling('run-1', 'here', 15_000)).toBe(false);

    const next = openStore(at.database);
    expect(await next.due(noon)).toContain('run-1');
    expect(await next.takeLease('run-1', 'there')).toMatchObject({ epoch: 2 });
    expect(await next.claimTelling('run-2', 'there', 15_000)).toBe(true);
  });

  test('a lease that was on its way while everything was given back is given back too', async () => {
    await at.store.create(requested('run-1'));
    const [lease, claimed] = await Promise.all([
      at.store.takeLease('run-1', 'here'),
      at.store.claimTelling('run-1', 'here', 15_000),
      at.store.handBack(),
    ]);
    expect([lease, claimed]).toEqual([null, false]);
    const next = openStore(at.database);
    expect(await next.takeLease('run-1', 'there')).not.toBeNull();
    expect(await next.claimTelling('run-1', 'there', 15_000)).toBe(true);
  });

  test('what has happened is recorded although a command came between; what was decided before it is not', async () => {
    await at.store.create(requested('run-1'));
    const lease = there(await at.store.takeLease('run-1', 'here'));
    await at.store.decide('run-1', noon, () => ({ is: 'events', events: [extended] }));
    expect(await at.store.append(lease, noon, [drift], { after: 1 })).toEqual({ is: 'moved' });
    expect(await at.store.append(lease, noon, [drift])).toMatchObject({ is: 'ok', run: { seq: 3 } });
    expect(await at.store.append(lease, noon, [extended], { after: 3 })).toMatchObject({ is: 'ok', run: { seq: 4 } });
  });

  test("a person's command does not disturb the lease", async () => {
    await at.store.create(requested('run-1'));
    const lease = there(await at.store.takeLease('run-1', 'here'));
    await at.store.decide('run-1', noon, () => ({ is: 'events', events: [extended] }));
    expect(await at.store.renewLease(lease)).toMatchObject({ epoch: lease.epoch });
  });

  test('commands and the driver at once: every event has its place, none is lost', async () => {
    await at.store.create(requested('run-1'));
    const lease = there(await at.store.takeLease('run-1', 'here'));
    const other = openStore(at.database);
    await Promise.all(
      Array.from({ length: 10 }, () => [
        at.store.append(lease, noon, [extended, extended]),
        other.decide('run-1', noon, () => ({ is: 'events', events: [extended] })),
      ]).flat(),
    );
    const log = await at.store.log('run-1');
    expect(log.map(({ seq }) => seq)).toEqual(Array.from({ length: 31 }, (_, i) => i + 1));
    expect((await at.store.load('run-1'))?.seq).toBe(31);
  });

  test('I3: nothing is added to a run that has ended, and nobody drives it', async () => {
    await at.store.create(requested('run-1'));
    const lease = there(await at.store.takeLease('run-1', 'here'));
    await at.store.append(lease, noon, [cancelled]);
    expect(await at.store.append(lease, noon, [extended])).toEqual({ is: 'moved' });
    await at.store.emergencyTold('run-1', noon);
    await expect(at.store.decide('run-1', noon, () => ({ is: 'events', events: [extended] }))).rejects.toThrow('ended');
    await at.store.releaseLease(lease);
    expect(await at.store.takeLease('run-1', 'there')).toBeNull();
    expect(await at.store.due(noon + 1e9)).toEqual([]);
    expect(await at.store.nextDue()).toBeNull();
    expect(await at.store.log('run-1')).toHaveLength(2);
  });

  test('a new run is due at once, and one that rests is due when its time has come', async () => {
    await at.store.create(requested('run-1'));
    expect(await at.store.due(noon)).toEqual(['run-1']);
    const lease = there(await at.store.takeLease('run-1', 'here'));
    expect(await at.store.rest(lease, 1, noon + 500)).toBe('ok');
    await at.store.releaseLease(lease);
    expect(await at.store.due(noon + 499)).toEqual([]);
    expect(await at.store.nextDue()).toBe(noon + 500);
    expect(await at.store.due(noon + 500)).toEqual(['run-1']);
    expect(await at.store.nextDue(noon + 500)).toBeNull();
  });

  test('a run does not rest where something has come since', async () => {
    await at.store.create(requested('run-1'));
    const lease = there(await at.store.takeLease('run-1', 'here'));
    await at.store.decide('run-1', noon + 1, () => ({ is: 'events', events: [extended] }));
    expect(await at.store.rest(lease, 1, null)).toBe('moved');
    await at.store.releaseLease(lease);
    expect(await at.store.due(noon + 1)).toEqual(['run-1']);
  });

  test('a command wakes a run that rests for ever', async () => {
    await at.store.create(requested('run-1'));
    const lease = there(await at.store.takeLease('run-1', 'here'));
    expect(await at.store.rest(lease, 1, null)).toBe('ok');
    await at.store.releaseLease(lease);
    expect(await at.store.due(noon + 1e9)).toEqual([]);
    await at.store.decide('run-1', noon + 7, () => ({ is: 'events', events: [extended] }));
    expect(await at.store.due(noon + 7)).toEqual(['run-1']);
  });

  test('I5: a run whose driver died in the middle is due again when its lease has run out', async () => {
    await at.store.create(requested('run-1'));
    const resting = there(await at.store.takeLease('run-1', 'here'));
    await at.store.rest(resting, 1, null);
    await at.store.append(resting, noon + 5, [extended]);
    expect(await at.store.due(noon + 1e9)).toEqual([]);
    await leasesRunOut();
    expect(await at.store.due(noon + 5)).toEqual(['run-1']);
  });

  test('the run that has waited longest is handed out first', async () => {
    await at.store.create(requested('run-1', { at: noon + 2 }));
    await at.store.create(requested('run-2', { at: noon + 1, app: { id: 'app-2', name: 'api' } }));
    await at.store.create(requested('run-3', { at: noon + 9, app: { id: 'app-3', name: 'web' } }));
    expect(await at.store.due(noon + 2)).toEqual(['run-2', 'run-1']);
    expect(await at.store.nextDue()).toBe(noon + 1);
    expect(await at.store.nextDue(noon + 2)).toBe(noon + 9);
  });
});
