// What an app's job queues have against beginning, before anybody is locked out.
import { beforeEach, describe, expect, it } from 'vitest';
import { herokuPreflight } from '../../src/heroku/preflight.ts';
import { herokuQueues } from '../../src/heroku/queues.ts';
import type { Concern } from '../../src/model/preflight.ts';
import type { QueueSetting, Settings } from '../../src/model/settings.ts';
import type { AppDescription } from '../../src/sandbox/index.ts';
import { noRedis, realRedis } from '../helpers/redis.ts';
import { httpApp } from '../steps/http-app.ts';
import { scenes } from '../steps/scene.ts';
import { beats } from '../steps/sidekiq-keys.ts';
import { holdsOf } from './steps/stage.ts';

const redis = (await realRedis()) ?? noRedis;
const sceneFor = scenes();

async function concerns(
  queues: readonly QueueSetting[],
  settings: Partial<Settings> = {},
  app: Partial<AppDescription> = {},
): Promise<Map<string, Concern>> {
  const stage = await sceneFor({ queues: [...queues], ...settings }, app);
  const cx = stage.cx();
  const looks = Promise.all(holdsOf(stage.lists.quiet).map(async (hold) => [hold.name, await hold.look(cx)] as const));
  const itself = { app: null, databaseUrl: null };
  const found = await herokuPreflight(
    stage.heroku,
    itself,
    cx,
    looks.then((all) => new Map(all)),
    herokuQueues(stage.heroku),
  );
  expect(stage.sandbox.requests.list().filter(({ method }) => method !== 'GET')).toEqual([]);
  expect(stage.sandbox.requests.list().filter(({ path }) => path.endsWith('/config-vars'))).toHaveLength(1);
  return new Map(found.map((concern) => [concern.name, concern]));
}

describe('the preflight of an app with queues', () => {
  it('asks about one that cannot be read, by name, and tells no address', async () => {
    const config = { REDIS_URL: 'redis://:s3cret@127.0.0.1:1' };
    const found = await concerns([{ system: 'celery', at: 'REDIS_URL', queues: ['celery'] }], {}, { config });
    const [asked] = [...found.values()].filter(({ name }) => name.startsWith('queue-'));
    expect(asked).toMatchObject({
      is: 'ask',
      except: 'Celery',
      says: expect.stringContaining('Celery cannot be read'),
    });
    expect(JSON.stringify([...found])).not.toMatch(/s3cret|127\.0\.0\.1/);
  });

  it('asks no second time about what a hold asks about already', async () => {
    const config = { REDIS_URL: 'redis://127.0.0.1:1' };
    const found = await concerns([{ system: 'sidekiq', at: 'REDIS_URL' }], {}, { config });
    expect([...found.keys()].filter((name) => name.startsWith('queue-'))).toEqual([]);
  });

  it('warns that of several web dynos only one hears that it should pause', async () => {
    await using app = await httpApp();
    const queues: QueueSetting[] = [{ system: 'http', at: app.url }];
    const two = await concerns(queues, {}, { formation: { web: { quantity: 2 } } });
    expect(two.get('contract-shared')).toMatchObject({ is: 'warn', says: expect.stringContaining('2 web dynos') });
    const one = await concerns(queues, {}, { formation: { web: {} } });
    expect(one.has('contract-shared')).toBe(false);
  });

  it('says what it means that web is scaled to zero as well', async () => {
    const found = await concerns([], { web: 'zero' }, { config: { A: 'b' } });
    expect(found.get('web')?.says).toMatch(/^web is scaled to zero as well/);
  });

  describe.skipIf(redis === noRedis)('and with a Redis', () => {
    beforeEach(() => redis.empty());

    it('refuses where a job has been running longer than any should', async () => {
      await beats(redis, 'worker.1', { jobs: [7_200] });
      const config = { REDIS_URL: redis.url };
      const queues: QueueSetting[] = [{ system: 'sidekiq', at: 'REDIS_URL' }];
      const found = await concerns(queues, { abortIfOlderThan: 3_600_000 }, { config });
      expect(found.get('old-job')).toMatchObject({
        is: 'refuse',
        says: 'Sidekiq: ReportJob has been running for 2 h 0 min, and no job should for more than 60 min',
      });
      expect((await concerns(queues, { abortIfOlderThan: null }, { config })).has('old-job')).toBe(false);
    });
  });
});
