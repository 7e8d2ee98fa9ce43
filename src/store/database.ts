// Opens the database and brings its schema up to date: a Postgres server where there is a url, else PGlite in a directory
// that this process has to itself. Both are one dialect to everybody above.
import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { type Logger, silentLog } from '../log.ts';
import { clearClaims } from './claims.ts';
import { connectionOf, SCHEMA } from './connection.ts';
import { takeLock } from './lock.ts';
import { migrate } from './migrations/index.ts';
import { YieldingPGliteDialect } from './pglite-dialect.ts';
import { sifting } from './pool.ts';
import { makePrivate } from './private.ts';
import type { Db, Tables } from './tables.ts';

export type Database = Open &
  ({ readonly kind: 'postgres'; readonly pool: pg.Pool } | { readonly kind: 'pglite'; readonly pglite: PGlite });

interface Open {
  readonly db: Db;
  /** A few words for people: where this is. Never a password. */
  readonly where: string;
  close(): Promise<void>;
}

/** A server in `url`, or PGlite in `dataDir`. */
export async function openDatabase(options: {
  readonly url: string | null;
  readonly dataDir: string;
  readonly log?: Logger;
}): Promise<Database> {
  return options.url === null ? openDirectory(options.dataDir) : openServer(options.url, options.log ?? silentLog);
}

async function openServer(url: string, log: Logger): Promise<Database> {
  const connection = connectionOf(url);
  const pool = new pg.Pool({ ...connection, max: 8, idleTimeoutMillis: 30_000 });
  // One that breaks is replaced. The pool listens only to idle ones, and an error that nobody listens to ends the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => {
    client.on('error', (error) => log.warn({ err: error }, 'a database connection broke'));
  });
  const base = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: sifting(pool) }) });
  try {
    await migrate(base);
  } catch (error) {
    await base.destroy();
    throw error;
  }
  return {
    kind: 'postgres',
    db: base.withSchema(SCHEMA),
    pool,
    where: `Postgres at ${connection.host ?? 'a local socket'}`,
    close: () => base.destroy(),
  };
}

async function openDirectory(dataDir: string): Promise<Database> {
  await makePrivate(dataDir);
  const lock = await takeLock(dataDir);
  try {
    const ready = join(dataDir, 'db.ready');
    await putAsideUnfinished(dataDir, ready);
    const pglite = await PGlite.create(join(dataDir, 'db'));
    const open = await overPglite(pglite, `PGlite in ${dataDir}`);
    await writeFile(ready, '');
    // The lock is ours, so whoever drove or told a run here is dead: nobody has to wait until that has run out.
    await clearClaims(open.db);
    return {
      ...open,
      close: async () => {
        await open.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/**
 * A process that ended while it made the database left half of one, which never opens again, and in which nothing was ever
 * written. It is put aside, not deleted.
 */
async function putAsideUnfinished(dataDir: string, ready: string): Promise<void> {
  const made = join(dataDir, 'db');
  if (existsSync(made) && !existsSync(ready)) await rename(made, join(dataDir, `db.unfinished-${Date.now()}`));
}

/** A PGlite that is there already, in memory for instance; closing the database closes it. */
export async function overPglite(pglite: PGlite, where: string): Promise<Database & { readonly kind: 'pglite' }> {
  const base = new Kysely<Tables>({ dialect: new YieldingPGliteDialect({ pglite }) });
  const close = (): Promise<void> => pglite.close();
  try {
    await migrate(base);
  } catch (error) {
    await close();
    throw error;
  }
  return { kind: 'pglite', db: base.withSchema(SCHEMA), pglite, where, close };
}
