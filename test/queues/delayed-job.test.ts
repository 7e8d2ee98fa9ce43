import { describe, expect, it } from 'vitest';
import { delayedJob } from '../../src/queues/delayed-job.ts';
import type { QueueOptions, Reading } from '../../src/queues/queue.ts';
import { postgres } from '../helpers/database.ts';
import { type AppDatabase, appDatabase, bedOf, dump, UTC } from './app-database.ts';
import { noJobs, queueContract } from './contract.ts';
import { sourceOf } from './source.ts';

// As delayed_job_active_record's migration makes it.
const TABLES = `
  create table delayed_jobs (id bigserial primary key, priority integer not null default 0, attempts integer not null default 0,
    handler text not null, last_error text, run_at timestamp(6), locked_at timestamp(6), failed_at timestamp(6),
    locked_by varchar, queue varchar, created_at timestamp(6), updated_at timestamp(6));`;

const ACTIVE_JOB = `--- !ruby/object:ActiveJob::QueueAdapters::DelayedJobAdapter::JobWrapper
job_data:
  job_class: Billing::InvoiceJob
  arguments:
  - secret-argument
`;
const STRUCT = `--- !ruby/struct:NewsletterJob
text: secret-argument
`;

/** An app and one worker of it that does with the rows what Delayed Job's own does. */
async function app() {
  const database = await appDatabase(TABLES);
  const { run } = database;
  return {
    ...database,
    async enqueue(queue: string | null, { inSeconds = 0, handler = ACTIVE_JOB } = {}): Promise<void> {
      await run(
        `insert into delayed_jobs (handler, queue, run_at, created_at, updated_at)
         values ($1, $2, ${UTC} + make_interval(secs => $3), ${UTC}, ${UTC})`,
        [handler, queue, inSeconds],
      );
    },
    async reserve(secondsAgo = 0): Promise<unknown> {
      const [row] = await run(
        `update delayed_jobs set locked_at = ${UTC} - make_interval(secs => $1), locked_by = 'host:worker.1 pid:4'
          where id in (select id from delayed_jobs where run_at <= ${UTC} and locked_at is null and failed_at is null
                        order by priority, run_at, id limit 1 for update) returning id`,
        [secondsAgo],
      );
      return row?.['id'] ?? null;
    },
    destroy: (id: unknown) => run('delete from delayed_jobs where id = $1', [id]),
    reschedule: (id: unknown) =>
      run(
        `update delayed_jobs set attempts = attempts + 1, run_at = ${UTC} + interval '6 s', locked_at = null, locked_by = null,
                last_error = 'no' where id = $1`,
        [id],
      ),
    /** Where the app keeps those that failed for good. */
    giveUp: (id: unknown) =>
      run(
        `update delayed_jobs set attempts = 25, failed_at = ${UTC}, locked_at = null, locked_by = null where id = $1`,
        [id],
      ),
  };
}

async function read({ url }: AppDatabase, options: QueueOptions = {}): Promise<Reading> {
  await using queue = await delayedJob.open(sourceOf(url, options));
  return await queue.read();
}

queueContract(
  delayedJob,
  async () => {
    const shop = await app();
    await shop.enqueue('default');
    await shop.enqueue('default');
    await shop.enqueue('mailers');
    await shop.enqueue('default', { inSeconds: 3_600 });
    await shop.reserve(60);
    return bedOf(shop);
  },
  {
    skip: postgres().missing !== null,
    withoutPause: true,
    garbage: {
      'a job that is said to begin tomorrow': ({ run }) =>
        run(`update delayed_jobs set locked_at = ${UTC} + interval '1 day' where locked_at is not null`),
      'a lock of last week': ({ run }) =>
        run(`update delayed_jobs set locked_at = ${UTC} - interval '7 days' where locked_at is not null`),
      'a column of another kind': ({ run }) => run('alter table delayed_jobs alter column locked_at type text'),
      'a column that is gone': ({ run }) => run('alter table delayed_jobs drop column failed_at'),
      'a table that is gone': ({ run }) => run('drop table delayed_jobs'),
    },
  },
);

describe.skipIf(postgres().missing !== null)('Delayed Job', () => {
  it('has nothing to say of an app without jobs', async () => {
    expect(await read(await app())).toEqual(noJobs);
  });

  it('says since when the oldest that waits is due', async () => {
    const shop = await app();
    await shop.enqueue('default', { inSeconds: -100 });
    await shop.enqueue('default', { inSeconds: 3_600 });
    await shop.enqueue('mailers', { inSeconds: -1 });
    const { waiting } = await read(shop);
    expect(waiting?.ageMs).toBeGreaterThanOrEqual(90_000);
    expect(waiting?.ageMs).toBeLessThan(600_000);
    expect((await read(shop, { queues: ['mailers'] })).waiting?.ageMs).toBeLessThan(90_000);
  });

  it('follows jobs from waiting to running to done, failed or to be tried again', async () => {
    const shop = await app();
    await shop.enqueue(null);
    await shop.enqueue('mailers', { handler: STRUCT });
    await shop.enqueue('mailers');
    await shop.enqueue('mailers', { inSeconds: 3_600 });
    expect(await read(shop)).toMatchObject({
      queues: [
        { name: 'mailers', queued: 2 },
        { name: 'no queue', queued: 1 },
      ],
      queued: 3,
      later: 1,
      running: 0,
      oldest: null,
    });
    const first = await shop.reserve(90);
    const second = await shop.reserve(30);
    const moving = await read(shop);
    expect(moving).toMatchObject({
      queued: 1,
      running: 2,
      failed: 0,
      oldest: { what: 'Billing::InvoiceJob (job 1)' },
      doubt: null,
    });
    expect(moving.oldest?.ageMs).toBeGreaterThanOrEqual(90_000);
    expect(moving.oldest?.ageMs).toBeLessThan(600_000);
    await shop.destroy(first);
    expect(await read(shop)).toMatchObject({ running: 1, oldest: { what: 'NewsletterJob (job 2)' } });
    await shop.reschedule(second);
    await shop.giveUp(await shop.reserve());
    expect(await read(shop)).toMatchObject({ queued: 0, later: 2, running: 0, oldest: null, failed: 2 });
  });

  it('tells the class of a job and never its arguments', async () => {
    const shop = await app();
    await shop.enqueue('default', { handler: '--- secret-argument' });
    await shop.reserve();
    expect((await read(shop)).oldest?.what).toBe('a job (job 1)');
  });

  it('speaks of the named queues alone', async () => {
    const shop = await app();
    await shop.enqueue('default');
    await shop.reserve();
    await shop.enqueue('mailers');
    expect(await read(shop, { queues: ['mailers'] })).toMatchObject({ queued: 1, running: 0, oldest: null });
  });

  it('doubts a lock that is older than a job may be', async () => {
    const shop = await app();
    await shop.enqueue('default');
    await shop.reserve(4 * 3_600 + 60);
    expect(await read(shop)).toMatchObject({ running: 1, doubt: expect.stringContaining('more than 4 hours') });
  });

  it('cannot be paused from outside', async () => {
    const shop = await app();
    await using queue = await delayedJob.open(sourceOf(shop.url));
    expect(queue.intake).toBeNull();
  });

  it('changes nothing by looking', async () => {
    const shop = await app();
    await shop.enqueue('default');
    await shop.reserve();
    const before = await dump(shop);
    await read(shop);
    expect(await dump(shop)).toBe(before);
  });

  it('says which table it looked for where there is none', async () => {
    const empty = await appDatabase('select 1');
    await expect(read(empty)).rejects.toMatchObject({
      kind: 'fatal',
      message: expect.stringContaining('delayed_jobs'),
    });
  });
});
