// A whole maintenance of an app whose workers are Sidekiq's processes: what they leave in Redis, the test writes in their place.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Run } from '../../src/model/run.ts';
import { ada, type Engine, engines, shop } from '../helpers/engine.ts';
import { noRedis, realRedis } from '../helpers/redis.ts';
import { beats, ends, signals, waits } from '../steps/sidekiq-keys.ts';

const redis = (await realRedis()) ?? noRedis;
const engineFor = engines();

describe.skipIf(redis === noRedis)('a maintenance of an app with Sidekiq', () => {
  beforeEach(() => redis.empty());

  const moving = (way: 'quiet' | 'back', name: string) => (run: Run) =>
    run.steps[way].find((step) => step.name === name)?.why != null || run.ended !== null;
  const start = async (
    drainCap = 900_000,
    quantity = 1,
  ): Promise<{ engine: Engine; id: string; restarts: () => readonly string[] }> => {
    const worker = { quantity, command: 'bundle exec sidekiq' };
    const engine = await engineFor({
      apps: [shop({ formation: { web: {}, worker }, config: { REDIS_URL: redis.url } })],
      settings: { queues: [{ system: 'sidekiq', at: 'REDIS_URL' }], drainCap },
    });
    await waits(redis, 3);
    await beats(redis, 'worker.1', { jobs: [60] });
    const { id } = await engine.start('shop');
    await engine.run(id, moving('quiet', 'quieted'));
    expect(await signals(redis, 'worker.1')).toEqual(['TSTP']);
    await beats(redis, 'worker.1', { quiet: true, jobs: [60] });
    await engine.run(id, moving('quiet', 'drain'));
    const restarts = () => engine.writes().flatMap(({ method, path }) => (method === 'DELETE' ? [path] : []));
    return { engine, id, restarts };
  };

  it('tells them to stop, waits for their jobs, and restarts nothing where the workers come back anew', async () => {
    const { engine, id, restarts } = await start();
    expect(engine.world.settings('shop')).toMatchObject({ formation: { worker: { quantity: 1 } } });
    await beats(redis, 'worker.1', { quiet: true });
    const until = engine.clock.now();
    await engine.run(id, (run) => run.steps.quiet.find(({ name }) => name === 'drain')?.state === 'done');
    // Twice, a heartbeat apart.
    expect(engine.clock.now() - until).toBeGreaterThanOrEqual(15_000);
    await ends(redis, 'worker.1');
    expect((await engine.holding(id)).ended).toBeNull();
    await engine.pass(id, 5 * 60_000);
    expect((await engine.the(id)).questions.filter(({ about }) => about.is === 'violation')).toEqual([]);
    await engine.approve(id);
    await engine.run(id, moving('back', 'workers'));
    await beats(redis, 'worker.1', { jobs: [1] });
    await waits(redis, 0);
    expect((await engine.ended(id)).ended?.as).toBe('restored');
    expect(restarts()).toEqual([]);
  });

  it('restarts them where it turns before the workers were stopped: nothing else lets them work again', async () => {
    const { engine, id, restarts } = await start(120_000);
    await engine.run(id, moving('back', 'quieted'));
    expect(restarts()).toEqual([expect.stringMatching(/\/formations\/worker$/)]);
    await ends(redis, 'worker.1');
    await beats(redis, 'worker.1', { jobs: [1] });
    const ended = await engine.ended(id);
    expect(ended.turned?.why).toContain('Sidekiq: 1 running, 3 queued');
    expect(ended.items.find(({ step }) => step === 'quieted')?.settled?.as).toBe('before');
    expect(restarts()).toHaveLength(1);
    // What the drain has seen of its jobs, the next plan reckons with.
    await ends(redis, 'worker.1');
    const plan = await engine.commands.plan(ada, 'shop');
    const what = 'ReportJob of Sidekiq, in an earlier maintenance';
    expect(plan).toMatchObject({ is: 'plan', inventory: { limits: { longest: { what } } } });
  });

  it('restarts them where one of them was restarted meanwhile and works: the others would stay quiet for good', async () => {
    const { engine, id, restarts } = await start(120_000, 2);
    // As every day, by Heroku.
    await ends(redis, 'worker.1');
    await beats(redis, 'worker.1', { jobs: [1] });
    await beats(redis, 'worker.2', { quiet: true });
    await engine.run(id, moving('back', 'quieted'));
    expect(restarts()).toEqual([expect.stringMatching(/\/formations\/worker$/)]);
    for (const host of ['worker.1', 'worker.2']) {
      await ends(redis, host);
      await beats(redis, host, { jobs: [1] });
    }
    expect((await engine.ended(id)).ended?.as).toBe('restored');
    expect(restarts()).toHaveLength(1);
  });
});
