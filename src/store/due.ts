// Which runs want driving, and when the next one will.
import { sql } from 'kysely';
import { holds, type Lease } from './leases.ts';
import type { Db } from './tables.ts';

/** Runs that have something to do by `now`, domain time, and that nobody drives. The longest waiting first. */
export async function due(db: Db, now: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('run')
    .select('id')
    .where('ended_at', 'is', null)
    .where('wake_at', '<=', new Date(now))
    .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<=', sql<Date>`clock_timestamp()`)]))
    .orderBy('wake_at')
    .execute();
  return rows.map(({ id }) => id);
}

/** The earliest time after `after` that a run wants to be woken at, domain time; without `after`, the earliest of all. */
export async function nextDue(db: Db, after: number | null): Promise<number | null> {
  const row = await db
    .selectFrom('run')
    .select((eb) => eb.fn.min('wake_at').as('at'))
    .where('ended_at', 'is', null)
    .$if(after !== null, (query) => query.where('wake_at', '>', new Date(after ?? 0)))
    .executeTakeFirst();
  return row?.at?.getTime() ?? null;
}

/** Lets the run sleep until `until` (null: for ever), unless something has come since `seen`. */
export async function rest(db: Db, lease: Lease, seen: number, until: number | null): Promise<'ok' | 'moved' | 'lost'> {
  const { numUpdatedRows } = await db
    .updateTable('run')
    // Rounded up: one that is woken a moment early finds nothing to do and is asked again.
    .set({ wake_at: until === null ? null : new Date(Math.ceil(until)) })
    .where('id', '=', lease.runId)
    .where('lease_owner', '=', lease.owner)
    .where('epoch', '=', lease.epoch)
    .where('lease_until', 'is not', null)
    .where('seq', '=', seen)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return 'ok';
  const row = await db
    .selectFrom('run')
    .select(['lease_owner', 'lease_until', 'epoch'])
    .where('id', '=', lease.runId)
    .executeTakeFirst();
  return row !== undefined && holds(row, lease) ? 'moved' : 'lost';
}
