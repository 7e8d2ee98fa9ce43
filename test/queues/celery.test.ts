// Celery itself, with tasks in flight: what waits is known to the task, what runs is not, and is not said.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { celery } from '../../src/queues/celery.ts';
import type { Queue } from '../../src/queues/queue.ts';
import { PATIENCE } from '../helpers/patience.ts';
import { type DumpedKey, noRedis, realRedis } from '../helpers/redis.ts';
import { having, jobsOf, run, start } from './apps/child.ts';
import { queueContract } from './contract.ts';

const redis = (await realRedis()) ?? noRedis;
const python = having(['python3', '/usr/bin/python3'], '-c', 'import celery, redis');

describe.skipIf(redis === noRedis || python === '')('Celery', () => {
  const env = { REDIS_URL: redis.url, ASIDE_URL: redis.aside };
  const worker = () =>
    start(
      python,
      [
        '-m',
        'celery',
        '-A',
        'celery_app',
        'worker',
        '-c',
        '1',
        '--prefetch-multiplier',
        '2',
        '-n',
        'w@test',
        '--without-mingle',
      ],
      env,
    );
  const pythonSays = (code: string) =>
    run(python, ['-c', `import json\nfrom celery_app import app, hold\n${code}`], env);
  const open = (options = {}): Promise<Queue> =>
    celery.open({ url: redis.url, options, signal: new AbortController().signal });
  const look = async (options = {}) => {
    await using queue = await open(options);
    return await queue.read();
  };

  beforeEach(() => redis.empty());

  it('counts what waits, says what workers fetched or hold until later, and that what runs is not known', async () => {
    await using jobs = jobsOf(redis);
    await using _worker = worker();
    await pythonSays('hold.delay("a")');
    await jobs.begun(1);
    await pythonSays(`
hold.apply_async(("e",), countdown=3600)
for name in "bcdef": hold.delay(name)
hold.apply_async(("g",), queue="low")
hold.apply_async(("h",), queue="low", priority=6)`);
    // One runs; the later one is held as well, and makes the worker fetch one more.
    await vi.waitFor(async () => expect(await look()).toMatchObject({ later: 1, queued: 5 }), PATIENCE);
    const ours = await look();
    const theirs = JSON.parse(
      await pythonSays(`
i = app.control.inspect(timeout=5, destination=["w@test"], limit=1)
active, reserved, scheduled = i.active(), i.reserved(), i.scheduled()
waiting = app.connection().default_channel.client.llen("celery")
print(json.dumps({"waiting": waiting, **{k: len(v["w@test"]) for k, v in
  {"active": active, "reserved": reserved, "scheduled": scheduled}.items()}}))`),
    );
    expect(theirs).toEqual({ waiting: 3, active: 1, reserved: 2, scheduled: 1 });
    expect(ours.queues).toEqual([
      { name: 'celery', queued: theirs.waiting },
      { name: 'low', queued: 2 },
    ]);
    expect(ours).toMatchObject({ later: theirs.scheduled, running: null, oldest: null, failed: null });
    expect(ours.doubt).toContain('how many tasks run is not known');
    expect(ours.doubt).toContain(`${theirs.reserved} tasks were fetched`);
  });

  it('still says that it is not known when nothing is left at all but a task that runs', async () => {
    await using jobs = jobsOf(redis);
    await using _worker = worker();
    await pythonSays('hold.delay("a")');
    await jobs.begun(1);
    await vi.waitFor(async () => expect(await redis.client.exists('unacked')).toBe(0), PATIENCE);
    expect(await look()).toMatchObject({ queued: 0, running: null, doubt: expect.stringContaining('not known') });
  });

  it('looks at the queues that are named, and under the prefix that the app has given its keys', async () => {
    await redis.client.lpush('shop:mail', '{}', '{}');
    await redis.client.lpush('shop:mail\x06\x169', '{}');
    expect(await look({ prefix: 'shop:', queues: ['mail'] })).toMatchObject({ queues: [{ name: 'mail', queued: 3 }] });
  });

  it('finds the queues that were declared under a prefix, and takes no other app’s for its own', async () => {
    await redis.client.sadd('a[b]_kombu.binding.mail', 'mail\x06\x16\x06\x16mail');
    await redis.client.sadd('ab_kombu.binding.post', 'post\x06\x16\x06\x16post');
    expect((await look({ prefix: 'a[b]' })).queues).toEqual([{ name: 'mail', queued: 0 }]);
  });

  it('doubts a Redis in which nothing of Celery is', async () => {
    expect(await look()).toMatchObject({ queued: 0, doubt: expect.stringContaining('another one') });
  });

  let written: readonly DumpedKey[] | null = null;
  /** What a real client and a real worker have written, which is then ended in the middle of its work. */
  async function bed() {
    await redis.empty();
    if (written === null) {
      await using jobs = jobsOf(redis);
      await using _worker = worker();
      await pythonSays('for name in "abcde": hold.delay(name)');
      await jobs.begun(1);
      await vi.waitFor(async () => expect(await look()).toMatchObject({ queued: 2 }), PATIENCE);
      written = await redis.dump();
    }
    await redis.restore(written);
    return { url: redis.url, dump: redis.dump, [Symbol.asyncDispose]: redis.empty };
  }

  queueContract(celery, bed, {
    withoutPause: true,
    garbage: {
      'a queue that is no list': () => redis.client.set('celery', 'x'),
      'tasks of a worker that are no hash': () => redis.client.set('unacked', 'x'),
      'a task of a worker that is no JSON': () => redis.client.hset('unacked', 'x', '{'),
      'a declared queue that is none': () => redis.client.sadd('_kombu.binding.celery', 'x'),
      'declared queues that are no set': () => redis.client.set('_kombu.binding.celery', 'x'),
    },
  });
});
