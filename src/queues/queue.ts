// What maint needs to know of a job queue, whatever system it is: how much waits, how much runs, since when the oldest of it
// runs, and how it is told to take nothing more. One file a system says it; nothing here judges or waits.

import type { SystemName } from '../model/queue-systems.ts';

export interface QueueSystem {
  readonly system: SystemName;
  /** For people: "Sidekiq". */
  readonly title: string;
  readonly over: 'redis' | 'postgres' | 'http';
  /** What it was tested against, and how: "Sidekiq 6.4.1 with Redis 7.0, real jobs". */
  readonly tested: string;
  /** Milliseconds until what it says of itself is up to date: the system's own heartbeat, 0 where it is exact. */
  readonly beat: number;
  /** Connects. Throws Trouble, which never names the address: there is a password in it. */
  open(source: Source): Promise<Queue>;
}

export interface Source {
  /** A secret: reaches no message, no log and no store. */
  readonly url: string;
  /** Where the app uses other names than the system's own. */
  readonly options: QueueOptions;
  readonly signal: AbortSignal;
}

export interface QueueOptions {
  /** BullMQ, Bull: instead of `bull`. Resque: its namespace. */
  readonly prefix?: string;
  /** Postgres: the schema of the tables, where it is not found by itself. */
  readonly schema?: string;
  /** Where the queues cannot be listed (Celery), or only some of them are meant. */
  readonly queues?: readonly string[];
  /** GoodJob: that the app has switched its pauses on, which nothing in its tables tells. */
  readonly pauses?: boolean;
}

/** Open for one look, or for one write: nothing is held open between two. */
export interface Queue extends AsyncDisposable {
  read(): Promise<Reading>;
  /** Null where nothing can be paused from outside: then scaling the workers to zero is what stops it. */
  readonly intake: Intake | null;
  /** Sidekiq alone: processes that are told to take nothing more, and cannot be told otherwise but by a restart. */
  readonly processes: Processes | null;
}

export interface Reading {
  /** Jobs that a worker could take now, by queue. */
  readonly queues: readonly { readonly name: string; readonly queued: number }[];
  /** All of them together. */
  readonly queued: number;
  /** Jobs that are due later: scheduled, or waiting to be tried again. Null where the system does not say. */
  readonly later: number | null;
  /** Jobs in a worker's hands. Null where the system does not say. */
  readonly running: number | null;
  /** Of those that run. By the clock of the store itself, so that no two clocks are compared. */
  readonly oldest: { readonly ageMs: number; readonly what: string } | null;
  /**
   * Since when the oldest of those that a worker could take now waits: since it was due, or put in, by the clock of the store. Null
   * where none waits, or the system does not tell cheaply.
   */
  readonly waiting: { readonly ageMs: number } | null;
  /** How many have failed for good or wait to be tried again: whether it grows is what matters. Null where it is not known. */
  readonly failed: number | null;
  /** What cannot be known, for people: "tasks that were acknowledged early are not seen". Null where all is known. */
  readonly doubt: string | null;
}

export interface Intake {
  /**
   * One row for each thing that is paused by itself: a queue, or the system as a whole. `known`: keys that were there before; where
   * queues are nowhere declared, one of them without jobs is as it was, and not gone.
   */
  look(known?: readonly string[]): Promise<readonly IntakeRow[]>;
  /** Sets what is wanted, which may be so already. */
  set(changes: readonly { readonly key: string; readonly paused: boolean }[]): Promise<void>;
}

export interface IntakeRow {
  readonly key: string;
  readonly label: string;
  readonly paused: boolean;
  /** Why this one cannot be paused, nor resumed, as a clause; left out where it can. */
  readonly cannot?: string;
}

export interface Processes {
  /** `host`: on Heroku the dyno's name, "worker.1". */
  list(): Promise<
    readonly { readonly id: string; readonly host: string; readonly quiet: boolean; readonly busy: number }[]
  >;
  /** Asks those that are not quiet yet; told twice does no harm. */
  quiet(ids: readonly string[]): Promise<void>;
}
