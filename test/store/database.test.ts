import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { silentLog } from '../../src/log.ts';
import { connectionOf } from '../../src/store/connection.ts';
import { openDatabase } from '../../src/store/database.ts';
import { spends } from '../../src/store/pool.ts';
import { openStore } from '../../src/store/store.ts';
import { startWakes } from '../../src/store/wakes.ts';
import { emptyPostgres, onEveryDatabase, postgres } from '../helpers/database.ts';
import { PATIENCE } from '../helpers/patience.ts';
import { freshStore, noon, requested, there } from './fixtures.ts';

onEveryDatabase('A database', (databases) => {
  const at = freshStore(databases);

  test('answers, says where it is, and has its schema', async () => {
    await at.store.ping();
    expect(at.database.where).toContain(databases.name);
    const { rows } = await sql<{ name: string }>`select name from maint.kysely_migration order by name`.execute(
      at.database.db,
    );
    expect(rows).toEqual([
      { name: '001-runs' },
      { name: '002-audit' },
      { name: '003-heard' },
      { name: '004-settings' },
      { name: '005-output' },
      { name: '006-windows' },
      { name: '007-truncate' },
    ]);
  });

  test('lets timers and requests have their turn between queries', async () => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    for (let i = 0; i < 200; i += 1) await at.store.ping();
    const during = turns;
    clearInterval(timer);
    expect(during).toBeGreaterThan(3);
  });

  test('a transaction sees nothing of the queries beside it, nor they of it', async () => {
    await at.store.create(requested('run-1'));
    const began = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const failing = at.database.db.transaction().execute(async (tx) => {
      await tx.updateTable('run').set({ app_name: 'changed' }).execute();
      began.resolve();
      await gate.promise;
      throw new Error('rolled back');
    });
    await began.promise;
    const beside = at.store.load('run-1');
    const second = at.store.create(requested('run-2', { app: { id: 'app-2', name: 'api' } }));
    await new Promise((resolve) => setImmediate(resolve));
    gate.resolve();
    await expect(failing).rejects.toThrow('rolled back');
    expect((await beside)?.app.name).toBe('shop');
    expect((await second).is).toBe('created');
    expect(await at.store.unfinished()).toHaveLength(2);
  });
});

describe.skipIf(postgres().missing !== null)('A Postgres server', () => {
  test('is given its schema once by processes that start at the same time', async () => {
    const url = await emptyPostgres();
    const opened = await Promise.all(Array.from({ length: 3 }, () => openDatabase({ url, dataDir: '' })));
    const stores = opened.map(openStore);
    const { promise: driven, resolve } = Promise.withResolvers<string>();
    const wakes = await Promise.all(
      opened.map((database, i) =>
        startWakes({
          database,
          store: there(stores[i]),
          clock: systemClock,
          drive: async (runId) => resolve(runId),
          log: silentLog,
        }),
      ),
    );
    await stores[0]?.create(requested('run-1'));
    expect(await driven).toBe('run-1');
    for (const each of wakes) await each.close();
    expect((await stores[2]?.load('run-1'))?.id).toBe('run-1');
    await Promise.all(opened.map((database) => database.close()));
    const again = await openDatabase({ url, dataDir: '' });
    expect((await openStore(again).load('run-1'))?.askedAt).toBe(noon);
    await again.close();
  });

  test('that breaks its connections is asked again on new ones', async () => {
    const url = await emptyPostgres();
    const database = await openDatabase({ url, dataDir: '' });
    const store = openStore(database);
    await store.create(requested('run-1'));
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`.execute(database.db);
    await expect(sql`select pg_terminate_backend(pg_backend_pid())`.execute(database.db)).rejects.toThrow();
    await vi.waitFor(async () => expect((await store.load('run-1'))?.id).toBe('run-1'), PATIENCE);
    await database.close();
  });

  test('that was read-only for a while is written to again, on connections that do not remember it', async () => {
    const url = await emptyPostgres();
    const database = await openDatabase({ url, dataDir: '' });
    const store = openStore(database);
    await store.create(requested('run-1'));
    const name = new URL(url).pathname.slice(1);
    await sql.raw(`alter database "${name}" set default_transaction_read_only = on`).execute(database.db);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`.execute(database.db);
    await expect(sql`select pg_terminate_backend(pg_backend_pid())`.execute(database.db)).rejects.toThrow();
    // On several connections at once, as many processes' worth of work would.
    const writes = () =>
      Promise.allSettled(Array.from({ length: 8 }, (_, i) => store.claimTelling('run-1', `t${i}`, 1)));
    await vi.waitFor(
      async () =>
        expect((await writes()).map((one) => String('reason' in one && one.reason))).toEqual(
          Array(8).fill(expect.stringContaining('read-only')),
        ),
      PATIENCE,
    );
    const admin = new pg.Client({ connectionString: url.replace(name, 'postgres') });
    await admin.connect();
    await admin.query(`alter database "${name}" reset default_transaction_read_only`);
    await admin.end();
    // One try for each connection of the pool at most.
    await vi.waitFor(async () => expect(await store.takeLease('run-1', 'here')).not.toBeNull(), PATIENCE);
    await database.close();
  });

  test.each([
    ['says what is wrong with the query', { code: '23505', severity: 'ERROR' }, false],
    ['was read-only when it began', { code: '25006', severity: 'ERROR' }, true],
    ['is being shut down', { code: '57P01', severity: 'FATAL' }, true],
    ['does not answer in time', {}, true],
  ])('a connection that %s is closed or used again: %o', (_, fields, spent) => {
    expect(spends(Object.assign(new Error('Query read timeout'), fields))).toBe(spent);
  });

  test('that is not there is an error, not a wait', async () => {
    await expect(openDatabase({ url: 'postgres://u:secret@127.0.0.1:1/x', dataDir: '' })).rejects.toThrow();
  });
});

describe('A directory', () => {
  test('keeps what a process stored, and lets that process end by itself', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'maint-data-'));
    try {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'process.ts'), directory], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      expect(await once(child, 'exit')).toEqual([0, null]);
      await chmod(directory, 0o755);
      const database = await openDatabase({ url: null, dataDir: directory });
      expect((await stat(directory)).mode & 0o777).toBe(0o700);
      await expect(openDatabase({ url: null, dataDir: directory })).rejects.toThrow(`process ${process.pid} uses it`);
      expect(there(await openStore(database).load('run-1'))).toMatchObject({ seq: 1, askedAt: noon });
      await database.close();
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  test('that a dead process left is free at once: nobody waits until its leases have run out', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'maint-data-'));
    try {
      const first = await openDatabase({ url: null, dataDir: directory });
      const store = openStore(first);
      await store.create(requested('run-1'));
      await store.takeLease('run-1', 'the first');
      await store.claimTelling('run-1', 'the first', 15_000);
      // Without giving anything back, as `kill -9` would.
      await first.close();
      const second = await openDatabase({ url: null, dataDir: directory });
      const next = openStore(second);
      expect(await next.due(noon)).toEqual(['run-1']);
      expect(await next.untold()).toEqual(['run-1']);
      expect(await next.takeLease('run-1', 'the second')).toMatchObject({ epoch: 2 });
      await second.close();
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  test('of somebody else, or of everybody, is refused and nothing is written into it', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'maint-data-'));
    try {
      const shared = join(parent, 'shared');
      await mkdir(shared);
      await chmod(shared, 0o1777);
      await expect(openDatabase({ url: null, dataDir: shared })).rejects.toThrow('that many users share');
      expect(await readdir(shared)).toEqual([]);
      expect((await stat(shared)).mode & 0o777).toBe(0o777);

      const foreign = process.getuid?.() === 0 ? join(parent, 'foreign') : '/';
      if (foreign !== '/') {
        await mkdir(foreign);
        await chown(foreign, 65_534, 65_534);
      }
      await expect(openDatabase({ url: null, dataDir: foreign })).rejects.toThrow(/belongs to uid \d+.*MAINT_DATA_DIR/);
    } finally {
      await rm(parent, { recursive: true, force: true });
    }
  });
});

describe('The url of a Postgres server', () => {
  test('is taken apart, with its percent-encoding', () => {
    expect(connectionOf('postgres://us%40er:p%2Fw@db.example:6432/name')).toMatchObject({
      host: 'db.example',
      port: 6432,
      user: 'us@er',
      password: 'p/w',
      database: 'name',
    });
  });

  test.each([
    ['postgres://u:p@ec2.compute.example/d', { rejectUnauthorized: false }],
    ['postgres://u:p@ec2.compute.example/d?sslmode=require', { rejectUnauthorized: false }],
    ['postgres://u:p@ec2.compute.example/d?sslmode=verify-full', true],
    ['postgres://u:p@ec2.compute.example/d?sslmode=disable', false],
    ['postgres://u:p@localhost/d', false],
    ['postgresql://u:p@[::1]:5432/d', false],
    ['postgres://u:p@127.0.0.1/d?sslmode=require', { rejectUnauthorized: false }],
    ['postgres:///d?host=/var/run/postgresql', false],
    ['postgres://u:p@localhost/d?sslmode=prefer', false],
    ['postgres://u:p@ec2.compute.example/d?sslmode=allow', { rejectUnauthorized: false }],
    ['postgres://u:p@localhost/d?sslmode=no-verify', { rejectUnauthorized: false }],
  ])('encrypts to other machines, as Heroku Postgres needs it: %s', (url, ssl) => {
    expect(connectionOf(url).ssl).toEqual(ssl);
  });

  test('with an unknown sslmode is refused, for it would not be kept', () => {
    for (const mode of ['verify_full', 'REQUIRE', '']) {
      expect(() => connectionOf(`postgres://u:secret@db.example/d?sslmode=${mode}`)).toThrow(
        `Expected sslmode in DATABASE_URL to be one of disable, allow, prefer, require, no-verify, verify-ca, verify-full, got "${mode}".`,
      );
    }
  });

  test('with a root certificate verifies against it, and is refused where it cannot', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'maint-root-'));
    try {
      const root = join(directory, 'root.pem');
      const url = (mode: string, file = root) =>
        `postgres://u:secret@db.example/d?sslrootcert=${encodeURIComponent(file)}${mode}`;
      expect(() => connectionOf(url(''))).toThrow(/sslrootcert .*root.pem": ENOENT/);
      await writeFile(root, 'no certificate');
      expect(() => connectionOf(url(''))).toThrow(/PEM form .*found none/);
      const pem = '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n';
      await writeFile(root, pem);
      for (const mode of ['', '&sslmode=require', '&sslmode=verify-full']) {
        expect(connectionOf(url(mode)).ssl).toEqual({ ca: pem, rejectUnauthorized: true });
      }
      expect(connectionOf(url('&sslmode=verify-full', 'system')).ssl).toMatchObject({ rejectUnauthorized: true });
      for (const mode of ['disable', 'no-verify']) {
        expect(() => connectionOf(url(`&sslmode=${mode}`))).toThrow(`got sslmode=${mode}. Leave one of the two out.`);
      }
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test.each(['mysql://u:secret@h/d', 'u:secret@h/d', 'postgres://u:sec ret%@[h/d'])(
    'I8: that is none is refused without being repeated: %s',
    (url) => {
      expect(() => connectionOf(url)).toThrow(/^Expected DATABASE_URL to look like postgres:/);
      expect(() => connectionOf(url)).not.toThrow(/sec ?ret/);
    },
  );
});

test('a directory whose database was never finished being made is put aside, and made anew', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'maint-unfinished-'));
  await mkdir(join(dataDir, 'db'), { recursive: true, mode: 0o700 });
  await writeFile(join(dataDir, 'db', 'PG_VERSION'), '18\n');
  await chmod(dataDir, 0o700);
  const database = await openDatabase({ url: null, dataDir });
  await sql`select 1`.execute(database.db);
  await database.close();
  expect((await readdir(dataDir)).some((name) => name.startsWith('db.unfinished-'))).toBe(true);
  await rm(dataDir, { recursive: true });
});
