// The log of events: read and folded into the Run that it tells of, and added to. Events are only ever inserted, so what
// has been folded once stays right: a run that was seen before is brought up to date by its newer events alone.
import { apply, fold } from '../model/apply.ts';
import { Event, type Logged } from '../model/event.ts';
import { notesOf } from '../model/notes.ts';
import type { Run } from '../model/run.ts';
import { insertNotes } from './messages.ts';
import type { Db, Tx } from './tables.ts';

/** What the run's row says that its events do not. */
export interface Head {
  readonly id: string;
  readonly app_id: string;
  readonly app_name: string;
  readonly channel: string | null;
}

export const headColumns = ['id', 'app_id', 'app_name', 'channel'] as const;

/** Unfinished runs are few; finished ones are looked at now and then. */
const MOST_REMEMBERED = 200;

export class Logs {
  readonly #folded = new Map<string, Run>();

  /** The run as its log stands; within `db`'s transaction where it is one. */
  async run(db: Db, head: Head): Promise<Run> {
    const known = this.#folded.get(head.id);
    const newer = await read(db, head.id, known?.seq ?? 0);
    if (known !== undefined) return newer.reduce(apply, known);
    return fold({ id: head.id, app: { id: head.app_id, name: head.app_name }, channel: head.channel }, newer);
  }

  /** Only for what has been committed: of a transaction that was rolled back nobody may know. */
  remember(run: Run): Run {
    const known = this.#folded.get(run.id);
    if (known !== undefined && known.seq >= run.seq) return run;
    this.#folded.delete(run.id);
    this.#folded.set(run.id, run);
    const [oldest] = this.#folded.keys();
    if (this.#folded.size > MOST_REMEMBERED && oldest !== undefined) this.#folded.delete(oldest);
    return run;
  }
}

/** The events after `after`, in order. */
export async function read(db: Db, id: string, after: number): Promise<readonly Logged[]> {
  const rows = await db
    .selectFrom('event')
    .select(['seq', 'at', 'body'])
    .where('run_id', '=', id)
    .where('seq', '>', after)
    .orderBy('seq')
    .execute();
  return rows.map(({ seq, at, body }) => ({ seq, at: at.getTime(), event: Event.parse(body) }));
}

/**
 * Adds events to a run whose row is locked by this transaction, with the notes that tell of them. Whoever acted, the run
 * is due from now on until it rests: what dies in between is found. Throws what `apply` throws (I1), or ZodError.
 */
export async function add(tx: Tx, run: Run, at: number, events: readonly Event[]): Promise<Run> {
  if (events.length === 0) return run;
  const logged = events.map((event, i): Logged => ({ seq: run.seq + i + 1, at, event: Event.parse(event) }));
  const next = logged.reduce(apply, run);
  await insert(tx, run.id, logged);
  if (run.channel !== null) await insertNotes(tx, run.id, at, logged.flatMap(notesOf));
  await tx
    .updateTable('run')
    .set({
      seq: next.seq,
      app_name: next.app.name,
      ended_at: next.ended === null ? null : new Date(next.ended.at),
      wake_at: next.ended === null ? new Date(at) : null,
    })
    .where('id', '=', run.id)
    .execute();
  return next;
}

export async function insert(tx: Tx, id: string, logged: readonly Logged[]): Promise<void> {
  await tx
    .insertInto('event')
    .values(logged.map(({ seq, at, event }) => ({ run_id: id, seq, at: new Date(at), body: JSON.stringify(event) })))
    .execute();
}
