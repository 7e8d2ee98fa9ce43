import { inspect } from 'node:util';
import nock from 'nock';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { HerokuError } from '../../../src/heroku/api/heroku-error.ts';
import type { RequestLine } from '../../../src/heroku/api/transport.ts';
import { createHireFire } from '../../../src/heroku/autoscalers/hirefire.ts';
import { aCall, failureOf } from '../api/call.ts';

const URL = 'https://api.hirefire.io';
const access = { appId: 'an-app', key: 'hf-secret-key' };
const application = { id: 'd53a72ef-884e-4af3-aa25-824b631e2634', name: 'shop', token: 'hf-token', issue: null };
const manager = {
  id: '516a2b53-04c8-424e-8533-99d47ef1f9bf',
  application_id: application.id,
  name: 'worker',
  type: 'Manager::Worker::HireFire::JobQueue',
  enabled: true,
  minimum: 1,
  maximum: 10,
  ratio: 20,
  new_relic_api_key: 'nr-secret',
};

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

function connect(lines: RequestLine[] = []) {
  const hirefire = createHireFire({ url: URL, pauses: [2, 10], log: (line) => lines.push(line) });
  onTestFinished(() => hirefire.close());
  return hirefire;
}

/** With its key under its own scheme, and under no other. */
const api = () =>
  nock(URL, { reqheaders: { accept: 'application/vnd.hirefire.v1+json', authorization: 'Token hf-secret-key' } });

test('applications are read by id and name, and nothing more of them is kept', async () => {
  const scope = api()
    .get('/applications')
    .reply(200, { applications: [application] });
  expect(await connect().applications(aCall(), access)).toEqual([{ id: application.id, name: 'shop' }]);
  scope.done();
});

test('managers are read whole, with fields that nobody told us of', async () => {
  const scope = api()
    .get(`/applications/${application.id}/managers`)
    .reply(200, { managers: [{ ...manager, colour: ['red'] }] });
  expect(await connect().managers(aCall(), access, application.id)).toEqual([{ ...manager, colour: ['red'] }]);
  scope.done();
});

test('an update sends the whole manager, under the fence, and gives it back as it then is', async () => {
  const off = { ...manager, enabled: false };
  const scope = api()
    .patch(`/managers/${manager.id}`, { manager: off })
    .matchHeader('content-type', 'application/json')
    .reply(200, { manager: { ...off, maximum: 11 } });
  const call = aCall();
  expect(await connect().update(call, access, off)).toEqual({ ...off, maximum: 11 });
  expect([call.fenced, call.forgotten]).toEqual([[8_000], 1]);
  scope.done();
});

test.each([
  ['another list', { data: [manager] }],
  ['an id that is a path', { managers: [{ ...manager, id: '../organizations/1' }] }],
  ['neither on nor off', { managers: [{ ...manager, enabled: 1 }] }],
  ['no process type', { managers: [{ ...manager, name: null }] }],
])('%s means that the API has changed, and waits for a person', async (_, body) => {
  const scope = api().get(`/applications/${application.id}/managers`).reply(200, body);
  const error = await failureOf(connect().managers(aCall(), access, application.id), HerokuError);
  expect(error.kind).toBe('needs-human');
  expect(error.remedy).toContain('manager.hirefire.io');
  expect(inspect(error)).not.toMatch(/nr-secret|hf-/);
  scope.done();
});

test.each([
  [401, 'needs-human', /HIREFIRE_API_KEY/],
  [403, 'needs-human', /HIREFIRE_API_KEY/],
  [404, 'fatal', /manager\.hirefire\.io/],
  [422, 'fatal', /manager\.hirefire\.io/],
  [302, 'needs-human', /manager\.hirefire\.io/],
])('what to do about %i is said of HireFire, not of Heroku', async (status, kind, remedy) => {
  const scope = api()
    .patch(`/managers/${manager.id}`)
    .reply(status, { errors: { base: ['nr-secret hf-secret-key'] } });
  const lines: RequestLine[] = [];
  const error = await failureOf(connect(lines).update(aCall(), access, manager), HerokuError);
  expect([error.kind, error.status, error.wide]).toEqual([kind, status, false]);
  expect(error.remedy).toMatch(remedy);
  expect(error.remedy).not.toMatch(/HEROKU_API_KEY|status\.heroku/);
  expect(`${inspect(error)}${JSON.stringify(lines)}`).not.toMatch(/nr-secret|hf-secret/);
  scope.done();
});

test('a fault on its side is repeated, and then left to time', async () => {
  const scope = api().get('/applications').times(3).reply(503);
  const error = await failureOf(connect().applications(aCall(), access), HerokuError);
  expect([error.kind, error.status]).toEqual(['retryable', 503]);
  expect(error.remedy).toContain('status.hirefire.io');
  scope.done();
});
