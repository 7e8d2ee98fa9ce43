// What comes to the public address: from Heroku, or from anybody. Real requests to a real server.
import { createHmac } from 'node:crypto';
import http from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serveHealth } from '../../../src/health.ts';
import { createWebhookReceiver } from '../../../src/heroku/webhooks/receive.ts';
import { secretsOf } from '../../../src/heroku/webhooks/subscription.ts';
import { SandboxClock } from '../../../src/sandbox/index.ts';
import { PATIENCE_MS } from '../../helpers/patience.ts';

const secret = secretsOf('HRKU-test-token');
const RUN = 'm0abcdefgh';
const MEGABYTE = 1_048_576;

async function served(bodyMs?: number) {
  const clock = new SandboxClock({ manual: true });
  const woken: string[] = [];
  const refused: string[] = [];
  const receiver = createWebhookReceiver({
    secret,
    clock,
    wake: (run) => woken.push(run),
    refused: (why) => refused.push(why),
    ...(bodyMs === undefined ? {} : { bodyMs }),
  });
  const server = await serveHealth(0, [receiver]);
  onTestFinished(async () => {
    receiver.close();
    await server.close();
    clock.close();
  });
  return { clock, woken, refused, port: server.port, url: `http://127.0.0.1:${server.port}` };
}

const sign = (body: string, run = RUN) => createHmac('sha256', secret(run)).update(body).digest('base64');

async function deliver(url: string, body: string, signature: string | null = sign(body), run = RUN): Promise<number> {
  const headers = signature === null ? {} : { 'heroku-webhook-hmac-sha256': signature };
  const answer = await fetch(`${url}/heroku/webhooks/${run}`, { method: 'POST', headers, body });
  return answer.status;
}

/** The status of the answer, or how the connection ended without one. */
function raw(
  port: number,
  send: (request: http.ClientRequest) => void,
  headers: object = {},
): Promise<number | string> {
  return new Promise((resolve) => {
    const request = http.request(
      {
        port,
        method: 'POST',
        path: `/heroku/webhooks/${RUN}`,
        headers: { 'heroku-webhook-hmac-sha256': sign(''), ...headers },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    request.on('error', (error: Error & { code?: string }) => resolve(error.code ?? error.message));
    send(request);
  });
}

describe('a webhook', () => {
  it('from Heroku wakes its run, whatever it says', async () => {
    const { url, woken, refused } = await served();
    for (const body of ['{"action":"update"}', '', 'no JSON', '{"data":{"formation":"all is well"}}']) {
      expect(await deliver(url, body)).toBe(204);
    }
    expect(woken).toEqual([RUN]);
    expect(refused).toEqual([]);
  });

  it('is answered at the other paths as health is, and only POST is taken', async () => {
    const { url, woken } = await served();
    expect(await (await fetch(url)).text()).toBe('ok');
    expect((await fetch(`${url}/heroku/webhooks/${RUN}`)).status).toBe(405);
    expect(woken).toEqual([]);
  });

  it.each([
    ['without a signature', null, 'a webhook without a signature'],
    ['with an empty one', '', 'a webhook without a signature'],
    ['with one of another body', sign('{"action":"destroy"}'), 'a webhook with a wrong signature'],
    ["with another run's", sign('{}', 'm0other'), 'a webhook with a wrong signature'],
    [
      'with one in hex',
      createHmac('sha256', secret(RUN)).update('{}').digest('hex'),
      'a webhook with a wrong signature',
    ],
    ['with one that is cut', sign('{}').slice(0, 20), 'a webhook with a wrong signature'],
    ['with one that is too long', `${sign('{}').slice(0, -1)}AAAA`, 'a webhook with a wrong signature'],
    [
      'signed with the token itself',
      createHmac('sha256', 'HRKU-test-token').update('{}').digest('base64'),
      'a webhook with a wrong signature',
    ],
    ['that speaks of something else', '../../etc/passwd\u00ff', 'a webhook with a wrong signature'],
  ])('forged, %s, is refused, audited, and wakes nobody', async (_, signature, why) => {
    const { url, woken, refused } = await served();
    expect(await deliver(url, '{}', signature)).toBe(401);
    expect(refused).toEqual([why]);
    expect(woken).toEqual([]);
  });

  it.each(['', 'a/b', '..%2f..', '%E0%A4%A', 'x'.repeat(65), "m0'--", 'm0%00'])(
    'for a run like %j is not there',
    async (run) => {
      const { url, woken, refused } = await served();
      expect(await deliver(url, '{}', sign('{}'), run)).toBe(404);
      expect([woken, refused]).toEqual([[], []]);
    },
  );

  it('whose body was changed on the way is refused', async () => {
    const { url, woken } = await served();
    expect(await deliver(url, '{"quantity": 1}', sign('{"quantity":1}'))).toBe(401);
    expect(woken).toEqual([]);
  });
});

describe('many of them', () => {
  it('in a burst, or replayed, wake the run at once and once more two seconds later, so that none is lost', async () => {
    const { url, woken, clock } = await served();
    for (let i = 0; i < 50; i += 1) expect(await deliver(url, '{"n":1}')).toBe(204);
    expect(woken).toEqual([RUN]);
    clock.advance(1_999);
    expect(woken).toHaveLength(1);
    clock.advance(1);
    expect(woken).toEqual([RUN, RUN]);
    clock.advance(60_000);
    expect(woken).toHaveLength(2);
    await deliver(url, '{"n":2}');
    expect(woken).toHaveLength(3);
  });

  it('that go on wake it every half a minute, each run by itself', async () => {
    const { url, woken, clock } = await served();
    for (let second = 0; second < 65; second += 1) {
      await deliver(url, '{}');
      await deliver(url, '{}', sign('{}', 'm0other'), 'm0other');
      clock.advance(1_000);
    }
    // At 0, 2, 32 and 62 seconds.
    expect(woken.filter((run) => run === RUN)).toHaveLength(4);
    expect(woken.filter((run) => run === 'm0other')).toHaveLength(4);
  });
});

describe('a body', () => {
  it('of a megabyte is taken, and one byte more is not, announced or not', async () => {
    const { url, port, woken, refused } = await served();
    expect(await deliver(url, 'x'.repeat(MEGABYTE))).toBe(204);
    const announced = await raw(port, (request) => request.end(), { 'content-length': MEGABYTE + 1 });
    expect([413, 'ECONNRESET', 'EPIPE']).toContain(announced);
    const chunked = await raw(port, (request) => request.end('x'.repeat(MEGABYTE + 1)), {
      'transfer-encoding': 'chunked',
    });
    expect([413, 'ECONNRESET', 'EPIPE']).toContain(chunked);
    expect([...new Set(refused)]).toEqual(['a webhook of more than a megabyte']);
    expect(woken).toEqual([RUN]);
  });

  it('without an end is read no further than a megabyte', async () => {
    const { port, refused } = await served();
    let sent = 0;
    const ended = await raw(port, (request) => {
      const more = (): void => {
        while (!request.destroyed && sent < 200 * MEGABYTE && request.write('x'.repeat(65_536))) sent += 65_536;
      };
      request.on('drain', more);
      more();
    });
    expect([413, 'ECONNRESET', 'EPIPE']).toContain(ended);
    expect(sent).toBeLessThan(20 * MEGABYTE);
    expect([...new Set(refused)]).toEqual(['a webhook of more than a megabyte']);
  });

  it('that stops half way is cut off, and so is one that trickles', async () => {
    const { port, woken, refused } = await served(60);
    const stops = raw(port, (request) => request.write('{"act'));
    const trickles = raw(port, (request) => {
      const timer = setInterval(() => request.write(' '), 5);
      request.on('close', () => clearInterval(timer));
    });
    for (const ended of await Promise.all([stops, trickles])) expect([408, 'ECONNRESET', 'EPIPE']).toContain(ended);
    expect([...new Set(refused)]).toEqual(['a webhook whose body did not end']);
    expect(woken).toEqual([]);
  });

  it('that the other side breaks off does nothing, and the next one is taken', async () => {
    const { port, url, woken, refused } = await served();
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(
          `POST /heroku/webhooks/${RUN} HTTP/1.1\r\nHost: x\r\nHeroku-Webhook-Hmac-SHA256: ${sign('{}')}\r\nContent-Length: 100\r\n\r\n{`,
          () => socket.destroy(),
        );
      });
      socket.on('close', () => resolve());
    });
    expect(await deliver(url, '{}')).toBe(204);
    expect([woken, refused]).toEqual([[RUN], []]);
  });

  it('that is held back by many at once shuts nobody out: the oldest of them is dropped', async () => {
    const { port, url, woken, refused } = await served(2 * PATIENCE_MS);
    const heard = Promise.withResolvers<void>();
    const expecting = { expect: '100-continue' };
    // Its headers have been read: it is the oldest.
    const oldest = raw(port, (request) => request.once('continue', heard.resolve).write('{'), expecting);
    await heard.promise;
    for (let n = 0; n < 39; n += 1) void raw(port, (request) => request.write('{'));
    expect(await oldest).toBe(408);
    expect(await deliver(url, '{}')).toBe(204);
    expect(woken).toEqual([RUN]);
    expect([...new Set(refused)]).toEqual(['a webhook whose body had not come when many others did']);
  });

  it('is not waited for where the signature cannot be one', async () => {
    const { port, refused } = await served(2 * PATIENCE_MS);
    const held = Array.from({ length: 40 }, (_, n) =>
      raw(port, (request) => request.write('{'), { 'heroku-webhook-hmac-sha256': 'x'.repeat(n + 1) }),
    );
    expect(new Set(await Promise.all(held))).toEqual(new Set([401]));
    expect([...new Set(refused)]).toEqual(['a webhook with a wrong signature']);
  });
});
