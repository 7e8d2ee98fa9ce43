import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Sandbox, SandboxClock, startSandbox } from '../../../src/sandbox/index.ts';
import { ask } from './asking.ts';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox({ clock: new SandboxClock({ manual: true, start: Date.UTC(2026, 0, 5, 12) }) });
  sandbox.world.addApp({
    name: 'shop',
    formation: { web: {}, worker: { quantity: 4, size: 'standard-2x' }, release: { command: 'rails db:migrate' } },
    config: { RACK_ENV: 'production' },
    addons: [
      { service: 'heroku-postgresql', name: 'pg-1', as: 'DATABASE', config: { DATABASE_URL: 'postgres://hidden' } },
    ],
  });
});
afterEach(() => sandbox.close());

describe('who is let in', () => {
  test('nobody without a token that Heroku knows', async () => {
    const answer = await ask(sandbox, 'GET /apps', { token: 'unknown' });
    expect(answer).toMatchObject({
      status: 401,
      body: { id: 'unauthorized', message: 'Invalid credentials provided.' },
    });
    expect(answer.headers.get('request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('nobody who does not say which version of the API he speaks', async () => {
    const answer = await ask(sandbox, 'GET /apps', { headers: { accept: 'application/json' } });
    expect(answer).toMatchObject({ status: 400, body: { id: 'missing_version' } });
  });

  test('the variants of version 3 that the Heroku CLI sends', async () => {
    const accept = 'application/vnd.heroku+json; version=3.sdk';
    expect((await ask(sandbox, 'GET /apps', { headers: { accept } })).status).toBe(200);
  });

  test.each([
    {
      scopes: ['read'] as const,
      allowed: ['GET /apps/shop'],
      refused: ['GET /apps/shop/config-vars', 'PATCH /apps/shop'],
    },
    {
      scopes: ['read', 'write'] as const,
      allowed: ['PATCH /apps/shop'],
      refused: ['PATCH /apps/shop/config-vars', 'GET /apps/shop/releases/3/config-vars', 'GET /addons/pg-1/config'],
    },
    {
      scopes: ['read-protected', 'write-protected'] as const,
      allowed: ['GET /apps/shop/config-vars', 'PATCH /apps/shop/config-vars', 'PATCH /apps/shop/formation/web'],
      refused: ['GET /oauth/authorizations'],
    },
    { scopes: ['identity'] as const, allowed: ['GET /account'], refused: ['GET /apps'] },
  ])('a token with $scopes only where its scopes reach', async ({ scopes, allowed, refused }) => {
    sandbox.world.addToken('short', scopes);
    const status = async (what: string) =>
      (await ask(sandbox, what, { token: 'short', ...(what.startsWith('PATCH') ? { body: {} } : {}) })).status;
    for (const what of allowed) expect([what, await status(what)]).toEqual([what, 200]);
    for (const what of refused) expect([what, await status(what)]).toEqual([what, 403]);
  });

  test('every answer says which scopes the token has, and which would do', async () => {
    sandbox.world.addToken('short', ['read']);
    const { headers } = await ask(sandbox, 'GET /apps/shop/config-vars', { token: 'short' });
    expect(headers.get('oauth-scope')).toBe('read');
    expect(headers.get('oauth-scope-accepted')).toBe('global read-protected write-protected');
  });
});

describe('the rate limit', () => {
  test('counts down, and refuses when nothing is left', async () => {
    sandbox.world.bucket.remaining = 1;
    const last = await ask(sandbox, 'GET /apps');
    expect(last.headers.get('ratelimit-remaining')).toBe('0');
    expect(await ask(sandbox, 'GET /apps')).toMatchObject({ status: 429, body: { id: 'rate_limit' } });
  });

  test('flows back at 75 a minute, and never above 4,500', async () => {
    sandbox.world.bucket.remaining = 0;
    sandbox.clock.advance(120_000);
    expect((await ask(sandbox, 'GET /account/rate-limits')).body).toEqual({ remaining: 150 });
    sandbox.clock.advance(86_400_000);
    expect((await ask(sandbox, 'GET /account/rate-limits')).body).toEqual({ remaining: 4_500 });
  });
});

describe('what is refused', () => {
  const refusals: { what: string; body?: unknown; status: number; says: RegExp }[] = [
    { what: 'GET /apps/nope', status: 404, says: /Couldn't find that app/ },
    { what: 'GET /nope', status: 404, says: /not found/ },
    { what: 'GET /apps/shop/dynos/web.9', status: 404, says: /dyno/ },
    { what: 'GET /apps/shop/releases/99', status: 404, says: /release/ },
    { what: 'PATCH /apps/shop', body: { maintenance: 'yes' }, status: 422, says: /maintenance/ },
    { what: 'PATCH /apps/shop', body: { name: 'No' }, status: 422, says: /name/ },
    {
      what: 'PATCH /apps/shop/formation',
      body: { updates: [{ type: 'nope', quantity: 1 }] },
      status: 404,
      says: /process type \(nope\)/,
    },
    {
      what: 'PATCH /apps/shop/formation',
      body: { updates: [{ type: 'web', quantity: 'many' }] },
      status: 422,
      says: /quantity/,
    },
    { what: 'PATCH /apps/shop/formation/web', body: { size: 'huge' }, status: 422, says: /No such size as huge/ },
    { what: 'PATCH /apps/shop/config-vars', body: { A: 1 }, status: 422, says: /A/ },
    {
      what: 'PATCH /apps/shop/config-vars',
      body: { DATABASE_URL: null },
      status: 422,
      says: /Cannot overwrite attachment values DATABASE_URL/,
    },
    { what: 'POST /apps/shop/dynos', body: { command: 'x', time_to_live: 86_401 }, status: 422, says: /time_to_live/ },
  ];
  test.each(refusals)('$what $body: $status', async ({ what, body, status, says }) => {
    const answer = await ask(sandbox, what, { body });
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ id: expect.any(String), message: expect.stringMatching(says) });
  });

  test('a body that is not JSON', async () => {
    const answer = await fetch(`${sandbox.heroku.url}/apps/shop`, {
      method: 'PATCH',
      headers: {
        accept: 'application/vnd.heroku+json; version=3',
        authorization: `Bearer ${sandbox.heroku.token}`,
        'content-type': 'application/json',
      },
      body: '{',
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ id: 'bad_request' });
  });

  test('a batch with one wrong update changes nothing', async () => {
    const updates = [
      { type: 'worker', quantity: 0 },
      { type: 'nope', quantity: 0 },
    ];
    expect((await ask(sandbox, 'PATCH /apps/shop/formation', { body: { updates } })).status).toBe(404);
    expect(sandbox.world.settings('shop').formation['worker']?.quantity).toBe(4);
  });
});

describe('what can be changed', () => {
  test('maintenance mode', async () => {
    expect((await ask(sandbox, 'PATCH /apps/shop', { body: { maintenance: true } })).body).toMatchObject({
      maintenance: true,
    });
    expect(sandbox.world.settings('shop').maintenance).toBe(true);
  });

  test('a name: the app is found by its id as before, and by the old name no more', async () => {
    const { id } = sandbox.world.app('shop');
    await ask(sandbox, 'PATCH /apps/shop', { body: { name: 'shop-2' } });
    expect((await ask(sandbox, `GET /apps/${id}`)).body).toMatchObject({ name: 'shop-2' });
    expect((await ask(sandbox, 'GET /apps/shop')).status).toBe(404);
  });

  test.each([
    { quantity: 2, becomes: 2 },
    { quantity: '0', becomes: 0 },
    { quantity: '+2', becomes: 6 },
    { quantity: '-1', becomes: 3 },
  ])('a quantity of $quantity: $becomes of 4', async ({ quantity, becomes }) => {
    const answer = await ask(sandbox, 'PATCH /apps/shop/formation', {
      body: { updates: [{ type: 'worker', quantity }] },
    });
    expect(answer.body).toContainEqual(
      expect.objectContaining({ type: 'worker', quantity: becomes, size: 'Standard-2X' }),
    );
    expect(sandbox.world.app('shop').releases).toHaveLength(12);
  });

  test('a process type by its id, and its size by the new field and the old one', async () => {
    const id = sandbox.world.app('shop').formation.find(({ type }) => type === 'web')?.id;
    await ask(sandbox, `PATCH /apps/shop/formation/${id}`, { body: { dyno_size: { name: 'standard-2x' } } });
    expect(sandbox.world.settings('shop').formation['web']?.size).toBe('Standard-2X');
    await ask(sandbox, 'PATCH /apps/shop/formation/web', { body: { size: 'Performance-M' } });
    expect(sandbox.world.settings('shop').formation['web']?.size).toBe('Performance-M');
  });

  test('config vars: several keys make one release, null deletes, what is the same already makes none', async () => {
    const versions = () =>
      sandbox.world
        .app('shop')
        .releases.map(({ description }) => description)
        .slice(12);
    const first = await ask(sandbox, 'PATCH /apps/shop/config-vars', { body: { MAINTENANCE: 'true', EMPTY: '' } });
    expect(first.body).toMatchObject({ MAINTENANCE: 'true', EMPTY: '', RACK_ENV: 'production' });
    await ask(sandbox, 'PATCH /apps/shop/config-vars', { body: { MAINTENANCE: 'true', ABSENT: null } });
    const last = await ask(sandbox, 'PATCH /apps/shop/config-vars', { body: { MAINTENANCE: null, EMPTY: null } });
    expect(last.body).toEqual({ RACK_ENV: 'production', DATABASE_URL: 'postgres://hidden' });
    expect(versions()).toEqual(['Set MAINTENANCE, EMPTY config vars', 'Remove MAINTENANCE, EMPTY config vars']);
  });
});

test('a rollback brings back the config vars of the release that it goes back to', async () => {
  sandbox.world.setConfig('shop', { MAINTENANCE: 'true' });
  sandbox.clock.advance(30_000);
  sandbox.world.setConfig('shop', { MAINTENANCE: null });
  sandbox.clock.advance(30_000);
  expect((await ask(sandbox, 'GET /apps/shop/releases/v13/config-vars')).body).toMatchObject({ MAINTENANCE: 'true' });
  const answer = await ask(sandbox, 'POST /apps/shop/releases', { body: { release: '13' } });
  expect(answer).toMatchObject({
    status: 201,
    body: { version: 15, description: 'Rollback to v13', status: 'pending' },
  });
  expect(sandbox.world.settings('shop').configVars['MAINTENANCE']).toBe('true');
});

test('an add-on that two apps share is listed by both, and tells both of its attachments', async () => {
  sandbox.world.addApp({ name: 'admin', addons: [{ service: 'heroku-postgresql', name: 'pg-1', as: 'SHOP_DB' }] });
  const own = await ask(sandbox, 'GET /apps/shop/addons');
  expect((await ask(sandbox, 'GET /apps/admin/addons')).body).toEqual(own.body);
  expect(
    (await ask(sandbox, 'GET /addons/pg-1/addon-attachments', { headers: { range: 'name ..' } })).body,
  ).toMatchObject([
    { name: 'DATABASE', app: { name: 'shop' }, addon: { app: { name: 'shop' } } },
    { name: 'SHOP_DB', app: { name: 'admin' }, addon: { app: { name: 'shop' } } },
  ]);
});

describe('a list', () => {
  const versions = (body: unknown) => (Array.isArray(body) ? body.map((release) => release.version) : []);

  test('comes in the order and the number that was asked for', async () => {
    const range = 'version ..; order=desc,max=3';
    const answer = await ask(sandbox, 'GET /apps/shop/releases', { headers: { range } });
    expect(answer.status).toBe(206);
    expect(versions(answer.body)).toEqual([12, 11, 10]);
  });

  test('goes on where Next-Range says, to its end', async () => {
    const all: number[] = [];
    let range: string | null = 'version ..; max=5';
    while (range !== null) {
      const answer: Awaited<ReturnType<typeof ask>> = await ask(sandbox, 'GET /apps/shop/releases', {
        headers: { range },
      });
      all.push(...versions(answer.body));
      range = answer.headers.get('next-range');
      expect(answer.status).toBe(range === null ? 200 : 206);
    }
    expect(all).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  test('has 200 a page, and up to 1,000 where that is asked for', async () => {
    sandbox.world.scale('shop', 'worker', 300);
    const first = await ask(sandbox, 'GET /apps/shop/dynos');
    expect([first.status, versions(first.body).length]).toEqual([206, 200]);
    const rest = await ask(sandbox, 'GET /apps/shop/dynos', {
      headers: { range: first.headers.get('next-range') ?? '' },
    });
    expect([rest.status, versions(rest.body).length]).toEqual([200, 101]);
    const all = await ask(sandbox, 'GET /apps/shop/dynos', { headers: { range: 'id ..; max=1000' } });
    expect([all.status, versions(all.body).length]).toEqual([200, 301]);
  });

  test('of builds comes by when they were started, though they do not show that field', async () => {
    const first = sandbox.world.deploy('shop');
    sandbox.clock.advance(60_000);
    const second = sandbox.world.deploy('shop');
    const ids = async (range: string) => {
      const { body } = await ask(sandbox, 'GET /apps/shop/builds', { headers: { range } });
      return Array.isArray(body) ? body.map((build) => build.id) : body;
    };
    expect(await ids('started_at ..; order=desc,max=1')).toEqual([second.id]);
    expect(await ids('started_at ..; order=asc')).toEqual([first.id, second.id]);
  });

  test.each(['colour ..', 'id ..; max=1001'])('does not come by %s', async (range) => {
    expect((await ask(sandbox, 'GET /apps', { headers: { range } })).status).toBe(416);
  });
});
