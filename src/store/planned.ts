// Everything about planned windows that the store offers, in one place.
import type { Fact, Occurrence, OccurrenceState, Window } from '../model/window.ts';
import * as announcements from './announcements.ts';
import * as occurrences from './occurrences.ts';
import type { Db } from './tables.ts';
import * as windows from './windows.ts';

export interface Windows {
  /**
   * Saves (`expected` 0), edits or cancels: the change is decided while nobody else can change any window. `at`: domain time;
   * all occurrences of the window wake then. `moved`: somebody has changed it since version `expected`.
   */
  change(
    id: string,
    seen: { readonly expected: number; readonly at: number },
    change: (known: windows.Known) => windows.WindowChange | windows.Refused,
  ): Promise<windows.WindowChanged>;
  /** Those that are not cancelled, the oldest first. */
  toCome(): Promise<readonly windows.StoredWindow[]>;
  /** Cancelled ones too. */
  load(id: string): Promise<windows.StoredWindow | null>;

  /** Plans one more occurrence, once, however many processes ask; null where nothing was planned. */
  plan(
    id: string,
    at: number,
    plan: (window: Window, occurrences: readonly Occurrence[]) => Occurrence | null,
  ): Promise<Occurrence | null>;
  /** Something happens to an occurrence, decided under a lock on it; it wakes at `at`. */
  happened(
    occurrence: string,
    at: number,
    fact: (occurrence: Occurrence, seq: number) => Fact | windows.Refused | null,
  ): Promise<windows.OccurrenceChanged>;
  occurrence(id: string): Promise<occurrences.StoredOccurrence | null>;
  occurrencesOf(window: string): Promise<readonly occurrences.StoredOccurrence[]>;
  /** Of all windows, by when they begin. */
  occurrencesThatAre(states: readonly OccurrenceState[]): Promise<readonly occurrences.StoredOccurrence[]>;

  /** Occurrences that want something by `now`, domain time. */
  due(now: number): Promise<readonly string[]>;
  /** The earliest time at which one does; with `after`, the earliest after that. */
  nextDue(after?: number): Promise<number | null>;
  /** It sleeps until `until` (null: until it changes). False where it has changed since `seq`. */
  rest(occurrence: string, seq: number, until: number | null): Promise<boolean>;

  /** Of many who ask, one is told that it is theirs, for `ms` of the database's time. */
  claim(
    announcement: announcements.AnnouncementToSay,
    owner: string,
    ms: number,
  ): Promise<announcements.AnnouncementClaim>;
  /** False where another has it by now. */
  settle(key: announcements.AnnouncementKey, owner: string, outcome: announcements.Outcome): Promise<boolean>;
  announcements(occurrence: string): Promise<readonly announcements.SaidAnnouncement[]>;
}

export function windowsIn(db: Db): Windows {
  return {
    change: (id, seen, change) => windows.changeWindow(db, id, seen, change),
    toCome: () => windows.windowsToCome(db),
    load: (id) => windows.windowOf(db, id),
    plan: (id, at, plan) => windows.planOccurrence(db, id, at, plan),
    happened: (id, at, fact) => windows.changeOccurrence(db, id, at, fact),
    occurrence: async (id) => (await occurrences.occurrences(db, { id }))[0] ?? null,
    occurrencesOf: (window) => occurrences.occurrences(db, { window }),
    occurrencesThatAre: (states) => occurrences.occurrences(db, { states }),
    due: (now) => occurrences.dueOccurrences(db, now),
    nextDue: (after) => occurrences.nextDueOccurrence(db, after ?? null),
    rest: (id, seq, until) => occurrences.restOccurrence(db, id, seq, until),
    claim: (announcement, owner, ms) => announcements.claimAnnouncement(db, announcement, owner, ms),
    settle: (key, owner, outcome) => announcements.settleAnnouncement(db, key, owner, outcome),
    announcements: (id) => announcements.announcementsOf(db, id),
  };
}
