// One dyno of each worker type first: what broke in the maintenance shows in it, and is asked about before the others come.
import { describe, expect, it } from 'vitest';
import { restartDyno } from '../../../src/sandbox/heroku/dynos.ts';
import { comingBack } from './coming-back.ts';
import { stages } from './stage.ts';

const stageFor = stages();

describe('workers on the way back', () => {
  it('come with one dyno of each type, watched, and then with all the others at once', async () => {
    const back = await comingBack(stageFor, { web: {}, worker: { quantity: 4 }, mailer: { quantity: 1 } });
    const from = back.stage.clock.now();
    expect((await back.until('done')).is).toBe('done');
    expect(back.writes).toEqual(['mailer=1 worker=1', 'worker=4']);
    expect(back.whys).toContain('mailer.1, worker.1: watched before the others come');
    expect(back.stage.clock.now() - from).toBe(30_000);
    expect(back.stage.settings().formation).toMatchObject({ worker: { quantity: 4 }, mailer: { quantity: 1 } });
  });

  it('that had one dyno only are watched, and written once', async () => {
    const back = await comingBack(stageFor, { web: {}, worker: {} });
    const from = back.stage.clock.now();
    expect((await back.until('done')).is).toBe('done');
    expect(back.writes).toEqual(['worker=1']);
    expect(back.stage.clock.now() - from).toBe(30_000);
  });

  it('of which none is to come are not watched', async () => {
    const back = await comingBack(stageFor, { web: {}, worker: { quantity: 0 } });
    expect(await back.settle()).toEqual({ is: 'done' });
  });

  it('come all at once, and are not watched, where the canary is 0', async () => {
    const back = await comingBack(stageFor, { web: {}, worker: { quantity: 4 } }, { canary: 0 });
    expect((await back.until('done')).is).toBe('done');
    expect(back.writes).toEqual(['worker=4']);
    expect(back.whys).toEqual([]);
  });

  it('are watched for a whole watch after they were last set, whatever was seen before', async () => {
    const back = await comingBack(stageFor, { web: {}, worker: {} });
    await back.settle();
    back.stage.clock.advance(20_000);
    back.lookFirst();
    const from = back.stage.clock.now();
    expect((await back.until('done')).is).toBe('done');
    expect(back.stage.clock.now() - from).toBe(30_000);
  });

  it('of a type that a deploy takes away meanwhile are looked at anew, for it is gone', async () => {
    const back = await comingBack(stageFor, { web: {}, worker: { quantity: 4 } }, {}, { times: { buildMs: 0 } });
    await back.settle();
    back.stage.world.deploy('shop', { processTypes: { web: 'bin/web' } });
    back.stage.clock.advance(10_000);
    expect((await back.settle()).is).toBe('again');
  });

  it('come to the same end when the process dies after any of its writes', async () => {
    const back = await comingBack(stageFor, { web: {}, worker: { quantity: 4 } });
    for (let looks = 0; looks < 20; looks += 1) {
      const verdict = await back.settle();
      if (verdict.is === 'done') break;
      back.lookFirst();
      if ('look' in verdict) back.stage.clock.advance(verdict.look);
    }
    await back.until('done');
    expect(back.stage.settings().formation).toMatchObject({ worker: { quantity: 4 } });
    // Each value that was ever set is known as ours.
    expect(new Set(back.sent().flat())).toEqual(new Set([0, 1, 4]));
  });
});

describe('a canary that crashes', () => {
  const secret = 'postgres://shop:hunter22@db.example.com/shop';

  async function crashing() {
    const back = await comingBack(
      stageFor,
      { web: {}, worker: { quantity: 4, crashes: true } },
      {},
      { config: { DATABASE_URL: secret, API_KEY: 'sk_live_0123456789' } },
    );
    const app = back.stage.world.app('shop');
    return { ...back, app };
  }

  it('is asked about at once, with its last lines and no secret in them, and the others stay away', async () => {
    const back = await crashing();
    const { logs } = back.stage.world;
    logs.write(back.app, 'app', 'worker.1', `could not connect to ${secret} with sk_live_0123456789`);
    const { ask } = await back.asked();
    expect(ask).toMatchObject({ key: 'canary', says: 'worker.1 crashed', answers: ['look-again', 'go-on'] });
    expect(ask.details).toContain('worker.1: could not connect to … with …');
    expect(ask.details).toContain('worker.1: Process exited with status 1');
    expect(JSON.stringify(ask)).not.toMatch(/hunter22|sk_live/);
    for (const _ of Array.from({ length: 9 })) {
      back.stage.clock.advance(30_000);
      expect(await back.settle()).toMatchObject({ is: 'ask', ask });
    }
    expect(back.writes).toEqual(['worker=1']);
    back.stage.clock.advance(15 * 60_000);
    expect(await back.settle()).toMatchObject({ is: 'ask', ask: { says: ask.says }, look: 5 * 60_000 });
  });

  it('passes by itself once it is up again for a whole watch', async () => {
    const back = await crashing();
    await back.asked();
    mend(back);
    back.stage.clock.advance(10_000);
    expect((await back.settle()).is).toBe('ask');
    const from = back.stage.clock.now();
    expect((await back.until('done')).is).toBe('done');
    expect(back.stage.clock.now() - from).toBe(30_000);
    expect(back.writes).toEqual(['worker=1', 'worker=4']);
  });

  it('is looked at anew when a person says so, and asked about once more where it still crashes', async () => {
    const back = await crashing();
    const first = await back.asked();
    back.answer(first, 'look-again');
    const second = await back.asked();
    expect(second.ask.says).toBe(first.ask.says);
    back.answer(second, 'look-again');
    mend(back);
    expect((await back.settle()).is).toBe('waiting');
    expect((await back.until('done')).is).toBe('done');
  });

  it('does not keep the others when a person goes on all the same, and is not waited for then', async () => {
    const back = await crashing();
    back.answer(await back.asked(), 'go-on');
    expect((await back.until('done')).is).toBe('done');
    expect(back.writes).toEqual(['worker=1', 'worker=4']);
    expect(back.stage.settings().formation).toMatchObject({ worker: { quantity: 4 } });
  });

  it.each([{ by: 'its passing' }, { by: 'a person who goes on' }])(
    'is of its round: ended by $by, it says nothing of a worker that the last look sends back once more',
    async ({ by }) => {
      const back = await comingBack(stageFor, { web: {}, worker: { crashes: true } });
      const asking = await back.asked();
      if (by !== 'its passing') back.answer(asking, 'go-on');
      else mend({ ...back, app: back.stage.world.app('shop') });
      expect((await back.until('done')).is).toBe('done');
      back.stage.clock.advance(60_000);
      const worker = back.stage.world.app('shop').formation.find(({ type }) => type === 'worker');
      if (worker !== undefined) worker.crashes = false;
      back.stage.world.scale('shop', 'worker', 0);
      back.lookFirst();
      const from = back.stage.clock.now();
      const asks: string[] = [];
      for (let verdict = await back.settle(); verdict.is !== 'done'; verdict = await back.settle()) {
        if (verdict.is === 'ask') asks.push(verdict.ask.says);
        if ('look' in verdict) back.stage.clock.advance(verdict.look);
      }
      expect(asks).toEqual([]);
      expect(back.stage.clock.now() - from).toBe(30_000);
      expect(back.writes).toEqual(['worker=1', 'worker=1']);
    },
  );

  it('is found also where Heroku has started it anew between two looks', async () => {
    const back = await comingBack(stageFor, { web: {}, worker: { quantity: 4 } });
    const app = back.stage.world.app('shop');
    const { ask } = await back.asked((looks) => {
      for (const dyno of app.dynos.filter(({ type }) => looks === 1 && type === 'worker')) {
        restartDyno(back.stage.world, app, dyno);
      }
    });
    expect(ask.says).toBe('worker.1 was started anew while it was watched');
    expect(back.writes).toEqual(['worker=1']);
    expect((await back.until('done')).is).toBe('done');
  });

  it('is not taken for started anew where somebody has added dynos beside it', async () => {
    const back = await comingBack(stageFor, { web: {}, worker: { quantity: 4 } });
    const done = await back.until('done', (looks) => {
      if (looks === 1) back.stage.world.scale('shop', 'worker', 2);
    });
    expect(done.is).toBe('done');
    expect(back.writes).toEqual(['worker=1', 'worker=4']);
  });

  function mend({ app, stage }: Awaited<ReturnType<typeof crashing>>): void {
    for (const processType of app.formation) processType.crashes = false;
    for (const dyno of app.dynos.filter(({ state }) => state === 'crashed')) restartDyno(stage.world, app, dyno);
  }
});
