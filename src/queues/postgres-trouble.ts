// What can go wrong with an app's Postgres, in words of our own: the server's and the client's name addresses, users and
// values, so only the five characters of their codes are ever repeated.
import { DatabaseError } from 'pg';
import type { z } from 'zod';
import { Trouble } from '../errors.ts';

const AGAIN = 'It is tried again. If it lasts, see whether the database is up and takes connections.';

export function notPostgres(): Trouble {
  return new Trouble('fatal', 'Expected the address of a Postgres database, got something else.', {
    remedy: 'It has to look like postgres://user:password@host:5432/database: name the config var that holds it.',
  });
}

export function stopped(writing: boolean): Trouble {
  return new Trouble('retryable', "Expected an answer of the app's Postgres, got none: maint stopped waiting for it.", {
    remedy: 'It is asked again when maint goes on.',
    unclear: writing,
  });
}

/** A value that no such table holds: another version of the system, or something else under its name. */
export function notLikeThat(error: z.ZodError): Trouble {
  const fields = error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.') || 'a row'}: ${message}`);
  return new Trouble('fatal', `Expected other values in the app's Postgres, got ${fields.join('; ')}.`, {
    remedy: 'See whether the tables are those of the named system, and whether there is a newer maint.',
  });
}

export function failed(error: unknown, writing: boolean): Trouble {
  const code = codeOf(error);
  const known = code === null ? undefined : KNOWN[code];
  if (known !== undefined) return new Trouble(known.kind, `${known.says} (${code}).`, { remedy: known.remedy });
  const server = isAnswer(error);
  return new Trouble(
    'retryable',
    server
      ? `Expected the app's Postgres to answer, got the error ${code}.`
      : `Expected the app's Postgres to answer, got none: ${code ?? lost(error)}.`,
    { remedy: AGAIN, unclear: writing && !server },
  );
}

interface Known {
  readonly kind: Trouble['kind'];
  readonly says: string;
  readonly remedy: string;
}

const refused: Known = {
  kind: 'retryable',
  says: "Expected the app's Postgres to let us in with what its config var says, but it does not",
  remedy:
    'Where its credentials were just changed, the next look uses the new ones. If it lasts, check the config var.',
};
const busy: Known = {
  kind: 'retryable',
  says: "Expected an answer of the app's Postgres within 5 s, got none",
  remedy: 'It is asked again. If it lasts, see whether a migration holds a lock on the table: `heroku pg:locks`.',
};
const full: Known = {
  kind: 'retryable',
  says: "Expected the app's Postgres to have a connection left, but it has none",
  remedy: 'It is tried again. If it lasts, see who holds them: `heroku pg:ps`.',
};
const other: Known = {
  kind: 'fatal',
  says: 'Expected a table of the queue system as its own migrations make it, but a column is missing or of another kind',
  remedy: 'See whether its migrations were run, and whether there is a newer maint.',
};

const follower: Known = {
  kind: 'needs-human',
  says: 'Expected a database that can be written, got one that is only read: a follower, or one that has reached its limit',
  remedy: 'Name the config var of the database that the app writes to.',
};

/** By SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const KNOWN: Readonly<Record<string, Known>> = {
  '28P01': refused,
  '28000': refused,
  '3D000': refused,
  '57014': busy,
  '55P03': busy,
  '53300': full,
  '42P01': other,
  '42703': other,
  '42883': other,
  '42804': other,
  '42501': {
    kind: 'needs-human',
    says: 'Expected the database user to be allowed this, but it is not',
    remedy:
      'Name a config var whose user may read the tables of the queue system, and write them where it is to be paused.',
  },
  '25006': follower,
  '0A000': follower,
};

/** Whether the server said so itself, or we did of its answer: then the connection is as good as before. */
export function isAnswer(error: unknown): boolean {
  if (error instanceof Trouble) return true;
  // The server's last word before it closes the connection is of the class 57P: what was under way may have taken effect.
  return error instanceof DatabaseError && !error.code?.startsWith('57P');
}

function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' && /^\w{1,40}$/.test(error.code) ? error.code : null;
}

/** The client's own errors have no code. Their words are constant, but ours are as good, and stay so. */
function lost(error: unknown): string {
  const words = error instanceof Error ? error.message : '';
  if (/time-?out|timed out/i.test(words)) return 'no answer in time';
  if (/support SSL/.test(words)) return 'it does not speak TLS';
  return 'the connection was lost';
}
