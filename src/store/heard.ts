// Which requests have been heard of, by any process on this database: each is carried out once, also where it is sent again
// to another process, or after a restart. Whoever asks decides how long it waits for the answer.
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from './tables.ts';

/** The database's time: for as long as a signature can be good, five minutes either way of what the clock here says. */
const REMEMBERED_MS = 10 * 60_000;
/** What one request forgets of the old ones: more than it adds, and never so many that its answer is late. */
const FORGETS = 100;

/** Of many at once with one id exactly one is the first. One statement, so that it costs a request one round trip. */
export async function firstTime(db: Db, id: string): Promise<boolean> {
  const row = await db
    .with('forgotten', (q) =>
      q.deleteFrom('heard').where('id', 'in', (old) =>
        old
          .selectFrom('heard')
          .select('id')
          .where('at', '<', sql<Date>`clock_timestamp() - ${REMEMBERED_MS} * interval '1 millisecond'`)
          .orderBy('at')
          .limit(FORGETS)
          // Another request that forgets the same ones at this moment is neither waited for nor in the way.
          .forUpdate()
          .skipLocked(),
      ),
    )
    .insertInto('heard')
    // Slack's own id would be as good as permission to open a view, for some seconds.
    .values({ id: createHash('sha256').update(id).digest('hex') })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}
