// Sidekiq itself, with jobs in flight; and the keys of other versions, which the machine need not have.
import { setTimeout as later } from 'node:timers/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Queue } from '../../src/queues/queue.ts';
import { sidekiq } from '../../src/queues/sidekiq.ts';
import { PATIENCE } from '../helpers/patience.ts';
import { type DumpedKey, noRedis, realRedis } from '../helpers/redis.ts';
import { having, jobsOf, run, start } from './apps/child.ts';
import { queueContract, troubleOf } from './contract.ts';

const redis = (await realRedis()) ?? noRedis;
const ruby = having(['ruby'], '-rsidekiq', '-e', '');

describe.skipIf(redis === noRedis || ruby === '')('Sidekiq', () => {
  const env = { REDIS_URL: redis.url, ASIDE_URL: redis.aside, DYNO: 'worker.1' };
  const rubySays = async (code: string) => JSON.parse(await run(ruby, ['-r./sidekiq_jobs.rb', '-e', code], env));
  const worker = (...queues: string[]) =>
    start(
      ruby,
      ['-S', 'sidekiq', '-r', './sidekiq_jobs.rb', '-c', '2', '-t', '1', ...queues.flatMap((name) => ['-q', name])],
      env,
    );
  const open = (options = {}): Promise<Queue> =>
    sidekiq.open({ url: redis.url, options, signal: new AbortController().signal });
  const look = async () => {
    await using queue = await open();
    return await queue.read();
  };

  beforeEach(() => redis.empty());

  it('says as much as Sidekiq itself of jobs that wait, run, failed and are due later', async () => {
    await using jobs = jobsOf(redis);
    await run(
      ruby,
      [
        '-r./sidekiq_jobs.rb',
        '-e',
        `HoldJob.perform_async("fail")
         %w[a b c].each { |name| HoldJob.perform_async(name) }
         HoldJob.set(queue: "low").perform_async("d")
         %w[e f].each { |name| HoldJob.perform_in(3600, name) }`,
      ],
      env,
    );
    await using _worker = worker('default');
    await jobs.begun(2);
    await jobs.letGo('fail');
    await jobs.begun(1);
    await vi.waitFor(async () => expect(await look()).toMatchObject({ running: 2, failed: 1, later: 3 }), PATIENCE);
    const before = Date.now();
    const ours = await look();
    const after = Date.now();
    const theirs = await rubySays(`
      stats = Sidekiq::Stats.new
      works = Sidekiq::Workers.new.map { |_, _, work| work["run_at"] }
      puts JSON.generate(queued: stats.enqueued, running: stats.workers_size, works: works.size, oldest: works.min,
        scheduled: stats.scheduled_size, retry: stats.retry_size, failed: stats.failed, queues: stats.queues)`);
    expect(theirs).toMatchObject({ queued: 2, running: 2, works: 2 });
    expect(ours).toMatchObject({
      queued: theirs.queued,
      running: theirs.running,
      later: theirs.scheduled + theirs.retry,
      failed: theirs.failed,
      doubt: null,
    });
    expect(Object.fromEntries(ours.queues.map(({ name, queued }) => [name, queued]))).toEqual(theirs.queues);
    expect(ours.oldest?.ageMs).toBeGreaterThanOrEqual(before - theirs.oldest * 1_000 - 1);
    expect(ours.oldest?.ageMs).toBeLessThanOrEqual(after - theirs.oldest * 1_000 + 1);
    expect(ours.oldest?.what).toBe('HoldJob');
    expect(ours.waiting?.ageMs).toBeGreaterThanOrEqual(0);
    expect(ours.waiting?.ageMs).toBeLessThan(600_000);
  });

  it('a process that is told to takes nothing more, and says so, while its job goes on to its end', async () => {
    await using jobs = jobsOf(redis);
    await using _worker = worker('default');
    await run(ruby, ['-r./sidekiq_jobs.rb', '-e', '%w[a b].each { |name| HoldJob.perform_async(name) }'], env);
    await jobs.begun(2);
    await using queue = await open();
    const { processes } = queue;
    if (processes === null) throw new Error('Expected processes');
    await vi.waitFor(async () => expect(await processes.list()).toMatchObject([{ busy: 2 }]), PATIENCE);
    const [process] = await processes.list();
    expect(process).toMatchObject({ host: 'worker.1', quiet: false });
    if (process === undefined) throw new Error('Expected a process');
    // Twice, as if maint had died in between.
    await processes.quiet([process.id]);
    await processes.quiet([process.id]);
    await vi.waitFor(async () => expect(await processes.list()).toMatchObject([{ quiet: true, busy: 2 }]), PATIENCE);
    await run(ruby, ['-r./sidekiq_jobs.rb', '-e', 'HoldJob.perform_async("c")'], env);
    await jobs.letGo('a');
    await vi.waitFor(async () => expect(await queue.read()).toMatchObject({ running: 1, queued: 1 }), PATIENCE);
    await jobs.letGo('b');
    await vi.waitFor(async () => expect(await queue.read()).toMatchObject({ running: 0, oldest: null }), PATIENCE);
    // Longer than its threads wait for a job at a time.
    await later(2_500);
    expect(await queue.read()).toMatchObject({ running: 0, queued: 1 });
    // Quiet already: not asked again.
    await processes.quiet([process.id]);
    expect(await redis.client.exists(`${process.id}-signals`)).toBe(0);
  });

  describe('where nothing is, or another version', () => {
    const now = () => Date.now() / 1_000;
    const seven = async (id: string, { embedded = false, beat = now(), since = 60 } = {}) => {
      const info = JSON.stringify({ hostname: id.split(':')[0], embedded, version: '7.3.0', identity: id });
      await redis.client.sadd('processes', id);
      await redis.client.hset(id, { info, busy: '1', beat: String(beat), quiet: 'false' });
      const payload = JSON.stringify({ class: 'Sidekiq::ActiveJob::Wrapper', wrapped: 'ReportJob', args: ['secret'] });
      const work = { queue: 'default', payload, run_at: Math.floor(now()) - since };
      await redis.client.hset(`${id}:work`, { abc: JSON.stringify(work) });
    };

    it('doubts a Redis in which nothing of Sidekiq is', async () => {
      expect(await look()).toMatchObject({ queued: 0, running: 0, doubt: expect.stringContaining('another one') });
    });

    it('reads what Sidekiq 7 writes, and names the job that Active Job wraps, never its arguments', async () => {
      await seven('worker.1:4:f00', { since: 10 });
      await seven('worker.2:4:f00');
      await seven('worker.3:4:f00', { since: 20 });
      const reading = await look();
      expect(reading).toMatchObject({ running: 3, oldest: { what: 'ReportJob' }, doubt: null });
      expect(reading.oldest?.ageMs).toBeGreaterThanOrEqual(59_000);
      expect(JSON.stringify(reading)).not.toContain('secret');
    });

    it('counts no process that has not reported for a minute, and doubts one that is late', async () => {
      await redis.client.sadd('processes', 'worker.9:4:dead');
      await seven('worker.2:4:f00', { beat: now() - 40 });
      expect(await look()).toMatchObject({ running: 1, doubt: expect.stringContaining('worker.2') });
      await using queue = await open();
      expect(await queue.processes?.list()).toHaveLength(1);
    });

    it('tells no process inside another one to be quiet, but says that it cannot; and asks the others', async () => {
      await seven('web.1:4:f00', { embedded: true });
      await seven('worker.1:4:f00');
      await using queue = await open();
      const ids = ['web.1:4:f00', 'worker.1:4:f00', 'worker.9:4:gone'];
      const trouble = await troubleOf(queue.processes?.quiet(ids) ?? Promise.resolve());
      expect(trouble).toMatchObject({ kind: 'needs-human', message: expect.stringContaining('web.1') });
      expect(await redis.client.keys('*-signals')).toEqual(['worker.1:4:f00-signals']);
      expect(await redis.client.ttl('worker.1:4:f00-signals')).toBeGreaterThan(50);
    });

    it('finds what a namespace hides', async () => {
      await redis.client.sadd('shop:queues', 'default');
      await redis.client.lpush('shop:queue:default', '{}');
      await using queue = await open({ prefix: 'shop' });
      expect(await queue.read()).toMatchObject({ queued: 1, doubt: null });
    });

    it('counts what is due as waiting, though no process has moved it yet, and what is not as due later', async () => {
      await redis.client.sadd('queues', 'default');
      await redis.client.lpush('queue:default', '{}');
      await redis.client.zadd(
        'schedule',
        now() - 7_200,
        '{"jid":"a"}',
        now() - 60,
        '{"jid":"b"}',
        now() + 3_600,
        '{"jid":"c"}',
      );
      await redis.client.zadd('retry', now() - 30, '{"jid":"d"}', now() + 60, '{"jid":"e"}');
      const reading = await look();
      expect(reading).toMatchObject({
        queues: [
          { name: 'default', queued: 1 },
          { name: 'scheduled and due', queued: 2 },
          { name: 'to be tried again now', queued: 1 },
        ],
        queued: 4,
        later: 2,
      });
      expect(reading.waiting?.ageMs).toBeGreaterThanOrEqual(7_199_000);
      await using named = await open({ queues: ['default'] });
      expect(await named.read()).toMatchObject({ queued: 1, later: 5 });
    });

    it('looks only at the queues that are named', async () => {
      await redis.client.sadd('queues', 'default', 'low');
      await redis.client.lpush('queue:low', '{}');
      await using queue = await open({ queues: ['default'] });
      expect(await queue.read()).toMatchObject({ queues: [{ name: 'default', queued: 0 }], queued: 0 });
    });
  });

  let written: readonly DumpedKey[] | null = null;
  /** What a real process has written, which is then stopped for good in the middle of its work. */
  async function bed() {
    await redis.empty();
    if (written === null) {
      await using jobs = jobsOf(redis);
      await using process = worker('default');
      await run(ruby, ['-r./sidekiq_jobs.rb', '-e', '%w[a b c].each { |name| HoldJob.perform_async(name) }'], env);
      await jobs.begun(2);
      await vi.waitFor(async () => expect(await look()).toMatchObject({ running: 2 }), PATIENCE);
      process.kill('SIGSTOP');
      written = await redis.dump();
    }
    await redis.restore(written);
    const [id] = await redis.client.smembers('processes');
    if (id === undefined) throw new Error('Expected a process');
    // Or it would be late, and doubted, by the time of the last test.
    await redis.client.hset(id, { beat: String(Date.now() / 1_000) });
    return { url: redis.url, id, dump: redis.dump, [Symbol.asyncDispose]: redis.empty };
  }

  queueContract(sidekiq, bed, {
    withoutPause: true,
    garbage: {
      'a queue that is no list': () => redis.client.set('queue:default', 'x'),
      'queues that are no set': () => redis.client.set('queues', 'x'),
      'a process that is no hash': ({ id }) => redis.client.set(id, 'x'),
      'a process that says no JSON': ({ id }) => redis.client.hset(id, 'info', '{'),
      'a process that says no host': ({ id }) => redis.client.hset(id, 'info', '{}'),
      'a number of busy threads that is none': ({ id }) => redis.client.hset(id, 'busy', 'many'),
      'work that is no hash': ({ id }) => redis.client.set(`${id}:workers`, 'x'),
      'work that is no JSON': ({ id }) => redis.client.hset(`${id}:workers`, 'x', '{'),
      'work without a time': ({ id }) => redis.client.hset(`${id}:workers`, 'x', '{"queue":"default"}'),
      'a number of failures that is none': () => redis.client.set('stat:failed', 'some'),
    },
  });
});
