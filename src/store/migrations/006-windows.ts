// Planned windows, each time that one comes round, and what was announced of it where. The version before does not know the
// tables; its runs go on, and it announces nothing.
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export const windows: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  // "window" is a word of SQL.
  `create table maint.planned_window (
    id text primary key,
    body jsonb not null check (jsonb_typeof(body) = 'object'),
    version integer not null check (version > 0),
    cancelled_at timestamptz
  )`,

  `create table maint.occurrence (
    id text primary key,
    window_id text not null references maint.planned_window (id),
    date text not null,
    planned_at timestamptz not null,
    start_at timestamptz not null,
    end_at timestamptz not null check (end_at > start_at),
    state text not null check (state in ('planned', 'asked', 'started', 'ended', 'skipped', 'cancelled', 'missed')),
    facts jsonb not null check (jsonb_typeof(facts) = 'array'),
    runs jsonb not null check (jsonb_typeof(runs) = 'array'),
    seq integer not null default 1,
    wake_at timestamptz
  )`,
  // However many processes plan the next one, one comes on a day; one that was taken back leaves the day free.
  `create unique index occurrence_one_a_day on maint.occurrence (window_id, date)
    where state not in ('skipped', 'cancelled')`,
  `create index occurrence_due on maint.occurrence (wake_at) where wake_at is not null`,
  `create index occurrence_start on maint.occurrence (start_at)`,
  `create index occurrence_open on maint.occurrence (window_id) where state in ('planned', 'asked', 'started', 'missed')`,
  `create function maint.refuse_delete() returns trigger language plpgsql as $$
    begin
      raise exception 'Expected a window to be cancelled, skipped or ended, and never deleted, got % of %', tg_op, tg_table_name;
    end
  $$`,
  `create trigger planned_window_no_delete before delete on maint.planned_window
    for each row execute function maint.refuse_delete()`,
  `create trigger occurrence_no_delete before delete on maint.occurrence
    for each row execute function maint.refuse_delete()`,

  // Exactly once: who inserts the key is the one who says it.
  `create table maint.announcement (
    occurrence_id text not null references maint.occurrence (id),
    channel text not null,
    key text not null,
    kind text not null,
    due_at timestamptz not null,
    said_at timestamptz not null,
    state text not null default 'sending' check (state in ('pending', 'sending', 'sent', 'dropped')),
    owner text,
    owner_until timestamptz,
    ts text,
    tries integer not null default 0,
    why text,
    primary key (occurrence_id, channel, key)
  )`,
  `create index announcement_unsent on maint.announcement (occurrence_id) where state in ('pending', 'sending')`,
  `create trigger announcement_no_delete before delete on maint.announcement
    for each row execute function maint.refuse_delete()`,
];
