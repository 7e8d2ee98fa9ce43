// Releases that fail, tokens that are revoked, a Heroku that answers nonsense: the run turns, or asks for a person, and in
// the end the app is as it was.
import { describe, expect, it } from 'vitest';
import type { AppDescription } from '../../src/sandbox/index.ts';
import { type Engine, engines, grace, shop } from '../helpers/engine.ts';

const engineFor = engines();
const MINUTE = 60_000;

const withPhase: Partial<AppDescription> = {
  formation: { web: {}, worker: { quantity: 2 }, release: { command: 'rake db:migrate' } },
  times: { startMs: 0, stopMs: 0, releasePhaseMs: 5_000, buildMs: 0 },
};

type Before = ReturnType<Engine['world']['settings']>;

async function stage(over: Partial<AppDescription> = {}): Promise<{ engine: Engine; id: string; before: Before }> {
  const engine = await engineFor({ apps: [shop(over)] });
  const before = engine.world.settings('shop');
  const { id } = await engine.start('shop');
  return { engine, id, before };
}

describe('a release phase that fails', () => {
  it.each([1, 'always'] as const)(
    'on the way to quiet turns the run, and everything is put back (%s)',
    async (fails) => {
      const { engine, id, before } = await stage({ ...withPhase, releasePhaseFails: fails });
      const run = await engine.ended(id);
      expect(run.turned?.why).toMatch(/release v13, which carries MAINTENANCE, has failed/);
      expect(run.quietAt).toBeNull();
      expect(run.ended?.as).toBe('restored');
      expect(engine.world.settings('shop')).toEqual(before);
    },
  );

  it('on the way back asks for a person, keeps the door shut, and goes on once it is mended', async () => {
    const { engine, id, before } = await stage(withPhase);
    await engine.holding(id);
    engine.world.app('shop').releasePhaseFails = 1;
    await engine.approve(id);
    const question = await engine.asked(id, 'stuck');
    expect(question.about).toMatchObject({
      step: 'variable',
      why: expect.stringMatching(/heroku releases:retry --app shop/),
    });
    await engine.pass(id, 10 * MINUTE);
    expect(engine.world.settings('shop').maintenance).toBe(true);
    // What `heroku releases:retry` and every deploy do: another release, and its phase succeeds.
    engine.world.deploy('shop');
    engine.clock.advance(10_000);
    await engine.answer(id, question, 'try-again');
    expect((await engine.ended(id)).ended?.as).toBe('restored');
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('is asked about again where nothing was mended', async () => {
    const { engine, id } = await stage(withPhase);
    await engine.holding(id);
    engine.world.app('shop').releasePhaseFails = 1;
    await engine.approve(id);
    const question = await engine.asked(id, 'stuck');
    await engine.answer(id, question, 'try-again');
    expect((await engine.asked(id, 'stuck')).id).not.toBe(question.id);
    expect(engine.world.settings('shop').maintenance).toBe(true);
  });

  it('reminds of the open question, and opens nothing', async () => {
    const { engine, id } = await stage(withPhase);
    await engine.holding(id);
    engine.world.app('shop').releasePhaseFails = 1;
    await engine.approve(id);
    const { id: question } = await engine.asked(id, 'stuck');
    await engine.pass(id, 150 * MINUTE);
    const reminded = (await engine.events(id)).filter(
      (event) => event.is === 'reminded' && event.question === question,
    );
    expect(reminded).toHaveLength(3); // after 15 minutes, then every hour
    expect(engine.world.settings('shop').maintenance).toBe(true);
  });
});

describe('a token that is revoked', () => {
  it('on the way to quiet turns the run, which asks for a person and goes on with a token that works', async () => {
    const { engine, id, before } = await stage({
      formation: { web: {}, clock: {}, worker: {} },
      times: { stopMs: 5_000 },
    });
    await engine.run(id, (run) => run.steps.quiet.some(({ name, state }) => name === 'clocks' && state === 'moving'));
    const tokens = engine.world.tokens.splice(0);
    const question = await engine.asked(id, 'stuck');
    expect(question.about).toMatchObject({ remedy: expect.stringMatching(/HEROKU_API_KEY was revoked/) });
    expect((await engine.the(id)).way).toBe('back');
    engine.world.tokens.push(...tokens);
    await tryAgainUntilDone(engine, id);
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('on the way back asks for a person and goes on with a token that works', async () => {
    const { engine, id, before } = await stage({ times: { startMs: 30_000, stopMs: 0 } });
    await engine.holding(id);
    await engine.approve(id);
    await engine.run(id, (run) => run.steps.back.some(({ name, state }) => name === 'workers' && state === 'moving'));
    const tokens = engine.world.tokens.splice(0);
    await engine.asked(id, 'stuck');
    await engine.pass(id, 60 * MINUTE);
    expect(engine.world.settings('shop').maintenance).toBe(true);
    engine.world.tokens.push(...tokens);
    await tryAgainUntilDone(engine, id);
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('while it holds withdraws the approval that cannot be shown, and shows it with a token that works', async () => {
    const { engine, id, before } = await stage();
    await engine.holding(id);
    const tokens = engine.world.tokens.splice(0);
    await engine.commands.resume(grace, 'shop');
    const run = await engine.run(id, ({ questions }) => questions.some(({ withdrawn }) => withdrawn !== null));
    expect(run.questions.find(({ about }) => about.is === 'resume')?.withdrawn).toMatch(/could not be looked up/);
    expect(run.way).toBe('quiet');
    engine.world.tokens.push(...tokens);
    await engine.approve(id);
    await engine.ended(id);
    expect(engine.world.settings('shop')).toEqual(before);
  });
});

describe('a Heroku that does not answer as it should', () => {
  it('for longer than our patience turns the run on the way to quiet', async () => {
    const { engine, id, before } = await stage();
    const fault = engine.sandbox.faults.add({
      service: 'heroku',
      method: 'PATCH',
      path: '**/formation',
      kind: 'status',
      times: 'always',
    });
    const run = await engine.run(id, ({ way }) => way === 'back');
    expect(run.turned?.why).toMatch(/^Workers: .*500/);
    engine.sandbox.faults.remove(fault);
    expect((await engine.ended(id)).ended?.as).toBe('restored');
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('to a write for four minutes on the way back is waited for without asking anybody', async () => {
    const { engine, id, before } = await stage();
    await engine.holding(id);
    const from = engine.clock.now();
    engine.sandbox.faults.add({
      service: 'heroku',
      method: 'PATCH',
      path: '**/formation',
      kind: 'status',
      status: 503,
      times: 30,
    });
    await engine.approve(id);
    const run = await engine.ended(id);
    expect(run.questions.map(({ about }) => about.is)).toEqual(['resume']);
    expect(engine.clock.now() - from).toBeGreaterThan(3 * MINUTE);
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('for a minute is waited for, on both ways', async () => {
    const { engine, id, before } = await stage({ jobs: [{ id: '1', command: 'rake x', every: 1440, at: 0 }] });
    const blip = () => {
      engine.sandbox.faults.add({ service: 'heroku', path: '**', kind: 'status', status: 503, nth: 12, times: 10 });
      engine.sandbox.faults.add({ service: 'scheduler', method: 'PATCH', path: '**', kind: '429', times: 3 });
    };
    blip();
    const held = await engine.holding(id);
    expect(held.way).toBe('quiet');
    expect(held.ended).toBeNull();
    blip();
    await engine.approve(id);
    expect((await engine.ended(id)).ended?.as).toBe('restored');
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it.each(['/formation', '/config-vars', ''])(
    'with another shape after a write to the app%s looks before it goes on',
    async (end) => {
      const { engine, id, before } = await stage();
      const fault = { service: 'heroku', method: 'PATCH', path: `/apps/*${end}`, kind: 'wrong-shape' } as const;
      engine.sandbox.faults.add(fault);
      expect((await engine.holding(id)).ended).toBeNull();
      engine.sandbox.faults.add(fault);
      await engine.approve(id);
      expect((await engine.ended(id)).ended?.as).toBe('restored');
      expect(engine.world.settings('shop')).toEqual(before);
    },
  );

  it('whose dynos do not stop within the cap turns the run', async () => {
    const { engine, id, before } = await stage({ times: { startMs: 0, stopMs: 40 * MINUTE, graceMs: 40 * MINUTE } });
    const run = await engine.run(id, ({ way }) => way === 'back');
    expect(run.turned?.why).toMatch(/after 15 min: 2 worker dynos still stopping/);
    await engine.ended(id);
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('whose dynos crash on the way back asks for a person, with the door shut', async () => {
    const { engine, id, before } = await stage();
    await engine.holding(id);
    for (const type of engine.world.app('shop').formation) type.crashes = type.type === 'worker';
    await engine.approve(id);
    const question = await engine.asked(id, 'step');
    expect(question.about).toMatchObject({ step: 'workers', key: 'canary', says: 'worker.1 crashed' });
    expect(engine.world.settings('shop').maintenance).toBe(true);
    for (const type of engine.world.app('shop').formation) type.crashes = false;
    engine.clock.advance(15 * MINUTE); // Heroku has started them again
    await engine.answer(id, question, 'look-again');
    await engine.ended(id);
    expect(engine.world.settings('shop')).toEqual(before);
  });
});

/** Each step that failed for want of a token asks for itself. */
async function tryAgainUntilDone(engine: Engine, id: string): Promise<void> {
  for (let tries = 0; tries < 10; tries += 1) {
    const run = await engine.run(
      id,
      (r) => r.ended !== null || r.questions.some((q) => q.answered === null && q.withdrawn === null),
    );
    if (run.ended !== null) {
      expect(run.ended.as).toBe('restored');
      return;
    }
    for (const question of run.questions.filter((q) => q.answered === null && q.withdrawn === null)) {
      await engine.answer(id, question, 'try-again');
    }
  }
  throw new Error('Expected it to be restored after ten answers');
}
