// The drain of every system that is here for real, with a job in the hands of one of its own workers that goes on until it is let go.

import Bull from 'bull';
import { Queue as BullMq, Worker as BullMqWorker } from 'bullmq';
import { Queue as BullMq5, Worker as BullMqWorker5 } from 'bullmq-5';
import { Logger, makeWorkerUtils, run as runGraphile, runMigrations } from 'graphile-worker';
import { Redis } from 'ioredis';
import { PgBoss } from 'pg-boss';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { herokuQueues } from '../../src/heroku/queues.ts';
import type { QueueSetting, Settings } from '../../src/model/settings.ts';
import { emptyPostgres, postgres } from '../helpers/database.ts';
import { noRedis, realRedis } from '../helpers/redis.ts';
import { capture, changes } from '../heroku/steps/stage.ts';
import { having, jobsOf, run, start } from '../queues/apps/child.ts';
import { type Scene, scenes } from './scene.ts';

const redis = (await realRedis()) ?? noRedis;
const ruby = having(['ruby'], '-rsidekiq', '-e', '');
const python = (library: string) => having(['python3', '/usr/bin/python3'], '-c', `import ${library}, redis`);
const sceneFor = scenes();

/** A worker with one job in its hands. */
interface Busy {
  readonly url: string;
  /** Lets the job end. */
  letGo(): Promise<unknown>;
  /** One more job, which nobody takes where the system has been told so. */
  add(): Promise<unknown>;
}

interface System {
  readonly setting: Omit<QueueSetting, 'at'>;
  readonly missing: boolean;
  /** Nothing tells its workers to take no more: then no more is given to them. */
  readonly unstoppable?: true;
  /** `closing`: what has to be ended after the test, last first. */
  busy(closing: (() => Promise<unknown>)[]): Promise<Busy>;
}

const noServer = redis === noRedis;
const noPostgres = postgres().missing !== null;

/** One at a time, and the first until it is let go. */
function holding(): { begun: Promise<void>; letGo(): Promise<void>; work(): Promise<void> } {
  const [begun, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const work = async (): Promise<void> => {
    begun.resolve();
    await released.promise;
  };
  return { begun: begun.promise, letGo: async () => released.resolve(), work };
}

function client(closing: (() => Promise<unknown>)[]): Redis {
  const made = new Redis(redis.url, { maxRetriesPerRequest: null, enableReadyCheck: false });
  made.on('error', () => {});
  closing.push(async () => made.disconnect());
  return made;
}

/** A program whose jobs say by the other database when they begin, and end when they are told there. */
async function program(
  closing: (() => Promise<unknown>)[],
  worker: { readonly command: string; readonly args: readonly string[] },
  add: (name: string) => Promise<unknown>,
): Promise<Busy> {
  const jobs = jobsOf(redis);
  closing.push(async () => jobs[Symbol.asyncDispose]());
  const process = start(worker.command, worker.args, env);
  closing.push(async () => process[Symbol.asyncDispose]());
  await add('a');
  await jobs.begun(1);
  return { url: redis.url, letGo: () => jobs.letGo('a'), add: () => add('b') };
}

const env = { REDIS_URL: redis.url, ASIDE_URL: redis.aside, DYNO: 'worker.1' };

const systems: Readonly<Record<string, System>> = {
  Sidekiq: {
    setting: { system: 'sidekiq' },
    missing: noServer || ruby === '',
    busy: (closing) =>
      program(
        closing,
        { command: ruby, args: ['-S', 'sidekiq', '-r', './sidekiq_jobs.rb', '-c', '1', '-t', '1'] },
        (name) => run(ruby, ['-r./sidekiq_jobs.rb', '-e', `HoldJob.perform_async("${name}")`], env),
      ),
  },
  RQ: {
    setting: { system: 'rq' },
    missing: noServer || python('rq') === '',
    busy: (closing) =>
      program(
        closing,
        { command: python('rq'), args: ['-m', 'rq.cli', 'worker', '--url', redis.url, '--path', '.', 'default'] },
        (name) =>
          run(
            python('rq'),
            [
              '-c',
              `import os, rq\nfrom redis import Redis\nrq.Queue("default", connection=Redis.from_url(os.environ["REDIS_URL"])).enqueue("rq_jobs.hold", "${name}")`,
            ],
            env,
          ),
      ),
  },
  'BullMQ 6': {
    setting: { system: 'bullmq' },
    missing: noServer,
    async busy(closing) {
      const queue = new BullMq('mails', { connection: client(closing) });
      const { begun, letGo, work } = holding();
      await queue.add('first', {});
      const worker = new BullMqWorker('mails', work, { connection: client(closing) });
      closing.push(
        () => queue.close(),
        () => worker.close(true),
      );
      await begun;
      return { url: redis.url, letGo, add: () => queue.add('second', {}) };
    },
  },
  'BullMQ 5': {
    setting: { system: 'bullmq' },
    missing: noServer,
    async busy(closing) {
      const queue = new BullMq5('mails', { connection: client(closing) });
      const { begun, letGo, work } = holding();
      await queue.add('first', {});
      const worker = new BullMqWorker5('mails', work, { connection: client(closing) });
      closing.push(
        () => queue.close(),
        () => worker.close(true),
      );
      await begun;
      return { url: redis.url, letGo, add: () => queue.add('second', {}) };
    },
  },
  Bull: {
    setting: { system: 'bull' },
    missing: noServer,
    async busy(closing) {
      const queue = new Bull('mails', { createClient: () => client(closing) });
      queue.on('error', () => {});
      closing.push(() => queue.close(true));
      const { begun, letGo, work } = holding();
      await queue.add({});
      queue.process(work).catch(() => {});
      await begun;
      return { url: redis.url, letGo, add: () => queue.add({}) };
    },
  },
  'pg-boss': {
    setting: { system: 'pg-boss' },
    missing: noPostgres,
    unstoppable: true,
    async busy(closing) {
      const url = await emptyPostgres();
      const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false, max: 3 });
      boss.on('error', () => {});
      await boss.start();
      closing.push(() => boss.stop({ graceful: false }));
      await boss.createQueue('mails', { retryLimit: 0 });
      const { begun, letGo, work } = holding();
      await boss.send('mails', {});
      await boss.work('mails', { pollingIntervalSeconds: 0.5 }, work);
      await begun;
      return { url, letGo, add: () => boss.send('mails', {}) };
    },
  },
  'Graphile Worker': {
    setting: { system: 'graphile-worker' },
    missing: noPostgres,
    unstoppable: true,
    async busy(closing) {
      const url = await emptyPostgres();
      const quietly = { connectionString: url, logger: new Logger(() => () => {}) };
      await runMigrations({ ...quietly, taskList: {} });
      const utils = await makeWorkerUtils(quietly);
      closing.push(async () => utils.release());
      const { begun, letGo, work } = holding();
      await utils.addJob('mails', {});
      const runner = await runGraphile({
        ...quietly,
        concurrency: 1,
        noHandleSignals: true,
        taskList: { mails: work },
      });
      closing.push(
        () => runner.stop(),
        // Whatever else happened: it waits for its job to its end.
        letGo,
      );
      await begun;
      return { url, letGo, add: () => utils.addJob('mails', {}) };
    },
  },
};

const closing: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  if (!noServer) await redis.empty();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe.each(Object.entries(systems))('the drain of %s', (_, { setting, missing, unstoppable, busy }) => {
  async function scene(settings: Partial<Settings> = {}): Promise<{ stage: Scene; jobs: Busy }> {
    const jobs = await busy(closing);
    const formation = { web: {}, worker: { quantity: 1, command: 'bundle exec sidekiq' } };
    const stage = await sceneFor(
      { queues: [{ ...setting, at: 'STORE_URL' }], ...settings },
      { formation, config: { STORE_URL: jobs.url } },
    );
    return { stage, jobs };
  }

  const read = async (stage: Scene) => {
    const [only] = await herokuQueues(stage.heroku).look(stage.cx());
    if (only?.found.is !== 'read') throw new Error(`Expected to read it, got ${only?.found.why}`);
    return only.found.reading;
  };
  /** As the system tells of itself: some do only now and then. */
  const until = (stage: Scene, reading: object) =>
    vi.waitFor(async () => expect(await read(stage)).toMatchObject(reading), WAIT);

  /** Its workers are told to take nothing more, as before a drain. */
  async function stopped(stage: Scene): Promise<void> {
    for (const name of ['intake', 'quieted']) {
      const hold = stage.held(name);
      const items = await capture(stage, hold);
      await hold.write(stage.cx(), changes(stage, hold, items, 'quiet'));
      // In real time, for what it waits for is real.
      await vi.waitFor(
        async () => expect(await hold.settle(stage.cx(), 'quiet', items, null)).toMatchObject({ is: 'done' }),
        WAIT,
      );
    }
  }

  it.skipIf(missing)('waits for the job in flight until it has ended, and for nothing else', async () => {
    const { stage, jobs } = await scene();
    await until(stage, { running: 1 });
    if (unstoppable !== true) {
      await stopped(stage);
      await jobs.add();
    }
    const waiting = unstoppable === true ? 0 : 1;
    await until(stage, { running: 1, queued: waiting });
    let freed = false;
    const { verdict, whys } = await stage.waits('drain', async (waited) => {
      if (waited < 10_000 || freed) return;
      freed = true;
      await jobs.letGo();
      await until(stage, { running: 0 });
    });
    expect(freed).toBe(true);
    expect(whys[0]).toMatch(new RegExp(`: 1 running, ${waiting} queued, the oldest for \\d+ s`));
    expect(verdict).toMatchObject({ is: 'done', findings: [{ is: 'proved' }] });
    expect(await read(stage)).toMatchObject({ running: 0, queued: waiting });
  });

  it.skipIf(missing)('turns where the job has been running for longer than any should', async () => {
    const { stage } = await scene({ abortIfOlderThan: 1 });
    await vi.waitFor(async () => expect((await read(stage)).oldest?.ageMs).toBeGreaterThanOrEqual(1), WAIT);
    const { verdict, whys } = await stage.waits('drain');
    expect(whys).toEqual([]);
    expect(verdict).toMatchObject({
      is: 'failed',
      why: expect.stringMatching(/ has been running for \d+ s, and no job/),
    });
  });
});

describe('the drain of Celery', () => {
  const celery = python('celery');

  it.skipIf(noServer || celery === '')(
    'waits for nothing: it cannot see the task that runs, and claims nothing of it',
    async () => {
      await program(
        closing,
        {
          command: celery,
          args: ['-m', 'celery', '-A', 'celery_app', 'worker', '-c', '1', '-n', 'w@test', '--without-mingle'],
        },
        (name) => run(celery, ['-c', `from celery_app import hold\nhold.delay("${name}")`], env),
      );
      const stage = await sceneFor(
        { queues: [{ system: 'celery', at: 'STORE_URL' }], abortIfOlderThan: 1 },
        { config: { STORE_URL: redis.url } },
      );
      expect(await stage.waits('drain')).toMatchObject({ verdict: { is: 'done', findings: [] }, whys: [] });
      const [seen] = await herokuQueues(stage.heroku).look(stage.cx());
      expect(seen?.found).toMatchObject({ reading: { running: null, doubt: expect.stringContaining('not known') } });
    },
  );
});

const WAIT = { timeout: 60_000, interval: 50 };
