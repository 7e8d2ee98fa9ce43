// A real Redis on a free port, in a directory of its own that keeps nothing; one for a test file, which ends it.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll } from 'vitest';
import { freePort } from './port.ts';

export interface RealRedis {
  /** Of the database that the tests look at. */
  readonly url: string;
  /** Another database of the same server, for what the tests and their jobs tell each other. */
  readonly aside: string;
  /** A connection of the test's own to `url`. */
  readonly client: Redis;
  /** Everything in it, and which keys expire. */
  dump(): Promise<readonly DumpedKey[]>;
  /** Empties it, and puts back what a dump had. */
  restore(dump: readonly DumpedKey[]): Promise<void>;
  empty(): Promise<void>;
}

export interface DumpedKey {
  readonly key: string;
  readonly type: string;
  /** Byte for byte, in base64. Of a hash or a set its parts, sorted: Redis changes their order when it likes, also for a read. */
  readonly value: readonly string[];
  readonly expires: boolean;
}

/** Null where there is no redis-server on this machine. Ended after the file's last test. */
export async function realRedis(): Promise<RealRedis | null> {
  if (spawnSync('redis-server', ['--version']).status !== 0) return null;
  const directory = await mkdtemp(join(tmpdir(), 'maint-redis-'));
  const { server, port } = await start(directory);
  const url = `redis://127.0.0.1:${port}/0`;
  const client = new Redis(url);
  afterAll(async () => {
    client.disconnect();
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGKILL');
    await gone;
    await rm(directory, { recursive: true, force: true });
  });
  return {
    url,
    aside: `redis://127.0.0.1:${port}/1`,
    client,
    dump: () => dump(client),
    restore: async (keys) => {
      await client.flushdb();
      for (const dumped of keys) await put(client, dumped);
    },
    empty: async () => {
      await client.flushall();
    },
  };
}

/** In place of one that is missing: so that the tests that are skipped can be listed, and counted as skipped. */
export const noRedis: RealRedis = {
  url: 'redis://127.0.0.1:1/0',
  aside: 'redis://127.0.0.1:1/1',
  client: new Redis({ lazyConnect: true, port: 1 }),
  dump: missing,
  restore: missing,
  empty: missing,
};

async function missing(): Promise<never> {
  throw new Error('Expected a redis-server on this machine, found none');
}

async function dump(client: Redis): Promise<DumpedKey[]> {
  const keys = (await client.keys('*')).sort();
  return await Promise.all(
    keys.map(async (key) => {
      const type = await client.type(key);
      const value = (await partsOf(client, key, type)).map((part) => part.toString('base64'));
      return { key, type, value, expires: (await client.pttl(key)) >= 0 };
    }),
  );
}

async function partsOf(client: Redis, key: string, type: string): Promise<Buffer[]> {
  if (type === 'set') return (await client.smembersBuffer(key)).sort(Buffer.compare);
  if (type !== 'hash') return [await client.dumpBuffer(key)];
  const fields = (await client.hkeysBuffer(key)).sort(Buffer.compare);
  const values = await Promise.all(
    fields.map(async (field) => (await client.hgetBuffer(key, field)) ?? Buffer.alloc(0)),
  );
  return fields.flatMap((field, at) => [field, values[at] ?? Buffer.alloc(0)]);
}

async function put(client: Redis, { key, type, value, expires }: DumpedKey): Promise<void> {
  const parts = value.map((part) => Buffer.from(part, 'base64'));
  if (type === 'set') await client.sadd(key, ...parts);
  else if (type === 'hash') await client.hset(key, ...parts);
  else await client.restore(key, 0, parts[0] ?? '');
  if (expires) await client.pexpire(key, 600_000);
}

/** Redis takes no port of the system's choice: a free one is looked for, and another where somebody was faster. */
async function start(directory: string): Promise<{ server: ChildProcess; port: number }> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const port = await freePort();
    const settings = { port, bind: '127.0.0.1', dir: directory, save: '', appendonly: 'no', databases: 4 };
    const server = spawn(
      'redis-server',
      Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    if (await ready(server)) return { server, port };
    server.kill('SIGKILL');
  }
  throw new Error('Expected a Redis to start, but it ended five times');
}

function ready(server: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    let said = '';
    server.stdout?.on('data', (data) => {
      said += String(data);
      if (said.includes('Ready to accept connections')) resolve(true);
    });
    server.once('exit', () => resolve(false));
  });
}
