// One contract over every hold: twice, half, already quiet, drifted, gone. A new hold is one more line in `cases`.
import { describe, expect, it } from 'vitest';
import { type Json, same } from '../../../src/model/json.ts';
import { judge } from '../../../src/model/judge.ts';
import type { Item, Seen, Way } from '../../../src/model/step.ts';
import type { AppDescription, Fault, World } from '../../../src/sandbox/index.ts';
import { capture, changes, holdsOf, look, settled, stages } from './stage.ts';

const stageFor = stages();

const busy: AppDescription = {
  name: 'shop',
  formation: {
    web: {},
    worker: { quantity: 3, size: 'standard-2x' },
    mailer: { quantity: 2 },
    clock: { quantity: 1 },
    cron: { quantity: 2 },
    release: { command: 'rake db:migrate' },
  },
  config: { LANG: 'C', MAINTENANCE: 'false' },
  jobs: ['1', '2', '3'].map((id) => ({ id, command: `rake 'job' ${id} && echo "$X"`, every: 1440, at: 60 }) as const),
  times: { startMs: 1_000, stopMs: 1_000, buildMs: 0, releasePhaseMs: 0 },
};

interface Case {
  readonly keys: readonly string[];
  /** An app in which this hold finds everything quiet already. */
  readonly quiet: Partial<AppDescription> | null;
  /** Somebody else sets the first item to something else, and takes it away; null where that cannot be. */
  readonly drift: ((world: World) => void) | null;
  readonly gone: ((world: World) => void) | null;
  /** What a batch breaks at, where it is not one call, until the client gives it up. */
  readonly half: Readonly<Record<Way, Omit<Fault, 'kind'>>>;
}

const patch = (service: 'heroku' | 'scheduler', path: string): Case['half'] => {
  const fault = { service, path, method: 'PATCH', times: 3 };
  return { quiet: fault, back: fault };
};

const without = (...types: readonly string[]) =>
  Object.fromEntries(
    Object.entries(busy.formation ?? {}).flatMap(([type, { command = `bin/${type}` }]) =>
      types.includes(type) ? [] : [[type, command]],
    ),
  );

const cases: Readonly<Record<string, Case>> = {
  webhook: {
    keys: ['webhook'],
    quiet: null,
    drift: null,
    gone: null,
    half: {
      // Made once and not repeated.
      quiet: { service: 'heroku', path: '**/webhooks', method: 'POST' },
      back: { service: 'heroku', path: '**/webhooks/*', method: 'DELETE', times: 3 },
    },
  },
  maintenance: {
    keys: ['maintenance'],
    quiet: { maintenance: true },
    drift: null,
    gone: null,
    half: patch('heroku', '/apps/*'),
  },
  scheduler: {
    keys: ['1', '2', '3'],
    quiet: null,
    drift: (world) => {
      world.job('shop', '1').command = 'rake something:else';
    },
    gone: (world) => world.removeJob('shop', '1'),
    half: patch('scheduler', '**/jobs/2'),
  },
  clocks: {
    keys: ['clock', 'cron'],
    quiet: { formation: { web: {}, clock: { quantity: 0 } } },
    drift: (world) => world.scale('shop', 'clock', 9),
    gone: (world) => void world.deploy('shop', { processTypes: without('clock', 'release') }),
    half: patch('heroku', '**/formation'),
  },
  workers: {
    keys: ['mailer', 'worker'],
    quiet: { formation: { web: {}, worker: { quantity: 0 } } },
    drift: (world) => world.scale('shop', 'mailer', 9),
    gone: (world) => void world.deploy('shop', { processTypes: without('mailer', 'release') }),
    half: patch('heroku', '**/formation'),
  },
  variable: {
    keys: ['MAINTENANCE'],
    quiet: { config: { MAINTENANCE: 'true' } },
    drift: (world) => void world.setConfig('shop', { MAINTENANCE: 'soon' }),
    gone: null,
    half: patch('heroku', '**/config-vars'),
  },
};

describe('the two lists', () => {
  it('have every hold in both, once', async () => {
    const { steps } = await stageFor(busy);
    const [quiet, back] = [holdsOf(steps.quiet), holdsOf(steps.back)].map((holds) => holds.map(({ name }) => name));
    expect(quiet).toEqual(['webhook', 'maintenance', 'scheduler', 'clocks', 'workers', 'variable']);
    expect(back).toEqual(['variable', 'workers', 'clocks', 'scheduler', 'maintenance', 'webhook']);
    expect(Object.keys(cases)).toEqual(quiet);
    expect(steps.back.filter(({ kind }) => kind === 'wait').map(({ name }) => name)).toEqual(['health', 'watching']);
  });

  it('prove last on the way to quiet, and on the way back open the one door last, but for what only tells', async () => {
    const { steps } = await stageFor(busy);
    expect(steps.quiet.at(-1)?.name).toBe('proof');
    expect(holdsOf(steps.back).map(({ door }) => door)).toEqual([false, false, false, false, true, false]);
    expect(holdsOf(steps.back).map(({ tells }) => tells !== undefined)).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
    ]);
  });
});

function judged(items: readonly Item<Json>[], now: readonly Seen<Json>[]): string[] {
  return items.map((item) => judge(item, now.find(({ key }) => key === item.key)?.value));
}

describe.each(Object.entries(cases))('the hold %s', (name, { keys, quiet, drift, gone, half }) => {
  /** The hold with its items captured, and written on the way to quiet. */
  async function held() {
    const stage = await stageFor(busy);
    const hold = stage.hold(name);
    const before = stage.settings();
    const items = (await capture(stage, hold)).map((item) => ({
      ...item,
      sent: [hold.aim(stage.cx(), item, 'quiet', null)],
    }));
    await hold.write(stage.cx(), changes(stage, hold, items, 'quiet'));
    return { stage, hold, before, items };
  }

  it('sees each of its items, and no other', async () => {
    const stage = await stageFor(busy);
    expect((await look(stage, stage.hold(name))).map(({ key }) => key)).toEqual(keys);
  });

  it('writes what it aims at, sees it, and puts back exactly what was there', async () => {
    const { stage, hold, before, items } = await held();
    expect(await look(stage, hold)).toMatchObject(changes(stage, hold, items, 'quiet'));
    expect((await settled(stage, hold, 'quiet', items)).verdict.is).toBe('done');
    const back = changes(stage, hold, items, 'back');
    expect(back).toEqual(items.map(({ key, before: value }) => ({ key, value })));
    const answer = await hold.write(stage.cx(), back);
    expect(answer).toMatchObject({
      is: 'seen',
      items: expect.arrayContaining(back.map((change) => expect.objectContaining(change))),
    });
    expect((await settled(stage, hold, 'back', items)).verdict.is).toBe('done');
    expect(stage.settings()).toEqual(before);
  });

  it('may be written twice, on both ways', async () => {
    const { stage, hold, before, items } = await held();
    const once = stage.settings();
    await hold.write(stage.cx(), changes(stage, hold, items, 'quiet'));
    expect(stage.settings()).toEqual(once);
    for (const _ of [1, 2]) await hold.write(stage.cx(), changes(stage, hold, items, 'back'));
    expect(stage.settings()).toEqual(before);
  });

  it.each(['status', 'reset-after'] as const)(
    'may be written half (%s): what it then sees is as before or ours, and it can go on',
    async (kind) => {
      const stage = await stageFor(busy);
      const hold = stage.hold(name);
      const before = stage.settings();
      const items = (await capture(stage, hold)).map((item) => ({
        ...item,
        sent: [hold.aim(stage.cx(), item, 'quiet', null)],
      }));
      for (const way of ['quiet', 'back'] as const) {
        stage.sandbox.faults.add({ ...half[way], kind });
        await expect(hold.write(stage.cx(), changes(stage, hold, items, way))).rejects.toThrow();
        expect(judged(items, await look(stage, hold))).toEqual(expect.not.arrayContaining(['drift', 'gone']));
        await hold.write(stage.cx(), changes(stage, hold, items, way));
      }
      expect(stage.settings()).toEqual(before);
    },
  );

  if (quiet !== null) {
    it('aims at what is there already where that is quiet', async () => {
      const stage = await stageFor({ ...busy, ...quiet });
      const hold = stage.hold(name);
      const items = await capture(stage, hold);
      expect(items.length).toBeGreaterThan(0);
      for (const item of items) expect(same(hold.aim(stage.cx(), item, 'quiet', null), item.before)).toBe(true);
      expect((await settled(stage, hold, 'quiet', [])).verdict.is).toBe('done');
    });
  }

  if (drift !== null) {
    it('shows what somebody else has set as that', async () => {
      const { stage, hold, items } = await held();
      drift(stage.world);
      expect(judged(items, await look(stage, hold))).toEqual(['drift', ...keys.slice(1).map(() => 'ours')]);
    });
  }

  if (gone !== null) {
    it('shows that an item is gone, and the others as they are', async () => {
      const { stage, hold, items } = await held();
      gone(stage.world);
      const now = await look(stage, hold);
      expect(now.map(({ key }) => key)).toEqual(keys.slice(1));
      expect(judged(items, now)).toEqual(['gone', ...keys.slice(1).map(() => 'ours')]);
    });
  }

  it('understands its own values and memos when the store gives them back', async () => {
    const { stage, hold, items } = await held();
    for (const { before, sent } of items) {
      for (const value of [before, ...sent]) expect(hold.value.parse(JSON.parse(JSON.stringify(value)))).toEqual(value);
    }
    expect(hold.memo.parse(null)).toBeNull();
    for (const nonsense of [{ a: 1 }, ['x'], 1.5, -1]) expect(hold.value.safeParse(nonsense).success).toBe(false);
    expect((await settled(stage, hold, 'quiet', items)).verdict.is).toBe('done');
  });

  it('says what it will do and what undoes it', async () => {
    const { stage, hold, items } = await held();
    for (const item of items) {
      const said = hold.say(stage.cx().app, item, item.before);
      expect(said.byHand).toMatch(/^heroku [a-z]+(:[a-z]+)? .*--app shop/);
      expect(said.will).not.toBe('');
      expect(hold.show(item.before)).not.toBe('');
    }
  });
});
