// Which requests from Slack have been heard of, for some minutes, by whichever process: one that comes again is not carried
// out again. The version before does not know the table, and does not miss it.
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export const heard: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `create table maint.heard (
    id text primary key,
    at timestamptz not null default clock_timestamp()
  )`,
  // For forgetting: the oldest first.
  `create index heard_at on maint.heard (at)`,
];
