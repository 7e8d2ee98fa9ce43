// What stands against beginning, and beginnings that are taken back: nothing is sent that was not to be sent.
import { describe, expect, it } from 'vitest';
import type { AppDescription } from '../../src/sandbox/index.ts';
import { ada, type Engine, type EngineOptions, engines, grace, shop } from '../helpers/engine.ts';

const engineFor = engines();

async function stage(over: Partial<AppDescription> = {}, options: Partial<EngineOptions> = {}): Promise<Engine> {
  return engineFor({ settings: { variable: 'off' }, ...options, apps: [shop(over)] });
}

/** The run ends without having sent anything; answers why. */
async function refused(engine: Engine): Promise<string | undefined> {
  const before = engine.world.settings('shop');
  const { id } = await engine.start('shop');
  const { ended } = await engine.ended(id);
  expect(ended?.as).toBe('cancelled');
  expect(engine.writes()).toEqual([]);
  expect(engine.world.settings('shop')).toEqual(before);
  return ended?.why;
}

/** The run asks for these by name with nothing sent; accepted, it goes all the way there and back. */
async function askedFor(engine: Engine, names: readonly unknown[]): Promise<void> {
  const before = engine.world.settings('shop');
  const { id } = await engine.start('shop');
  const question = await engine.asked(id, 'start');
  const { about } = question;
  expect(about.is === 'start' ? about.names.toSorted() : about).toEqual(names.toSorted());
  expect(engine.writes()).toEqual([]);
  await engine.answer(id, question, 'accept');
  expect((await engine.holding(id)).ended).toBeNull();
  await engine.approve(id);
  expect((await engine.ended(id)).ended?.as).toBe('restored');
  expect(engine.world.settings('shop')).toEqual(before);
}

describe('a no-go', () => {
  it('is a build under way', async () => {
    const engine = await stage({ times: { buildMs: 60_000 } });
    engine.world.deploy('shop');
    expect(await refused(engine)).toMatch(/a build is under way/);
  });

  it('is a release under way', async () => {
    const engine = await stage({ formation: { web: {}, release: { command: 'rake db:migrate' } } });
    engine.world.setConfig('shop', { LANG: 'de' });
    expect(await refused(engine)).toMatch(/release v13 is being made/);
  });

  it.each([
    { scopes: ['read'] as const, lacks: /403|scope/ },
    { scopes: ['read-protected'] as const, lacks: /no scope write and write-protected/ },
    { scopes: ['read-protected', 'write'] as const, lacks: /no scope write-protected/ },
  ])('is a token that may only $scopes', async ({ scopes, lacks }) => {
    expect(await refused(await stage({}, { scopes }))).toMatch(lacks);
  });

  it('is not a token with just the scopes that the README asks for', async () => {
    const engine = await stage({}, { scopes: ['read-protected', 'write-protected'] });
    await engine.holding((await engine.start('shop')).id);
    expect(engine.world.settings('shop').maintenance).toBe(true);
  });
});

describe('a question before the start', () => {
  it('names one-off dynos that somebody runs, which are not stopped', async () => {
    const engine = await stage();
    const dyno = engine.world.runOneOff('shop', 'rails console', 3_600_000);
    await askedFor(engine, [expect.stringMatching(/^one-offs-[0-9a-f]{4}$/)]);
    expect(engine.world.app('shop').dynos).toContainEqual(expect.objectContaining({ id: dyno.id, state: 'up' }));
  });

  it('names the release that failed last', async () => {
    const engine = await stage({
      formation: { web: {}, worker: {}, release: { command: 'rake db:migrate' } },
      releasePhaseFails: 1,
      times: { startMs: 0, stopMs: 0, releasePhaseMs: 0 },
    });
    engine.world.setConfig('shop', { LANG: 'de' });
    await askedFor(engine, ['last-release']);
  });

  it('names each autoscaler and each scheduler that cannot be paused, once', async () => {
    const engine = await stage({
      addons: [{ service: 'judoscale' }, { service: 'temporize' }],
      config: { JUDOSCALE_URL: 'https://secret.example.com', DYNOSCALE_URL: 'secret' },
    });
    await askedFor(engine, ['judoscale', 'temporize', 'dynoscale']);
  });

  it('is not asked again for what was accepted with the start', async () => {
    const engine = await stage({ addons: [{ service: 'judoscale' }] });
    const { id } = await engine.start('shop', ada, ['judoscale']);
    expect((await engine.holding(id)).questions).toEqual([]);
  });

  it('looks again before the first write where the answer took its time', async () => {
    const engine = await stage({ addons: [{ service: 'judoscale' }] });
    const { id } = await engine.start('shop');
    const question = await engine.asked(id, 'start');
    await engine.pass(id, 20 * 60_000);
    engine.world.scale('shop', 'worker', 5);
    const before = engine.world.settings('shop');
    await engine.answer(id, question, 'accept');
    await engine.holding(id);
    await engine.approve(id);
    await engine.ended(id);
    expect(engine.world.settings('shop')).toEqual(before);
  });
});

describe('an abort', () => {
  it('before anything was sent cancels the run, and nothing is sent', async () => {
    const engine = await stage();
    const before = engine.world.settings('shop');
    const { id } = await engine.start('shop');
    await engine.commands.abort(grace, 'shop');
    expect((await engine.ended(id)).ended).toMatchObject({ as: 'cancelled', why: 'aborted before anything was sent' });
    expect(engine.writes()).toEqual([]);
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('while it holds is refused: people may be at work', async () => {
    const engine = await stage();
    const { id } = await engine.start('shop');
    await engine.holding(id);
    expect(await engine.commands.abort(grace, 'shop')).toMatchObject({ is: 'refused' });
    expect((await engine.pass(id, 60_000)).way).toBe('quiet');
  });

  // The writes of quieting: the door, three jobs of which one first, the clock, the workers, the config var.
  it.each([1, 2, 3, 4, 5, 6, 7])('while write number %i is under way puts everything back', async (nth) => {
    let writes = 0;
    const engine: Engine = await engineFor({
      apps: [
        shop({
          formation: { web: {}, clock: {}, worker: { quantity: 3 }, release: { command: 'rake db:migrate' } },
          jobs: ['1', '2', '3'].map((id) => ({ id, command: `rake ${id}`, every: 1440, at: 0 }) as const),
          times: { startMs: 2_000, stopMs: 2_000, releasePhaseMs: 5_000 },
        }),
      ],
      through: {
        async after({ method }) {
          if (method === 'PATCH') writes += 1;
          if (method === 'PATCH' && writes === nth) {
            expect(await engine.commands.abort(grace, 'shop')).toMatchObject({ is: 'changed' });
          }
          return true;
        },
      },
    });
    const before = engine.world.settings('shop');
    const { id } = await engine.start('shop');
    const run = await engine.ended(id);
    expect(run.turned).toMatchObject({ by: grace, why: 'aborted' });
    expect(run.quietAt).toBeNull();
    expect(run.ended?.as).toBe('restored');
    expect(engine.world.settings('shop')).toEqual(before);
    expect(writes).toBeGreaterThanOrEqual(nth * 2 - 3);
  });

  it.each(['scheduler', 'clocks', 'workers', 'variable'])(
    'while %s takes its time puts everything back',
    async (step) => {
      const engine = await engineFor({
        apps: [
          shop({
            formation: { web: {}, clock: {}, worker: { quantity: 3 }, release: { command: 'rake db:migrate' } },
            jobs: [{ id: '1', command: 'rake hourly', every: 60, at: 35 }],
            times: { startMs: 5_000, stopMs: 5_000, releasePhaseMs: 5_000 },
          }),
        ],
      });
      const before = engine.world.settings('shop');
      const { id } = await engine.start('shop');
      await engine.run(id, (run) => run.steps.quiet.some(({ name, state }) => name === step && state === 'moving'));
      await engine.commands.abort(grace, 'shop');
      expect((await engine.ended(id)).ended?.as).toBe('restored');
      expect(engine.world.settings('shop')).toEqual(before);
    },
  );
});
