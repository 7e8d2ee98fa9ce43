import { describe, expect, test } from 'vitest';
import { silentLog } from '../../src/log.ts';
import { Turns } from '../../src/store/turns.ts';

describe('Turns', () => {
  /** Turns that last until they are ended by hand. */
  function setUp(most: number) {
    const going: { run: string; end: () => void; fail: () => void }[] = [];
    const time = { now: 0 };
    const drive = (run: string): Promise<void> =>
      new Promise((resolve, reject) => going.push({ run, end: resolve, fail: () => reject(new Error('no')) }));
    const turns = new Turns(drive, most, silentLog, () => time.now);
    /** Ends the turn, or fails it, and waits until that has been noticed. */
    const over = (how: 'end' | 'fail') =>
      new Promise<void>((resolve) => {
        turns.ended = resolve;
        going.shift()?.[how]();
      });
    return { turns, going, time, over };
  }

  test('a run has one turn at a time', async () => {
    const { turns, going, over } = setUp(5);
    turns.begin('run-1');
    turns.begin('run-1');
    turns.begin('run-2');
    expect(going.map(({ run }) => run)).toEqual(['run-1', 'run-2']);
    expect(turns.wanted('run-1')).toBe(false);
    await over('end');
    expect(turns.wanted('run-1')).toBe(true);
    turns.begin('run-1');
    expect(going.map(({ run }) => run)).toEqual(['run-2', 'run-1']);
  });

  test('no more begin than there is room for, and none is woken for nothing', async () => {
    const { turns, going, over } = setUp(1);
    turns.begin('run-1');
    turns.begin('run-2');
    expect(going.map(({ run }) => run)).toEqual(['run-1']);
    expect(turns.wanted('run-2')).toBe(false);
    await over('end');
    expect(turns.wanted('run-2')).toBe(true);
    turns.begin('run-2');
    expect(going.map(({ run }) => run)).toEqual(['run-2']);
  });

  test('a run whose turn failed is left alone for a second, then two, at most half a minute', async () => {
    const { turns, time, over } = setUp(5);
    const pauses: number[] = [];
    for (let i = 0; i < 7; i += 1) {
      turns.begin('run-1');
      await over('fail');
      const from = time.now;
      while (!turns.wanted('run-1')) time.now += 500;
      pauses.push(time.now - from);
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
    turns.begin('run-1');
    await over('end');
    expect(turns.wanted('run-1')).toBe(true);
  });

  test('once closed nothing begins', () => {
    const { turns, going } = setUp(5);
    turns.begin('run-1');
    turns.close();
    turns.begin('run-2');
    expect(going.map(({ run }) => run)).toEqual(['run-1']);
  });
});
