// Resque. Its workers look, before they take a job, whether all of them are to pause: since Resque 2.3; older ones do not, and
// no worker says its version.
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { onlyOne } from './one-switch.ts';
import type { Queue, QueueSystem, Reading, Source } from './queue.ts';
import { atOneMoment, type Command, Count, Counter, connect, json, parsed, pipelined, Time } from './redis.ts';

export const resque: QueueSystem = {
  system: 'resque',
  title: 'Resque',
  over: 'redis',
  tested: 'not with Resque itself: with its keys in Redis 7.0, as the source of Resque 2 makes them',
  beat: 0,
  open,
};

/** Resque forgets a worker that was not heard of for so long: its `prune_interval`. */
const SILENT_MS = 5 * 60_000;
/** Moments that resque-scheduler keeps jobs for, looked at in one go. */
const MOMENTS = 1_000;

async function open(source: Source): Promise<Queue> {
  const connection = await connect(source);
  const { prefix = 'resque', queues } = source.options;
  const key = (name: string): string => `${prefix}:${name}`;
  const pause = key('pause-all-workers');
  return {
    read: () => connection.read((redis) => read(redis, key, queues)),
    intake: onlyOne(connection, {
      key: 'resque',
      label: 'Resque',
      paused: async (redis) => isPaused(await redis.get(pause)),
      set: async (redis, paused) => void (await (paused ? redis.set(pause, 'true') : redis.del(pause))),
    }),
    processes: null,
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

/** As Resque itself reads it. */
function isPaused(value: string | null): boolean {
  return (value ?? '').trim().toLowerCase() === 'true';
}

const Work = json(
  z.object({
    queue: z.string(),
    run_at: Time,
    payload: z.object({ class: z.string(), args: z.unknown() }),
  }),
);
/** Active Job's jobs are all of one class, and carry their own in their only argument. */
const Wrapped = z.tuple([z.object({ job_class: z.string() })]);

async function read(
  redis: Redis,
  key: (name: string) => string,
  only: readonly string[] | undefined,
): Promise<Reading> {
  const { members, now, answers } = await atOneMoment(redis, [key('queues'), key('workers')], ([queues, workers]) => [
    ['get', key('stat:failed')],
    ['get', key('pause-all-workers')],
    ['zrange', key('delayed_queue_schedule'), 0, MOMENTS],
    ...(only ?? queues ?? []).map((name): Command => ['llen', key(`queue:${name}`)]),
    ...(workers ?? []).flatMap((id): Command[] => [
      ['get', key(`worker:${id}`)],
      ['hget', key('workers:heartbeat'), id],
    ]),
  ]);
  const [known = [], ids = []] = members;
  const names = only ?? known;
  const [failures, pause, moments, ...rest] = answers;
  const queues = names.map((name, at) => ({ name, queued: parsed(Count, rest[at]) }));
  const working = ids.flatMap((_, at) => {
    const work = parsed(Work.nullable(), rest[names.length + at * 2]);
    const beat = parsed(Time.nullable(), rest[names.length + at * 2 + 1]);
    return work === null ? [] : [{ ...work, silent: beat !== null && now - beat > SILENT_MS }];
  });
  const [first] = working.toSorted((a, b) => a.run_at - b.run_at);
  const delayed = parsed(z.array(z.string()), moments);
  return {
    queues,
    queued: queues.reduce((total, { queued }) => total + queued, 0),
    // There may be as many moments as there are jobs: then it would take too long to count them.
    later: delayed.length > MOMENTS ? null : await later(redis, key, delayed),
    running: working.length,
    oldest: first === undefined ? null : { ageMs: Math.max(0, now - first.run_at), what: what(first.payload) },
    // A job is its class and its arguments: nothing in it says when it was put in.
    waiting: null,
    // Ever: it is what grows with every failure.
    failed: parsed(Counter.nullable(), failures) ?? 0,
    doubt: doubts({
      none: known.length === 0 && ids.length === 0,
      silent: working.filter(({ silent }) => silent).length,
      paused: isPaused(parsed(z.string().nullable(), pause)) && ids.length > 0,
    }),
  };
}

/** Those of resque-scheduler: a list of jobs for each moment. */
async function later(redis: Redis, key: (name: string) => string, moments: readonly string[]): Promise<number> {
  if (moments.length === 0) return 0;
  const lengths = await pipelined(
    redis,
    moments.map((moment): Command => ['llen', key(`delayed:${moment}`)]),
  );
  return parsed(z.array(Count), lengths).reduce((total, count) => total + count, 0);
}

function what({ class: name, args }: z.output<typeof Work>['payload']): string {
  const wrapped = Wrapped.safeParse(args);
  return wrapped.success ? wrapped.data[0].job_class : name;
}

function doubts({ none, silent, paused }: Record<'none' | 'paused', boolean> & { silent: number }) {
  const all = [
    none && 'neither a queue nor a worker of Resque is known in this Redis: it may use another one, or a namespace',
    silent > 0 && `${silent} jobs are counted as running whose workers were not heard of for more than 5 min`,
    paused && 'whether its workers heed the pause is not seen: Resque before 2.3 does not',
  ].filter((doubt) => doubt !== false);
  return all.length === 0 ? null : all.join('; ');
}
