import Bull from 'bull';
import { Queue as Queue6 } from 'bullmq';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bull } from '../../src/queues/bull.ts';
import { realRedis } from '../helpers/redis.ts';
import { Bench } from './bull-bench.ts';
import { queueContract } from './contract.ts';

// Real workers of Bull; their jobs end when the test lets them.

const real = await realRedis();
const bench = new Bench(real, bull);

function queue(name: string, prefix = 'bull'): Bull.Queue {
  return bench.closing(new Bull(name, { createClient: () => bench.client(), prefix }));
}

describe.skipIf(real === null)('Bull', () => {
  beforeEach(() => bench.real.empty());
  afterEach(() => bench.close());

  test('says of jobs that wait, run and are due later what Bull itself says', async () => {
    const mails = queue('mails');
    await mails.add('fails', {});
    const failing = await mails.getNextJob();
    await failing?.moveToFailed({ message: 'no' }, true);

    await mails.add('welcome', { to: 'somebody' });
    const held = bench.held();
    void mails.process('*', held.work);
    await held.started;
    for (const name of ['a', 'b', 'c']) await mails.add(name, {});
    await mails.add('urgent', {}, { priority: 1 });
    await mails.add('tomorrow', {}, { delay: 3_600_000 });

    const own = await mails.getJobCounts();
    const [active] = await mails.getActive();
    const said = await bench.readSince('oldest', active?.processedOn ?? 0);
    expect(own).toEqual({ waiting: 4, active: 1, completed: 0, failed: 1, delayed: 1, paused: 0 });
    expect(said).toMatchObject({ queued: 4, later: 1, running: 1, failed: 1, doubt: null });
    expect(said.queues).toEqual([{ name: 'mails', queued: 4 }]);
    expect(said.oldest?.what).toBe(`mails: welcome (job ${active?.id})`);
    held.end();
  });

  test('says since when the oldest waits: since it was made, was due or was tried last, whichever is last', async () => {
    const mails = queue('mails');
    const hours = (n: number) => Date.now() - n * 3_600_000;
    const since = (then: number) => bench.readSince('waiting', then);
    expect((await bench.read()).waiting).toBeNull();
    // It takes the time that a job was made, and its types do not say so.
    const made = (timestamp: number, more: Bull.JobOptions = {}) => ({ ...more, timestamp });
    const [five, six, seven] = [hours(5), hours(6), hours(7)];
    const delayed = await mails.add('due an hour ago', {}, made(six, { delay: five - six + 4 * 3_600_000 }));
    await since(five + 4 * 3_600_000);
    await delayed.promote();
    await since(five + 4 * 3_600_000);
    await mails.add('made', {}, made(five));
    await mails.add('now', {});
    await since(five);
    await bench.set('mails', true);
    await since(five);
    await bench.set('mails', false);
    await mails.add('urgent', {}, made(seven, { priority: 2 }));
    await since(seven);
    const [urgent] = (await mails.getJobs(['waiting'])).filter(({ name }) => name === 'urgent');
    // Tried since, it waits for less.
    await bench.redis.hset(`bull:mails:${urgent?.id}`, 'processedOn', hours(1));
    await since(five);
  });

  test('paused, a worker takes nothing more while the job in flight finishes; resumed, it takes the rest', async () => {
    const mails = queue('mails');
    const held = bench.held();
    await mails.add({});
    void mails.process(held.work);
    await held.started;
    await mails.add({});

    await bench.set('mails', true);
    expect(await mails.isPaused()).toBe(true);
    await mails.add({});
    held.end();
    await expect.poll(() => mails.getCompletedCount(), { interval: 20 }).toBe(1);
    // It looks for the next one as soon as it has done one: what it could take by then, it has taken.
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await mails.getJobCounts()).toMatchObject({ active: 0, completed: 1, paused: 2, waiting: 0 });
    expect(await bench.read()).toMatchObject({ queued: 2, running: 0, doubt: null });

    await bench.set('mails', false);
    await expect.poll(() => mails.getCompletedCount(), { interval: 20 }).toBe(3);
    expect(await bench.read()).toMatchObject({ queued: 0, running: 0 });
  });

  test('a queue that somebody paused before stays paused when another is paused and resumed', async () => {
    const [mails, reports] = [queue('mails'), queue('reports')];
    for (const each of [mails, reports]) await each.add({});
    await reports.pause();
    expect(await bench.look()).toEqual([
      { key: 'mails', label: 'mails', paused: false },
      { key: 'reports', label: 'reports', paused: true },
    ]);
    await bench.set('mails', true);
    await bench.set('mails', false);
    expect([await mails.isPaused(), await reports.isPaused()]).toEqual([false, true]);
  });

  test('jobs in both lists are not lost by a pause: it is refused', async () => {
    await queue('mails').add({});
    await bench.redis.lpush('bull:mails:paused', 'another');
    const before = await bench.real.dump();
    await expect(bench.set('mails', true)).rejects.toMatchObject({ kind: 'needs-human' });
    expect(await bench.real.dump()).toEqual(before);
  });

  test('a queue of BullMQ under the same prefix is neither read nor paused', async () => {
    await queue('mails').add({});
    await bench.closing(new Queue6('reports', { connection: bench.client() })).add('a', {});
    expect((await bench.read()).queues).toEqual([{ name: 'mails', queued: 1 }]);
    expect((await bench.look()).map(({ key }) => key)).toEqual(['mails']);
    await expect(bench.set('reports', true)).rejects.toMatchObject({ kind: 'fatal' });
  });

  test('a job whose worker was lost is counted as running, and said to be doubtful', async () => {
    const mails = queue('mails');
    await mails.add({});
    const job = await mails.getNextJob();
    expect((await bench.read()).doubt).toBeNull();
    await bench.redis.del(`bull:mails:${job?.id}:lock`);
    const said = await bench.read();
    expect(said.running).toBe(1);
    expect(said.doubt).toContain(`mails (job ${job?.id}): counted as running, but no worker holds its lock`);
  });

  test('reads and pauses under a prefix of its own, and a name with a colon', async () => {
    const mails = queue('mails:eu', 'shop');
    await mails.add({});
    await bench.set('mails:eu', true, { prefix: 'shop' });
    expect(await mails.isPaused()).toBe(true);
    expect(await bench.read({ prefix: 'shop' })).toMatchObject({ queues: [{ name: 'mails:eu', queued: 1 }] });
  });

  test('no queue at all is said to be doubtful, not taken for quiet', async () => {
    expect(await bench.read()).toMatchObject({ queued: 0, doubt: 'no queue of Bull was found under "bull"' });
  });
});

queueContract(
  bull,
  async () => {
    await bench.real.empty();
    const [mails, reports] = [queue('mails'), queue('reports')];
    for (const each of [mails, reports]) {
      for (let n = 0; n < 2; n++) await each.add({});
      await each.add({}, { delay: 3_600_000 });
    }
    await mails.getNextJob();
    await reports.pause();
    return { url: bench.real.url, dump: bench.real.dump, [Symbol.asyncDispose]: () => bench.close() };
  },
  {
    skip: real === null,
    garbage: bench.garbage,
  },
);
