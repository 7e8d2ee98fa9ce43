import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Sandbox, SandboxClock, startSandbox } from '../../src/sandbox/index.ts';
import { ask } from './heroku/asking.ts';

const MAIN = new URL('../../src/sandbox/main.ts', import.meta.url).pathname;

describe('the control API', () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox({ clock: new SandboxClock({ manual: true, start: 5_000 }), examples: true });
  });
  afterEach(() => sandbox.close());

  const control = (what: string, body?: unknown) => ask(sandbox, what.replace(' ', ' /sandbox'), { body });

  test('shows what is set and what runs', async () => {
    const { body } = await control('GET /state');
    expect(body).toMatchObject({
      clock: { now: 5_000 },
      heroku: {
        apps: [
          { name: 'shop', formation: { worker: { quantity: 4 } } },
          { name: 'billing' },
          { name: 'reports' },
          { name: 'studio' },
        ],
      },
    });
  });

  test('shows and forgets the requests, and is not among them itself', async () => {
    await ask(sandbox, 'PATCH /apps/shop', { body: { maintenance: true } });
    await control('GET /state');
    expect((await control('GET /requests?method=PATCH')).body).toMatchObject([
      { path: '/apps/shop', body: { maintenance: true } },
    ]);
    await control('DELETE /requests');
    expect((await control('GET /requests')).body).toEqual([]);
  });

  test('makes things go wrong until it is told to stop', async () => {
    const fault = { service: 'heroku', method: 'GET', path: '/apps/*', kind: 'status', status: 503, times: 'always' };
    expect(await control('POST /faults', fault)).toMatchObject({ status: 201, body: { id: 1 } });
    expect((await ask(sandbox, 'GET /apps/shop')).status).toBe(503);
    expect((await control('GET /faults')).body).toMatchObject([{ id: 1, seen: 1, status: 503 }]);
    await control('DELETE /faults');
    expect((await ask(sandbox, 'GET /apps/shop')).status).toBe(200);
  });

  test('moves the clock', async () => {
    expect((await control('POST /clock', { advance: 60_000 })).body).toMatchObject({ now: 65_000 });
    expect((await control('POST /clock', { speed: 30 })).body).toMatchObject({ speed: 30 });
    expect((await control('POST /clock', { speed: 0 })).status).toBe(422);
  });

  test('adds, changes and removes an app', async () => {
    const added = await control('POST /apps', { name: 'extra', formation: { worker: { quantity: 2 } } });
    expect(added).toMatchObject({
      status: 201,
      body: { name: 'extra', dynos: [{ name: 'worker.1' }, { name: 'worker.2' }] },
    });
    await control('PATCH /apps/extra', { releasePhaseFails: 2, times: { stopMs: 7 } });
    expect(sandbox.world.app('extra')).toMatchObject({ releasePhaseFails: 2, times: { stopMs: 7, startMs: 3_000 } });
    await control('DELETE /apps/extra');
    expect((await ask(sandbox, 'GET /apps/extra')).status).toBe(404);
  });

  test('says what is wrong with what it was sent', async () => {
    const { status, body } = await control('POST /apps', { name: 'extra', formaton: {} });
    expect(status).toBe(422);
    expect(body).toMatchObject({ error: expect.stringContaining('formaton') });
  });

  test('can give out a token that may less, and leave little of the rate limit', async () => {
    await control('POST /tokens', { token: 'short', scopes: ['read'] });
    expect((await ask(sandbox, 'GET /apps/shop/config-vars', { token: 'short' })).status).toBe(403);
    expect((await control('POST /rate-limit', { remaining: 0 })).body).toMatchObject({ remaining: 0 });
    expect((await ask(sandbox, 'GET /apps')).status).toBe(429);
  });

  test('types a Slack command for a person, and says so where no app is there to take it', async () => {
    const { status, body } = await control('POST /slack/command', { user: 'ada', channel: 'ops', text: 'help' });
    expect(status).toBe(500);
    expect(body).toMatchObject({ error: expect.stringContaining('dispatch_failed') });
    expect((await control('GET /slack/messages')).body).toEqual(expect.any(Array));
  });

  test('puts everything back to the start', async () => {
    const before = sandbox.world.settings('shop');
    await ask(sandbox, 'PATCH /apps/shop', { body: { maintenance: true } });
    await control('POST /faults', { service: 'heroku', path: '**', kind: 'hang' });
    await control('POST /reset');
    expect(sandbox.world.settings('shop')).toEqual(before);
    expect((await control('GET /faults')).body).toEqual([]);
  });
});

describe('npm run sandbox', () => {
  const start = (...args: string[]) => spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'prints the environment to use it, and ends cleanly on %s',
    async (signal) => {
      const child = start('--speed', '50');
      const [out, err] = [text(child.stdout), text(child.stderr)];
      await once(child.stderr, 'data');
      child.kill(signal);
      expect(await once(child, 'exit')).toEqual([0, null]);
      const env = Object.fromEntries(
        (await out)
          .trim()
          .split('\n')
          .map((line) => line.split(/=(.*)/).slice(0, 2)),
      );
      expect(env).toEqual({
        HEROKU_API_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        HEROKU_API_KEY: 'HRKU-sandbox',
        HEROKU_SCHEDULER_URL: `${env.HEROKU_API_URL}/scheduler`,
        HEROKU_HOST: env.HEROKU_API_URL,
        CRONTOGO_HOST: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        ADVANCED_SCHEDULER_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        HEROKU_METRICS_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        HIREFIRE_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        SLACK_API_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/api\/$/),
        SLACK_BOT_TOKEN: expect.stringMatching(/^xoxb-/),
        SLACK_APP_TOKEN: expect.stringMatching(/^xapp-/),
        SLACK_SIGNING_SECRET: expect.any(String),
      });
      expect(await err).toContain(`${env.HEROKU_API_URL}/sandbox/state`);
    },
  );

  test.each([
    { args: ['--prot', '1'], says: /Unknown option '--prot'/ },
    { args: ['--port', 'x'], says: /Expected a number that fits --port, got "x"/ },
    { args: ['--speed', '0'], says: /--speed/ },
  ])('refuses $args with a reason', async ({ args, says }) => {
    const child = start(...args);
    const err = text(child.stderr);
    expect((await once(child, 'exit'))[0]).toBe(2);
    expect(await err).toMatch(says);
  });
});
