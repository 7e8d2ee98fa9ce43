import { beforeEach, describe, expect, test } from 'vitest';
import { SandboxClock } from '../../../src/sandbox/clock.ts';
import { World } from '../../../src/sandbox/heroku/world.ts';

const START = Date.UTC(2026, 0, 5, 12, 0, 5);
const SECOND = 1_000;

let clock: SandboxClock;
let world: World;

beforeEach(() => {
  clock = new SandboxClock({ manual: true, start: START });
  world = new World(clock);
});

const names = (app: string) => world.app(app).dynos.map(({ name }) => name);

describe('one-offs', () => {
  test('end by themselves, and can be stopped', () => {
    world.addApp({ name: 'shop', formation: {} });
    world.runOneOff('shop', 'rake import', 30 * SECOND);
    clock.advance(32 * SECOND);
    expect(world.dynoCounts('shop')).toEqual({ run: 1 });
    clock.advance(1 * SECOND);
    expect(names('shop')).toEqual([]);
  });

  test.each([': # maint-paused r1 "rake x"', '# nothing', 'true', ':'])(
    'end at once where the command is %s',
    (command) => {
      world.addApp({ name: 'shop', formation: {} });
      world.runOneOff('shop', command);
      clock.advance(3 * SECOND);
      expect(names('shop')).toEqual([]);
    },
  );

  test.each([': # a comment\nrake x', ': && rake x', 'rake x # : ', 'trueish'])('do not, where it is %j', (command) => {
    world.addApp({ name: 'shop', formation: {} });
    world.runOneOff('shop', command);
    clock.advance(3 * SECOND);
    expect(names('shop')).toHaveLength(1);
  });
});

describe('the Scheduler', () => {
  const at = (hours: number, minutes: number) => Date.UTC(2026, 0, 5, hours, minutes);
  const starts = () =>
    world
      .app('shop')
      .events.filter(({ what }) => what === 'scheduled-started')
      .map((event) => event.at);

  test.each([
    { every: 10 as const, at: 0, fires: [at(12, 10), at(12, 20), at(12, 30)] },
    { every: 60 as const, at: 30, fires: [at(12, 30), at(13, 30), at(14, 30)] },
    { every: 60 as const, at: 0, fires: [at(13, 0), at(14, 0), at(15, 0)] },
    { every: 1440 as const, at: 780, fires: [at(13, 0), at(37, 0), at(61, 0)] },
    { every: 1440 as const, at: 60, fires: [at(25, 0), at(49, 0), at(73, 0)] },
  ])('fires a job every $every minutes (at $at) at its times', ({ every, at: minute, fires }) => {
    world.addApp({ name: 'shop', formation: {}, jobs: [{ command: 'rake x', every, at: minute }] });
    clock.advance((fires[2] ?? 0) - START);
    expect(starts()).toEqual(fires);
  });

  test('runs a job as a one-off for its time, in maintenance mode too', () => {
    world.addApp({ name: 'shop', formation: {}, maintenance: true, jobs: [{ id: '1', command: 'rake x', every: 10 }] });
    clock.advance(at(12, 10) - START + 3 * SECOND);
    expect(world.app('shop').dynos).toMatchObject([{ name: expect.stringMatching(/^scheduler\.\d{4}$/), state: 'up' }]);
    expect(world.job('shop', '1').ranAt).toBe(at(12, 10));
    clock.advance(20 * SECOND);
    expect(names('shop')).toEqual([]);
  });

  test('starts a dyno with the command of before, where it was changed between the time and the dyno', () => {
    world.addApp({
      name: 'shop',
      formation: {},
      jobs: [{ id: '1', command: 'rake x', every: 10 }],
      times: { schedulerLagMs: 4 * SECOND },
    });
    clock.advance(at(12, 10) - START + 1 * SECOND);
    world.job('shop', '1').command = ': # paused';
    clock.advance(4 * SECOND);
    expect(world.app('shop').dynos).toMatchObject([{ type: 'scheduler', command: 'rake x' }]);
  });
});
