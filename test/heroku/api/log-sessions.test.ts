import type http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHeroku, type Heroku } from '../../../src/heroku/api/client.ts';
import { HerokuError } from '../../../src/heroku/api/heroku-error.ts';
import { LONGEST_LINE, type LogEnd } from '../../../src/heroku/api/log-sessions.ts';
import type { RequestLine } from '../../../src/heroku/api/transport.ts';
import { aCall, failureOf } from './call.ts';
import { json, serve } from './server.ts';

const SECRET = 'sessions/5ecre7';

function connect(apiUrl: string, log?: (line: RequestLine) => void): Heroku {
  const heroku = createHeroku({ apiUrl, token: 'HRKU-test-token', pauses: [], ...(log === undefined ? {} : { log }) });
  onTestFinished(() => heroku.close());
  return heroku;
}

interface Heard {
  readonly lines: string[];
  opened: number;
  readonly ended: Promise<LogEnd>;
  /** When there are so many lines. */
  readonly until: (lines: number) => Promise<void>;
  readonly stop: AbortController;
}

function listen(url: string, stop = new AbortController(), heroku = connect('http://127.0.0.1:1')): Heard {
  const { promise, resolve } = Promise.withResolvers<LogEnd>();
  const heard: Heard = {
    lines: [],
    opened: 0,
    ended: promise,
    until: (lines) => expect.poll(() => heard.lines.length, { interval: 5 }).toBe(lines),
    stop,
  };
  let ends = 0;
  heroku.logSessions.connect(url, {
    signal: stop.signal,
    onOpen: () => {
      heard.opened += 1;
    },
    onLine: (line) => {
      if (ends > 0) throw new Error('Expected no line after the end');
      heard.lines.push(line);
    },
    onEnd: (end) => {
      ends += 1;
      resolve(end);
    },
  });
  onTestFinished(() => {
    stop.abort();
    expect(ends).toBeLessThanOrEqual(1);
  });
  return heard;
}

/** A stream that writes what it is told to. */
async function stream(begin: (response: http.ServerResponse) => void, type = 'text/plain') {
  return serve((_request, response) => {
    response.writeHead(200, { 'Content-Type': type });
    response.flushHeaders();
    begin(response);
  });
}

describe('a log session', () => {
  test('is made with the filters that were asked for, and changes nothing: no fence, no read forgotten', async () => {
    const { url, received } = await serve((_request, response) =>
      json(response, 201, { id: 's', logplex_url: `https://logplex.example.com/${SECRET}` }),
    );
    const call = aCall();
    const { logSessions } = connect(url);
    expect(await logSessions.create(call, 'a/b', { tail: true })).toBe(`https://logplex.example.com/${SECRET}`);
    await logSessions.create(call, 'a', { tail: false, dynoName: 'run.1', source: 'heroku', lines: 1_500 });
    expect(received.map(({ method, path, body }) => ({ method, path, body: JSON.parse(body) }))).toEqual([
      { method: 'POST', path: '/apps/a%2Fb/log-sessions', body: { tail: true } },
      {
        method: 'POST',
        path: '/apps/a/log-sessions',
        body: { tail: false, dyno_name: 'run.1', source: 'heroku', lines: 1_500 },
      },
    ]);
    expect(call).toMatchObject({ fenced: [], forgotten: 0 });
  });

  test.each([
    `http://logplex.example.com/${SECRET}`,
    `http://127.0.0.1.example.com/${SECRET}`,
    `https://a:b@logplex.example.com/${SECRET}`,
    `ftp://127.0.0.1/${SECRET}`,
    `file:///${SECRET}`,
    SECRET,
    '',
    7,
    null,
  ])('with the address %j is refused, and the address not repeated', async (logplex_url) => {
    const { url } = await serve((_request, response) => json(response, 201, { id: 's', logplex_url }));
    const log: RequestLine[] = [];
    const creating = connect(url, (line) => log.push(line)).logSessions.create(aCall(), 'a', { tail: true });
    const { message, remedy } = await failureOf(creating, HerokuError);
    expect(message).toContain('logplex_url');
    expect(JSON.stringify([message, remedy, log])).not.toContain('5ecre7');
    if (typeof logplex_url !== 'string') return;
    const heard = listen(logplex_url);
    expect(await heard.ended).toMatchObject({ why: 'error', status: null });
    expect(JSON.stringify(await heard.ended)).not.toContain('5ecre7');
  });
});

describe('a stream', () => {
  test('is asked for without any credentials, and gives whole lines whatever the pieces', async () => {
    const { url, received } = await stream(async (response) => {
      const bytes = Buffer.from('one\r\n\ntwo – ✓ 🚦\n\0\0\n  three\n');
      for (const byte of bytes) {
        response.write(Buffer.of(byte));
        await sleep(0);
      }
      response.end();
    });
    const heard = listen(`${url}/${SECRET}?srv=1`);
    expect(await heard.ended).toEqual({ why: 'closed' });
    expect(heard.lines).toEqual(['one', 'two – ✓ 🚦', '  three']);
    expect(heard.opened).toBe(1);
    expect(received[0]?.path).toBe(`/${SECRET}?srv=1`);
    expect(JSON.stringify(received[0]?.headers)).not.toMatch(/authorization|HRKU|gzip/i);
  });

  test('is open before there is a line, and gives each as it comes', async () => {
    const responses: http.ServerResponse[] = [];
    const { url } = await stream((response) => responses.push(response));
    const heard = listen(url);
    await expect.poll(() => heard.opened, { interval: 5 }).toBe(1);
    expect(heard.lines).toEqual([]);
    for (let n = 1; n <= 3; n += 1) {
      responses[0]?.write(`line ${n}\nhalf`);
      await heard.until(n);
      responses[0]?.write(' and ');
    }
    expect(heard.lines).toEqual(['line 1', 'half and line 2', 'half and line 3']);
  });

  test('of server-sent events gives the text of each', async () => {
    const { url } = await stream((response) => {
      response.end(': hello\n\nid: 1\ndata: one\n\nid: 2\nevent: x\ndata:two\n\n:\n\n');
    }, 'text/event-stream; charset=utf-8');
    const heard = listen(url);
    await heard.ended;
    expect(heard.lines).toEqual(['one', 'two']);
  });

  test('with a line that is too long gives its beginning, and the next one whole', async () => {
    const { url } = await stream((response) => {
      for (let i = 0; i < 40; i += 1) response.write('x'.repeat(10_000));
      response.end('\nnext\n');
    });
    const heard = listen(url);
    await heard.ended;
    expect(heard.lines).toEqual(['x'.repeat(LONGEST_LINE), 'next']);
  });

  test('that ends in the middle of a line leaves that out: half a line may say something else', async () => {
    const { url } = await stream((response) => response.end('status 1\nstatus 1'));
    const heard = listen(url);
    expect(await heard.ended).toEqual({ why: 'closed' });
    expect(heard.lines).toEqual(['status 1']);
  });

  test('that is cut off says so, after the lines that came', async () => {
    const { url, received } = await stream((response) => response.write('one\ntw'));
    const heard = listen(`${url}/${SECRET}`);
    await heard.until(1);
    received[0]?.socket.resetAndDestroy();
    const end = await heard.ended;
    expect(end).toMatchObject({ why: 'error', status: null, says: expect.stringMatching(/^the connection was lost/) });
    expect(JSON.stringify(end)).not.toContain('5ecre7');
    expect(heard.lines).toEqual(['one']);
  });

  test('without chunks, as Logplex had them, ends as it should', async () => {
    const { url } = await serve((_request, response) => {
      response.socket?.end('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\none\ntwo\n');
    });
    const heard = listen(url);
    expect(await heard.ended).toEqual({ why: 'closed' });
    expect(heard.lines).toEqual(['one', 'two']);
  });

  test.each([404, 403, 500, 204, 302])('that is answered with %i never opens', async (status) => {
    const { url, received } = await serve((_request, response) => {
      response.writeHead(status, { Location: 'http://127.0.0.1:1/' });
      response.end(status === 204 ? '' : 'a line\n');
    });
    const heard = listen(url);
    expect(await heard.ended).toMatchObject({ why: 'error', status });
    expect(heard).toMatchObject({ opened: 0, lines: [] });
    expect(received).toHaveLength(1);
  });

  test('that nobody serves never opens', async () => {
    const heard = listen(`http://127.0.0.1:1/${SECRET}`);
    expect(await heard.ended).toEqual({ why: 'error', status: null, says: 'the connection was lost (ECONNREFUSED)' });
    expect(heard.opened).toBe(0);
  });

  test('ends at once when it is stopped: before it began, while it waits, and in the middle', async () => {
    const { url, received } = await stream((response) => response.write('one\n'));
    const before = listen(url, abortedController());
    expect(await before.ended).toEqual({ why: 'aborted' });
    expect(received).toHaveLength(0);

    const silent = await serve(() => {});
    const waiting = listen(silent.url);
    await expect.poll(() => silent.received.length, { interval: 5 }).toBe(1);
    waiting.stop.abort();
    expect(await waiting.ended).toEqual({ why: 'aborted' });

    const middle = listen(url);
    await middle.until(1);
    const gone = new Promise((resolve) => received[0]?.socket.once('close', resolve));
    middle.stop.abort();
    expect(await middle.ended).toEqual({ why: 'aborted' });
    await gone;
  });

  test('ends with the client that it was asked of, and none begins afterwards', async () => {
    const { url, received } = await stream((response) => response.write('one\n'));
    const heroku = connect('http://127.0.0.1:1');
    const heard = listen(url, new AbortController(), heroku);
    await heard.until(1);
    const gone = new Promise((resolve) => received[0]?.socket.once('close', resolve));
    heroku.close();
    expect(await heard.ended).toEqual({ why: 'aborted' });
    await gone;
    expect(await listen(url, new AbortController(), heroku).ended).toEqual({ why: 'aborted' });
    expect(received).toHaveLength(1);
  });
});

function abortedController(): AbortController {
  const stop = new AbortController();
  stop.abort();
  return stop;
}
