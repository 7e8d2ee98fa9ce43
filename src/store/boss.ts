// pg-boss's part: its schema, its one queue, and how it reaches the database. What is handed out, and when, is `wakes`.
import { sql } from 'kysely';
import type pg from 'pg';
import { fromPglite, PgBoss } from 'pg-boss';
import type { Logger } from '../log.ts';
import type { Database } from './database.ts';

export const QUEUE = 'run';
const SCHEMA = 'maint_jobs';

export async function startBoss(database: Database, log: Logger): Promise<PgBoss> {
  const boss = new PgBoss({
    ...(database.kind === 'pglite'
      ? { backend: 'pglite' as const, db: fromPglite(database.pglite) }
      : { db: overPool(database.pool) }),
    schema: SCHEMA,
    schedule: false,
    // Clears away done jobs; nothing waits for it.
    superviseIntervalSeconds: 60,
    maintenanceIntervalSeconds: 300,
    reindex: false,
    monitorVacuum: false,
  });
  boss.on('error', (error) => log.warn({ err: error }, 'handing out runs failed; the sweep will repeat it'));
  await alone(database, async () => {
    await boss.start();
    // `short`: one job waits for a run, however often it is woken; one that is being worked on is not in the way.
    await boss.createQueue(QUEUE, { policy: 'short', retryLimit: 0, expireInSeconds: 60, deleteAfterSeconds: 600 });
  });
  return boss;
}

/** Two processes that install pg-boss's schema at the same moment break each other's (12.35: pg_namespace_nspname_index). */
async function alone(database: Database, install: () => Promise<void>): Promise<void> {
  // PGlite has one process, and one session: a transaction round it would wait for itself.
  if (database.kind === 'pglite') return install();
  await database.db.transaction().execute(async (tx) => {
    await sql`set local statement_timeout = 0`.execute(tx);
    await sql`set local idle_in_transaction_session_timeout = 0`.execute(tx);
    await sql`select pg_advisory_xact_lock(hashtext(${SCHEMA}))`.execute(tx);
    await install();
  });
}

/**
 * pg-boss on our pool. It sends whole transactions as one text: where one of its statements fails, the connection stays
 * in an aborted transaction, so it must not go back to the pool.
 */
function overPool(pool: pg.Pool) {
  return {
    async executeSql(text: string, values?: unknown[]) {
      const client = await pool.connect();
      try {
        const result = await client.query(text, values);
        client.release();
        return result;
      } catch (error) {
        client.release(true);
        throw error;
      }
    },
  };
}
