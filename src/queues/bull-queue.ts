// A queue system that keeps its queues as Bull does, opened: which of them there are, what they say, and how they are paused. What
// tells BullMQ from Bull is given to it.
import type { Redis } from 'ioredis';
import { Trouble } from '../errors.ts';
import { names, numbers, type Standing, standings } from './bull-keys.ts';
import type { Intake, Queue, Reading, Source } from './queue.ts';
import { connect, type RedisConnection } from './redis.ts';
import { doubts as joined } from './running-since.ts';

export interface Kind {
  readonly title: string;
  /** Whether this queue is one of its own. */
  mine(queue: Standing): boolean;
  /** Why it cannot be paused, as a clause; null where it can. */
  cannot(queue: Standing): string | null;
  /** Whether its pause, or its resume, would now lose jobs. */
  losesJobs(queue: Standing): boolean;
  /** By the library that belongs to it. Writes nothing but what its pause, or its resume, writes. */
  pause(redis: Redis, prefix: string, queue: Standing, paused: boolean): Promise<void>;
}

export async function openBull(source: Source, kind: Kind): Promise<Queue> {
  const prefix = source.options.prefix ?? 'bull';
  const connection = await connect(source);
  const close = async (): Promise<void> => await connection[Symbol.asyncDispose]();
  try {
    const found = await connection.read((redis) => find(redis, prefix, source, kind));
    return {
      read: () => connection.read((redis) => read(redis, prefix, found)),
      intake: intake(connection, prefix, found, kind),
      processes: null,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Found {
  readonly queues: readonly Standing[];
  /** What cannot be known of them. */
  readonly doubts: readonly string[];
}

async function find(redis: Redis, prefix: string, { options }: Source, kind: Kind): Promise<Found> {
  const of = options.queues ?? (await names(redis, prefix));
  const queues = (await standings(redis, prefix, of)).filter((queue) => kind.mine(queue));
  const missing = (options.queues ?? []).filter((name) => !queues.some((queue) => queue.name === name));
  const doubts: string[] = [];
  if (missing.length > 0) doubts.push(`nothing of ${kind.title} was found for ${missing.join(', ')}`);
  else if (queues.length === 0) doubts.push(`no queue of ${kind.title} was found under ${JSON.stringify(prefix)}`);
  return { queues, doubts };
}

async function read(redis: Redis, prefix: string, { queues, doubts }: Found): Promise<Reading> {
  const all = queues.map(({ name }) => name);
  const { lost, since, ...rest } = await numbers(redis, prefix, all);
  return {
    ...rest,
    queued: rest.queues.reduce((sum, queue) => sum + queue.queued, 0),
    oldest: since?.oldest ?? null,
    doubt: joined([...doubts, since?.doubt ?? null, lost.length === 0 ? null : unheld(lost)]),
  };
}

function unheld(lost: readonly string[]): string {
  const more = lost.length > 3 ? ` and ${lost.length - 3} more` : '';
  return (
    `${lost.slice(0, 3).join(', ')}${more}: counted as running, but no worker holds its lock: ` +
    'its worker hangs or was lost, and it stays until another one finds it'
  );
}

function intake(connection: RedisConnection, prefix: string, { queues }: Found, kind: Kind): Intake {
  const fresh = (of: readonly string[]): Promise<Standing[]> =>
    connection.read((redis) => standings(redis, prefix, of));
  return {
    look: async () =>
      (await fresh(queues.map(({ name }) => name))).map((queue) => {
        const cannot = kind.cannot(queue);
        const row = { key: queue.name, label: queue.name, paused: queue.paused };
        return cannot === null ? row : { ...row, cannot };
      }),
    set: async (changes) => {
      const wanted = new Map(changes.map(({ key, paused }) => [key, paused]));
      for (const queue of await fresh([...wanted.keys()])) {
        const paused = wanted.get(queue.name) === true;
        if (!kind.mine(queue)) throw gone(queue.name, kind);
        if (queue.paused === paused) continue;
        const why = kind.cannot(queue) ?? (kind.losesJobs(queue) ? TWO_LISTS : null);
        if (why !== null) throw refused(queue.name, paused, why);
        await connection.write((redis) => kind.pause(redis, prefix, queue, paused));
      }
      const off = (await fresh([...wanted.keys()])).filter((queue) => queue.paused !== wanted.get(queue.name));
      if (off.length > 0) throw unheeded(off, kind);
    },
  };
}

const TWO_LISTS =
  'jobs wait in both of its lists, `wait` and `paused`, and what pauses or resumes it would lose those of one of them';

function gone(name: string, { title }: Kind): Trouble {
  return new Trouble('fatal', `Expected ${name} to be a queue of ${title}, found none of that name.`, {
    remedy: 'See whether the app renamed it, or removed it.',
  });
}

function refused(name: string, paused: boolean, why: string): Trouble {
  return new Trouble('needs-human', `Expected to ${paused ? 'pause' : 'resume'} ${name}, but it cannot be: ${why}.`, {
    remedy: `Do it with the app’s own version of the library: \`queue.${paused ? 'pause' : 'resume'}()\`.`,
  });
}

function unheeded(off: readonly Standing[], { title }: Kind): Trouble {
  const of = off.map(({ name, paused }) => `${name} ${paused ? 'paused' : 'not paused'}`);
  return new Trouble('retryable', `Expected ${title} to have done as asked, found ${of.join(', ')}.`, {
    remedy: 'Somebody else may have changed it at the same moment; it is tried again.',
    unclear: true,
  });
}
