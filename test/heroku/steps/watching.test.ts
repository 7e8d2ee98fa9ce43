// What came back is watched after the door has opened: what is found is told once, and keeps the run from its end no longer
// than the watch.
import { createServer } from 'node:http';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { herokuQueues } from '../../../src/heroku/queues.ts';
import { watching } from '../../../src/heroku/steps/watching.ts';
import type { Json } from '../../../src/model/json.ts';
import { defaultSettings, type Settings } from '../../../src/model/settings.ts';
import { type Answered, type Verdict, waited } from '../../../src/model/step.ts';
import { used } from '../../../src/run/stock.ts';
import { changeConfig, rollback } from '../../../src/sandbox/heroku/releases.ts';
import { shop } from '../../helpers/engine.ts';
import { realRedis } from '../../helpers/redis.ts';
import { grace } from './observing.ts';
import { stages } from './stage.ts';

const redis = await realRedis();
const stageFor = stages();
const MINUTE = 60_000;

async function open(settings: Partial<Settings> = {}) {
  const config = { LANG: 'C', REDIS_URL: redis?.url ?? '', PASSWORD: 'hunter2-hunter2' };
  const stage = await stageFor(shop({ config }), settings);
  const { world } = stage;
  const app = world.app('shop');
  const step = waited(watching(stage.heroku, herokuQueues(stage.heroku)));
  const from = stage.clock.now();
  let unseen: string | undefined;
  let memo: Json = null;
  let answered: Answered[] = [];

  async function settle(): Promise<Verdict<Json>> {
    const verdict = await step.settle({ ...stage.cx(from), answered }, 'back', memo);
    if ('memo' in verdict) memo = JSON.parse(JSON.stringify(verdict.memo));
    return verdict;
  }

  return {
    stage,
    world,
    app,
    settle,
    /** Heroku says nothing of the app from here on. */
    dark: () =>
      void stage.sandbox.faults.add({ service: 'heroku', path: '**', kind: 'status', status: 503, times: 'always' }),
    light: () => stage.sandbox.faults.clear(),
    /** What it says at its end. */
    unseen: () => unseen,
    /** To its end; what it said on the way, each once. */
    async over(): Promise<readonly string[]> {
      const said = new Set<string>();
      for (let looks = 0; looks < 100; looks += 1) {
        const verdict = await settle();
        if (verdict.is === 'done') unseen = verdict.says;
        if (verdict.is === 'done') return [...said];
        if (verdict.is === 'ask') said.add(verdict.ask.says);
        if (!('look' in verdict)) throw new Error(`Expected the watch to go on, got ${verdict.is}`);
        stage.clock.advance(verdict.look);
      }
      throw new Error('Expected the watch to be over');
    },
    async asked() {
      for (let looks = 0; looks < 100; looks += 1) {
        const verdict = await settle();
        if (verdict.is === 'ask') return verdict.ask;
        if (verdict.is === 'waiting') stage.clock.advance(verdict.look);
        if (verdict.is === 'done') break;
      }
      throw new Error('Expected a question');
    },
    accept(says: string): void {
      answered = [...answered, { key: 'watched', says, answer: 'accept', by: grace, at: stage.clock.now() }];
    },
    waited: () => stage.clock.now() - from,
  };
}

describe('what came back', () => {
  it('is watched for as long as the settings say, a look a minute, and then is done', async () => {
    const watch = await open();
    expect(await watch.settle()).toMatchObject({ is: 'waiting', why: 'watched until 12:44 UTC', look: MINUTE });
    expect(await watch.over()).toEqual([]);
    expect(watch.waited()).toBe(10 * MINUTE);
  });

  it('is not watched at all where the settings say so', async () => {
    const { stage } = await open();
    const step = watching(stage.heroku);
    const asks = (watchAfter: number) => used([waited(step)], { ...defaultSettings, watchAfter }).length;
    expect([asks(0), asks(1)]).toEqual([0, 1]);
  });

  it('that crashes is told once, with its last lines and no secret in them', async () => {
    const watch = await open();
    await watch.settle();
    watch.world.logs.write(watch.app, 'app', 'worker.1', 'refused: hunter2-hunter2');
    watch.world.crash('shop', 'worker.1');
    const ask = await watch.asked();
    expect(ask).toMatchObject({ key: 'watched', says: 'worker.1 crashed', answers: ['accept', 'quiet-again'] });
    expect(ask.details).toContain('worker.1: refused: …');
    expect(ask.details.at(-1)).toContain('Quiet again begins another maintenance');
    watch.accept(ask.says);
    expect(await watch.over()).toEqual([]);
    expect(watch.waited()).toBe(10 * MINUTE);
  });

  it('and is not well does not keep the run from its end where nobody answers', async () => {
    const watch = await open();
    await watch.settle();
    watch.world.crash('shop', 'worker.1');
    expect(await watch.over()).toEqual(['worker.1 crashed']);
    expect(watch.waited()).toBe(10 * MINUTE);
  });

  it('is told of with what comes later in the same question, and of that alone once the first was seen', async () => {
    const watch = await open();
    await watch.settle();
    watch.world.crash('shop', 'worker.1');
    const first = await watch.asked();
    watch.world.crash('shop', 'worker.2');
    watch.stage.clock.advance(MINUTE);
    expect(await watch.settle()).toMatchObject({ ask: { says: 'worker.1 crashed; worker.2 crashed' } });
    watch.accept(first.says);
    expect((await watch.settle()).is).toBe('waiting');
    watch.world.crash('shop', 'web.1');
    watch.stage.clock.advance(MINUTE);
    expect(await watch.settle()).toMatchObject({ ask: { says: 'web.1 crashed' } });
  });

  it('is looked at once more at the end: what has come since the last look is told, and five minutes are left to answer', async () => {
    const watch = await open();
    await watch.settle();
    watch.stage.clock.advance(10 * MINUTE);
    watch.world.crash('shop', 'worker.1');
    expect(await watch.settle()).toMatchObject({ is: 'ask', ask: { says: 'worker.1 crashed' }, look: MINUTE });
    watch.stage.clock.advance(4 * MINUTE);
    expect(await watch.settle()).toMatchObject({ is: 'ask', ask: { says: 'worker.1 crashed' }, look: MINUTE });
    watch.stage.clock.advance(MINUTE);
    expect(await watch.settle()).toMatchObject({ is: 'done', unanswered: 'the watch is over' });
  });

  it('and what is found at the end is answered: the watch is over at once', async () => {
    const watch = await open();
    await watch.settle();
    watch.stage.clock.advance(10 * MINUTE);
    watch.world.crash('shop', 'worker.1');
    watch.accept((await watch.asked()).says);
    expect(await watch.settle()).toEqual({
      is: 'done',
      unanswered: 'the watch is over',
      says: 'not seen from 12:34 to 12:44 UTC',
    });
  });

  it('never stands open for longer after its watch than the watch was', async () => {
    const watch = await open({ watchAfter: 2 * MINUTE });
    await watch.settle();
    watch.stage.clock.advance(2 * MINUTE);
    watch.world.crash('shop', 'worker.1');
    expect(await watch.over()).toEqual(['worker.1 crashed']);
    expect(watch.waited()).toBe(4 * MINUTE);
  });

  it('and could not be looked at for a while is said not to have been seen then', async () => {
    const watch = await open();
    await watch.settle();
    watch.stage.clock.advance(MINUTE);
    watch.dark();
    expect(await watch.settle()).toMatchObject({
      is: 'waiting',
      why: 'could not be looked at since 12:34 UTC; watched until 12:44 UTC',
    });
    watch.stage.clock.advance(MINUTE);
    watch.light();
    expect(await watch.settle()).toMatchObject({ is: 'waiting', why: 'watched until 12:44 UTC' });
    await watch.over();
    expect(watch.unseen()).toBe('not seen from 12:34 to 12:36 UTC');
    expect(watch.waited()).toBe(10 * MINUTE);
  });

  it('and could never be looked at is not said to be well', async () => {
    const watch = await open();
    watch.dark();
    expect(await watch.over()).toEqual([]);
    expect(watch.unseen()).toBe('not seen from 12:34 to 12:44 UTC');
  });

  it('is asked about all the same while it cannot be looked at', async () => {
    const watch = await open();
    await watch.settle();
    watch.world.crash('shop', 'worker.1');
    const { says } = await watch.asked();
    watch.dark();
    expect(await watch.settle()).toMatchObject({ is: 'ask', ask: { says } });
    watch.accept(says);
    expect((await watch.settle()).is).toBe('waiting');
  });

  it('and was rolled back is told of where the first look failed', async () => {
    const watch = await open();
    const { world, app } = watch;
    const held = changeConfig(world, app, { MAINTENANCE: 'true' });
    changeConfig(world, app, { MAINTENANCE: null });
    watch.dark();
    await watch.settle();
    watch.light();
    watch.stage.clock.advance(MINUTE);
    expect((await watch.settle()).is).toBe('waiting');
    if (held === null) throw new Error('Expected a release');
    rollback(world, app, held);
    expect((await watch.asked()).says).toContain('MAINTENANCE is set again');
  });

  it('and was rolled back into the maintenance is told of; another rollback is not', async () => {
    const watch = await open();
    const { world, app } = watch;
    const [before] = app.releases.slice(-1);
    const held = changeConfig(world, app, { MAINTENANCE: 'true' });
    changeConfig(world, app, { MAINTENANCE: null });
    await watch.settle();
    if (before === undefined || held === null) throw new Error('Expected releases');
    rollback(world, app, before);
    watch.stage.clock.advance(MINUTE);
    expect((await watch.settle()).is).toBe('waiting');
    rollback(world, app, held);
    const ask = await watch.asked();
    expect(ask.says).toBe(
      `shop was rolled back to v${held.version}, which was made while it was held: MAINTENANCE is set again`,
    );
    expect(ask.details).toEqual(['by hand: heroku config:unset MAINTENANCE --app shop']);
    // Another maintenance would take what is left over for what was there before.
    expect(ask.answers).toEqual(['accept']);
    watch.world.crash('shop', 'worker.1');
    watch.stage.clock.advance(MINUTE);
    expect(await watch.settle()).toMatchObject({ ask: { answers: ['accept'] } });
    watch.accept(ask.says);
    await watch.settle();
    watch.world.crash('shop', 'worker.2');
    expect(await watch.asked()).toMatchObject({ says: 'worker.2 crashed', answers: ['accept', 'quiet-again'] });
  });
});

describe('an app that was rolled back into the maintenance', () => {
  const rolledBack = async (before: string) => {
    const watch = await open();
    const { world, app } = watch;
    changeConfig(world, app, { MAINTENANCE: before });
    // Where it was set before, only something else makes a release.
    const held = changeConfig(world, app, { MAINTENANCE: 'true', HELD: 'yes' });
    changeConfig(world, app, { MAINTENANCE: before, HELD: null });
    await watch.settle();
    if (held === null) throw new Error('Expected a release');
    rollback(world, app, held);
    return watch;
  };

  it('has its variable set again by hand to what it was, where it is there in ordinary times too', async () => {
    const { details } = await (await rolledBack('false')).asked();
    expect(details).toEqual(['by hand: heroku config:set MAINTENANCE=false --app shop']);
  });

  it('before it was opened is told of nothing: it was put right', async () => {
    const watch = await open();
    const { world, app } = watch;
    const held = changeConfig(world, app, { MAINTENANCE: 'true' });
    if (held === null) throw new Error('Expected a release');
    changeConfig(world, app, { MAINTENANCE: null });
    rollback(world, app, held);
    changeConfig(world, app, { MAINTENANCE: null });
    expect(await watch.over()).toEqual([]);
  });

  it('is told of nothing where the variable was set before the maintenance as well', async () => {
    expect(await (await rolledBack('true')).over()).toEqual([]);
  });
});

describe('its address', () => {
  it('is asked once when the users have been in for a minute, and a bad answer is told', async () => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      response.writeHead(500).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const at = server.address();
    if (at === null || typeof at === 'string') throw new Error('Expected a port');
    const watch = await open({ health: `http://127.0.0.1:${at.port}/health?token=secret` });
    expect((await watch.settle()).is).toBe('waiting');
    expect(asked).toBe(0);
    const { says } = await watch.asked();
    expect(says).toBe(`the address to ask (127.0.0.1:${at.port}) answers 500`);
    expect(watch.waited()).toBe(MINUTE);
    watch.accept(says);
    expect(await watch.over()).toEqual([]);
    expect(asked).toBe(1);
  });
});

describe('an app that was in maintenance mode before', () => {
  it('is told of nothing where the router answers for it: that says nothing of the app', async () => {
    const server = createServer((_request, response) => response.writeHead(503).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const at = server.address();
    if (at === null || typeof at === 'string') throw new Error('Expected a port');
    const watch = await open({ health: `http://127.0.0.1:${at.port}/` });
    watch.world.setMaintenance('shop', true);
    expect(await watch.over()).toEqual([]);
  });
});

describe.skipIf(redis === null)('its queues', () => {
  beforeEach(() => redis?.empty());
  const queues: Settings['queues'] = [{ system: 'sidekiq', at: 'REDIS_URL' }];
  const put = async (jobs: number): Promise<void> => {
    await redis?.client.sadd('queues', 'default');
    for (let i = 0; i < jobs; i += 1) await redis?.client.lpush('queue:default', '{"class":"HardJob"}');
  };

  it('are told of where their jobs fail', async () => {
    const watch = await open({ queues });
    await redis?.client.set('stat:failed', '100');
    await watch.settle();
    await redis?.client.set('stat:failed', '110');
    watch.stage.clock.advance(MINUTE);
    expect((await watch.settle()).is).toBe('waiting');
    await redis?.client.set('stat:failed', '111');
    expect((await watch.asked()).says).toBe('11 more jobs of Sidekiq have failed since the app is open');
  });

  it('are not told of where many more are taken: fewer than one in five fail', async () => {
    const watch = await open({ queues });
    await put(60);
    await watch.settle();
    for (let i = 0; i < 55; i += 1) await redis?.client.rpop('queue:default');
    await redis?.client.set('stat:failed', '11');
    watch.stage.clock.advance(MINUTE);
    expect((await watch.settle()).is).toBe('waiting');
    await redis?.client.set('stat:failed', '12');
    expect((await watch.asked()).says).toBe('12 more jobs of Sidekiq have failed since the app is open');
  });

  it('are told of where the first look at them failed, with the time since when they are known', async () => {
    const watch = await open({ queues, backlog: { jobs: 5, age: 0 } });
    await put(8);
    await redis?.client.set('stat:failed', '100');
    watch.dark();
    await watch.settle();
    watch.light();
    watch.stage.clock.advance(MINUTE);
    expect((await watch.settle()).is).toBe('waiting');
    await redis?.client.set('stat:failed', '111');
    expect((await watch.asked()).says).toBe('11 more jobs of Sidekiq have failed since 12:35 UTC');
    watch.stage.clock.advance(5 * MINUTE);
    expect(await watch.settle()).toMatchObject({
      ask: { says: expect.stringContaining('Sidekiq does not fall: 8 jobs waited at 12:35 UTC, 8 now') },
    });
  });

  it('are told of where a large backlog does not fall', async () => {
    const watch = await open({ queues, backlog: { jobs: 5, age: 0 } });
    await put(8);
    await watch.settle();
    await put(1);
    const ask = await watch.asked();
    expect(ask.says).toBe('the backlog of Sidekiq does not fall: 8 jobs waited when the app was opened, 9 now');
    expect(watch.waited()).toBe(5 * MINUTE);
  });

  it('are not told of where it falls, nor where it cannot be read', async () => {
    const watch = await open({ queues, backlog: { jobs: 5, age: 0 } });
    await put(8);
    await watch.settle();
    await redis?.client.rpop('queue:default');
    expect(await watch.over()).toEqual([]);
    await redis?.empty();
    await put(4);
    const small = await open({ queues, backlog: { jobs: 5, age: 0 } });
    await small.settle();
    await put(1);
    expect(await small.over()).toEqual([]);
    const dark = await open({ queues: [{ system: 'sidekiq', at: 'NOT_THERE' }] });
    expect(await dark.over()).toEqual([]);
  });
});
