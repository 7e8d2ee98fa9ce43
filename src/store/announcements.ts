// What was announced of an occurrence, where. The row is taken before anything is posted, so that of all processes and over
// all restarts one posts it; one that is found taken and not sent may be in the channel, and is looked for there first.
import { sql } from 'kysely';
import { occurrences } from './occurrences.ts';
import type { Db, MessageState } from './tables.ts';

export interface AnnouncementKey {
  readonly occurrence: string;
  /** A Slack channel id. */
  readonly channel: string;
  readonly key: string;
}

export interface AnnouncementToSay extends AnnouncementKey {
  readonly kind: string;
  /** Domain time. */
  readonly due: number;
  readonly at: number;
  /** The occurrence's, as it was when this was found to be next. */
  readonly seq: number;
}

export type AnnouncementClaim =
  /**
   * Post it. `again`: somebody may have posted it already: look for it in the channel first. `thread`: the `ts` of the
   * occurrence's first message there; null: this becomes it.
   */
  | { readonly is: 'mine'; readonly again: boolean; readonly thread: string | null; readonly tries: number }
  | { readonly is: 'said' }
  /** Another is being said in this channel, by somebody else or not to the end: that one is first. */
  | { readonly is: 'busy' }
  /** The occurrence has changed: perhaps it is not to be said any more. */
  | { readonly is: 'moved' };

export interface SaidAnnouncement extends AnnouncementKey {
  readonly kind: string;
  readonly due: number;
  /** Domain time at which it was first taken. */
  readonly at: number;
  readonly state: MessageState;
  readonly ts: string | null;
  readonly tries: number;
  readonly why: string | null;
}

/** For `ms` of the database's time. */
export async function claimAnnouncement(
  db: Db,
  { occurrence, channel, key, kind, due, at, seq }: AnnouncementToSay,
  owner: string,
  ms: number,
): Promise<AnnouncementClaim> {
  return db.transaction().execute(async (tx): Promise<AnnouncementClaim> => {
    // The lock puts all who announce of it, and all who change it, in one order.
    const [found] = await occurrences(tx, { id: occurrence, lock: true });
    if (found === undefined) throw new Error(`Expected an occurrence ${occurrence}, there is none`);
    const rows = await tx
      .selectFrom('announcement')
      .select(['key', 'state', 'ts', 'tries', 'owner'])
      .select(sql<boolean>`coalesce(owner_until > clock_timestamp(), false)`.as('alive'))
      .where('occurrence_id', '=', occurrence)
      .where('channel', '=', channel)
      .orderBy('said_at')
      .orderBy('due_at')
      .execute();
    const thread = rows.find((row) => row.ts !== null)?.ts ?? null;
    const until = sql<Date>`clock_timestamp() + ${ms} * interval '1 millisecond'`;
    const mine = rows.find((row) => row.key === key);
    if (mine?.state === 'sent' || mine?.state === 'dropped') return { is: 'said' };
    if (rows.some((row) => row.key !== key && (row.state === 'pending' || row.state === 'sending')))
      return { is: 'busy' };
    if (mine === undefined) {
      // One that was taken is said to its end, whatever comes; a new one only if it is still to be said.
      if (found.seq !== seq) return { is: 'moved' };
      await tx
        .insertInto('announcement')
        .values({
          ...{ occurrence_id: occurrence, channel, key, kind, owner },
          ...{ due_at: new Date(due), said_at: new Date(at), owner_until: until },
        })
        .execute();
      return { is: 'mine', again: false, thread, tries: 0 };
    }
    if (mine.alive && mine.owner !== owner) return { is: 'busy' };
    await tx
      .updateTable('announcement')
      .set({ owner, owner_until: until, state: 'sending' })
      .where('occurrence_id', '=', occurrence)
      .where('channel', '=', channel)
      .where('key', '=', key)
      .execute();
    return { is: 'mine', again: mine.state === 'sending', thread, tries: mine.tries };
  });
}

/** - `sent`: with its `ts`. - `pending`: it was not posted, and will be tried again. - `dropped`: it never will be. */
export type Outcome =
  | { readonly is: 'sent'; readonly ts: string }
  | { readonly is: 'pending' | 'dropped'; readonly why: string };

/** False where another has it by now. */
export async function settleAnnouncement(
  db: Db,
  { occurrence, channel, key }: AnnouncementKey,
  owner: string,
  outcome: Outcome,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('announcement')
    .set((eb) => ({
      state: outcome.is,
      owner_until: null,
      ...(outcome.is === 'sent'
        ? { ts: outcome.ts, why: null }
        : // A reason can quote what an answer held; Postgres' text cannot hold U+0000.
          { why: outcome.why.replaceAll('\0', '\u{fffd}'), tries: eb('tries', '+', 1) }),
    }))
    .where('occurrence_id', '=', occurrence)
    .where('channel', '=', channel)
    .where('key', '=', key)
    .where('owner', '=', owner)
    .where('state', '=', 'sending')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** All that were taken, in all channels, in the order in which they were. */
export async function announcementsOf(db: Db, occurrence: string): Promise<readonly SaidAnnouncement[]> {
  const rows = await taken(db).where('occurrence_id', '=', occurrence).execute();
  return rows.map(said);
}

function taken(db: Db) {
  return db
    .selectFrom('announcement')
    .select(['occurrence_id', 'channel', 'key', 'kind', 'due_at', 'said_at', 'state', 'ts', 'tries', 'why'])
    .orderBy('said_at')
    .orderBy('due_at')
    .orderBy('channel');
}

function said({
  occurrence_id,
  due_at,
  said_at,
  ...row
}: Awaited<ReturnType<ReturnType<typeof taken>['execute']>>[number]): SaidAnnouncement {
  return { ...row, occurrence: occurrence_id, due: due_at.getTime(), at: said_at.getTime() };
}
