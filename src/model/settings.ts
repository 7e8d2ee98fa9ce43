// How a run of an app behaves. Frozen into the run when it is requested: a setting that changes in the middle of a
// maintenance changes nothing in it.
import { z } from 'zod';
import { systems } from './queue-systems.ts';

const SECOND = 1_000;
const MINUTE = 60_000;

const Milliseconds = z.number().int().nonnegative();

const ConfigVarName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'should be the name of a config var');

/** A job queue of the app. Its address is read from the config var when it is needed, used, and forgotten. */
export const QueueSetting = z.object({
  system: z.enum(systems),
  /** The name of the config var with the address of its Redis or Postgres; for `http` the app's own address. */
  at: z.union([ConfigVarName, z.url({ protocol: /^https?$/ })]),
  prefix: z.string().min(1).optional(),
  schema: z.string().min(1).optional(),
  /** Only these; all that are found where it is not said. */
  queues: z.array(z.string().min(1)).optional(),
  /** GoodJob: that the app has `config.good_job.enable_pauses = true`, without which it heeds none. */
  pauses: z.boolean().optional(),
});
export type QueueSetting = z.infer<typeof QueueSetting>;

/** Somebody outside who calls the app: named by people, for nothing in Heroku tells of them. */
export const Sender = z.object({
  name: z.string().min(1),
  /** Whether a call that got no answer comes again. */
  retries: z.boolean(),
});
export type Sender = z.infer<typeof Sender>;

/** A scheduled job that must not simply be left out: named by people, by what its command has in it. */
export const CriticalJob = z.object({
  job: z.string().min(1).max(300),
  /** Whether its next run does what the one that was left out would have done. */
  catchesUp: z.boolean(),
});
export type CriticalJob = z.infer<typeof CriticalJob>;

/** `U…` a user, `S…` a user group, `C…` or `G…` a channel's members, `cli:NAME` somebody at a terminal, `everybody` of the workspace. */
export const Holder = z.string().regex(/^([UWSCG][A-Z0-9]{2,}|cli:\S+|everybody)$/);

/** Who holds which role. */
export const Named = z.object({
  operators: z.array(Holder).max(100).default([]),
  approvers: z.array(Holder).max(100).default([]),
  viewers: z.array(Holder).max(100).default([]),
});
export type Named = Readonly<Record<keyof z.infer<typeof Named>, readonly string[]>>;

/** What it takes to let an app be opened. */
export const Approvals = z.object({
  /** So many different people. */
  count: z.number().int().min(1).max(10),
  /** Whether the one who asked for the maintenance is one of them. */
  asker: z.boolean(),
});
export type Approvals = z.infer<typeof Approvals>;

export const Settings = z.object({
  /** The config var that tells the app's own code; `off` leaves config vars, and so the release they make, out of it. */
  variable: z.union([
    z.object({ name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), value: z.string() }),
    z.literal('off'),
  ]),
  /** Process types that only give out work: they stop before the workers do. */
  clocks: z.array(z.string()),
  /** The longest wait for jobs in flight and stopping dynos; past it the run turns round. Milliseconds of domain time. */
  drainCap: Milliseconds,
  /** The longest wait for our own release: "a release phase can take up to an hour" (Heroku). */
  releaseCap: Milliseconds,
  /** How long a call that fails without anybody's doing is tried again before the run turns, or asks. */
  patience: Milliseconds,
  /** How often an overdue run reminds. */
  remindEvery: Milliseconds.min(MINUTE),
  /** How long the question before the start stays open; then the run is cancelled, nothing having been sent. */
  startExpires: Milliseconds,
  /** The first change waits this long at most for the emergency card to reach the channel. */
  emergencyWait: Milliseconds.max(MINUTE),
  /** The planned length where nobody says one. */
  length: Milliseconds,

  // What follows came later: a run that was begun before has none of it, and goes on as it was begun.

  /** Opted in to, one by one: nothing of the app's data is opened without. */
  queues: z.array(QueueSetting).default([]),
  /** The config var with the address of the app's Postgres, to see whether anything writes; null: it is not opened. */
  database: ConfigVarName.nullable().default(null),
  /** A job that has been running longer than any job should: nothing is begun, or the run turns. Null: no such limit. */
  abortIfOlderThan: Milliseconds.nullable().default(null),
  /** How long the app is observed before it is called quiet, and how often at least. */
  observe: z.object({ for: Milliseconds, samples: z.number().int().min(1).max(60) }).default({ for: 0, samples: 1 }),
  /** Subjects of findings that must be proved; without, "not provable" is told and goes through. */
  demands: z.array(z.string().min(1)).default([]),
  /** Stop Scheduler jobs that start while the app is held, never one-off dynos: a job killed half way is not quiet. */
  stopStrays: z.boolean().default(false),
  /** `zero`: web is scaled down as well. */
  web: z.enum(['keep', 'zero']).default('keep'),
  /** One dyno a worker type is watched so long before the others come. 0: all at once. */
  canary: Milliseconds.default(0),
  /**
   * More waiting jobs, or one that had been waiting longer when the maintenance began (where its system tells), and a person is
   * asked before the workers come back.
   */
  backlog: z.object({ jobs: z.number().int().nonnegative(), age: Milliseconds }).nullable().default(null),
  /** Asked after the way back's release, before anything works with it; null: Heroku's own view is enough. */
  health: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null),
  /** How long what comes back is watched after the door has opened. */
  watchAfter: Milliseconds.default(0),
  senders: z.array(Sender).default([]),
  criticalJobs: z.array(CriticalJob).max(100).default([]),
  approvals: Approvals.default({ count: 1, asker: true }),
  /** In this app, on top of those named for all. Looked up at the click, not here: a run that is under way hears of changes. */
  who: Named.default({ operators: [], approvers: [], viewers: [] }),
});
export type Settings = z.infer<typeof Settings>;

export const defaultSettings: Settings = {
  variable: { name: 'MAINTENANCE', value: 'true' },
  clocks: ['clock', 'scheduler', 'cron', 'beat'],
  drainCap: 15 * MINUTE,
  releaseCap: 65 * MINUTE,
  patience: 5 * MINUTE,
  remindEvery: 15 * MINUTE,
  startExpires: 30 * MINUTE,
  emergencyWait: 15_000,
  length: 60 * MINUTE,
  queues: [],
  database: null,
  abortIfOlderThan: null,
  observe: { for: 30 * SECOND, samples: 3 },
  demands: [],
  stopStrays: false,
  web: 'keep',
  canary: 30 * SECOND,
  backlog: { jobs: 10_000, age: 60 * MINUTE },
  health: null,
  watchAfter: 10 * MINUTE,
  senders: [],
  criticalJobs: [],
  approvals: { count: 1, asker: true },
  who: { operators: [], approvers: [], viewers: [] },
};
