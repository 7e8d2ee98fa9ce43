// The Slack messages about a run: one card, drawn anew whenever the run has moved, and notes, each sent once. What is in
// them is the notifier's business; that none is forgotten or claimed by two processes at once is ours.
import { sql } from 'kysely';
import type { Note, NoteKind } from '../model/notes.ts';
import type { Db, MessageState, Tx } from './tables.ts';

export type { MessageState };

export interface Message {
  readonly key: string;
  readonly kind: NoteKind | 'card';
  readonly question: string | null;
  /** The event it tells of; 1 for the card. */
  readonly seq: number;
  /** `sending` found by a new teller: it may be in the channel. */
  readonly state: MessageState;
  readonly channel: string | null;
  readonly ts: string | null;
  /** A hash of what is shown. */
  readonly drawn: string | null;
  readonly tries: number;
  readonly why: string | null;
  /** Of a note that is a file: Slack's id of what was uploaded for it. */
  readonly file: string | null;
  /** Domain time. */
  readonly createdAt: number;
}

export type MessagePatch = Partial<Pick<Message, 'state' | 'channel' | 'ts' | 'drawn' | 'tries' | 'why' | 'file'>>;

const CARD = 'card';

export async function insertCard(tx: Tx, runId: string, at: number): Promise<void> {
  await tx
    .insertInto('message')
    .values({ run_id: runId, key: CARD, kind: 'card', seq: 1, created_at: new Date(at) })
    .execute();
}

export async function insertNotes(tx: Tx, runId: string, at: number, notes: readonly Note[]): Promise<void> {
  if (notes.length === 0) return;
  await tx
    .insertInto('message')
    .values(notes.map((note) => ({ run_id: runId, ...note, created_at: new Date(at) })))
    .execute();
}

/** The card first, then the notes in the order of what they tell. */
export async function messagesOf(db: Db, runId: string): Promise<readonly Message[]> {
  const rows = await db
    .selectFrom('message')
    .selectAll()
    .where('run_id', '=', runId)
    .orderBy(sql`seq`)
    .orderBy(sql`key`)
    .execute();
  return rows.map(({ run_id, created_at, ...row }) => ({ ...row, createdAt: created_at.getTime() }));
}

export async function setMessage(db: Db, runId: string, key: string, patch: MessagePatch): Promise<void> {
  if (Object.keys(patch).length === 0) return;
  // A reason can quote what an answer held; Postgres' text cannot hold U+0000.
  const storable = typeof patch.why === 'string' ? { ...patch, why: patch.why.replaceAll('\0', '\u{fffd}') } : patch;
  await db.updateTable('message').set(storable).where('run_id', '=', runId).where('key', '=', key).execute();
}

/** Runs with something to tell, ended ones too; those that a living teller has are left to it. */
export async function untold(db: Db): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('run')
    .select('id')
    .where('channel', 'is not', null)
    .where((eb) => eb.or([eb('teller_until', 'is', null), eb('teller_until', '<=', sql<Date>`clock_timestamp()`)]))
    .where((eb) =>
      eb.or([
        eb('seq', '>', eb.ref('told_seq')),
        eb('id', 'in', eb.selectFrom('message').select('run_id').where('state', 'in', ['pending', 'sending'])),
      ]),
    )
    .orderBy('asked_at')
    .execute();
  return rows.map(({ id }) => id);
}

/** The claim lives for `ms` of the database's time. */
export async function claimTelling(db: Db, runId: string, owner: string, ms: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('run')
    .set({ teller: owner, teller_until: sql<Date>`clock_timestamp() + ${ms} * interval '1 millisecond'` })
    .where('id', '=', runId)
    .where((eb) =>
      eb.or([
        eb('teller', '=', owner),
        eb('teller_until', 'is', null),
        eb('teller_until', '<=', sql<Date>`clock_timestamp()`),
      ]),
    )
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** False where another has claimed it since, though it may have ended by now: what was read before that is old. */
export async function prolongTelling(db: Db, runId: string, owner: string, ms: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('run')
    .set({ teller_until: sql<Date>`clock_timestamp() + ${ms} * interval '1 millisecond'` })
    .where('id', '=', runId)
    .where('teller', '=', owner)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function endTelling(db: Db, runId: string, owner: string): Promise<void> {
  await db
    .updateTable('run')
    .set({ teller: null, teller_until: null })
    .where('id', '=', runId)
    .where('teller', '=', owner)
    .execute();
}

/** Everything up to `seq` is in the channel. Never goes back. */
export async function told(db: Db, runId: string, seq: number): Promise<void> {
  await db.updateTable('run').set({ told_seq: seq }).where('id', '=', runId).where('told_seq', '<', seq).execute();
}
