// The one session that all processes of a worker's cells have with their database, in the shape of a PGlite: a query at a time, or
// a whole transaction. Of a real server it is one connection, on which a statement costs a third of what it costs in PGlite.
import type { PGliteDialectConfig } from 'kysely';
import pg from 'pg';

type Whole = Exclude<PGliteDialectConfig['pglite'], (...parts: never[]) => unknown>;
/** What is asked of either, and of a transaction of it. */
export type Session = Pick<Whole, 'query' | 'transaction'>;
export type Transaction = Parameters<Parameters<Session['transaction']>[0]>[0];

export interface OpenSession extends Session {
  close(): Promise<void>;
}

export async function connect(url: string): Promise<OpenSession> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const names = new Map<string, string>();
  /** Parsed and planned once: every cell asks the same few dozen things. */
  const ask: Session['query'] = async (text, values = []) => {
    const name = names.get(text) ?? `s${names.size}`;
    names.set(text, name);
    const { rows, rowCount, fields } = await client.query({ name, text, values });
    return { rows, fields, ...(rowCount === null ? {} : { affectedRows: rowCount }) };
  };
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  };
  return {
    query: (text, values) => inTurn(() => ask(text, values)),
    transaction: (work) =>
      inTurn(async () => {
        await client.query('begin');
        try {
          const answer = await work({
            query: ask,
            rollback: async () => {
              throw new Error('Expected a transaction of a cell to be rolled back by what it throws');
            },
          });
          await client.query('commit');
          return answer;
        } catch (error) {
          await client.query('rollback');
          throw error;
        }
      }),
    close: () => client.end(),
  };
}
