// A whole maintenance of an app with a queue of BullMQ itself, a worker of it, and a job in flight.

import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Logger } from '../../src/log.ts';
import { quietSays } from '../../src/model/phase.ts';
import type { Run } from '../../src/model/run.ts';
import { runJson } from '../../src/terminal/json.ts';
import { ada, type Engine, engines, shop } from '../helpers/engine.ts';
import { PATIENCE } from '../helpers/patience.ts';
import { noRedis, realRedis } from '../helpers/redis.ts';
import { httpApp } from '../steps/http-app.ts';

const redis = (await realRedis()) ?? noRedis;
const engineFor = engines();

const drain = (run: Run) => run.steps.quiet.find(({ name }) => name === 'drain');

describe.skipIf(redis === noRedis)('a maintenance of an app with a queue', () => {
  const closing: (() => Promise<unknown>)[] = [];
  beforeEach(() => redis.empty());
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  /** A queue with a job in a worker's hands that goes on until it is let go, and two that wait. */
  async function busy() {
    const connection = (): Redis => {
      const client = new Redis(redis?.url ?? '', { maxRetriesPerRequest: null });
      client.on('error', () => {});
      closing.push(async () => client.disconnect());
      return client;
    };
    const mails = new Queue('mails', { connection: connection() });
    const [begun, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const done: string[] = [];
    const work = async ({ name }: { name: string }): Promise<void> => {
      begun.resolve();
      if (name === 'first') await released.promise;
      done.push(name);
    };
    await mails.add('first', {});
    const worker = new Worker('mails', work, { connection: connection() });
    closing.push(
      () => mails.close(),
      () => worker.close(true),
    );
    await begun.promise;
    for (const name of ['second', 'third']) await mails.add(name, {});
    return { mails, done, letGo: () => released.resolve() };
  }

  const SECRET = 's3cret-of-the-queue';
  const url = redis.url.replace('redis://', `redis://default:${SECRET}@`);
  const start = async (more: Partial<Parameters<typeof engineFor>[0]> = {}): Promise<Engine> =>
    engineFor({
      apps: [shop({ config: { REDIS_URL: url } })],
      settings: { queues: [{ system: 'bullmq', at: 'REDIS_URL' }] },
      ...more,
    });

  it('waits for the job in flight and for nothing else, and leaves the queue as it was', async () => {
    const { mails, done, letGo } = await busy();
    const engine = await start();
    const before = engine.world.settings('shop');
    const { id } = await engine.start('shop');
    const waiting = await engine.run(id, (run) => drain(run)?.state === 'moving' && drain(run)?.why !== null);
    expect(drain(waiting)?.why).toMatch(
      /^BullMQ: 1 running, 2 queued, the oldest for \d+ s \(mails: first \(job 1\)\); 15 min left of the drain$/,
    );
    // Its workers are there as long as it runs.
    expect(engine.world.settings('shop')).toMatchObject({ maintenance: true, formation: { worker: { quantity: 2 } } });
    expect(await mails.isPaused()).toBe(true);
    await engine.pass(id, 60_000);
    expect(engine.world.settings('shop')).toMatchObject({ formation: { worker: { quantity: 2 } } });
    letGo();
    await vi.waitFor(async () => expect(await mails.getActiveCount()).toBe(0), PATIENCE);
    const held = await engine.holding(id);
    expect(held.ended).toBeNull();
    // Drained, and then observed: one does not take the place of the other.
    expect(held.proof?.findings.filter(({ subject }) => subject === 'BullMQ')).toMatchObject([
      { step: 'drain', is: 'proved', says: expect.stringMatching(/^drained: /) },
      { step: 'proof', is: 'proved', says: expect.stringMatching(/^0 running, 2 waiting/) },
    ]);
    expect(engine.world.settings('shop')).toMatchObject({ formation: { worker: { quantity: 0 } } });
    expect(done).toEqual(['first']);
    await engine.approve(id);
    expect((await engine.ended(id)).ended?.as).toBe('restored');
    expect(engine.world.settings('shop')).toEqual(before);
    expect(await mails.isPaused()).toBe(false);
    await vi.waitFor(() => expect(done).toEqual(['first', 'second', 'third']), PATIENCE);
  });

  it('turns when the job takes longer than it may, and the queue goes on', async () => {
    const { mails, letGo } = await busy();
    const engine = await start({
      settings: { queues: [{ system: 'bullmq', at: 'REDIS_URL' }], drainCap: 120_000 },
    });
    const before = engine.world.settings('shop');
    const { id } = await engine.start('shop');
    const ended = await engine.ended(id);
    expect(ended.turned?.why).toMatch(/after 2 min: BullMQ: 1 running.*\(mails: first \(job 1\)\)/);
    expect(engine.world.settings('shop')).toEqual(before);
    expect(await mails.isPaused()).toBe(false);
    letGo();
  });

  it('leaves a queue paused that somebody had paused before', async () => {
    const { mails, letGo } = await busy();
    letGo();
    await vi.waitFor(async () => expect(await mails.getActiveCount()).toBe(0), PATIENCE);
    await mails.pause();
    const engine = await start();
    const { id } = await engine.start('shop');
    await engine.holding(id);
    await engine.approve(id);
    expect((await engine.ended(id)).ended?.as).toBe('restored');
    expect(await mails.isPaused()).toBe(true);
  });

  it('I8 tells the address of the queue to nobody', async () => {
    const { letGo } = await busy();
    letGo();
    const lines: unknown[] = [];
    const keep = (about: object, message: string): void => {
      lines.push([message, about, about instanceof Error ? [about.message, about.stack] : null]);
    };
    const log: Logger = { debug: keep, info: keep, warn: keep, error: keep };
    const engine = await start({ log });
    const shown: unknown[] = [await engine.commands.plan(ada, 'shop'), await engine.commands.doctor(ada, 'shop')];
    const { id } = await engine.start('shop');
    await engine.holding(id);
    // The Redis of another name, where nobody is: each way of failing has words of its own.
    engine.world.setConfig('shop', { REDIS_URL: `redis://default:${SECRET}@127.0.0.1:1/0` });
    await engine.pass(id, 60_000);
    shown.push(runJson(await engine.the(id)), await engine.events(id));
    engine.world.setConfig('shop', { REDIS_URL: url });
    await engine.approve(id);
    shown.push(runJson(await engine.ended(id)), await engine.events(id));
    for (const table of ['run', 'event', 'message', 'audit']) {
      const all = sql<{ row: unknown }>`select to_jsonb(t) as row from ${sql.table(`maint.${table}`)} t`;
      shown.push((await all.execute(engine.database.db)).rows);
    }
    const all = JSON.stringify([lines, shown]);
    expect(all).toContain('BullMQ');
    expect(all).not.toContain(SECRET);
    expect(all).not.toContain(redis.url.split('//')[1]?.split('/')[0]);
  });
});

describe('a maintenance of an app with the HTTP contract', () => {
  it('pauses and drains it before the door shuts, and resumes it when the door is open', async () => {
    await using app = await httpApp();
    const demands = ["The app's own /health/jobs"];
    const engine = await engineFor({
      apps: [shop()],
      settings: { queues: [{ system: 'http', at: app.url }], demands },
    });
    // The router answers in its place exactly while maintenance mode is on.
    const shut = (): boolean => engine.world.settings('shop').maintenance;
    Object.defineProperty(app, 'behind', { get: shut });
    app.running = 1;
    const { id } = await engine.start('shop');
    const waiting = await engine.run(id, (run) => {
      const step = run.steps.quiet.find(({ name }) => name === 'http-drain');
      return step?.state === 'moving' && step.why !== null;
    });
    expect([app.accepting, shut(), waiting.ended]).toEqual([false, false, null]);
    app.running = 0;
    const held = await engine.holding(id);
    expect(held.ended).toBeNull();
    // Behind the door it is not asked any more, and what was demanded is proved all the same.
    expect(held.proof?.findings.filter(({ subject }) => subject === demands[0])).toMatchObject([
      { step: 'http-drain', is: 'proved' },
    ]);
    expect(quietSays(held)).toBe('quiet');
    expect(shut()).toBe(true);
    await engine.approve(id);
    const ended = await engine.ended(id);
    expect(ended.ended?.as).toBe('restored');
    expect([app.accepting, shut()]).toEqual([true, false]);
    expect(app.asked.filter((what) => what.startsWith('POST'))).toEqual([
      'POST /health/jobs/pause',
      'POST /health/jobs/resume',
    ]);
  });
});
