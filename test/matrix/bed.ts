// The database that one worker plays all its cells on, emptied before each: one of a real server, or, where none can be started,
// PGlite in memory, which takes twice the time.
import { openDatabase, overPglite } from '../../src/store/database.ts';
import { startPglite } from '../helpers/start-pglite.ts';
import { connect, type Session } from './session.ts';

export interface Bed {
  readonly session: Session;
  /** Of the database, where it is one of a real server. */
  readonly url: string | null;
  /** For the next cell. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

/** `url`: of an empty database that may be had whole, as its superuser; null: PGlite. */
export async function makeBed(url: string | null): Promise<Bed> {
  const session = url === null ? await inMemory() : await onServer(url);
  return {
    session,
    url,
    empty: () =>
      session.transaction(async (tx) => {
        // As a replica is written to, without the triggers that keep what is only ever added to.
        await tx.query('set local session_replication_role = replica');
        for (const table of ['output_part', 'output', 'audit', 'message', 'event', 'run'])
          await tx.query(`delete from maint.${table}`);
      }),
    close: () => session.close(),
  };
}

async function inMemory() {
  const pglite = await startPglite();
  await overPglite(pglite, 'PGlite in memory');
  return pglite;
}

async function onServer(url: string) {
  // Brings its schema up to date.
  await (await openDatabase({ url, dataDir: '' })).close();
  return connect(url);
}
