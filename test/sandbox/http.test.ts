import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SandboxClock } from '../../src/sandbox/clock.ts';
import type { Fault } from '../../src/sandbox/faults.ts';
import { createServer, createTraffic, listen, type Traffic, watchTraffic } from '../../src/sandbox/http.ts';

let traffic: Traffic;
let url: string;
let effects: number;
let server: ReturnType<typeof createServer>;

beforeEach(async () => {
  effects = 0;
  traffic = createTraffic(new SandboxClock({ manual: true, start: 1_000 }));
  server = createServer();
  watchTraffic(server, traffic, (path) => ({ service: 'heroku', path }));
  server.get('/apps', async () => [{ name: 'shop' }]);
  server.patch('/apps/:app', async (request) => {
    effects += 1;
    return { took: request.body };
  });
  url = (await listen(server)).url;
});

afterEach(() => server.close());

const patch = (path = '/apps/shop') =>
  fetch(url + path, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ maintenance: true, token: 'hidden' }),
  });

const fault = (given: Partial<Fault> & Pick<Fault, 'kind'>) =>
  traffic.faults.add({ service: 'heroku', path: '/apps/*', ...given });

describe('the request log', () => {
  test('has what was asked and what was answered, and no token', async () => {
    await patch('/apps/shop?dry=yes&token=hidden');
    expect(traffic.requests.list()).toEqual([
      {
        n: 1,
        at: 1_000,
        service: 'heroku',
        method: 'PATCH',
        path: '/apps/shop',
        query: { dry: 'yes', token: '[removed]' },
        body: { maintenance: true, token: '[removed]' },
        status: 200,
        fault: null,
      },
    ]);
  });

  test('can be narrowed to a service, a method and a path', async () => {
    await patch();
    await fetch(`${url}/apps`);
    expect(traffic.requests.list({ method: 'GET' })).toHaveLength(1);
    expect(traffic.requests.list({ path: /shop$/ })).toHaveLength(1);
    expect(traffic.requests.list({ service: 'slack' })).toHaveLength(0);
    expect(traffic.requests.list({ after: 1 })).toHaveLength(1);
  });
});

describe('a fault', () => {
  test('is for one request of the nth on', async () => {
    fault({ kind: 'status', status: 503, nth: 2 });
    expect([(await patch()).status, (await patch()).status, (await patch()).status]).toEqual([200, 503, 200]);
  });

  test('is for several requests in a row where it says so', async () => {
    fault({ kind: 'status', status: 503, times: 2 });
    expect([(await patch()).status, (await patch()).status, (await patch()).status]).toEqual([503, 503, 200]);
  });

  test('leaves other methods, paths and services alone', async () => {
    fault({ kind: 'status', method: 'DELETE' });
    fault({ kind: 'status', path: '/apps/billing' });
    fault({ kind: 'status', service: 'slack', path: '**' });
    fault({ kind: 'status', path: '^/apps/(billing|reports)$' });
    expect((await patch()).status).toBe(200);
  });

  test('stops when it is taken away', async () => {
    const id = fault({ kind: 'status', times: 'always' });
    expect((await patch()).status).toBe(500);
    traffic.faults.remove(id);
    expect((await patch()).status).toBe(200);
  });

  test('429: the answer is in the words of the service', async () => {
    fault({ kind: '429' });
    const answer = await patch();
    expect(answer.status).toBe(429);
    expect(await answer.json()).toMatchObject({ id: 'rate_limit' });
    expect(effects).toBe(0);
  });

  test('reset-before: no answer, and nothing happened', async () => {
    fault({ kind: 'reset-before' });
    await expect(patch()).rejects.toThrow();
    expect(effects).toBe(0);
    expect(traffic.requests.list()[0]).toMatchObject({ status: null, fault: 'reset-before' });
  });

  test('reset-after: no answer, and it happened', async () => {
    fault({ kind: 'reset-after' });
    await expect(patch()).rejects.toThrow();
    expect(effects).toBe(1);
  });

  test('cut-body: an answer begins, and it happened', async () => {
    fault({ kind: 'cut-body' });
    const answer = await patch();
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
    expect(effects).toBe(1);
  });

  test.each([{ kind: 'hang', happened: 0 } as const, { kind: 'hang-after', happened: 1 } as const])(
    '$kind: no answer ever comes',
    async ({ kind, happened }) => {
      fault({ kind });
      const person = new AbortController();
      const asked = fetch(`${url}/apps/shop`, { method: 'PATCH', signal: person.signal });
      const given = expect(asked).rejects.toThrow('gave up');
      await expect.poll(() => traffic.requests.list().length === 1 && effects).toBe(happened);
      await new Promise((resolve) => setTimeout(resolve, 30));
      person.abort(new Error('gave up'));
      await given;
      expect(effects).toBe(happened);
    },
  );

  test('a request that hangs does not keep the server from closing', async () => {
    fault({ kind: 'hang' });
    const asked = expect(patch()).rejects.toThrow();
    await expect.poll(() => traffic.requests.list()).toHaveLength(1);
    await server.close();
    await asked;
  });

  test('wrong-shape: JSON that nobody expects', async () => {
    fault({ kind: 'wrong-shape', path: '/apps', body: { apps: 'none' } });
    expect(await (await fetch(`${url}/apps`)).json()).toEqual({ apps: 'none' });
  });

  test('slow: the headers themselves come late', async () => {
    fault({ kind: 'slow', delayMs: 60 });
    const began = performance.now();
    await patch();
    expect(performance.now() - began).toBeGreaterThan(55);
  });
});

test('a latency delays every answer of its service', async () => {
  traffic.latencyMs.heroku = 40;
  const began = performance.now();
  await fetch(`${url}/apps`);
  expect(performance.now() - began).toBeGreaterThan(35);
});
