// PGlite in memory for tests: started once a test file, and emptied for every test. Files that need no Postgres take this one,
// for to start a server costs seconds.
import { sql } from 'kysely';
import { afterAll } from 'vitest';
import { type Database, overPglite } from '../../src/store/database.ts';
import { startPglite } from './start-pglite.ts';

export interface TestDatabases {
  readonly name: 'PGlite' | 'Postgres';
  /** Why it cannot be had on this machine, or null. */
  readonly missing: string | null;
  /** Empty, with the schema in place. What was opened before is emptied too: close what still works on it first. */
  open(): Promise<Database>;
}

const opened = new Set<Promise<Database>>();
const shared = once(openPglite);

afterAll(async () => {
  for (const opening of opened) await (await opening).close();
});

/** Opens a database when it is first asked for, and closes it when the file is through. */
export function once(opening: () => Promise<Database>): () => Promise<Database> {
  let database: Promise<Database> | null = null;
  return () => {
    database ??= opening();
    opened.add(database);
    return database;
  };
}

/** In memory. */
export function pglite(): TestDatabases {
  return { name: 'PGlite', missing: null, open: () => emptied(shared()) };
}

async function openPglite(): Promise<Database> {
  return overPglite(await startPglite(), 'PGlite in memory');
}

/** Closing it keeps it, for the next test and for the one that opens a second store over it. */
export async function emptied(opening: Promise<Database>): Promise<Database> {
  const database = await opening;
  await sql`drop schema if exists maint_jobs cascade`.execute(database.db);
  await database.db.transaction().execute(async (tx) => {
    // As a replica is written to, without the triggers that keep what is only ever added to.
    await sql`set local session_replication_role = replica`.execute(tx);
    await sql`truncate maint.announcement, maint.occurrence, maint.planned_window, maint.output_part, maint.output, maint.settings, maint.heard, maint.audit, maint.message, maint.event, maint.run restart identity`.execute(
      tx,
    );
  });
  return { ...database, close: async () => {} };
}
