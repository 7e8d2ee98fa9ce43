// Opening the database of a server that is not there yet: a bot that is started while Postgres restarts waits for it. One
// that ended would be left alone by Heroku, which starts a dyno that has crashed twice again only after twenty minutes.
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../log.ts';
import { type Database, openDatabase } from './database.ts';
import { NotMigrated } from './migrations/index.ts';
import { spends } from './pool.ts';

const PAUSE_MS = 1_000;

/** Throws at once what no waiting mends: a wrong password, a schema that is newer. `patienceMs` of real time; `signal` ends it. */
export async function openWhenThere(
  options: { readonly url: string | null; readonly dataDir: string; readonly log: Logger },
  patienceMs: number,
  signal?: AbortSignal,
): Promise<Database> {
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      return await openDatabase(options);
    } catch (error) {
      const left = Math.round((until - performance.now()) / 1_000);
      if (options.url === null || left <= 0 || !outOfReach(error)) throw error;
      options.log.warn({ err: error, seconds: left }, 'the database cannot be reached; it is tried again for a while');
      await pause(PAUSE_MS, undefined, signal === undefined ? {} : { signal });
    }
  }
}

/** Refused, reset, silent, starting up, full, read-only: what an outage looks like. */
function outOfReach(error: unknown): boolean {
  return error instanceof NotMigrated && spends(error.cause);
}
