import { inspect } from 'node:util';
import nock from 'nock';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { HerokuError } from '../../../src/heroku/api/heroku-error.ts';
import { createHerokuAutoscaling } from '../../../src/heroku/autoscalers/heroku-autoscaling.ts';
import { aCall, failureOf } from '../api/call.ts';

const URL = 'https://api.metrics.heroku.com';
const ID = '01234567-89ab-cdef-0123-456789abcdef';
const PATH = `/apps/${ID}/formation/web/monitors`;
/** As the clients have it that show all of a monitor. */
const monitor = {
  id: 'aaaaaaaa-bbbb-cccc-dddd-222222222222',
  app_id: ID,
  metric_uuid: 'bbbbbbbb-bbbb-cccc-dddd-222222222222',
  process_type: 'web',
  name: 'LATENCY_SCALE',
  value: 500,
  op: 'GREATER_OR_EQUAL',
  period: 1,
  is_active: true,
  state: 'ok',
  action_type: 'scale',
  notification_channels: ['app'],
  notification_period: 1440,
  min_quantity: 1,
  max_quantity: 4,
  forecast_period: null,
  created_at: '2025-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
};
/** What has to be sent to switch it on. */
const settings = {
  action_type: 'scale',
  is_active: true,
  max_quantity: 4,
  min_quantity: 1,
  notification_channels: ['app'],
  notification_period: 1440,
  op: 'GREATER_OR_EQUAL',
  period: 1,
  value: 500,
};

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

function connect() {
  const autoscaling = createHerokuAutoscaling({ url: URL, token: 'HRKU-test-token', pauses: [2, 10] });
  onTestFinished(() => autoscaling.close());
  return autoscaling;
}

const api = () =>
  nock(URL, {
    reqheaders: { accept: 'application/vnd.heroku+json; version=3', authorization: 'Bearer HRKU-test-token' },
  });

test('what scales web is read with all that switches it on again, and nothing that only tells how it is', async () => {
  const scope = api().get(PATH).reply(200, [monitor]);
  expect(await connect().monitors(aCall(), ID)).toEqual([{ id: monitor.id, scaling: settings }]);
  scope.done();
});

test('a setting that nobody told us of is kept, and sent again', async () => {
  const scope = api()
    .get(PATH)
    .reply(200, [{ ...monitor, scale_down_delay: { minutes: 5 } }]);
  const [found] = await connect().monitors(aCall(), ID);
  expect(found?.scaling).toEqual({ ...settings, scale_down_delay: { minutes: 5 } });
  scope.done();
});

test('one that is off is that and nothing more, whatever else Heroku shows of it', async () => {
  const off = { id: monitor.id, action_type: 'scale', is_active: false, min_quantity: null };
  const scope = api().get(PATH).reply(200, [off]);
  expect(await connect().monitors(aCall(), ID)).toEqual([{ id: monitor.id, scaling: { is_active: false } }]);
  scope.done();
});

test('monitors that only warn people are not its affair, whatever they look like', async () => {
  const scope = api()
    .get(PATH)
    .reply(200, [{ id: 7, action_type: 'alert', is_active: 'yes' }, { name: 'odd' }, monitor]);
  expect(await connect().monitors(aCall(), ID)).toHaveLength(1);
  scope.done();
});

test.each([
  ['an empty list', 200, []],
  ['no app of that id, in words of Heroku', 404, { id: 'not_found', message: "Couldn't find that app." }],
])('%s is none', async (_, status, body) => {
  const scope = api().get(PATH).reply(status, body);
  expect(await connect().monitors(aCall(), ID)).toEqual([]);
  scope.done();
});

test('switching it off sends what the Heroku CLI sends, under the fence', async () => {
  const scope = api()
    .patch(`${PATH}/${monitor.id}`, { is_active: false, op: 'GREATER_OR_EQUAL', period: 1 })
    .matchHeader('content-type', 'application/json')
    .reply(202, {});
  const call = aCall();
  await connect().set(call, ID, monitor.id, { is_active: false });
  expect([call.fenced, call.forgotten]).toEqual([[8_000], 1]);
  scope.done();
});

test('switching it on sends all of it, its own period included', async () => {
  const own = { ...settings, period: 5, scale_down_delay: 3, is_active: true } as const;
  const scope = api()
    .patch(`${PATH}/${monitor.id}`, { ...own })
    .reply(202, {});
  await connect().set(aCall(), ID, monitor.id, own);
  scope.done();
});

test.each([
  ['another list', { monitors: [monitor] }],
  ['no id', [{ ...monitor, id: null }]],
  ['an id that is a path', [{ ...monitor, id: '../../x' }]],
  ['neither on nor off', [{ ...monitor, is_active: 'on' }]],
  ['no limits', [{ ...monitor, min_quantity: null }]],
])('%s means that the API has changed, and waits for a person', async (_, body) => {
  const scope = api().get(PATH).reply(200, body);
  const error = await failureOf(connect().monitors(aCall(), ID), HerokuError);
  expect(error.kind).toBe('needs-human');
  expect(error.remedy).toContain('ps:autoscale:disable');
  scope.done();
});

test.each([
  [302, ''],
  [404, '<html>not here</html>'],
  [404, '{"error":"no such route"}'],
  [406, '{}'],
  [410, '{}'],
])('%i %s means so too, and not that there is none', async (status, body) => {
  const scope = api().get(PATH).reply(status, body);
  const error = await failureOf(connect().monitors(aCall(), ID), HerokuError);
  expect([error.kind, error.status]).toEqual(['needs-human', status]);
  scope.done();
});

test('a token that is refused here may be good elsewhere', async () => {
  const scope = api().get(PATH).reply(401, { id: 'unauthorized', message: 'HRKU-test-token is not known' });
  const error = await failureOf(connect().monitors(aCall(), ID), HerokuError);
  expect([error.kind, error.wide]).toEqual(['needs-human', false]);
  expect(inspect(error)).not.toContain('HRKU');
  scope.done();
});
