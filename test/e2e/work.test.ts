// An operator's command over the sandbox's Heroku: a one-off dyno, what it prints, how it ends.
import { describe, expect, test } from 'vitest';
import type { Run, Work } from '../../src/model/run.ts';
import { ada, type Engine, engines, shop } from '../helpers/engine.ts';

const startEngine = engines();
const MIGRATE = 'rails db:migrate';

async function held(over: Parameters<typeof startEngine>[0] = {}): Promise<{ engine: Engine; run: Run }> {
  const engine = await startEngine({ apps: [shop()], ...over });
  const run = await engine.holding((await engine.start('shop')).id);
  expect(run.quietAt).not.toBeNull();
  return { engine, run };
}

async function ask(engine: Engine, command = MIGRATE, size: string | null = null): Promise<void> {
  const reply = await engine.commands.work(ada, { app: 'shop', command, size });
  if (reply.is === 'refused') throw new Error(`${reply.says} ${reply.remedy}`);
}

async function theWork(engine: Engine, run: Run): Promise<Work> {
  const work = (await engine.the(run.id)).works.at(-1);
  if (work === undefined) throw new Error('Expected a work, got none');
  return work;
}

async function printed(engine: Engine): Promise<string> {
  const reply = await engine.commands.output(ada, { app: 'shop', work: null, after: 0 });
  if (reply.is === 'refused') throw new Error(reply.says);
  return reply.parts.map(({ text }) => text).join('');
}

const posts = (engine: Engine) =>
  engine.writes().filter(({ method, path }) => method === 'POST' && path.endsWith('/dynos'));

describe('A command in an app that is held', () => {
  test('is a one-off dyno, watched to its exit status, with what it printed', async () => {
    const { engine, run } = await held();
    await ask(engine);
    const ended = await engine.run(run.id, (r) => r.works[0]?.ended != null);
    expect(ended.works[0]).toMatchObject({ command: MIGRATE, shows: 'rails …', by: ada, ended: { exit: 0, cut: 0 } });
    expect(ended.works[0]?.ended?.lines).toBe(4);
    expect(await printed(engine)).toMatch(
      /^== 20260105120000 AddCurrencyToOrders: migrating[\s\S]*migrated \(1\.2041s\) =+\n$/,
    );
    expect(posts(engine)).toHaveLength(1);
    await engine.approve(run.id);
    expect((await engine.ended(run.id)).ended?.as).toBe('restored');
  });

  test('that fails says so, and its size is what was asked for', async () => {
    const { engine, run } = await held();
    await ask(engine, 'exit 3', 'performance-m');
    const ended = await engine.run(run.id, (r) => r.works[0]?.ended != null);
    expect(ended.works[0]?.ended).toMatchObject({ exit: 3 });
    expect(posts(engine)[0]?.body).toEqual({ command: 'exit 3', attach: false, size: 'performance-m' });
  });

  test('keeps the approval closed as long as it runs', async () => {
    const { engine, run } = await held();
    await ask(engine, 'sleep 600');
    await engine.run(run.id, (r) => r.works[0]?.dyno != null);
    expect(await engine.commands.resume(ada, 'shop')).toMatchObject({
      is: 'refused',
      remedy: expect.stringMatching(/heroku ps:stop run\.\d+ --app shop$/),
    });
    await engine.pass(run.id, 5 * 60_000);
    expect((await theWork(engine, run)).ended).toBeNull();
    await engine.pass(run.id, 6 * 60_000);
    expect((await theWork(engine, run)).ended).toMatchObject({ exit: 0 });
    await engine.resume(run.id);
  });

  test('that Heroku refuses has not begun, and says why without the command', async () => {
    const { engine, run } = await held();
    await ask(engine, 'rake secret=hunter2', 'gigantic');
    const ended = await engine.run(run.id, (r) => r.works[0]?.ended != null);
    expect(ended.works[0]).toMatchObject({ dyno: null, ended: { exit: null } });
    expect(ended.works[0]?.ended?.says).toContain('it was not started');
    expect(ended.works[0]?.ended?.says).not.toContain('hunter2');
  });

  test('whose answer is lost is found, and not sent again', async () => {
    let lost = 0;
    const { engine, run } = await held({
      // No log comes through here.
      patienceMs: 0,
      through: {
        after({ method, path }) {
          if (method !== 'POST' || !path.endsWith('/dynos')) return true;
          lost += 1;
          return false;
        },
      },
    });
    await ask(engine, 'sleep 60');
    const found = await engine.run(run.id, (r) => r.works[0]?.dyno != null);
    expect(found.questions).toEqual([]);
    await engine.run(run.id, (r) => r.works[0]?.ended != null);
    expect([lost, posts(engine).length]).toEqual([1, 1]);
  });

  test('of which the log says nothing ends with its dyno, its exit status not known', async () => {
    const { engine, run } = await held({ patienceMs: 0 });
    engine.world.logs.refuse = 'sessions';
    await ask(engine, 'sleep 60');
    const ended = await engine.run(run.id, (r) => r.works[0]?.ended != null);
    expect(ended.works[0]?.ended).toMatchObject({ exit: null, lines: 0 });
    expect(ended.works[0]?.ended?.says).toContain('its dyno is gone');
  });

  test('is refused for whoever may only look, and before the app is quiet', async () => {
    const engine = await startEngine({ apps: [shop()], operators: ['UADA'] });
    await engine.start('shop');
    const request = { app: 'shop', command: MIGRATE, size: null };
    const eve = { id: 'UEVE', name: 'Eve', via: 'slack' } as const;
    expect(await engine.commands.work(eve, request)).toMatchObject({ says: expect.stringContaining('operators') });
    expect(await engine.commands.work(ada, request)).toMatchObject({ says: 'shop is not quiet yet.' });
    for (const command of ['a\nb', 'a\0b', 'a\u202eb', 'a\u200bb', 'a\u2028b', 'a\ud800b']) {
      expect(await engine.commands.work(ada, { ...request, command })).toMatchObject({
        says: 'Expected a command of one line, without characters that cannot be seen.',
      });
    }
  });

  test('prints what nobody reads who may only look: it may hold secrets', async () => {
    const engine = await startEngine({ apps: [shop()], operators: ['UADA'] });
    const eve = { id: 'UEVE', name: 'Eve', via: 'slack' } as const;
    const who = { operators: [], approvers: [], viewers: [eve.id] };
    await engine.commands.changeSettings(ada, 'shop', { set: { who }, reset: [] }, 0);
    const run = await engine.holding((await engine.start('shop')).id);
    await ask(engine);
    await engine.run(run.id, (r) => r.works[0]?.ended != null);
    expect((await engine.commands.status(eve, 'shop')).is).toBe('status');
    for (const app of ['shop', run.id]) {
      const reply = await engine.commands.output(eve, { app, work: null, after: 0 });
      expect(reply).toMatchObject({ is: 'refused', says: expect.stringContaining('operators') });
    }
  });
});
