// The one way to an app's own Redis: a connection for one look or one write, which is never made a second time by itself. What
// is asked is the queue systems' affair.
import { Redis, type RedisOptions } from 'ioredis';
import { z } from 'zod';
import { Trouble } from '../errors.ts';
import type { Source } from './queue.ts';
import { failed, notLikeThat, notRedis, stopped, tooMuch } from './redis-trouble.ts';

export interface RedisConnection extends AsyncDisposable {
  /** For a library that wants the client itself; it is closed here, not there. */
  readonly redis: Redis;
  /** Whatever goes wrong inside is a Trouble. */
  read<T>(work: (redis: Redis) => Promise<T>): Promise<T>;
  /** Fails as `unclear` where the connection broke. */
  write<T>(work: (redis: Redis) => Promise<T>): Promise<T>;
}

/** A command's name and its arguments. */
export type Command = readonly [name: string, ...args: (string | number)[]];

type Address = Pick<Source, 'url' | 'signal'>;

/** Milliseconds. */
const CONNECT_MS = 5_000;
const ANSWER_MS = 5_000;
const CLOSE_MS = 1_000;

/** Throws Trouble that names no address, no user and no password. */
export async function connect({ url, signal }: Address): Promise<RedisConnection> {
  if (signal.aborted) throw stopped(false);
  const { db, ...options } = optionsOf(url);
  const redis = new Redis(options);
  // "Connection is closed" is all that a command is told; why it was closed is said here, and an error that nobody listens to
  // would be printed, with the address in it.
  let why: unknown = null;
  redis.on('error', (error) => {
    why = error;
  });
  const breakOff = (): void => redis.disconnect();
  signal.addEventListener('abort', breakOff);

  const close = async (): Promise<void> => {
    signal.removeEventListener('abort', breakOff);
    if (redis.status === 'end') return;
    const ended = new Promise((resolve) => redis.once('end', resolve));
    redis.disconnect();
    await ended;
  };

  const attempt = async <T>(writing: boolean, work: (client: Redis) => Promise<T>): Promise<T> => {
    if (signal.aborted) throw stopped(false);
    try {
      return await work(redis);
    } catch (error) {
      if (signal.aborted) throw stopped(writing);
      if (error instanceof Trouble) throw error;
      throw failed(isClosed(error) ? (why ?? error) : error, writing);
    }
  };

  try {
    await attempt(false, async () => {
      await redis.connect();
      // The client goes on in database 0 where it is refused another one, and learns whether its password is right only now.
      await (db === 0 ? redis.time() : redis.select(db));
    });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    redis,
    read: (work) => attempt(false, work),
    write: (work) => attempt(true, work),
    [Symbol.asyncDispose]: close,
  };
}

/**
 * All of it at one moment (`MULTI`), so that a job on its way from waiting to running is not missed between two commands.
 * The answers in order; throws the first error among them.
 */
export function together(redis: Redis, commands: readonly Command[]): Promise<unknown[]> {
  return answers(redis.multi(commands.map(([name, ...args]) => [name, ...args])).exec());
}

/** One round trip, but not one moment. */
export function pipelined(redis: Redis, commands: readonly Command[]): Promise<unknown[]> {
  return answers(redis.pipeline(commands.map(([name, ...args]) => [name, ...args])).exec());
}

async function answers(executed: Promise<[error: Error | null, result: unknown][] | null>): Promise<unknown[]> {
  const all = (await executed) ?? [];
  return all.map(([error, result]) => {
    if (error !== null) throw error;
    return result;
  });
}

/**
 * What hangs on the members of some sets, at one moment with those sets: their members are looked up first, and all is asked
 * again where they have changed until then. `now` is the store's own clock, in milliseconds since the epoch.
 */
export async function atOneMoment(
  redis: Redis,
  sets: readonly string[],
  commands: (members: readonly (readonly string[])[], now: number) => readonly Command[],
): Promise<{ members: readonly (readonly string[])[]; now: number; answers: readonly unknown[] }> {
  const looking: readonly Command[] = [['time'], ...sets.map((set): Command => ['smembers', set])];
  const looked = (answers: readonly unknown[]) => {
    const [time, ...rest] = answers;
    return { now: parsed(StoreTime, time), members: rest.slice(0, sets.length).map((set) => parsed(Names, set)) };
  };
  let { now, members } = looked(await together(redis, looking));
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const answers = await together(redis, [...looking, ...commands(members, now)]);
    const then = looked(answers);
    if (JSON.stringify(then.members) === JSON.stringify(members))
      return { ...then, answers: answers.slice(looking.length) };
    ({ now, members } = then);
  }
  throw tooMuch('queues or workers that come and go faster');
}
const ATTEMPTS = 5;
const Names = z.array(z.string()).transform((names) => names.sort());

/** Keys that match a pattern, sorted. Throws where a keyspace is too large to be gone through in one look. */
export async function scanned(redis: Redis, pattern: string, type?: 'set' | 'list' | 'hash'): Promise<string[]> {
  const found = new Set<string>();
  let cursor = '0';
  for (let round = 0; round < SCANS; round += 1) {
    const [next, keys] =
      type === undefined
        ? await redis.scan(cursor, 'MATCH', pattern, 'COUNT', PER_SCAN)
        : await redis.scan(cursor, 'MATCH', pattern, 'COUNT', PER_SCAN, 'TYPE', type);
    for (const key of keys) found.add(key);
    if (next === '0') return [...found].sort();
    cursor = next;
  }
  throw tooMuch(`more than ${SCANS * PER_SCAN} keys`);
}
const SCANS = 1_000;
const PER_SCAN = 1_000;

/** What a command answered, held against what the system writes. Throws Trouble. */
export function parsed<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw notLikeThat(result.error);
}

/** Text that holds JSON. */
export function json<S extends z.ZodType>(schema: S): z.ZodType<z.output<S>> {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'Invalid JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);
}

/** The length of a list, a set or a hash. */
export const Count = z.number().int().nonnegative();
/** A number that was counted up, which Redis keeps as a text. */
export const Counter = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);
/** A time as text; in milliseconds since the epoch. */
export const Time = z.string().transform((text, context) => {
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return at;
  context.addIssue({ code: 'custom', message: 'Invalid time' });
  return z.NEVER;
});

/** The answer to `TIME`, in milliseconds since the epoch. */
export const StoreTime = z
  .tuple([z.coerce.number(), z.coerce.number()])
  .transform(([seconds, micros]) => seconds * 1_000 + micros / 1_000);

function isClosed(error: unknown): boolean {
  return error instanceof Error && /^(Connection is closed|Command aborted)/.test(error.message);
}

function optionsOf(url: string): RedisOptions & { db: number } {
  if (!URL.canParse(url)) throw notRedis();
  const parsed = new URL(url);
  const host = decoded(parsed.hostname).replace(/^\[|\]$/g, '');
  const db = Number(parsed.pathname.slice(1));
  if (!['redis:', 'rediss:'].includes(parsed.protocol) || host === '' || !Number.isInteger(db)) throw notRedis();
  return {
    host,
    port: parsed.port === '' ? 6379 : Number(parsed.port),
    ...(parsed.username === '' ? {} : { username: decoded(parsed.username) }),
    ...(parsed.password === '' ? {} : { password: decoded(parsed.password) }),
    db,
    ...(parsed.protocol === 'rediss:' ? { tls: { rejectUnauthorized: isHere(host) } } : {}),
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    socketTimeout: ANSWER_MS,
    disconnectTimeout: CLOSE_MS,
    // A connection that broke is told, not mended: whoever looks again makes a new one.
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    // It would wait while a Redis loads its data, for as long as that takes.
    enableReadyCheck: false,
    // Nothing that is not asked for is sent: a user may be allowed little.
    disableClientInfo: true,
  };
}

/**
 * Heroku's Redis presents a certificate that it signed itself: encrypted, then, but not verified, outside this machine.
 * Whoever stands between could read along.
 */
function isHere(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw notRedis();
  }
}
