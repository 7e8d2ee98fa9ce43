// A database with a queue system's tables in it that the tests of a file share, each of which finds it empty: to install the
// tables takes a second, to empty them does not.
import { Client } from 'pg';
import { afterAll } from 'vitest';
import { type AppDatabase, bedOf } from './app-database.ts';
import type { Bed } from './contract.ts';

/** `install` gives the url; `empty` also puts right what a test has spoilt. Ready when it is first asked for. */
export function sharedPostgres(install: () => Promise<string>, empty: string): () => Promise<AppDatabase & Bed> {
  const opened: Client[] = [];
  let installed: Promise<AppDatabase> | null = null;

  const connected = async (): Promise<AppDatabase> => {
    const url = await install();
    const another = async (): Promise<Client> => {
      const client = new Client({ connectionString: url });
      client.on('error', () => {});
      await client.connect();
      opened.push(client);
      return client;
    };
    const app = await another();
    const run = async (text: string, values: readonly unknown[] = []) => (await app.query(text, [...values])).rows;
    return { url, app, another, run };
  };

  afterAll(async () => {
    for (const client of opened) await client.end();
  });

  return async () => {
    installed ??= connected();
    const database = await installed;
    await database.run(empty);
    return bedOf(database);
  };
}
