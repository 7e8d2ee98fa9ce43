// Resque's keys as its own source makes them (`data_store.rb`, `worker.rb`): Resque itself is in no Debian package.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Queue } from '../../src/queues/queue.ts';
import { resque } from '../../src/queues/resque.ts';
import { noRedis, realRedis } from '../helpers/redis.ts';
import { queueContract } from './contract.ts';

const redis = (await realRedis()) ?? noRedis;

describe.skipIf(redis === noRedis)('Resque', () => {
  const { client } = redis;
  const open = (options = {}): Promise<Queue> =>
    resque.open({ url: redis.url, options, signal: new AbortController().signal });
  const look = async (options = {}) => {
    await using queue = await open(options);
    return await queue.read();
  };
  const ago = (ms: number): string => new Date(Date.now() - ms).toISOString().replace(/\.\d+/, '');

  async function push(queue: string, ...classes: string[]): Promise<void> {
    await client.sadd('resque:queues', queue);
    for (const name of classes) await client.rpush(`resque:queue:${queue}`, JSON.stringify({ class: name, args: [] }));
  }
  async function worker(id: string, job?: { class: string; args?: unknown }, { since = 0, silent = 0 } = {}) {
    await client.sadd('resque:workers', id);
    await client.hset('resque:workers:heartbeat', id, ago(silent));
    if (job === undefined) return;
    const work = { queue: 'mail', run_at: ago(since), payload: { args: [], ...job } };
    await client.set(`resque:worker:${id}`, JSON.stringify(work));
  }

  beforeEach(() => redis.empty());

  it('reads what waits, runs, failed and is due later', async () => {
    await push('mail', 'Send', 'Send');
    await push('low', 'Sweep');
    await worker('worker.1:4:mail', { class: 'Send', args: ['secret'] }, { since: 30_000 });
    await worker('worker.2:4:mail,low', { class: 'Sweep' }, { since: 90_000 });
    await worker('worker.3:4:mail');
    await client.set('resque:stat:failed', 7);
    // resque-scheduler's: a list for each moment.
    await client.zadd('resque:delayed_queue_schedule', 2_000_000_000, '2000000000', 2_000_000_060, '2000000060');
    await client.rpush('resque:delayed:2000000000', '{}', '{}');
    await client.rpush('resque:delayed:2000000060', '{}');
    const reading = await look();
    expect(reading).toMatchObject({
      queues: [
        { name: 'low', queued: 1 },
        { name: 'mail', queued: 2 },
      ],
      queued: 3,
      running: 2,
      oldest: { what: 'Sweep' },
      later: 3,
      failed: 7,
      doubt: null,
    });
    expect(reading.oldest?.ageMs).toBeGreaterThanOrEqual(90_000);
    expect(reading.oldest?.ageMs).toBeLessThan(600_000);
    expect(JSON.stringify(reading)).not.toContain('secret');
  });

  it('does not count what is due later at more than a thousand moments', async () => {
    await push('mail', 'Send');
    const moments = Array.from({ length: 1_001 }, (_, i) => 2_000_000_000 + i);
    await client.zadd('resque:delayed_queue_schedule', ...moments.flatMap((at) => [at, String(at)]));
    expect(await look()).toMatchObject({ later: null, doubt: null });
  });

  it('names the job that Active Job wraps', async () => {
    await worker('worker.1:4:mail', { class: 'Wrapper', args: [{ job_class: 'ReportJob', arguments: ['secret'] }] });
    expect(await look()).toMatchObject({ oldest: { what: 'ReportJob' } });
  });

  it('pauses and resumes all workers with the key that they look at, and doubts that they do', async () => {
    await push('mail', 'Send');
    await worker('worker.1:4:mail');
    await using queue = await open();
    await queue.intake?.set([{ key: 'resque', paused: true }]);
    expect(await client.get('resque:pause-all-workers')).toBe('true');
    expect(await queue.read()).toMatchObject({ doubt: expect.stringContaining('2.3') });
    await queue.intake?.set([{ key: 'resque', paused: false }]);
    expect(await client.exists('resque:pause-all-workers')).toBe(0);
    expect(await queue.read()).toMatchObject({ doubt: null });
  });

  it.each([' True ', 'TRUE'])('leaves a pause that somebody else wrote as %j', async (value) => {
    await client.set('resque:pause-all-workers', value);
    await using queue = await open();
    expect(await queue.intake?.look()).toEqual([{ key: 'resque', label: 'Resque', paused: true }]);
    await queue.intake?.set([{ key: 'resque', paused: true }]);
    expect(await client.get('resque:pause-all-workers')).toBe(value);
  });

  it('counts a job whose worker is not heard of any more, and doubts it', async () => {
    await worker('worker.1:4:mail', { class: 'Send' }, { silent: 600_000 });
    expect(await look()).toMatchObject({ running: 1, doubt: expect.stringContaining('not heard of') });
  });

  it('doubts a Redis in which nothing of Resque is, and finds what another namespace hides', async () => {
    expect(await look()).toMatchObject({ queued: 0, running: 0, doubt: expect.stringContaining('another one') });
    await client.sadd('shop:queues', 'mail');
    await client.rpush('shop:queue:mail', '{}');
    expect(await look({ prefix: 'shop' })).toMatchObject({ queued: 1, doubt: null });
  });

  async function bed() {
    await redis.empty();
    await push('mail', 'Send', 'Send');
    await worker('worker.1:4:mail', { class: 'Send' }, { since: 30_000 });
    return { url: redis.url, dump: redis.dump, [Symbol.asyncDispose]: redis.empty };
  }

  const work = 'resque:worker:worker.1:4:mail';
  queueContract(resque, bed, {
    garbage: {
      'a queue that is no list': () => client.set('resque:queue:mail', 'x'),
      'queues that are no set': () => client.set('resque:queues', 'x'),
      'work that is no text': async () => {
        await client.del(work);
        await client.lpush(work, 'x');
      },
      'work that is no JSON': () => client.set(work, '{'),
      'work without a time': () => client.set(work, '{"queue":"mail","payload":{"class":"Send","args":[]}}'),
      'work begun at no time': () =>
        client.set(work, '{"queue":"mail","run_at":"yesterday","payload":{"class":"Send","args":[]}}'),
      'a heartbeat at no time': () => client.hset('resque:workers:heartbeat', 'worker.1:4:mail', 'x'),
      'a number of failures that is none': () => client.set('resque:stat:failed', 'some'),
      'a pause that is no text': () => client.lpush('resque:pause-all-workers', 'x'),
      'a moment that is no list': async () => {
        await client.zadd('resque:delayed_queue_schedule', 2_000_000_000, '2000000000');
        await client.set('resque:delayed:2000000000', 'x');
      },
    },
  });
});
