import { describe, expect, onTestFinished, test } from 'vitest';
import { LeaseLost } from '../../../src/errors.ts';
import { createHeroku, type Heroku, type HerokuOptions, PAUSES_MS } from '../../../src/heroku/api/client.ts';
import { HerokuError } from '../../../src/heroku/api/heroku-error.ts';
import type { RequestLine } from '../../../src/heroku/api/transport.ts';
import { aCall, failureOf } from './call.ts';
import { type Handler, json, serve } from './server.ts';

const app = { id: 'id', name: 'shop', maintenance: false };
const dyno = { id: 'd', name: 'run.1', type: 'run', state: 'up', command: 'c', created_at: '2026-01-01T00:00:00Z' };

/** As far as repeats go no time passes, however busy the machine is. */
function connect(apiUrl: string, options: Partial<HerokuOptions> = {}): Heroku {
  const heroku = createHeroku({ apiUrl, token: 't', pauses: [2, 10], now: () => 0, ...options });
  onTestFinished(() => heroku.close());
  return heroku;
}

/** Fails the first `times` requests, then answers. */
const failing =
  (times: number, fail: Handler, body: unknown = app): Handler =>
  (request, response, nth) =>
    nth <= times ? fail(request, response, nth) : json(response, 200, body);

const reset: Handler = ({ socket }) => socket.resetAndDestroy();
const hang: Handler = () => {};
const cut: Handler = ({ socket }, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
  response.write('{"id":"id",', () => socket.destroy());
};
const half: Handler = (_, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end('{"id":"id","name":"sh');
};
const unavailable: Handler = (_, response) => json(response, 503, { id: 'unavailable', message: 'Later.' });

describe('connections', () => {
  test('are kept and used again', async () => {
    const server = await serve((_, response) => json(response, 200, app));
    const heroku = connect(server.url);
    for (let i = 0; i < 5; i += 1) await heroku.apps.info(aCall(), 'shop');
    expect([server.received.length, server.connections()]).toEqual([5, 1]);
  });

  test('are used again after a refusal', async () => {
    const server = await serve(failing(1, (_, response) => json(response, 404, { id: 'not_found', message: 'No.' })));
    const heroku = connect(server.url);
    await failureOf(heroku.apps.info(aCall(), 'shop'), HerokuError);
    await heroku.apps.info(aCall(), 'shop');
    expect(server.connections()).toBe(1);
  });

  test('a hundred calls at once go six at a time', async () => {
    let open = 0;
    let most = 0;
    const server = await serve((_, response) => {
      open += 1;
      most = Math.max(most, open);
      setImmediate(() => {
        open -= 1;
        json(response, 200, app);
      });
    });
    const heroku = connect(server.url);
    const warnings: string[] = [];
    const warned = (warning: Error) => warnings.push(warning.message);
    process.on('warning', warned);
    onTestFinished(() => void process.off('warning', warned));
    // All of one turn, so with one signal, on which a hundred listeners are no leak.
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 100 }, () => heroku.apps.info(aCall({ signal }), 'shop')));
    expect(warnings).toEqual([]);
    expect(server.received).toHaveLength(100);
    expect(most).toBeLessThanOrEqual(6);
    expect(server.connections()).toBeLessThanOrEqual(6);
  });

  test('a kept connection that the other side has closed does not fail a call', async () => {
    const server = await serve((_, response) => json(response, 200, app));
    const heroku = connect(server.url);
    await heroku.apps.info(aCall(), 'shop');
    server.closeIdle();
    await heroku.apps.update(aCall(), 'id', { maintenance: false });
    expect(server.connections()).toBe(2);
  });

  test('a one-off dyno is started over a connection of its own', async () => {
    const server = await serve(({ path }, response) =>
      path.endsWith('/dynos') ? json(response, 201, dyno) : json(response, 200, app),
    );
    const heroku = connect(server.url);
    await heroku.apps.info(aCall(), 'shop');
    await heroku.dynos.run(aCall(), 'id', { command: 'c' });
    expect(server.connections()).toBe(2);
  });
});

describe('a read', () => {
  test.each([
    ['reset', reset],
    ['503', unavailable],
    ['cut body', cut],
    ['body that ends too early', half],
  ])('goes through after a %s', async (_, fail) => {
    const server = await serve(failing(1, fail));
    expect((await connect(server.url).apps.info(aCall(), 'shop')).name).toBe('shop');
    expect(server.received).toHaveLength(2);
  });

  test('is sent three times within two seconds, and no more', async () => {
    const server = await serve(unavailable);
    const heroku = connect(server.url, { pauses: PAUSES_MS });
    const error = await failureOf(heroku.apps.info(aCall(), 'shop'), HerokuError);
    expect(PAUSES_MS.reduce((sum, ms) => sum + ms)).toBeLessThan(1_000);
    expect(server.received).toHaveLength(3);
    expect(error).toMatchObject({ status: 503, kind: 'retryable', unclear: false });
    expect(error.remedy).toContain('status.heroku.com');
  });

  test.each([
    [1_300, 3],
    [2_010, 2],
  ])('whose first repeat failed %i ms after it did itself is sent %i times', async (passed, sent) => {
    let time = 0;
    const server = await serve((request, response, nth) => {
      if (nth === 2) time = passed;
      return unavailable(request, response, nth);
    });
    await failureOf(connect(server.url, { pauses: [2, 10], now: () => time }).apps.info(aCall(), 'shop'), HerokuError);
    expect(server.received).toHaveLength(sent);
  });

  test('that gets no answer ends with its time', async () => {
    const server = await serve(hang);
    const outcomes: unknown[] = [];
    const log = ({ outcome }: RequestLine) => outcomes.push(outcome);
    const heroku = connect(server.url, { timeouts: { read: 50 }, log });
    const error = await failureOf(heroku.apps.info(aCall(), 'shop'), HerokuError);
    expect(error).toMatchObject({ status: null, kind: 'retryable', unclear: false });
    expect(error.message).toContain('in time');
    expect(outcomes).toEqual(['time-out', 'time-out', 'time-out']);
  });

  test('that gets a body without an end ends with its time', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.write('{');
    });
    const heroku = connect(server.url, { timeouts: { read: 50 } });
    const error = await failureOf(heroku.apps.info(aCall(), 'shop'), HerokuError);
    expect(error.message).toContain('in time');
  });

  test('that is asked to wait longer than two seconds says for how long', async () => {
    const server = await serve((_, response) =>
      json(response, 503, { id: 'unavailable', message: 'Later.' }, { 'Retry-After': '30' }),
    );
    const error = await failureOf(connect(server.url).apps.info(aCall(), 'shop'), HerokuError);
    expect(error.notBefore).toBe(30_000);
    expect(server.received).toHaveLength(1);
  });

  test('never asks the fence', async () => {
    const server = await serve((_, response) => json(response, 200, app));
    const call = aCall();
    await connect(server.url).apps.info(call, 'shop');
    expect(call.fenced).toEqual([]);
  });

  test('where nobody listens says so', async () => {
    const error = await failureOf(connect('http://127.0.0.1:1').apps.info(aCall(), 'shop'), HerokuError);
    expect(error.message).toContain('no connection (ECONNREFUSED)');
  });
});

describe('a write that may be sent twice', () => {
  test.each([
    ['reset', reset],
    ['500', unavailable],
    ['cut body', cut],
  ])('is repeated after a %s, with the fence asked each time', async (_, fail) => {
    const server = await serve(failing(2, fail));
    const call = aCall();
    await connect(server.url).apps.update(call, 'id', { maintenance: true });
    expect(server.received.map(({ body }) => body)).toEqual(Array(3).fill('{"maintenance":true}'));
    expect(call.fenced).toEqual([8_000, 8_000, 8_000]);
  });

  test('is unclear when it was never answered', async () => {
    const server = await serve(reset);
    const error = await failureOf(connect(server.url).apps.update(aCall(), 'id', { maintenance: true }), HerokuError);
    expect(error.unclear).toBe(true);
    expect(error.remedy).toContain('look before sending it again');
  });

  test('stays unclear when only its repeat was refused', async () => {
    const server = await serve((request, response, nth) =>
      nth === 1 ? reset(request, response, nth) : json(response, 422, { id: 'invalid_params', message: 'No.' }),
    );
    const error = await failureOf(connect(server.url).apps.update(aCall(), 'id', { maintenance: true }), HerokuError);
    expect(error).toMatchObject({ status: 422, unclear: true });
  });

  test('is clear when it was never sent', async () => {
    const update = connect('http://127.0.0.1:1').apps.update(aCall(), 'id', { maintenance: true });
    expect(await failureOf(update, HerokuError)).toMatchObject({ unclear: false, kind: 'retryable' });
  });

  test('is not sent when the lease is gone', async () => {
    const server = await serve((_, response) => json(response, 200, app));
    const call = aCall({
      fence: () => {
        throw new LeaseLost('gone');
      },
    });
    await failureOf(connect(server.url).apps.update(call, 'id', { maintenance: true }), LeaseLost);
    expect(server.received).toHaveLength(0);
    expect(call.forgotten).toBe(1);
  });

  test('is not repeated when the lease went in between', async () => {
    const server = await serve(reset);
    let asked = 0;
    const call = aCall({
      fence: () => {
        asked += 1;
        if (asked > 1) throw new LeaseLost('gone');
      },
    });
    await failureOf(connect(server.url).apps.update(call, 'id', { maintenance: true }), LeaseLost);
    expect(server.received).toHaveLength(1);
  });

  test('asks the fence only when its turn has come', async () => {
    const waiting: (() => void)[] = [];
    const server = await serve((_, response) => {
      waiting.push(() => json(response, 200, app));
      if (waiting.length === 1) arrived();
    });
    let arrived: () => void = () => {};
    const first = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const heroku = connect(server.url, { concurrency: 1 });
    const read = heroku.apps.info(aCall(), 'shop');
    await first;
    const call = aCall();
    const write = heroku.apps.update(call, 'id', { maintenance: true });
    await new Promise((resolve) => setImmediate(resolve));
    expect(call.fenced).toEqual([]);
    waiting[0]?.();
    await read;
    await expect.poll(() => waiting.length).toBe(2);
    expect(call.fenced).toEqual([8_000]);
    waiting[1]?.();
    await write;
  });
});

describe('starting a one-off dyno', () => {
  const run = (heroku: Heroku) => heroku.dynos.run(aCall(), 'id', { command: 'c' });

  test.each([
    ['reset', reset],
    ['503', unavailable],
    ['cut body', cut],
    ['body that ends too early', half],
  ])('is not repeated after a %s, which leaves it unclear', async (_, fail) => {
    const server = await serve(failing(1, fail, dyno));
    const error = await failureOf(run(connect(server.url)), HerokuError);
    expect(error).toMatchObject({ kind: 'retryable', unclear: true });
    expect(server.received).toHaveLength(1);
  });

  test('is not repeated when no answer came in time', async () => {
    const server = await serve(hang);
    const outcomes: unknown[] = [];
    const log = ({ outcome }: RequestLine) => outcomes.push(outcome);
    const error = await failureOf(run(connect(server.url, { timeouts: { write: 50 }, log })), HerokuError);
    expect(error.unclear).toBe(true);
    expect(outcomes).toEqual(['time-out']);
  });

  test('is repeated when it was certainly not carried out', async () => {
    const bucket = { capacity: 100, perMinute: 6_000_000, reserve: { person: 0, run: 0, poll: 0 } };
    const server = await serve(
      failing(1, (_, response) => json(response, 429, { id: 'rate_limit', message: 'Slow.' }), dyno),
    );
    expect((await run(connect(server.url, { bucket, now: () => performance.now() }))).name).toBe('run.1');
    expect(server.received).toHaveLength(2);
  });
});

describe('a call that is stopped', () => {
  test('ends at once, unclear when it was a write under way', async () => {
    const stop = new AbortController();
    const server = await serve(() => stop.abort());
    const call = aCall({ signal: stop.signal });
    const error = await failureOf(connect(server.url).apps.update(call, 'id', { maintenance: true }), HerokuError);
    expect(error).toMatchObject({ kind: 'retryable', unclear: true });
    expect(server.received).toHaveLength(1);
  });

  test('ends with the reason when that is a lost lease', async () => {
    const stop = new AbortController();
    const server = await serve(() => stop.abort(new LeaseLost('gone')));
    const call = aCall({ signal: stop.signal });
    await failureOf(connect(server.url).apps.update(call, 'id', { maintenance: true }), LeaseLost);
  });

  test('is not sent at all when it is stopped in the queue', async () => {
    const stop = new AbortController();
    const server = await serve(hang);
    const heroku = connect(server.url, { concurrency: 1 });
    const first = new AbortController();
    const blocking = failureOf(heroku.apps.info(aCall({ signal: first.signal }), 'shop'), HerokuError);
    await expect.poll(() => server.received.length).toBe(1);
    const call = aCall({ signal: stop.signal });
    const queued = failureOf(heroku.apps.update(call, 'id', { maintenance: true }), HerokuError);
    // It is in the queue by then.
    await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    expect((await queued).unclear).toBe(false);
    first.abort();
    await blocking;
    expect(server.received.map(({ method }) => method)).toEqual(['GET']);
  });
});

describe('pages', () => {
  const dynosOf = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({ ...dyno, id: `d${from + i}`, name: `worker.${from + i}` }));

  test('300 dynos come over several pages, each asked for with the Next-Range of the one before', async () => {
    const server = await serve(({ headers }, response) => {
      const from = Number(/\](\d+)\.\./.exec(headers.range ?? '')?.[1] ?? 0);
      const last = from + 100 >= 300;
      json(
        response,
        last ? 200 : 206,
        dynosOf(from, 100),
        last ? {} : { 'Next-Range': `id ]${from + 100}..; max=100` },
      );
    });
    const all = await connect(server.url).dynos.list(aCall(), 'id');
    expect(new Set(all.map(({ id }) => id)).size).toBe(300);
    expect(server.received.map(({ headers }) => headers.range)).toEqual([
      undefined,
      'id ]100..; max=100',
      'id ]200..; max=100',
    ]);
  });

  test('a list without an end is given up', async () => {
    const server = await serve((_, response) => json(response, 206, [dyno], { 'Next-Range': 'id ]x..' }));
    const error = await failureOf(connect(server.url).dynos.list(aCall(), 'id'), HerokuError);
    expect(error.message).toContain('at most 50 pages');
    expect(server.received).toHaveLength(50);
  });

  test('a page that fails fails the list: part of it is never taken for the whole', async () => {
    const server = await serve((_, response, nth) =>
      nth === 1
        ? json(response, 206, [dyno], { 'Next-Range': 'id ]x..' })
        : json(response, 404, { id: 'not_found', message: 'Gone.' }),
    );
    expect((await failureOf(connect(server.url).dynos.list(aCall(), 'id'), HerokuError)).status).toBe(404);
  });
});

test('a server that speaks no HTTP is no answer', async () => {
  const server = await serve(({ socket }) => socket.end('220 mail ready\r\n'));
  const error = await failureOf(connect(server.url).apps.info(aCall(), 'shop'), HerokuError);
  expect(error).toMatchObject({ status: null, kind: 'retryable' });
});
