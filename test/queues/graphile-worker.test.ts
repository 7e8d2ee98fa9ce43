import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Logger, makeWorkerUtils, type Runner, run, runMigrations, type WorkerUtils } from 'graphile-worker';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { graphileWorker } from '../../src/queues/graphile-worker.ts';
import type { QueueOptions, Reading } from '../../src/queues/queue.ts';
import { emptyPostgres, postgres } from '../helpers/database.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { queueContract } from './contract.ts';
import { sharedPostgres } from './shared-postgres.ts';

const quietly = new Logger(() => () => {});

const database = sharedPostgres(
  async () => {
    const url = await emptyPostgres();
    await runMigrations({ connectionString: url, logger: quietly, taskList: {} });
    return url;
  },
  `alter table if exists graphile_worker.gone rename to _private_tasks;
   do $$ begin alter table graphile_worker._private_jobs rename column gone to last_error; exception when undefined_column then null; end $$;
   truncate graphile_worker._private_jobs, graphile_worker._private_tasks, graphile_worker._private_job_queues`,
);

describe.skipIf(postgres().missing !== null)('Graphile Worker', () => {
  let url: string;
  let pool: pg.Pool;
  let utils: WorkerUtils;

  beforeEach(async () => {
    ({ url } = await database());
    pool = new pg.Pool({ connectionString: url, max: 4 });
    pool.on('error', () => {});
    pool.on('connect', (client) => client.on('error', () => {}));
    utils = await makeWorkerUtils({ pgPool: pool, logger: quietly });
  });

  afterEach(async () => {
    await utils.release();
    await pool.end();
  });

  async function read(options: QueueOptions = {}, as = url): Promise<Reading> {
    await using queue = await graphileWorker.open({ url: as, options, signal: AbortSignal.timeout(PATIENCE_MS) });
    return await queue.read();
  }

  interface Held {
    readonly id: string;
    end(): Promise<void>;
  }

  /** A worker listens a moment after it has taken its first job, or before: both come up at once. */
  async function listening(): Promise<void> {
    const listeners = `select 1 from pg_stat_activity where datname = current_database() and query like 'LISTEN "jobs:insert"%'`;
    await expect.poll(async () => (await pool.query(listeners)).rowCount, { interval: 20 }).toBeGreaterThan(0);
  }

  /** A worker that takes one job and keeps it until it is told; then it ends. */
  async function held(): Promise<Held> {
    const taken = Promise.withResolvers<string>();
    const release = Promise.withResolvers<void>();
    const runner: Runner = await run({
      pgPool: pool,
      logger: quietly,
      concurrency: 1,
      noHandleSignals: true,
      taskList: {
        mails: async (_payload, { job }) => {
          taken.resolve(job.id);
          await release.promise;
        },
      },
    });
    const id = await taken.promise;
    await listening();
    const end = async (): Promise<void> => {
      release.resolve();
      await runner.stop();
    };
    return { id, end };
  }

  /** What Graphile Worker shows of its jobs. */
  async function own(where: string): Promise<number> {
    const { rows } = await pool.query(`select 1 from graphile_worker.jobs where ${where}`);
    return rows.length;
  }

  test('says of jobs that wait, run and are due later what Graphile Worker itself says', async () => {
    await utils.addJob('mails', { to: 'a' });
    const { id, end } = await held();
    for (const task of ['mails', 'mails', 'reports']) await utils.addJob(task, {});
    await utils.addJob('mails', {}, { runAt: new Date(Date.now() + 3_600_000) });
    const failing = await utils.addJob('reports', {});
    await utils.permanentlyFailJobs([failing.id], 'refused');

    const said = await read();
    expect(said.queues).toEqual([
      { name: 'mails', queued: 2 },
      { name: 'reports', queued: 1 },
    ]);
    expect(said.queued).toBe(await own('locked_at is null and attempts < max_attempts and run_at <= now()'));
    expect(said.later).toBe(await own('locked_at is null and run_at > now()'));
    expect(said.later).toBe(1);
    expect(said.running).toBe(await own('locked_at is not null'));
    expect(said.running).toBe(1);
    expect(said.failed).toBe(await own('last_error is not null'));
    expect(said.failed).toBe(1);
    expect(said.oldest?.what).toBe(`mails (job ${id})`);
    expect(said.oldest?.ageMs).toBeLessThan(600_000);
    expect(said.doubt).toBeNull();
    await end();
  });

  test('the oldest job waits since it was due', async () => {
    await utils.addJob('mails', {}, { runAt: new Date(Date.now() - 180_000) });
    await utils.addJob('mails', {}, { runAt: new Date(Date.now() + 3_600_000) });
    const { waiting } = await read();
    expect(waiting?.ageMs).toBeGreaterThan(90_000);
    expect(waiting?.ageMs).toBeLessThan(600_000);
  });

  test('nothing runs after the job in flight has ended', async () => {
    await utils.addJob('mails', {});
    const { end } = await held();
    expect((await read()).running).toBe(1);
    await end();
    expect(await read()).toMatchObject({ running: 0, queued: 0, oldest: null, doubt: null });
  });

  test('a worker that was killed leaves its lock, and that is said to be doubtful', async () => {
    await utils.addJob('mails', {});
    const program = `
      import { run, Logger } from 'graphile-worker';
      await run({ connectionString: process.env.URL, concurrency: 1, noHandleSignals: true,
        logger: new Logger(() => () => {}),
        taskList: { mails: () => new Promise(() => process.stdout.write('taken')) } });`;
    const worker = spawn(process.execPath, ['--input-type=module', '-e', program], {
      cwd: import.meta.dirname,
      env: { PATH: process.env['PATH'], URL: url },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(worker.stdout, 'data');
    await listening();
    expect(await read()).toMatchObject({ running: 1, doubt: null });

    worker.kill('SIGKILL');
    await once(worker, 'exit');
    await expect.poll(async () => (await read()).doubt, { interval: 50 }).toContain('no worker is connected');
    expect((await read()).running).toBe(1);
  });

  test('a lock older than every connected worker is said to be doubtful', async () => {
    await utils.addJob('mails', {});
    const { id, end } = await held();
    await pool.query(`update graphile_worker._private_jobs set locked_at = now() - interval '2 hours' where id = $1`, [
      id,
    ]);
    const said = await read();
    expect(said.doubt).toContain('locked for 120 min and no worker has been connected for as long as that');
    expect(said.oldest?.ageMs).toBeGreaterThanOrEqual(7_200_000);
    await end();
  });

  test('a worker that took its first job a moment before it listened has it', async () => {
    await utils.addJob('mails', {});
    const listener = new pg.Client({ connectionString: url });
    await listener.connect();
    onTestFinished(() => listener.end());
    const { rows } = await listener.query<{ pid: number }>('select pg_backend_pid() as pid');
    await listener.query('LISTEN "jobs:insert"');
    const locked = (seconds: number) =>
      pool.query(
        `update graphile_worker._private_jobs set locked_by = 'worker-1', locked_at =
          (select backend_start from pg_stat_activity where pid = $1) - make_interval(secs => $2)`,
        [rows[0]?.pid, seconds],
      );
    await locked(3);
    expect(await read()).toMatchObject({ running: 1, doubt: null });
    await locked(30);
    expect((await read()).doubt).toContain('no worker has been connected for as long as that');
  });

  test('a job that waits to be tried again is due later, and has failed', async () => {
    const job = await utils.addJob('mails', {});
    await pool.query(
      `update graphile_worker._private_jobs set attempts = 1, last_error = 'no', run_at = now() + interval '1 minute' where id = $1`,
      [job.id],
    );
    expect(await read()).toMatchObject({ queued: 0, later: 1, failed: 1, running: 0 });
  });

  test('a job of a task that is not there is counted, and said to be doubtful', async () => {
    await utils.addJob('mails', {});
    await pool.query('delete from graphile_worker._private_tasks');
    const said = await read();
    expect(said).toMatchObject({ queued: 1, doubt: 'there are jobs of a task that is not there' });
  });

  test('a job that is said to begin tomorrow has no age', async () => {
    await utils.addJob('mails', {});
    await pool.query(`update graphile_worker._private_jobs set locked_at = now() + interval '1 day'`);
    const said = await read();
    expect(said).toMatchObject({ running: 1, oldest: null, doubt: expect.stringContaining('still to come') });
  });

  test('a user from whom the rows are hidden is refused, not told that nothing is there', async () => {
    await utils.addJob('mails', {});
    const role = `reader_${new URL(url).pathname.slice(-12)}`;
    await pool.query(`create role ${role} login password 'test'`);
    await pool.query(`grant usage on schema graphile_worker to ${role}`);
    await pool.query(`grant select on all tables in schema graphile_worker to ${role}`);
    const as = new URL(url);
    as.username = role;
    await expect(read({}, as.href)).rejects.toMatchObject({ kind: 'needs-human' });
  });

  test('reads only the tasks that are named', async () => {
    await utils.addJob('mails', {});
    await utils.addJob('reports', {});
    expect(await read({ queues: ['reports'] })).toMatchObject({
      queues: [{ name: 'reports', queued: 1 }],
      doubt: null,
    });
    expect(await read({ queues: ['invoices'] })).toMatchObject({ queued: 0, doubt: 'there is no task invoices' });
  });

  test('says which table was looked for where there is none', async () => {
    await expect(read({ schema: 'elsewhere' })).rejects.toMatchObject({
      kind: 'fatal',
      message: expect.stringContaining('_private_jobs'),
    });
  });

  test('cannot be paused from outside', async () => {
    await using queue = await graphileWorker.open({ url, options: {}, signal: AbortSignal.timeout(PATIENCE_MS) });
    expect(queue.intake).toBeNull();
    expect(queue.processes).toBeNull();
  });
});

queueContract(
  graphileWorker,
  async () => {
    const bed = await database();
    for (const later of ['0', '1 hour']) {
      await bed.run(`select graphile_worker.add_job('mails', run_at => now() + $1::interval)`, [later]);
    }
    await bed.run(`select graphile_worker.add_job('reports')`);
    await bed.run(
      `update graphile_worker._private_jobs set locked_at = now() - interval '1 minute', locked_by = 'worker-1'
        where id = (select max(id) from graphile_worker._private_jobs)`,
    );
    return bed;
  },
  {
    skip: postgres().missing !== null,
    withoutPause: true,
    garbage: {
      'a job that is said to begin tomorrow': ({ run }) =>
        run(`update graphile_worker._private_jobs set locked_at = now() + interval '1 day'`),
      'jobs of tasks that are not there': ({ run }) => run('delete from graphile_worker._private_tasks'),
      'a column that is gone': ({ run }) =>
        run('alter table graphile_worker._private_jobs rename column last_error to gone'),
      'a table that is gone': ({ run }) => run('alter table graphile_worker._private_tasks rename to gone'),
    },
  },
);
