// What the inventory tells of queues that an app's settings name, and of the limits of the drain.
import { describe, expect, it } from 'vitest';
import { herokuInventory } from '../../../src/heroku/inventory/index.ts';
import { queueEntries } from '../../../src/heroku/inventory/queues.ts';
import { herokuPreflight } from '../../../src/heroku/preflight.ts';
import { herokuQueues, sharedLook } from '../../../src/heroku/queues.ts';
import type { QueueSetting, Settings } from '../../../src/model/settings.ts';
import type { Reading } from '../../../src/queues/queue.ts';
import { realRedis } from '../../helpers/redis.ts';
import { httpApp } from '../../steps/http-app.ts';
import { scenes } from '../../steps/scene.ts';
import { holdsOf } from '../steps/stage.ts';

const sceneFor = scenes();
const redis = await realRedis();
const MINUTE = 60_000;

async function inventory(settings: Partial<Settings>, config: Readonly<Record<string, string>> = {}) {
  const { heroku, scheduler, lists, ...scene } = await sceneFor(settings, { config });
  const cx = scene.cx();
  const looking = holdsOf(lists.quiet).map(async (hold) => [hold.name, await hold.look(cx)] as const);
  const looks = Promise.all(looking).then((all) => new Map(all));
  const queues = herokuQueues(heroku);
  const [concerns, found] = await Promise.all([
    herokuPreflight(heroku, { app: null, databaseUrl: null }, cx, looks, queues),
    herokuInventory({ heroku, scheduler, addOns: null, queues }, cx, looks, { from: cx.now, to: cx.now + MINUTE }),
  ]);
  const asked = new Set(concerns.map(({ name }) => name));
  for (const [name, look] of await looks) if (look.is === 'unusable') asked.add(name);
  return { ...found, asked, queues: found.entries.filter((entry) => entry.kind === 'queue') };
}

describe('a queue that the settings name', () => {
  it('is told with what waits, what runs, and since when the oldest does', async () => {
    await using app = await httpApp();
    Object.assign(app, { running: 2, minutes: 4 });
    const { queues, limits } = await inventory({ queues: [{ system: 'http', at: app.url }] });
    expect(queues).toMatchObject([
      {
        name: "The app's own /health/jobs",
        says: '14 queued, 2 running, the oldest for 4 min (a job): jobs in flight are waited for',
        does: 'held',
        jobs: { queued: 14, running: 2, oldest: 4 * MINUTE },
      },
    ]);
    expect(limits).toMatchObject({ longest: { ms: 4 * MINUTE }, drainCap: 15 * MINUTE, proposed: null });
  });

  it('with a job that has been running longer than the drain waits has other limits proposed', async () => {
    await using app = await httpApp();
    Object.assign(app, { running: 1, minutes: 22 });
    const { limits } = await inventory({ queues: [{ system: 'http', at: app.url }] });
    expect(limits).toEqual({
      longest: { ms: 22 * MINUTE, what: "a job of The app's own /health/jobs" },
      drainCap: 15 * MINUTE,
      abortIfOlderThan: null,
      proposed: { drainCap: 45 * MINUTE, abortIfOlderThan: 90 * MINUTE },
    });
  });

  it('with nothing at work says nothing of limits', async () => {
    await using app = await httpApp();
    expect((await inventory({ queues: [{ system: 'http', at: app.url }] })).limits).toBeNull();
  });

  it.each(['sidekiq', 'celery'] as const)(
    'and cannot be read is not held, as the concern says that asks about it: %s',
    async (system) => {
      const config = { REDIS_URL: 'redis://:s3cret@127.0.0.1:1' };
      const { queues, asked, limits } = await inventory(
        { queues: [{ system, at: 'REDIS_URL', queues: ['x'] }] },
        config,
      );
      expect(queues).toMatchObject([
        { does: 'not held', jobs: null, says: expect.stringMatching(/^it cannot be read: /) },
      ]);
      expect(asked).toContain(queues[0]?.concern);
      expect(JSON.stringify(queues)).not.toMatch(/s3cret|127\.0\.0\.1/);
      expect(limits).toBeNull();
    },
  );

  it.skipIf(redis === null).each([
    ['bullmq:4.12.0', 'not held', /nothing pauses it/],
    ['bullmq:5.47.3', 'held', /jobs in flight are waited for/],
  ] as const)('of BullMQ is %s as its library can be paused: %s', async (version, does, says) => {
    await redis?.empty();
    await redis?.client.hset('bull:mails:meta', { version, 'opts.maxLenEvents': '10000' });
    await redis?.client.set('bull:mails:id', '3');
    await redis?.client.lpush('bull:mails:wait', '1', '2', '3');
    const queues = [{ system: 'bullmq', at: 'REDIS_URL' }] as const;
    const found = await inventory({ queues: [...queues] }, { REDIS_URL: redis?.url ?? '' });
    expect(found.queues).toMatchObject([
      { name: 'BullMQ', does, jobs: { queued: 3 }, says: expect.stringMatching(says) },
    ]);
  });

  describe('is called held only where its jobs are waited for', () => {
    const told = async (setting: QueueSetting, over: Partial<Reading>) => {
      const scene = await sceneFor({ queues: [setting] });
      const cx = scene.cx();
      const [queue] = herokuQueues(scene.heroku).of(cx);
      if (queue === undefined) throw new Error('Expected the queue of the settings');
      const none = { oldest: null, waiting: null, failed: 0, doubt: null };
      const reading = { queues: [], queued: 0, later: 0, running: 0, ...none, ...over };
      const read = { cx, window: { from: 0, to: 0 }, formation: [], dynos: [], addons: [], vars: {}, looks: new Map() };
      return queueEntries(read, [{ ...queue, found: { is: 'read', reading } }])[0];
    };

    it('not where it does not say what runs', async () => {
      expect(await told({ system: 'celery', at: 'REDIS_URL', queues: ['x'] }, { running: null })).toMatchObject({
        does: 'not held',
        says: '0 queued, how many run is not known: jobs in flight are not waited for, and one at work when its worker stops has 30 seconds to end',
        remedy: 'See by hand that its workers have nothing in hand before you start.',
      });
    });

    it.each(['delayed-job', 'que', 'pg-boss', 'graphile-worker', 'good-job'] as const)(
      'not where nothing pauses it and jobs wait: %s',
      async (system) => {
        const setting = { system, at: 'DATABASE_URL' };
        expect(await told(setting, { queued: 3, running: 1 })).toMatchObject({
          does: 'not held',
          says: '3 queued, 1 running: nothing pauses it, so each job is followed by another as long as some wait; they are not waited for, and one at work when its worker stops has 30 seconds to end',
          remedy: expect.stringContaining('Let it become empty before you start'),
        });
        expect((await told(setting, { running: 1 }))?.does).toBe('held');
      },
    );

    it('and GoodJob with pauses that the app heeds is', async () => {
      const setting = { system: 'good-job', at: 'DATABASE_URL', pauses: true } as const;
      expect(await told(setting, { queued: 3, running: 1 })).toMatchObject({ does: 'held', remedy: null });
      expect((await told({ system: 'good-job', at: 'DATABASE_URL' }, { queued: 3 }))?.remedy).toContain(
        '"pauses": true',
      );
    });

    it.each(['sidekiq', 'resque', 'solid-queue', 'http'] as const)('and %s is, with jobs waiting', async (system) => {
      expect((await told({ system, at: 'X_URL' }, { queued: 3, running: 1 }))?.does).toBe('held');
    });
  });

  it('is looked into once for the preflight and the inventory, whoever comes first', async () => {
    await using app = await httpApp();
    const scene = await sceneFor({ queues: [{ system: 'http', at: app.url }] });
    const [queues, cx] = [herokuQueues(scene.heroku), scene.cx()];
    await Promise.all([sharedLook(queues, cx), sharedLook(queues, cx)]);
    expect(app.asked).toEqual(['GET /health/jobs']);
  });

  it('is not told a second time for the signs of it', async () => {
    await using app = await httpApp();
    const { queues } = await inventory(
      { queues: [{ system: 'http', at: app.url }] },
      { CELERY_BROKER_URL: 'redis://x' },
    );
    expect(queues.map(({ name, does }) => [name, does])).toEqual([
      ["The app's own /health/jobs", 'held'],
      ['Celery', 'not held'],
    ]);
    expect(queues[1]?.remedy).toContain('add {"system":"celery","at":"CELERY_BROKER_URL"} to "queues"');
  });
});
