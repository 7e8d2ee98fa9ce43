// The sandbox's webhooks: subscriptions over the API, and what is delivered to a real server when something changes.
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Sandbox, SandboxClock, startSandbox } from '../../../src/sandbox/index.ts';
import { serve, type TestServer } from '../../heroku/api/server.ts';
import { ask } from './asking.ts';

const LATER = 300;
let clock: SandboxClock;
let sandbox: Sandbox;
let subscriber: TestServer;

beforeEach(async () => {
  clock = new SandboxClock({ manual: true, start: Date.UTC(2026, 0, 5, 12) });
  sandbox = await startSandbox({ clock });
  sandbox.world.addApp({
    name: 'shop',
    formation: { web: {}, worker: {} },
    times: { startMs: 1_000, stopMs: 1_000, buildMs: 0 },
  });
  subscriber = await serve((_, response) => response.writeHead(204).end());
});
afterEach(() => sandbox.close());

async function subscribe(over: object = {}): Promise<{ id: string }> {
  const include = ['api:app', 'api:dyno', 'api:formation', 'api:release'];
  const body = { include, level: 'notify', url: `${subscriber.url}/hooks`, secret: 's3cret', ...over };
  const answer = await ask(sandbox, 'POST /apps/shop/webhooks', { body });
  expect(answer.status).toBe(201);
  return answer.body as { id: string };
}

async function arrived(ms = LATER): Promise<{ resource: string; action: string; data: Record<string, unknown> }[]> {
  clock.advance(ms);
  await sandbox.world.deliveries.answered();
  return subscriber.received.splice(0).map(({ body }) => JSON.parse(body));
}

describe('a subscription', () => {
  test('is made, listed, changed and removed, and its secret is told once', async () => {
    const { id } = await subscribe();
    const made = await ask(sandbox, `GET /apps/shop/webhooks/${id}`);
    expect(made.body).toEqual({
      app: { id: sandbox.world.app('shop').id, name: 'shop' },
      created_at: '2026-01-05T12:00:00Z',
      id,
      include: ['api:app', 'api:dyno', 'api:formation', 'api:release'],
      level: 'notify',
      updated_at: '2026-01-05T12:00:00Z',
      url: `${subscriber.url}/hooks`,
    });
    const changed = await ask(sandbox, `PATCH /apps/shop/webhooks/${id}`, { body: { include: ['api:app'] } });
    expect(changed.body).toMatchObject({ id, include: ['api:app'] });
    expect((await ask(sandbox, 'GET /apps/shop/webhooks')).body).toHaveLength(1);
    expect((await ask(sandbox, `DELETE /apps/shop/webhooks/${id}`)).body).toMatchObject({ id });
    expect((await ask(sandbox, `DELETE /apps/shop/webhooks/${id}`)).status).toBe(404);
    expect((await ask(sandbox, 'GET /apps/shop/webhooks')).body).toEqual([]);
  });

  test.each([
    [{ include: ['api:nonsense'] }],
    [{ include: [] }],
    [{ level: 'often' }],
    [{ url: 'nonsense' }],
    [{ url: undefined }],
  ])('is refused with %j', async (over) => {
    const body = { include: ['api:app'], level: 'notify', url: 'https://example.com', ...over };
    expect((await ask(sandbox, 'POST /apps/shop/webhooks', { body })).status).toBe(422);
  });

  test('is part of what has to be given back, and shown to people without its secret', async () => {
    const before = sandbox.world.settings('shop');
    const { id } = await subscribe();
    expect(sandbox.world.settings('shop')).not.toEqual(before);
    const state = await (await fetch(`${sandbox.controlUrl}/state`)).text();
    expect(state).toContain(`${subscriber.url}/hooks`);
    expect(state).not.toContain('s3cret');
    await ask(sandbox, `DELETE /apps/shop/webhooks/${id}`);
    expect(sandbox.world.settings('shop')).toEqual(before);
  });
});

describe('what is delivered', () => {
  test('comes a moment later, signed with the secret over the bytes as they are sent', async () => {
    await subscribe();
    await ask(sandbox, 'PATCH /apps/shop', { body: { maintenance: true } });
    clock.advance(LATER - 1);
    await sandbox.world.deliveries.answered();
    expect(subscriber.received).toEqual([]);
    clock.advance(1);
    await sandbox.world.deliveries.answered();
    const [request] = subscriber.received;
    const body = request?.body ?? '';
    expect(request?.headers['heroku-webhook-hmac-sha256']).toBe(
      createHmac('sha256', 's3cret').update(body).digest('base64'),
    );
    expect(JSON.parse(body)).toMatchObject({
      action: 'update',
      resource: 'app',
      actor: { email: 'ada@example.com' },
      data: { name: 'shop', maintenance: true },
      version: 'application/vnd.heroku+json; version=3',
      webhook_metadata: { event: { include: 'api:app' } },
    });
  });

  test('tells of maintenance mode, names, quantities, releases and dynos, whoever changes them', async () => {
    await subscribe();
    sandbox.world.setMaintenance('shop', true);
    sandbox.world.rename('shop', 'store');
    expect(await arrived()).toMatchObject([
      { resource: 'app', data: { name: 'shop', maintenance: true } },
      { resource: 'app', data: { name: 'store' } },
    ]);
    sandbox.world.scale('store', 'worker', 2);
    expect(await arrived()).toMatchObject([
      { resource: 'formation', action: 'update', data: { type: 'worker', quantity: 2 } },
      { resource: 'dyno', action: 'create', data: { name: 'worker.2', state: 'starting' } },
    ]);
    expect(await arrived(1_300)).toMatchObject([
      { resource: 'dyno', action: 'update', data: { name: 'worker.2', state: 'up' } },
    ]);
    await ask(sandbox, 'PATCH /apps/store/formation', { body: { updates: [{ type: 'worker', quantity: 1 }] } });
    expect(await arrived()).toMatchObject([{ resource: 'formation', data: { quantity: 1 } }]);
    expect(await arrived(1_000)).toMatchObject([{ resource: 'dyno', action: 'destroy', data: { name: 'worker.2' } }]);
    sandbox.world.setConfig('store', { A: '1' });
    const told = await arrived();
    expect(told.slice(0, 2)).toMatchObject([
      { resource: 'release', action: 'create', data: { version: 13, status: 'pending' } },
      { resource: 'release', action: 'update', data: { version: 13, status: 'succeeded' } },
    ]);
    expect(new Set(told.slice(2).map(({ resource }) => resource))).toEqual(new Set(['dyno']));
  });

  test('is what was subscribed to, and of that app', async () => {
    sandbox.world.addApp({ name: 'other', formation: { web: {} } });
    await subscribe({ include: ['api:release'] });
    sandbox.world.scale('shop', 'worker', 3);
    sandbox.world.setConfig('other', { A: '1' });
    expect(await arrived()).toEqual([]);
    sandbox.world.setConfig('shop', { A: '1' });
    expect(await arrived()).toMatchObject([{ resource: 'release' }, { resource: 'release' }]);
  });

  test('comes once, and how it was answered can be seen', async () => {
    await subscribe({ url: 'http://127.0.0.1:9/nobody' });
    await subscribe();
    sandbox.world.deliveries.lost = true;
    sandbox.world.setMaintenance('shop', true);
    expect(await arrived()).toEqual([]);
    sandbox.world.deliveries.lost = false;
    sandbox.world.setMaintenance('shop', false);
    expect(await arrived()).toHaveLength(1);
    expect(sandbox.world.app('shop').deliveries.map(({ status }) => status)).toEqual([null, null, null, 204]);
  });
});
