// An app with both autoscalers and the schedulers of two add-ons, all of them at once: what one of them does must not be taken
// for somebody's change to another.
import { describe, expect, it } from 'vitest';
import { engines } from '../helpers/engine.ts';
import { furnish, withAddOns } from '../matrix/add-ons.ts';
import { APP } from '../matrix/app.ts';

const engineFor = engines();

describe('an app that autoscalers scale and add-ons start dynos in', () => {
  it('is held for an hour in which nothing of it moves, and has everything back as it was', async () => {
    const engine = await engineFor({ apps: [withAddOns], addOns: true });
    const { world } = engine;
    const set = furnish(engine.sandbox);
    const before = structuredClone([world.settings(APP), set()]);
    const { id } = await engine.start(APP);
    const held = await engine.holding(id);
    expect(held.ended).toBeNull();
    const off = set();
    expect(off).toMatchObject({
      autoscaling: [{ is_active: false }, { action_type: 'alert' }],
      hireFire: [{ enabled: false }, { enabled: false }],
      cronToGo: [{ state: 'paused' }, { state: 'paused' }],
      advancedScheduler: [{ state: 'inactive' }, { state: 'inactive' }],
    });
    const later = await engine.pass(id, 3_600_000);
    expect(later.questions).toEqual([]);
    expect(set()).toEqual(off);
    expect(world.app(APP).formation.find(({ type }) => type === 'worker')?.quantity).toBe(0);
    expect(world.app(APP).dynos.filter(({ type }) => type === 'run')).toEqual([]);
    await engine.approve(id);
    const ended = await engine.ended(id);
    expect([ended.ended?.as, ended.questions.map(({ about }) => about.is)]).toEqual(['restored', ['resume']]);
    expect([world.settings(APP), set()]).toEqual(before);
  });
});
