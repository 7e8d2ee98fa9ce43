// What maint knows, and the only way to it. A run is a log of events; every change to it is one transaction that locks the
// run's row, adds events with their notes, and makes the run due. Who may change what is decided above; what is sent to
// Slack or Heroku, elsewhere.
import { sql } from 'kysely';
import type { Decision } from '../model/decide.ts';
import type { Event, Logged } from '../model/event.ts';
import type { Json } from '../model/json.ts';
import type { Run } from '../model/run.ts';
import type { AppRef } from '../model/step.ts';
import { type AuditEntry, audit, audited } from './audit.ts';
import { Claims } from './claims.ts';
import type { Database } from './database.ts';
import { due, nextDue, rest } from './due.ts';
import { firstTime } from './heard.ts';
import type { Lease } from './leases.ts';
import { Logs, read } from './logs.ts';
import * as messages from './messages.ts';
import type { OutputPart, OutputState, Printed, WorkRef } from './output.ts';
import * as output from './output.ts';
import { type Windows, windowsIn } from './planned.ts';
import { Runs } from './runs.ts';
import {
  type Saved,
  type SettingsToSave,
  type StoredSettings,
  saveSettings,
  settingOfApps,
  settingsOf,
} from './settings.ts';

export type { Message, MessagePatch, MessageState } from './messages.ts';
export type {
  AuditEntry,
  Lease,
  OutputPart,
  OutputState,
  Printed,
  Saved,
  SettingsToSave,
  StoredSettings,
  Windows,
  WorkRef,
};

export interface NewRun {
  readonly id: string;
  readonly app: AppRef;
  /** Where the card goes; null: nothing about this run goes to Slack. */
  readonly channel: string | null;
  /** Domain time. */
  readonly at: number;
  readonly requested: Event & { is: 'requested' };
}

/** A run that another database has kept, with what has to happen to it at once. */
export interface ImportedRun {
  readonly id: string;
  readonly app: AppRef;
  readonly channel: string | null;
  /** Domain time of `news`. */
  readonly at: number;
  /** Complete: from `requested` on, numbered from 1. */
  readonly log: readonly Logged[];
  /** Added after the log in the same transaction, so that nobody drives the run as it was. */
  readonly news: readonly Event[];
}

/** Who moved a run: the process that drives it, or somebody whom it has to hear of. */
export type Mover = 'driver' | 'other';
export type ChangeListener = (runId: string, by: Mover) => void;

export interface Store {
  /** `taken`: the app's unfinished run that is there already (I2), which may be this very one, asked for twice. */
  create(run: NewRun): Promise<{ readonly is: 'created' | 'taken'; readonly run: Run }>;

  /** Ends the run `id` by that decision and begins another of the same app, both or neither; `changed` gives the new one. */
  replace(id: string, decision: (run: Run) => Decision, run: NewRun): Promise<Decided>;

  /**
   * `taken`: the app's unfinished run that is there already (I2). `known`: the very run is there, ended or not. The card is
   * posted anew, and of the notes only those of `news`. Throws what `fold` throws for a log that cannot be.
   */
  importRun(run: ImportedRun): Promise<{ readonly is: 'imported' | 'taken' | 'known'; readonly run: Run }>;

  load(id: string): Promise<Run | null>;
  log(id: string): Promise<readonly Logged[]>;
  unfinished(): Promise<readonly Run[]>;
  unfinishedOf(appId: string): Promise<Run | null>;
  /** Whether there is a run at all, ended ones too. */
  anyRun(): Promise<boolean>;
  /** The unfinished run of the app, or its last one. */
  lastOf(appId: string): Promise<Run | null>;
  /** The same for the app that has, or had last, that name: for when Heroku cannot be asked. */
  byAppName(name: string): Promise<Run | null>;
  /** Of an app, or of all (null), ended or not: those asked for last, the newest first, at most `most`. */
  history(appId: string | null, most: number): Promise<readonly Run[]>;

  /** A person's command: locks the run, asks `decision`, adds its events. Of many at once each sees what came before it. */
  decide(id: string, at: number, decision: (run: Run) => Decision): Promise<Decided>;

  /** For 15 s; null while anybody has it, `owner` included, and where the run has ended. */
  takeLease(id: string, owner: string): Promise<Lease | null>;
  /** Null where it is another's by now, or was released. */
  renewLease(lease: Lease): Promise<Lease | null>;
  releaseLease(lease: Lease): Promise<void>;
  /** The driver's writes. `after`: only if nothing has come since. `moved` too where the run has ended. */
  append(
    lease: Lease,
    at: number,
    events: readonly Event[],
    options?: { readonly after?: number },
  ): Promise<{ readonly is: 'ok'; readonly run: Run } | { readonly is: 'moved' } | { readonly is: 'lost' }>;
  /** Sleep until (null: for ever), only if nothing has come since `seen`. */
  rest(lease: Lease, seen: number, until: number | null): Promise<'ok' | 'moved' | 'lost'>;

  /** Runs that want driving by `now`, domain time, and that nobody drives. */
  due(now: number): Promise<readonly string[]>;
  /** The earliest time at which a run wants to be woken; with `after`, the earliest after that. */
  nextDue(after?: number): Promise<number | null>;

  /** Runs with a card behind the run or unsent messages, ended ones too, that no living teller has. */
  untold(): Promise<readonly string[]>;
  /**
   * For `ms` of the database's time, at least half of them still to come; its owner may claim again to prolong it,
   * which fails where another has had it in between: what was read before that is old.
   */
  claimTelling(id: string, owner: string, ms: number): Promise<boolean>;
  endTelling(id: string, owner: string): Promise<void>;
  messages(id: string): Promise<readonly messages.Message[]>;
  setMessage(id: string, key: string, patch: messages.MessagePatch): Promise<void>;
  /** Everything up to `seq` has been drawn. Never goes back. */
  told(id: string, seq: number): Promise<void>;
  /** The commands that undo everything have reached the thread. Recorded once; wakes the run. */
  emergencyTold(id: string, at: number): Promise<void>;
  /** No channel takes the card. Recorded once; wakes the run. */
  unheard(id: string, at: number, why: string): Promise<void>;

  /**
   * Gives back every lease and claim that was taken through this store, and takes none any more: the end of a process. What
   * it still writes for a run is refused.
   */
  handBack(): Promise<void>;

  /** What people have set for an app; null where nobody ever has. */
  settingsOf(appId: string): Promise<StoredSettings | null>;
  /** What one key was set to, for each app that has it. */
  settingOfApps(key: string): Promise<readonly { readonly appId: string; readonly value: Json }[]>;
  /** Refused where others have been saved since the version that is expected. */
  saveSettings(settings: SettingsToSave): Promise<Saved>;

  /**
   * To be the one who listens to a command, for `ms` of the database's time; its owner may claim again to prolong it. False
   * while another process listens.
   */
  claimOutput(at: WorkRef, owner: string, ms: number): Promise<boolean>;
  /** False where another process listens by now. */
  addOutput(at: WorkRef, owner: string, printed: Printed): Promise<boolean>;
  /** Nobody listens any more. `exit`: its exit status, where its end was heard. */
  endOutput(at: WorkRef, owner: string, exit: number | null): Promise<void>;
  /** What has been heard of a command; null where nobody has listened, or a day has passed since its run has ended. */
  outputOf(at: WorkRef): Promise<OutputState | null>;
  /** What is kept of what it printed, after part `after`. */
  outputParts(at: WorkRef, after: number): Promise<readonly OutputPart[]>;
  /** Of runs that ended before that, domain time. */
  forgetOutput(before: number): Promise<number>;

  /** Planned windows, the times that they come round, and what was announced of them. */
  readonly windows: Windows;

  audit(entry: AuditEntry): Promise<void>;
  /** The newest first. */
  audited(limit: number): Promise<readonly AuditEntry[]>;

  /**
   * Whether nobody has asked this of `id` in the last ten minutes, here or in another process: of many who ask, one is told
   * so. What is kept is a hash.
   */
  firstTime(id: string): Promise<boolean>;

  /** Calls `listener` after every commit of this process that moved a run. Returns a function that ends it. */
  onChange(listener: ChangeListener): () => void;
  ping(): Promise<void>;
  /** Closes the database. */
  close(): Promise<void>;
}

export type Decided =
  | { readonly is: 'changed'; readonly run: Run }
  | { readonly is: 'refused'; readonly says: string; readonly remedy: string }
  | { readonly is: 'unknown' };

export function openStore(database: Pick<Database, 'db' | 'close'>): Store {
  const { db } = database;
  const listeners = new Set<ChangeListener>();
  const moved = (run: Run, by: Mover): void => {
    for (const listener of listeners) listener(run.id, by);
  };
  const runs = new Runs(db, new Logs(), moved);
  const claims = new Claims(db);
  return {
    create: (run) => runs.create(run),
    replace: (id, decision, run) => runs.replace(id, decision, run),
    importRun: (run) => runs.importRun(run),
    load: (id) => runs.load(id),
    log: (id) => read(db, id, 0),
    unfinished: () => runs.unfinished(),
    unfinishedOf: (appId) => runs.unfinishedOf(appId),
    anyRun: () => runs.any(),
    lastOf: (appId) => runs.lastOf(appId),
    history: (appId, most) => runs.history(appId, most),
    byAppName: (name) => runs.byAppName(name),
    decide: (id, at, decision) => runs.decide(id, at, decision),
    takeLease: (id, owner) => claims.takeLease(id, owner),
    renewLease: (lease) => claims.renewLease(lease),
    releaseLease: (lease) => claims.releaseLease(lease),
    append: (lease, at, events, options) => runs.append(lease, at, events, options?.after ?? null),
    rest: (lease, seen, until) => rest(db, lease, seen, until),
    due: (now) => due(db, now),
    nextDue: (after) => nextDue(db, after ?? null),
    untold: () => messages.untold(db),
    claimTelling: (id, owner, ms) => claims.claimTelling(id, owner, ms),
    endTelling: (id, owner) => claims.endTelling(id, owner),
    handBack: () => claims.handBack(),
    messages: (id) => messages.messagesOf(db, id),
    setMessage: (id, key, patch) => messages.setMessage(db, id, key, patch),
    told: (id, seq) => messages.told(db, id, seq),
    emergencyTold: (id, at) => runs.emergencyTold(id, at),
    unheard: (id, at, why) => runs.unheard(id, at, why),
    settingsOf: (appId) => settingsOf(db, appId),
    settingOfApps: (key) => settingOfApps(db, key),
    saveSettings: (settings) => saveSettings(db, settings),
    claimOutput: (at, owner, ms) => output.claimOutput(db, at, owner, ms),
    addOutput: (at, owner, printed) => output.addOutput(db, at, owner, printed),
    endOutput: (at, owner, exit) => output.endOutput(db, at, owner, exit),
    outputOf: (at) => output.outputOf(db, at),
    outputParts: (at, after) => output.outputParts(db, at, after),
    forgetOutput: (before) => output.forgetOutput(db, before),
    windows: windowsIn(db),
    audit: (entry) => audit(db, entry),
    audited: (limit) => audited(db, limit),
    firstTime: (id) => firstTime(db, id),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ping: async () => {
      await sql`select 1`.execute(db);
    },
    close: () => database.close(),
  };
}
