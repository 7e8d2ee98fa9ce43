// The contract of all holds over those of an app's queues: twice, half, already quiet, gone. What they hold is real; only what a
// process of Sidekiq would say of itself is written by the test. A new hold is one more line in `cases`.
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { same } from '../../src/model/json.ts';
import { judge } from '../../src/model/judge.ts';
import type { AnyHold } from '../../src/model/step.ts';
import { noRedis, realRedis } from '../helpers/redis.ts';
import { capture, changes, holdsOf, look, settled } from '../heroku/steps/stage.ts';
import { httpApp } from './http-app.ts';
import { type Scene, scenes } from './scene.ts';
import { beats, ends, signals } from './sidekiq-keys.ts';

const redis = (await realRedis()) ?? noRedis;
const sceneFor = scenes();
const closing: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  if (redis !== noRedis) await redis.empty();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Opened {
  readonly stage: Scene;
  /** What the hold changes, as it is at this moment. */
  state(): Promise<unknown>;
  /** What comes of a write by itself, where that takes time. */
  happens(): Promise<unknown>;
  /** The first item goes; null where it cannot. */
  readonly gone: (() => Promise<unknown>) | null;
}

interface Case {
  /** By what each key ends with. */
  readonly keys: readonly string[];
  readonly needsRedis: boolean;
  /** `quiet`: everything is as quiet wants it already. */
  open(quiet: boolean): Promise<Opened>;
}

const nothing = async (): Promise<void> => {};

const cases: Readonly<Record<string, Case>> = {
  contract: {
    keys: ['app'],
    needsRedis: false,
    async open(quiet) {
      const app = await httpApp();
      closing.push(async () => app[Symbol.asyncDispose]());
      app.accepting = !quiet;
      const stage = await sceneFor({ queues: [{ system: 'http', at: app.url }] });
      return { stage, state: async () => app.accepting, happens: nothing, gone: null };
    },
  },
  intake: {
    keys: ['mails', 'reports'],
    needsRedis: true,
    async open(quiet) {
      const queues: Queue[] = [];
      for (const name of ['mails', 'reports']) {
        const connection = new Redis(redis.url, { maxRetriesPerRequest: null });
        connection.on('error', () => {});
        const queue = new Queue(name, { connection });
        closing.push(
          async () => connection.disconnect(),
          () => queue.close(),
        );
        await queue.add('welcome', {});
        if (quiet) await queue.pause();
        queues.push(queue);
      }
      const stage = await sceneFor(
        { queues: [{ system: 'bullmq', at: 'REDIS_URL' }] },
        { config: { REDIS_URL: redis.url } },
      );
      return {
        stage,
        state: () => Promise.all(queues.map((queue) => queue.isPaused())),
        happens: nothing,
        gone: async () => queues[0]?.obliterate({ force: true }),
      };
    },
  },
  quieted: {
    keys: ['mailer', 'worker'],
    needsRedis: true,
    async open(quiet) {
      const formation = { web: {}, worker: { quantity: 1 }, mailer: { quantity: 1 } };
      const hosts = ['mailer.1', 'worker.1'];
      const told = new Map<string, boolean>();
      const says = async (host: string, to: boolean): Promise<void> => {
        told.set(host, to);
        await beats(redis, host, { quiet: to });
      };
      for (const host of hosts) await says(host, quiet);
      const stage = await sceneFor(
        { queues: [{ system: 'sidekiq', at: 'REDIS_URL' }] },
        { formation, config: { REDIS_URL: redis.url } },
      );
      const restarted = (type: string) =>
        stage.sandbox.requests.list().some(({ method, path }) => method === 'DELETE' && path.endsWith(`/${type}`));
      return {
        stage,
        state: async () => Object.fromEntries(told),
        async happens() {
          for (const host of hosts) {
            if ((await signals(redis, host)).length > 0) await says(host, true);
            await redis.client.del(`${host}:4:abc-signals`);
            if (restarted(host.split('.')[0] ?? '')) await says(host, false);
          }
          stage.sandbox.requests.clear();
        },
        async gone() {
          await ends(redis, 'mailer.1');
          stage.world.deploy('shop', { processTypes: { web: 'bin/web', worker: 'bin/worker' } });
        },
      };
    },
  },
  web: {
    keys: ['web'],
    needsRedis: false,
    async open(quiet) {
      const stage = await sceneFor({ web: 'zero' }, { formation: { web: { quantity: quiet ? 0 : 2 }, worker: {} } });
      return { stage, state: async () => stage.settings().formation, happens: nothing, gone: null };
    },
  },
};

it('are all that an app with queues has beside the others', async () => {
  const { lists, steps } = await sceneFor({});
  const others = holdsOf(steps.quiet).map(({ name }) => name);
  const names = holdsOf(lists.quiet).map(({ name }) => name);
  expect(names.filter((name) => !others.includes(name))).toEqual(Object.keys(cases));
});

describe.each(Object.entries(cases))('the hold %s', (name, { keys, needsRedis, open }) => {
  const skip = needsRedis && redis === noRedis;

  async function opened(quiet = false) {
    const made = await open(quiet);
    const hold: AnyHold = made.stage.held(name);
    const items = (await capture(made.stage, hold)).map((item) => ({
      ...item,
      sent: [hold.aim(made.stage.cx(), item, 'quiet', null)],
    }));
    const write = async (way: 'quiet' | 'back', most = items.length) => {
      const answer = await hold.write(made.stage.cx(), changes(made.stage, hold, items, way).slice(0, most));
      await made.happens();
      return answer;
    };
    const judged = async () => {
      const now = await look(made.stage, hold);
      return items.map((item) => judge(item, now.find(({ key }) => key === item.key)?.value));
    };
    return { ...made, hold, items, write, judged };
  }

  it.skipIf(skip)('sees each of its items, and no other', async () => {
    const { items } = await opened();
    expect(items.map(({ key }) => key.split(' ').at(-1))).toEqual(keys);
  });

  it.skipIf(skip)('writes what it aims at, sees it, and puts back exactly what was there', async () => {
    const { stage, hold, items, state, write, judged } = await opened();
    const before = await state();
    expect(await write('quiet')).toMatchObject({ is: 'seen' });
    expect(await judged()).toEqual(items.map(() => 'ours'));
    expect((await settled(stage, hold, 'quiet', items)).verdict.is).toBe('done');
    expect(changes(stage, hold, items, 'back')).toEqual(items.map(({ key, before: value }) => ({ key, value })));
    await write('back');
    expect((await settled(stage, hold, 'back', items)).verdict.is).toBe('done');
    expect(await judged()).toEqual(items.map(() => 'before'));
    expect(await state()).toEqual(before);
  });

  it.skipIf(skip)('may be written twice, on both ways', async () => {
    const { state, write } = await opened();
    const before = await state();
    await write('quiet');
    const once = await state();
    await write('quiet');
    expect(await state()).toEqual(once);
    for (const _ of [1, 2]) await write('back');
    expect(await state()).toEqual(before);
  });

  it.skipIf(skip)('may be written half: what it then sees is as before or ours, and it can go on', async () => {
    const { items, state, write, judged } = await opened();
    const before = await state();
    await write('quiet', 1);
    expect(await judged()).toEqual(['ours', ...items.slice(1).map(() => 'before')]);
    await write('quiet');
    expect(await judged()).toEqual(items.map(() => 'ours'));
    await write('back', 1);
    expect(await judged()).toEqual(['before', ...items.slice(1).map(() => 'ours')]);
    await write('back');
    expect(await state()).toEqual(before);
  });

  it.skipIf(skip)('aims at what is there already where that is quiet', async () => {
    const { stage, hold, items } = await opened(true);
    expect(items.length).toBeGreaterThan(0);
    for (const { sent, before } of items) expect(sent).toEqual([before]);
    for (const item of items) expect(same(hold.aim(stage.cx(), item, 'back', null), item.before)).toBe(true);
    expect((await settled(stage, hold, 'quiet', [])).verdict.is).toBe('done');
  });

  it.skipIf(skip)('shows that an item is gone, and the others as they are, where one can go', async () => {
    const { items, write, gone, judged } = await opened();
    await write('quiet');
    await gone?.();
    expect(await judged()).toEqual([gone === null ? 'ours' : 'gone', ...items.slice(1).map(() => 'ours')]);
  });

  it.skipIf(skip)('understands its own values when the store gives them back, and no others', async () => {
    const { hold, items } = await opened();
    for (const { before, sent } of items) {
      for (const value of [before, ...sent]) expect(hold.value.parse(JSON.parse(JSON.stringify(value)))).toEqual(value);
    }
    for (const nonsense of [{ a: 1 }, ['x'], 1.5, -1, null]) expect(hold.value.safeParse(nonsense).success).toBe(false);
  });

  it.skipIf(skip)('says what it will do and what undoes it', async () => {
    const { stage, hold, items } = await opened();
    for (const item of items) {
      const said = hold.say(stage.cx().app, item, item.before);
      expect(said.byHand).toMatch(/^(heroku|curl|echo) .*(shop|resume)/);
      expect(said.will).not.toBe('');
      expect(hold.show(item.before)).not.toBe('');
    }
  });
});
