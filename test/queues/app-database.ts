// An app's own Postgres with a queue system's tables in it, for tests: a database on the test file's server.
import { Client } from 'pg';
import { afterEach } from 'vitest';
import { emptyPostgres } from '../helpers/database.ts';
import type { Bed } from './contract.ts';

export interface AppDatabase {
  readonly url: string;
  readonly app: Client;
  run(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** One more connection of the app, as each of its processes has. */
  another(): Promise<Client>;
}

const opened: Client[] = [];
const free: string[] = [];
const taken: string[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((client) => client.end()));
  free.push(...taken.splice(0));
});

/** Making a database is slow: one that an earlier test has left is emptied. */
export async function appDatabase(tables: string): Promise<AppDatabase> {
  const used = free.pop();
  const url = used ?? (await emptyPostgres());
  taken.push(url);
  const another = async (): Promise<Client> => {
    const client = new Client({ connectionString: url });
    client.on('error', () => {});
    await client.connect();
    opened.push(client);
    return client;
  };
  const app = await another();
  if (used !== undefined) await app.query(EMPTIED);
  // Somebody's server may have any: what the adapters read must not hang on it.
  await app.query(
    `do $$ begin execute format('alter database %I set timezone = %L', current_database(), 'Asia/Tokyo'); end $$`,
  );
  await app.query(`set timezone = 'Asia/Tokyo'`);
  await app.query(tables);
  return { url, app, another, run: async (text, values = []) => (await app.query(text, [...values])).rows };
}

/** Whoever is still there may hold locks. */
const EMPTIED = `do $$ declare name text; begin
  perform pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid();
  for name in select nspname from pg_namespace where nspname !~ '^(pg_|information_schema)' loop
    execute format('drop schema %I cascade', name);
  end loop;
  execute format('alter database %I reset all', current_database());
  create schema public;
  grant usage on schema public to public;
end $$; set search_path = "$user", public`;

/** Rails keeps times in UTC in a column without a zone. */
export const UTC = `(now() at time zone 'utc')`;

/** The app's database as the contract of all queue systems wants it. */
export function bedOf<D extends AppDatabase>(database: D): D & Bed {
  return { ...database, dump: () => dump(database), [Symbol.asyncDispose]: async () => {} };
}

/** Everything in the database, to compare before and after. */
export async function dump({ run }: AppDatabase): Promise<string> {
  const tables = await run(
    `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
  );
  const all: unknown[] = [];
  for (const { name } of tables) {
    all.push([name, await run(`select to_jsonb(t)::text as row from ${String(name)} t order by 1`)]);
  }
  return JSON.stringify(all);
}
