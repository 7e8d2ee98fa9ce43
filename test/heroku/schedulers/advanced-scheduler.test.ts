import { inspect } from 'node:util';
import nock from 'nock';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { HerokuError } from '../../../src/heroku/api/heroku-error.ts';
import type { RequestLine } from '../../../src/heroku/api/transport.ts';
import { createAdvancedScheduler, type Triggers } from '../../../src/heroku/schedulers/advanced-scheduler.ts';
import { aCall, failureOf, type WatchedCall } from '../api/call.ts';

const URL = 'https://api.advancedscheduler.io';
const trigger = {
  uuid: '01234567-89ab-cdef-0123-456789abcdef',
  name: 'Nightly',
  value: 'rake report KEY=topsecret',
  frequencyType: 'recurring',
  schedule: '0 3 * * *',
  timezone: 'Europe/Berlin',
  state: 'active',
  dyno: 'Standard-1X',
  timeout: 1_800,
  nobodyToldUs: { of: ['this', null, 1.5] },
} as const;

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

const api = () => nock(URL, { reqheaders: { accept: 'application/json', authorization: 'Bearer as-secret-token' } });

function opened<T>(
  work: (triggers: Triggers) => Promise<T>,
  { call = aCall(), lines = [] }: { call?: WatchedCall; lines?: RequestLine[] } = {},
): Promise<T> {
  const scheduler = createAdvancedScheduler({ url: URL, pauses: [1, 1], log: (line) => lines.push(line) });
  return scheduler.open(call, 'app', 'as-secret-token', work);
}

test('triggers are read whole, with fields nobody told us of', async () => {
  const scope = api()
    .get('/triggers')
    .reply(200, { message: 'ok', triggers: [trigger] })
    .get(`/triggers/${trigger.uuid}`)
    .reply(200, { trigger });
  expect(await opened(({ all }) => all())).toEqual([trigger]);
  expect(await opened(({ one }) => one(trigger.uuid))).toEqual(trigger);
  scope.done();
});

test('a trigger is sent whole, read by nobody as it was any more, and an answer that is no JSON is not believed', async () => {
  const scope = api()
    .put(`/triggers/${trigger.uuid}`, JSON.stringify({ ...trigger, state: 'inactive' }))
    .matchHeader('content-type', 'application/json')
    .times(3)
    .reply(200, 'Done');
  const call = aCall();
  await opened(({ put }) => put({ ...trigger, state: 'inactive' }), { call });
  expect([call.fenced, call.forgotten]).toEqual([[8_000, 8_000, 8_000], 1]);
  scope.done();
});

test('one that is gone is null', async () => {
  const scope = api().get('/triggers/x').reply(404, { message: 'Trigger not found.' });
  expect(await opened(({ one }) => one('x'))).toBeNull();
  scope.done();
});

test.each([
  ['a bare list', [trigger]],
  ['another state', { triggers: [{ ...trigger, state: 'asleep' }] }],
  ['an id that is no part of a path', { triggers: [{ ...trigger, uuid: '../x' }] }],
  ['no command', { triggers: [{ ...trigger, value: null }] }],
  ['no time zone', { triggers: [{ ...trigger, timezone: undefined }] }],
])('%s means that the API has changed, and waits for a person', async (_, body) => {
  const scope = api().get('/triggers').reply(200, body);
  const error = await failureOf(
    opened(({ all }) => all()),
    HerokuError,
  );
  expect([error.kind, error.remedy]).toEqual(['needs-human', expect.stringContaining('seems to have changed')]);
  scope.done();
});

test('a token that is refused says which config var, and stops nothing else', async () => {
  const scope = api().get('/triggers').reply(401, { message: 'Unauthorized.' });
  const error = await failureOf(
    opened(({ all }) => all()),
    HerokuError,
  );
  expect([error.kind, error.wide]).toEqual(['needs-human', false]);
  expect(error.remedy).toContain('ADVANCED_SCHEDULER_API_TOKEN');
  scope.done();
});

test('neither token nor command are in an error or a log line', async () => {
  const scope = api()
    .put(`/triggers/${trigger.uuid}`)
    .reply(422, { message: 'Error during validation: rake report KEY=topsec' })
    .get('/triggers')
    .reply(200, { triggers: [{ ...trigger, state: 'topsecret' }] });
  const lines: RequestLine[] = [];
  const errors = [
    await failureOf(
      opened(({ put }) => put(trigger), { lines }),
      HerokuError,
    ),
    await failureOf(
      opened(({ all }) => all(), { lines }),
      HerokuError,
    ),
  ];
  expect([errors[0]?.kind, lines.length]).toEqual(['fatal', 2]);
  expect(`${inspect(errors, { depth: 9 })}${JSON.stringify(lines)}`).not.toMatch(/as-secret|topsec|rake/);
  scope.done();
});
