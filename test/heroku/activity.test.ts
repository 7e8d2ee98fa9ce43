// What people do to an app that is held: listed once each, in words that give no secret away.
import { describe, expect, it } from 'vitest';
import { herokuActivity } from '../../src/heroku/activity.ts';
import type { Json } from '../../src/model/json.ts';
import type { AppDescription } from '../../src/sandbox/index.ts';
import { stages } from './steps/stage.ts';

const stageFor = stages();
const app: AppDescription = {
  name: 'shop',
  formation: { web: {}, worker: {} },
  times: { buildMs: 0, releasePhaseMs: 60_000, startMs: 0, oneOffMs: 3_600_000 },
};

async function watched(description: AppDescription = app, before: (world: Stage['world']) => void = () => {}) {
  const stage = await stageFor(description);
  before(stage.world);
  let mark: Json = null;
  const look = async () => {
    // As the store gives it back.
    const seen = await herokuActivity(stage.heroku, stage.cx(), JSON.parse(JSON.stringify(mark)));
    mark = seen.mark;
    return seen.list;
  };
  expect(await look()).toEqual([]);
  return { stage, world: stage.world, look, says: async () => (await look()).map(({ says }) => says) };
}
type Stage = Awaited<ReturnType<typeof stageFor>>;

describe('activity', () => {
  it('is a deploy, once, with who made it and what came of it', async () => {
    const { world, says } = await watched();
    world.deploy('shop', { commit: '1a2b3c' });
    expect(await says()).toEqual(['v13 Deploy 1a2b3c by ada@example.com (succeeded)']);
    expect(await says()).toEqual([]);
  });

  it('is a release that is being made, and once more when it is through, under another key', async () => {
    const { stage, world, look } = await watched({
      ...app,
      formation: { web: {}, release: { command: 'rake migrate' } },
    });
    world.deploy('shop', { commit: '1a2b3c' });
    const [made] = await look();
    expect(made?.says).toBe('v13 Deploy 1a2b3c by ada@example.com (being made)');
    expect(await look()).toEqual([]);
    world.setConfig('shop', { OTHER: '1' });
    expect((await look()).map(({ says }) => says)).toEqual([
      'v14 Set OTHER config vars by ada@example.com (being made)',
    ]);
    stage.clock.advance(60_000);
    const [through, ...rest] = await look();
    expect(through?.says).toBe('v13 Deploy 1a2b3c by ada@example.com (succeeded)');
    expect(rest).toEqual([]);
    expect(through?.key).not.toBe(made?.key);
  });

  it('names the dyno of a one-off, for maint starts some itself', async () => {
    const { world, look } = await watched();
    const { id } = world.runOneOff('shop', 'rake old');
    expect((await look()).map(({ dyno }) => dyno)).toEqual([id]);
  });

  it('is a one-off dyno that started, by its program alone', async () => {
    const { stage, world, says } = await watched(app, (w) => w.runOneOff('shop', 'rake old'));
    const { name } = world.runOneOff('shop', 'rails runner "login(\'s3cret\')"');
    expect(await says()).toEqual([`${name} rails …, since 12:34 UTC`]);
    expect(await says()).toEqual([]);
    stage.clock.advance(3_600_000);
    expect(await says()).toEqual([]);
  });

  it.each(['TOKEN=s3cret rake', '"s3cret phrase"', 's3cret!'])(
    'shows nothing of a command like %j',
    async (command) => {
      const { world, says } = await watched();
      world.runOneOff('shop', command);
      expect(await says()).toEqual([expect.stringMatching(/^run\.\d+ …, since 12:34 UTC$/)]);
    },
  );

  it('lists what came first first, and when', async () => {
    const { stage, world, look } = await watched();
    world.deploy('shop', { commit: 'aa' });
    stage.clock.advance(1_000);
    world.runOneOff('shop', 'bash');
    stage.clock.advance(1_000);
    world.deploy('shop', { commit: 'bb' });
    const list = await look();
    expect(list.map(({ says }) => says.split(' ').slice(0, 3).join(' '))).toEqual([
      'v13 Deploy aa',
      expect.stringMatching(/^run\.\d+ bash …,$/),
      'v14 Deploy bb',
    ]);
    const [first = 0, ...later] = list.map(({ at }) => at);
    expect(later).toEqual([first + 1_000, first + 2_000]);
  });

  it('is not what sets the held variable alone: that is told as a change of the item', async () => {
    const { world, says } = await watched();
    world.setConfig('shop', { MAINTENANCE: 'true' });
    world.setConfig('shop', { MAINTENANCE: null });
    world.setConfig('shop', { MAINTENANCE: 'true', OTHER: '1' });
    expect(await says()).toEqual(['v15 Set MAINTENANCE, OTHER config vars by ada@example.com (succeeded)']);
  });

  it('is not a dyno of the formation, nor of the Scheduler', async () => {
    const { stage, world, says } = await watched({
      ...app,
      jobs: [{ id: '1', command: 'rake ten', every: 10 }],
      times: { ...app.times, scheduledRunMs: 3_600_000 },
    });
    world.scale('shop', 'worker', 5);
    stage.clock.advance(10 * 60_000);
    expect(world.dynoCounts('shop')).toMatchObject({ worker: 5, scheduler: 1 });
    expect(await says()).toEqual([]);
  });

  it('is told of no app that has no release yet', async () => {
    const { says } = await watched({ name: 'shop', formation: {}, releases: 0 });
    expect(await says()).toEqual([]);
  });

  it('begins anew where the mark is of another version', async () => {
    const { stage, world } = await watched();
    world.deploy('shop');
    expect((await herokuActivity(stage.heroku, stage.cx(), { seen: 'v12' })).list).toEqual([]);
  });

  it('takes two calls', async () => {
    const { stage, look } = await watched();
    stage.sandbox.requests.clear();
    await look();
    expect(stage.sandbox.requests.list().map(({ path }) => path.split('/').at(-1))).toEqual(['releases', 'dynos']);
  });
});
