import { Queue as Queue6, Worker as Worker6 } from 'bullmq';
import { Queue as Queue5, Worker as Worker5 } from 'bullmq-5';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bullmq } from '../../src/queues/bullmq.ts';
import type { QueueOptions } from '../../src/queues/queue.ts';
import { realRedis } from '../helpers/redis.ts';
import { Bench } from './bull-bench.ts';
import { queueContract } from './contract.ts';

// Real workers of both versions; their jobs end when the test lets them.

const real = await realRedis();
const bench = new Bench(real, bullmq);

describe.skipIf(real === null)('BullMQ', () => {
  beforeEach(() => bench.real.empty());
  afterEach(() => bench.close());

  const six = {
    title: 'BullMQ 6',
    queue: (name: string, prefix = 'bull') => bench.closing(new Queue6(name, { connection: bench.client(), prefix })),
    worker: (name: string, work: (() => Promise<void>) | null, prefix = 'bull') =>
      bench.closing(new Worker6(name, work, { connection: bench.client(), prefix })),
  };
  const five = {
    title: 'BullMQ 5',
    queue: (name: string, prefix = 'bull') => bench.closing(new Queue5(name, { connection: bench.client(), prefix })),
    worker: (name: string, work: (() => Promise<void>) | null, prefix = 'bull') =>
      bench.closing(new Worker5(name, work, { connection: bench.client(), prefix })),
  };

  describe.each([six, five])('$title', ({ queue, worker }) => {
    test('says of jobs that wait, run and are due later what BullMQ itself says', async () => {
      const mails = queue('mails');
      await mails.add('fails', {});
      const hand = worker('mails', null);
      const failing = await hand.getNextJob('hand', { block: false });
      await failing?.moveToFailed(new Error('no'), 'hand', false);

      await mails.add('welcome', { to: 'somebody' });
      const held = bench.held();
      worker('mails', held.work);
      await held.started;
      for (const name of ['a', 'b', 'c']) await mails.add(name, {});
      await mails.add('urgent', {}, { priority: 1 });
      await mails.add('tomorrow', {}, { delay: 3_600_000 });

      const own = await mails.getJobCounts();
      const [active] = await mails.getActive();
      const said = await bench.readSince('oldest', active?.processedOn ?? 0);
      expect(own).toMatchObject({ waiting: 3, prioritized: 1, delayed: 1, active: 1, failed: 1 });
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
      const [five, six, seven] = [hours(5), hours(6), hours(7)];
      const delayed = await mails.add('due an hour ago', {}, { timestamp: six, delay: five - six + 4 * 3_600_000 });
      await since(five + 4 * 3_600_000);
      await delayed.promote();
      await since(five + 4 * 3_600_000);
      await mails.add('made', {}, { timestamp: five });
      await mails.add('now', {});
      await since(five);
      await bench.set('mails', true);
      await since(five);
      await bench.set('mails', false);
      await mails.add('urgent', {}, { timestamp: seven, priority: 2 });
      await since(seven);
      const [urgent] = (await mails.getJobs(['waiting', 'prioritized'])).filter(({ name }) => name === 'urgent');
      // Tried since, it waits for less.
      await bench.redis.hset(`bull:mails:${urgent?.id}`, 'processedOn', hours(1));
      await since(five);
    });

    test('paused, a worker takes nothing more while the job in flight finishes; resumed, it takes the rest', async () => {
      const mails = queue('mails');
      const held = bench.held();
      await mails.add('first', {});
      worker('mails', held.work);
      await held.started;
      await mails.add('second', {});

      await bench.set('mails', true);
      expect(await mails.isPaused()).toBe(true);
      await mails.add('third', {});
      held.end();
      await expect.poll(() => mails.getCompletedCount(), { interval: 20 }).toBe(1);
      expect(await worker('mails', null).getNextJob('hand', { block: false })).toBeUndefined();
      expect(await bench.read()).toMatchObject({ queued: 2, running: 0, doubt: null });

      await bench.set('mails', false);
      await expect.poll(() => mails.getCompletedCount(), { interval: 20 }).toBe(3);
      expect(await bench.read()).toMatchObject({ queued: 0, running: 0 });
    });

    test('pausing twice is pausing once, and what was not paused is not resumed', async () => {
      await queue('mails').add('a', {});
      const open = await bench.real.dump();
      await bench.set('mails', false);
      expect(await bench.real.dump()).toEqual(open);
      await bench.set('mails', true);
      const paused = await bench.real.dump();
      expect(paused).not.toEqual(open);
      await bench.set('mails', true);
      expect(await bench.real.dump()).toEqual(paused);
    });

    test('a queue that somebody paused before stays paused when another is paused and resumed', async () => {
      const [mails, reports] = [queue('mails'), queue('reports')];
      await reports.pause();
      expect(await bench.look()).toEqual([
        { key: 'mails', label: 'mails', paused: false },
        { key: 'reports', label: 'reports', paused: true },
      ]);
      await bench.set('mails', true);
      await bench.set('mails', false);
      expect([await mails.isPaused(), await reports.isPaused()]).toEqual([false, true]);
    });

    test('a pause leaves the version that the app wrote as it is', async () => {
      await queue('mails').add('a', {});
      const written = (await bench.redis.hget('bull:mails:meta', 'version')) ?? '';
      const other = written.replace(/\d+$/, '99');
      await bench.redis.hset('bull:mails:meta', 'version', other);
      await bench.set('mails', true);
      expect(await bench.redis.hget('bull:mails:meta', 'version')).toBe(other);
    });

    test('a job whose worker was lost is counted as running, and said to be doubtful', async () => {
      const mails = queue('mails');
      await mails.add('welcome', {});
      const job = await worker('mails', null).getNextJob('hand', { block: false });
      expect((await bench.read()).doubt).toBeNull();
      await bench.redis.del(`bull:mails:${job?.id}:lock`);
      const said = await bench.read();
      expect(said.running).toBe(1);
      expect(said.doubt).toContain(`mails: welcome (job ${job?.id}): counted as running, but no worker holds its lock`);
    });

    test('a job whose time has come waits, even where no worker has moved it yet', async () => {
      const mails = queue('mails');
      await mails.add('soon', {}, { delay: 1 });
      await mails.add('tomorrow', {}, { delay: 3_600_000 });
      await expect.poll(async () => (await bench.read()).queued, { interval: 10 }).toBe(1);
      expect(await bench.read()).toMatchObject({ later: 1 });
    });

    test('reads and pauses under a prefix of its own', async () => {
      const mails = queue('mails', 'shop[1]*');
      await mails.add('a', {});
      await queue('mails').add('elsewhere', {});
      const options: QueueOptions = { prefix: 'shop[1]*' };
      expect((await bench.read(options)).queued).toBe(1);
      await bench.set('mails', true, options);
      expect(await mails.isPaused()).toBe(true);
      expect(await queue('mails').isPaused()).toBe(false);
    });

    test('reads only the queues that are named, and says where there is none of that name', async () => {
      await queue('mails').add('a', {});
      await queue('reports').add('a', {});
      expect(await bench.read({ queues: ['mails'] })).toMatchObject({ queued: 1, doubt: null });
      const said = await bench.read({ queues: ['mails', 'invoices'] });
      expect(said.doubt).toBe('nothing of BullMQ was found for invoices');
    });

    test('an id that the app made up is not repeated', async () => {
      const mails = queue('mails');
      await mails.add('welcome', {}, { jobId: 'ann@example.org' });
      await worker('mails', null).getNextJob('hand', { block: false });
      expect((await bench.read()).oldest?.what).toBe('mails: welcome');
    });
  });

  test('two versions in one Redis are each paused as their own library does it', async () => {
    const [old, fresh] = [five.queue('old'), six.queue('fresh')];
    for (const each of [old, fresh]) await each.add('a', {});
    await bench.setAll([
      { key: 'old', paused: true },
      { key: 'fresh', paused: true },
    ]);
    expect(await bench.redis.exists('bull:old:wait', 'bull:fresh:paused')).toBe(0);
    expect(await bench.redis.exists('bull:old:paused', 'bull:fresh:wait')).toBe(2);
    expect((await bench.read()).queued).toBe(2);
    await bench.setAll([
      { key: 'old', paused: false },
      { key: 'fresh', paused: false },
    ]);
    for (const name of ['old', 'fresh']) expect(await bench.redis.llen(`bull:${name}:wait`)).toBe(1);
  });

  test.each(['bullmq:4.12.0', 'bullmq:7.0.0', 'bullmq-pro:7.1.0', 'bullmq:5', null])(
    'a queue of %s is read, but not paused by guess',
    async (version) => {
      await six.queue('mails').add('a', {});
      await five.queue('reports').add('a', {});
      if (version === null) await bench.redis.hdel('bull:mails:meta', 'version');
      else await bench.redis.hset('bull:mails:meta', 'version', version);
      const before = await bench.real.dump();
      expect(await bench.look()).toEqual([
        { key: 'mails', label: 'mails', paused: false, cannot: expect.any(String) },
        { key: 'reports', label: 'reports', paused: false },
      ]);
      // What waits and runs in it is known all the same.
      expect(await bench.read()).toMatchObject({ queued: 2, doubt: null });
      await expect(bench.set('mails', true)).rejects.toMatchObject({ kind: 'needs-human' });
      expect(await bench.real.dump()).toEqual(before);
    },
  );

  test('a queue that cannot be resumed says so as well, and that it is paused', async () => {
    const mails = six.queue('mails');
    await mails.add('a', {});
    await mails.pause();
    await bench.redis.hset('bull:mails:meta', 'version', 'bullmq:7.0.0');
    expect(await bench.look()).toMatchObject([
      { key: 'mails', paused: true, cannot: expect.stringContaining('7.0.0') },
    ]);
    await expect(bench.set('mails', false)).rejects.toMatchObject({ kind: 'needs-human' });
  });

  test('jobs in both lists of a queue of BullMQ 5 are not lost by a pause: it is refused', async () => {
    await five.queue('mails').add('a', {});
    await bench.redis.lpush('bull:mails:paused', 'another');
    const before = await bench.real.dump();
    await expect(bench.set('mails', true)).rejects.toMatchObject({ kind: 'needs-human' });
    expect(await bench.real.dump()).toEqual(before);
    expect((await bench.read()).queued).toBe(2);
  });

  test('a queue that is not there cannot be paused', async () => {
    await six.queue('mails').add('a', {});
    await expect(bench.set('invoices', true)).rejects.toMatchObject({ kind: 'fatal' });
  });

  test('no queue at all is said to be doubtful, not taken for quiet', async () => {
    expect(await bench.read()).toMatchObject({ queued: 0, doubt: 'no queue of BullMQ was found under "bull"' });
  });

  test('a look writes nothing', async () => {
    const mails = six.queue('mails');
    await mails.add('a', {});
    await five.queue('reports').add('b', {}, { delay: 60_000 });
    await six.worker('mails', null).getNextJob('hand', { block: false });
    const before = await bench.real.dump();
    await bench.read();
    await bench.look();
    expect(await bench.real.dump()).toEqual(before);
  });

  test('keys of another type are no numbers', async () => {
    await six.queue('mails').add('a', {});
    await bench.redis.del('bull:mails:wait');
    await bench.redis.set('bull:mails:wait', '7');
    await expect(bench.read()).rejects.toMatchObject({ kind: 'fatal' });
  });
});

queueContract(
  bullmq,
  async () => {
    await bench.real.empty();
    const mails = bench.closing(new Queue6('mails', { connection: bench.client() }));
    const reports = bench.closing(new Queue5('reports', { connection: bench.client() }));
    for (const queue of [mails, reports]) {
      for (const name of ['a', 'b']) await queue.add(name, {});
      await queue.add('later', {}, { delay: 3_600_000 });
    }
    await reports.pause();
    const hand = bench.closing(new Worker6('mails', null, { connection: bench.client() }));
    await hand.getNextJob('hand', { block: false });
    return { url: bench.real.url, dump: bench.real.dump, [Symbol.asyncDispose]: () => bench.close() };
  },
  {
    skip: real === null,
    garbage: {
      ...bench.garbage,
      'a set of what is due later that is a list': async () => {
        await bench.redis.del('bull:mails:delayed');
        await bench.redis.lpush('bull:mails:delayed', 'a');
      },
      'what is kept of a queue is a text': async () => {
        await bench.redis.del('bull:mails:meta');
        await bench.redis.set('bull:mails:meta', 'x');
      },
      'a job in flight that is a text': async () => {
        const [id] = await bench.redis.lrange('bull:mails:active', 0, 0);
        await bench.redis.set(`bull:mails:${id}`, 'x');
      },
      'a job in flight of which nothing is left': async () => {
        const [id] = await bench.redis.lrange('bull:mails:active', 0, 0);
        await bench.redis.del(`bull:mails:${id}`, `bull:mails:${id}:lock`);
      },
    },
  },
);
