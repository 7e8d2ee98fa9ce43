// Runs, their events, the Slack messages about them and the record of who tried what.
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export const runs: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `create table maint.run (
    id text primary key,
    app_id text not null,
    app_name text not null,
    channel text,
    asked_at timestamptz not null,
    ended_at timestamptz,
    seq integer not null,
    wake_at timestamptz,
    lease_owner text,
    lease_until timestamptz,
    epoch integer not null default 0,
    told_seq integer not null default 0,
    teller text,
    teller_until timestamptz
  )`,
  // I2: one unfinished run an app, however many ask at once.
  `create unique index run_one_unfinished on maint.run (app_id) where ended_at is null`,
  `create index run_due on maint.run (wake_at) where ended_at is null`,
  `create index run_untold on maint.run (id) where seq > told_seq`,
  `create index run_of_app on maint.run (app_id, asked_at)`,
  `create index run_of_name on maint.run (app_name, asked_at)`,

  // json, not jsonb: jsonb refuses \\u0000 and lone surrogates, and a run must be able to hold whatever a value was.
  `create table maint.event (
    run_id text not null references maint.run (id),
    seq integer not null check (seq > 0),
    at timestamptz not null,
    body json not null,
    primary key (run_id, seq)
  )`,
  // I1: the snapshot is among the events, and they are only ever inserted.
  `create function maint.refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception 'Expected the events of a run only ever to be inserted, got % (I1)', tg_op;
    end
  $$`,
  `create trigger event_insert_only before update or delete on maint.event
    for each row execute function maint.refuse_change()`,

  `create table maint.message (
    run_id text not null references maint.run (id),
    key text not null,
    kind text not null,
    question text,
    seq integer not null,
    state text not null default 'pending' check (state in ('pending', 'sending', 'sent', 'dropped')),
    channel text,
    ts text,
    drawn text,
    tries integer not null default 0,
    why text,
    created_at timestamptz not null,
    primary key (run_id, key)
  )`,
  `create index message_unsent on maint.message (run_id) where state in ('pending', 'sending')`,

  `create table maint.audit (
    id integer generated always as identity primary key,
    at timestamptz not null,
    person json not null,
    what text not null,
    outcome text not null,
    why text
  )`,
];
