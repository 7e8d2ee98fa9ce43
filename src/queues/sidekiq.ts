// Sidekiq 6 to 8. Its processes report every ten seconds what they work on, and take commands at the same beat; there is none that
// lets a process go on after it was told to take nothing more: a restart of its dyno does.
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { Trouble } from '../errors.ts';
import type { Queue, QueueSystem, Reading, Source } from './queue.ts';
import { atOneMoment, type Command, Count, Counter, connect, json, parsed, together } from './redis.ts';
import { waitingSince } from './running-since.ts';

/** Milliseconds: 10 s since Sidekiq 6.5, 5 s before. */
const BEAT_MS = 10_000;
/** Two beats missed, and some. */
const SILENT_MS = 25_000;
/** As Sidekiq's own `quiet!` does. */
const SIGNAL_SECONDS = 60;

export const sidekiq: QueueSystem = {
  system: 'sidekiq',
  title: 'Sidekiq',
  over: 'redis',
  tested: 'Sidekiq 6.4.1 with Redis 7.0, real jobs; the keys of 7 as its source makes them',
  beat: BEAT_MS,
  open,
};

async function open(source: Source): Promise<Queue> {
  const connection = await connect(source);
  // redis-namespace, which Sidekiq supports up to 6.
  const { prefix, queues } = source.options;
  const key = (name: string): string => (prefix === undefined ? name : `${prefix}:${name}`);
  return {
    read: () => connection.read((redis) => read(redis, key, queues)),
    intake: null,
    processes: {
      list: () => connection.read((redis) => list(redis, key)),
      quiet: (ids) => connection.write((redis) => quiet(redis, key, ids)),
    },
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

type Key = (name: string) => string;

/** What a process says of itself; nothing of it where it has not been heard of for a minute. */
const State = z.tuple([
  json(z.object({ hostname: z.string(), embedded: z.boolean().nullish() })).nullable(),
  Counter.nullable(),
  // "true", or "false", or empty at its first beat.
  z.string().nullable(),
  z.coerce.number().nullable(),
]);
const STATE = ['info', 'busy', 'quiet', 'beat'] as const;

/** One of its threads at work. The job itself is a text of JSON within it, with arguments that nobody needs to see. */
const Work = json(z.object({ queue: z.string(), run_at: z.number().positive(), payload: z.unknown() }));
const Job = z.object({ class: z.string(), wrapped: z.string().nullish() });

async function read(redis: Redis, key: Key, only: readonly string[] | undefined): Promise<Reading> {
  const { members, now, answers } = await atOneMoment(
    redis,
    [key('queues'), key('processes')],
    ([queues, ids], time) => [
      ...Object.keys(LATER).flatMap((name): Command[] => [
        ['zcard', key(name)],
        ['zcount', key(name), '-inf', time / 1_000],
        ['zrange', key(name), 0, 0, 'WITHSCORES'],
      ]),
      ['get', key('stat:failed')],
      ...(only ?? queues ?? []).flatMap((name): Command[] => [
        ['llen', key(`queue:${name}`)],
        // They are put in at the other end.
        ['lindex', key(`queue:${name}`), -1],
      ]),
      ...(ids ?? []).flatMap((id): Command[] => [
        ['hmget', key(id), ...STATE],
        // Called so since 6.5, and otherwise before.
        ['hvals', key(`${id}:work`)],
        ['hvals', key(`${id}:workers`)],
      ]),
    ],
  );
  const [known = [], ids = []] = members;
  const names = only ?? known;
  const each = Object.values(LATER).map((name, at) => laterOf(name, answers.slice(at * 3, at * 3 + 3), now));
  const [failures, ...rest] = answers.slice(each.length * 3);
  // Which queue each of them is for stands in the job alone.
  const due = only === undefined ? each.filter(({ queued }) => queued > 0) : [];
  const queues = [
    ...names.map((name, at) => ({ name, queued: parsed(Count, rest[at * 2]) })),
    ...due.map(({ name, queued }) => ({ name, queued })),
  ];
  const told = rest.slice(names.length * 2);
  const processes = ids.flatMap((_, at) => processOf(told.slice(at * 3, at * 3 + 3)));
  return {
    queues,
    queued: queues.reduce((total, { queued }) => total + queued, 0),
    later: each.reduce((total, { all }) => total + all, 0) - due.reduce((total, { queued }) => total + queued, 0),
    running: processes.reduce((total, { busy, works }) => total + Math.max(busy, works.length), 0),
    oldest: oldest(
      processes.flatMap(({ works }) => works),
      now,
    ),
    waiting: waitingSince([...names.map((_, at) => waited(rest[at * 2 + 1], now)), ...due.map(({ waits }) => waits)]),
    // Ever: it is what grows with every failure, whether the job is tried again or not.
    failed: parsed(Counter.nullable(), failures) ?? 0,
    doubt: doubt(known, processes, now),
  };
}

/** What waits for its time, and how those of them are called whose time has come: any process takes them, as soon as there is one. */
const LATER = { schedule: 'scheduled and due', retry: 'to be tried again now' };
/** Its job and its time, of the first alone. */
const First = z.union([z.tuple([]), z.tuple([z.string(), z.coerce.number()])]);

function laterOf(name: string, [all, due, first]: readonly unknown[], now: number) {
  const [, at] = parsed(First, first);
  return {
    name,
    all: parsed(Count, all),
    queued: parsed(Count, due),
    waits: at === undefined ? null : now - at * 1_000,
  };
}

/** Seconds until Sidekiq 7, with a fraction; since 8 whole milliseconds. */
const Put = json(z.object({ enqueued_at: z.number().positive() }));
const MILLISECONDS = 1e11;

/** Null where nothing waits, or the job does not say since when. */
function waited(job: unknown, now: number): number | null {
  const put = Put.safeParse(job).data?.enqueued_at;
  return put === undefined ? null : now - (put < MILLISECONDS ? put * 1_000 : put);
}

interface Process {
  readonly host: string;
  readonly busy: number;
  /** Milliseconds since the epoch. */
  readonly beat: number;
  readonly works: readonly z.output<typeof Work>[];
}

/** None where it was not heard of for a minute: Sidekiq itself counts it as gone then. */
function processOf([state, work, workers]: readonly unknown[]): Process[] {
  const [info, busy, , beat] = parsed(State, state);
  if (info === null) return [];
  const works = parsed(z.array(Work), [...parsed(z.array(z.string()), work), ...parsed(z.array(z.string()), workers)]);
  return [{ host: info.hostname, busy: busy ?? 0, beat: (beat ?? 0) * 1_000, works }];
}

function oldest(works: readonly z.output<typeof Work>[], now: number): Reading['oldest'] {
  const [first] = works.toSorted((a, b) => a.run_at - b.run_at);
  if (first === undefined) return null;
  return { ageMs: Math.max(0, now - first.run_at * 1_000), what: what(first) };
}

function what({ payload, queue }: z.output<typeof Work>): string {
  // Active Job's jobs are all of one class, and carry their own beside it. Before Sidekiq 7 it may be no text.
  const job = z.union([json(Job), Job]).safeParse(payload);
  return job.success ? (job.data.wrapped ?? job.data.class) : `a job of ${queue}`;
}

function doubt(queues: readonly string[], processes: readonly Process[], now: number): string | null {
  if (queues.length === 0 && processes.length === 0) {
    return 'neither a queue nor a process of Sidekiq is known in this Redis: it may use another one, or a namespace';
  }
  const silent = processes.filter(({ beat }) => now - beat > SILENT_MS).map(({ host }) => host);
  if (silent.length === 0) return null;
  return `not heard of for more than ${SILENT_MS / 1_000} s: ${silent.join(', ')}; what it worked on then is counted for a minute`;
}

async function list(redis: Redis, key: Key) {
  const { members, answers } = await atOneMoment(redis, [key('processes')], ([ids]) =>
    (ids ?? []).map((id): Command => ['hmget', key(id), ...STATE]),
  );
  return (members[0] ?? []).flatMap((id, at) => {
    const [info, busy, quieted] = parsed(State, answers[at]);
    return info === null ? [] : [{ id, host: info.hostname, quiet: quieted === 'true', busy: busy ?? 0 }];
  });
}

async function quiet(redis: Redis, key: Key, ids: readonly string[]): Promise<void> {
  const answers = await together(
    redis,
    ids.flatMap((id): Command[] => [
      ['hmget', key(id), ...STATE],
      ['lrange', key(`${id}-signals`), 0, -1],
    ]),
  );
  const asking = ids.flatMap((id, at) => {
    const [info, , quieted] = parsed(State, answers[at * 2]);
    const signals = parsed(z.array(z.string()), answers[at * 2 + 1]);
    // Gone, or as wanted.
    if (info === null || quieted === 'true') return [];
    return [{ id, host: info.hostname, embedded: info.embedded === true, asked: signals.includes('TSTP') }];
  });
  const writes = asking
    .filter(({ embedded }) => !embedded)
    .flatMap(({ id, asked }): Command[] => [
      ...(asked ? [] : [['lpush', key(`${id}-signals`), 'TSTP'] as const]),
      ['expire', key(`${id}-signals`), SIGNAL_SECONDS],
    ]);
  if (writes.length > 0) await together(redis, writes);
  const inside = asking.filter(({ embedded }) => embedded).map(({ host }) => host);
  if (inside.length > 0) throw embeddedIn(inside);
}

function embeddedIn(hosts: readonly string[]): Trouble {
  return new Trouble(
    'needs-human',
    `Expected a process of Sidekiq’s own, got one inside another on ${hosts.join(', ')}, which cannot be told to take nothing more.`,
    { remedy: 'Have the process type it runs in scaled to zero as well.' },
  );
}
