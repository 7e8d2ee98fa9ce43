// A database whose every statement passes a gate: a process dies before or after what it commits, a connection is cut, an
// answer lost. What becomes of a transaction that is not committed is the database's own.
import { Kysely } from 'kysely';
import { SCHEMA } from '../../src/store/connection.ts';
import type { Database } from '../../src/store/database.ts';
import { YieldingPGliteDialect } from '../../src/store/pglite-dialect.ts';
import type { Tables } from '../../src/store/tables.ts';
import type { Gate } from './gate.ts';
import type { Session, Transaction } from './session.ts';

/** Several of these, for several processes, work on one session; closing one leaves it open. */
export function gatedDatabase(session: Session, gate: Gate | null): Pick<Database, 'db' | 'close'> {
  const through = { closed: false, ready: true, waitReady: Promise.resolve(), close: async () => {} };
  const asked = gate === null ? asItIs(session) : gated(session, gate);
  const base = new Kysely<Tables>({ dialect: new YieldingPGliteDialect({ pglite: { ...through, ...asked } }) });
  return { db: base.withSchema(SCHEMA), close: async () => {} };
}

function asItIs(session: Session): Session {
  return {
    query: (query, params, options) => session.query(query, params, options),
    transaction: (work) => session.transaction(work),
  };
}

function gated(session: Session, gate: Gate): Session {
  return {
    query<T>(query: string, params?: unknown[], options?: object) {
      return gate.store(nameOf(query), query, isWrite(query), () => session.query<T>(query, params, options));
    },
    transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
      return gate.transaction((commit) =>
        session.transaction(async (tx) => {
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
