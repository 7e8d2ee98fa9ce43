// Against a real Postgres, with an app's sessions of our own.
import pg from 'pg';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { watchDatabase } from '../../../src/heroku/sensors/database.ts';
import type { DatabaseSeen } from '../../../src/heroku/sensors/sample.ts';
import { emptyPostgres, postgres } from '../../helpers/database.ts';
import { shop } from '../../helpers/engine.ts';
import { type Stage, stages } from '../steps/stage.ts';

const stageFor = stages();
const { missing } = postgres();
const nobody = { app: null, databaseUrl: null };

async function session(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'puma' });
  // Ended by the server when its database is dropped.
  client.on('error', () => {});
  await client.connect();
  onTestFinished(() => client.end().catch(() => {}));
  return client;
}

/** Its statistics arrive when it ends. */
async function once(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}

async function withDatabase() {
  const url = await emptyPostgres();
  await once(url, 'create table orders (id int); create table users (id int)');
  const stage = await stageFor(
    shop({ addons: [{ service: 'heroku-postgresql', as: 'DATABASE', config: { DATABASE_URL: url } }] }),
    { database: 'DATABASE_URL' },
  );
  const watch = watchDatabase(stage.heroku, nobody);
  const look = async (): Promise<DatabaseSeen & { is: 'read' }> => {
    const seen = await watch.look(stage.cx());
    if (seen?.is !== 'read') throw new Error(`Expected a look, got ${JSON.stringify(seen)}`);
    return seen;
  };
  return { url, stage, look };
}

describe.skipIf(missing !== null)("the app's Postgres", () => {
  // It takes transaction ids when it likes.
  beforeAll(async () => {
    const url = await emptyPostgres();
    await once(url, 'alter system set autovacuum = off');
    await once(url, 'select pg_reload_conf()');
  });

  it('stands still where nothing is written, however much is read, and looking moves nothing', async () => {
    const { url, look } = await withDatabase();
    const reader = await session(url);
    const first = await look();
    await reader.query('select count(*) from orders');
    for (let i = 0; i < 3; i += 1) expect(await look()).toEqual(first);
    expect(first).toMatchObject({ writing: [], prepared: 0, changed: [], follower: false, shared: null });
  });

  it('says which tables were written', async () => {
    const { url, look } = await withDatabase();
    const before = await look();
    await once(url, 'insert into orders select generate_series(1, 3); insert into users values (1)');
    await expect
      .poll(async () => (await look()).changed, { interval: 50 })
      .toEqual([
        { table: 'orders', rows: 3 },
        { table: 'users', rows: 1 },
      ]);
    expect(BigInt((await look()).xmax)).toBeGreaterThan(BigInt(before.xmax));
  });

  it('moves for what was rolled back too, and for what changes no table', async () => {
    const { url, look } = await withDatabase();
    const before = await look();
    await once(url, 'begin; insert into orders values (1); rollback');
    const then = await look();
    expect(BigInt(then.xmax)).toBeGreaterThan(BigInt(before.xmax));
    await once(url, 'create index on users (id)');
    expect(BigInt((await look()).xmax)).toBeGreaterThan(BigInt(then.xmax));
  });

  it('shows an open transaction that has written, and who has it; one that only reads is nothing', async () => {
    const { url, look } = await withDatabase();
    const client = await session(url);
    await client.query('begin; select 1 from orders');
    expect((await look()).writing).toEqual([]);
    await client.query('insert into orders values (1)');
    expect((await look()).writing).toEqual([{ pid: expect.any(Number), by: 'puma' }]);
    await client.query('rollback');
    expect((await look()).writing).toEqual([]);
  });

  it('does not repeat a name that a program gives itself, where it could be anything', async () => {
    const { url, look } = await withDatabase();
    const client = await session(url);
    await client.query("set application_name = 'token=s3cret; x'; begin; insert into orders values (1)");
    expect((await look()).writing).toEqual([{ pid: expect.any(Number), by: 'maint' }]);
  });

  it('holds nothing open between two looks', async () => {
    const { url, look } = await withDatabase();
    const client = await session(url);
    await look();
    const { rows } = await client.query("select 1 from pg_stat_activity where application_name = 'maint'");
    expect(rows).toEqual([]);
  });

  it('is unread when it is gone, and says so without its address', async () => {
    const { url, stage } = await withDatabase();
    const watch = watchDatabase(stage.heroku, nobody);
    expect((await watch.look(stage.cx()))?.is).toBe('read');
    await once(url.replace(/[^/]+$/, 'postgres'), `drop database "${url.split('/').at(-1)}" with (force)`);
    const seen = await watch.look(stage.cx());
    expect(seen).toMatchObject({ is: 'unread', why: expect.stringContaining('3D000') });
    expect(JSON.stringify(seen)).not.toMatch(/postgres:|127\.0\.0\.1|test/);
  });

  it('is shared where its add-on is attached to another app, or maint has it', async () => {
    const { url, stage } = await withDatabase();
    stage.world.addApp(shop({ name: 'billing' }));
    const [addon] = stage.world.addons;
    stage.world.attach('billing', { service: 'heroku-postgresql', name: addon?.name ?? '', as: 'SHOP_DATABASE' });
    expect(await watchDatabase(stage.heroku, nobody).look(stage.cx())).toMatchObject({ shared: 'billing' });
    const own = { app: null, databaseUrl: url };
    expect(await watchDatabase(stage.heroku, own).look(stage.cx())).toMatchObject({ shared: 'maint itself' });
  });
});

describe('a Postgres that was not opted in to', () => {
  const seen = async (stage: Stage) => watchDatabase(stage.heroku, nobody).look(stage.cx());

  it('is not opened, and no config var is read', async () => {
    const stage = await stageFor(
      shop({
        addons: [
          { service: 'heroku-postgresql', as: 'DATABASE', config: { DATABASE_URL: 'postgres://x@127.0.0.1:1/x' } },
        ],
      }),
    );
    expect(await seen(stage)).toEqual({ is: 'closed', variable: 'DATABASE_URL' });
    expect(stage.sandbox.requests.list().filter(({ path }) => path.includes('config'))).toEqual([]);
  });

  it('is nothing to speak of where the app has none', async () => {
    expect(await seen(await stageFor(shop()))).toBeNull();
  });
});

it('a config var that is not there makes it unread', async () => {
  const stage = await stageFor(shop(), { database: 'OTHER_URL' });
  expect(await watchDatabase(stage.heroku, nobody).look(stage.cx())).toMatchObject({
    is: 'unread',
    why: expect.stringContaining('OTHER_URL'),
  });
});
