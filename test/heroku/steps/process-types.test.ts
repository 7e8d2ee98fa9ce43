import { describe, expect, it } from 'vitest';
import { shop } from '../../helpers/engine.ts';
import { capture, changes, settled, stages } from './stage.ts';

const stageFor = stages();
const MINUTE = 60_000;

async function quieted(formation: Record<string, { quantity?: number; crashes?: boolean }>, times = {}) {
  const stage = await stageFor(shop({ formation, times: { startMs: 3_000, stopMs: 3_000, ...times } }));
  const hold = stage.hold('workers');
  const items = (await capture(stage, hold)).map((item) => ({ ...item, sent: [0] }));
  await hold.write(stage.cx(), changes(stage, hold, items, 'quiet'));
  return { stage, hold, items };
}

describe('workers on the way to quiet', () => {
  it('say how many dynos are still stopping, type by type', async () => {
    const { stage, hold, items } = await quieted({ web: {}, worker: { quantity: 2 }, mailer: {} });
    const { verdict, whys } = await settled(stage, hold, 'quiet', items);
    expect(verdict.is).toBe('done');
    expect(whys[0]).toBe('1 mailer dyno still stopping, 2 worker dynos still stopping');
  });

  it('say at most five types, and how many more there are', async () => {
    const types = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`w${i}`, {}]));
    const { stage, hold, items } = await quieted({ web: {}, ...types });
    const { whys } = await settled(stage, hold, 'quiet', items);
    expect(whys[0]).toMatch(/^(1 w\d dyno still stopping, ){4}1 w\d dyno still stopping and 3 more$/);
  });

  it('fail when they take longer than the drain cap, with what they wait for', async () => {
    const { stage, hold, items } = await quieted(
      { web: {}, worker: {} },
      { stopMs: 20 * MINUTE, graceMs: 20 * MINUTE },
    );
    expect((await settled(stage, hold, 'quiet', items)).verdict).toEqual({
      is: 'failed',
      why: 'after 15 min: 1 worker dyno still stopping',
    });
  });

  it('look again soon at first, and less and less often', async () => {
    const { stage, hold, items } = await quieted(
      { web: {}, worker: {} },
      { stopMs: 30 * MINUTE, graceMs: 30 * MINUTE },
    );
    const since = stage.clock.now();
    const looks: number[] = [];
    for (const at of [0, 9, 11, 59, 61, 600]) {
      stage.clock.advance(since + at * 1_000 - stage.clock.now());
      const verdict = await hold.settle(stage.cx(since), 'quiet', items, null);
      looks.push(verdict.is === 'waiting' ? verdict.look : 0);
    }
    expect(looks).toEqual([1_000, 1_000, 2_000, 2_000, 5_000, 5_000]);
  });
});

describe('workers on the way back', () => {
  it('say how many of how many are up', async () => {
    const { stage, hold, items } = await quieted({ web: {}, worker: { quantity: 3 } });
    await hold.write(stage.cx(), changes(stage, hold, items, 'back'));
    const { verdict, whys } = await settled(stage, hold, 'back', items);
    expect(verdict.is).toBe('done');
    expect(whys[0]).toBe('worker: 0 of 3 dynos up');
  });

  it('count a dyno that sleeps as there', async () => {
    const { stage, hold, items } = await quieted({ web: {}, worker: { quantity: 1 } });
    await hold.write(stage.cx(), changes(stage, hold, items, 'back'));
    for (const dyno of stage.world.app('shop').dynos) if (dyno.type === 'worker') dyno.state = 'idle';
    expect((await hold.settle(stage.cx(), 'back', items, null)).is).toBe('done');
  });

  it('fail when they take longer than the drain cap to come up', async () => {
    const { stage, hold, items } = await quieted({ web: {}, worker: {} }, { startMs: 20 * MINUTE });
    await hold.write(stage.cx(), changes(stage, hold, items, 'back'));
    expect((await settled(stage, hold, 'back', items)).verdict).toEqual({
      is: 'failed',
      why: 'after 15 minutes: worker: 0 of 1 dyno up',
    });
  });

  it('name the dynos that crash, once it is more than a restart', async () => {
    const { stage, hold, items } = await quieted({ web: {}, worker: { quantity: 1, crashes: true } });
    await hold.write(stage.cx(), changes(stage, hold, items, 'back'));
    const since = stage.clock.now();
    stage.clock.advance(MINUTE);
    expect(await hold.settle(stage.cx(since), 'back', items, null)).toMatchObject({
      is: 'waiting',
      why: 'worker: 0 of 1 dyno up',
    });
    stage.clock.advance(MINUTE);
    expect(await hold.settle(stage.cx(since), 'back', items, null)).toEqual({ is: 'failed', why: 'crashed: worker.1' });
  });

  it('do not wait for a type that stood at zero, nor for one that they do not answer for', async () => {
    const { stage, hold } = await quieted({ web: {}, worker: {}, spare: { quantity: 0 } });
    const spare = { key: 'spare', label: 'spare', before: 0, sent: [] };
    expect((await hold.settle(stage.cx(), 'back', [spare], null)).is).toBe('done');
  });
});

describe('what is taken for a clock', () => {
  it('is what the settings say; web and release are never touched', async () => {
    const formation = {
      web: {},
      release: { command: 'x' },
      clock: {},
      cron: {},
      beat: {},
      scheduler: {},
      ticker: {},
      worker: {},
    };
    const stage = await stageFor(shop({ formation }));
    const keys = async (name: string) => (await capture(stage, stage.hold(name))).map(({ key }) => key);
    expect(await keys('clocks')).toEqual(['beat', 'clock', 'cron', 'scheduler']);
    expect(await keys('workers')).toEqual(['ticker', 'worker']);
  });
});
