import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { goodJob } from '../../src/queues/good-job.ts';
import type { Intake, QueueOptions, Reading } from '../../src/queues/queue.ts';
import { postgres } from '../helpers/database.ts';
import { type AppDatabase, appDatabase, bedOf, dump, UTC } from './app-database.ts';
import { noJobs, queueContract } from './contract.ts';
import { TABLES } from './good-job-tables.ts';
import { sourceOf } from './source.ts';

/** An app and one worker of it, with pauses switched on, that does with the rows what GoodJob's own does. */
async function app() {
  const database = await appDatabase(TABLES);
  const { run } = database;
  const worker = randomUUID();
  await run(`insert into good_job_processes (id, created_at, updated_at, state) values ($1, ${UTC}, ${UTC}, '{}')`, [
    worker,
  ]);
  return {
    ...database,
    async enqueue(queue: string, inSeconds = 0, job = 'ReportJob'): Promise<void> {
      await run(
        `insert into good_jobs (id, active_job_id, queue_name, job_class, priority, serialized_params, scheduled_at, created_at, updated_at)
         values ($1, $1, $2, $3, 0, jsonb_build_object('job_class', $3::text, 'arguments', '["secret-argument"]'::jsonb),
                 ${UTC} + make_interval(secs => $4), ${UTC}, ${UTC})`,
        [randomUUID(), queue, job, inSeconds],
      );
    },
    async begin(secondsAgo = 0): Promise<unknown> {
      const [row] = await run(
        `update good_jobs set performed_at = ${UTC} - make_interval(secs => $2), locked_by_id = $1, locked_at = ${UTC}
          where id = (select id from good_jobs where finished_at is null and performed_at is null and scheduled_at <= ${UTC}
                         and queue_name not in (select jsonb_array_elements_text(value -> 'queues') from good_job_settings where key = 'pauses')
                       order by priority, created_at limit 1)
          returning id`,
        [worker, secondsAgo],
      );
      return row?.['id'] ?? null;
    },
    async finish(id: unknown, error: string | null = null): Promise<void> {
      await run(
        `update good_jobs set finished_at = ${UTC}, error = $2, locked_by_id = null, locked_at = null where id = $1`,
        [id, error],
      );
    },
    async retry(id: unknown): Promise<void> {
      await run(
        `update good_jobs set performed_at = null, error = 'RuntimeError: no', scheduled_at = ${UTC} + interval '3 s',
                locked_by_id = null, locked_at = null where id = $1`,
        [id],
      );
    },
  };
}

async function read({ url }: AppDatabase, options: QueueOptions = {}): Promise<Reading> {
  await using queue = await goodJob.open(sourceOf(url, options));
  return await queue.read();
}

async function intake<T>(
  { url }: AppDatabase,
  work: (intake: Intake) => Promise<T>,
  options: QueueOptions = {},
): Promise<T> {
  await using queue = await goodJob.open(sourceOf(url, { ...options, pauses: true }));
  if (queue.intake === null) throw new Error('Expected an intake where pauses are switched on');
  return await work(queue.intake);
}

const paused = async (shop: AppDatabase, options: QueueOptions = {}) =>
  Object.fromEntries((await intake(shop, (of) => of.look(), options)).map((row) => [row.key, row.paused]));

for (const pauses of [false, true]) {
  queueContract(
    goodJob,
    async () => {
      const shop = await app();
      await shop.enqueue('default');
      await shop.enqueue('default');
      await shop.enqueue('mailers');
      await shop.enqueue('default', 3_600);
      await shop.begin(60);
      await shop.run(
        `insert into good_job_settings (key, value, created_at, updated_at)
         values ('pauses', '{"queues": ["mailers"], "job_classes": [], "labels": []}', ${UTC}, ${UTC})`,
      );
      return { ...bedOf(shop), options: { pauses } };
    },
    {
      skip: postgres().missing !== null,
      withoutPause: !pauses,
      garbage: {
        'a job that is said to begin tomorrow': ({ run }) =>
          run(`update good_jobs set performed_at = ${UTC} + interval '1 day' where performed_at is not null`),
        'a job of a process that is not there': ({ run }) => run('delete from good_job_processes'),
        'a column of another kind': ({ run }) => run('alter table good_jobs alter column performed_at type text'),
        'a column that is gone': ({ run }) => run('alter table good_jobs drop column scheduled_at'),
        'a table that is gone': ({ run }) => run('drop table good_job_processes'),
      },
    },
  );
}

describe.skipIf(postgres().missing !== null)('GoodJob', () => {
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
    await shop.enqueue('default');
    await shop.enqueue('mailers', 0, 'WelcomeJob');
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
    });
    const first = await shop.begin(90);
    const second = await shop.begin(30);
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
    expect(await read(shop)).toMatchObject({ running: 1, failed: 0, oldest: { what: `WelcomeJob (job ${second})` } });
    await shop.finish(second, 'RuntimeError: no');
    await shop.retry(await shop.begin());
    expect(await read(shop)).toMatchObject({ queued: 0, later: 2, running: 0, oldest: null, failed: 2 });
  });

  it('counts a job that runs again after it failed as running, not as failed', async () => {
    const shop = await app();
    await shop.enqueue('default');
    await shop.retry(await shop.begin());
    await shop.run(`update good_jobs set scheduled_at = ${UTC}`);
    await shop.begin();
    expect(await read(shop)).toMatchObject({ queued: 0, running: 1, failed: 0 });
  });

  it('takes a job without a time or a queue as one that is due, in the default queue', async () => {
    const shop = await app();
    await shop.run(`insert into good_jobs (created_at, updated_at) values (${UTC}, ${UTC})`);
    expect(await read(shop)).toMatchObject({ queues: [{ name: 'default', queued: 1 }], later: 0 });
  });

  it('speaks of the named queues alone', async () => {
    const shop = await app();
    await shop.enqueue('default');
    await shop.begin();
    await shop.enqueue('mailers', 0, 'WelcomeJob');
    await shop.begin();
    await shop.enqueue('mailers');
    expect(await read(shop, { queues: ['mailers'] })).toMatchObject({
      queued: 1,
      running: 1,
      oldest: { what: expect.stringMatching(/^WelcomeJob/) },
    });
    expect(await paused(shop, { queues: ['mailers'] })).toEqual({ mailers: false });
  });

  it('doubts jobs whose process has gone, or has fallen silent', async () => {
    const shop = await app();
    await shop.enqueue('default');
    await shop.begin();
    await shop.run(`update good_job_processes set updated_at = ${UTC} - interval '6 minutes'`);
    const doubt = expect.stringContaining('1 of the running jobs');
    expect(await read(shop)).toMatchObject({ running: 1, doubt });
    await shop.run('delete from good_job_processes');
    expect(await read(shop)).toMatchObject({ running: 1, doubt });
  });

  it('reads the older tables, which do not say who holds a job', async () => {
    const shop = await app();
    await shop.enqueue('default');
    await shop.begin(10);
    await shop.run('alter table good_jobs drop column locked_by_id, drop column locked_at, drop column job_class');
    expect(await read(shop)).toMatchObject({
      running: 1,
      oldest: { what: expect.stringMatching(/^ReportJob/) },
      doubt: null,
    });
  });

  it('does without the number of failed jobs where counting them takes too long', async () => {
    const shop = await app();
    await shop.enqueue('default');
    // Finished jobs are many here, so the count that no index helps with is the only slow one.
    await shop.run(
      `create function slowly(t text) returns text language plpgsql stable as 'begin perform pg_sleep(2); return t; end'`,
    );
    await shop.run('alter table good_jobs rename to good_jobs_kept');
    await shop.run(
      `create view good_jobs as select id, queue_name, serialized_params, scheduled_at, performed_at, finished_at,
              slowly(error) as error, created_at from good_jobs_kept`,
    );
    expect(await read(shop)).toMatchObject({ queued: 1, running: 0, failed: null });
  });

  it('pauses nothing unless a person has said that the app heeds it', async () => {
    const shop = await app();
    await using queue = await goodJob.open(sourceOf(shop.url));
    expect(queue.intake).toBeNull();
  });

  it('pauses queues, from which a worker then takes nothing, and what runs runs on', async () => {
    const shop = await app();
    await shop.enqueue('default');
    await shop.enqueue('default');
    await shop.enqueue('mailers');
    await shop.begin();
    await intake(shop, (of) => of.set([{ key: 'default', paused: true }]));
    expect(await paused(shop)).toEqual({ default: true, mailers: false });
    expect(await shop.begin()).not.toBeNull();
    expect(await shop.begin()).toBeNull();
    expect(await read(shop)).toMatchObject({ queued: 1, running: 2 });
    await intake(shop, (of) => of.set([{ key: 'default', paused: false }]));
    expect(await paused(shop)).toEqual({ default: false, mailers: false });
    expect(await shop.begin()).not.toBeNull();
  });

  it('leaves the pauses of others as they were: queues, job classes, labels', async () => {
    const shop = await app();
    await shop.run(
      `insert into good_job_settings (key, value, created_at, updated_at)
       values ('pauses', '{"queues": ["old"], "job_classes": ["BigJob"], "labels": ["slow"]}', ${UTC}, ${UTC})`,
    );
    await intake(shop, (of) => of.set([{ key: 'default', paused: true }]));
    await intake(shop, (of) => of.set([{ key: 'default', paused: false }]));
    const [row] = await shop.run('select value from good_job_settings');
    expect(row).toEqual({ value: { queues: ['old'], job_classes: ['BigJob'], labels: ['slow'] } });
  });

  it('pauses twice as once, and resumes what was not paused without a trace', async () => {
    const shop = await app();
    const empty = await dump(shop);
    await intake(shop, (of) => of.set([{ key: 'default', paused: false }]));
    expect(await dump(shop)).toBe(empty);
    await intake(shop, (of) => of.set([{ key: 'default', paused: true }]));
    const once = await dump(shop);
    await intake(shop, (of) => of.set([{ key: 'default', paused: true }]));
    expect(await dump(shop)).toBe(once);
  });

  it('waits for a pause that somebody else is just setting, and keeps it', async () => {
    const shop = await app();
    await intake(shop, (of) => of.set([{ key: 'default', paused: true }]));
    const dashboard = await shop.another();
    await dashboard.query('begin');
    await dashboard.query(
      `update good_job_settings set value = '{"queues": ["default", "mailers"]}' where key = 'pauses'`,
    );
    const ours = intake(shop, (of) => of.set([{ key: 'default', paused: false }]));
    await expect.poll(() => shop.run('select from pg_locks where not granted')).toHaveLength(1);
    await dashboard.query('commit');
    await ours;
    expect(await paused(shop)).toEqual({ mailers: true });
  });

  it('writes over no pauses that it cannot read', async () => {
    const shop = await app();
    await shop.run(
      `insert into good_job_settings (key, value, created_at, updated_at) values ('pauses', '{"queues": "all"}', ${UTC}, ${UTC})`,
    );
    const before = await dump(shop);
    await expect(paused(shop)).rejects.toMatchObject({ kind: 'fatal' });
    await expect(intake(shop, (of) => of.set([{ key: 'default', paused: true }]))).rejects.toMatchObject({
      kind: 'fatal',
    });
    expect(await dump(shop)).toBe(before);
  });

  it('changes nothing by looking', async () => {
    const shop = await app();
    await shop.enqueue('default');
    await shop.enqueue('default');
    await shop.begin();
    const before = await dump(shop);
    await read(shop);
    await paused(shop);
    expect(await dump(shop)).toBe(before);
  });

  it('says which table it looked for where there is none', async () => {
    const empty = await appDatabase('select 1');
    await expect(read(empty)).rejects.toMatchObject({ kind: 'fatal', message: expect.stringContaining('good_jobs') });
  });
});
