// Tells a database that is lost from one that only this process cannot have: with the one, an app is brought back without it;
// beside the other, that would be a second driver.
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import type { Config } from '../config.ts';
import { type Logger, messageOf } from '../log.ts';
import { connectionOf } from '../store/connection.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { type Lock, takeLock } from '../store/lock.ts';
import { DatabaseLost } from './reach.ts';

const ANY_RUN = 'select 1 from maint.run limit 1';

/** Throws DatabaseLost, or whatever stands against opening a database that is there. */
export async function openOrLost(config: Config, log: Logger): Promise<Database> {
  const { databaseUrl: url, dataDir } = config;
  // What is no url is a mistake in the environment, and says nothing of the database.
  if (url !== null) connectionOf(url);
  try {
    return await openDatabase({ url, dataDir, log });
  } catch (error) {
    const there = url === null ? await inUse(dataDir) : await readable(url);
    if (there) throw error;
    throw new DatabaseLost(reason(error), { cause: error });
  }
}

/** A failure to connect to several addresses has no message of its own. */
function reason(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return messageOf(error).replace(/[.\s]+$/, '');
}

/** By a living process, by somebody whom the directory belongs to, or by runs that another version of maint can read. */
async function inUse(dataDir: string): Promise<boolean> {
  let lock: Lock;
  try {
    lock = await takeLock(dataDir);
  } catch {
    return true;
  }
  try {
    const pglite = await PGlite.create(join(dataDir, 'db'));
    await pglite.query(ANY_RUN).finally(() => pglite.close());
    return true;
  } catch {
    return false;
  } finally {
    await lock.release();
  }
}

/** Whether the runs are there, though the database was not to be opened: it is read-only, or of another version. */
async function readable(url: string): Promise<boolean> {
  const client = new pg.Client(connectionOf(url));
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(ANY_RUN);
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
