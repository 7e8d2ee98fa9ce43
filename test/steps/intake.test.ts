// Queues of BullMQ itself, paused by the step and put back exactly as they were.
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noRedis, realRedis } from '../helpers/redis.ts';
import { capture, changes, look } from '../heroku/steps/stage.ts';
import { scenes } from './scene.ts';

const redis = (await realRedis()) ?? noRedis;
const sceneFor = scenes();

describe.skipIf(redis === noRedis)('the intake of queues', () => {
  const closing: (() => Promise<unknown>)[] = [];
  beforeEach(() => redis.empty());
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function queue(name: string): Promise<Queue> {
    const connection = new Redis(redis?.url ?? '', { maxRetriesPerRequest: null });
    const made = new Queue(name, { connection });
    closing.push(
      async () => connection.disconnect(),
      () => made.close(),
    );
    await made.add('welcome', {});
    return made;
  }

  async function scene() {
    const [mails, reports] = [await queue('mails'), await queue('reports')];
    await reports.pause();
    const config = { REDIS_URL: redis?.url ?? '' };
    const stage = await sceneFor({ queues: [{ system: 'bullmq', at: 'REDIS_URL' }] }, { config });
    const hold = stage.held('intake');
    const items = (await capture(stage, hold)).map((item) => ({ ...item, sent: [true] }));
    const paused = async (): Promise<readonly boolean[]> => Promise.all([mails.isPaused(), reports.isPaused()]);
    return { stage, hold, items, mails, paused };
  }

  it('is one item a queue, paused, and resumed where it was not paused before', async () => {
    const { stage, hold, items, paused } = await scene();
    expect(items.map(({ label, before }) => [label, before])).toEqual([
      ['BullMQ: mails', false],
      ['BullMQ: reports', true],
    ]);
    // Twice, as if maint had died in between.
    for (const _ of [1, 2]) await hold.write(stage.cx(), changes(stage, hold, items, 'quiet'));
    expect(await paused()).toEqual([true, true]);
    expect(await hold.settle(stage.cx(), 'quiet', items, null)).toEqual({ is: 'done' });
    for (const _ of [1, 2]) await hold.write(stage.cx(), changes(stage, hold, items, 'back'));
    expect(await paused()).toEqual([false, true]);
    expect(await hold.settle(stage.cx(), 'back', items, null)).toEqual({ is: 'done' });
  });

  it('that somebody else has resumed is paused once more before it is called quiet', async () => {
    const { stage, hold, items, mails } = await scene();
    await hold.write(stage.cx(), changes(stage, hold, items, 'quiet'));
    await mails.resume();
    expect(await hold.settle(stage.cx(), 'quiet', items, null)).toEqual({ is: 'again', memo: null });
  });

  it('of a queue that is gone is not there', async () => {
    const { stage, hold, mails } = await scene();
    await mails.obliterate({ force: true });
    expect((await look(stage, hold)).map(({ label }) => label)).toEqual(['BullMQ: reports']);
  });

  it('that cannot be read is asked about by name, and no address is told', async () => {
    const config = { REDIS_URL: 'redis://:s3cret@127.0.0.1:1' };
    const stage = await sceneFor({ queues: [{ system: 'bullmq', at: 'REDIS_URL' }] }, { config });
    const found = await stage.held('intake').look(stage.cx());
    expect(found).toMatchObject({ is: 'unusable', exception: 'Intake of queues' });
    expect(JSON.stringify(found)).not.toMatch(/s3cret|127\.0\.0\.1/);
  });

  it('does not open what cannot be paused, so that it holds up nothing', async () => {
    const config = { REDIS_URL: 'redis://127.0.0.1:1' };
    const stage = await sceneFor({ queues: [{ system: 'sidekiq', at: 'REDIS_URL' }] }, { config });
    expect(await look(stage, stage.held('intake'))).toEqual([]);
    expect(stage.sandbox.requests.list()).toEqual([]);
  });

  it('of what cannot be paused is said once, with the reason, and holds up no other', async () => {
    const { stage, hold } = await scene();
    await redis.client.hset('bull:mails:meta', 'version', 'bullmq:7.0.0');
    const found = await hold.look(stage.cx());
    expect(found).toEqual({
      is: 'seen',
      items: [{ key: expect.stringMatching(/ reports$/), label: 'BullMQ: reports', value: true }],
      warnings: [
        'BullMQ: mails cannot be paused: it was made by bullmq:7.0.0, and only BullMQ 5 and 6 are known. Its workers take jobs until they are stopped',
      ],
    });
    const drain = stage.lists.quiet.find(({ name }) => name === 'drain');
    if (drain?.kind !== 'wait') throw new Error('Expected a wait');
    expect(await drain.settle(stage.cx(), 'quiet', null)).toMatchObject({ findings: [{ is: 'proved' }] });
  });

  it('of a queue that cannot be resumed any more is not taken for gone: it is asked about', async () => {
    const { stage, hold, items, paused } = await scene();
    await hold.write(stage.cx(), changes(stage, hold, items, 'quiet'));
    await redis.client.hset('bull:mails:meta', 'version', 'bullmq:7.0.0');
    expect((await look(stage, hold)).map(({ label, value }) => [label, value])).toEqual([
      ['BullMQ: mails', true],
      ['BullMQ: reports', true],
    ]);
    await expect(hold.write(stage.cx(), changes(stage, hold, items, 'back'))).rejects.toThrow(/resume mails, but it/);
    expect(await paused()).toEqual([true, true]);
  });

  it.each([
    { system: 'celery' as const, at: 'URL' },
    { system: 'good-job' as const, at: 'URL' },
    { system: 'que' as const, at: 'URL' },
  ])('of $system is not there, and the plan says why', async (queue) => {
    const stage = await sceneFor({ queues: [queue] });
    const found = await stage.held('intake').look(stage.cx());
    expect(found).toMatchObject({ items: [], warnings: [expect.stringMatching(/ cannot be paused: it |: what its/)] });
    expect(stage.sandbox.requests.list()).toEqual([]);
  });

  it('is said in words that are safe to paste, whatever a queue is called', async () => {
    const name = '$(touch pwned)`id`';
    await queue(name);
    const { stage, hold } = await scene();
    const [item] = (await capture(stage, hold)).filter(({ label }) => label.includes('pwned'));
    if (item === undefined) throw new Error('Expected the queue');
    expect(hold.say(stage.cx().app, item, false).byHand).toBe(
      `echo 'resume BullMQ: ${name} of shop, with the app’s own tools'`,
    );
  });
});
