import { describe, expect, it } from 'vitest';
import { que } from '../../src/queues/que.ts';
import type { QueueOptions, Reading } from '../../src/queues/queue.ts';
import { postgres } from '../helpers/database.ts';
import { type AppDatabase, appDatabase, bedOf, dump } from './app-database.ts';
import { noJobs, queueContract } from './contract.ts';
import { sourceOf } from './source.ts';

// As the migrations of Que 1 and 2 make it, without what nobody here asks of it.
const TABLES = `
  create table que_jobs (priority smallint not null default 100, run_at timestamptz not null default now(), id bigserial primary key,
    job_class text not null, error_count integer not null default 0, last_error_message text, queue text not null default 'default',
    last_error_backtrace text, finished_at timestamptz, expired_at timestamptz, args jsonb not null default '[]',
    data jsonb not null default '{}', job_schema_version integer not null default 2, kwargs jsonb not null default '{}');`;

/** An app and one worker process of it, with its one connection that holds the locks. */
async function app() {
  const database = await appDatabase(TABLES);
  const { run } = database;
  const locker = await database.another();
  return {
    ...database,
    locker,
    async enqueue(queue = 'default', inSeconds = 0): Promise<string> {
      const [row] = await run(
        `insert into que_jobs (job_class, queue, run_at) values ('ReportJob', $1, now() + make_interval(secs => $2)) returning id`,
        [queue, inSeconds],
      );
      return String(row?.['id']);
    },
    lock: (id: string) => locker.query('select pg_try_advisory_lock($1::bigint)', [id]),
    unlock: (id: string) => locker.query('select pg_advisory_unlock($1::bigint)', [id]),
    /** A job that is done deletes itself; only then its lock is given back. */
    destroy: (id: string) => run('delete from que_jobs where id = $1', [id]),
    fail: (id: string) =>
      run(`update que_jobs set error_count = error_count + 1, run_at = now() + interval '4 s' where id = $1`, [id]),
    expire: (id: string) => run('update que_jobs set expired_at = now() where id = $1', [id]),
  };
}

async function read({ url }: AppDatabase, options: QueueOptions = {}): Promise<Reading> {
  await using queue = await que.open(sourceOf(url, options));
  return await queue.read();
}

queueContract(
  que,
  async () => {
    const shop = await app();
    await shop.lock(await shop.enqueue());
    await shop.enqueue();
    await shop.enqueue('mailers');
    await shop.enqueue('default', 3_600);
    return bedOf(shop);
  },
  {
    skip: postgres().missing !== null,
    withoutPause: true,
    garbage: {
      'a column of another kind': ({ run }) => run('alter table que_jobs alter column id type text'),
      'a column that is gone': ({ run }) => run('alter table que_jobs drop column finished_at'),
      'a table that is gone': ({ run }) => run('drop table que_jobs'),
    },
  },
);

describe.skipIf(postgres().missing !== null)('Que', () => {
  it('has nothing to say of an app without jobs', async () => {
    expect(await read(await app())).toEqual(noJobs);
  });

  it('says since when the oldest that waits is due', async () => {
    const shop = await app();
    await shop.enqueue('default', -100);
    await shop.enqueue('default', 3_600);
    await shop.enqueue('mailers', -1);
    const { waiting } = await read(shop);
    expect(waiting?.ageMs).toBeGreaterThanOrEqual(90_000);
    expect(waiting?.ageMs).toBeLessThan(600_000);
    expect((await read(shop, { queues: ['mailers'] })).waiting?.ageMs).toBeLessThan(90_000);
  });

  it('follows jobs from waiting to running to done, failed or to be tried again', async () => {
    const shop = await app();
    const first = await shop.enqueue();
    const second = await shop.enqueue('mailers');
    await shop.enqueue('mailers');
    await shop.enqueue('mailers', 3_600);
    expect(await read(shop)).toMatchObject({
      queues: [
        { name: 'default', queued: 1 },
        { name: 'mailers', queued: 2 },
      ],
      queued: 3,
      later: 1,
      running: 0,
      doubt: null,
    });
    await shop.lock(first);
    await shop.lock(second);
    expect(await read(shop)).toMatchObject({
      queued: 1,
      running: 2,
      oldest: null,
      doubt: expect.stringContaining('does not say since when'),
    });
    await shop.destroy(first);
    await shop.unlock(first);
    expect(await read(shop)).toMatchObject({ running: 1 });
    await shop.fail(second);
    await shop.unlock(second);
    expect(await read(shop)).toMatchObject({ queued: 1, later: 2, running: 0, failed: 1, doubt: null });
    await shop.expire(second);
    expect(await read(shop)).toMatchObject({ queued: 1, later: 1, failed: 1 });
  });

  it('lets go of the jobs of a worker that died', async () => {
    const shop = await app();
    await shop.lock(await shop.enqueue());
    await shop.locker.end();
    await expect.poll(() => read(shop)).toMatchObject({ queued: 1, running: 0 });
  });

  it('knows a job by its whole id, beyond what fits into 32 bits', async () => {
    const shop = await app();
    const big = '8589934599';
    await shop.run(`insert into que_jobs (id, job_class) values ($1, 'ReportJob'), (7, 'ReportJob')`, [big]);
    await shop.lock(big);
    expect(await read(shop)).toMatchObject({ queued: 1, running: 1 });
  });

  it('does not take other locks for jobs: pairs of numbers, other databases', async () => {
    const shop = await app();
    const other = await appDatabase(TABLES);
    const id = await shop.enqueue();
    await shop.locker.query('select pg_advisory_lock(0, $1::int)', [id]);
    await other.app.query('select pg_advisory_lock($1::bigint)', [id]);
    expect(await read(shop)).toMatchObject({ queued: 1, running: 0 });
  });

  it('speaks of the named queues alone', async () => {
    const shop = await app();
    await shop.lock(await shop.enqueue());
    await shop.enqueue('mailers');
    expect(await read(shop, { queues: ['mailers'] })).toMatchObject({ queued: 1, running: 0 });
  });

  it('cannot be paused from outside', async () => {
    const shop = await app();
    await using queue = await que.open(sourceOf(shop.url));
    expect(queue.intake).toBeNull();
  });

  it('changes nothing by looking', async () => {
    const shop = await app();
    await shop.lock(await shop.enqueue());
    const before = await dump(shop);
    await read(shop);
    expect(await dump(shop)).toBe(before);
  });

  it('says which table it looked for where there is none', async () => {
    const empty = await appDatabase('select 1');
    await expect(read(empty)).rejects.toMatchObject({ kind: 'fatal', message: expect.stringContaining('que_jobs') });
  });

  it('says so where the table is that of a version before 1', async () => {
    const old = await appDatabase(
      'create table que_jobs (job_id bigserial, run_at timestamptz, job_class text, queue text)',
    );
    await expect(read(old)).rejects.toMatchObject({ kind: 'fatal', message: expect.stringContaining('42703') });
  });
});
