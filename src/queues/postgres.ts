// The one way to an app's own Postgres: a connection for one look or one write, with time-outs, that changes nothing unless a
// write is asked for. What is asked is the queue systems' affair, and the sensor's of the app's database.
import { Socket } from 'node:net';
import { Client, type ClientConfig } from 'pg';
import type { z } from 'zod';
import { Trouble } from '../errors.ts';
import { failed, isAnswer, notLikeThat, notPostgres, stopped } from './postgres-trouble.ts';
import type { Source } from './queue.ts';

/** Asks one thing; each row is held against the schema. `text` takes `$1`, `$2` … from `values`. */
export type Sql = <S extends z.ZodType>(row: S, text: string, values?: readonly unknown[]) => Promise<z.output<S>[]>;

export interface Postgres extends AsyncDisposable {
  /**
   * Everything that is asked inside is of one moment, so that a job on its way from waiting to running is not missed between
   * two statements. `now()` is that moment by the server's clock, and its time zone is UTC: systems that keep times without
   * a zone keep them in UTC, so `now() - created_at` is right for both kinds of column.
   */
  read<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** All of it, or nothing. Fails as `unclear` where the connection broke. */
  write<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
}

type Address = Pick<Source, 'url' | 'signal'>;

/** Milliseconds; the last is for a server that does not answer at all, and longer than its own. */
const CONNECT_MS = 5_000;
const STATEMENT_MS = 5_000;
const ANSWER_MS = 7_000;
const CLOSE_MS = 1_000;

// Set for the transaction, not for the connection: behind a PgBouncer a connection's settings stay for whoever has it next, and
// one asked for while connecting is refused.
const LOCAL = `set local statement_timeout = ${STATEMENT_MS}; set local timezone = 'UTC'`;
const READ = `begin isolation level repeatable read, read only; ${LOCAL}`;
const WRITE = `begin isolation level read committed, read write; ${LOCAL}`;

/** Connects, looks once, and closes. Throws Trouble. */
export async function withPostgres<T>(source: Address, work: (sql: Sql) => Promise<T>): Promise<T> {
  await using postgres = await connect(source);
  return await postgres.read(work);
}

/** Throws Trouble that names no address, no user and no password. */
export async function connect({ url, signal }: Address): Promise<Postgres> {
  if (signal.aborted) throw stopped(false);
  // Ours, so that it can be broken off at any moment: the client's own end waits for the server while it connects.
  const socket = new Socket();
  const client = clientOf(url, socket);
  // An error that nobody listens to ends the process; whoever asks next is told.
  client.on('error', () => {});
  const breakOff = (): void => void socket.destroy();
  signal.addEventListener('abort', breakOff);

  const close = async (): Promise<void> => {
    signal.removeEventListener('abort', breakOff);
    const late = setTimeout(breakOff, CLOSE_MS);
    await client.end().catch(() => {});
    clearTimeout(late);
    breakOff();
  };

  const attempt = async <T>(writing: boolean, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted) throw stopped(writing);
      if (error instanceof Trouble) throw error;
      throw failed(error, writing);
    }
  };

  const sql: Sql = async (row, text, values = []) => {
    const { rows } = await client.query(text, [...values]);
    return rows.map((each: unknown) => {
      const result = row.safeParse(each);
      if (result.success) return result.data;
      throw notLikeThat(result.error);
    });
  };

  const transaction = <T>(begin: string, writing: boolean, work: (sql: Sql) => Promise<T>): Promise<T> =>
    attempt(writing, async () => {
      if (signal.aborted) throw stopped(false);
      await client.query(begin);
      try {
        const result = await work(sql);
        await client.query('commit');
        return result;
      } catch (error) {
        // A server that did not answer would not answer this either; its end of the connection takes everything back.
        if (isAnswer(error)) await client.query('rollback').catch(breakOff);
        else breakOff();
        throw error;
      }
    });

  try {
    await attempt(false, () => client.connect());
  } catch (error) {
    await close();
    throw error;
  }
  return {
    read: (work) => transaction(READ, false, work),
    write: (work) => transaction(WRITE, true, work),
    [Symbol.asyncDispose]: close,
  };
}

function clientOf(url: string, socket: Socket): Client {
  try {
    return new Client({ ...configOf(url), stream: () => socket });
  } catch (error) {
    // The client's own words may quote what it was given.
    throw error instanceof Trouble ? error : notPostgres();
  }
}

function configOf(url: string): ClientConfig {
  if (!URL.canParse(url)) throw notPostgres();
  const parsed = new URL(url);
  const host = decoded(parsed.hostname).replace(/^\[|\]$/g, '');
  if (!['postgres:', 'postgresql:'].includes(parsed.protocol) || host === '') throw notPostgres();
  const password = decoded(parsed.password);
  return {
    host,
    port: parsed.port === '' ? 5432 : Number(parsed.port),
    ...(parsed.username === '' ? {} : { user: decoded(parsed.username) }),
    ...(parsed.pathname.length < 2 ? {} : { database: decoded(parsed.pathname.slice(1)) }),
    // As a function, or where it is empty the client would send maint's own PGPASSWORD to somebody else's server.
    password: () => password,
    ssl: tls(host, parsed.searchParams.get('sslmode')),
    application_name: 'maint',
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
  };
}

/**
 * Heroku Postgres refuses connections without TLS and presents a certificate that it signed itself: encrypted, then, but not
 * verified, outside this machine. Whoever stands between could read along. A url that asks for verification gets it.
 */
function tls(host: string, mode: string | null): ClientConfig['ssl'] {
  if (mode === 'disable') return false;
  if (mode === 'verify-ca' || mode === 'verify-full') return true;
  const here = host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
  return here && mode !== 'require' && mode !== 'no-verify' ? false : { rejectUnauthorized: false };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw notPostgres();
  }
}
