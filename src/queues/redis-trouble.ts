// What can go wrong with an app's Redis, in words of our own: the client's name addresses and carry what was sent, passwords
// too, so only the code that a reply begins with is ever repeated.
import type { z } from 'zod';
import { Trouble } from '../errors.ts';

const AGAIN = 'It is tried again. If it lasts, see whether the Redis is up and takes connections.';
const OTHER =
  'See whether the named queue system is the one that keeps its jobs there, and whether there is a newer maint.';

export function notRedis(): Trouble {
  return new Trouble('fatal', 'Expected the address of a Redis, got something else.', {
    remedy: 'It has to look like rediss://:password@host:6379: name the config var that holds it.',
  });
}

export function stopped(writing: boolean): Trouble {
  return new Trouble('retryable', 'Expected an answer of the app’s Redis, got none: maint stopped waiting for it.', {
    remedy: 'It is asked again when maint goes on.',
    unclear: writing,
  });
}

/** A value that the named system does not write: another version of it, or something else under its name. */
export function notLikeThat(error: z.ZodError): Trouble {
  const fields = error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.') || 'a value'}: ${message}`);
  return new Trouble('fatal', `Expected other values in the app’s Redis, got ${fields.join('; ')}.`, { remedy: OTHER });
}

/** More of something than can be looked at in one go, or it changes faster than it can be read. */
export function tooMuch(what: string): Trouble {
  return new Trouble('retryable', `Expected to read the app’s Redis in one go, got ${what}.`, { remedy: AGAIN });
}

export function failed(error: unknown, writing: boolean): Trouble {
  const code = codeOf(error);
  const known = code === null ? undefined : KNOWN[code];
  if (known !== undefined) return new Trouble(known.kind, `${known.says} (${code}).`, { remedy: known.remedy });
  if (isReply(error)) {
    return new Trouble('retryable', `Expected the app’s Redis to answer, got the error ${code ?? 'ERR'}.`, {
      remedy: AGAIN,
    });
  }
  return new Trouble('retryable', `Expected the app’s Redis to answer, got none: ${code ?? lost(error)}.`, {
    remedy: AGAIN,
    unclear: writing,
  });
}

interface Known {
  readonly kind: Trouble['kind'];
  readonly says: string;
  readonly remedy: string;
}

const refused: Known = {
  kind: 'retryable',
  says: 'Expected the app’s Redis to let us in with what its config var says, but it does not',
  remedy:
    'Where its credentials were just changed, the next look uses the new ones. If it lasts, check the config var.',
};
const cluster: Known = {
  kind: 'fatal',
  says: 'Expected a single Redis, got one node of a cluster',
  remedy:
    'maint cannot read queues in a Redis cluster: leave this queue system out, and see for yourself that it is still.',
};

/** By the first word of the reply. */
const KNOWN: Readonly<Record<string, Known>> = {
  WRONGPASS: refused,
  NOAUTH: refused,
  WRONGTYPE: {
    kind: 'fatal',
    says: 'Expected a key of the queue system as the system itself writes it, got one of another type',
    remedy: OTHER,
  },
  NOPERM: {
    kind: 'needs-human',
    says: 'Expected the Redis user to be allowed this, but it is not',
    remedy: 'Name a config var whose user may read the queue system’s keys, and write them where it is to be paused.',
  },
  READONLY: {
    kind: 'retryable',
    says: 'Expected a Redis that can be written, got a replica',
    remedy: 'It is tried again. If it lasts, name the config var of the Redis that the app writes to.',
  },
  OOM: {
    kind: 'needs-human',
    says: 'Expected a Redis with memory left, but it has none',
    remedy: 'Make room in it, or give it a larger plan.',
  },
  MOVED: cluster,
  ASK: cluster,
  CLUSTERDOWN: cluster,
  CROSSSLOT: cluster,
};

/** A reply's first word (`WRONGTYPE`), or the code of a network error (`ECONNREFUSED`). */
function codeOf(error: unknown): string | null {
  if (error instanceof Error && isReply(error)) return /^[A-Z]{3,20}(?= )/.exec(error.message)?.[0] ?? null;
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' && /^\w{1,40}$/.test(error.code) ? error.code : null;
}

function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

function lost(error: unknown): string {
  const words = error instanceof Error ? error.message : '';
  return /time-?out|timed out/i.test(words) ? 'no answer in time' : 'the connection was lost';
}
