// The subscription of a run: made once, taken away whole, others' left alone, and nothing that a maintenance fails for.
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createHeroku } from '../../../src/heroku/api/client.ts';
import { herokuSteps } from '../../../src/heroku/steps/index.ts';
import { subscription } from '../../../src/heroku/webhooks/subscription.ts';
import { START } from '../../helpers/engine.ts';
import { capture, changes, holdsOf, look, ORIGIN, RUN, type Stage, stages } from './stage.ts';

const stageFor = stages();
const app = { name: 'shop', formation: { web: {} } };
const URL = subscription(ORIGIN, 'HRKU-sandbox').url(RUN);

async function ready() {
  const stage = await stageFor(app);
  const hold = stage.hold('webhook');
  const items = await capture(stage, hold);
  const subscribe = (since?: number) => hold.write(stage.cx(since), changes(stage, hold, items, 'quiet'));
  const unsubscribe = () => hold.write(stage.cx(), changes(stage, hold, items, 'back'));
  const refuse = (method: string, status: number, times: number | 'always' = 'always') =>
    stage.sandbox.faults.add({ service: 'heroku', path: '**/webhooks', method, kind: 'status', status, times });
  return { stage, hold, items, subscribe, unsubscribe, refuse };
}

const urls = (stage: Stage) => stage.world.app('shop').webhooks.map(({ url }) => url);
const asked = (stage: Stage) => stage.sandbox.requests.list({ path: 'webhooks' }).map(({ method }) => method);

describe('the webhook of a run', () => {
  it('is told once of whatever a maintenance is about, signed with a secret that is derived and not stored', async () => {
    const { stage, subscribe } = await ready();
    await subscribe();
    const key = createHmac('sha256', stage.sandbox.heroku.token).update('maint webhooks').digest();
    expect(stage.world.app('shop').webhooks).toMatchObject([
      {
        url: URL,
        level: 'notify',
        include: ['api:app', 'api:dyno', 'api:formation', 'api:release'],
        secret: createHmac('sha256', key).update(`webhook:${RUN}`).digest('hex'),
      },
    ]);
    expect(JSON.stringify(stage.sandbox.requests.list())).not.toContain(stage.world.app('shop').webhooks[0]?.secret);
  });

  it('leaves the subscriptions of others alone, another run and another path among them', async () => {
    const { stage, subscribe, unsubscribe } = await ready();
    const others = [`${ORIGIN}/heroku/webhooks/${RUN}x`, `${ORIGIN}/${RUN}`, 'https://example.com/hooks'];
    const cx = stage.cx();
    for (const url of others)
      await stage.heroku.webhooks.create(cx, cx.app.id, { url, include: ['api:app'], secret: 's' });
    await subscribe();
    await unsubscribe();
    expect(urls(stage)).toEqual(others);
  });

  it('is taken away as often as it is there: a request may have come through late', async () => {
    const { stage, subscribe, unsubscribe } = await ready();
    await subscribe();
    const cx = stage.cx();
    await stage.heroku.webhooks.create(cx, cx.app.id, { url: URL, include: ['api:app'], secret: 's' });
    await unsubscribe();
    expect(urls(stage)).toEqual([]);
  });

  it('is found and taken away after maint has moved to another address', async () => {
    const { stage, subscribe, items } = await ready();
    await subscribe();
    const moved = herokuSteps(stage.heroku, stage.scheduler, subscription('https://new.example.com', 'HRKU-new'));
    const hold = holdsOf(moved.back).find(({ name }) => name === 'webhook');
    if (hold === undefined) throw new Error('Expected a hold webhook');
    expect(await look(stage, hold)).toMatchObject([{ value: true }]);
    await hold.write(stage.cx(), changes(stage, hold, items, 'back'));
    expect(urls(stage)).toEqual([]);
  });

  it('without a public address new runs do without it, and what a former one has left is taken away', async () => {
    const { stage, hold, subscribe } = await ready();
    await subscribe();
    const alone = holdsOf(herokuSteps(stage.heroku, stage.scheduler).quiet).find(({ name }) => name === 'webhook');
    expect([hold.unused, alone?.unused]).toEqual([false, true]);
    expect(await alone?.look(stage.cx())).toMatchObject({ items: [{ value: true }] });
    expect(await alone?.write(stage.cx(), [{ key: 'webhook', value: false }])).toMatchObject({
      items: [{ value: false }],
    });
    expect(await look(stage, hold)).toMatchObject([{ value: false }]);
  });
});

describe('where it cannot be had', () => {
  it.each([402, 403, 404, 422])(
    'refused with %i, the maintenance goes on, and has nothing to take away',
    async (status) => {
      const { stage, hold, items, subscribe, unsubscribe, refuse } = await ready();
      refuse('POST', status);
      expect(await subscribe()).toMatchObject({ items: [{ value: false }] });
      expect((await hold.settle(stage.cx(), 'quiet', items, null)).is).toBe('done');
      expect(await look(stage, hold)).toMatchObject([{ value: false }]);
      expect(await unsubscribe()).toMatchObject({ items: [{ value: false }] });
    },
  );

  it.each([403, 404, 422])('not even shown (%i), there is nothing to hold', async (status) => {
    const { stage, hold, refuse } = await ready();
    refuse('GET', status);
    expect(await hold.look(stage.cx())).toEqual({ is: 'seen', items: [], warnings: [] });
  });

  it('an error that may pass is tried again for half a minute, and then done without', async () => {
    const { stage, subscribe, refuse } = await ready();
    refuse('POST', 503);
    await expect(subscribe(START)).rejects.toMatchObject({ kind: 'retryable' });
    stage.clock.advance(29_000);
    await expect(subscribe(START)).rejects.toMatchObject({ kind: 'retryable' });
    stage.clock.advance(1_000);
    expect(await subscribe(START)).toMatchObject({ items: [{ value: false }] });
  });

  it('one that was made without an answer is found, and not made twice', async () => {
    const { stage, subscribe } = await ready();
    stage.sandbox.faults.add({ service: 'heroku', path: '**/webhooks', method: 'POST', kind: 'reset-after' });
    await expect(subscribe()).rejects.toMatchObject({ unclear: true });
    expect(await subscribe()).toMatchObject({ items: [{ value: true }] });
    expect(urls(stage)).toEqual([URL]);
    expect(asked(stage).filter((method) => method === 'POST')).toHaveLength(1);
  });

  it('a refused token is not done without: nothing else works either', async () => {
    const { subscribe, refuse } = await ready();
    refuse('POST', 401);
    await expect(subscribe()).rejects.toMatchObject({ kind: 'needs-human', wide: true });
  });

  it('on the way back every failure is one, and one that is gone already is none', async () => {
    const { stage, subscribe, unsubscribe } = await ready();
    await subscribe();
    const fault = { service: 'heroku', path: '**/webhooks/*', method: 'DELETE', kind: 'status' } as const;
    stage.sandbox.faults.add({ ...fault, status: 403 });
    await expect(unsubscribe()).rejects.toMatchObject({ kind: 'needs-human' });
    stage.sandbox.faults.add({ ...fault, status: 404 });
    expect(await unsubscribe()).toMatchObject({ items: [{ value: false }] });
  });

  it('no message and no log line repeats the secret', async () => {
    const { stage } = await ready();
    const lines: object[] = [];
    const heroku = createHeroku({
      apiUrl: stage.sandbox.heroku.url,
      token: stage.sandbox.heroku.token,
      pauses: [],
      log: (line) => lines.push(line),
    });
    stage.sandbox.faults.add({
      service: 'heroku',
      path: '**/webhooks',
      method: 'POST',
      kind: 'status',
      status: 422,
      body: { id: 'invalid_params', message: 'Secret s3cret-of-the-run is too weak.' },
    });
    const cx = stage.cx();
    const failed = await heroku.webhooks
      .create(cx, cx.app.id, { url: URL, include: ['api:app'], secret: 's3cret-of-the-run' })
      .catch((error: unknown) => error);
    heroku.close();
    expect(failed).toBeInstanceOf(Error);
    expect(`${failed} ${JSON.stringify(failed)} ${JSON.stringify(lines)}`).not.toContain('s3cret');
    expect(lines).toHaveLength(1);
  });
});
