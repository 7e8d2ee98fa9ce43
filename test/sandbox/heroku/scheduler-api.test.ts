import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Sandbox, SandboxClock, startSandbox } from '../../../src/sandbox/index.ts';
import { ask } from './asking.ts';

let sandbox: Sandbox;
let jobs: string;

beforeEach(async () => {
  sandbox = await startSandbox({ clock: new SandboxClock({ manual: true, start: Date.UTC(2026, 0, 5, 12) }) });
  const app = sandbox.world.addApp({ name: 'shop', jobs: [{ id: '881234', command: 'rake sync', every: 60, at: 30 }] });
  jobs = `/scheduler/apps/${app.id}/jobs`;
});
afterEach(() => sandbox.close());

const change = (id: string, attributes: object) => ({ body: { data: { type: 'jobs', id, attributes } } });

test('lists the jobs of an app as JSON:API', async () => {
  const answer = await ask(sandbox, `GET ${jobs}`);
  expect(answer.headers.get('content-type')).toContain('application/vnd.api+json');
  expect(answer.body).toEqual({
    data: [
      {
        type: 'jobs',
        id: '881234',
        attributes: {
          command: 'rake sync',
          'dyno-size': 'Standard-1X',
          every: 60,
          at: 30,
          'ran-at': null,
          'expire-after': null,
          'created-at': '2025-10-07T12:00:00Z',
        },
      },
    ],
  });
});

test('changes only what was sent', async () => {
  await ask(sandbox, `PATCH ${jobs}/881234`, change('881234', { command: ': # paused' }));
  expect(sandbox.world.settings('shop').jobs).toEqual([
    { id: '881234', command: ': # paused', every: 60, at: 30, size: 'Standard-1X' },
  ]);
});

test('fires at the new time, and not at the old one, when the time was changed', async () => {
  await ask(sandbox, `PATCH ${jobs}/881234`, change('881234', { at: 45 }));
  sandbox.clock.advance(44 * 60_000);
  expect(sandbox.world.job('shop', '881234').ranAt).toBeNull();
  sandbox.clock.advance(60_000);
  expect(sandbox.world.job('shop', '881234').ranAt).toBe(Date.UTC(2026, 0, 5, 12, 45));
});

test('makes a job, and deletes it', async () => {
  const attributes = { command: 'rake nightly', every: 1440, at: 180, 'dyno-size': 'standard-2x' };
  const made = await ask(sandbox, `POST ${jobs}`, { body: { data: { type: 'jobs', attributes } } });
  expect(made).toMatchObject({
    status: 201,
    body: { data: { attributes: { command: 'rake nightly', every: 1440, at: 180 } } },
  });
  const id = sandbox.world.settings('shop').jobs[1]?.id;
  expect((await ask(sandbox, `DELETE ${jobs}/${id}`)).status).toBe(204);
  expect(sandbox.world.settings('shop').jobs.map((job) => job.id)).toEqual(['881234']);
  sandbox.clock.advance(86_400_000);
  expect(
    sandbox.world.app('shop').events.filter((event) => 'command' in event && event.command === 'rake nightly'),
  ).toEqual([]);
});

describe('refuses', () => {
  test.each([
    { what: 'a job that is not there', status: 404, path: '/1', body: change('1', { command: 'x' }).body },
    { what: 'a body for another job', status: 409, path: '/881234', body: change('2', { command: 'x' }).body },
    { what: 'times that it does not know', status: 422, path: '/881234', body: change('881234', { every: 15 }).body },
    { what: 'an empty command', status: 422, path: '/881234', body: change('881234', { command: '' }).body },
  ])('$what', async ({ status, path, body }) => {
    const answer = await ask(sandbox, `PATCH ${jobs}${path}`, { body });
    expect(answer).toMatchObject({ status, body: { errors: [{ status: String(status) }] } });
  });

  test('a token that it does not know', async () => {
    expect((await ask(sandbox, `GET ${jobs}`, { token: 'unknown' })).status).toBe(401);
  });

  test("an app's name instead of its id", async () => {
    expect((await ask(sandbox, 'GET /scheduler/apps/shop/jobs')).status).toBe(404);
  });

  test('an app without the add-on', async () => {
    const { id } = sandbox.world.addApp({ name: 'plain' });
    expect((await ask(sandbox, `GET /scheduler/apps/${id}/jobs`)).status).toBe(404);
  });

  test('everything, where it was told to', async () => {
    sandbox.world.app('shop').schedulerApi = 'refuses';
    expect((await ask(sandbox, `GET ${jobs}`)).status).toBe(403);
  });
});

test('answers in another shape where it was told to', async () => {
  sandbox.world.app('shop').schedulerApi = 'another-shape';
  expect((await ask(sandbox, `GET ${jobs}`)).body).toEqual({ jobs: [{ id: '881234', command: 'rake sync' }] });
});

test('costs nothing of the rate limit', async () => {
  await ask(sandbox, `GET ${jobs}`);
  expect(sandbox.world.bucket.remaining).toBe(4_500);
  expect(sandbox.requests.list()).toMatchObject([{ service: 'scheduler', path: jobs.slice('/scheduler'.length) }]);
});
