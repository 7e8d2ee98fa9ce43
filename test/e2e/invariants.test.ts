// The invariants of the design that one can see from outside, over a whole engine and real HTTP: one named group
// each. I6 and I8, which take longer, have files of their own.
import { describe, expect, it } from 'vitest';
import { phase } from '../../src/model/phase.ts';
import { touched } from '../../src/model/run.ts';
import { receipt } from '../../src/slack/views/receipt.ts';
import { runJson } from '../../src/terminal/json.ts';
import { ada, type Engine, engines, grace, shop } from '../helpers/engine.ts';
import type { Passing } from '../helpers/front.ts';

import { cycle, everything } from './everything.ts';

const engineFor = engines();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

// A log session is asked for with a POST, and changes nothing.
const isWrite = ({ method, path }: Passing): boolean => method !== 'GET' && !path.endsWith('/log-sessions');

describe('I1 snapshot first', () => {
  it('I1 has the "before" of each item, and that it will be sent, in the store when its write arrives at Heroku', async () => {
    const arrived: string[] = [];
    const engine: Engine = await engineFor({
      apps: [shop(everything)],
      through: {
        async before(request) {
          if (!isWrite(request)) return;
          const [run] = await engine.store.unfinished();
          for (const { step, key, value } of changesOf(request)) {
            const item = run?.items.find((one) => one.step === step && one.key === key);
            arrived.push(`${step} ${key}`);
            expect(item, `${step} ${key}`).toBeDefined();
            expect(item?.sent.at(-1), `${step} ${key}`).toEqual(value);
          }
        },
      },
    });
    await cycle(engine);
    expect(new Set(arrived)).toEqual(
      new Set([
        'maintenance maintenance',
        'scheduler 1',
        'scheduler 2',
        'clocks clock',
        'workers worker',
        'variable MAINTENANCE',
      ]),
    );
  });

  it('I1 never corrects a "before" once something may have been sent for its item', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const before = engine.world.settings('shop');
    engine.sandbox.faults.add({
      service: 'heroku',
      method: 'PATCH',
      path: '**/formation',
      kind: 'reset-after',
      times: 3,
    });
    const { id } = await engine.start('shop');
    // The workers are at 0 and nobody has heard of it; then somebody else has them at 1, and it looks again.
    await engine.run(id, (run) => run.steps.quiet.some(({ name, trouble }) => name === 'workers' && trouble !== null));
    engine.world.scale('shop', 'worker', 1);
    const question = await engine.asked(id, 'drift');
    expect(question.about).toMatchObject({ shows: { before: '2', now: '1' } });
    await engine.answer(id, question, 'restore');
    await engine.ended(id);
    expect((await engine.events(id)).filter(({ is }) => is === 'corrected')).toEqual([]);
    expect(engine.world.settings('shop')).toEqual(before);
  });
});

/** What one request sets, as steps and keys. */
function changesOf({ path, body }: Passing): { step: string; key: string; value: unknown }[] {
  const json: unknown = JSON.parse(body);
  if (!isRecord(json)) return [];
  const job = /\/jobs\/(\w+)$/.exec(path)?.[1];
  if (job !== undefined) {
    const data = isRecord(json['data']) ? json['data'] : {};
    const attributes = isRecord(data['attributes']) ? data['attributes'] : {};
    return [{ step: 'scheduler', key: job, value: attributes['command'] }];
  }
  if (path.endsWith('/formation')) {
    const updates = Array.isArray(json['updates']) ? json['updates'].filter(isRecord) : [];
    return updates.map(({ type, quantity }) => ({
      step: type === 'clock' ? 'clocks' : 'workers',
      key: String(type),
      value: quantity,
    }));
  }
  const step = path.endsWith('/config-vars') ? 'variable' : 'maintenance';
  return Object.entries(json).map(([key, value]) => ({ step, key, value }));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

describe('I2 one run an app', () => {
  it('I2 lets one of many starts at once begin, whatever the app is called, and tells the others who was first', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const { id } = engine.world.app('shop');
    const request = { length: null, because: null, channel: null, accepted: [] };
    const names = ['shop', id, 'shop', 'shop', id, 'shop'];
    const replies = await Promise.all(names.map((app) => engine.commands.start(ada, { app, ...request })));
    expect(replies.filter(({ is }) => is === 'started')).toHaveLength(1);
    expect(replies.filter(({ is }) => is === 'refused')).toHaveLength(5);
    expect(await engine.store.unfinished()).toHaveLength(1);
  });

  it('I2 lets the next run begin when the last one has ended', async () => {
    const engine = await engineFor({ apps: [shop({ times: { startMs: 0, stopMs: 0 } })] });
    const before = engine.world.settings('shop');
    for (const _ of [1, 2]) {
      const { id } = await engine.start('shop');
      await engine.holding(id);
      expect(
        await engine.commands.start(grace, { app: 'shop', length: null, because: null, channel: null, accepted: [] }),
      ).toMatchObject({
        is: 'refused',
      });
      await engine.approve(id);
      await engine.ended(id);
    }
    expect(engine.world.settings('shop')).toEqual(before);
  });
});

describe('I3 no silent end', () => {
  it('I3 waits for a person for as long as it takes, and reminds, where the app cannot be put back', async () => {
    const engine = await engineFor({ apps: [shop({ times: { startMs: 30_000, stopMs: 0 } })] });
    const before = engine.world.settings('shop');
    const { id } = await engine.start('shop');
    await engine.holding(id);
    await engine.approve(id);
    await engine.run(id, ({ way }) => way === 'back');
    const tokens = engine.world.tokens.splice(0);
    await engine.asked(id, 'stuck');
    const run = await engine.pass(id, 6 * HOUR);
    expect([run.ended, phase(run)]).toEqual([null, 'needs a person']);
    expect(engine.world.settings('shop').maintenance).toBe(true);
    const reminders = (await engine.events(id)).filter((event) => event.is === 'reminded' && event.question !== null);
    expect(reminders.length).toBeGreaterThanOrEqual(6);
    // With a token that works it goes on by itself.
    engine.world.tokens.push(...tokens);
    expect((await engine.ended(id)).ended?.as).toBe('restored');
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('I3 is "cancelled" only where nothing was sent: a run that turns after its first write is "restored"', async () => {
    const engine = await engineFor({ apps: [shop()] });
    engine.sandbox.faults.add({ service: 'heroku', method: 'PATCH', path: '/apps/*', kind: 'cut-body', times: 3 });
    const { id } = await engine.start('shop');
    await engine.run(id, (run) => run.items.some(touched));
    await engine.commands.abort(grace, 'shop');
    expect((await engine.ended(id)).ended?.as).toBe('restored');
    expect(engine.world.settings('shop').maintenance).toBe(false);
  });

  it('I3 lists by whose decision something is different at the end', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const { id } = await engine.start('shop');
    await engine.holding(id);
    engine.world.scale('shop', 'worker', 1);
    await engine.approve(id, ada);
    await engine.answer(id, await engine.asked(id, 'drift'), 'keep', grace);
    const run = await engine.ended(id);
    if (run.ended === null) throw new Error('Expected it to have ended');
    expect(JSON.stringify(receipt(run, run.ended))).toMatch(/worker.*by the decision of \*Grace/);
    expect(runJson(run).items).toContainEqual(
      expect.objectContaining({ key: 'worker', settled: 'kept', keptBy: grace }),
    );
  });
});

describe('I4 only our own change', () => {
  it('I4 writes back what is as we set it, and neither what is as before, nor what is gone, nor what somebody else set', async () => {
    const formation = {
      web: {},
      ours: { quantity: 2 },
      theirs: { quantity: 2 },
      done: { quantity: 2 },
      gone: {},
      none: { quantity: 0 },
    };
    const engine = await engineFor({
      apps: [shop({ formation, config: { MAINTENANCE: 'true' }, times: { startMs: 0, stopMs: 0, buildMs: 0 } })],
      settings: { canary: 0 },
    });
    const { id } = await engine.start('shop', ada, ['already-set']);
    await engine.holding(id);
    const { gone: _, ...left } = formation;
    const processTypes = Object.fromEntries(Object.keys(left).map((type) => [type, `bin/${type}`]));
    engine.world.deploy('shop', { processTypes });
    engine.world.scale('shop', 'theirs', 7);
    engine.world.scale('shop', 'done', 2);
    engine.sandbox.requests.clear();
    await engine.approve(id);
    const question = await engine.asked(id, 'drift');
    expect(question.about).toMatchObject({ key: 'theirs', now: 7 });
    expect(engine.writes().map(({ body }) => body)).toEqual([{ updates: [{ type: 'ours', quantity: 2 }] }]);
    await engine.answer(id, question, 'keep');
    await engine.ended(id);
    expect(engine.writes().map(({ body }) => body)).toEqual([
      { updates: [{ type: 'ours', quantity: 2 }] },
      { maintenance: false },
    ]);
  });
});

describe('I9 never itself', () => {
  const own = 'postgres://maint:a@db.example.com:5432/maint';
  it.each([
    { what: 'its own app, known by name', itself: { app: 'shop', databaseUrl: null } },
    { what: 'its own app, known by id', itself: { app: 'a1b2c3d4-0000-4000-a000-000000000001', databaseUrl: null } },
    { what: 'an app that has its database attached', itself: { app: null, databaseUrl: own } },
  ])('I9 refuses $what, with nothing sent', async ({ itself }) => {
    const app = shop({
      id: 'a1b2c3d4-0000-4000-a000-000000000001',
      addons: [
        {
          service: 'heroku-postgresql',
          as: 'OTHER',
          config: { OTHER_URL: 'postgres://other:b@DB.example.com/maint?sslmode=require' },
        },
      ],
    });
    const engine = await engineFor({ apps: [app], itself });
    const { id } = await engine.start('shop', ada, ['itself', 'database']);
    const { ended } = await engine.ended(id);
    expect(ended).toMatchObject({ as: 'cancelled', why: expect.stringMatching(/^no-go: maint /) });
    expect(engine.writes()).toEqual([]);
  });

  it('I9 takes an app with a database of its own', async () => {
    const app = shop({ config: { DATABASE_URL: 'postgres://shop:b@db.example.com:5432/shop' } });
    const engine = await engineFor({ apps: [app], itself: { app: 'maint', databaseUrl: own } });
    expect((await engine.holding((await engine.start('shop')).id)).ended).toBeNull();
  });
});

describe('I11 nothing opens by itself', () => {
  it('I11 only reminds when the planned end passes, for hours', async () => {
    const engine = await engineFor({ apps: [shop(everything)] });
    const { id } = await engine.start('shop');
    const held = await engine.holding(id);
    engine.sandbox.requests.clear();
    const quiet = engine.world.settings('shop');
    const run = await engine.pass(id, held.endsAt - engine.clock.now() + 2 * HOUR);
    expect([run.way, phase(run)]).toEqual(['quiet', 'holding']);
    expect(engine.writes()).toEqual([]);
    expect(engine.world.settings('shop')).toEqual(quiet);
    const reminded = (await engine.events(id)).filter(({ is }) => is === 'reminded');
    expect(reminded).toHaveLength(1 + 2 * 4); // at the end, and every quarter of an hour after it
  });

  it('I11 stays quiet while an approval is open, is answered with "not yet", or has expired', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const { id } = await engine.start('shop');
    await engine.holding(id);
    await engine.answer(id, await engine.resume(id), 'not-yet');
    expect((await engine.pass(id, 5 * MINUTE)).way).toBe('quiet');
    const old = await engine.resume(id);
    const run = await engine.pass(id, 3 * HOUR);
    expect([run.way, run.questions.at(-1)?.withdrawn]).toEqual(['quiet', 'it was not answered in 30 minutes']);
    await expect(engine.answer(id, old, 'approve')).rejects.toThrow(/not asked any more/);
    expect((await engine.pass(id, HOUR)).way).toBe('quiet');
    expect(engine.world.settings('shop').maintenance).toBe(true);
  });

  it('I11 takes an approval only from a person who may give it', async () => {
    const engine = await engineFor({ apps: [shop()], operators: [ada.id] });
    const { id } = await engine.start('shop', ada);
    await engine.holding(id);
    const question = await engine.resume(id, ada);
    await expect(engine.answer(id, question, 'approve', grace)).rejects.toThrow(/not among the operators/);
    expect((await engine.pass(id, HOUR)).way).toBe('quiet');
    await engine.approve(id, ada).catch(() => {});
    expect(await engine.store.audited(10)).toContainEqual(
      expect.objectContaining({ person: grace, outcome: 'refused' }),
    );
  });
});
