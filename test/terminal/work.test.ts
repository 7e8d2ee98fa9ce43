// `maint run` and `maint output` against a real engine; whenever the terminal looks, time passes.
import { describe, expect, test } from 'vitest';
import { status } from '../../src/terminal/verbs.ts';
import * as work from '../../src/terminal/work.ts';
import { type Engine, engines, shop } from '../helpers/engine.ts';
import { terminal } from './at-terminal.ts';

const engineFor = engines();
const stays = new AbortController().signal;
const migrate = { app: 'shop', command: 'rails db:migrate', size: null };

async function held(over: { patienceMs?: number } = {}): Promise<Engine> {
  const engine = await engineFor({ apps: [shop()], ...over });
  await engine.holding((await engine.start('shop')).id);
  return engine;
}

describe('run at the terminal', () => {
  test('says exactly what runs, prints what it prints, and exits with its status', async () => {
    const engine = await held();
    const { screen, reached, text } = terminal(engine);
    expect(await work.run(reached, screen, migrate, stays), text()).toBe(0);
    expect(text('err')).toMatch(/^Running in shop: rails db:migrate\nIt is run\.\d+\. Ctrl-C stops following it/);
    expect(text('err')).toContain('rails … ended well (exit status 0).');
    expect(text('out')).toMatch(/^== 20260105120000 AddCurrencyToOrders: migrating ==+\n-- add_column[\s\S]*migrated/);
    const failing = terminal(engine);
    expect(await work.run(failing.reached, failing.screen, { ...migrate, command: 'exit 7' }, stays)).toBe(7);
    expect(failing.text('err')).toContain('exit … FAILED with exit status 7.');
  });

  test('as JSON prints one object, with the command redacted', async () => {
    const engine = await held();
    const { screen, reached, text } = terminal(engine, true);
    expect(await work.run(reached, screen, migrate, stays)).toBe(0);
    const printed = JSON.parse(text('out'));
    expect(printed.work).toMatchObject({ command: 'rails …', ended: { exit: 0, lines: 4, cut: 0 } });
    expect(printed.output).toContain('AddCurrencyToOrders: migrated');
    expect(text('out')).not.toContain('db:migrate');
  });

  test('as JSON prints one object also where it is left with Ctrl-C', async () => {
    const engine = await held();
    const left = terminal(engine, true);
    const request = { app: 'shop', command: 'sleep 3600', size: null };
    expect(await work.run(left.reached, left.screen, request, AbortSignal.abort())).toBe(130);
    expect(JSON.parse(left.text('out'))).toMatchObject({ work: { command: 'sleep …', ended: null }, output: '' });
  });

  test('as JSON says how to answer where nobody knows whether it has begun', async () => {
    const engine = await held();
    engine.sandbox.faults.add({ service: 'heroku', method: 'POST', path: '/apps/*/dynos', kind: 'reset-before' });
    const { screen, reached, text } = terminal(engine, true);
    expect(await work.run(reached, screen, migrate, stays)).toBe(3);
    expect(JSON.parse(text('out'))).toMatchObject({
      work: { command: 'rails …', dyno: null },
      answer: [expect.stringMatching(/try-again$/), expect.stringMatching(/done-by-hand$/)],
    });
  });

  test('is refused before the app is quiet, and while another command runs', async () => {
    const engine = await engineFor({ apps: [shop()] });
    await engine.start('shop');
    const { screen, reached, text } = terminal(engine);
    expect(await work.run(reached, screen, migrate, stays)).toBe(1);
    expect(text('err')).toBe('shop is not quiet yet. The card shows how far it is; say it again when it is quiet.');
  });

  test('left with Ctrl-C says that it goes on, how to follow it again, and how to stop it', async () => {
    const engine = await held();
    const { screen, reached, text } = terminal(engine);
    const request = { app: 'shop', command: 'sleep 3600', size: null };
    expect(await work.run(reached, screen, request, AbortSignal.abort())).toBe(130);
    expect(text('err')).toContain('To follow it again: npm run maint -- output shop');
    expect(text('err')).toMatch(/To stop it: heroku ps:stop run\.\d+ --app shop$/);
    const second = terminal(engine);
    expect(await work.run(second.reached, second.screen, migrate, stays)).toBe(1);
    expect(second.text('err')).toMatch(/^One command at a time: sleep … runs as run\.\d+, asked for by ada\./);
    const later = terminal(engine);
    expect(await work.output(later.reached, later.screen, 'shop', AbortSignal.abort())).toBe(130);
    await status(later.reached, later.screen, 'shop');
    expect(later.text('out')).toMatch(/Run by maint, as asked for:\n {2}sleep …: running as run\.\d+, by ada/);
  });

  test('whose start nobody knows of asks, and says how to answer', async () => {
    const engine = await held();
    engine.sandbox.faults.add({ service: 'heroku', method: 'POST', path: '/apps/*/dynos', kind: 'reset-before' });
    const { screen, reached, text } = terminal(engine);
    expect(await work.run(reached, screen, migrate, stays)).toBe(3);
    expect(text('err')).toContain('hether rails … has begun is not known');
    expect(text('err')).toMatch(/npm run maint -- answer shop work-\d+ try-again/);
  });
});

describe('What was typed after --', () => {
  test('is run as it was typed', () => {
    expect(work.asTyped(['rails', 'db:migrate'])).toBe('rails db:migrate');
    expect(work.asTyped(['rails', 'runner', 'puts "a  b"'])).toBe(`rails runner 'puts "a  b"'`);
    expect(work.asTyped(['rails db:migrate && rails db:seed'])).toBe('rails db:migrate && rails db:seed');
  });
});
