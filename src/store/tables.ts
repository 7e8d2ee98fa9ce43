// The tables as the queries see them. What they are made of, with their indexes and guards, is in `migrations`.
import type { ColumnType, Generated, Kysely, Transaction } from 'kysely';
import type { NoteKind } from '../model/notes.ts';
import type { OccurrenceState } from '../model/window.ts';

/** Domain time is a number in the code and a timestamptz in the database, so that a person at psql can read it. */
type Instant = ColumnType<Date, Date, Date>;
type MaybeInstant = ColumnType<Date | null, Date | null, Date | null>;
/** Written as text, read as whatever was in it: the reader parses. */
type JsonText = ColumnType<unknown, string, never>;

export interface RunTable {
  id: string;
  app_id: string;
  app_name: string;
  channel: string | null;
  asked_at: Instant;
  ended_at: MaybeInstant;
  seq: number;
  wake_at: MaybeInstant;
  lease_owner: string | null;
  lease_until: MaybeInstant;
  epoch: Generated<number>;
  told_seq: Generated<number>;
  teller: string | null;
  teller_until: MaybeInstant;
}

export interface EventTable {
  run_id: string;
  seq: number;
  at: Instant;
  body: JsonText;
}

const messageStates = ['pending', 'sending', 'sent', 'dropped'] as const;
export type MessageState = (typeof messageStates)[number];

export interface MessageTable {
  run_id: string;
  key: string;
  kind: NoteKind | 'card';
  question: string | null;
  seq: number;
  state: Generated<MessageState>;
  channel: string | null;
  ts: string | null;
  drawn: string | null;
  tries: Generated<number>;
  why: string | null;
  /** Slack's id of the file that was uploaded for it. */
  file: string | null;
  created_at: Instant;
}

export interface AuditTable {
  id: Generated<number>;
  at: Instant;
  /** Null where nobody is known to have asked: a forged request. */
  person: ColumnType<unknown, string | null, never>;
  what: string;
  outcome: string;
  why: string | null;
}

export interface HeardTable {
  /** A hash, in hexadecimal. */
  id: string;
  /** The database's time. */
  at: Generated<Date>;
}

export interface SettingsTable {
  app_id: string;
  app_name: string;
  body: ColumnType<unknown, string, string>;
  version: number;
  by: ColumnType<unknown, string, string>;
  at: Instant;
}

export interface OutputTable {
  run_id: string;
  work_id: string;
  listener: string | null;
  /** The database's time. */
  listener_until: MaybeInstant;
  exit: number | null;
  lines: Generated<number>;
  cut: Generated<number>;
  mark: ColumnType<unknown, string | undefined, string>;
}

export interface OutputPartTable {
  run_id: string;
  work_id: string;
  n: number;
  head: boolean;
  lines: number;
  bytes: number;
  text: string;
}

export interface PlannedWindowTable {
  id: string;
  body: ColumnType<unknown, string, string>;
  version: number;
  cancelled_at: MaybeInstant;
}

export interface OccurrenceTable {
  id: string;
  window_id: string;
  date: string;
  planned_at: Instant;
  start_at: Instant;
  end_at: Instant;
  state: OccurrenceState;
  facts: ColumnType<unknown, string, string>;
  runs: ColumnType<unknown, string, string>;
  seq: Generated<number>;
  wake_at: MaybeInstant;
}

export interface AnnouncementTable {
  occurrence_id: string;
  channel: string;
  key: string;
  kind: string;
  due_at: Instant;
  said_at: Instant;
  state: Generated<MessageState>;
  owner: string | null;
  /** The database's time. */
  owner_until: Date | null;
  ts: string | null;
  tries: Generated<number>;
  why: string | null;
}

/** The Migrator's own; read where a newer version has been. */
export interface MigrationTable {
  name: string;
}

export interface Tables {
  run: RunTable;
  event: EventTable;
  message: MessageTable;
  audit: AuditTable;
  heard: HeardTable;
  settings: SettingsTable;
  output: OutputTable;
  output_part: OutputPartTable;
  planned_window: PlannedWindowTable;
  occurrence: OccurrenceTable;
  announcement: AnnouncementTable;
  kysely_migration: MigrationTable;
}

export type Db = Kysely<Tables>;
export type Tx = Transaction<Tables>;
