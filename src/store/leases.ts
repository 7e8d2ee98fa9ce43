// Leases: at most one process drives a run. They live on the database's clock, never on domain time, and carry an epoch
// that rises when the run passes to another owner, so that whatever the former one still writes is refused.
import { sql } from 'kysely';
import type { Db } from './tables.ts';

export interface Lease {
  readonly runId: string;
  readonly owner: string;
  readonly epoch: number;
  /** Milliseconds left, on this machine's monotonic clock, counted from before the request was sent. */
  left(): number;
}

/** Milliseconds of the database's time. */
const LEASE_MS = 15_000;

/** Null while anybody has it, `owner` included: two turns of one process must not drive one run either. */
export async function takeLease(db: Db, runId: string, owner: string): Promise<Lease | null> {
  const asked = performance.now();
  const row = await db
    .updateTable('run')
    .set((eb) => ({
      lease_owner: owner,
      lease_until: until(),
      epoch: eb
        .case()
        .when('lease_owner', '=', owner)
        .then(eb.ref('epoch'))
        .else(eb('epoch', '+', 1))
        .end(),
    }))
    .where('id', '=', runId)
    .where('ended_at', 'is', null)
    .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<=', sql<Date>`clock_timestamp()`)]))
    .returning('epoch')
    .executeTakeFirst();
  return row === undefined ? null : lease(runId, owner, row.epoch, asked);
}

/** Null where it has passed to another owner or been released. One that has merely run out is renewed. */
export async function renewLease(db: Db, { runId, owner, epoch }: Lease): Promise<Lease | null> {
  const asked = performance.now();
  const row = await db
    .updateTable('run')
    .set({ lease_until: until() })
    .where('id', '=', runId)
    .where('lease_owner', '=', owner)
    .where('epoch', '=', epoch)
    // Released: a renewal that was under way meanwhile must not bring it back.
    .where('lease_until', 'is not', null)
    .returning('epoch')
    .executeTakeFirst();
  return row === undefined ? null : lease(runId, owner, epoch, asked);
}

/** The owner's name stays, for the epoch rises only when another takes it. */
export async function releaseLease(db: Db, { runId, owner, epoch }: Lease): Promise<void> {
  await db
    .updateTable('run')
    .set({ lease_until: null })
    .where('id', '=', runId)
    .where('lease_owner', '=', owner)
    .where('epoch', '=', epoch)
    .execute();
}

/** Whether a run's row says that this lease is still the one. */
export function holds(
  row: { readonly lease_owner: string | null; readonly lease_until: Date | null; readonly epoch: number },
  lease: Lease,
): boolean {
  return row.lease_owner === lease.owner && row.epoch === lease.epoch && row.lease_until !== null;
}

function until() {
  return sql<Date>`clock_timestamp() + ${LEASE_MS} * interval '1 millisecond'`;
}

function lease(runId: string, owner: string, epoch: number, asked: number): Lease {
  return { runId, owner, epoch, left: () => asked + LEASE_MS - performance.now() };
}
