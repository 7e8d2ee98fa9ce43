import { describe, expect, it } from 'vitest';
import type { Cx } from '../../../src/model/step.ts';
import { shop } from '../../helpers/engine.ts';
import { hirefires, scaled, scene, slowTurn } from './autoscalers-scene.ts';
import { capture, changes, look } from './stage.ts';

describe('HireFire', () => {
  it('is not asked in an app that has nothing of it', async () => {
    const { stage, fire, holds } = await scene({});
    fire.add('shop');
    expect(await holds.hirefire.look(stage.cx())).toEqual({ is: 'seen', items: [], warnings: [] });
    expect(fire.requests.list()).toEqual([]);
  });

  it.each([
    ['as an add-on', { addons: [{ service: 'hirefire' }] }],
    ['by its token, which is no key of its API', { config: { HIREFIRE_TOKEN: 'hirefire-key' } }],
  ])('that is there %s without a key of its API is unusable, with what to do', async (_, over) => {
    const { stage, fire, holds } = await scene(over);
    fire.add('shop');
    const found = await holds.hirefire.look(stage.cx());
    expect(found).toMatchObject({
      is: 'unusable',
      exception: 'HireFire',
      why: expect.stringMatching(/HIREFIRE_API_KEY/),
    });
    expect(fire.requests.list()).toEqual([]);
  });

  it('finds its key under either of its names', async () => {
    const { stage, fire, holds } = await scene({ ...scaled, config: { HIREFIRE_API_TOKEN: 'hirefire-key' } });
    fire.manage(fire.add('shop'), 'worker');
    expect(await look(stage, holds.hirefire)).toMatchObject([
      { label: 'manager of worker (1 to 10 dynos)', value: true },
    ]);
  });

  it('is never asked for another app, whose config vars were copied', async () => {
    const { stage, fire, holds } = await scene();
    stage.world.addApp(shop({ name: 'production' }));
    fire.manage(fire.add('production', 'hirefire-token'), 'worker');
    const found = await holds.hirefire.look(stage.cx());
    expect(found).toMatchObject({ is: 'unusable', why: expect.stringMatching(/no application shop/) });
  });

  it('knows its managers again under another name of the app, and takes no other app’s for them', async () => {
    const set = await scene();
    const its = hirefires(set);
    const before = its.settings();
    const { stage, fire } = set;
    const items = (await capture(stage, its.hold)).map((item) => ({ ...item, sent: [false] }));
    await its.hold.write(stage.cx(), changes(stage, its.hold, items, 'quiet'));
    const renamed = (captured: readonly string[]): Cx => {
      const cx = stage.cx();
      return { ...cx, app: { ...cx.app, name: 'store' }, captured: (step) => (step === 'hirefire' ? captured : []) };
    };
    const keys = items.map(({ key }) => key);
    const seen = async (cx: Cx) => {
      const found = await its.hold.look(cx);
      return found.is === 'seen' ? found.items.map(({ key }) => key).toSorted() : found.why;
    };
    expect(await seen(renamed([]))).toMatch(/no application store/);
    expect(await seen(renamed(keys))).toEqual(keys);
    // One of those that were captured is gone, the others are found by what is left.
    expect(await seen(renamed(['516a2b53-04c8-424e-8533-99d47ef1f9bf', ...keys]))).toEqual(keys);
    stage.world.addApp(shop({ name: 'store' }));
    fire.manage(fire.add('store'), 'worker');
    expect(await seen(renamed(keys))).toEqual(keys);
    await its.hold.write(renamed(keys), changes(stage, its.hold, items, 'back'));
    expect(its.settings()).toEqual(before);
  });

  it('gets back each manager as it was read, whole, with only that it is enabled changed', async () => {
    const set = await scene();
    const its = hirefires(set);
    const items = await capture(set.stage, its.hold);
    await its.hold.write(set.stage.cx(), changes(set.stage, its.hold, items, 'quiet'));
    const [first] = its.requests.list({ method: 'PATCH' });
    expect(first?.body).toMatchObject({
      manager: { enabled: false, minimum: 0, maximum: 10, ratio: 20, new_relic_api_key: 'nr-secret', colour: 'red' },
    });
  });

  it('with a single manager takes six calls, when nothing is shared', async () => {
    const { stage, fire, holds } = await scene();
    fire.manage(fire.add('shop'), 'worker');
    const items = (await capture(stage, holds.hirefire)).map((item) => ({ ...item, sent: [false] }));
    fire.requests.clear();
    const cx = slowTurn(stage);
    for (const _ of ['plan', 'quiet']) await holds.hirefire.look(cx);
    await holds.hirefire.write(cx, changes(stage, holds.hirefire, items, 'quiet'));
    expect((await holds.hirefire.settle(cx, 'quiet', items, null)).is).toBe('done');
    expect(fire.requests.list().map(({ method, path }) => `${method} ${path.replace(/[0-9a-f-]{36}/, '*')}`)).toEqual([
      'GET /applications',
      'GET /applications/*/managers',
      'GET /applications/*/managers',
      'GET /applications/*/managers',
      'PATCH /managers/*',
      'GET /applications/*/managers',
    ]);
  });

  it('that changes more than it was asked for is found at the first manager, which is put back', async () => {
    const set = await scene();
    const { stage, fire } = set;
    const its = hirefires(set);
    const before = its.settings();
    const items = await capture(stage, its.hold);
    fire.spoil('maximum', 1);
    await expect(its.hold.write(stage.cx(), changes(stage, its.hold, items, 'quiet'))).rejects.toMatchObject({
      kind: 'needs-human',
      message: expect.stringMatching(/did not keep maximum/),
    });
    expect(its.requests.list({ method: 'PATCH' })).toHaveLength(2);
    expect(its.settings()).toEqual(before);
  });

  it('is put back by hand when the dynos are there again', async () => {
    const set = await scene();
    const { hold } = hirefires(set);
    const [item] = await capture(set.stage, hold);
    if (item === undefined) throw new Error('Expected an item');
    const { byHand } = hold.say(set.stage.cx().app, item, true);
    expect(byHand).toMatch(/^heroku ps --app shop && echo 'when these dynos are as they were: enable the manager of/);
  });
});
