// Connections to a server, as the queries get them: one that has shown that it is no good for the next query is closed
// and not given back, so that after an outage maint goes on with fresh ones.
import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type pg from 'pg';

/** Kysely's view of the pool. */
export function sifting(pool: pg.Pool): PostgresPool {
  return {
    options: pool.options,
    connect: async () => new Sifted(await pool.connect()),
    end: () => pool.end(),
  };
}

class Sifted implements PostgresPoolClient {
  readonly #client: PostgresPoolClient;
  #spent = false;

  constructor(client: PostgresPoolClient) {
    this.#client = client;
  }

  query<R>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(
    what: string | PostgresCursor<R>,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof what !== 'string') return this.#client.query(what);
    return this.#asked(this.#client.query<R>(what, parameters));
  }

  async #asked<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      this.#spent ||= spends(error);
      throw error;
    }
  }

  release(destroy = false): void {
    this.#client.release(destroy || this.#spent);
  }
}

/**
 * Whether a connection is no good any more after this error. Only what the server says about the query itself leaves it
 * as it was: after a time-out on this side the query is still running in it; and a session that began while the database
 * was read-only (25006) stays so when the database no longer is.
 */
export function spends(error: unknown): boolean {
  const code =
    typeof error === 'object' && error !== null && 'severity' in error && 'code' in error ? error.code : null;
  if (typeof code !== 'string') return true;
  return code === '25006' || ['08', '53', '57', '58', 'XX'].includes(code.slice(0, 2));
}
