// Whether the app is well again before anything works with it: what is ill is asked about, and nothing that cannot be seen from
// behind the door holds up the way back.
import { createServer, type ServerResponse } from 'node:http';
import nock from 'nock';
import { describe, expect, it, onTestFinished } from 'vitest';
import { health } from '../../../src/heroku/steps/health.ts';
import type { Json } from '../../../src/model/json.ts';
import type { Settings } from '../../../src/model/settings.ts';
import { type Answered, type StepAnswer, type Verdict, waited } from '../../../src/model/step.ts';
import { emptyPostgres, postgres } from '../../helpers/database.ts';
import { shop } from '../../helpers/engine.ts';
import { grace } from './observing.ts';
import { stages } from './stage.ts';

const stageFor = stages();

/** An address that answers with that status. */
function answering(status: number): Promise<string> {
  return listening((response) => response.writeHead(status).end());
}

async function listening(answer: (response: ServerResponse) => unknown): Promise<string> {
  const server = createServer((_request, response) => void answer(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('Expected a port');
  return `http://127.0.0.1:${at.port}/health?token=secret`;
}

async function ill(settings: Partial<Settings>, maintenance = true, config: Record<string, string> = {}) {
  const stage = await stageFor(shop({ maintenance, config }), settings);
  const step = waited(health(stage.heroku));
  const since = stage.clock.now();
  let memo: Json = null;
  let answered: Answered[] = [];
  return {
    stage,
    async settle(): Promise<Verdict<Json>> {
      const verdict = await step.settle({ ...stage.cx(since), answered }, 'back', memo);
      if ('memo' in verdict) memo = JSON.parse(JSON.stringify(verdict.memo));
      return verdict;
    },
    answer(answer: StepAnswer): void {
      answered = [...answered, { key: 'health', says: '', answer, by: grace, at: stage.clock.now() }];
    },
  };
}

describe('the health of an app', () => {
  it('is good where its address answers', async () => {
    expect(await (await ill({ health: await answering(204) })).settle()).toEqual({ is: 'done' });
  });

  it('is not known where the router answers for it, as it does for an app in maintenance mode, and that is said', async () => {
    const url = await answering(503);
    expect(await (await ill({ health: url })).settle()).toEqual({
      is: 'done',
      says: expect.stringMatching(/answers 503, as Heroku's router does .*: that says nothing of the app$/),
    });
    expect((await (await ill({ health: url }, false)).settle()).is).toBe('waiting');
  });

  it('is good where its address leads to another one of the same host, as from http to https', async () => {
    const good = await answering(200);
    const { port } = new URL(good);
    const relative = await listening((response) => response.writeHead(301, { location: `//127.0.0.1:${port}/` }).end());
    expect(await (await ill({ health: relative })).settle()).toEqual({ is: 'done' });
  });

  it.each([
    ['https://shop.example', 'https://www.shop.example'],
    ['https://www.shop.example', 'https://shop.example'],
  ])('is good where its address leads from %s to %s: a host with www and without is one', async (from, to) => {
    nock(from)
      .get('/health')
      .reply(301, '', { location: `${to}/health` });
    nock(to).get('/health').reply(200);
    onTestFinished(() => nock.cleanAll());
    expect(await (await ill({ health: `${from}/health` })).settle()).toEqual({ is: 'done' });
  });

  it.each([
    [
      'to another host',
      'http://localhost:1/',
      /answers 302 and leads to localhost:1, which may be well whatever the app is$/,
    ],
    ['round in a circle', '', /answers 302 again and again$/],
    ['nowhere', 'http://', /answers 302$/],
  ])('is not known to be good where its address leads %s', async (_, location, why) => {
    const url = await listening((response) => response.writeHead(302, { location }).end());
    expect(await (await ill({ health: url })).settle()).toMatchObject({
      is: 'waiting',
      why: expect.stringMatching(why),
    });
  });

  it('is not known to be good where nobody listens', async () => {
    expect(await (await ill({ health: 'http://127.0.0.1:1/' })).settle()).toMatchObject({
      is: 'waiting',
      why: 'the address to ask (127.0.0.1:1) cannot be reached',
    });
  });

  it('that is bad is waited for, then asked about, without what may be a token in the address', async () => {
    const app = await ill({ health: await answering(500), database: 'DATABASE_URL' });
    expect(await app.settle()).toMatchObject({ is: 'waiting', why: expect.stringMatching(/answers 500$/) });
    app.stage.clock.advance(2 * 60_000);
    const verdict = await app.settle();
    expect(verdict).toMatchObject({
      is: 'ask',
      ask: {
        key: 'health',
        details: [
          'there is no config var DATABASE_URL with the address of its Postgres',
          expect.stringMatching(/^the address to ask \(127\.0\.0\.1:\d+\) answers 500$/),
        ],
        answers: ['look-again', 'go-on'],
      },
    });
    expect(JSON.stringify(verdict)).not.toContain('secret');
    expect(verdict).toMatchObject({ look: 30_000 });
    app.stage.clock.advance(15 * 60_000);
    expect(await app.settle()).toMatchObject({ is: 'ask', look: 5 * 60_000 });
    app.answer('look-again');
    expect(await app.settle()).toMatchObject({ is: 'ask', look: 30_000 });
    app.stage.clock.advance(15 * 60_000);
    expect(await app.settle()).toMatchObject({ is: 'ask', look: 5 * 60_000 });
    app.answer('go-on');
    expect(await app.settle()).toEqual({ is: 'done', says: expect.stringMatching(/^gone on with by Grace: /) });
  });

  it('waits for its web dynos', async () => {
    const app = await ill({});
    for (const dyno of app.stage.world.app('shop').dynos) if (dyno.type === 'web') dyno.state = 'starting';
    expect(await app.settle()).toMatchObject({ is: 'waiting', why: 'web: 0 of 1 up' });
    for (const dyno of app.stage.world.app('shop').dynos) if (dyno.type === 'web') dyno.state = 'up';
    expect(await app.settle()).toEqual({ is: 'done' });
    // Of an Eco dyno, which is there.
    for (const dyno of app.stage.world.app('shop').dynos) if (dyno.type === 'web') dyno.state = 'idle';
    expect(await app.settle()).toEqual({ is: 'done' });
  });

  it.skipIf(postgres().missing !== null)(
    'is good where its Postgres answers, and is not where nobody listens',
    async () => {
      const url = await emptyPostgres();
      const well = await ill({ database: 'DATABASE_URL' }, true, { DATABASE_URL: url });
      expect(await well.settle()).toEqual({ is: 'done' });
      const dark = await ill({ database: 'DATABASE_URL' }, true, { DATABASE_URL: 'postgres://u:hush@127.0.0.1:1/x' });
      const verdict = await dark.settle();
      expect(verdict).toMatchObject({
        is: 'waiting',
        why: expect.stringMatching(/^its Postgres \(DATABASE_URL\) does not answer: /),
      });
      expect(JSON.stringify(verdict)).not.toContain('hush');
    },
  );
});
