import { describe, expect, it, test } from 'vitest';
import { herokuPlatform } from '../../src/heroku/platform.ts';
import { defaultSettings, type Settings } from '../../src/model/settings.ts';
import { used } from '../../src/run/stock.ts';
import { shop } from '../helpers/engine.ts';
import { type Stage, stages } from './steps/stage.ts';

const stageFor = stages();

async function finder(): Promise<{ stage: Stage; find: (name: string) => Promise<unknown> }> {
  const stage = await stageFor(shop());
  for (const name of ['shop-staging', 'shopping-list', 'billing', 'reports']) stage.world.addApp(shop({ name }));
  const platform = herokuPlatform(stage.heroku, stage.scheduler, { app: null, databaseUrl: null });
  return { stage, find: (name) => platform.find(stage.cx(), name) };
}

describe('an app', () => {
  it('is found by its name and by its id', async () => {
    const { stage, find } = await finder();
    const { id } = stage.world.app('shop');
    expect(await find('shop')).toEqual({ is: 'found', app: { id, name: 'shop' } });
    expect(await find(id)).toEqual({ is: 'found', app: { id, name: 'shop' } });
  });

  it.each([
    { typed: 'shpo', nearest: ['shop'] },
    { typed: 'bilings', nearest: ['billing'] },
    { typed: 'shop-stagin', nearest: ['shop-staging'] },
    { typed: 'sho', nearest: ['shop', 'shop-staging', 'shopping-list'] },
    { typed: 'something-else', nearest: [] },
  ])('that is typed $typed suggests $nearest', async ({ typed, nearest }) => {
    const { find } = await finder();
    expect(await find(typed)).toEqual({ is: 'none', nearest });
  });

  it.each(['../account', 'shop?x=1', 'shop/dynos', '..', 'ünï', ' '])('called %j is just not there', async (name) => {
    const { find } = await finder();
    expect(await find(name)).toMatchObject({ is: 'none' });
  });

  it('of somebody else is not there either', async () => {
    const { stage, find } = await finder();
    stage.sandbox.faults.add({
      service: 'heroku',
      path: '/apps/theirs',
      kind: 'status',
      status: 403,
      body: { id: 'forbidden', message: 'You do not have access.' },
    });
    expect(await find('theirs')).toMatchObject({ is: 'none' });
  });

  it('is no longer looked for where the token does not work at all', async () => {
    const { stage, find } = await finder();
    stage.world.tokens.splice(0);
    await expect(find('shop')).rejects.toThrow(/401/);
  });

  it('tells its name as it is now', async () => {
    const { stage } = await finder();
    const { id } = stage.world.app('shop');
    stage.world.rename('shop', 'store');
    const platform = herokuPlatform(stage.heroku, stage.scheduler, { app: null, databaseUrl: null });
    expect(await platform.app(stage.cx(), id)).toEqual({ id, name: 'store' });
  });
});

describe('whether an app is there', () => {
  async function asking() {
    const stage = await stageFor(shop());
    const platform = herokuPlatform(stage.heroku, stage.scheduler, { app: null, databaseUrl: null });
    const { id } = stage.world.app('shop');
    const answer = (status: number, times: number, body?: object) =>
      stage.sandbox.faults.add({
        service: 'heroku',
        path: '/apps/*',
        kind: 'status',
        status,
        times,
        ...(body ? { body } : {}),
      });
    return { stage, id, exists: () => platform.exists(stage.cx(), id), answer };
  }

  it('is yes while it is, and no when it was deleted', async () => {
    const { stage, exists } = await asking();
    expect(await exists()).toBe(true);
    stage.world.removeApp('shop');
    expect(await exists()).toBe(false);
  });

  it('is no where it is not ours to see any more', async () => {
    const { exists, answer } = await asking();
    answer(403, 2);
    expect(await exists()).toBe(false);
  });

  it('is not no for one stray answer', async () => {
    const { exists, answer } = await asking();
    answer(404, 1);
    expect(await exists()).toBe(true);
  });

  it.each([401, 429, 500, 503])('is not known where Heroku answers %i', async (status) => {
    const { exists, answer } = await asking();
    answer(status, 3);
    await expect(exists()).rejects.toMatchObject({ status });
  });

  it.each([
    [404, { message: 'Not a page of Heroku.' }],
    [403, { id: 'suspended', message: 'The app is suspended.' }],
  ])('is not known where %i says something else', async (status, body) => {
    const { exists, answer } = await asking();
    answer(status, 3, body);
    await expect(exists()).rejects.toMatchObject({ status });
  });
});

test('a run has only the steps that the settings of its app ask for', async () => {
  const stage = await stageFor(shop());
  const { quiet, back } = herokuPlatform(stage.heroku, stage.scheduler, { app: null, databaseUrl: null });
  const names = (more: Partial<Settings>) => ({
    quiet: used(quiet, { ...defaultSettings, ...more }).map(({ name }) => name),
    back: used(back, { ...defaultSettings, ...more }).map(({ name }) => name),
  });
  const plain = names({});
  expect(plain.quiet).toEqual(['maintenance', 'scheduler', 'clocks', 'one-offs', 'workers', 'variable', 'proof']);
  expect(plain.back).toEqual(['variable', 'health', 'workers', 'clocks', 'scheduler', 'maintenance', 'watching']);
  const added = (so: typeof plain) => so.quiet.filter((name) => !plain.quiet.includes(name));
  expect(added(names({ queues: [{ system: 'sidekiq', at: 'REDIS_URL' }] }))).toEqual(['intake', 'quieted', 'drain']);
  expect(added(names({ queues: [{ system: 'http', at: 'https://shop.example.com' }] }))).toHaveLength(2);
  expect(added(names({ web: 'zero' }))).toEqual(['web']);
});
