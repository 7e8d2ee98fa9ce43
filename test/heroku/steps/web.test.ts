import { describe, expect, it } from 'vitest';
import type { AppDescription } from '../../../src/sandbox/index.ts';
import { scenes } from '../../steps/scene.ts';
import { capture, changes, look, settled } from './stage.ts';

const sceneFor = scenes();

const app: Partial<AppDescription> = {
  formation: { web: { quantity: 2 }, worker: { quantity: 1 } },
  times: { startMs: 2_000, stopMs: 2_000 },
};

async function scene() {
  const stage = await sceneFor({ web: 'zero' }, app);
  const hold = stage.held('web');
  const items = (await capture(stage, hold)).map((item) => ({ ...item, sent: [0] }));
  return {
    stage,
    hold,
    items,
    write: async (way: 'quiet' | 'back') => hold.write(stage.cx(), changes(stage, hold, items, way)),
  };
}

describe('web dynos', () => {
  it('are left alone, and not looked at, where the settings do not say zero', async () => {
    const stage = await sceneFor({}, app);
    expect(await look(stage, stage.held('web'))).toEqual([]);
    expect(stage.sandbox.requests.list()).toEqual([]);
  });

  it('are scaled to zero until the last has stopped, and come back as many as they were', async () => {
    const { stage, hold, items, write } = await scene();
    const before = stage.settings();
    stage.clock.advance(5_000);
    expect(items.map(({ key, before: quantity }) => [key, quantity])).toEqual([['web', 2]]);
    for (const _ of [1, 2]) await write('quiet');
    const quiet = await settled(stage, hold, 'quiet', items);
    expect(quiet.verdict).toEqual({ is: 'done' });
    expect(quiet.whys[0]).toBe('2 web dynos still stopping');
    for (const _ of [1, 2]) await write('back');
    const back = await settled(stage, hold, 'back', items);
    expect(back.verdict).toEqual({ is: 'done' });
    expect(back.whys[0]).toBe('web: 0 of 2 dynos up');
    expect(stage.settings()).toEqual(before);
  });

  it('that crash on the way back are a matter for a person', async () => {
    const { stage, hold, items, write } = await scene();
    stage.clock.advance(5_000);
    await write('quiet');
    stage.clock.advance(5_000);
    for (const type of stage.world.app('shop').formation) type.crashes = true;
    await write('back');
    expect((await settled(stage, hold, 'back', items)).verdict).toMatchObject({
      is: 'failed',
      why: expect.stringMatching(/^crashed: web/),
    });
  });

  it('say in the plan what it means, and what brings them back by hand', async () => {
    const { stage, hold, items } = await scene();
    const [item] = items;
    if (item === undefined) throw new Error('Expected an item');
    expect(hold.say(stage.cx().app, item, 0)).toEqual({
      will: '2 dynos to 0: the maintenance page stays, connections that are open end',
      byHand: 'heroku ps:scale web=0 --app shop',
    });
    expect(hold.say(stage.cx().app, item, 2).byHand).toBe('heroku ps:scale web=2 --app shop');
  });
});
