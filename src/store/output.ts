// What the operators' commands print. One process at a time listens to a command and adds to it; what is kept is bounded: the
// beginning and the end, and how much went in between. It may hold secrets of the app, and is forgotten a day after its run.
import { sql } from 'kysely';
import { z } from 'zod';
import type { Db, Tx } from './tables.ts';

/** Bytes that are kept of one command: of its beginning, and in all. */
const KEPT_HEAD = 256 * 1024;
const KEPT = 1024 * 1024;

export interface WorkRef {
  readonly run: string;
  readonly work: string;
}

export interface OutputState {
  /** Null where its end has not been heard. */
  readonly exit: number | null;
  /** All that were heard. */
  readonly lines: number;
  /** Those of them that were not kept. */
  readonly cut: number;
  /** What the listener left for the next one. */
  readonly mark: readonly string[];
}

export interface Printed {
  readonly lines: readonly string[];
  readonly mark: readonly string[];
}

export interface OutputPart {
  /** Counts from 1; a gap where parts were not kept. */
  readonly n: number;
  /** Lines, each with its end. */
  readonly text: string;
}

/** For `ms` of the database's time. False while another process listens, and where the run is not known. */
export async function claimOutput(db: Db, at: WorkRef, owner: string, ms: number): Promise<boolean> {
  const until = sql<Date>`clock_timestamp() + ${ms} * interval '1 millisecond'`;
  const row = await db
    .insertInto('output')
    .values({ run_id: at.run, work_id: at.work, listener: owner, listener_until: until })
    .onConflict((conflict) =>
      conflict
        .columns(['run_id', 'work_id'])
        .doUpdateSet({ listener: owner, listener_until: until })
        .where((eb) =>
          eb.or([
            eb('output.listener', '=', owner),
            eb('output.listener_until', 'is', null),
            eb('output.listener_until', '<=', sql<Date>`clock_timestamp()`),
          ]),
        ),
    )
    .returning('work_id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Gives the claim back; with an exit status where the end was heard. */
export async function endOutput(db: Db, at: WorkRef, owner: string, exit: number | null): Promise<void> {
  await db
    .updateTable('output')
    .set({ listener: null, listener_until: null, ...(exit === null ? {} : { exit }) })
    .where('run_id', '=', at.run)
    .where('work_id', '=', at.work)
    .where('listener', '=', owner)
    .execute();
}

/** False where another process listens by now: it hears the same lines. */
export async function addOutput(db: Db, at: WorkRef, owner: string, printed: Printed): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const row = await tx
      .updateTable('output')
      .set({ mark: JSON.stringify(printed.mark), lines: sql<number>`lines + ${printed.lines.length}` })
      .where('run_id', '=', at.run)
      .where('work_id', '=', at.work)
      .where('listener', '=', owner)
      .returning('work_id')
      .executeTakeFirst();
    if (row === undefined) return false;
    if (printed.lines.length > 0) await addPart(tx, at, printed.lines);
    return true;
  });
}

async function addPart(tx: Tx, at: WorkRef, lines: readonly string[]): Promise<void> {
  const { head, tail, last } = await sizes(tx, at);
  // Postgres' text holds neither.
  const text = lines.map((line) => `${line.replaceAll('\0', '\u{fffd}').toWellFormed()}\n`).join('');
  const bytes = Buffer.byteLength(text);
  const isHead = tail === 0 && head + bytes <= KEPT_HEAD;
  await tx
    .insertInto('output_part')
    .values({ run_id: at.run, work_id: at.work, n: last + 1, head: isHead, lines: lines.length, bytes, text })
    .execute();
  if (isHead) return;
  let over = tail + bytes - (KEPT - KEPT_HEAD);
  if (over <= 0) return;
  const oldest = await tx
    .selectFrom('output_part')
    .select(['n', 'bytes', 'lines'])
    .where('run_id', '=', at.run)
    .where('work_id', '=', at.work)
    .where('head', '=', false)
    .orderBy('n')
    .limit(1_000)
    .execute();
  for (const part of oldest.slice(0, -1)) {
    if (over <= 0) break;
    over -= part.bytes;
    await tx
      .deleteFrom('output_part')
      .where('run_id', '=', at.run)
      .where('work_id', '=', at.work)
      .where('n', '=', part.n)
      .execute();
    await tx
      .updateTable('output')
      .set({ cut: sql<number>`cut + ${part.lines}` })
      .where('run_id', '=', at.run)
      .where('work_id', '=', at.work)
      .execute();
  }
}

async function sizes(tx: Tx, at: WorkRef): Promise<{ head: number; tail: number; last: number }> {
  const { head, tail, last } = await tx
    .selectFrom('output_part')
    .select([
      sql<number>`coalesce(sum(bytes) filter (where head), 0)::integer`.as('head'),
      sql<number>`coalesce(sum(bytes) filter (where not head), 0)::integer`.as('tail'),
      sql<number>`coalesce(max(n), 0)`.as('last'),
    ])
    .where('run_id', '=', at.run)
    .where('work_id', '=', at.work)
    .executeTakeFirstOrThrow();
  return { head, tail, last };
}

/** Null where nobody has listened, or it is forgotten. */
export async function outputOf(db: Db, at: WorkRef): Promise<OutputState | null> {
  const row = await db
    .selectFrom('output')
    .select(['exit', 'lines', 'cut', 'mark'])
    .where('run_id', '=', at.run)
    .where('work_id', '=', at.work)
    .executeTakeFirst();
  return row === undefined ? null : { ...row, mark: z.array(z.string()).parse(row.mark) };
}

/** What is kept after part `after`, oldest first. */
export async function outputParts(db: Db, at: WorkRef, after: number): Promise<readonly OutputPart[]> {
  return db
    .selectFrom('output_part')
    .select(['n', 'text'])
    .where('run_id', '=', at.run)
    .where('work_id', '=', at.work)
    .where('n', '>', after)
    .orderBy('n')
    .execute();
}

/** Of runs that ended before that time, domain time. Returns of how many commands. */
export async function forgetOutput(db: Db, before: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('output')
    .where('run_id', 'in', (eb) => eb.selectFrom('run').select('id').where('ended_at', '<', new Date(before)))
    .executeTakeFirst();
  return Number(numDeletedRows);
}
