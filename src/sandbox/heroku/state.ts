// What the sandbox's Heroku knows: plain, mutable data. What may happen to it is left to dynos.ts, releases.ts, queue.ts and
// scheduler.ts; what the API shows of it to routes/.

import type { TimerScope } from '../timers.ts';
import type { Logs } from './logs.ts';
import type { Script } from './scripts.ts';

export type Scope = 'global' | 'identity' | 'read' | 'write' | 'read-protected' | 'write-protected';

export interface Token {
  readonly id: string;
  readonly token: string;
  readonly scopes: readonly Scope[];
  readonly description: string;
  readonly createdAt: number;
}

export interface Named {
  readonly id: string;
  readonly name: string;
}

export interface ProcessType {
  readonly id: string;
  readonly type: string;
  command: string;
  quantity: number;
  size: string;
  /** Its dynos crash as soon as they have started; a text is what they print before that. */
  crashes: boolean | string;
  readonly createdAt: number;
  updatedAt: number;
}

export type DynoState = 'starting' | 'up' | 'idle' | 'crashed' | 'down';

export interface Dyno {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Counts the dynos of a process type from 1; random for one-offs. */
  readonly number: number;
  readonly command: string;
  size: string;
  state: DynoState;
  readonly release: Release | null;
  /** What the process runs with: the values of its release, and what a one-off was given besides. */
  readonly env: Readonly<Record<string, string>>;
  createdAt: number;
  updatedAt: number;
  /** SIGTERM was sent. */
  stopping: boolean;
  /** False for one that was replaced by another of the same name, and is on its way out. */
  listed: boolean;
  work: QueuedJob | null;
  /** What happens when the process ends, for one-offs; `completed` is false where it was stopped. */
  onExit: ((completed: boolean) => void) | null;
}

export type ReleaseStatus = 'pending' | 'succeeded' | 'failed' | 'expired';

export interface Release {
  readonly id: string;
  readonly version: number;
  status: ReleaseStatus;
  readonly description: string;
  readonly configVars: Readonly<Record<string, string>>;
  readonly slugId: string | null;
  readonly createdAt: number;
  updatedAt: number;
}

export interface PendingRelease {
  readonly release: Release;
  /** The command of its release phase, where it has one. */
  readonly phase: string | null;
  /** What else changes when it has succeeded. */
  readonly goLive: () => void;
}

export interface Build {
  readonly id: string;
  status: 'pending' | 'succeeded' | 'failed';
  readonly slugId: string;
  readonly commit: string;
  releaseId: string | null;
  readonly createdAt: number;
  updatedAt: number;
}

export interface Addon {
  readonly id: string;
  readonly name: string;
  readonly service: Named;
  readonly plan: Named;
  readonly cents: number;
  readonly appId: string;
  readonly configVars: readonly string[];
  readonly config: readonly { name: string; value: string }[];
  state: 'provisioning' | 'provisioned' | 'deprovisioned';
  readonly createdAt: number;
}

export interface Attachment {
  readonly id: string;
  readonly name: string;
  readonly addonId: string;
  readonly appId: string;
  readonly createdAt: number;
}

export interface ScheduledJob {
  readonly id: string;
  command: string;
  size: string;
  /** Minutes. */
  every: 10 | 60 | 1440;
  /** The minute of the hour (60) or of the UTC day (1440). */
  at: number;
  ranAt: number | null;
  readonly createdAt: number;
  cancel: () => void;
}

export interface Webhook {
  readonly id: string;
  url: string;
  /** Such as `api:release`. */
  include: readonly string[];
  level: 'notify' | 'sync';
  secret: string;
  readonly createdAt: number;
  updatedAt: number;
}

/** What was told of a change, and how the other side answered: null where it did not, or has not yet. */
export interface Delivery {
  readonly at: number;
  readonly url: string;
  readonly include: string;
  readonly action: Change['action'];
  status: number | null;
}

/** What webhooks tell of. */
export type Change = { readonly action: 'create' | 'update' | 'destroy' } & (
  | { readonly what: 'app' }
  | { readonly what: 'dyno'; readonly dyno: Dyno }
  | { readonly what: 'formation'; readonly processType: ProcessType }
  | { readonly what: 'release'; readonly release: Release }
);

export interface QueuedJob {
  readonly id: number;
  readonly addedAt: number;
  startedAt: number | null;
}

export interface Queue {
  /** Oldest first. */
  waiting: QueuedJob[];
  /** How long jobs run, in ms, in turn. */
  readonly jobMs: readonly number[];
  /** The process types that take jobs. */
  readonly consumers: readonly string[];
  /** Who adds jobs, as long as one of their dynos is up; `web` not in maintenance mode. */
  readonly producers: readonly { readonly type: string; readonly perMinute: number }[];
  added: number;
  done: number;
  /** Killed half way, 30 s after a SIGTERM. */
  killed: number;
}

/** How the Scheduler's API behaves for an app. */
export type SchedulerApi = 'works' | 'refuses' | 'another-shape';

/** How long things take, in ms of the sandbox's clock. */
export interface Times {
  /** From `starting` to `up`. */
  startMs: number;
  /** From SIGTERM to the end of a process that has no job. */
  stopMs: number;
  /** From SIGTERM to SIGKILL. */
  graceMs: number;
  releasePhaseMs: number;
  buildMs: number;
  scheduledRunMs: number;
  /** From a job's time to its dyno: the command is read at the job's time. */
  schedulerLagMs: number;
  oneOffMs: number;
  /** How long a one-off is still listed when its process has ended. */
  lingerMs: number;
  /** From a crash to the next try. */
  crashRestartMs: number;
}

export type AppEvent =
  | { readonly what: 'dyno-up' | 'dyno-gone' | 'dyno-crashed'; readonly dyno: string }
  | { readonly what: 'job-added' | 'job-done' | 'job-killed'; readonly dyno: string | null; readonly job: number }
  | { readonly what: 'scheduled-started'; readonly dyno: string; readonly command: string }
  | { readonly what: 'release'; readonly version: number; readonly status: ReleaseStatus }
  | { readonly what: 'maintenance'; readonly on: boolean };

export interface App {
  readonly id: string;
  name: string;
  readonly generation: 'cedar' | 'fir';
  readonly region: Named;
  readonly stack: Named;
  readonly space: Named | null;
  readonly team: Named | null;
  maintenance: boolean;
  formation: ProcessType[];
  dynos: Dyno[];
  /** By version, upwards. */
  releases: Release[];
  builds: Build[];
  /** What the API shows; a failed release phase leaves the dynos with those of the release before. */
  configVars: Record<string, string>;
  slugId: string | null;
  /** How many of the next release phases fail. */
  releasePhaseFails: number | 'always';
  jobs: ScheduledJob[];
  schedulerApi: SchedulerApi;
  /** What commands of one-offs do; the first that fits counts. */
  scripts: Script[];
  queue: Queue | null;
  webhooks: Webhook[];
  /** The last 200, oldest first. */
  deliveries: Delivery[];
  readonly times: Times;
  /** What happened, oldest first; the last 5,000. */
  events: (AppEvent & { readonly at: number })[];
  readonly createdAt: number;
  updatedAt: number;
  /** Release phases run one after the other: the one that runs, and those that wait for it. */
  pendingReleases: PendingRelease[];
}

/** What the behaviours and the routes work on. */
export interface Land {
  readonly timers: TimerScope;
  readonly account: { readonly id: string; readonly email: string; readonly name: string; readonly createdAt: number };
  readonly logs: Logs;
  readonly tokens: Token[];
  readonly apps: App[];
  readonly addons: Addon[];
  readonly attachments: Attachment[];
  /** A new id in the form of a UUID; the same ones in the same order in every sandbox. */
  newId(): string;
  /** A whole number from `from` up to and including `to`. */
  random(from: number, to: number): number;
  /** Tells those who have subscribed to it. */
  changed(app: App, change: Change): void;
}

export function note(land: Land, app: App, event: AppEvent): void {
  app.events.push({ at: land.timers.now(), ...event });
  if (app.events.length > 5_500) app.events = app.events.slice(-5_000);
}

/** The release whose code and values the dynos run with. */
export function currentRelease(app: App): Release | null {
  return app.releases.findLast((release) => release.status === 'succeeded') ?? null;
}
