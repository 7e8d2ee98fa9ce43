import { inspect } from 'node:util';
import nock from 'nock';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { HerokuError } from '../../../src/heroku/api/heroku-error.ts';
import type { RequestLine } from '../../../src/heroku/api/transport.ts';
import { createHerokuScheduler } from '../../../src/heroku/schedulers/heroku-scheduler.ts';
import { aCall, failureOf } from '../api/call.ts';

const URL = 'https://particleboard.heroku.com';
const ID = '01234567-89ab-cdef-0123-456789abcdef';
const JSON_API = 'application/vnd.api+json';
const attributes = {
  command: 'rake report KEY=topsecret',
  'dyno-size': 'Standard-1X',
  every: 1440,
  at: 90,
  'ran-at': '2026-01-01T01:30:00Z',
  'created-at': '2025-01-01T00:00:00Z',
};
const resource = { type: 'jobs', id: '881234', attributes };
const job = {
  id: '881234',
  command: 'rake report KEY=topsecret',
  dynoSize: 'Standard-1X',
  every: 1440,
  at: 90,
  ranAt: '2026-01-01T01:30:00Z',
  expireAfter: null,
  createdAt: '2025-01-01T00:00:00Z',
};

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

function connect(lines: RequestLine[] = []) {
  const scheduler = createHerokuScheduler({
    url: URL,
    token: 'HRKU-test-token',
    pauses: [2, 10],
    log: (line) => lines.push(line),
  });
  onTestFinished(() => scheduler.close());
  return scheduler;
}

const api = () => nock(URL, { reqheaders: { accept: JSON_API, authorization: 'Bearer HRKU-test-token' } });
const jobsOf = (data: unknown) => api().get(`/apps/${ID}/jobs`).reply(200, { data }, { 'Content-Type': JSON_API });

test('the jobs of an app are read, with fields nobody told us of', async () => {
  const scope = jobsOf([{ ...resource, links: {}, attributes: { ...attributes, colour: 'red' } }]);
  expect(await connect().jobs(aCall(), ID)).toEqual([job]);
  scope.done();
});

test('a list that says that it is the whole is one', async () => {
  const links = { self: `${URL}/apps/${ID}/jobs`, next: null };
  const scope = api()
    .get(`/apps/${ID}/jobs`)
    .reply(200, { data: [resource], links });
  expect(await connect().jobs(aCall(), ID)).toEqual([job]);
  scope.done();
});

test('an app without jobs has none', async () => {
  const scope = jobsOf([]);
  expect(await connect().jobs(aCall(), ID)).toEqual([]);
  scope.done();
});

test('setting a command sends the command and nothing else, and gives the job back as it then is', async () => {
  const scope = api()
    .patch(`/apps/${ID}/jobs/881234`, { data: { type: 'jobs', id: '881234', attributes: { command: ': # x' } } })
    .matchHeader('content-type', JSON_API)
    .reply(200, { data: { ...resource, attributes: { ...attributes, command: ': # x' } } });
  const call = aCall();
  expect(await connect().setCommand(call, ID, job, ': # x')).toEqual({ ...job, command: ': # x' });
  expect([call.fenced, call.forgotten]).toEqual([[8_000], 1]);
  scope.done();
});

test('an empty answer to a change is followed by a look', async () => {
  const scope = api()
    .patch(`/apps/${ID}/jobs/881234`)
    .reply(204)
    .get(`/apps/${ID}/jobs`)
    .reply(200, { data: [resource] });
  expect(await connect().setCommand(aCall(), ID, job, job.command)).toEqual(job);
  scope.done();
});

test.each([
  ['another list', { jobs: [] }],
  ['the first page of a list', { data: [resource], links: { next: `${URL}/apps/${ID}/jobs?page=2` } }],
  ['another type', { data: [{ ...resource, type: 'cron' }] }],
  ['another rhythm', { data: [{ ...resource, attributes: { ...attributes, every: 30 } }] }],
  ['a rhythm in words', { data: [{ ...resource, attributes: { ...attributes, every: 'daily' } }] }],
  ['no minute', { data: [{ ...resource, attributes: { ...attributes, at: null } }] }],
  ['a minute out of the hour', { data: [{ ...resource, attributes: { ...attributes, every: 60, at: 61 } }] }],
  ['no command', { data: [{ ...resource, attributes: { ...attributes, command: null } }] }],
])('%s means that the unofficial API has changed, and waits for a person', async (_, body) => {
  const scope = api().get(`/apps/${ID}/jobs`).reply(200, body);
  const error = await failureOf(connect().jobs(aCall(), ID), HerokuError);
  expect(error.kind).toBe('needs-human');
  expect(error.remedy).toContain('unofficial');
  expect(inspect(error)).not.toContain('topsecret');
  scope.done();
});

test.each([
  [302, ''],
  [400, '{}'],
  [406, '{}'],
  [410, '{}'],
])('%i means so too', async (status, body) => {
  const scope = api().get(`/apps/${ID}/jobs`).reply(status, body);
  const error = await failureOf(connect().jobs(aCall(), ID), HerokuError);
  expect([error.kind, error.status]).toEqual(['needs-human', status]);
  expect(error.remedy).toContain('unofficial');
  scope.done();
});

test('a page to log in, in place of jobs, means so too', async () => {
  const scope = api().get(`/apps/${ID}/jobs`).times(3).reply(200, '<html>Log in</html>');
  const error = await failureOf(connect().jobs(aCall(), ID), HerokuError);
  expect(error.kind).toBe('needs-human');
  scope.done();
});

test('no access is told apart from a changed API', async () => {
  const scope = api()
    .get(`/apps/${ID}/jobs`)
    .reply(401, { id: 'unauthorized' })
    .get(`/apps/${ID}/jobs`)
    .reply(404, { id: 'not_found' });
  const scheduler = connect();
  expect((await failureOf(scheduler.jobs(aCall(), ID), HerokuError)).remedy).toContain('HEROKU_API_KEY');
  expect(await failureOf(scheduler.jobs(aCall(), ID), HerokuError)).toMatchObject({ status: 404, kind: 'fatal' });
  scope.done();
});

test('no command is in an error or a log line, though the answer repeats part of it', async () => {
  const scope = api()
    .patch(`/apps/${ID}/jobs/881234`)
    .reply(422, { id: 'invalid', message: 'too long: rake report KEY=topsec…' });
  const lines: RequestLine[] = [];
  const error = await failureOf(connect(lines).setCommand(aCall(), ID, job, job.command), HerokuError);
  expect([error.status, error.kind]).toEqual([422, 'fatal']);
  expect(`${inspect(error)}${JSON.stringify(lines)}`).not.toMatch(/topsec|rake|HRKU/);
  expect(lines).toHaveLength(1);
  scope.done();
});
