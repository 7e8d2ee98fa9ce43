import { describe, expect, test } from 'vitest';
import { preflight } from '../../src/model/run.ts';
import { defaultSettings } from '../../src/model/settings.ts';
import type { Cx } from '../../src/model/step.ts';
import { sharedReads } from '../../src/run/reads.ts';
import { takeStock } from '../../src/run/stock.ts';
import { concern, T0 } from '../helpers/make-run.ts';
import { ToyWorld, toyPlatform } from '../helpers/toy-platform.ts';
import { usual } from './maintenance.ts';

const cx: Cx = {
  app: { id: 'app-1', name: 'shop' },
  run: 'm1',
  settings: defaultSettings,
  now: T0,
  since: T0,
  asking: preflight.name,
  priority: 'run',
  signal: new AbortController().signal,
  fence() {
    throw new Error('Expected only reads, got a write');
  },
  reads: sharedReads(),
};

describe('taking stock', () => {
  test('captures every item with what quiet wants and the command that undoes it, and writes nothing', async () => {
    const world = new ToyWorld(usual);
    const { items, concerns } = await takeStock(toyPlatform(world), cx);
    expect(items.find((item) => item.key === 'alpha')).toEqual({
      step: 'workers',
      key: 'alpha',
      label: 'alpha',
      before: 4,
      aim: 0,
      quiet: { will: 'alpha to 0', byHand: 'set workers alpha 0' },
      back: { will: 'alpha to 4', byHand: 'set workers alpha 4' },
    });
    expect(items.find((item) => item.key === 'beta')).toMatchObject({ before: 0, aim: 0 });
    expect(concerns).toEqual([]);
    expect(world.writes).toEqual([]);
  });

  test('what cannot be held still is a concern to accept by name, and its items are left out', async () => {
    const world = new ToyWorld(usual);
    world.unusable = true;
    world.concerns = [concern({ name: 'old-job' })];
    const { items, concerns } = await takeStock(toyPlatform(world), cx);
    expect(concerns.map((c) => [c.name, c.is, c.except])).toEqual([
      ['intake', 'ask', 'Intake'],
      ['old-job', 'ask', 'Scheduler'],
    ]);
    expect(items.some((item) => item.step === 'intake')).toBe(false);
  });

  test('a platform that is down fails it once, and no second failure is left for nobody', async () => {
    const world = new ToyWorld(usual);
    world.onCall = () => 'retryable';
    const unheard: unknown[] = [];
    const hear = (error: unknown) => unheard.push(error);
    process.on('unhandledRejection', hear);
    await expect(takeStock(toyPlatform(world), cx)).rejects.toThrow(/retryable/);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', hear);
    expect(unheard).toEqual([]);
  });
});

describe('reads shared within one turn', () => {
  test('the same read is asked once, and again after it failed', async () => {
    const reads = sharedReads();
    let asked = 0;
    const load = async () => {
      asked += 1;
      if (asked === 1) throw new Error('down');
      return asked;
    };
    await expect(reads.once('app', load)).rejects.toThrow('down');
    expect(await reads.once('app', load)).toBe(2);
    expect(await reads.once('app', load)).toBe(2);
  });

  test('what a write changed is forgotten, by its beginning or altogether', async () => {
    const reads = sharedReads();
    let asked = 0;
    const load = async () => {
      asked += 1;
      return asked;
    };
    await reads.once('dynos shop', load);
    await reads.once('releases shop', load);
    reads.forget('dynos');
    expect(await reads.once('releases shop', load)).toBe(2);
    expect(await reads.once('dynos shop', load)).toBe(3);
    reads.forget();
    expect(await reads.once('releases shop', load)).toBe(4);
  });
});
