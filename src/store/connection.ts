// How to connect to a Postgres server, from its url: TLS as Heroku Postgres needs it, and time-outs, so that a server or a
// network that has gone quiet shows as an error.
import type { ClientConfig } from 'pg';

/** maint's own tables; pg-boss has a schema beside it. */
export const SCHEMA = 'maint';

/** Throws for what is not a url of a Postgres server; the message does not repeat it, for it holds a password (I8). */
export function connectionOf(url: string): ClientConfig {
  if (!URL.canParse(url)) throw notPostgres();
  const parsed = new URL(url);
  if (parsed.protocol !== 'postgres:' && parsed.protocol !== 'postgresql:') throw notPostgres();
  const socket = parsed.searchParams.get('host');
  const host = socket ?? decodeURIComponent(parsed.hostname).replace(/^\[|\]$/g, '');
  const mode = parsed.searchParams.get('sslmode');
  const password = decodeURIComponent(parsed.password);
  return {
    ...(host === '' ? {} : { host }),
    ...(parsed.port === '' ? {} : { port: Number(parsed.port) }),
    ...(parsed.username === '' ? {} : { user: decodeURIComponent(parsed.username) }),
    ...(password === '' ? {} : { password }),
    ...(parsed.pathname.length < 2 ? {} : { database: decodeURIComponent(parsed.pathname.slice(1)) }),
    ssl: tls(host, mode),
    application_name: 'maint',
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
    /** On this side, for a server that does not answer at all. */
    query_timeout: 15_000,
    /** A process that hangs in the middle of a transaction would keep a run locked for everybody. */
    idle_in_transaction_session_timeout: 10_000,
  };
}

/**
 * Heroku Postgres refuses connections without TLS and presents a certificate that it signed itself, so it is encrypted
 * but not verified, unless the url asks for verification.
 */
function tls(host: string, mode: string | null): ClientConfig['ssl'] {
  if (mode === 'verify-ca' || mode === 'verify-full') return true;
  if (mode === 'disable') return false;
  const here = host === '' || host.startsWith('/') || ['localhost', '127.0.0.1', '::1'].includes(host);
  return here && mode === null ? false : { rejectUnauthorized: false };
}

function notPostgres(): Error {
  return new Error(
    'Expected DATABASE_URL to look like postgres://user:password@host:5432/database, got something else. ' +
      'Special characters in the user name or password must be percent-encoded.',
  );
}
