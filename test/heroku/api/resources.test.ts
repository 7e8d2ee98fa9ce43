import nock from 'nock';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createHeroku, type Heroku } from '../../../src/heroku/api/client.ts';
import { aCall } from './call.ts';

const API = 'https://api.heroku.com';
const ID = '01234567-89ab-cdef-0123-456789abcdef';
const TOKEN = 'HRKU-test-token';

const app = { id: ID, name: 'shop', maintenance: false, unheard_of: { deep: 1 } };
const worker = { type: 'worker', quantity: 4, size: 'Standard-1X', command: 'bin/work' };
const dyno = {
  id: 'd1',
  name: 'worker.1',
  type: 'worker',
  state: 'up',
  command: 'bin/work',
  created_at: '2026-01-01T00:00:00Z',
};
const release = { id: 'r7', version: 7, status: 'succeeded', current: true, created_at: '2026-01-01T00:00:00Z' };

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

function connect(): Heroku {
  const heroku = createHeroku({ apiUrl: API, token: TOKEN });
  onTestFinished(() => heroku.close());
  return heroku;
}

/** Heroku, refusing every request that lacks the headers that each must carry. */
const api = () =>
  nock(API, {
    reqheaders: { accept: 'application/vnd.heroku+json; version=3', authorization: `Bearer ${TOKEN}` },
  });

describe('apps', () => {
  test('an app is found by its name, and what maint does not know about it is left aside', async () => {
    const scope = api().get('/apps/shop').reply(200, app);
    expect(await connect().apps.info(aCall(), 'shop')).toEqual({ id: ID, name: 'shop', maintenance: false });
    scope.done();
  });

  test('what a person typed as a name cannot reach another path', async () => {
    const scope = api().get('/apps/..%2Faccount%3Fx%23y').reply(200, app);
    await connect().apps.info(aCall(), '../account?x#y');
    scope.done();
  });

  test('maintenance mode is switched with nothing else in the body', async () => {
    const scope = api()
      .patch(`/apps/${ID}`, { maintenance: true })
      .matchHeader('content-type', 'application/json')
      .reply(200, { ...app, maintenance: true });
    expect((await connect().apps.update(aCall(), ID, { maintenance: true })).maintenance).toBe(true);
    scope.done();
  });

  test('all apps are listed, a thousand a page', async () => {
    const scope = api()
      .get('/apps')
      .matchHeader('range', 'id ..; max=1000')
      .reply(206, [app], { 'Next-Range': 'id ]x..; max=1000' })
      .get('/apps')
      .matchHeader('range', 'id ]x..; max=1000')
      .reply(200, [{ ...app, name: 'docs' }]);
    expect((await connect().apps.list(aCall())).map(({ name }) => name)).toEqual(['shop', 'docs']);
    scope.done();
  });
});

describe('formation', () => {
  test('a quantity may come as a string', async () => {
    const scope = api()
      .get(`/apps/${ID}/formation`)
      .reply(200, [worker, { ...worker, type: 'web', quantity: '0' }]);
    const formation = await connect().formation.list(aCall(), ID);
    expect(formation.map(({ type, quantity }) => [type, quantity])).toEqual([
      ['worker', 4],
      ['web', 0],
    ]);
    scope.done();
  });

  test('all types are scaled in one call that names no size', async () => {
    const scope = api()
      .patch(`/apps/${ID}/formation`, {
        updates: [
          { type: 'worker', quantity: 0 },
          { type: 'mailer', quantity: 2 },
        ],
      })
      .reply(200, [{ ...worker, quantity: 0 }]);
    const updates = [
      { type: 'worker', quantity: 0, size: 'Performance-L' },
      { type: 'mailer', quantity: 2 },
    ];
    expect((await connect().formation.batch(aCall(), ID, updates))[0]?.quantity).toBe(0);
    scope.done();
  });
});

describe('dynos', () => {
  test('a state that Heroku thinks of tomorrow is passed on', async () => {
    const scope = api()
      .get(`/apps/${ID}/dynos`)
      .reply(200, [{ ...dyno, state: 'draining', name: 'web-1234abcde-123ab', type: 'web' }]);
    const [first] = await connect().dynos.list(aCall(), ID);
    expect([first?.state, first?.type]).toEqual(['draining', 'web']);
    scope.done();
  });

  test('a one-off dyno is started detached', async () => {
    const scope = api()
      .post(`/apps/${ID}/dynos`, { command: 'rake drain', attach: false, type: 'run', time_to_live: 600 })
      .reply(201, dyno);
    await connect().dynos.run(aCall(), ID, { command: 'rake drain', type: 'run', timeToLive: 600 });
    scope.done();
  });

  test('a dyno is stopped by its name', async () => {
    const scope = api().post(`/apps/${ID}/dynos/scheduler.7921/actions/stop`).reply(202, {});
    await connect().dynos.stop(aCall(), ID, 'scheduler.7921');
    scope.done();
  });
});

describe('config vars', () => {
  test('come as one map', async () => {
    const scope = api().get(`/apps/${ID}/config-vars`).reply(200, { A: '1', EMPTY: '', GONE: null });
    expect(await connect().configVars.get(aCall(), ID)).toEqual({ A: '1', EMPTY: '' });
    scope.done();
  });

  test('null deletes one, and the empty string is a value', async () => {
    const scope = api().patch(`/apps/${ID}/config-vars`, { MAINTENANCE: null, OTHER: '' }).reply(200, { OTHER: '' });
    expect(await connect().configVars.update(aCall(), ID, { MAINTENANCE: null, OTHER: '' })).toEqual({ OTHER: '' });
    scope.done();
  });

  test('a variable that is called __proto__ is one like any other', async () => {
    const scope = api().get(`/apps/${ID}/config-vars`).reply(200, '{"__proto__":"x","constructor":"y"}', {
      'Content-Type': 'application/json',
    });
    const vars = await connect().configVars.get(aCall(), ID);
    expect(Object.getPrototypeOf(vars)).toBe(Object.prototype);
    expect(vars['constructor']).toBe('y');
    scope.done();
  });
});

describe('releases and builds', () => {
  test('the newest releases come first, and only as many as asked for', async () => {
    const scope = api()
      .get(`/apps/${ID}/releases`)
      .matchHeader('range', 'version ..; order=desc,max=2')
      .reply(206, [release, { ...release, version: 6, status: 'expired' }], { 'Next-Range': 'version ..5' });
    const latest = await connect().releases.latest(aCall(), ID, 2);
    expect(latest.map(({ version, status }) => [version, status])).toEqual([
      [7, 'succeeded'],
      [6, 'expired'],
    ]);
    scope.done();
  });

  test('an app without a release has none', async () => {
    const scope = api().get(`/apps/${ID}/releases`).reply(200, []);
    expect(await connect().releases.latest(aCall(), ID, 1)).toEqual([]);
    scope.done();
  });

  test('the config vars of a release are read by its version', async () => {
    const scope = api().get(`/apps/${ID}/releases/7/config-vars`).reply(200, { MAINTENANCE: 'true' });
    expect(await connect().releases.configVars(aCall(), ID, 7)).toEqual({ MAINTENANCE: 'true' });
    scope.done();
  });

  test('a pending build is seen', async () => {
    const scope = api()
      .get(`/apps/${ID}/builds`)
      .matchHeader('range', 'started_at ..; order=desc,max=1')
      .reply(200, [{ id: 'b1', status: 'pending', created_at: '2026-01-01T00:00:00Z', release: null, slug: null }]);
    expect((await connect().builds.latest(aCall(), ID))[0]?.status).toBe('pending');
    scope.done();
  });

  test('where builds cannot be asked for by their start, all are read and the newest picked', async () => {
    const build = (id: string, day: string, status: string) => ({ id, status, created_at: `2026-11-${day}T00:00:00Z` });
    const scope = api()
      .get(`/apps/${ID}/builds`)
      .reply(416, { id: 'requested_range_not_satisfiable', message: 'no such range' })
      .get(`/apps/${ID}/builds`)
      .reply(200, [build('a', '02', 'succeeded'), build('b', '20', 'pending'), build('c', '03', 'failed')]);
    expect((await connect().builds.latest(aCall(), ID)).map(({ id }) => id)).toEqual(['b']);
    scope.done();
  });
});

describe('add-ons', () => {
  const addon = {
    id: 'a1',
    name: 'postgresql-round-1',
    addon_service: { id: 's', name: 'heroku-postgresql' },
    plan: { id: 'p', name: 'heroku-postgresql:essential-0' },
    app: { id: ID, name: 'shop' },
    config_vars: ['DATABASE_URL'],
    state: 'provisioned',
  };

  test('say their service and the names of their config vars', async () => {
    const scope = api().get(`/apps/${ID}/addons`).reply(200, [addon]);
    const [first] = await connect().addons.list(aCall(), ID);
    expect([first?.addon_service.name, first?.config_vars]).toEqual(['heroku-postgresql', ['DATABASE_URL']]);
    scope.done();
  });

  test('say which apps share them', async () => {
    const attachment = {
      id: 't1',
      name: 'DATABASE',
      app: { id: 'other', name: 'docs' },
      addon: { id: 'a1', name: 'postgresql-round-1', app: { id: ID, name: 'shop' } },
    };
    const scope = api()
      .get('/addons/a1/addon-attachments')
      .reply(200, [attachment])
      .get(`/apps/${ID}/addon-attachments`)
      .reply(200, [attachment]);
    const heroku = connect();
    expect((await heroku.addons.attachments(aCall(), 'a1'))[0]?.app.name).toBe('docs');
    expect((await heroku.addons.attachedTo(aCall(), ID))[0]?.addon.id).toBe('a1');
    scope.done();
  });
});

describe('account', () => {
  test('says who the token is', async () => {
    const scope = api().get('/account').reply(200, { id: 'u1', email: 'ops@example.com' });
    expect((await connect().account.info(aCall())).email).toBe('ops@example.com');
    scope.done();
  });

  test('the scopes are those of the token in use, and no other token leaves the list', async () => {
    const scope = api()
      .get('/oauth/authorizations')
      .reply(200, [
        { id: 'x', scope: ['global'], access_token: { id: 'y', token: 'HRKU-somebody-elses' } },
        { id: 'z', scope: ['read', 'write'], access_token: { id: 'w', token: TOKEN } },
      ]);
    const call = aCall();
    expect(await connect().account.scopes(call)).toEqual(['read', 'write']);
    scope.done();
  });

  test('the scopes are what an answer has said they are, at no call of their own', async () => {
    const scope = api()
      .get(`/apps/${ID}`)
      .reply(200, { id: ID, name: 'shop', maintenance: false }, { 'Oauth-Scope': 'read-protected,write-protected' });
    const heroku = connect();
    await heroku.apps.info(aCall(), ID);
    expect(await heroku.account.scopes(aCall())).toEqual(['read-protected', 'write-protected']);
    scope.done();
  });

  test('the scopes are unknown to a token that may not list authorizations, or is not among them', async () => {
    const scope = api()
      .get('/oauth/authorizations')
      .reply(403, { id: 'forbidden', message: 'You do not have access' })
      .get('/oauth/authorizations')
      .reply(200, [{ id: 'x', scope: ['global'], access_token: null }]);
    const heroku = connect();
    expect(await heroku.account.scopes(aCall())).toBe('unknown');
    expect(await heroku.account.scopes(aCall())).toBe('unknown');
    scope.done();
  });
});

describe('reads', () => {
  test('are shared within one turn, and read anew after a write', async () => {
    const scope = api()
      .get(`/apps/${ID}/formation`)
      .reply(200, [worker])
      .patch(`/apps/${ID}/formation`)
      .reply(200, [])
      .get(`/apps/${ID}/formation`)
      .reply(200, [{ ...worker, quantity: 0 }]);
    const heroku = connect();
    const call = aCall();
    await Promise.all([heroku.formation.list(call, ID), heroku.formation.list(call, ID)]);
    await heroku.formation.batch(call, ID, [{ type: 'worker', quantity: 0 }]);
    expect((await heroku.formation.list(call, ID))[0]?.quantity).toBe(0);
    scope.done();
  });

  test('are forgotten after a write that failed, as it may have had its effect', async () => {
    const scope = api().patch(`/apps/${ID}`).reply(422, { id: 'invalid_params', message: 'No.' });
    const call = aCall();
    await expect(connect().apps.update(call, ID, { maintenance: true })).rejects.toThrow('No');
    expect(call.forgotten).toBe(1);
    scope.done();
  });
});
