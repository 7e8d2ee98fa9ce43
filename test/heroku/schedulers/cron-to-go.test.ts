import { inspect } from 'node:util';
import nock from 'nock';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Trouble } from '../../../src/errors.ts';
import { HerokuError } from '../../../src/heroku/api/heroku-error.ts';
import type { RequestLine } from '../../../src/heroku/api/transport.ts';
import { createCronToGo } from '../../../src/heroku/schedulers/cron-to-go.ts';
import { aCall, failureOf } from '../api/call.ts';

const URL = 'https://api.crontogo.com';
const access = { key: 'ctg-secret-key', organization: 'org-secret-id' };
const path = '/organizations/org-secret-id/jobs';
const job = {
  Id: '01234567-89ab-cdef-0123-456789abcdef',
  Alias: 'nightly',
  State: 'enabled',
  ScheduleExpression: '0 3 * * *',
  ScheduleType: 'cron',
  Timezone: 'Europe/Berlin',
  Target: { Type: 'dyno', Size: 'Standard-1X', Command: 'rake report KEY=topsecret', TimeToLive: 1_800 },
  Retries: 2,
};
const asWeHaveIt = {
  id: job.Id,
  alias: 'nightly',
  state: 'enabled',
  expression: '0 3 * * *',
  scheduleType: 'cron',
  timezone: 'Europe/Berlin',
  command: 'rake report KEY=topsecret',
};

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

const client = (lines: RequestLine[] = []) =>
  createCronToGo({ url: URL, pauses: [1, 1], log: (line) => lines.push(line) });
const api = () => nock(URL, { reqheaders: { accept: 'application/json', authorization: 'Bearer ctg-secret-key' } });

test('the jobs of the organization are read, with fields nobody told us of', async () => {
  const scope = api()
    .get(path)
    .reply(200, [{ ...job, Colour: 'red' }]);
  expect(await client().jobs(aCall(), 'app', access)).toEqual([asWeHaveIt]);
  scope.done();
});

test('a job that says little of itself is one all the same', async () => {
  const scope = api()
    .get(path)
    .reply(200, [{ Id: 'job-3', State: 'paused', ScheduleExpression: '* * * * *', Target: null }]);
  expect(await client().jobs(aCall(), 'app', access)).toEqual([
    {
      id: 'job-3',
      alias: '',
      state: 'paused',
      expression: '* * * * *',
      scheduleType: null,
      timezone: null,
      command: null,
    },
  ]);
  scope.done();
});

test('pausing and resuming send nothing but the call, and believe nothing but the list that is read then', async () => {
  const empty = (body: unknown) => body === '';
  const scope = api()
    .put(`${path}/1/pause`, empty)
    .reply(200, { ...job, Id: '1', State: 'enabled' })
    .put(`${path}/2/resume`, empty)
    .reply(204)
    .get(path)
    .reply(200, [{ ...job, Id: '1', State: 'paused' }]);
  const call = aCall();
  const changes = [
    { id: '1', state: 'paused' },
    { id: '2', state: 'enabled' },
  ] as const;
  expect(await client().setStates(call, 'app', access, changes)).toEqual([{ ...asWeHaveIt, id: '1', state: 'paused' }]);
  expect([call.fenced, call.forgotten]).toEqual([[8_000, 8_000], 2]);
  scope.done();
});

test('an answer to a pause that is no JSON, and a job that is gone, are left to the list', async () => {
  const scope = api()
    .put(`${path}/1/pause`)
    .times(3)
    .reply(200, 'OK')
    .put(`${path}/2/pause`)
    .reply(404, { message: 'Job not found' })
    .get(path)
    .reply(200, [{ ...job, Id: '1', State: 'paused' }]);
  const changes = ['1', '2'].map((id) => ({ id, state: 'paused' }) as const);
  expect(await client().setStates(aCall(), 'app', access, changes)).toMatchObject([{ id: '1', state: 'paused' }]);
  scope.done();
});

test('one that fails is thrown when the others are through', async () => {
  const scope = api().put(`${path}/1/pause`).reply(403, {}).put(`${path}/2/pause`).delay(50).reply(200, {});
  const changes = ['1', '2'].map((id) => ({ id, state: 'paused' }) as const);
  const lines: RequestLine[] = [];
  await expect(client(lines).setStates(aCall(), 'app', access, changes)).rejects.toMatchObject({ status: 403 });
  expect(lines.map(({ outcome }) => outcome)).toEqual([403, 200]);
  scope.done();
});

test.each([
  ['an object', { jobs: [] }],
  ['another state', [{ ...job, State: 'asleep' }]],
  ['an id that is no part of a path', [{ ...job, Id: '../x' }]],
  ['no schedule', [{ ...job, ScheduleExpression: null }]],
])('%s means that the API has changed, and waits for a person', async (_, body) => {
  const scope = api().get(path).reply(200, body);
  const error = await failureOf(client().jobs(aCall(), 'app', access), HerokuError);
  expect([error.kind, error.remedy]).toEqual(['needs-human', expect.stringContaining('seems to have changed')]);
  scope.done();
});

test.each([
  [302, 'needs-human', 'seems to have changed'],
  [401, 'needs-human', 'CRONTOGO_API_KEY'],
  [403, 'needs-human', 'CRONTOGO_API_KEY'],
  [404, 'fatal', 'of another app'],
  [422, 'fatal', 'refused it'],
] as const)('%i is %s, says what to do here, and nothing of Heroku', async (status, kind, remedy) => {
  const scope = api().get(path).reply(status, { message: 'no' });
  const error = await failureOf(client().jobs(aCall(), 'app', access), HerokuError);
  expect([error.kind, error.wide, error.status]).toEqual([kind, false, status]);
  expect(error.remedy).toContain(remedy);
  expect(error.remedy).not.toMatch(/HEROKU_API_KEY|status\.heroku\.com/);
  scope.done();
});

test('a fault on its side is tried twice more, and then left to the engine', async () => {
  const scope = api().get(path).times(3).reply(503, {});
  const error = await failureOf(client().jobs(aCall(), 'app', access), HerokuError);
  expect([error.kind, error.status]).toEqual(['retryable', 503]);
  scope.done();
});

test('neither key, organization nor command are in an error or a log line', async () => {
  const scope = api()
    .get(path)
    .reply(400, { message: 'org-secret-id rake report KEY=topsecret ctg-secret-key' })
    .put(`${path}/1/pause`)
    .reply(400, { id: 'bad', message: 'org-secret-id rake report' })
    .get(path)
    .reply(200, [{ ...job, State: 'topsecret' }]);
  const lines: RequestLine[] = [];
  const errors = [
    await failureOf(client(lines).jobs(aCall(), 'app', access), HerokuError),
    await failureOf(client(lines).setStates(aCall(), 'app', access, [{ id: '1', state: 'paused' }]), HerokuError),
    await failureOf(client(lines).jobs(aCall(), 'app', access), HerokuError),
  ];
  expect(lines).toHaveLength(3);
  expect(`${inspect(errors, { depth: 9 })}${JSON.stringify(lines)}`).not.toMatch(/(ctg|org|top)-?secret|rake/);
  scope.done();
});

test('a value that can be no token is not sent, and not said', async () => {
  const error = await failureOf(client().jobs(aCall(), 'app', { ...access, key: 'two\nsecret lines' }), Trouble);
  expect([error.kind, inspect(error).includes('secret')]).toEqual(['needs-human', false]);
});
