// The occurrences of planned windows: found, woken when something is due, and written for `windows`, which changes them.
import { sql } from 'kysely';
import { z } from 'zod';
import { Fact, type Occurrence, type OccurrenceState } from '../model/window.ts';
import type { Db, Tx } from './tables.ts';

export interface StoredOccurrence {
  readonly occurrence: Occurrence;
  /** One more with every change of it, or of its window. */
  readonly seq: number;
}

export interface OccurrenceFilter {
  readonly id?: string;
  readonly window?: string;
  readonly states?: readonly OccurrenceState[];
  /** Locks the rows until the transaction ends. */
  readonly lock?: boolean;
}

const Facts = z.array(Fact);
const Runs = z.array(z.string());

/** By when they begin. */
export async function occurrences(
  db: Db,
  { id, window, states, lock = false }: OccurrenceFilter,
): Promise<readonly StoredOccurrence[]> {
  const rows = await db
    .selectFrom('occurrence')
    .selectAll()
    .$if(id !== undefined, (query) => query.where('id', '=', id ?? ''))
    .$if(window !== undefined, (query) => query.where('window_id', '=', window ?? ''))
    .$if(states !== undefined, (query) => query.where('state', 'in', [...(states ?? [])]))
    .orderBy('start_at')
    .orderBy('id')
    .$if(lock, (query) => query.forUpdate())
    .execute();
  return rows.map((row) => ({
    occurrence: {
      id: row.id,
      window: row.window_id,
      date: row.date,
      plannedAt: row.planned_at.getTime(),
      startAt: row.start_at.getTime(),
      endAt: row.end_at.getTime(),
      facts: Facts.parse(row.facts),
      state: row.state,
      runs: Runs.parse(row.runs),
    },
    seq: row.seq,
  }));
}

/** False where one comes on that day already. It wakes at `at`. */
export async function insertOccurrence(tx: Tx, occurrence: Occurrence, at: number): Promise<boolean> {
  const row = await tx
    .insertInto('occurrence')
    .values({ id: occurrence.id, window_id: occurrence.window, date: occurrence.date, ...valuesOf(occurrence, at) })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export async function updateOccurrence(tx: Tx, occurrence: Occurrence, at: number): Promise<void> {
  await tx
    .updateTable('occurrence')
    .set((eb) => ({ ...valuesOf(occurrence, at), seq: eb('seq', '+', 1) }))
    .where('id', '=', occurrence.id)
    .execute();
}

function valuesOf({ plannedAt, startAt, endAt, state, facts, runs }: Occurrence, at: number) {
  return {
    planned_at: new Date(plannedAt),
    start_at: new Date(startAt),
    end_at: new Date(endAt),
    state,
    facts: JSON.stringify(facts, storable),
    runs: JSON.stringify(runs),
    wake_at: new Date(at),
  };
}

/** Occurrences that have something to do by `now`, domain time. The longest waiting first. */
export async function dueOccurrences(db: Db, now: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('occurrence')
    .select('id')
    .where('wake_at', '<=', new Date(now))
    .orderBy('wake_at')
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** The earliest time after `after` at which one wants to be woken, domain time; without `after`, the earliest of all. */
export async function nextDueOccurrence(db: Db, after: number | null): Promise<number | null> {
  const row = await db
    .selectFrom('occurrence')
    .select((eb) => eb.fn.min('wake_at').as('at'))
    .$if(after !== null, (query) => query.where('wake_at', '>', new Date(after ?? 0)))
    .executeTakeFirst();
  return row?.at?.getTime() ?? null;
}

/** Lets it sleep until `until` (null: until it changes), unless it has changed since `seq`. */
export async function restOccurrence(db: Db, id: string, seq: number, until: number | null): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('occurrence')
    .set({ wake_at: until === null ? null : new Date(Math.ceil(until)) })
    .where('id', '=', id)
    .where('seq', '=', seq)
    // What rests already is not written again.
    .where(sql<boolean>`wake_at is distinct from ${until === null ? null : new Date(Math.ceil(until))}::timestamptz`)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return true;
  const row = await db.selectFrom('occurrence').select('seq').where('id', '=', id).executeTakeFirst();
  return row?.seq === seq;
}

/** Postgres' jsonb holds neither U+0000 nor half a character; a person's name can have either. */
export function storable(_: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\u{fffd}') : value;
}
