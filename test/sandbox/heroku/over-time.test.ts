import { beforeEach, describe, expect, test } from 'vitest';
import { SandboxClock } from '../../../src/sandbox/clock.ts';
import { currentRelease } from '../../../src/sandbox/heroku/state.ts';
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
const states = (app: string, type: string) =>
  world
    .app(app)
    .dynos.filter((dyno) => dyno.type === type)
    .map(({ name, state, stopping }) => `${name} ${stopping ? 'stopping' : state}`);

describe('scaling', () => {
  beforeEach(() => {
    world.addApp({ name: 'shop', formation: { web: { quantity: 2 }, worker: { quantity: 4 } } });
  });

  test('down stops the highest numbers first, and they are gone only after a while', () => {
    world.scale('shop', 'worker', 2);
    expect(states('shop', 'worker')).toEqual(['worker.1 up', 'worker.2 up', 'worker.3 stopping', 'worker.4 stopping']);
    clock.advance(1 * SECOND);
    expect(names('shop')).toEqual(['web.1', 'web.2', 'worker.1', 'worker.2']);
  });

  test('up starts new dynos beside the old ones, which are up after three seconds', () => {
    world.scale('shop', 'web', 3);
    expect(states('shop', 'web')).toEqual(['web.1 up', 'web.2 up', 'web.3 starting']);
    clock.advance(3 * SECOND);
    expect(states('shop', 'web')).toEqual(['web.1 up', 'web.2 up', 'web.3 up']);
  });

  test('down in the middle of a start leaves no dyno that comes up later', () => {
    world.scale('shop', 'worker', 6);
    world.scale('shop', 'worker', 0);
    clock.advance(60 * SECOND);
    expect(world.dynoCounts('shop')).toEqual({ web: 2 });
  });

  test('makes no release', () => {
    world.scale('shop', 'worker', 0);
    expect(world.app('shop').releases).toHaveLength(12);
  });

  test('takes no time at all where the app says so', () => {
    world.addApp({ name: 'quick', formation: { worker: { quantity: 3 } }, times: { startMs: 0, stopMs: 0 } });
    world.scale('quick', 'worker', 0);
    expect(names('quick')).toEqual([]);
    world.scale('quick', 'worker', 2);
    expect(states('quick', 'worker')).toEqual(['worker.1 up', 'worker.2 up']);
  });
});

describe('a restart', () => {
  test('starts the new dyno at once, while the old one is still there under the same name', () => {
    const app = world.addApp({
      name: 'shop',
      formation: { worker: { quantity: 1 } },
      queue: { waiting: 1, jobMs: [10 * SECOND] },
    });
    world.setConfig('shop', { A: '1' });
    expect(app.dynos.map(({ name, listed, stopping }) => ({ name, listed, stopping }))).toEqual([
      { name: 'worker.1', listed: false, stopping: true },
      { name: 'worker.1', listed: true, stopping: false },
    ]);
    clock.advance(11 * SECOND);
    expect(app.queue).toMatchObject({ done: 1, killed: 0 });
    expect(states('shop', 'worker')).toEqual(['worker.1 up']);
  });

  test('of a crashed dyno comes after ten minutes', () => {
    world.addApp({ name: 'shop', formation: { worker: { quantity: 1 } } });
    world.crash('shop', 'worker.1');
    clock.advance(599 * SECOND);
    expect(states('shop', 'worker')).toEqual(['worker.1 crashed']);
    clock.advance(5 * SECOND);
    expect(states('shop', 'worker')).toEqual(['worker.1 up']);
  });

  test('of a process that cannot run ends in another crash', () => {
    world.addApp({ name: 'shop', formation: { worker: { quantity: 0, crashes: true } } });
    world.scale('shop', 'worker', 1);
    clock.advance(3 * SECOND);
    expect(states('shop', 'worker')).toEqual(['worker.1 crashed']);
  });
});

test('dynos of a Fir app have names that tell no number', () => {
  world.addApp({ name: 'reports', generation: 'fir', formation: { web: { quantity: 2 } } });
  for (const name of names('reports')) expect(name).toMatch(/^web-[0-9a-f]{9}-[0-9a-f]{5}$/);
  expect(new Set(names('reports')).size).toBe(2);
});

describe('the queue', () => {
  test('is worked through by the dynos that are up, one job each', () => {
    const app = world.addApp({
      name: 'shop',
      formation: { worker: { quantity: 2 } },
      queue: { waiting: 5, jobMs: [10 * SECOND] },
    });
    expect(app.queue?.waiting).toHaveLength(3);
    clock.advance(10 * SECOND);
    expect(app.queue).toMatchObject({ done: 2, waiting: [expect.anything()] });
    clock.advance(20 * SECOND);
    expect(app.queue).toMatchObject({ done: 5, waiting: [], killed: 0 });
  });

  test('a job that is in the hands of a stopped dyno is finished, if it takes less than 30 s', () => {
    const app = world.addApp({ name: 'shop', formation: { worker: {} }, queue: { waiting: 3, jobMs: [25 * SECOND] } });
    world.scale('shop', 'worker', 0);
    clock.advance(24 * SECOND);
    expect(states('shop', 'worker')).toEqual(['worker.1 stopping']);
    clock.advance(1 * SECOND);
    expect(names('shop')).toEqual([]);
    expect(app.queue).toMatchObject({ done: 1, killed: 0 });
    expect(app.queue?.waiting).toHaveLength(2);
  });

  test('a job that takes longer is killed half way, and counted', () => {
    const app = world.addApp({ name: 'shop', formation: { worker: {} }, queue: { waiting: 1, jobMs: [90 * SECOND] } });
    world.scale('shop', 'worker', 0);
    clock.advance(30 * SECOND);
    expect(names('shop')).toEqual([]);
    expect(app.queue).toMatchObject({ done: 0, killed: 1 });
    expect(app.events.filter(({ what }) => what === 'job-killed')).toEqual([
      { at: START + 30 * SECOND, what: 'job-killed', dyno: 'worker.1', job: 1 },
    ]);
    clock.advance(90 * SECOND);
    expect(app.queue).toMatchObject({ done: 0, killed: 1 });
  });

  test('grows by its users while they reach the app, and not in maintenance mode', () => {
    const app = world.addApp({
      name: 'shop',
      formation: { web: {}, clock: {}, worker: { quantity: 0 } },
      queue: {
        producers: [
          { type: 'web', perMinute: 60 },
          { type: 'clock', perMinute: 2 },
        ],
      },
    });
    clock.advance(60 * SECOND);
    expect(app.queue?.added).toBe(62);
    world.setMaintenance('shop', true);
    clock.advance(60 * SECOND);
    expect(app.queue?.added).toBe(64);
    world.scale('shop', 'clock', 0);
    clock.advance(60 * SECOND);
    expect(app.queue?.added).toBe(64);
  });
});

describe('a change of config vars', () => {
  beforeEach(() => {
    world.addApp({
      name: 'shop',
      formation: { web: {}, release: { command: 'rails db:migrate' } },
      config: { A: 'old' },
      times: { releasePhaseMs: 8 * SECOND },
    });
  });

  test('runs the release phase first: nothing restarts, and the release is pending', () => {
    world.setConfig('shop', { A: 'new' });
    clock.advance(5 * SECOND);
    expect(states('shop', 'release')).toEqual([expect.stringMatching(/^release\.\d{4} up$/)]);
    expect(world.app('shop').releases.at(-1)).toMatchObject({ version: 13, status: 'pending' });
    expect(currentRelease(world.app('shop'))).toMatchObject({ version: 12 });
    expect(world.app('shop').dynos[0]).toMatchObject({ type: 'web', env: { A: 'old' } });
  });

  test('is live with its dynos restarted when the release phase has succeeded', () => {
    world.setConfig('shop', { A: 'new' });
    clock.advance(15 * SECOND);
    expect(currentRelease(world.app('shop'))).toMatchObject({ version: 13, status: 'succeeded' });
    expect(world.app('shop').dynos).toMatchObject([{ name: 'web.1', state: 'up', env: { A: 'new' } }]);
  });

  test('is shown but not live when the release phase has failed', () => {
    world.app('shop').releasePhaseFails = 1;
    world.setConfig('shop', { A: 'new' });
    clock.advance(15 * SECOND);
    const app = world.app('shop');
    expect(app.configVars).toEqual({ A: 'new' });
    expect(app.releases.at(-1)).toMatchObject({ status: 'failed', configVars: { A: 'new' } });
    expect(currentRelease(app)).toMatchObject({ version: 12 });
    expect(app.dynos).toMatchObject([{ name: 'web.1', env: { A: 'old' } }]);
  });

  test('waits for the release phase of the change before it', () => {
    world.setConfig('shop', { A: 'new' });
    world.setConfig('shop', { B: 'too' });
    clock.advance(12 * SECOND);
    expect(
      world
        .app('shop')
        .releases.slice(12)
        .map(({ status }) => status),
    ).toEqual(['succeeded', 'pending']);
    clock.advance(12 * SECOND);
    expect(currentRelease(world.app('shop'))).toMatchObject({ version: 14 });
  });

  test('restarts at once where there is no release phase', () => {
    world.addApp({ name: 'plain', formation: { web: {} } });
    world.setConfig('plain', { A: '1' });
    expect(currentRelease(world.app('plain'))).toMatchObject({ version: 13, description: 'Set A config vars' });
    expect(states('plain', 'web')).toEqual(['web.1 stopping', 'web.1 starting']);
  });
});

describe('a deploy', () => {
  test('takes the build, the release phase and a restart; what the code has no more is stopped', () => {
    world.addApp({
      name: 'shop',
      formation: { web: {}, worker: { quantity: 2 }, release: { command: 'migrate' } },
      times: { buildMs: 20 * SECOND, releasePhaseMs: 8 * SECOND },
    });
    world.deploy('shop', { commit: 'abc123', processTypes: { web: 'new', mailer: 'mail', release: 'migrate' } });
    expect(world.app('shop').builds).toMatchObject([{ status: 'pending' }]);
    clock.advance(40 * SECOND);
    expect(currentRelease(world.app('shop'))).toMatchObject({ version: 13, description: 'Deploy abc123' });
    expect(world.settings('shop').formation).toEqual({
      web: { quantity: 1, size: 'Standard-1X' },
      mailer: { quantity: 0, size: 'Standard-1X' },
      release: { quantity: 0, size: 'Standard-1X' },
    });
    expect(world.app('shop').dynos).toMatchObject([{ name: 'web.1', command: 'new', state: 'up' }]);
  });
});

test('a deploy whose release phase fails leaves code and process types as they were', () => {
  world.addApp({ name: 'shop', formation: { web: {}, release: { command: 'migrate' } }, releasePhaseFails: 1 });
  const slug = world.app('shop').slugId;
  world.deploy('shop', { processTypes: { web: 'new', mailer: 'mail', release: 'migrate' } });
  clock.advance(60 * SECOND);
  expect(world.app('shop').releases.at(-1)).toMatchObject({ status: 'failed' });
  expect(world.app('shop')).toMatchObject({ slugId: slug, dynos: [{ command: 'bin/web' }] });
  expect(Object.keys(world.settings('shop').formation)).toEqual(['web', 'release']);
});

test('after a reset nothing of before happens any more', () => {
  world.addApp({
    name: 'shop',
    formation: { web: {} },
    jobs: [{ command: 'x', every: 10 }],
    queue: { producers: [{ type: 'web', perMinute: 60 }] },
  });
  const shop = world.app('shop');
  const events = shop.events.length;
  world.reset();
  clock.advance(3_600 * SECOND);
  expect(shop.events).toHaveLength(events);
  expect(world.apps).toEqual([]);
});
