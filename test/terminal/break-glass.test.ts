// Breaking the glass at a terminal: nothing is opened before the list was seen, or is known not to be had, and it was said so.
import { describe, expect, test } from 'vitest';
import { breakGlass } from '../../src/terminal/break-glass.ts';
import * as verbs from '../../src/terminal/verbs.ts';
import { ada, type Engine, engines, shop } from '../helpers/engine.ts';
import { terminal } from './at-terminal.ts';

const engineFor = engines();
const because = "nobody's up";

async function held(): Promise<{ engine: Engine; id: string }> {
  const engine = await engineFor({ apps: [shop()] });
  const { id } = await engine.start('shop');
  await engine.holding(id);
  return { engine, id };
}

describe('break-glass at the terminal', () => {
  test('where nobody can be asked shows what for, and the command that does it', async () => {
    const { engine, id } = await held();
    const first = terminal(engine);
    expect(await breakGlass(first.reached, first.screen, 'shop', because, false), first.text()).toBe(3);
    expect(first.text('out')).toContain('worker');
    expect(first.text('err')).toContain(
      `Nothing has been opened. To open it alone: npm run maint -- break-glass shop --because 'nobody'\\''s up' --yes`,
    );
    expect(await engine.the(id)).toMatchObject({ way: 'quiet', glass: null });
    const again = terminal(engine);
    expect(await breakGlass(again.reached, again.screen, 'shop', because, true), again.text()).toBe(0);
    expect(await engine.the(id)).toMatchObject({ way: 'back', glass: { because } });
  });

  test('as JSON prints one object', async () => {
    const { engine } = await held();
    const { screen, reached, text } = terminal(engine, true);
    expect(await breakGlass(reached, screen, 'shop', because, false)).toBe(3);
    expect(JSON.parse(text('out'))).toMatchObject({
      run: { phase: 'holding', questions: [{ open: true }] },
      breakGlass: expect.stringMatching(/break-glass shop --because .* --yes$/u),
    });
  });

  test('asks, and opens nothing where the answer is no', async () => {
    const { engine, id } = await held();
    const no = terminal(engine, false, ['n']);
    expect(await breakGlass(no.reached, no.screen, 'shop', because, false)).toBe(3);
    expect(no.text('err')).toContain('Not yet: shop stays quiet.');
    expect(await engine.the(id)).toMatchObject({ way: 'quiet', glass: null });
    const yes = terminal(engine, false, ['y']);
    expect(await breakGlass(yes.reached, yes.screen, 'shop', because, false), yes.text()).toBe(0);
    expect(await engine.the(id)).toMatchObject({ way: 'back', glass: { because } });
  });

  test('opens it where what for cannot be looked up, and not without being told to', async () => {
    const { engine, id } = await held();
    engine.sandbox.faults.add({ service: 'heroku', path: '**', kind: 'status', status: 401, times: 'always' });
    const blind = terminal(engine);
    expect(await verbs.resume(blind.reached, blind.screen, 'shop', null)).toBe(1);
    const first = terminal(engine);
    expect(await breakGlass(first.reached, first.screen, 'shop', because, false)).toBe(3);
    expect(first.text('out')).toContain('cannot be looked up');
    expect(await engine.the(id)).toMatchObject({ way: 'quiet', glass: null });
    const again = terminal(engine);
    expect(await breakGlass(again.reached, again.screen, 'shop', because, true)).toBe(3);
    expect(await engine.the(id)).toMatchObject({ way: 'back', glass: { because } });
  });

  test('in the middle of a command takes a reason that names it', async () => {
    const { engine, id } = await held();
    await engine.commands.work(ada, { app: 'shop', command: 'sleep 3600', size: null });
    await engine.pass(id, 5_000);
    const name = (await engine.the(id)).works[0]?.dyno?.name ?? '';
    const first = terminal(engine);
    expect(await breakGlass(first.reached, first.screen, 'shop', because, true)).toBe(1);
    expect(first.text('err')).toContain(`is running as ${name}`);
    const again = terminal(engine);
    const reason = `${name} hangs`;
    expect(await breakGlass(again.reached, again.screen, 'shop', reason, true), again.text()).toBe(0);
    expect((await engine.the(id)).works[0]?.ended?.says).toContain('when the app was opened');
  });
});
