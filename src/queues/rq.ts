// RQ. Suspending it is one key, which a worker looks at before it waits for a job: one that waits already still takes one more.
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { onlyOne } from './one-switch.ts';
import type { Queue, QueueSystem, Reading, Source } from './queue.ts';
import { atOneMoment, type Command, Count, connect, parsed, pipelined, Time } from './redis.ts';
import { waitingSince } from './running-since.ts';

export const rq: QueueSystem = {
  system: 'rq',
  title: 'RQ',
  over: 'redis',
  tested: 'RQ 1.13 with Redis 7.0, real jobs; the keys of RQ 2 as its source makes them',
  beat: 0,
  open,
};

const SUSPENDED = 'rq:suspended';
const QUEUE = 'rq:queue:';

async function open(source: Source): Promise<Queue> {
  const connection = await connect(source);
  return {
    read: () => connection.read((redis) => read(redis, source.options.queues)),
    intake: onlyOne(connection, {
      key: 'rq',
      label: 'RQ',
      paused: async (redis) => (await redis.exists(SUSPENDED)) === 1,
      set: async (redis, paused) => void (await (paused ? redis.set(SUSPENDED, 1) : redis.del(SUSPENDED))),
    }),
    processes: null,
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

/** `WITHSCORES`: what runs, and until when (seconds since the epoch, or `inf`) it is believed to. */
const Running = z
  .array(z.string())
  .transform((flat) => flat.flatMap((id, at) => (at % 2 === 0 ? [{ id, until: secondsOf(flat[at + 1] ?? '') }] : [])));
const Worker = z.tuple([z.string().nullable()]);

async function read(redis: Redis, only: readonly string[] | undefined): Promise<Reading> {
  const { members, now, answers } = await atOneMoment(redis, ['rq:queues', 'rq:workers'], ([keys, workers], time) => [
    ['exists', SUSPENDED],
    ['pttl', SUSPENDED],
    // Of rq-scheduler, which is a package of its own.
    ['zcard', 'rq:scheduler:scheduled_jobs'],
    ...(only ?? namesOf(keys)).flatMap((name) => ofQueue(name, time)),
    ...(workers ?? []).map((worker): Command => ['hmget', worker, 'state']),
  ]);
  const [keys = [], workers = []] = members;
  const [suspended, expires, scheduled, ...rest] = answers;
  const names = only ?? namesOf(keys);
  const each = ofQueue('', 0).length;
  const queues = names.map((name, at) => queueOf(name, rest.slice(at * each, (at + 1) * each), now));
  const states = workers.map((_, at) => parsed(Worker, rest[names.length * each + at])[0]);
  const busy = states.filter((state) => state === 'busy').length;
  const taken = sum(queues.map(({ running, taken }) => running.length + taken));
  return {
    queues: queues.map(({ name, queued }) => ({ name, queued })),
    queued: sum(queues.map(({ queued }) => queued)),
    later: sum(queues.map(({ later }) => later)) + parsed(Count, scheduled),
    // A job that a worker has just taken is nowhere for a moment, but the worker says that it is busy.
    running: only === undefined ? Math.max(taken, busy) : taken,
    oldest: await oldest(
      redis,
      queues.flatMap(({ name, running }) => running.map((id) => ({ id, name }))),
      now,
    ),
    waiting: waitingSince(
      await waited(
        redis,
        queues.flatMap(({ first }) => first ?? []),
        now,
      ),
    ),
    failed: sum(queues.map(({ failed }) => failed)),
    doubt: doubts({
      none: keys.length === 0 && workers.length === 0,
      lost: sum(queues.map(({ lost }) => lost)),
      resumesIn: parsed(z.number(), expires),
      idle: parsed(Count, suspended) === 1 ? states.filter((state) => state === 'idle').length : 0,
    }),
  };
}

function ofQueue(name: string, now: number): Command[] {
  const seconds = now / 1_000;
  return [
    ['llen', `${QUEUE}${name}`],
    // The first to be taken.
    ['lindex', `${QUEUE}${name}`, 0],
    // Between the queue and a worker, since RQ 1.14.
    ['llen', `${QUEUE}${name}:intermediate`],
    ['zrange', `rq:wip:${name}`, 0, -1, 'WITHSCORES'],
    ['zcard', `rq:deferred:${name}`],
    ['zcard', `rq:scheduled:${name}`],
    ['zcard', `rq:failed:${name}`],
    // Those that RQ itself forgets when it looks.
    ['zcount', `rq:failed:${name}`, 0, seconds],
  ];
}

function queueOf(
  name: string,
  [queued, first, taken, wip, deferred, scheduled, failed, forgotten]: readonly unknown[],
  now: number,
) {
  const all = parsed(Running, wip);
  const running = all.filter(({ until }) => until * 1_000 > now).map(({ id }) => id);
  return {
    name,
    queued: parsed(Count, queued),
    first: parsed(z.string().nullable(), first),
    taken: parsed(Count, taken),
    running,
    lost: all.length - running.length,
    later: parsed(Count, deferred) + parsed(Count, scheduled),
    failed: parsed(Count, failed) - parsed(Count, forgotten),
  };
}

/** A job that was taken meanwhile waits no more; its time is still right. */
async function waited(redis: Redis, ids: readonly string[], now: number): Promise<(number | null)[]> {
  if (ids.length === 0) return [];
  const answers = await pipelined(
    redis,
    ids.map((id): Command => ['hget', `rq:job:${id}`, 'enqueued_at']),
  );
  return answers.map((answer) => {
    const put = Time.safeParse(answer).data;
    return put === undefined ? null : now - put;
  });
}

/** A job's `started_at` is there but empty until it begins. */
const Detail = z.tuple([
  z.coerce.number().positive().nullable(),
  z.preprocess((value) => (value === '' ? null : value), Time.nullable()),
  z.string().nullable(),
]);

/** When it began: in RQ 2 its execution says so, whose id is the job's and its own; before, the job. */
async function oldest(
  redis: Redis,
  running: readonly { id: string; name: string }[],
  now: number,
): Promise<Reading['oldest']> {
  if (running.length === 0) return null;
  const answers = await pipelined(
    redis,
    running.flatMap(({ id }): Command[] => [
      ['hget', `rq:execution:${id}`, 'created_at'],
      ['hmget', `rq:job:${id}`, 'started_at', 'description'],
      ['hget', `rq:job:${id.replace(/:[^:]*$/, '')}`, 'description'],
    ]),
  );
  const [first] = running
    .flatMap(({ name }, at) => {
      const [created, job, description] = answers.slice(at * 3, at * 3 + 3);
      const [started, own] = parsed(z.tuple([z.unknown(), z.string().nullable()]), job);
      const [seconds, begun, says] = parsed(Detail, [created, started, own ?? description]);
      const since = seconds === null ? begun : seconds * 1_000;
      // Ended meanwhile.
      return since === null ? [] : [{ since, what: what(says, name) }];
    })
    .toSorted((a, b) => a.since - b.since);
  return first === undefined ? null : { ageMs: Math.max(0, now - first.since), what: first.what };
}

/** The function's name only: its description goes on with the arguments. */
function what(description: string | null, queue: string): string {
  return /^([\w.]+)\(/.exec(description ?? '')?.[1] ?? `a job of ${queue}`;
}

function doubts({ none, lost, resumesIn, idle }: { none: boolean; lost: number; resumesIn: number; idle: number }) {
  const all = [
    none && 'neither a queue nor a worker of RQ is known in this Redis: it may use another one',
    lost > 0 && `${lost} jobs began and were not heard of again: their worker hangs or was lost`,
    resumesIn >= 0 && `it was suspended for a limited time, and resumes by itself in ${Math.ceil(resumesIn / 1_000)} s`,
    idle > 0 && `${idle} of its workers were waiting when it was suspended, and may still take one job each`,
  ].filter((doubt) => doubt !== false);
  return all.length === 0 ? null : all.join('; ');
}

function namesOf(keys: readonly string[] = []): string[] {
  return parsed(z.array(z.string().startsWith(QUEUE)), keys).map((key) => key.slice(QUEUE.length));
}

function secondsOf(score: string): number {
  return /^\+?inf$/.test(score) ? Number.POSITIVE_INFINITY : Number(score);
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
