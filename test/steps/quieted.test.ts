import { beforeEach, describe, expect, it } from 'vitest';
import type { Item } from '../../src/model/step.ts';
import { noRedis, realRedis } from '../helpers/redis.ts';
import { scenes } from './scene.ts';
import { beats, ends, signals } from './sidekiq-keys.ts';

const redis = (await realRedis()) ?? noRedis;
const sceneFor = scenes();

describe.skipIf(redis === noRedis)('the processes of Sidekiq', () => {
  beforeEach(() => redis.empty());

  const KEY = 'sidekiq REDIS_URL worker';
  const item: Item<string> = { key: KEY, label: 'Sidekiq: worker', before: 'working', sent: ['quiet'] };
  const scene = async (formation = { web: {}, worker: { quantity: 2, command: 'bundle exec sidekiq' }, mailer: {} }) =>
    sceneFor({ queues: [{ system: 'sidekiq', at: 'REDIS_URL' }] }, { formation, config: { REDIS_URL: redis.url } });
  const values = async (of: Awaited<ReturnType<typeof scene>>) => {
    const look = await of.held('quieted').look(of.cx());
    if (look.is !== 'seen') throw new Error(look.why);
    return Object.fromEntries(look.items.map(({ key, value }) => [key, value]));
  };

  it('are items by process type, told to stop one by one, and waited for until they say so', async () => {
    const stage = await scene();
    const hold = stage.held('quieted');
    await beats(redis, 'worker.1');
    await beats(redis, 'worker.2', { quiet: true });
    await beats(redis, 'mailer.1');
    expect(await values(stage)).toEqual({ [KEY]: 'working', 'sidekiq REDIS_URL mailer': 'working' });
    await hold.write(stage.cx(), [{ key: KEY, value: 'quiet' }]);
    await hold.write(stage.cx(), [{ key: KEY, value: 'quiet' }]);
    expect([
      await signals(redis, 'worker.1'),
      await signals(redis, 'worker.2'),
      await signals(redis, 'mailer.1'),
    ]).toEqual([['TSTP'], [], []]);
    const waiting = await hold.settle(stage.cx(), 'quiet', [item], null);
    expect(waiting).toMatchObject({ is: 'waiting', why: expect.stringContaining('Sidekiq: worker') });
    await beats(redis, 'worker.1', { quiet: true });
    expect(await hold.settle(stage.cx(), 'quiet', [item], null)).toEqual({ is: 'done' });
    expect(stage.sandbox.requests.list().filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('that never say so make the run turn, and say which', async () => {
    const stage = await scene();
    await beats(redis, 'worker.1');
    const late = await stage.held('quieted').settle(stage.cx(stage.clock.now() - 80_000), 'quiet', [item], null);
    expect(late).toEqual({ is: 'failed', why: 'Sidekiq: worker: told to stop taking jobs, for 80 s' });
  });

  it('work again after a restart of their dynos alone, once however often it is asked', async () => {
    const stage = await scene();
    const hold = stage.held('quieted');
    await beats(redis, 'worker.1', { quiet: true });
    await hold.write(stage.cx(), [{ key: KEY, value: 'working' }]);
    const changed = stage.sandbox.requests.list().filter(({ method }) => method !== 'GET');
    expect(changed.map(({ method, path }) => [method, path.replace(/[0-9a-f-]{36}/, 'ID')])).toEqual([
      ['DELETE', '/apps/ID/formations/worker'],
    ]);
    expect(await hold.settle(stage.cx(), 'back', [item], null)).toMatchObject({ is: 'waiting' });
    await ends(redis, 'worker.1');
    await beats(redis, 'worker.1');
    expect(await hold.settle(stage.cx(), 'back', [item], null)).toEqual({ is: 'done' });
  });

  it('that came back with the workers are not restarted: they work, heard of or not', async () => {
    const stage = await scene();
    await stage.heroku.formation.batch(stage.cx(), stage.cx().app.id, [{ type: 'worker', quantity: 0 }]);
    expect(await values(stage)).toEqual({ [KEY]: 'quiet' });
    await stage.heroku.formation.batch(stage.cx(), stage.cx().app.id, [{ type: 'worker', quantity: 2 }]);
    expect(await values(stage)).toEqual({ [KEY]: 'working' });
  });

  it('are quiet on the way back as long as one dyno of theirs is, but for what a process has left that died there', async () => {
    const stage = await scene();
    const on = async (way: 'quiet' | 'back') => {
      const look = await stage.held('quieted').look({ ...stage.cx(), way });
      return look.is === 'seen' && look.items.map(({ value }) => value);
    };
    await beats(redis, 'worker.1');
    await beats(redis, 'worker.2', { quiet: true });
    expect([await on('quiet'), await on('back')]).toEqual([['working'], ['quiet']]);
    expect(await stage.held('quieted').settle(stage.cx(), 'back', [item], null)).toMatchObject({ is: 'waiting' });
    await redis.client.sadd('processes', 'worker.2:4:def');
    await redis.client.copy('worker.1:4:abc', 'worker.2:4:def');
    await redis.client.hset('worker.2:4:def', 'info', JSON.stringify({ hostname: 'worker.2' }));
    expect([await on('quiet'), await on('back')]).toEqual([['working'], ['working']]);
    expect(await stage.held('quieted').settle(stage.cx(), 'back', [item], null)).toEqual({ is: 'done' });
  });

  it('without a dyno cannot be restarted: a person is asked instead of one being waited for', async () => {
    const stage = await scene({ web: {}, worker: { quantity: 0, command: 'bundle exec sidekiq' }, mailer: {} });
    await stage.held('quieted').write(stage.cx(), [{ key: KEY, value: 'working' }]);
    const verdict = await stage.held('quieted').settle(stage.cx(), 'back', [item], null);
    expect(verdict).toEqual({ is: 'failed', why: 'Sidekiq: worker has no dyno that could be restarted' });
  });

  it('in web, in a one-off or on another machine are told of, and left', async () => {
    const stage = await scene();
    for (const host of ['worker.1', 'web.1', 'run.1234', 'laptop']) await beats(redis, host);
    const look = await stage.held('quieted').look(stage.cx());
    expect(look).toMatchObject({ is: 'seen', items: [{ key: KEY }] });
    expect(look.is === 'seen' && look.warnings.map((says) => says.split(' takes ')[0])).toEqual([
      'Sidekiq: laptop',
      'Sidekiq: run',
      'Sidekiq: web',
    ]);
  });

  it('of an app without a single one are nothing to do, and cost one call', async () => {
    const stage = await scene({ web: {}, worker: { quantity: 2, command: 'bin/work' }, mailer: {} });
    expect(await values(stage)).toEqual({});
    expect(
      stage.sandbox.requests
        .list()
        .map(({ path }) => path.split('/').at(-1))
        .toSorted(),
    ).toEqual(['config-vars', 'formation']);
  });

  it('that cannot be seen are asked about by name, and no address is told', async () => {
    const stage = await sceneFor(
      { queues: [{ system: 'sidekiq', at: 'REDIS_URL' }] },
      { config: { REDIS_URL: 'redis://:s3cret@127.0.0.1:1' } },
    );
    const look = await stage.held('quieted').look(stage.cx());
    expect(look).toMatchObject({ is: 'unusable', exception: 'Sidekiq processes' });
    expect(JSON.stringify(look)).not.toMatch(/s3cret|127\.0\.0\.1/);
  });

  it('say what restarts them by hand', async () => {
    const stage = await scene();
    const { app } = stage.cx();
    expect(stage.held('quieted').say(app, item, 'working').byHand).toBe(
      'heroku ps:restart --process-type=worker --app shop',
    );
  });
});
