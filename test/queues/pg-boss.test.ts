import { PgBoss } from 'pg-boss';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Trouble } from '../../src/errors.ts';
import { pgBoss } from '../../src/queues/pg-boss.ts';
import type { QueueOptions, Reading } from '../../src/queues/queue.ts';
import { emptyPostgres, postgres } from '../helpers/database.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { queueContract } from './contract.ts';
import { sharedPostgres } from './shared-postgres.ts';

const database = sharedPostgres(
  async () => {
    const url = await emptyPostgres();
    const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false });
    await boss.start();
    for (const name of ['mails', 'reports']) await boss.createQueue(name, { retryLimit: 0 });
    await boss.stop({ graceful: false });
    return url;
  },
  `alter table if exists pgboss.gone rename to job;
   do $$ begin alter table pgboss.job rename column gone to start_after; exception when undefined_column then null; end $$;
   delete from pgboss.job`,
);

describe.skipIf(postgres().missing !== null)('pg-boss', () => {
  let url: string;
  let boss: PgBoss;

  beforeEach(async () => {
    ({ url } = await database());
    boss = await started();
  });

  afterEach(() => stopped(boss));

  async function started(schema?: string): Promise<PgBoss> {
    const named = schema === undefined ? {} : { schema };
    const fresh = new PgBoss({ connectionString: url, supervise: false, schedule: false, max: 3, ...named });
    fresh.on('error', () => {});
    await fresh.start();
    if (schema !== undefined) await fresh.createQueue('mails');
    return fresh;
  }

  const stopped = (of: PgBoss): Promise<void> => of.stop({ graceful: false });

  async function read(options: QueueOptions = {}): Promise<Reading> {
    await using queue = await pgBoss.open({ url, options, signal: AbortSignal.timeout(PATIENCE_MS) });
    return await queue.read();
  }

  /** A worker takes one job and keeps it until it is told. */
  async function held(of: PgBoss = boss): Promise<{ id: string; end(): Promise<void> }> {
    const taken = Promise.withResolvers<string>();
    const release = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    await of.work('mails', { pollingIntervalSeconds: 0.5 }, async ([job]) => {
      taken.resolve(job?.id ?? '');
      await release.promise;
      ended.resolve();
    });
    const id = await taken.promise;
    const end = async (): Promise<void> => {
      release.resolve();
      await ended.promise;
    };
    return { id, end };
  }

  test('says of jobs that wait, run and are due later what pg-boss itself says', async () => {
    await boss.send('mails', { to: 'a' });
    const { id, end } = await held();
    await boss.offWork('mails', { wait: false });
    for (const queue of ['mails', 'mails', 'reports']) await boss.send(queue, {});
    await boss.send('mails', {}, { startAfter: 3_600 });
    await boss.send('reports', {});
    const [failing] = await boss.fetch('reports');
    if (failing !== undefined) await boss.fail('reports', failing.id);

    const own = [...(await boss.findJobs('mails')), ...(await boss.findJobs('reports'))];
    const due = own.filter((job) => ['created', 'retry'].includes(job.state) && job.startAfter <= new Date());
    const running = own.filter((job) => job.state === 'active');
    const said = await read();

    expect(said.queued).toBe(due.length);
    expect(said.queues).toContainEqual({ name: 'mails', queued: due.filter((job) => job.name === 'mails').length });
    expect(said.later).toBe(own.filter((job) => job.state !== 'active' && job.startAfter > new Date()).length);
    expect(said.running).toBe(running.length);
    expect(said.running).toBe(1);
    expect(said.failed).toBe(own.filter((job) => job.state === 'failed' || job.state === 'retry').length);
    expect(said.failed).toBe(1);
    expect(said.oldest?.what).toBe(`mails (job ${id})`);
    expect(said.doubt).toBeNull();
    await end();
  });

  test('the oldest job waits since it could be taken', async () => {
    await boss.send('mails', {});
    await boss.getDb().executeSql("update pgboss.job set start_after = now() - interval '3 minutes'");
    await boss.send('mails', {}, { startAfter: 3_600 });
    const { waiting } = await read();
    expect(waiting?.ageMs).toBeGreaterThanOrEqual(180_000);
    expect(waiting?.ageMs).toBeLessThan(600_000);
  });

  test('the oldest job has run since pg-boss gave it to a worker', async () => {
    await boss.send('mails', {});
    const { id, end } = await held();
    await boss
      .getDb()
      .executeSql(`update pgboss.job set started_on = now() - interval '3 minutes' where id = $1`, [id]);
    expect((await read()).oldest?.ageMs).toBeGreaterThanOrEqual(180_000);
    expect((await read()).oldest?.ageMs).toBeLessThan(600_000);
    await end();
  });

  test('nothing runs after the job in flight has ended', async () => {
    await boss.send('mails', {});
    const { end } = await held();
    expect((await read()).running).toBe(1);
    await end();
    await expect.poll(async () => (await read()).running, { interval: 50 }).toBe(0);
    expect((await read()).oldest).toBeNull();
  });

  test('a job beyond its time is counted as running, and said to be doubtful', async () => {
    await boss.send('mails', {}, { expireInSeconds: 60 });
    const [job] = await boss.fetch('mails');
    await boss
      .getDb()
      .executeSql(`update pgboss.job set started_on = now() - interval '2 minutes' where id = $1`, [job?.id]);
    const said = await read();
    expect(said.running).toBe(1);
    expect(said.doubt).toContain('one job is counted as running beyond the time that pg-boss gives it');
  });

  test('a job that waits for another one is due later', async () => {
    await boss.send('mails', {});
    await boss.getDb().executeSql('update pgboss.job set blocked = true');
    expect(await read()).toMatchObject({ queued: 0, later: 1 });
  });

  test('reads only the queues that are named', async () => {
    await boss.send('mails', {});
    await boss.send('reports', {});
    expect(await read({ queues: ['reports'] })).toMatchObject({
      queues: [{ name: 'reports', queued: 1 }],
      doubt: null,
    });
    expect(await read({ queues: ['invoices'] })).toMatchObject({ queued: 0, doubt: 'there is no queue invoices' });
  });

  test('reads a schema of another name, and says which table was looked for where there is none', async () => {
    const other = await started('jobs_of_the_shop');
    try {
      await other.send('mails', {});
      await other.send('mails', {});
      expect((await read({ schema: 'jobs_of_the_shop' })).queued).toBe(2);
      expect((await read()).queued).toBe(0);
    } finally {
      await stopped(other);
    }
    const refused = await read({ schema: 'elsewhere' }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Trouble);
    expect(refused).toMatchObject({ kind: 'fatal', message: expect.stringContaining('job in the schema elsewhere') });
  });

  test('a table of pg-boss 9 is refused, not read as empty', async () => {
    await boss.getDb().executeSql('drop schema if exists old cascade; create schema old');
    await boss
      .getDb()
      .executeSql(
        'create table old.job (id uuid, name text, state text, startedon timestamptz); create table old.queue (name text)',
      );
    await expect(read({ schema: 'old' })).rejects.toMatchObject({ kind: 'fatal' });
  });

  test('cannot be paused from outside', async () => {
    await using queue = await pgBoss.open({ url, options: {}, signal: AbortSignal.timeout(PATIENCE_MS) });
    expect(queue.intake).toBeNull();
    expect(queue.processes).toBeNull();
  });
});

queueContract(
  pgBoss,
  async () => {
    const bed = await database();
    await bed.run(
      `insert into pgboss.job (name, state, policy, start_after, started_on) values
        ('mails', 'created', 'standard', now(), null), ('mails', 'created', 'standard', now() + interval '1 hour', null),
        ('mails', 'active', 'standard', now(), now() - interval '1 minute'), ('mails', 'failed', 'standard', now(), null)`,
    );
    return bed;
  },
  {
    skip: postgres().missing !== null,
    withoutPause: true,
    garbage: {
      'a job that is said to begin tomorrow': ({ run }) =>
        run(`update pgboss.job set started_on = now() + interval '1 day'`),
      'a job that runs since nobody knows when': ({ run }) => run('update pgboss.job set started_on = null'),
      'a column that is gone': ({ run }) => run('alter table pgboss.job rename column start_after to gone'),
      'a table that is gone': ({ run }) => run('alter table pgboss.job rename to gone'),
    },
  },
);
