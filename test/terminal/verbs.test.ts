// The verbs against a real engine; whenever one looks at a run, the run is driven on.
import { describe, expect, test } from 'vitest';
import { dispatch } from '../../src/terminal/protocol.ts';
import * as verbs from '../../src/terminal/verbs.ts';
import { engines, grace, shop } from '../helpers/engine.ts';
import { terminal } from './at-terminal.ts';

const engineFor = engines();

const asked = { for: null, because: null, accept: [], yes: false };
const UNDO = 'heroku ps:scale worker=2 --app shop';

describe('start at the terminal', () => {
  test('shows the commands that undo everything before it asks', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const { screen, reached, printed } = terminal(engine);
    expect(await verbs.start(reached, screen, 'shop', asked)).toBe(1);
    const undo = printed.findIndex(({ text }) => text.includes(UNDO));
    const question = printed.findIndex(({ text }) => text.includes('Start the maintenance of shop?'));
    expect(undo).toBeGreaterThanOrEqual(0);
    expect(question).toBeGreaterThan(undo);
    const commands = printed[undo]?.text.match(/^ {2}heroku .*$/gm) ?? [];
    expect(commands[0]).toContain('MAINTENANCE');
    expect(commands.at(-1)).toContain('maintenance:off');
    expect(engine.writes()).toEqual([]);
  });

  test('as JSON says that nothing was done where nobody can be asked', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const { screen, reached, text } = terminal(engine, true);
    expect(await verbs.start(reached, screen, 'shop', asked)).toBe(1);
    expect(JSON.parse(text('out'))).toEqual({
      refused: {
        says: 'The maintenance of shop was not started: nobody said yes.',
        remedy: '--yes does not ask.',
      },
    });
    expect(engine.writes()).toEqual([]);
  });

  test('says nothing of a step that nobody has asked for', async () => {
    const engine = await engineFor({ apps: [shop()] });
    for (const json of [false, true]) {
      const { screen, reached, text } = terminal(engine, json);
      if (json) await verbs.status(reached, screen, 'shop');
      else await verbs.start(reached, screen, 'shop', { ...asked, yes: true });
      expect(text()).toContain('Workers');
      expect(text()).not.toContain('One-off dynos in flight');
    }
  });

  test.each([false, true])(
    'shows them before anything is changed also with --yes, and again after; --json %s',
    async (json) => {
      const engine = await engineFor({ apps: [shop()] });
      const { screen, reached, printed, text } = terminal(engine, json);
      const code = await verbs.start(reached, screen, 'shop', { ...asked, yes: true });
      expect(code, text()).toBe(0);
      const shown = printed.filter((one) => one.text.includes(UNDO));
      expect(shown[0]?.writes).toBe(0);
      expect(shown.at(-1)?.writes).toBe(engine.writes().length);
      expect(engine.writes().length).toBeGreaterThan(0);
      if (json) expect(JSON.parse(text('out')).run.undo).toContain(UNDO);
    },
  );
});

describe('abort at the terminal', () => {
  test('as JSON says that nothing was done where nobody can be asked', async () => {
    const engine = await engineFor({ apps: [shop()] });
    await engine.start('shop');
    const { screen, reached, text } = terminal(engine, true);
    expect(await verbs.abort(reached, screen, 'shop', false)).toBe(1);
    expect(JSON.parse(text('out'))).toMatchObject({
      refused: { says: 'The maintenance of shop was not turned round: nobody said yes.' },
    });
  });
});

describe('resume at the terminal', () => {
  test('says why there is nothing to approve, where what it shows cannot be read', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const { id } = await engine.start('shop');
    await engine.holding(id);
    engine.sandbox.faults.add({ service: 'heroku', path: '**', kind: 'status', status: 401, times: 'always' });
    const { screen, reached, text } = terminal(engine);
    expect(await verbs.resume(reached, screen, 'shop', null)).toBe(1);
    expect(text()).toMatch(/^The approval is not open any more: .*HEROKU_API_KEY.*[^.]\. npm run maint -- status shop/);
    const after = terminal(engine);
    await verbs.status(after.reached, after.screen, 'shop');
    expect(after.text()).toMatch(/What an approval is for cannot be shown: .*HEROKU_API_KEY/);
    expect((await engine.the(id)).way).toBe('quiet');
  });
});

describe('an approval at the terminal', () => {
  test('as JSON is one object where another one is missing, and stays quiet', async () => {
    const engine = await engineFor({ apps: [shop()], settings: { approvals: { count: 2, asker: true } } });
    const { id } = await engine.start('shop');
    await engine.holding(id);
    const { screen, reached, text } = terminal(engine, true);
    expect(await verbs.resume(reached, screen, 'shop', null)).toBe(3);
    const { approve } = JSON.parse(text('out'));
    const given = terminal(engine, true);
    const call: typeof reached.call = (one) =>
      one.method === 'answer' ? dispatch(engine.commands, grace, one) : given.reached.call(one);
    expect(await verbs.resume({ ...given.reached, call }, given.screen, 'shop', approve), given.text()).toBe(3);
    expect(JSON.parse(given.text('out'))).toMatchObject({ run: { phase: 'holding' }, approve });
    expect(given.text('err')).toContain('1 more person has to');
  });

  test('layer by layer asks before each, and says how to answer', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const { id } = await engine.start('shop');
    await engine.holding(id);
    const { screen, reached, text } = terminal(engine, false, ['y']);
    expect(await verbs.resume(reached, screen, 'shop', null, true), text()).toBe(3);
    expect(text('err')).toContain('layer by layer');
    expect(text('out')).toMatch(/maint -- answer shop layer-\d+ go-on/u);
    expect(await engine.the(id)).toMatchObject({ way: 'back', layered: true });
  });

  test('for layers in a script says so in the command', async () => {
    const engine = await engineFor({ apps: [shop()] });
    await engine.holding((await engine.start('shop')).id);
    const { screen, reached, text } = terminal(engine);
    expect(await verbs.resume(reached, screen, 'shop', null, true)).toBe(3);
    expect(text('err')).toMatch(/maint -- resume shop --layers --approve [0-9a-f]{32}$/u);
  });
});

describe('answer at the terminal', () => {
  test('gives up on what is stuck only after asking, and says what it would leave', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const { id } = await engine.start('shop');
    await engine.holding(id);
    engine.sandbox.faults.add({
      service: 'heroku',
      method: 'PATCH',
      path: '/apps/*/formation',
      kind: 'status',
      status: 422,
      times: 'always',
    });
    await engine.approve(id);
    const question = await engine.asked(id, 'stuck');

    const status = terminal(engine);
    await verbs.status(status.reached, status.screen, 'shop');
    expect(status.text()).toContain(`npm run maint -- answer shop ${question.id} give-up`);

    const first = terminal(engine);
    expect(await verbs.answer(first.reached, first.screen, 'shop', question.id, 'give-up', false)).toBe(1);
    expect(first.text()).toContain('Leave Workers of shop as it is?');
    expect((await engine.the(id)).questions.find((q) => q.id === question.id)?.answered).toBeNull();

    const second = terminal(engine);
    expect(await verbs.answer(second.reached, second.screen, 'shop', question.id, 'give-up', true)).toBe(0);
    expect(second.text()).toContain('worker: not put back, left so by ada');
    expect((await engine.ended(id)).ended?.as).toBe('restored');
  });

  test('makes quiet again what is not, and waits until it is', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const { id } = await engine.start('shop');
    await engine.holding(id);
    engine.world.app('shop').maintenance = false;
    const question = await engine.asked(id, 'violation');
    const { screen, reached, text } = terminal(engine);
    expect(await verbs.answer(reached, screen, 'shop', question.id, 'quiet-again', false), text()).toBe(0);
    expect(engine.world.settings('shop').maintenance).toBe(true);
    expect((await engine.the(id)).way).toBe('quiet');
  });

  test('resume is not held up by a violation that nobody has answered', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const { id } = await engine.start('shop');
    await engine.holding(id);
    engine.world.app('shop').maintenance = false;
    await engine.asked(id, 'violation');
    const { screen, reached, text } = terminal(engine);
    expect(await verbs.resume(reached, screen, 'shop', null)).toBe(3);
    expect(text('out')).toContain('maintenance mode');
    expect(text('err')).toMatch(/--approve [0-9a-f]{32}$/);
  });

  test('believes that something was done by hand only when it sees it', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const before = engine.world.settings('shop');
    const { id } = await engine.start('shop');
    await engine.holding(id);
    const refusal = { service: 'heroku', method: 'PATCH', path: '/apps/*/formation', kind: 'status' } as const;
    engine.sandbox.faults.add({ ...refusal, status: 422, times: 'always' });
    await engine.approve(id);
    const first = await engine.asked(id, 'stuck');
    const early = terminal(engine);
    expect(await verbs.answer(early.reached, early.screen, 'shop', first.id, 'done-by-hand', false)).toBe(3);
    expect(early.text()).toContain('worker is 0, not 2');
    engine.world.scale('shop', 'worker', 2);
    const second = await engine.asked(id, 'stuck');
    const done = terminal(engine);
    expect(await verbs.answer(done.reached, done.screen, 'shop', second.id, 'done-by-hand', false)).toBe(0);
    expect(engine.world.settings('shop')).toEqual(before);
  });
});
