// What waits in the app's queues while its workers come back, as a real Redis has it: asked about before the first worker, and
// watched while there are few. A queue that cannot be read holds up nothing.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Settings } from '../../../src/model/settings.ts';
import { realRedis } from '../../helpers/redis.ts';
import { beats } from '../../steps/sidekiq-keys.ts';
import { comingBack } from './coming-back.ts';
import { stages } from './stage.ts';

const redis = await realRedis();
const stageFor = stages();

async function withJobs(
  jobs: number,
  quantity = 4,
  url = redis?.url ?? '',
  age = 0,
  over: Partial<Settings> = {},
  app = {},
) {
  await redis?.client.sadd('queues', 'default', 'mailers');
  for (let i = 0; i < jobs; i += 1) await redis?.client.lpush('queue:default', '{"class":"HardJob"}');
  return comingBack(
    stageFor,
    { web: {}, worker: { quantity } },
    { queues: [{ system: 'sidekiq', at: 'REDIS_URL' }], backlog: { jobs: 10, age }, ...over },
    { config: { REDIS_URL: url }, ...app },
  );
}

/** What a worker's process would do to the queue; `failing`: all of them fail. */
async function take(jobs: number, failing = false): Promise<void> {
  for (let i = 0; i < jobs; i += 1) await redis?.client.rpop('queue:default');
  if (failing) await redis?.client.incrby('stat:failed', jobs);
}

describe('the jobs of an app that keeps the contract', () => {
  it('are not waited for behind the door, where it cannot be asked', async () => {
    const back = await comingBack(
      stageFor,
      { web: {}, worker: { quantity: 4 } },
      { queues: [{ system: 'http', at: 'http://127.0.0.1:1' }], backlog: { jobs: 10, age: 0 }, canary: 0 },
    );
    expect((await back.until('done')).is).toBe('done');
    expect(back.whys.filter((why) => why.includes('cannot be read'))).toEqual([]);
  });
});

describe.skipIf(redis === null)('a backlog', () => {
  beforeEach(() => redis?.empty());

  it('of few jobs is nothing to ask about: the first workers come at once', async () => {
    const back = await withJobs(10);
    expect((await back.until('done', () => take(10))).is).toBe('done');
    expect(back.writes).toEqual(['worker=1', 'worker=4']);
  });

  it('of many is asked about before any worker is there, with what is known of it', async () => {
    const back = await withJobs(1_234);
    await redis?.client.zadd('schedule', Date.now() / 1_000 + 3_600, '{"class":"LaterJob"}');
    const { ask } = await back.asked();
    expect(ask).toEqual({
      key: 'backlog',
      says: '1,234 jobs wait in Sidekiq',
      details: ['Sidekiq: default 1,234, 1 due later', 'since when the oldest waits is not known of Sidekiq'],
      answers: ['go-on', 'go-slowly'],
    });
    await take(20);
    back.stage.clock.advance(30_000);
    // As it was asked: it does not change with every job.
    expect(await back.settle()).toMatchObject({ is: 'ask', ask });
    expect(back.stage.settings().formation).toMatchObject({ worker: { quantity: 0 } });
  });

  it('of jobs that became due while nobody was there to put them into their queue is asked about as well', async () => {
    const back = await withJobs(1);
    const due = Date.now() / 1_000 - 7_200;
    for (let i = 0; i < 10; i += 1) await redis?.client.zadd('schedule', due, `{"class":"DueJob","jid":"${i}"}`);
    const { ask } = await back.asked();
    expect(ask.says).toMatch(/^11 jobs wait in Sidekiq, the oldest for 2 h 0 min/);
    expect(ask.details).toEqual(['Sidekiq: scheduled and due 10, default 1']);
  });

  it('of few jobs is asked about where one of them waits too long, in seconds or milliseconds', async () => {
    const back = await withJobs(2, 4, redis?.url, 60 * 60_000);
    const hours = (n: number) => Date.now() - n * 3_600_000;
    await redis?.client.rpush('queue:mailers', JSON.stringify({ class: 'MailJob', enqueued_at: hours(2) / 1_000 }));
    expect((await back.asked()).ask).toMatchObject({
      says: '3 jobs wait in Sidekiq, the oldest for 2 h 0 min',
      details: ['Sidekiq: default 2, mailers 1'],
    });
    await redis?.client.rpush('queue:default', JSON.stringify({ class: 'HardJob', enqueued_at: hours(3) }));
    back.stage.clock.advance(30_000);
    expect((await back.asked()).ask).toMatchObject({ says: '4 jobs wait in Sidekiq, the oldest for 3 h 0 min' });
  });

  it('is asked about for how long a job had waited before the maintenance, not for what that explains', async () => {
    const back = await withJobs(2, 4, redis?.url, 60 * 60_000);
    const hours = (n: number) => (Date.now() - n * 3_600_000) / 1_000;
    await redis?.client.rpush('queue:mailers', JSON.stringify({ class: 'MailJob', enqueued_at: hours(3.5) }));
    back.heldFor(3 * 3_600_000);
    expect((await back.until('done', () => take(1))).is).toBe('done');
    expect(back.writes).toEqual(['worker=1', 'worker=4']);
  });

  it('is asked about where a job had waited too long when the maintenance began', async () => {
    const back = await withJobs(2, 4, redis?.url, 60 * 60_000);
    const hours = (n: number) => (Date.now() - n * 3_600_000) / 1_000;
    await redis?.client.rpush('queue:mailers', JSON.stringify({ class: 'MailJob', enqueued_at: hours(4.5) }));
    back.heldFor(3 * 3_600_000);
    const says = /^3 jobs wait in Sidekiq, the oldest for 4 h 3\d min, 3 h 0 min of it in this maintenance$/;
    expect((await back.asked()).ask.says).toMatch(says);
  });

  it('of many is asked about for their number, however short the wait', async () => {
    const back = await withJobs(20, 4, redis?.url, 60 * 60_000);
    const enqueued = { class: 'MailJob', enqueued_at: Date.now() / 1_000 - 600 };
    await redis?.client.rpush('queue:mailers', JSON.stringify(enqueued));
    back.heldFor(3 * 3_600_000);
    const says = /^21 jobs wait in Sidekiq, the oldest for 1\d min, all of it in this maintenance$/;
    expect((await back.asked()).ask.says).toMatch(says);
  });

  it('that somebody has cleared away is not asked about any more', async () => {
    const back = await withJobs(20);
    await back.asked();
    await take(20);
    expect((await back.until('done')).is).toBe('done');
  });

  it('is asked about by nobody where no worker is to come: somebody had scaled up what stood at zero', async () => {
    const back = await withJobs(20, 0);
    expect((await back.settle()).is).toBe('done');
  });

  it('is asked about also where the dynos of before are still stopping', async () => {
    const back = await withJobs(20, 4, redis?.url, 0, {}, { times: { stopMs: 20_000, graceMs: 30_000 } });
    expect(back.stage.world.app('shop').dynos.filter(({ type }) => type === 'worker')).toHaveLength(4);
    expect((await back.asked()).ask.key).toBe('backlog');
  });

  it('is asked about by nobody where all workers run already: somebody has brought them back by hand', async () => {
    const back = await withJobs(20);
    const { ask } = await back.asked();
    expect(ask.key).toBe('backlog');
    back.stage.world.scale('shop', 'worker', 4);
    expect((await back.until('done', () => take(5))).is).toBe('done');
    expect(back.writes).toEqual([]);
  });

  it('is gone on with when a person says so', async () => {
    const back = await withJobs(20);
    back.answer(await back.asked(), 'go-on');
    expect((await back.until('done', () => take(5))).is).toBe('done');
    expect(back.writes).toEqual(['worker=1', 'worker=4']);
  });

  it('is gone on with slowly: twice as many each time, each watched for a while', async () => {
    const back = await withJobs(20, 10);
    back.answer(await back.asked(), 'go-slowly');
    const from = back.stage.clock.now();
    expect((await back.until('done', () => take(5))).is).toBe('done');
    expect(back.writes).toEqual(['worker=1', 'worker=2', 'worker=4', 'worker=8', 'worker=10']);
    expect(back.stage.clock.now() - from).toBe(4 * 30_000);
  });

  it('is gone on with as slowly where nothing is watched otherwise', async () => {
    const back = await withJobs(20, 4, redis?.url, 0, { canary: 0 });
    back.answer(await back.asked(), 'go-slowly');
    const from = back.stage.clock.now();
    expect((await back.until('done', () => take(5))).is).toBe('done');
    expect(back.writes).toEqual(['worker=1', 'worker=2', 'worker=4']);
    expect(back.stage.clock.now() - from).toBe(2 * 30_000);
  });

  it('is gone on with slowly past workers that crash where a person says so, who is not asked of the same ones again', async () => {
    const back = await withJobs(20, 4);
    back.answer(await back.asked(), 'go-slowly');
    const worker = back.stage.world.app('shop').formation.find(({ type }) => type === 'worker');
    if (worker !== undefined) worker.crashes = true;
    back.answer(await back.asked(), 'go-on');
    expect((await back.until('ask')).is).toBe('done');
    expect(back.writes).toEqual(['worker=1', 'worker=2', 'worker=4']);
    expect(back.whys.at(-1)).toBe('worker: watched before the others come');
  });

  it('of a type with very many dynos is gone on with as slowly, and all come after 64', async () => {
    const back = await withJobs(20, 100);
    back.answer(await back.asked(), 'go-slowly');
    expect((await back.until('done', () => take(5))).is).toBe('done');
    expect(back.writes).toEqual([1, 2, 4, 8, 16, 32, 64, 100].map((dynos) => `worker=${dynos}`));
  });

  it('that cannot be read is said, and waited for half a minute at most', async () => {
    const back = await withJobs(0, 4, 'redis://127.0.0.1:1/0');
    const from = back.stage.clock.now();
    expect((await back.until('done')).is).toBe('done');
    expect(back.whys[0]).toMatch(/^Sidekiq cannot be read: /);
    // And then the watch.
    expect(back.stage.clock.now() - from).toBe(60_000);
  });
});

describe.skipIf(redis === null)('the jobs that the first worker takes', () => {
  beforeEach(() => redis?.empty());

  it('are asked about where they fail as they come, until a person says', async () => {
    const back = await withJobs(10);
    const asking = await back.asked((looks) => (looks === 2 ? take(4, true) : undefined));
    expect(asking.ask).toMatchObject({
      key: 'canary',
      says: 'jobs fail since the first workers are back: 4 in Sidekiq',
      details: ['Sidekiq: 4 more have failed, 4 fewer wait'],
    });
    for (const _ of Array.from({ length: 5 })) {
      back.stage.clock.advance(60_000);
      expect((await back.settle()).is).toBe('ask');
    }
    back.answer(asking, 'look-again');
    await take(6);
    expect((await back.until('done')).is).toBe('done');
  });

  it('may fail now and then', async () => {
    const back = await withJobs(10);
    const done = await back.until('done', (looks) => (looks === 2 ? take(3, true) : take(1)));
    expect(done.is).toBe('done');
  });

  it('may fail where many more are taken: one in five is no accident', async () => {
    const fails = async (failed: number) => {
      await redis?.empty();
      const back = await withJobs(40);
      back.answer(await back.asked(), 'go-on');
      return back.until('ask', async (looks) => {
        if (looks !== 2) return;
        await take(20);
        await redis?.client.incrby('stat:failed', failed);
      });
    };
    expect([(await fails(4)).is, (await fails(5)).is]).toEqual(['done', 'ask']);
  });

  it('are not asked about where one is worked on, though none has been taken since', async () => {
    const back = await withJobs(10);
    if (redis !== null) await beats(redis, 'worker.1', { jobs: [60] });
    expect((await back.until('done')).is).toBe('done');
  });

  it('are not asked about where somebody has paused the queue', async () => {
    await redis?.client.sadd('rq:queues', 'rq:queue:default');
    await redis?.client.rpush('rq:queue:default', 'job');
    const settings: Partial<Settings> = { queues: [{ system: 'rq', at: 'REDIS_URL' }] };
    const config = { REDIS_URL: redis?.url ?? '' };
    const back = await comingBack(stageFor, { web: {}, worker: {} }, settings, { config });
    await redis?.client.set('rq:suspended', 1);
    expect((await back.until('done')).is).toBe('done');
    back.lookFirst();
    await redis?.client.del('rq:suspended');
    expect((await back.asked()).ask.says).toBe('RQ: 1 job waits and none is taken');
  });

  it('are asked about where none is taken', async () => {
    const back = await withJobs(10);
    const from = back.stage.clock.now();
    const { ask } = await back.asked();
    expect(ask.says).toBe('Sidekiq: 10 jobs wait and none is taken');
    expect(back.stage.clock.now() - from).toBe(2 * 60_000);
    await take(1);
    expect((await back.until('done')).is).toBe('done');
  });
});
