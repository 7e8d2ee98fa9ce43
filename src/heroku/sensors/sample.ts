// What is seen of an app at one moment, reduced to what the findings rest on: it is kept with the run, so there is no secret
// in it. What it means is findings.ts's affair.
import { z } from 'zod';

/** Types of one-off dynos: what people run, and the release phase of what they deploy. */
export const ONE_OFFS: readonly string[] = ['run', 'release'];

const Unread = z.object({ is: z.literal('unread'), why: z.string() });
const Count = z.number().int().nonnegative();

/** Jobs, triggers, schedules: whatever starts work by itself. */
const Schedules = z.discriminatedUnion('is', [
  z.object({ is: z.literal('none') }),
  z.object({
    is: z.literal('read'),
    all: Count,
    /** Those that are not paused, by their labels. */
    loud: z.array(z.string()),
    /** The last time before the sample that one of them was due; null where that is not known. */
    ticked: z.number().nullable(),
  }),
  Unread,
]);
export type Schedules = z.infer<typeof Schedules>;

/** Since the observation began. A dyno is named once. */
const Started = z.array(z.object({ name: z.string(), at: z.number() }));

const LogSeen = z.discriminatedUnion('is', [
  z.object({
    is: z.literal('connected'),
    lines: Count,
    /** Dynos that should not have started. */
    strange: Started,
    /** Started by a person, or by what they deployed: their work. */
    oneOffs: Started,
    /** Of the type `scheduler`: whether it was a paused job's. */
    scheduled: z.array(z.object({ name: z.string(), at: z.number(), is: z.enum(['paused', 'loud', 'unclear']) })),
  }),
  Unread,
]);
export type LogSeen = z.infer<typeof LogSeen>;

const QueueSeen = z.object({
  key: z.string(),
  title: z.string(),
  /** Milliseconds: the system's own heartbeat. */
  beat: Count,
  found: z.discriminatedUnion('is', [
    z.object({
      is: z.literal('read'),
      queued: Count,
      /** Null where it is not known, and in what was kept before it was asked. */
      later: Count.nullable().default(null),
      running: Count.nullable(),
      oldest: z.object({ ageMs: z.number(), what: z.string() }).nullable(),
      doubt: z.string().nullable(),
    }),
    Unread,
  ]),
});
export type QueueSeen = z.infer<typeof QueueSeen>;

const DatabaseSeen = z.discriminatedUnion('is', [
  /** The app has a Postgres, and nobody has said that it may be opened. `variable`: the config var that could be named. */
  z.object({ is: z.literal('closed'), variable: z.string() }),
  z.object({
    is: z.literal('read'),
    /** The next transaction id, a decimal: it outgrows a number. */
    xmax: z.string(),
    /** Sessions with an open transaction that has written. */
    writing: z.array(z.object({ pid: z.number().int(), by: z.string() })),
    prepared: Count,
    /** Rows written since the first sample; the busiest tables first, and how many more there are. */
    changed: z.array(z.object({ table: z.string(), rows: z.number() })),
    more: Count,
    /** Tables that autovacuum was at since the first sample: it takes transaction ids too. */
    vacuumed: z.array(z.string()),
    follower: z.boolean(),
    /** Who else may write there; null where nobody is known to. */
    shared: z.string().nullable(),
  }),
  Unread,
]);
export type DatabaseSeen = z.infer<typeof DatabaseSeen>;

export const Sample = z.object({
  /** Domain time. */
  at: z.number(),
  /** Maintenance mode; null where this sample did not ask. */
  door: z.boolean().nullable(),
  /** Where it is to be at zero too, web is one of the others. */
  web: Count,
  /** All that are not web. `paused`: it runs the marker of a job of this run. */
  dynos: z.array(z.object({ name: z.string(), type: z.string(), paused: z.boolean() })),
  /** Process types but web and release that are to be at zero, and are not. */
  scaled: z.record(z.string(), Count),
  jobs: Schedules,
  /** Other things that start work; null where this sample did not ask. */
  others: z.array(z.object({ title: z.string(), found: Schedules })).nullable(),
  log: LogSeen,
  queues: z.array(QueueSeen),
  /** Null where the app has none that is known of. */
  database: DatabaseSeen.nullable(),
});
export type Sample = z.infer<typeof Sample>;
