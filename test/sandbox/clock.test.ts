import { describe, expect, test } from 'vitest';
import { SandboxClock } from '../../src/sandbox/clock.ts';

const START = Date.UTC(2026, 0, 5, 12);

describe('a clock that is moved by hand', () => {
  test('stands still until it is moved', () => {
    const clock = new SandboxClock({ manual: true, start: START });
    expect(clock.now()).toBe(START);
    clock.advance(90_000);
    expect(clock.now()).toBe(START + 90_000);
  });

  test('fires timers in the order of their time, and stands at the time of each', () => {
    const clock = new SandboxClock({ manual: true, start: START });
    const fired: [string, number][] = [];
    clock.after(3_000, () => fired.push(['late', clock.now() - START]));
    clock.after(1_000, () => fired.push(['early', clock.now() - START]));
    clock.after(1_000, () => fired.push(['early, set second', clock.now() - START]));
    clock.advance(2_000);
    expect(fired).toEqual([
      ['early', 1_000],
      ['early, set second', 1_000],
    ]);
    clock.advance(1_000);
    expect(fired[2]).toEqual(['late', 3_000]);
  });

  test('fires a timer that a timer set, where it falls within the same move', () => {
    const clock = new SandboxClock({ manual: true, start: START });
    const ticks: number[] = [];
    const tick = () => {
      ticks.push(clock.now() - START);
      clock.after(1_000, tick);
    };
    clock.after(1_000, tick);
    clock.advance(3_500);
    expect(ticks).toEqual([1_000, 2_000, 3_000]);
  });

  test('does not fire a timer that was cancelled, by another timer of the same moment either', () => {
    const clock = new SandboxClock({ manual: true, start: START });
    const fired: string[] = [];
    clock.after(1_000, () => cancel());
    const cancel = clock.after(1_000, () => fired.push('cancelled'));
    clock.advance(5_000);
    expect(fired).toEqual([]);
  });

  test('goes on after a timer that threw, from the time of that timer', () => {
    const clock = new SandboxClock({ manual: true, start: START });
    const fired: number[] = [];
    clock.after(1_000, () => {
      throw new Error('broken');
    });
    clock.after(2_000, () => fired.push(clock.now() - START));
    expect(() => clock.advance(5_000)).toThrow('broken');
    expect(clock.now()).toBe(START + 1_000);
    clock.advance(4_000);
    expect(fired).toEqual([2_000]);
  });

  test('refuses to go back', () => {
    const clock = new SandboxClock({ manual: true });
    expect(() => clock.advance(-1)).toThrow(RangeError);
  });
});

describe('a clock that runs', () => {
  test('fires a far timer soon when it runs fast, and stands at its time while it does', async () => {
    const clock = new SandboxClock({ speed: 100_000, start: START });
    const passed = await new Promise<number>((resolve) => {
      clock.after(0, () => {
        const from = clock.now();
        clock.after(60_000, () => resolve(clock.now() - from));
      });
    });
    expect(passed).toBe(60_000);
  });

  test('takes a new speed at once, for timers that were set before', async () => {
    const clock = new SandboxClock({ speed: 1, start: START });
    const fired = new Promise<number>((resolve) => clock.after(60_000, () => resolve(clock.now())));
    clock.speed = 100_000;
    expect(await fired).toBeGreaterThanOrEqual(START + 60_000);
  });

  test('can be moved on as well', () => {
    const clock = new SandboxClock({ start: START });
    const fired: number[] = [];
    clock.after(60_000, () => fired.push(clock.now() - START));
    clock.advance(3_600_000);
    expect(fired).toHaveLength(1);
    expect(clock.now()).toBeGreaterThanOrEqual(START + 3_600_000);
    clock.close();
  });

  test('fires nothing once it is closed', () => {
    const clock = new SandboxClock({ manual: true });
    const fired: string[] = [];
    clock.after(10, () => fired.push('set before'));
    clock.close();
    clock.after(10, () => fired.push('set after'));
    clock.advance(100);
    expect(fired).toEqual([]);
  });

  test('refuses a speed that is not above 0', () => {
    expect(() => new SandboxClock({ speed: 0 })).toThrow('Expected a speed above 0, got 0');
  });
});
