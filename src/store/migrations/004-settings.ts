// What people have set for an app. The version before does not know the table: it goes by the environment alone.
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export const settings: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql.raw(statement).execute(db);
  },
};

// `version` is what tells one person that another was faster; it only ever rises, so a row is never deleted.
const statement = `create table maint.settings (
  app_id text primary key,
  app_name text not null,
  body jsonb not null check (jsonb_typeof(body) = 'object'),
  version integer not null check (version > 0),
  by jsonb not null,
  at timestamptz not null
)`;
