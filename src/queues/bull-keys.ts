// What Bull and BullMQ have in common: the keys of a queue in Redis, read with plain commands, because the libraries write as
// soon as they connect. Which queue is whose, and how one is paused, bull.ts and bullmq.ts say.
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { type Command, parsed, StoreTime, scanned, together } from './redis.ts';
import { runningSince, type Since, waitingSince } from './running-since.ts';

/** How one queue stands. */
export interface Standing {
  readonly name: string;
  /** Made by BullMQ, which alone keeps these in `meta`. */
  readonly mq: boolean;
  /** What wrote to `meta` last: "bullmq:5.47.3". Null where nothing did, as with Bull, or with a FlowProducer alone. */
  readonly version: string | null;
  /** A counter of jobs is there: some job was added. */
  readonly counted: boolean;
  readonly paused: boolean;
  /** Both lists of jobs that wait are there: where one is renamed to the other, its jobs are lost. */
  readonly bothLists: boolean;
}

export interface Numbers {
  readonly queues: readonly { readonly name: string; readonly queued: number }[];
  readonly later: number;
  readonly running: number;
  /** Of the oldest of those that run. */
  readonly since: Since | null;
  /** Of the oldest of those that are taken next. */
  readonly waiting: { readonly ageMs: number } | null;
  readonly failed: number;
  /** Jobs in a worker's hands whose worker does not hold on to them any more. */
  readonly lost: readonly string[];
}

/** Of each queue's running jobs, those that were taken first. */
const LOOKED_AT = 1_000;
/** Of each queue's waiting jobs, those that are taken next: where none is pushed in, the oldest is the first of them. */
const NEXT = 100;

/** Names of what may be queues, from their keys. */
export async function names(redis: Redis, prefix: string): Promise<string[]> {
  // One pass for both `:id` and `:meta`; what else it brings is sifted out here.
  const keys = await scanned(redis, `${prefix.replace(/[\\*?[\]]/g, '\\$&')}:*:[im][de]*`);
  const found = keys.flatMap((key) => /^(.+):(?:id|meta)$/s.exec(key.slice(prefix.length + 1))?.[1] ?? []);
  return [...new Set(found)].sort();
}

const Text = z.string().nullable();
const Count = z.number().int().nonnegative();
const StandingRow = z.tuple([z.tuple([Text, Text, Text]), Text, Count, Count, Count]);

/** All of them in one round trip. */
export async function standings(redis: Redis, prefix: string, of: readonly string[]): Promise<Standing[]> {
  const answers = await ofEach(redis, of, (name) => {
    const key = `${prefix}:${name}`;
    return [
      ['hmget', `${key}:meta`, 'version', 'opts.maxLenEvents', 'paused'],
      ['get', `${key}:id`],
      ...['meta-paused', 'wait', 'paused'].map((each): Command => ['exists', `${key}:${each}`]),
    ];
  });
  return of.map((name, at) => {
    const [[version, events, paused], id, metaPaused, wait, pausedList] = parsed(StandingRow, answers[at]);
    return {
      name,
      mq: version !== null || events !== null,
      version,
      counted: id !== null && /^\d+$/.test(id),
      paused: paused !== null || metaPaused === 1,
      bothLists: wait === 1 && pausedList === 1,
    };
  });
}

const List = [Count, Text] as const;
const Active = z.array(z.string());
const Ids = z.array(z.string());
/** Its id and its score, of the first alone. */
const First = z.union([z.tuple([]), z.tuple([z.string(), z.coerce.number().nonnegative()])]);
const NumbersRow = z.tuple([...List, ...List, Count, Count, Count, Count, Count, Active, Count, Ids, Ids, Ids, First]);

/** What waits and runs is of one moment: a job on its way from one list to the next is not missed. */
export async function numbers(redis: Redis, prefix: string, of: readonly string[]): Promise<Numbers> {
  // The score of what is due later is its time in milliseconds, with twelve bits below it.
  const now = parsed(StoreTime, await redis.time());
  const due = Math.floor(now) * 0x1000 + 0xfff;
  const answers = await ofEach(redis, of, (name) => {
    const key = (each: string): string => `${prefix}:${name}:${each}`;
    return [
      ...['wait', 'paused'].flatMap((each): Command[] => [
        ['llen', key(each)],
        ['lindex', key(each), -1],
      ]),
      ['zcard', key('prioritized')],
      ['zcard', key('delayed')],
      ['zcount', key('delayed'), '-inf', due],
      ['zcard', key('waiting-children')],
      ['llen', key('active')],
      ['lrange', key('active'), -LOOKED_AT, -1],
      ['zcard', key('failed')],
      ['lrange', key('wait'), -NEXT, -1],
      ['lrange', key('paused'), -NEXT, -1],
      ['zrange', key('prioritized'), 0, NEXT - 1],
      ['zrange', key('delayed'), 0, 0, 'WITHSCORES'],
    ];
  });
  const rows = of.map((name, at) => {
    const row = parsed(NumbersRow, answers[at]);
    const [
      wait,
      waitLast,
      paused,
      pausedLast,
      prioritized,
      delayed,
      isDue,
      children,
      running,
      active,
      failed,
      waitNext,
      pausedNext,
      prioritizedNext,
      first,
    ] = row;
    const queued = wait - markers(waitLast) + paused - markers(pausedLast) + prioritized + isDue;
    const next = [...waitNext, ...pausedNext, ...prioritizedNext].filter((id) => markers(id) === 0);
    const dueAt = isDue === 0 || first[1] === undefined ? null : first[1] / 0x1000;
    return { name, queued, later: delayed - isDue + children, running, active, failed, next, dueAt };
  });
  const total = (of: 'later' | 'running' | 'failed') => rows.reduce((sum, row) => sum + row[of], 0);
  return {
    queues: rows.map(({ name, queued }) => ({ name, queued })),
    later: total('later'),
    running: total('running'),
    failed: total('failed'),
    waiting: waitingSince([
      ...(await waited(redis, prefix, rows, now)),
      ...rows.map(({ dueAt }) => (dueAt === null ? null : now - dueAt)),
    ]),
    ...(await inHand(
      redis,
      prefix,
      rows.filter(({ active }) => active.length > 0),
    )),
  };
}

/** Early releases of BullMQ 5 left a marker at the end of the list, which is no job. */
function markers(last: string | null): number {
  return last?.startsWith('0:') === true ? 1 : 0;
}

const Put = z.tuple([Text, Text, Text]);
const Delayed = z.object({ delay: z.number().nonnegative() });

/**
 * Milliseconds that each waits: since it was made, and not before it was due or had been tried, whichever is last. The times are
 * the app's own. Null where a job says nothing of it, or was taken meanwhile.
 */
async function waited(
  redis: Redis,
  prefix: string,
  of: readonly { readonly name: string; readonly next: readonly string[] }[],
  now: number,
): Promise<(number | null)[]> {
  const answers = await ofEach(redis, of, ({ name, next }) =>
    next.map((id): Command => ['hmget', `${prefix}:${name}:${id}`, 'timestamp', 'opts', 'processedOn']),
  );
  return answers.flat().map((answer) => {
    const [made, options, tried] = Put.safeParse(answer).data ?? [null, null, null];
    if (made === null || !/^\d+$/.test(made)) return null;
    const due = Number(made) + delayIn(options);
    return now - Math.max(due, tried !== null && /^\d+$/.test(tried) ? Number(tried) : 0);
  });
}

function delayIn(options: string | null): number {
  try {
    return Delayed.safeParse(JSON.parse(options ?? 'null')).data?.delay ?? 0;
  } catch {
    return 0;
  }
}

interface Taken {
  readonly name: string;
  readonly active: readonly string[];
}

const Job = z.tuple([z.tuple([z.string().regex(/^\d+$/).nullable(), Text]), Count]);

/** Since when those run that still do, and which of them nobody holds on to. */
async function inHand(redis: Redis, prefix: string, taken: readonly Taken[]): Promise<Pick<Numbers, 'since' | 'lost'>> {
  const answers = await ofEach(redis, taken, ({ name, active }) => {
    const key = `${prefix}:${name}`;
    return [
      // The list once more at the same moment: what has just ended has no lock either.
      ['lrange', `${key}:active`, -LOOKED_AT, -1],
      ...active.flatMap((id): Command[] => [
        ['hmget', `${key}:${id}`, 'processedOn', 'name'],
        ['exists', `${key}:${id}:lock`],
      ]),
    ];
  });
  const jobs = taken.flatMap(({ name, active }, at) => {
    const [list, ...rest] = answers[at] ?? [];
    const still = new Set(parsed(Active, list));
    return active.flatMap((id, index) => {
      if (!still.has(id)) return [];
      const [[since, job], lock] = parsed(Job, rest.slice(index * 2, index * 2 + 2));
      return [{ what: called(name, job, id), since: since === null ? null : Number(since), held: lock === 1 }];
    });
  });
  const now = jobs.length === 0 ? 0 : parsed(StoreTime, await redis.time());
  const oldest = jobs
    .flatMap(({ what, since }) => (since === null ? [] : [{ what, since }]))
    .reduce<{ what: string; since: number } | null>((a, b) => (a === null || b.since < a.since ? b : a), null);
  return {
    // The time is the worker's, by its own clock.
    since: oldest === null ? null : runningSince(now - oldest.since, oldest.what),
    lost: jobs.filter(({ held }) => !held).map(({ what }) => what),
  };
}

/** Names are the developers'. An id may be of the app's own making, with anything in it: then it is left out. */
function called(queue: string, job: string | null, id: string): string {
  const name = job === null || job === '__default__' ? queue : `${queue}: ${job}`;
  return /^[\w-]{1,40}$/.test(id) ? `${name} (job ${id})` : name;
}

/** Asks of each the same, all at one moment; gives the answers of each. */
async function ofEach<T>(redis: Redis, of: readonly T[], ask: (each: T) => readonly Command[]): Promise<unknown[][]> {
  if (of.length === 0) return [];
  const asked = of.map(ask);
  const answers = (await together(redis, asked.flat()))[Symbol.iterator]();
  return asked.map((commands) => commands.map(() => answers.next().value));
}
