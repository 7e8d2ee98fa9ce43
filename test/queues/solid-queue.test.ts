import { describe, expect, it } from 'vitest';
import type { Intake, QueueOptions, Reading } from '../../src/queues/queue.ts';
import { solidQueue } from '../../src/queues/solid-queue.ts';
import { postgres } from '../helpers/database.ts';
import { type AppDatabase, appDatabase, bedOf, dump, UTC } from './app-database.ts';
import { noJobs, queueContract } from './contract.ts';
import { TABLES } from './solid-queue-tables.ts';
import { sourceOf } from './source.ts';

/** An app and one worker of it that does with the rows what Solid Queue's own does. */
async function app() {
  const database = await appDatabase(TABLES);
  const { run } = database;
  const [worker] = await run(
    `insert into solid_queue_processes (kind, last_heartbeat_at, pid, metadata, created_at, name)
     values ('Worker', ${UTC}, 1, '{"polling_interval":0.1,"queues":"*","thread_pool_size":3}', ${UTC}, 'worker-1') returning id`,
  );
  const job = async (queue: string, className: string): Promise<unknown> => {
    const [row] = await run(
      `insert into solid_queue_jobs (queue_name, class_name, arguments, created_at, updated_at)
       values ($1, $2, '{"arguments":["secret-argument"]}', ${UTC}, ${UTC}) returning id`,
      [queue, className],
    );
    return row?.['id'];
  };
  return {
    ...database,
    async enqueue(queue: string, className = 'ReportJob'): Promise<void> {
      await run(`insert into solid_queue_ready_executions (job_id, queue_name, created_at) values ($1, $2, ${UTC})`, [
        await job(queue, className),
        queue,
      ]);
    },
    async schedule(queue: string, inSeconds: number): Promise<void> {
      await run(
        `insert into solid_queue_scheduled_executions (job_id, queue_name, scheduled_at, created_at)
         values ($1, $2, ${UTC} + make_interval(secs => $3), ${UTC})`,
        [await job(queue, 'LaterJob'), queue, inSeconds],
      );
    },
    async block(queue: string): Promise<void> {
      await run(
        `insert into solid_queue_blocked_executions (job_id, queue_name, concurrency_key, expires_at, created_at)
         values ($1, $2, 'account/1', ${UTC} + interval '1 hour', ${UTC})`,
        [await job(queue, 'BlockedJob'), queue],
      );
    },
    /** Claims the next job of a queue that is not paused; null where there is none. */
    async claim(secondsAgo = 0): Promise<unknown> {
      const [claimed] = await run(
        `with next as (select id, job_id from solid_queue_ready_executions
                        where queue_name not in (select queue_name from solid_queue_pauses)
                        order by priority, job_id limit 1 for update skip locked),
              gone as (delete from solid_queue_ready_executions where id in (select id from next))
         insert into solid_queue_claimed_executions (job_id, process_id, created_at)
         select job_id, $1, ${UTC} - make_interval(secs => $2) from next returning job_id`,
        [worker?.['id'], secondsAgo],
      );
      return claimed?.['job_id'] ?? null;
    },
    async finish(id: unknown): Promise<void> {
      await run(
        `with gone as (delete from solid_queue_claimed_executions where job_id = $1)
         update solid_queue_jobs set finished_at = ${UTC} where id = $1`,
        [id],
      );
    },
    async fail(id: unknown): Promise<void> {
      await run(
        `with gone as (delete from solid_queue_claimed_executions where job_id = $1)
         insert into solid_queue_failed_executions (job_id, error, created_at) values ($1, 'RuntimeError', ${UTC})`,
        [id],
      );
    },
  };
}

async function read({ url }: AppDatabase, options: QueueOptions = {}): Promise<Reading> {
  await using queue = await solidQueue.open(sourceOf(url, options));
  return await queue.read();
}

async function intake<T>(
  { url }: AppDatabase,
  work: (intake: Intake) => Promise<T>,
  options: QueueOptions = {},
): Promise<T> {
  await using queue = await solidQueue.open(sourceOf(url, options));
  if (queue.intake === null) throw new Error('Expected Solid Queue to have an intake');
  return await work(queue.intake);
}

const paused = async (shop: AppDatabase, options: QueueOptions = {}) =>
  Object.fromEntries((await intake(shop, (of) => of.look(), options)).map((row) => [row.key, row.paused]));

queueContract(
  solidQueue,
  async () => {
    const shop = await app();
    await shop.enqueue('default');
    await shop.enqueue('default');
    await shop.enqueue('mailers');
    await shop.schedule('default', 3_600);
    await shop.claim(60);
    await shop.run(`insert into solid_queue_pauses (queue_name, created_at) values ('mailers', ${UTC})`);
    return bedOf(shop);
  },
  {
    skip: postgres().missing !== null,
    garbage: {
      'a job that is said to begin tomorrow': ({ run }) =>
        run(`update solid_queue_claimed_executions set created_at = ${UTC} + interval '1 day'`),
      'a claim of a process that is not there': ({ run }) => run('delete from solid_queue_processes'),
      'a column of another kind': ({ run }) =>
        run('alter table solid_queue_claimed_executions alter column created_at type text'),
      'a column that is gone': ({ run }) => run('alter table solid_queue_processes drop column last_heartbeat_at'),
      'a table that is gone': ({ run }) => run('drop table solid_queue_blocked_executions'),
    },
  },
);

describe.skipIf(postgres().missing !== null)('Solid Queue', () => {
  it('has nothing to say of an app without jobs', async () => {
    expect(await read(await app())).toEqual(noJobs);
  });

  it('says since when the oldest that waits is due', async () => {
    const shop = await app();
    await shop.enqueue('default');
    await shop.run(`update solid_queue_ready_executions set created_at = ${UTC} - interval '100 s'`);
    await shop.enqueue('mailers');
    const { waiting } = await read(shop);
    expect(waiting?.ageMs).toBeGreaterThanOrEqual(90_000);
    expect(waiting?.ageMs).toBeLessThan(600_000);
    expect((await read(shop, { queues: ['mailers'] })).waiting?.ageMs).toBeLessThan(90_000);
  });

  it('follows jobs from waiting to running to done or failed', async () => {
    const shop = await app();
    await shop.enqueue('default');
    await shop.enqueue('mailers', 'WelcomeJob');
    await shop.enqueue('mailers');
    expect(await read(shop)).toMatchObject({
      queues: [
        { name: 'default', queued: 1 },
        { name: 'mailers', queued: 2 },
      ],
      queued: 3,
      running: 0,
    });
    const first = await shop.claim(90);
    const second = await shop.claim(30);
    const moving = await read(shop);
    expect(moving).toMatchObject({
      queued: 1,
      running: 2,
      failed: 0,
      oldest: { what: `ReportJob (job ${first})` },
      doubt: null,
    });
    expect(moving.oldest?.ageMs).toBeGreaterThanOrEqual(90_000);
    expect(moving.oldest?.ageMs).toBeLessThan(600_000);
    await shop.finish(first);
    expect(await read(shop)).toMatchObject({ running: 1, oldest: { what: `WelcomeJob (job ${second})` } });
    await shop.fail(second);
    expect(await read(shop)).toMatchObject({ queued: 1, running: 0, oldest: null, failed: 1 });
  });

  it('counts what is due but not dispatched as waiting, and what is due later or blocked as later', async () => {
    const shop = await app();
    await shop.schedule('default', -60);
    await shop.schedule('default', 3_600);
    await shop.block('default');
    expect(await read(shop)).toMatchObject({
      queues: [{ name: 'default', queued: 1 }],
      queued: 1,
      later: 2,
      running: 0,
    });
  });

  it('speaks of the named queues alone', async () => {
    const shop = await app();
    await shop.enqueue('default');
    await shop.claim();
    await shop.enqueue('mailers');
    await shop.claim();
    await shop.enqueue('mailers');
    expect(await read(shop, { queues: ['mailers'] })).toMatchObject({
      queued: 1,
      running: 1,
      oldest: { what: expect.stringContaining('job 2') },
    });
    expect(await paused(shop, { queues: ['mailers'] })).toEqual({ mailers: false });
  });

  it('doubts jobs whose process has fallen silent', async () => {
    const shop = await app();
    await shop.enqueue('default');
    await shop.claim();
    await shop.run(`update solid_queue_processes set last_heartbeat_at = ${UTC} - interval '6 minutes'`);
    expect(await read(shop)).toMatchObject({
      running: 1,
      doubt: expect.stringContaining('not been heard of for 5 minutes'),
    });
  });

  it('pauses queues, from which a worker then takes nothing, and what runs runs on', async () => {
    const shop = await app();
    await shop.enqueue('default');
    await shop.enqueue('default');
    await shop.enqueue('mailers');
    await shop.claim();
    await intake(shop, (of) => of.set([{ key: 'default', paused: true }]));
    expect(await paused(shop)).toEqual({ default: true, mailers: false });
    expect(await shop.claim()).toBe('3');
    expect(await shop.claim()).toBeNull();
    expect(await read(shop)).toMatchObject({ queued: 1, running: 2 });
    await intake(shop, (of) => of.set([{ key: 'default', paused: false }]));
    expect(await paused(shop)).toEqual({ default: false, mailers: false });
    expect(await shop.claim()).toBe('2');
  });

  it('lists queues that have no job yet but are named by a worker, a recurring task or a pause', async () => {
    const shop = await app();
    await shop.run(`update solid_queue_processes set metadata = '{"queues":"exports, imports_*"}'`);
    await shop.run(
      `insert into solid_queue_recurring_tasks (key, schedule, queue_name, created_at, updated_at)
       values ('nightly', '0 3 * * *', 'nightly', ${UTC}, ${UTC})`,
    );
    await shop.run(`insert into solid_queue_pauses (queue_name, created_at) values ('old', ${UTC})`);
    await shop.enqueue('default');
    await shop.finish(await shop.claim());
    expect(await paused(shop)).toEqual({ default: false, exports: false, nightly: false, old: true });
  });

  it('pauses twice as once, keeps the pause of somebody before, and resumes what was not paused without a trace', async () => {
    const shop = await app();
    await shop.run(`insert into solid_queue_pauses (queue_name, created_at) values ('mailers', '2026-01-01')`);
    const before = await dump(shop);
    await intake(shop, (of) => of.set([{ key: 'mailers', paused: true }]));
    await intake(shop, (of) => of.set([{ key: 'default', paused: false }]));
    expect(await dump(shop)).toBe(before);
    const both = [
      { key: 'default', paused: true },
      { key: 'exports', paused: true },
    ];
    await intake(shop, (of) => of.set(both.slice(0, 1)));
    await intake(shop, (of) => of.set(both));
    await intake(shop, (of) => of.set(both));
    expect(await paused(shop)).toEqual({ default: true, exports: true, mailers: true });
  });

  it('keeps the time of a pause in UTC, as Rails reads it', async () => {
    const shop = await app();
    await intake(shop, (of) => of.set([{ key: 'default', paused: true }]));
    const [row] = await shop.run(
      `select abs(extract(epoch from ${UTC} - created_at)) < 60 as now from solid_queue_pauses`,
    );
    expect(row).toEqual({ now: true });
  });

  it('changes nothing by looking', async () => {
    const shop = await app();
    await shop.enqueue('default');
    await shop.enqueue('default');
    await shop.claim();
    const before = await dump(shop);
    await read(shop);
    await paused(shop);
    expect(await dump(shop)).toBe(before);
  });

  it('finds its tables in another schema where it is named, and says so where it is not', async () => {
    const shop = await appDatabase(`create schema jobs; set search_path = jobs; ${TABLES}`);
    expect(await read(shop, { schema: 'jobs' })).toMatchObject({ queued: 0, running: 0 });
    await expect(read(shop)).rejects.toMatchObject({
      kind: 'fatal',
      message: expect.stringContaining('solid_queue_jobs'),
      remedy: expect.stringContaining('schema jobs'),
    });
  });

  it('finds its tables along the search path of the database user', async () => {
    const shop = await appDatabase(`create schema jobs; set search_path = jobs; ${TABLES}`);
    await shop.run(
      `do $$ begin execute format('alter database %I set search_path = public, jobs', current_database()); end $$`,
    );
    expect(await read(shop)).toMatchObject({ running: 0 });
  });

  it('says which table it looked for where there is none', async () => {
    const empty = await appDatabase('select 1');
    await expect(read(empty)).rejects.toMatchObject({
      kind: 'fatal',
      message: expect.stringContaining('solid_queue_jobs'),
    });
  });
});
