// How an app of the sandbox is described, in code or as JSON for the control API. What is left out is what an ordinary
// app has.

import { z } from 'zod';

const processType = z.strictObject({
  command: z.string().optional(),
  /** 1 by default. */
  quantity: z.int().min(0).optional(),
  /** `standard-1x` by default. */
  size: z.string().optional(),
  /** Its dynos crash as soon as they have started; a text is what they print before that. */
  crashes: z.union([z.boolean(), z.string()]).optional(),
});

const scheduledJob = z.strictObject({
  id: z.string().optional(),
  command: z.string(),
  /** Minutes. */
  every: z.literal([10, 60, 1440]),
  /** The minute of the hour (every 60) or of the UTC day (every 1440). */
  at: z.int().min(0).max(1439).optional(),
  size: z.string().optional(),
});

const attached = z.strictObject({
  /** Such as `heroku-postgresql`. */
  service: z.string(),
  plan: z.string().optional(),
  /** The add-on's own name. One that exists already, with another app, is shared. */
  name: z.string().optional(),
  /** The attachment's name, such as `DATABASE`. */
  as: z.string().optional(),
  /** Of the config vars that it sets. */
  config: z.record(z.string(), z.string()).optional(),
  cents: z.int().min(0).optional(),
});

const ms = z.int().min(0).optional();

const times = z.strictObject({
  startMs: ms,
  stopMs: ms,
  graceMs: ms,
  releasePhaseMs: ms,
  buildMs: ms,
  scheduledRunMs: ms,
  schedulerLagMs: ms,
  oneOffMs: ms,
  lingerMs: ms,
  crashRestartMs: ms,
});

const script = z.strictObject({
  /** The whole of it, as it is given to the dyno. */
  command: z.string(),
  /** Lines, spread evenly over its time. */
  output: z.array(z.string()).optional(),
  /** 0 by default. */
  status: z.int().min(0).max(255).optional(),
  /** As long as other one-offs where it is left out. */
  ms: z.int().min(0).nullable().optional(),
});

const queue = z.strictObject({
  /** Jobs that wait already. */
  waiting: z.int().min(0).optional(),
  /** How long jobs run, in ms, in turn. */
  jobMs: z.array(z.int().min(1)).min(1).optional(),
  /** The process types that take jobs; `worker` by default. */
  consumers: z.array(z.string()).optional(),
  /** Who adds jobs while one of their dynos is up. */
  producers: z.array(z.strictObject({ type: z.string(), perMinute: z.number().positive() })).optional(),
});

export const appDescription = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{1,28}[a-z0-9]$/),
  id: z.uuid().optional(),
  generation: z.enum(['cedar', 'fir']).optional(),
  region: z.string().optional(),
  stack: z.string().optional(),
  space: z.string().nullable().optional(),
  team: z.string().nullable().optional(),
  maintenance: z.boolean().optional(),
  /** By type; a `release` type is the release phase and has no dynos. */
  formation: z.record(z.string(), processType).optional(),
  config: z.record(z.string(), z.string()).optional(),
  addons: z.array(attached).optional(),
  /** Jobs of the Scheduler; where it is there (an empty list too), the app has its add-on. */
  jobs: z.array(scheduledJob).optional(),
  schedulerApi: z.enum(['works', 'refuses', 'another-shape']).optional(),
  /** What the commands of one-off dynos do. */
  scripts: z.array(script).optional(),
  queue: queue.optional(),
  /** How many releases it has had; 12 by default. 0: no code yet. */
  releases: z.int().min(0).optional(),
  /** How many of the next release phases fail. */
  releasePhaseFails: z.union([z.int().min(0), z.literal('always')]).optional(),
  times: times.optional(),
});

export type AppDescription = z.input<typeof appDescription>;
export type Attached = z.input<typeof attached>;
export type ScriptDescription = z.input<typeof script>;
export type JobDescription = z.input<typeof scheduledJob>;
