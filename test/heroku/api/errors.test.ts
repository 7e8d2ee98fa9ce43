import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHeroku, type Heroku, type HerokuOptions } from '../../../src/heroku/api/client.ts';
import { HerokuError } from '../../../src/heroku/api/heroku-error.ts';
import type { RequestLine } from '../../../src/heroku/api/transport.ts';
import { aCall, failureOf } from './call.ts';
import { json, serve } from './server.ts';

const TOKEN = 'HRKU-test-token';

function connect(apiUrl: string, options: Partial<HerokuOptions> = {}): Heroku {
  const heroku = createHeroku({ apiUrl, token: TOKEN, pauses: [2, 10], ...options });
  onTestFinished(() => heroku.close());
  return heroku;
}

async function refusedWith(status: number, body: unknown, headers: Record<string, string> = {}): Promise<HerokuError> {
  const server = await serve((_, response) => json(response, status, body, headers));
  return failureOf(connect(server.url).apps.info(aCall(), 'shop'), HerokuError);
}

describe('an error of Heroku', () => {
  test('carries its status, id, message and request id', async () => {
    const error = await refusedWith(422, { id: 'invalid_params', message: "Couldn't find that formation." });
    expect(error).toMatchObject({
      status: 422,
      id: 'invalid_params',
      requestId: 'req-1',
      method: 'GET',
      path: '/apps/shop',
      kind: 'fatal',
      unclear: false,
    });
    expect(error.message).toBe(
      "Expected Heroku to accept GET /apps/shop, got 422: Couldn't find that formation " +
        '(request req-1, id invalid_params).',
    );
  });

  test.each([
    [401, 'unauthorized', 'needs-human', 'heroku authorizations:create'],
    [402, 'verification_required', 'needs-human', 'dashboard.heroku.com'],
    [403, 'forbidden', 'needs-human', 'scope'],
    [403, 'suspended', 'needs-human', 'suspended'],
    [404, 'not_found', 'fatal', 'deleted'],
    [409, 'conflict', 'retryable', 'made again'],
    [418, 'teapot', 'fatal', 'request id'],
  ])('%i %s is %s, and its remedy speaks of "%s"', async (status, id, kind, words) => {
    const error = await refusedWith(status, { id, message: 'Heroku says so.' });
    expect([error.status, error.id, error.kind]).toEqual([status, id, kind]);
    expect(error.remedy).toContain(words);
  });

  test('a missing scope is named', async () => {
    const server = await serve((_, response) => json(response, 403, { id: 'forbidden', message: 'No.' }));
    const heroku = connect(server.url);
    const read = await failureOf(heroku.configVars.get(aCall(), 'id'), HerokuError);
    expect(read.remedy).toContain('read-protected');
    const write = await failureOf(heroku.configVars.update(aCall(), 'id', { A: 'b' }), HerokuError);
    expect(write.remedy).toContain('write-protected');
  });

  test('a page of somebody else in place of an error still gives a message', async () => {
    const server = await serve((_, response) => {
      response.writeHead(404, { 'Content-Type': 'text/html' });
      response.end('<html>nginx</html>');
    });
    const error = await failureOf(connect(server.url).apps.info(aCall(), 'shop'), HerokuError);
    expect(error.message).toContain('404: no message (request without an id)');
  });

  test('a message is kept to one line of bearable length', async () => {
    const error = await refusedWith(422, { id: 'x', message: `a\n\u202eb\u0000${'c'.repeat(5_000)}` });
    expect(error.message).toMatch(/422: a b c+… \(/);
    expect(error.message.length).toBeLessThan(450);
  });

  test('a redirect is not followed, so the token goes nowhere else', async () => {
    const other = await serve((_, response) => json(response, 200, {}));
    const server = await serve((_, response) => json(response, 302, {}, { Location: other.url }));
    const error = await failureOf(connect(server.url).apps.info(aCall(), 'shop'), HerokuError);
    expect([error.status, error.kind, other.received.length]).toEqual([302, 'fatal', 0]);
  });
});

describe('an answer of another shape', () => {
  test('says which field was expected to be what, and never what it held', async () => {
    const server = await serve((_, response) => json(response, 200, { id: 's3cret', name: 7, maintenance: 's3cret' }));
    const error = await failureOf(connect(server.url).apps.info(aCall(), 'shop'), HerokuError);
    expect(error.kind).toBe('retryable');
    expect(error.message).toContain('name: Invalid input: expected string, received number');
    expect(inspect(error)).not.toContain('s3cret');
    expect(server.received).toHaveLength(1);
  });

  test('of a write leaves open whether it was carried out', async () => {
    const server = await serve((_, response) => json(response, 200, []));
    const error = await failureOf(connect(server.url).apps.update(aCall(), 'id', { maintenance: true }), HerokuError);
    expect(error).toMatchObject({ kind: 'retryable', unclear: true });
    expect(error.remedy).not.toBe('');
  });

  test('a quantity that is no whole number of dynos is refused', async () => {
    for (const quantity of ['', 'many', '-1', -1, 1.5, null, {}]) {
      const server = await serve((_, response) => json(response, 200, [{ type: 'worker', quantity }]));
      const error = await failureOf(connect(server.url).formation.list(aCall(), 'id'), HerokuError);
      expect(error.message).toContain('0.quantity');
    }
  });

  test('JSON nested ten thousand deep is none that anybody would send', async () => {
    const deep = `{"id":"x","name":"shop","maintenance":false,"odd":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
    const server = await serve((_, response) => response.end(deep));
    const error = await failureOf(connect(server.url).apps.info(aCall(), 'shop'), HerokuError);
    expect(error.kind).toBe('retryable');
    expect(error.message).toContain('Expected JSON');
  });

  test('an answer of more than 10 MB is refused, and not asked for again at once', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      const chunk = Buffer.alloc(1_000_000, 'x');
      const more = (left: number): void => {
        if (left > 0) response.write(chunk, () => more(left - 1));
      };
      more(50);
    });
    const error = await failureOf(connect(server.url).apps.info(aCall(), 'shop'), HerokuError);
    expect(error).toMatchObject({ kind: 'retryable', status: null });
    expect(error.message).toContain('too big');
    expect(server.received).toHaveLength(1);
  });
});

describe('nothing secret', () => {
  const everything = (error: HerokuError, lines: readonly RequestLine[]) =>
    `${inspect(error, { depth: 9, showHidden: true })}${error.stack}${JSON.stringify(lines)}`;

  test('is in an error or a log line: neither the token, nor a value, nor a command, though Heroku repeats them', async () => {
    const secrets = [TOKEN, 'hunter2-"quoted"', 'rake send:all KEY=topsecret'];
    const server = await serve((received, response) => {
      const asked = received.body === '' ? { command: '' } : JSON.parse(received.body);
      const value: string = asked.command ?? asked.MAINTENANCE ?? '';
      json(response, 422, { id: 'invalid', message: `Bad: ${JSON.stringify(value)} ${value === '' ? TOKEN : ''}` });
    });
    const lines: RequestLine[] = [];
    const heroku = connect(server.url, { log: (line) => lines.push(line) });
    const errors = [
      await failureOf(heroku.apps.info(aCall(), 'shop'), HerokuError),
      await failureOf(heroku.configVars.update(aCall(), 'id', { MAINTENANCE: secrets[1] ?? '' }), HerokuError),
      await failureOf(heroku.dynos.run(aCall(), 'id', { command: secrets[2] ?? '' }), HerokuError),
    ];
    expect(lines.map(({ method, path, outcome }) => `${method} ${path} ${outcome}`)).toEqual([
      'GET /apps/shop 422',
      'PATCH /apps/id/config-vars 422',
      'POST /apps/id/dynos 422',
    ]);
    for (const error of errors) {
      for (const secret of [...secrets, 'hunter2', 'topsecret']) {
        expect(everything(error, lines)).not.toContain(secret);
      }
    }
  });

  test('is in the error of a body that is no JSON', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end('{"SECRET_KEY": hunter2');
    });
    const error = await failureOf(connect(server.url).configVars.get(aCall(), 'id'), HerokuError);
    expect(error.message).toContain('Expected JSON');
    expect(everything(error, [])).not.toMatch(/hunter2|SECRET_KEY/);
  });

  test('is in the error of config vars of another shape', async () => {
    const server = await serve((_, response) => json(response, 200, { KEY: ['hunter2'] }));
    const error = await failureOf(connect(server.url).configVars.get(aCall(), 'id'), HerokuError);
    expect(error.message).toContain('KEY');
    expect(everything(error, [])).not.toContain('hunter2');
  });
});
