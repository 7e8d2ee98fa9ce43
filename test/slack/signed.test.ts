// Bodies that do not come, from strangers: real requests to a real server, held open.
import { createHmac } from 'node:crypto';
import http from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { signedOnly } from '../../src/slack/signed.ts';

const secret = 'the secret';
const FORM = 'application/x-www-form-urlencoded';
const now = () => String(Math.floor(Date.now() / 1_000));
const sign = (body: string, stamp: string) =>
  `v0=${createHmac('sha256', secret).update(`v0:${stamp}:${body}`).digest('hex')}`;

interface Held {
  readonly status: Promise<number>;
  answered: boolean;
  /** Resolves when the server has its headers, and waits for the rest. */
  readonly heard: Promise<void>;
}

async function served() {
  const refused: string[] = [];
  const server = http.createServer(
    signedOnly({
      secret,
      path: '/slack/events',
      signed: (_request, response) => response.end('taken'),
      others: (_request, response) => response.writeHead(404).end(),
      refused: (why) => refused.push(why),
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  /** Sends a part of a body, and never the rest; `status` resolves with that of the answer, where one comes. */
  const holds = (headers: http.OutgoingHttpHeaders): Held => {
    const heard = Promise.withResolvers<void>();
    const held = { answered: false, status: Promise.resolve(0), heard: heard.promise };
    held.status = new Promise<number>((resolve) => {
      const request = http.request(
        {
          port,
          method: 'POST',
          path: '/slack/events',
          headers: { 'content-type': FORM, expect: '100-continue', ...headers },
        },
        (response) => {
          response.resume();
          held.answered = true;
          resolve(response.statusCode ?? 0);
        },
      );
      request.on('error', () => resolve(-1));
      request.on('continue', heard.resolve);
      request.write('command=');
    });
    return held;
  };
  const genuine = async (body = 'command=%2Fmaint') => {
    const stamp = now();
    const headers = {
      'content-type': FORM,
      'x-slack-signature': sign(body, stamp),
      'x-slack-request-timestamp': stamp,
    };
    return (await fetch(`http://127.0.0.1:${port}/slack/events`, { method: 'POST', headers, body })).status;
  };
  return { port, refused, holds, genuine };
}

const looksSigned = () => ({ 'x-slack-signature': `v0=${'0'.repeat(64)}`, 'x-slack-request-timestamp': now() });

describe('a body that does not come', () => {
  test.each<[string, http.OutgoingHttpHeaders, string]>([
    ['without a signature', {}, 'it has no signature'],
    ['without a time stamp', { ...looksSigned(), 'x-slack-request-timestamp': undefined }, 'it has no signature'],
    ['with a short signature', { ...looksSigned(), 'x-slack-signature': 'v0=00' }, 'its signature is wrong'],
    ['of another version', { ...looksSigned(), 'x-slack-signature': `v1=${'0'.repeat(64)}` }, 'its signature is wrong'],
    ['of long ago', { ...looksSigned(), 'x-slack-request-timestamp': '1' }, 'its time stamp is more than'],
    ['of no time', { ...looksSigned(), 'x-slack-request-timestamp': 'now' }, 'its time stamp is more than'],
  ])('is not waited for %s', async (_name, headers, why) => {
    const { holds, refused } = await served();
    const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
    expect(await holds(given).status).toBe(401);
    expect(refused).toEqual([expect.stringContaining(why)]);
  });

  test('shuts nobody out where there are many: the oldest is dropped for the newest', async () => {
    const { holds, genuine, refused } = await served();
    const oldest = holds(looksSigned());
    await oldest.heard;
    const others = Array.from({ length: 63 }, () => holds(looksSigned()));
    await Promise.all(others.map(({ heard }) => heard));
    expect([oldest, ...others].filter(({ answered }) => answered)).toEqual([]);
    expect(await genuine()).toBe(200);
    expect(await oldest.status).toBe(408);
    expect(others.filter(({ answered }) => answered)).toEqual([]);
    expect(refused).toEqual(['its body had not come when many others did']);
  });

  test('pushes out nothing that could be signed where it is none, and Slack’s look at the certificate is answered', async () => {
    const { port, holds, genuine } = await served();
    const mayBeSigned = holds(looksSigned());
    await mayBeSigned.heard;
    const unsigned = Array.from({ length: 100 }, () => holds({ 'content-length': 100 }));
    await Promise.race(unsigned.map(({ status }) => status));
    const headers = { 'content-type': FORM };
    const check = { method: 'POST', headers, body: 'ssl_check=1&token=x' };
    expect((await fetch(`http://127.0.0.1:${port}/slack/events`, check)).status).toBe(200);
    expect(await genuine()).toBe(200);
    await expect.poll(() => unsigned.filter(({ answered }) => !answered).length).toBeLessThanOrEqual(4);
    expect(mayBeSigned.answered).toBe(false);
  });
});
