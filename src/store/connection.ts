// How to connect to a Postgres server, from its url: TLS as Heroku Postgres needs it, and time-outs, so that a server or a
// network that has gone quiet shows as an error.
import { readFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import type { ClientConfig } from 'pg';

/** maint's own tables; pg-boss has a schema beside it. */
export const SCHEMA = 'maint';

/**
 * Throws for what is not a url of a Postgres server, and for a TLS setting that would not be kept; the message does not
 * repeat the url, for it holds a password (I8).
 */
export function connectionOf(url: string): ClientConfig {
  if (!URL.canParse(url)) throw notPostgres();
  const parsed = new URL(url);
  if (parsed.protocol !== 'postgres:' && parsed.protocol !== 'postgresql:') throw notPostgres();
  const socket = parsed.searchParams.get('host');
  const host = socket ?? decodeURIComponent(parsed.hostname).replace(/^\[|\]$/g, '');
  const password = decodeURIComponent(parsed.password);
  return {
    ...(host === '' ? {} : { host }),
    ...(parsed.port === '' ? {} : { port: Number(parsed.port) }),
    ...(parsed.username === '' ? {} : { user: decodeURIComponent(parsed.username) }),
    ...(password === '' ? {} : { password }),
    ...(parsed.pathname.length < 2 ? {} : { database: decodeURIComponent(parsed.pathname.slice(1)) }),
    ssl: tls(host, parsed.searchParams.get('sslmode'), parsed.searchParams.get('sslrootcert')),
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

/** libpq's, and `no-verify` of Node's `pg`. */
const modes = ['disable', 'allow', 'prefer', 'require', 'no-verify', 'verify-ca', 'verify-full'];

/**
 * Heroku Postgres refuses connections without TLS and presents a certificate that it signed itself, so it is encrypted
 * but not verified, unless the url asks for verification: by the mode, or, as libpq has it, by naming a root certificate.
 */
function tls(host: string, mode: string | null, root: string | null): ClientConfig['ssl'] {
  if (mode !== null && !modes.includes(mode)) {
    throw new Error(
      `Expected sslmode in DATABASE_URL to be one of ${modes.join(', ')}, got ${JSON.stringify(mode.slice(0, 40))}.`,
    );
  }
  if (root !== null) {
    if (mode === 'disable' || mode === 'no-verify') {
      throw new Error(
        `Expected sslrootcert in DATABASE_URL to go with a verified connection, got sslmode=${mode}. Leave one of the two out.`,
      );
    }
    return { ca: certificates(root), rejectUnauthorized: true };
  }
  if (mode === 'verify-ca' || mode === 'verify-full') return true;
  if (mode === 'disable') return false;
  const here = host === '' || host.startsWith('/') || ['localhost', '127.0.0.1', '::1'].includes(host);
  const chosen = mode === 'require' || mode === 'no-verify';
  return here && !chosen ? false : { rejectUnauthorized: false };
}

/** A file of them, or `system`: those that this machine trusts. */
function certificates(root: string): string | string[] {
  if (root === 'system') return getCACertificates('system');
  let text: string;
  try {
    text = readFileSync(root, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? error.code : 'it cannot be read';
    throw new Error(
      `Expected sslrootcert in DATABASE_URL to be a file of certificates, or system; ${JSON.stringify(root)}: ${why}.`,
    );
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new Error(
    `Expected a certificate in PEM form in ${JSON.stringify(root)}, the sslrootcert of DATABASE_URL, found none.`,
  );
}

function notPostgres(): Error {
  return new Error(
    'Expected DATABASE_URL to look like postgres://user:password@host:5432/database, got something else. ' +
      'Special characters in the user name or password must be percent-encoded.',
  );
}
