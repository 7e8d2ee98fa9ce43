// What a review of the whole found, each kept from coming back.
import { afterEach, describe, expect, it } from 'vitest';
import { open } from '../../src/model/questions.ts';
import type { AppDescription } from '../../src/sandbox/index.ts';
import { ada, type Engine, grace, startEngine } from '../helpers/engine.ts';
import { pglite } from '../helpers/pglite.ts';

const databases = pglite();
let engine: Engine;
afterEach(() => engine.close());

const shop: AppDescription = {
  name: 'shop',
  formation: { web: { quantity: 1 }, worker: { quantity: 2 }, release: { command: 'rails db:migrate', quantity: 0 } },
  times: { startMs: 0, stopMs: 0, releasePhaseMs: 30_000 },
};

async function begin(...apps: AppDescription[]): Promise<void> {
  engine = await startEngine({ database: await databases.open(), apps });
}

describe('a release that is still being made', () => {
  it('keeps the door shut on the way back until what it carries is not live any more', async () => {
    await begin(shop);
    const { id } = await engine.start('shop');
    await engine.run(id, (run) => run.items.some((item) => item.key === 'MAINTENANCE' && item.sent.length > 0));
    await engine.commands.abort(ada, 'shop');
    const run = await engine.ended(id);
    expect(run.ended?.as).toBe('restored');
    // Nothing that was ours is live, or goes live later.
    const { releases } = engine.world.app('shop');
    expect(releases.filter((release) => release.status === 'pending')).toEqual([]);
    const live = releases.filter((release) => release.status === 'succeeded').at(-1);
    expect(live?.configVars['MAINTENANCE']).toBeUndefined();
  });
});

describe('an app that is renamed', () => {
  it('has its commands said anew, and is found by either name, though another has taken the old one', async () => {
    await begin(shop);
    const { id } = await engine.start('shop');
    await engine.holding(id);
    engine.world.rename('shop', 'shop-old');
    engine.world.addApp({ name: 'shop' });
    const other = engine.world.settings('shop');
    expect(await engine.commands.extend(ada, 'shop-old', 60_000)).toMatchObject({ is: 'changed' });
    await engine.approve(id);
    const run = await engine.ended(id);
    expect(run.ended?.as).toBe('restored');
    expect(run.app.name).toBe('shop-old');
    for (const item of run.items) {
      expect(item.back.byHand).not.toMatch(/--app shop( |$)/);
    }
    expect(engine.world.settings('shop')).toEqual(other);
  });
});

describe('an app that was brought back by hand while maint was away', () => {
  it('is not quieted any further: the run turns', async () => {
    await begin(shop);
    // The answer to the formation's write is lost, and with it the process.
    engine.sandbox.faults.add({
      service: 'heroku',
      method: 'PATCH',
      path: '/apps/*/formation',
      kind: 'reset-after',
      times: 'always',
    });
    const { id } = await engine.start('shop');
    await engine.run(id, (run) => run.steps.quiet.some((step) => step.name === 'workers' && step.trouble !== null));
    engine.sandbox.faults.clear();
    engine.world.setMaintenance('shop', false);
    engine.world.scale('shop', 'worker', 2);
    engine.clock.advance(3_600_000);
    const run = await engine.ended(id);
    expect(run.turned?.why).toContain('put back by somebody');
    expect(run.ended?.as).toBe('restored');
    expect(engine.world.settings('shop')).toMatchObject({ maintenance: false, formation: { worker: { quantity: 2 } } });
  });
});

describe('an app that is deleted while it is held', () => {
  it('can be brought to an end, every item left by a named person', async () => {
    await begin(shop);
    const { id } = await engine.start('shop');
    await engine.holding(id);
    engine.world.removeApp('shop');
    await engine.commands.resume(ada, id);
    await engine.run(id, (run) => run.questions.some((q) => q.about.is === 'resume' && q.withdrawn !== null));
    expect(await engine.commands.abort(grace, id)).toMatchObject({ is: 'changed' });
    for (let asked = 0; asked < 10; asked += 1) {
      const run = await engine.run(
        id,
        (r) => r.ended !== null || r.questions.some((q) => open(q) && q.about.is === 'stuck'),
      );
      if (run.ended !== null) break;
      const question = run.questions.find((q) => open(q) && q.about.is === 'stuck')?.id ?? '';
      await engine.commands.answer(grace, { run: id, question, answer: 'give-up', hash: null });
    }
    const run = await engine.the(id);
    expect(run.ended?.as).toBe('restored');
    const touched = run.items.filter((item) => item.sent.length > 0);
    expect(touched.map((item) => [item.settled?.as, item.settled?.by?.name])).toEqual(
      touched.map(() => ['left', 'Grace']),
    );
  });
});

describe('a maintenance whose card no channel takes', () => {
  it('does not begin: nobody would see it, and nobody could approve its end', async () => {
    await begin(shop);
    const started = await engine.commands.start(ada, {
      app: 'shop',
      length: null,
      because: null,
      channel: 'CNOWHERE',
      accepted: [],
    });
    if (started.is !== 'started') throw new Error(started.says);
    await engine.store.unheard(started.run.id, engine.clock.now(), 'not_in_channel');
    const run = await engine.ended(started.run.id);
    expect(run.ended).toMatchObject({ as: 'cancelled' });
    expect(run.ended?.why).toContain('/invite');
    expect(engine.sandbox.requests.list().filter((request) => request.method === 'PATCH')).toEqual([]);
  });
});

describe('one-offs that start while the question is open', () => {
  it('are not covered by an acceptance that was given for others', async () => {
    await begin(shop);
    engine.world.runOneOff('shop', 'rake import', 24 * 3_600_000);
    const { id } = await engine.start('shop');
    const asked = await engine.run(id, (run) => run.questions.some(open));
    engine.world.runOneOff('shop', 'rake other', 24 * 3_600_000);
    engine.clock.advance(5 * 60_000);
    const question = asked.questions.find(open)?.id ?? '';
    await engine.commands.answer(grace, { run: id, question, answer: 'accept', hash: null });
    const again = await engine.run(id, (run) => run.quietAt !== null || run.questions.some(open));
    expect(again.quietAt).toBeNull();
    expect(again.planned?.concerns.find((concern) => concern.is === 'ask')?.says).toContain('run.');
  });
});

describe('a person who may only look', () => {
  it('takes no call that an operator or a run could need', async () => {
    engine = await startEngine({
      database: await databases.open(),
      apps: [shop],
      who: { operators: [ada.id], viewers: ['everybody'] },
    });
    engine.world.bucket.remaining = 1_000;
    expect((await engine.commands.plan(ada, 'shop')).is).toBe('plan');
    engine.sandbox.requests.clear();
    expect(await engine.commands.plan(grace, 'shop')).toMatchObject({ is: 'refused' });
    expect(await engine.commands.abort(grace, 'nothing-here')).toMatchObject({ is: 'refused' });
    expect(engine.sandbox.requests.list()).toEqual([]);
    expect((await engine.commands.plan(ada, 'shop')).is).toBe('plan');
  });
});
