// The contract of every hold, for autoscalers: twice, half, off already, drifted, gone.
import { describe, expect, it } from 'vitest';
import { type Json, same } from '../../../src/model/json.ts';
import { judge } from '../../../src/model/judge.ts';
import type { Item, Seen, Way } from '../../../src/model/step.ts';
import { herokus, hirefires, scene, slowTurn } from './autoscalers-scene.ts';
import { capture, changes, look, settled } from './stage.ts';

function judged(items: readonly Item<Json>[], now: readonly Seen<Json>[]): string[] {
  return items.map((item) => judge(item, now.find(({ key }) => key === item.key)?.value));
}

describe.each([
  ['heroku-autoscaling', herokus],
  ['hirefire', hirefires],
] as const)('the hold %s', (name, of) => {
  async function captured(active = true) {
    const set = await scene();
    const { stage } = set;
    const its = of(set, active);
    const items = (await capture(stage, its.hold)).map((item) => ({
      ...item,
      sent: [its.hold.aim(stage.cx(), item, 'quiet', null)],
    }));
    return { stage, its, hold: its.hold, items, before: its.settings() };
  }

  async function quieted() {
    const all = await captured();
    await all.hold.write(all.stage.cx(), changes(all.stage, all.hold, all.items, 'quiet'));
    return all;
  }

  it('sees each of its items, and no other', async () => {
    const { its, items } = await captured();
    expect(items.map(({ key }) => key)).toEqual(its.keys);
  });

  it('writes what it aims at, sees it, and puts back exactly what was there', async () => {
    const { stage, its, hold, items, before } = await quieted();
    expect(its.on()).toEqual(its.keys.map(() => false));
    expect(await look(stage, hold)).toMatchObject(changes(stage, hold, items, 'quiet'));
    expect((await settled(stage, hold, 'quiet', items)).verdict.is).toBe('done');
    const answer = await hold.write(stage.cx(), changes(stage, hold, items, 'back'));
    expect(judged(items, answer.is === 'seen' ? answer.items : [])).toEqual(its.keys.map(() => 'before'));
    expect((await settled(stage, hold, 'back', items)).verdict.is).toBe('done');
    expect(its.settings()).toEqual(before);
  });

  it('may be written twice, on both ways', async () => {
    const { stage, its, hold, items, before } = await quieted();
    const once = its.settings();
    await hold.write(stage.cx(), changes(stage, hold, items, 'quiet'));
    expect(its.settings()).toEqual(once);
    for (const _ of [1, 2]) await hold.write(stage.cx(), changes(stage, hold, items, 'back'));
    expect(its.settings()).toEqual(before);
  });

  it.each(['status', 'reset-after'] as const)('may be written half (%s), and can go on', async (kind) => {
    const { stage, its, hold, items, before } = await captured();
    for (const way of ['quiet', 'back'] as const) {
      its.fault({ path: `**/${its.last}`, method: 'PATCH', times: 3, kind });
      await expect(hold.write(stage.cx(), changes(stage, hold, items, way))).rejects.toThrow();
      for (const whose of judged(items, await look(stage, hold))) expect(['before', 'ours']).toContain(whose);
      await hold.write(stage.cx(), changes(stage, hold, items, way));
    }
    expect(its.settings()).toEqual(before);
  });

  it('leaves off what was off', async () => {
    const { stage, hold, items } = await captured(false);
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) expect(same(hold.aim(stage.cx(), item, 'quiet', null), item.before)).toBe(true);
    expect((await settled(stage, hold, 'quiet', [])).verdict.is).toBe('done');
  });

  // A manager of HireFire is enabled or it is not: there is no third value.
  if (name !== 'hirefire') {
    it('shows what somebody else has set as that', async () => {
      const { stage, its, hold, items } = await quieted();
      its.drift?.();
      expect(judged(items, await look(stage, hold))).toEqual(['drift']);
    });
  }

  it('shows that an item is gone, and waits for it no more', async () => {
    const { stage, its, hold, items } = await quieted();
    its.gone();
    const now = await look(stage, hold);
    expect(judged(items, now)).toEqual(['gone', ...its.keys.slice(1).map(() => 'ours')]);
    expect((await settled(stage, hold, 'quiet', items)).verdict.is).toBe('done');
  });

  it('waits a little for what was accepted and is not there yet, and then asks to send it again', async () => {
    const { stage, hold, items } = await captured();
    const { verdict, whys } = await settled(stage, hold, 'quiet', items);
    expect(verdict).toEqual({ is: 'again', memo: null });
    expect(whys[0]).toMatch(/not as it was set yet$/);
  });

  it('understands its own values when the store gives them back', async () => {
    const { hold, items } = await captured();
    for (const { before, sent } of items) {
      for (const value of [before, ...sent]) expect(hold.value.parse(JSON.parse(JSON.stringify(value)))).toEqual(value);
    }
    for (const nonsense of [null, { a: 1 }, ['x'], 1.5, -1, { is_active: true }, { is_active: false, a: 1 }])
      expect(hold.value.safeParse(nonsense).success).toBe(false);
  });

  it.each(['quiet', 'back'] as const)(
    'takes at most three calls, and three an item, on the way %s',
    async (way: Way) => {
      const { stage, its, hold, items } = way === 'quiet' ? await captured() : await quieted();
      its.requests.clear();
      const cx = slowTurn(stage);
      await hold.look(cx); // for the plan, or the approval
      await hold.look(cx);
      await hold.write(cx, changes(stage, hold, items, way));
      expect((await hold.settle(cx, way, items, null)).is).toBe('done');
      const calls = its.requests.list();
      expect(calls.length).toBeLessThanOrEqual(3 + 3 * items.length);
      expect(calls.filter(({ method }) => method === 'PATCH')).toHaveLength(items.length);
      expect(calls.at(-1)?.method).toBe('GET');
    },
  );

  it.each([
    { kind: 'status', status: 403 },
    { kind: 'status', status: 500 },
    { kind: 'wrong-shape', status: 200 },
    { kind: 'reset-before', status: 0 },
  ] as const)('is unusable, not absent, where it cannot be read ($kind $status)', async ({ kind, status }) => {
    const { stage, its, hold } = await captured();
    its.fault({ path: '**', kind, status, times: 'always' });
    const { title } = hold;
    expect(await hold.look(stage.cx())).toMatchObject({
      is: 'unusable',
      exception: title,
      why: expect.stringContaining(title),
    });
    // In the middle of a step it is a trouble, which the engine has patience with.
    await expect(hold.settle(stage.cx(), 'quiet', [], null)).rejects.toMatchObject({ name: 'HerokuError' });
  });

  it('shows no secret, whatever it is asked', async () => {
    const { stage, its, hold, items } = await captured();
    its.fault({ path: '**', kind: 'status', status: 401, times: 'always' });
    const shown = [
      items,
      await hold.look(stage.cx()),
      items.map((item) => hold.say(stage.cx().app, item, item.before)),
    ];
    expect(JSON.stringify(shown)).not.toMatch(/nr-secret|hirefire-key|hirefire-token|HRKU/);
  });
});
