// The way back in parts, with the whole engine: a first worker that crashes is asked about and not multiplied, nobody is let in
// meanwhile, and whatever is answered the app ends as it was.
import { beforeEach, describe, expect, it } from 'vitest';
import { restartDyno } from '../../src/sandbox/heroku/dynos.ts';
import { type Engine, engines, shop } from '../helpers/engine.ts';
import { realRedis } from '../helpers/redis.ts';

const redis = await realRedis();
const engineFor = engines();

async function crashing() {
  const engine = await engineFor({ apps: [shop({ formation: { web: {}, worker: { quantity: 4 } } })] });
  const before = engine.world.settings('shop');
  const { id } = await engine.start('shop');
  await engine.holding(id);
  setCrashes(engine, true);
  await engine.approve(id);
  const question = await engine.asked(id, 'step');
  return { engine, id, before, question };
}

function setCrashes({ world }: Engine, crashes: boolean): void {
  for (const processType of world.app('shop').formation) {
    if (processType.type === 'worker') processType.crashes = crashes;
  }
}

describe('a first worker that crashes on the way back', () => {
  it('is asked about, with the door shut and one dyno alone', async () => {
    const { engine, question } = await crashing();
    expect(question.about).toMatchObject({ step: 'workers', key: 'canary', says: 'worker.1 crashed' });
    expect(engine.world.settings('shop')).toMatchObject({ maintenance: true, formation: { worker: { quantity: 1 } } });
  });

  it('is gone on with by itself once it is mended', async () => {
    const { engine, id, before } = await crashing();
    setCrashes(engine, false);
    const app = engine.world.app('shop');
    for (const dyno of app.dynos.filter(({ state }) => state === 'crashed')) restartDyno(engine.world, app, dyno);
    const run = await engine.ended(id);
    expect(run.ended?.as).toBe('restored');
    expect(run.questions.find(({ about }) => about.is === 'step')?.withdrawn).not.toBeNull();
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('is gone on with when a person says so, and the receipt is of an app as it was', async () => {
    const { engine, id, before, question } = await crashing();
    await engine.answer(id, question, 'go-on');
    const run = await engine.ended(id);
    expect(run.ended?.as).toBe('restored');
    expect(engine.world.settings('shop')).toEqual(before);
    expect(run.items.find(({ key }) => key === 'worker')).toMatchObject({ sent: [0, 1, 4], settled: { as: 'before' } });
  });
});

describe.skipIf(redis === null)('many waiting jobs', () => {
  beforeEach(() => redis?.empty());

  it('are what is asked about: one that waits since the app is held is not, however long that was', async () => {
    const engine = await engineFor({
      apps: [shop({ config: { REDIS_URL: redis?.url ?? '' } })],
      settings: { queues: [{ system: 'sidekiq', at: 'REDIS_URL' }], backlog: { jobs: 10, age: 60 * 60_000 } },
    });
    const before = engine.world.settings('shop');
    const { id } = await engine.start('shop');
    await engine.holding(id);
    engine.clock.advance(3 * 3_600_000);
    const waits = { class: 'HardJob', enqueued_at: Date.now() / 1_000 - 2 * 3_600 };
    await redis?.client.sadd('queues', 'default');
    await redis?.client.lpush('queue:default', JSON.stringify(waits));
    await engine.approve(id);
    await engine.run(id, ({ items }) => items.some(({ key, sent }) => key === 'worker' && sent.includes(1)));
    await redis?.client.del('queue:default');
    const run = await engine.ended(id);
    expect(run.questions.filter(({ about }) => about.is === 'step')).toEqual([]);
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('are asked about before any worker comes, and gone on with slowly come to the same end, in no fight', async () => {
    const app = shop({ formation: { web: {}, worker: { quantity: 40 } }, config: { REDIS_URL: redis?.url ?? '' } });
    const engine = await engineFor({
      apps: [app],
      settings: { queues: [{ system: 'sidekiq', at: 'REDIS_URL' }], backlog: { jobs: 10, age: 0 } },
    });
    const before = engine.world.settings('shop');
    const { id } = await engine.start('shop');
    await engine.holding(id);
    await redis?.client.sadd('queues', 'default');
    await redis?.client.lpush('queue:default', ...Array.from({ length: 11 }, () => '{"class":"HardJob"}'));
    await engine.approve(id);
    const question = await engine.asked(id, 'step');
    expect(question.about).toMatchObject({ key: 'backlog', says: '11 jobs wait in Sidekiq' });
    expect(engine.world.settings('shop')).toMatchObject({ maintenance: true, formation: { worker: { quantity: 0 } } });
    await engine.answer(id, question, 'go-slowly');
    // The first worker takes them all.
    await engine.run(id, ({ items }) => items.some(({ key, sent }) => key === 'worker' && sent.includes(1)));
    await redis?.client.del('queue:default');
    const run = await engine.ended(id);
    expect(run.items.find(({ key }) => key === 'worker')?.sent).toEqual([0, 1, 2, 4, 8, 16, 32, 40]);
    expect(run.questions.filter(({ about }) => about.is === 'stuck')).toEqual([]);
    expect(engine.world.settings('shop')).toEqual(before);
  });
});
