// A database whose every statement passes a gate: a process dies before or after what it commits, a connection is cut, an
// answer lost. What PGlite does with a transaction that is not committed is PGlite's own.
import type { PGlite, Transaction } from '@electric-sql/pglite';
import { Kysely } from 'kysely';
import { SCHEMA } from '../../src/store/connection.ts';
import type { Database } from '../../src/store/database.ts';
import { YieldingPGliteDialect } from '../../src/store/pglite-dialect.ts';
import type { Tables } from '../../src/store/tables.ts';
import type { Gate } from './gate.ts';

/** Several of these, for several processes, work on one PGlite; closing one leaves it open. */
export function gatedDatabase(pglite: PGlite, gate: Gate | null): Database {
  const through = gate === null ? pglite : gated(pglite, gate);
  const base = new Kysely<Tables>({ dialect: new YieldingPGliteDialect({ pglite: through }) });
  return { kind: 'pglite', db: base.withSchema(SCHEMA), pglite, where: 'PGlite in memory', close: async () => {} };
}

function gated(pglite: PGlite, gate: Gate) {
  return {
    closed: false,
    ready: true,
    waitReady: Promise.resolve(),
    close: async () => {},
    query<T>(query: string, params?: unknown[], options?: object) {
      return gate.store(nameOf(query), query, isWrite(query), () => pglite.query<T>(query, params, options));
    },
    transaction<T>(work: (tx: Pick<Transaction, 'query' | 'rollback'>) => Promise<T>): Promise<T> {
      return gate.transaction((commit) =>
        pglite.transaction(async (tx) => {
          const answer = await work({
            // Nothing of it is there before it is committed, so none of these is a write yet.
            query: <R>(query: string, params?: unknown[], options?: object) =>
              gate.store(nameOf(query), query, false, () => tx.query<R>(query, params, options)),
            rollback: () => tx.rollback(),
          });
          commit();
          return answer;
        }),
      );
    },
  };
}

function isWrite(query: string): boolean {
  return !/^\s*select/i.test(query);
}

/** "update run", "select message". */
function nameOf(query: string): string {
  const verb = /^\s*(\w+)/.exec(query)?.[1] ?? '';
  const table = /"maint"\."(\w+)"/.exec(query)?.[1] ?? '';
  return `${verb.toLowerCase()} ${table}`.trim();
}
