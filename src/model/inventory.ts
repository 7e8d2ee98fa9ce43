// The inventory: everything of an app that can still write, and for each what a maintenance does about it, or plainly that
// it cannot hold it and what a person should do. Nothing is decided from it; what stands against beginning is a concern.
import { z } from 'zod';
import type { SystemName } from './queue-systems.ts';
import type { Run } from './run.ts';
import type { Settings } from './settings.ts';
import type { StepName } from './step.ts';

/**
 * - `held`: it is stopped, paused, or shut out.
 * - `watched`: it goes on, and maint sees what it does.
 * - `yours?`: it may be part of the work; only a person knows.
 * - `not held`: it goes on, or something of it is lost.
 */
export type Does = 'held' | 'watched' | 'yours?' | 'not held';

interface Common {
  /** What people call it: "worker", "job 881234 (hourly at :30)", "run.4711". */
  readonly name: string;
  /** What it is and what becomes of it, with no secret in it; a clause. */
  readonly says: string;
  readonly does: Does;
  /** What a person should do, in full sentences; null where nothing is to be done. */
  readonly remedy: string | null;
  /** The item of the plan that it is about, where it is held as one. */
  readonly item: { readonly step: StepName; readonly key: string } | null;
  /** The concern of the plan that says so too, if there is one: what is asked there need not be said twice. */
  readonly concern: string | null;
}

/** `next`, `since`: milliseconds since the epoch. */
type Facts =
  | {
      readonly kind: 'process type';
      readonly role: 'web' | 'worker' | 'clock';
      /** Dynos wanted, and dynos that are up. */
      readonly quantity: number;
      readonly up: number;
    }
  | {
      readonly kind: 'scheduled job';
      readonly scheduler: string;
      /** Null: never, or not known. */
      readonly next: number | null;
      /** Whether it would run in the window; null where that is not known. */
      readonly falls: boolean | null;
      /** Named so in the settings of the app; absent: it is not. */
      readonly critical?: { readonly catchesUp: boolean };
    }
  | { readonly kind: 'one-off'; readonly since: number | null; readonly by: string | null }
  | {
      readonly kind: 'queue';
      readonly system: SystemName | null;
      /** Null: not looked into, or not readable. `oldest`: milliseconds that the oldest job has been running. */
      readonly jobs: {
        readonly queued: number;
        readonly running: number | null;
        readonly oldest: number | null;
      } | null;
    }
  | { readonly kind: 'scheduler' | 'autoscaler' | 'background' | 'release phase' | 'shared store' | 'sender' };

export type Entry = Common & Facts;
export type Kind = Entry['kind'];

export interface Window {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

export interface Inventory {
  /** The time that jobs were compared with: a maintenance begun now, as long as its settings say. */
  readonly window: Window;
  readonly entries: readonly Entry[];
  /** What the jobs at work say about the limits of the drain; null where none could be seen. */
  readonly limits: Limits | null;
}

/** A job at work: how long it has been, in milliseconds, and what it is, with no secret in it. */
export interface LongestJob {
  readonly ms: number;
  readonly what: string;
}

export interface Limits {
  readonly longest: LongestJob;
  readonly drainCap: number;
  readonly abortIfOlderThan: number | null;
  /** Null where the ones that are set leave room. */
  readonly proposed: { readonly drainCap: number; readonly abortIfOlderThan: number } | null;
}

const Kept = z.object({ longest: z.object({ ms: z.number(), what: z.string() }) });

/** The longest that the drains of earlier maintenances of the app have waited for, as their events tell. */
export function longestOf(runs: readonly Run[]): LongestJob | null {
  const seen = runs.flatMap(({ steps }) => steps.quiet.flatMap(({ memo }) => Kept.safeParse(memo).data?.longest ?? []));
  const [longest] = seen.toSorted((a, b) => b.ms - a.ms);
  return longest === undefined ? null : { ms: longest.ms, what: `${longest.what}, in an earlier maintenance` };
}

/** With what was seen before, where that was longer than anything that runs now. */
export function withEarlier(limits: Limits | null, earlier: LongestJob | null, settings: DrainSettings): Limits | null {
  return earlier === null || (limits !== null && limits.longest.ms >= earlier.ms)
    ? limits
    : limitsFrom(earlier, settings);
}

type DrainSettings = Pick<Settings, 'drainCap' | 'abortIfOlderThan'>;

const STEP = 5 * 60_000;

/**
 * Limits that leave room for the longest job seen. It is still running, so how long such a job takes is not known: twice as long
 * is waited for, and four times is taken for stuck, in whole five minutes. None is proposed that is shorter than what is set.
 */
export function limitsFrom(longest: LongestJob, settings: DrainSettings): Limits {
  const { drainCap, abortIfOlderThan } = settings;
  const wait = Math.max(drainCap, up(2 * longest.ms));
  const stuck = Math.max(abortIfOlderThan ?? 0, up(4 * longest.ms), wait);
  const roomy = wait === drainCap && (abortIfOlderThan === null || abortIfOlderThan >= 2 * longest.ms);
  return {
    longest,
    drainCap,
    abortIfOlderThan,
    proposed: roomy ? null : { drainCap: wait, abortIfOlderThan: stuck },
  };
}

function up(ms: number): number {
  return Math.ceil(ms / STEP) * STEP;
}

/** What a person has to know first: what goes on writing, but for what a concern of the plan asks about already. */
export function loose(inventory: Inventory, concerns: readonly { readonly name: string }[]): readonly Entry[] {
  const asked = new Set(concerns.map(({ name }) => name));
  return inventory.entries.filter(
    ({ does, concern }) => (does === 'not held' || does === 'yours?') && (concern === null || !asked.has(concern)),
  );
}

/** What is held or watched and stands nowhere else in the plan. */
export function besides(
  inventory: Inventory,
  items: readonly { readonly step: StepName; readonly key: string }[],
): readonly Entry[] {
  const there = new Set(items.map(({ step, key }) => `${step} ${key}`));
  return inventory.entries.filter(
    ({ does, item }) =>
      (does === 'held' || does === 'watched') && (item === null || !there.has(`${item.step} ${item.key}`)),
  );
}

/** What is known of an item of the plan beyond what would be done with it: of a job its command, and when it runs next. */
export function aboutItem(
  inventory: Inventory,
  { step, key }: { readonly step: StepName; readonly key: string },
): string | null {
  const found = inventory.entries.find(({ item }) => item?.step === step && item.key === key);
  return found?.kind === 'scheduled job' ? found.says : null;
}
