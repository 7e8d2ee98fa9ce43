// Celery with Redis as its broker. What waits is there; what runs is not, for by default a task is acknowledged when it begins,
// and is then only in its worker's memory: how many run is never known from here.
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Queue, QueueSystem, Reading, Source } from './queue.ts';
import { type Command, Count, connect, json, parsed, scanned, together } from './redis.ts';

export const celery: QueueSystem = {
  system: 'celery',
  title: 'Celery',
  over: 'redis',
  tested: 'Celery 5.2.6 with Redis 7.0, real tasks',
  beat: 0,
  open,
};

/** Between a queue's name and what Kombu adds to it. */
const SEPARATOR = '\x06\x16';
/** A list for each step: 0, 3, 6 and 9 by default, any of these where the app names its own. 0 is the queue itself. */
const PRIORITIES = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;
/** More are not looked into. */
const LOOKED_INTO = 1_000;

async function open(source: Source): Promise<Queue> {
  const connection = await connect(source);
  const { prefix = '', queues } = source.options;
  return {
    read: () => connection.read((redis) => read(redis, prefix, queues)),
    intake: null,
    processes: null,
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

/** The message, its exchange and its routing key. `eta`: its worker holds it until then. */
const Unacked = json(
  z.tuple([z.object({ headers: z.object({ eta: z.string().nullish() }).nullish() }), z.string(), z.string()]),
);

/** Routing key, pattern, and the queue. */
const Binding = z
  .string()
  .transform((member) => member.split(SEPARATOR))
  .pipe(z.tuple([z.string(), z.string(), z.string()]));

async function read(redis: Redis, prefix: string, only: readonly string[] | undefined): Promise<Reading> {
  const found = only ?? (await bound(redis, prefix));
  // Celery's own, which is bound only when its first worker comes.
  const names = found.length === 0 ? ['celery'] : found;
  const [held, ...lengths] = await together(redis, [
    ['hlen', `${prefix}unacked`],
    ...names.flatMap((name) => listsOf(`${prefix}${name}`).map((list): Command => ['llen', list])),
  ]);
  const each = PRIORITIES.length + 1;
  const queues = names.map((name, at) => ({
    name,
    queued: parsed(z.array(Count), lengths.slice(at * each, (at + 1) * each)).reduce(
      (total, count) => total + count,
      0,
    ),
  }));
  const queued = queues.reduce((total, queue) => total + queue.queued, 0);
  const unacked = parsed(Count, held);
  const later = unacked > LOOKED_INTO ? null : await withEta(redis, `${prefix}unacked`);
  const fetched = Math.max(0, unacked - (later ?? 0));
  return {
    queues,
    queued,
    later,
    running: null,
    oldest: null,
    // A message has no time of its own, but an `eta` that somebody gave it.
    waiting: null,
    failed: null,
    doubt: [
      'how many tasks run is not known: Celery acknowledges them when they begin, and keeps them in the worker from then on',
      fetched > 0 && `${fetched} tasks were fetched by workers and are not acknowledged: they wait there, or run`,
      found.length === 0 && 'no queue of Celery is known in this Redis: it may use another one, or a prefix',
    ]
      .filter((doubt) => doubt !== false)
      .join('; '),
  };
}

function listsOf(queue: string): string[] {
  return [queue, ...PRIORITIES.map((priority) => `${queue}${SEPARATOR}${priority}`)];
}

/** The queues that a worker or a client has declared; those that workers use among themselves left out. */
async function bound(redis: Redis, prefix: string): Promise<string[]> {
  const literal = prefix.replace(/[\\*?[\]]/g, '\\$&');
  const keys = await scanned(redis, `${literal}_kombu.binding.*`);
  const sets = await together(
    redis,
    keys.map((key): Command => ['smembers', key]),
  );
  const names = parsed(z.array(z.array(Binding)), sets)
    .flat()
    .map(([, , queue]) => queue)
    .filter((name) => name !== '' && !/(^|\.)celery\.pidbox$|^celeryev\./.test(name));
  return [...new Set(names)].sort();
}

async function withEta(redis: Redis, key: string): Promise<number> {
  const messages = parsed(z.array(Unacked), await redis.hvals(key));
  return messages.filter(([{ headers }]) => (headers?.eta ?? null) !== null).length;
}
