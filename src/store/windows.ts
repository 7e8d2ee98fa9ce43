// Planned windows and their occurrences. A window is saved whole, one change at a time over all windows, so that no two people
// plan into each other; an occurrence changes under a lock on its row. What may be is decided above.
import { sql } from 'kysely';
import { type Fact, type Occurrence, Window, withFact } from '../model/window.ts';
import { insertOccurrence, occurrences, type StoredOccurrence, storable, updateOccurrence } from './occurrences.ts';
import type { Db, Tx } from './tables.ts';

export interface StoredWindow {
  readonly window: Window;
  /** From 1 on, one more with every change. */
  readonly version: number;
  /** Domain time; null: it is still coming. */
  readonly cancelledAt: number | null;
}

/** What a change of a window goes by. */
export interface Known {
  /** As it is; null: it is not there yet. */
  readonly stored: StoredWindow | null;
  /** All that are not cancelled, the window itself among them. */
  readonly windows: readonly Window[];
  /** All of the window itself. */
  readonly occurrences: readonly Occurrence[];
  /** Of any window: those that have begun and not ended. */
  readonly running: readonly Occurrence[];
}

export interface WindowChange {
  readonly is: 'change';
  readonly window: Window;
  /** Domain time; null: it goes on. */
  readonly cancelledAt: number | null;
  /** What happens by it to occurrences of this window. */
  readonly facts: readonly { readonly occurrence: string; readonly fact: Fact }[];
  /** Asked when the facts have happened: the occurrence that has to be planned, if any. */
  readonly plan: (occurrences: readonly Occurrence[]) => Occurrence | null;
}

export interface Refused {
  readonly is: 'refused';
  readonly says: string;
  readonly remedy: string;
}

export type WindowChanged =
  | { readonly is: 'changed'; readonly stored: StoredWindow; readonly occurrences: readonly Occurrence[] }
  /** Somebody has changed it since `expected`; nothing was changed. */
  | { readonly is: 'moved'; readonly stored: StoredWindow | null }
  | Refused;

/** `at`: domain time; whatever is changed wakes then. Throws what `withFact` throws. */
export async function changeWindow(
  db: Db,
  id: string,
  { expected, at }: { readonly expected: number; readonly at: number },
  change: (known: Known) => WindowChange | Refused,
): Promise<WindowChanged> {
  return db.transaction().execute(async (tx): Promise<WindowChanged> => {
    // One change after the other, over all windows: PGlite has no advisory locks. Reading goes on.
    await sql`lock table maint.planned_window in share row exclusive mode`.execute(tx);
    const stored = await windowOf(tx, id, 'lock');
    if ((stored?.version ?? 0) !== expected) return { is: 'moved', stored };
    const before = await occurrences(tx, { window: id, lock: true });
    const decided = change({
      stored,
      windows: (await windowsToCome(tx)).map(({ window }) => window),
      occurrences: before.map(({ occurrence }) => occurrence),
      running: (await occurrences(tx, { states: ['started'] })).map((one) => one.occurrence),
    });
    if (decided.is === 'refused') return decided;
    if (decided.window.id !== id) throw new Error(`Expected a change of window ${id}, got one of ${decided.window.id}`);
    const next = { window: decided.window, version: expected + 1, cancelledAt: decided.cancelledAt };
    await write(tx, next, expected);
    const after = before.map(({ occurrence }) =>
      decided.facts
        .filter((one) => one.occurrence === occurrence.id)
        .reduce((now, { fact }) => withFact(now, fact), occurrence),
    );
    // All of them wake: what is announced before may have changed although nothing happened to them.
    for (const occurrence of after) await updateOccurrence(tx, occurrence, at);
    const planned = decided.plan(after);
    const added = planned !== null && (await insertOccurrence(tx, planned, at)) ? [planned] : [];
    return { is: 'changed', stored: next, occurrences: [...after, ...added] };
  });
}

/** Plans what `plan` says, unless the window was cancelled; null where nothing was planned, or another process has done it. */
export async function planOccurrence(
  db: Db,
  windowId: string,
  at: number,
  plan: (window: Window, occurrences: readonly Occurrence[]) => Occurrence | null,
): Promise<Occurrence | null> {
  return db.transaction().execute(async (tx) => {
    // Whoever edits or cancels it meanwhile waits, and finds what was planned.
    const stored = await windowOf(tx, windowId, 'lock');
    if (stored === null || stored.cancelledAt !== null) return null;
    const known = await occurrences(tx, { window: windowId });
    const planned = plan(
      stored.window,
      known.map(({ occurrence }) => occurrence),
    );
    return planned !== null && (await insertOccurrence(tx, planned, at)) ? planned : null;
  });
}

/** The oldest first. */
export async function windowsToCome(db: Db): Promise<readonly StoredWindow[]> {
  const rows = await db.selectFrom('planned_window').selectAll().where('cancelled_at', 'is', null).execute();
  return rows.map(read).sort((a, b) => a.window.createdAt - b.window.createdAt || (a.window.id < b.window.id ? -1 : 1));
}

/** Cancelled ones too. */
export async function windowOf(db: Db, id: string, how: 'read' | 'lock' = 'read'): Promise<StoredWindow | null> {
  const row = await db
    .selectFrom('planned_window')
    .selectAll()
    .where('id', '=', id)
    .$if(how === 'lock', (query) => query.forUpdate())
    .executeTakeFirst();
  return row === undefined ? null : read(row);
}

export type OccurrenceChanged =
  | { readonly is: 'changed'; readonly stored: StoredOccurrence }
  | Refused
  | { readonly is: 'unknown' };

/**
 * What happens to an occurrence: of many at once each sees what came before it. `fact`: null where nothing happens any more; its
 * `seq` is one more with every change of the occurrence, or of its window. Throws what `withFact` throws.
 */
export async function changeOccurrence(
  db: Db,
  id: string,
  at: number,
  fact: (occurrence: Occurrence, seq: number) => Fact | Refused | null,
): Promise<OccurrenceChanged> {
  return db.transaction().execute(async (tx): Promise<OccurrenceChanged> => {
    const [stored] = await occurrences(tx, { id, lock: true });
    if (stored === undefined) return { is: 'unknown' };
    const what = fact(stored.occurrence, stored.seq);
    if (what === null) return { is: 'changed', stored };
    if (what.is === 'refused') return what;
    const occurrence = withFact(stored.occurrence, what);
    await updateOccurrence(tx, occurrence, at);
    return { is: 'changed', stored: { occurrence, seq: stored.seq + 1 } };
  });
}

async function write(tx: Tx, { window, version, cancelledAt }: StoredWindow, expected: number): Promise<void> {
  const values = {
    body: JSON.stringify(Window.parse(window), storable),
    version,
    cancelled_at: cancelledAt === null ? null : new Date(cancelledAt),
  };
  if (expected === 0) {
    await tx
      .insertInto('planned_window')
      .values({ id: window.id, ...values })
      .execute();
  } else {
    await tx.updateTable('planned_window').set(values).where('id', '=', window.id).execute();
  }
}

function read(row: {
  readonly body: unknown;
  readonly version: number;
  readonly cancelled_at: Date | null;
}): StoredWindow {
  return {
    window: Window.parse(row.body),
    version: row.version,
    cancelledAt: row.cancelled_at?.getTime() ?? null,
  };
}
