import { describe, expect, it, onTestFinished } from 'vitest';
import { type LogWatch, watchLog } from '../../../src/heroku/sensors/log-watch.ts';
import type { LogSeen } from '../../../src/heroku/sensors/sample.ts';
import { shop } from '../../helpers/engine.ts';
import { RUN, type Stage, stages } from '../steps/stage.ts';

const stageFor = stages();

async function watch(stage: Stage, idleMs = 60_000): Promise<{ log: LogWatch; from: number }> {
  const log = await watchLog(stage.heroku, stage.cx(), idleMs);
  onTestFinished(() => log.close());
  return { log, from: stage.clock.now() };
}

/** As soon as so many lines have come. */
async function heardBy(lines: number, log: LogWatch, from: number): Promise<LogSeen> {
  await expect.poll(() => linesOf(log.seen(from)), { interval: 5 }).toBeGreaterThanOrEqual(lines);
  return log.seen(from);
}

function linesOf(seen: LogSeen): number {
  return seen.is === 'connected' ? seen.lines : -1;
}

describe('the log, listened to', () => {
  it('names what has started, by what it is', async () => {
    const stage = await stageFor(shop({ jobs: [] }));
    const { log, from } = await watch(stage);
    expect(log.connected).toBe(true);
    stage.clock.advance(1_000);
    stage.world.scale('shop', 'worker', 3);
    stage.world.scale('shop', 'web', 2);
    stage.world.runOneOff('shop', 'rails console');
    stage.world.addJob('shop', { id: '8', command: `: # maint-paused ${RUN} "rake x"`, every: 60, at: 35 });
    stage.world.addJob('shop', { id: '9', command: 'rake y $SECRET', every: 60, at: 35 });
    stage.clock.advance(120_000);
    const seen = await heardBy(10, log, from);
    expect(seen).toMatchObject({
      is: 'connected',
      strange: [{ name: 'worker.3', at: from + 1_000 }],
      oneOffs: [{ name: expect.stringMatching(/^run\.\d+$/) }],
      scheduled: [{ is: 'paused' }, { is: 'loud' }],
    });
    expect(JSON.stringify(seen)).not.toMatch(/rake|console|SECRET/);
  });

  it('counts nothing that started before', async () => {
    const stage = await stageFor(shop());
    stage.clock.advance(1_000);
    stage.world.scale('shop', 'worker', 3);
    stage.clock.advance(1_000);
    const { log, from } = await watch(stage);
    stage.world.scale('shop', 'web', 2);
    expect(await heardBy(3, log, from)).toMatchObject({ strange: [] });
  });

  it('knows the marker of a paused job though a config var was expanded in it', async () => {
    const stage = await stageFor(shop({ jobs: [], config: { WORDS: 'a "quoted" value' } }));
    const { log, from } = await watch(stage);
    const command = `: # maint-paused ${RUN} "rake $WORDS"`;
    stage.world.addJob('shop', { id: '8', command, every: 60, at: 35 });
    stage.clock.advance(120_000);
    expect(await heardBy(3, log, from)).toMatchObject({ scheduled: [{ is: 'paused' }] });
  });

  it('calls the marker of another maintenance a job', async () => {
    const stage = await stageFor(shop({ jobs: [] }));
    const { log, from } = await watch(stage);
    stage.world.addJob('shop', { id: '8', command: `: # maint-paused ${RUN}2 "rake x"`, every: 60, at: 35 });
    stage.clock.advance(120_000);
    expect(await heardBy(3, log, from)).toMatchObject({ scheduled: [{ is: 'loud' }] });
  });

  it.each(['cut', 'end'] as const)('is unread from the moment that the stream is over (%s)', async (how) => {
    const stage = await stageFor(shop());
    const { log, from } = await watch(stage);
    expect(log.seen(from).is).toBe('connected');
    stage.world.logs[how]();
    await expect.poll(() => log.seen(from).is, { interval: 5 }).toBe('unread');
    expect(log.connected).toBe(false);
  });

  it('is unread from the moment that Heroku says that it left lines out, whatever an app prints', async () => {
    const stage = await stageFor(shop());
    const { log, from } = await watch(stage);
    const says =
      'Error L11 (Tail buffer overflow) -> This tail session dropped 1101 messages since 2026-11-21T12:00:00+00:00.';
    stage.world.logs.write(stage.world.app('shop'), 'app', 'logplex', says);
    stage.world.logs.write(stage.world.app('shop'), 'heroku', 'router', says);
    expect(await heardBy(2, log, from)).toMatchObject({ is: 'connected' });
    stage.world.logs.write(stage.world.app('shop'), 'heroku', 'logplex', says);
    await expect.poll(() => log.seen(from).is, { interval: 5 }).toBe('unread');
    await expect.poll(() => stage.world.logs.streams, { interval: 5 }).toBe(0);
    expect(log.seen(from)).toEqual({ is: 'unread', why: 'Heroku left lines of it out' });
    expect(log.connected).toBe(false);
  });

  it.each(['sessions', 'streams'] as const)('is unread where %s are refused', async (refuse) => {
    const stage = await stageFor(shop());
    stage.world.logs.refuse = refuse;
    const { log, from } = await watch(stage);
    expect(log.seen(from)).toMatchObject({ is: 'unread', why: expect.stringMatching(/503|404/) });
    expect(JSON.stringify(log.seen(from))).not.toContain('logplex');
  });

  it('is closed by itself when nobody asks after it any more', async () => {
    const stage = await stageFor(shop());
    await watch(stage, 50);
    expect(stage.world.logs.streams).toBe(1);
    await expect.poll(() => stage.world.logs.streams, { interval: 5 }).toBe(0);
  });
});
