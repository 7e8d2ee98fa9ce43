// RQ itself, with jobs in flight; and the keys of RQ 2, which the machine need not have.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Queue } from '../../src/queues/queue.ts';
import { rq } from '../../src/queues/rq.ts';
import { PATIENCE } from '../helpers/patience.ts';
import { type DumpedKey, noRedis, realRedis } from '../helpers/redis.ts';
import { having, jobsOf, run, start } from './apps/child.ts';
import { queueContract } from './contract.ts';

const redis = (await realRedis()) ?? noRedis;
const python = having(['python3', '/usr/bin/python3'], '-c', 'import rq, redis');

describe.skipIf(redis === noRedis || python === '')('RQ', () => {
  const env = { REDIS_URL: redis.url, ASIDE_URL: redis.aside };
  const worker = (...queues: string[]) =>
    start(python, ['-m', 'rq.cli', 'worker', '--url', redis.url, '--path', '.', ...queues], env);
  const pythonSays = (code: string) =>
    run(
      python,
      ['-c', `import json, os, rq\nfrom redis import Redis\nr = Redis.from_url(os.environ["REDIS_URL"])\n${code}`],
      env,
    );
  const enqueue = (queue: string, ...names: string[]) =>
    pythonSays(
      `for name in ${JSON.stringify(names)}: rq.Queue("${queue}", connection=r).enqueue("rq_jobs.hold", name)`,
    );
  const open = (options = {}): Promise<Queue> =>
    rq.open({ url: redis.url, options, signal: new AbortController().signal });
  const look = async () => {
    await using queue = await open();
    return await queue.read();
  };

  const stateOfWorker = async () => {
    const [key = ''] = await redis.client.smembers('rq:workers');
    return await redis.client.hget(key, 'state');
  };

  beforeEach(() => redis.empty());

  it('says as much as RQ itself of jobs that wait, run, failed and are due later', async () => {
    await using jobs = jobsOf(redis);
    await enqueue('default', 'fail', 'a', 'b', 'c');
    await enqueue('low', 'd');
    await pythonSays(`
from datetime import timedelta
q = rq.Queue("default", connection=r)
q.enqueue_in(timedelta(hours=1), "rq_jobs.hold", "e")
q.enqueue("rq_jobs.hold", "f", depends_on=q.job_ids[-1])`);
    await using _worker = worker('default');
    await jobs.begun(1);
    await jobs.letGo('fail');
    await jobs.begun(1);
    await using _second = worker('default');
    await jobs.begun(1);
    const before = Date.now();
    const ours = await look();
    const after = Date.now();
    const theirs = JSON.parse(
      await pythonSays(`
from rq.registry import *
qs = rq.Queue.all(connection=r)
started = [rq.job.Job.fetch(i, connection=r) for q in qs for i in StartedJobRegistry(queue=q).get_job_ids()]
print(json.dumps({
  "queues": {q.name: q.count for q in qs},
  "running": sum(StartedJobRegistry(queue=q).count for q in qs),
  "failed": sum(FailedJobRegistry(queue=q).count for q in qs),
  "later": sum(ScheduledJobRegistry(queue=q).count + DeferredJobRegistry(queue=q).count for q in qs),
  "oldest": min(j.started_at.timestamp() for j in started),
}))`),
    );
    expect(theirs).toMatchObject({ queues: { default: 1, low: 1 }, running: 2, failed: 1, later: 2 });
    expect(Object.fromEntries(ours.queues.map(({ name, queued }) => [name, queued]))).toEqual(theirs.queues);
    expect(ours).toMatchObject({ queued: 2, running: 2, failed: 1, later: 2, doubt: null });
    // Its times are in UTC, without saying so to Python.
    const oldest = theirs.oldest * 1_000 - new Date(theirs.oldest * 1_000).getTimezoneOffset() * 60_000;
    expect(ours.oldest?.ageMs).toBeGreaterThanOrEqual(before - oldest - 1);
    expect(ours.oldest?.ageMs).toBeLessThanOrEqual(after - oldest + 1);
    expect(ours.oldest?.what).toBe('rq_jobs.hold');
  });

  it('says since when the next job to be taken waits', async () => {
    await enqueue('default', 'a', 'b');
    const first = await redis.client.lindex('rq:queue:default', 0);
    await redis.client.hset(`rq:job:${first}`, 'enqueued_at', new Date(Date.now() - 180_000).toISOString());
    const { waiting } = await look();
    expect(waiting?.ageMs).toBeGreaterThan(90_000);
    expect(waiting?.ageMs).toBeLessThan(600_000);
  });

  it('suspended, a worker takes nothing more while its job goes on to its end; resumed, it does', async () => {
    await using jobs = jobsOf(redis);
    await enqueue('default', 'a', 'b');
    await using _worker = worker('default');
    await jobs.begun(1);
    await using queue = await open();
    const { intake } = queue;
    if (intake === null) throw new Error('Expected an intake');
    await intake.set([{ key: 'rq', paused: true }]);
    expect(await pythonSays('print(rq.suspension.is_suspended(r))')).toBe('1');
    expect(await queue.read()).toMatchObject({ queued: 1, running: 1, doubt: null });
    await jobs.letGo('a');
    await vi.waitFor(async () => expect(await stateOfWorker()).toBe('suspended'), PATIENCE);
    expect(await queue.read()).toMatchObject({ queued: 1, running: 0, oldest: null, doubt: null });
    await intake.set([{ key: 'rq', paused: false }]);
    expect(await jobs.begun(1)).toEqual(['b']);
  });

  it('doubts a suspension where a worker was waiting already, for that one takes one more', async () => {
    await using jobs = jobsOf(redis);
    await using _worker = worker('default');
    await vi.waitFor(async () => expect(await stateOfWorker()).toBe('idle'), PATIENCE);
    await using queue = await open();
    await queue.intake?.set([{ key: 'rq', paused: true }]);
    expect((await queue.read()).doubt).toMatch(/1 of its workers .* one job/);
    await enqueue('default', 'a', 'b');
    expect(await jobs.begun(1)).toEqual(['a']);
    expect(await queue.read()).toMatchObject({ running: 1, queued: 1, doubt: null });
  });

  it('leaves a suspension that somebody else made, and says when it ends', async () => {
    await pythonSays('rq.suspension.suspend(r, 300)');
    await using queue = await open();
    await queue.intake?.set([{ key: 'rq', paused: true }]);
    expect(await redis.client.ttl('rq:suspended')).toBeGreaterThan(200);
    expect(await queue.read()).toMatchObject({ doubt: expect.stringMatching(/resumes by itself in (299|300) s/) });
  });

  it('doubts a Redis in which nothing of RQ is', async () => {
    expect(await look()).toMatchObject({ queued: 0, running: 0, doubt: expect.stringContaining('another one') });
  });

  it('reads what RQ 2 writes: executions, and a job on its way to a worker', async () => {
    const now = Date.now() / 1_000;
    await redis.client.sadd('rq:queues', 'rq:queue:default');
    await redis.client.zadd('rq:wip:default', now + 500, 'job-1:abc');
    await redis.client.hset('rq:execution:job-1:abc', { id: 'abc', created_at: now - 90, last_heartbeat: now });
    await redis.client.hset('rq:job:job-1', { started_at: '', description: "shop.report('secret')" });
    await redis.client.lpush('rq:queue:default:intermediate', 'job-2');
    const reading = await look();
    expect(reading).toMatchObject({ running: 2, queued: 0, oldest: { what: 'shop.report' }, doubt: null });
    expect(reading.oldest?.ageMs).toBeGreaterThanOrEqual(89_999);
    expect(reading.oldest?.ageMs).toBeLessThan(600_000);
  });

  it('doubts a job whose time is over and that nobody has ended', async () => {
    await redis.client.sadd('rq:queues', 'rq:queue:default');
    await redis.client.zadd('rq:wip:default', Date.now() / 1_000 - 5, 'lost');
    await redis.client.zadd('rq:wip:default', '+inf', 'endless');
    expect(await look()).toMatchObject({ running: 1, doubt: expect.stringContaining('1 jobs began') });
  });

  let written: readonly DumpedKey[] | null = null;
  /** What a real worker has written, which is then ended in the middle of its work. */
  async function bed() {
    await redis.empty();
    if (written === null) {
      await using jobs = jobsOf(redis);
      await using _worker = worker('default');
      await enqueue('default', 'a', 'b');
      await jobs.begun(1);
      written = await redis.dump();
    }
    await redis.restore(written);
    const [job = ''] = await redis.client.zrange('rq:wip:default', 0, 0);
    return { url: redis.url, job, dump: redis.dump, [Symbol.asyncDispose]: redis.empty };
  }

  queueContract(rq, bed, {
    garbage: {
      'a queue that is no list': () => redis.client.set('rq:queue:default', 'x'),
      'queues that are no set': () => redis.client.set('rq:queues', 'x'),
      'a queue of another name': () => redis.client.sadd('rq:queues', 'default'),
      'what runs, but is no sorted set': () => redis.client.set('rq:wip:default', 'x'),
      'a worker that is no hash': async () => {
        const [worker = ''] = await redis.client.smembers('rq:workers');
        return await redis.client.set(worker, 'x');
      },
      'a job that began at no time': ({ job }) => redis.client.hset(`rq:job:${job}`, 'started_at', 'yesterday'),
      'a job that is no hash': ({ job }) => redis.client.set(`rq:job:${job}`, 'x'),
    },
  });
});
