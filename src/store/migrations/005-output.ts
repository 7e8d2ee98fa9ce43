// What the operators' commands print, in pieces, until a day after their maintenance; and which file of a thread is which
// note's. The version before knows neither, and runs no commands.
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export const output: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  // `mark`: the last lines that were heard, so that whoever listens next knows which are new.
  `create table maint.output (
    run_id text not null references maint.run (id),
    work_id text not null,
    listener text,
    listener_until timestamptz,
    exit integer,
    lines integer not null default 0,
    cut integer not null default 0,
    mark json not null default '[]',
    primary key (run_id, work_id)
  )`,
  `create table maint.output_part (
    run_id text not null,
    work_id text not null,
    n integer not null check (n > 0),
    head boolean not null,
    lines integer not null,
    bytes integer not null,
    text text not null,
    primary key (run_id, work_id, n),
    foreign key (run_id, work_id) references maint.output (run_id, work_id) on delete cascade
  )`,
  `alter table maint.message add column file text`,
];
