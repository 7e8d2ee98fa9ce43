import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { Trouble } from '../../src/errors.ts';
import { httpContract } from '../../src/queues/http.ts';
import type { Intake } from '../../src/queues/queue.ts';
import { type Bed, queueContract } from './contract.ts';
import { sourceOf } from './source.ts';

interface App {
  readonly url: string;
  close(): Promise<void>;
  /** What it was asked: "GET /health/jobs", and with what authorization. */
  readonly asked: { readonly what: string; readonly authorization: string | undefined }[];
}

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<App> {
  const asked: { what: string; authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    asked.push({ what: `${request.method} ${request.url}`, authorization: request.headers.authorization });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  open.push(close);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port on the loopback interface');
  return { url: `http://127.0.0.1:${address.port}`, asked, close };
}

/** An app that keeps to the contract, with two jobs in flight. */
async function shop(jobs = { running: 2, queued: 14, oldest_running_minutes: 3 }): Promise<App> {
  let accepting = true;
  return serve(({ method, url }, response) => {
    if (method === 'POST' && url === '/health/jobs/pause') accepting = false;
    else if (method === 'POST' && url === '/health/jobs/resume') accepting = true;
    else if (method !== 'GET' || url !== '/health/jobs') return void response.writeHead(404).end();
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ accepting, ...jobs }));
  });
}

const says = (text: string, status = 200) => serve((_, response) => void response.writeHead(status).end(text));

async function read({ url }: Pick<App, 'url'>, signal?: AbortSignal) {
  await using queue = await httpContract.open(sourceOf(url, {}, signal));
  return await queue.read();
}

async function intake<T>({ url }: App, work: (intake: Intake) => Promise<T>): Promise<T> {
  await using queue = await httpContract.open(sourceOf(url));
  if (queue.intake === null) throw new Error('Expected the contract to have an intake');
  return await work(queue.intake);
}

const paused = (app: App) => intake(app, async (of) => (await of.look()).map(({ paused }) => paused));

/** The trouble, which names neither the address nor what is in it. */
async function troubleOf(url: string, work: Promise<unknown>): Promise<Trouble> {
  const error = await work.then(
    () => null,
    (failure: unknown) => failure,
  );
  if (!(error instanceof Trouble)) throw new Error(`Expected a Trouble, got ${String(error)}`);
  expect(error.cause).toBeUndefined();
  const { host, password } = new URL(url);
  for (const secret of [host, password].filter((each) => each !== '')) {
    expect(`${error.message} ${error.remedy} ${error.stack}`).not.toContain(secret);
  }
  return error;
}

interface AppBed extends Bed {
  answer: string | null;
}

queueContract(
  httpContract,
  async (): Promise<AppBed> => {
    let accepting = true;
    const app = await serve(({ method, url }, response) => {
      if (method === 'POST') accepting = url === '/health/jobs/resume';
      response.end(bed.answer ?? JSON.stringify({ accepting, running: 2, queued: 14, oldest_running_minutes: 3 }));
    });
    const bed: AppBed = { url: app.url, answer: null, dump: async () => accepting, [Symbol.asyncDispose]: app.close };
    return bed;
  },
  {
    garbage: {
      'no JSON': async (bed) => {
        bed.answer = '<html>';
      },
      'half a JSON': async (bed) => {
        bed.answer = '{"accepting":true,"running":2,';
      },
      'a number in words': async (bed) => {
        bed.answer = '{"accepting":true,"running":"2","queued":14}';
      },
      'no word of what runs': async (bed) => {
        bed.answer = '{"accepting":true,"queued":14}';
      },
      'no word of since when': async (bed) => {
        bed.answer = '{"accepting":true,"running":2,"queued":14}';
      },
    },
  },
);

describe('The HTTP contract', () => {
  it('reads what the app says of its jobs', async () => {
    const app = await shop();
    expect(await read(app)).toEqual({
      queues: [{ name: 'app', queued: 14 }],
      queued: 14,
      later: null,
      running: 2,
      oldest: { ageMs: 180_000, what: 'a job' },
      waiting: null,
      failed: null,
      doubt: null,
    });
    expect(app.asked.map(({ what }) => what)).toEqual(['GET /health/jobs']);
  });

  it('knows no oldest where nothing runs, whatever the app says of it', async () => {
    expect(await read(await shop({ running: 0, queued: 0, oldest_running_minutes: 0 }))).toMatchObject({
      running: 0,
      oldest: null,
      doubt: null,
    });
    expect(await read(await says('{"accepting":true,"running":0,"queued":0}'))).toMatchObject({
      oldest: null,
      doubt: null,
    });
  });

  it('doubts what runs since nobody knows when', async () => {
    const app = await says('{"accepting":true,"running":1,"queued":0,"oldest_running_minutes":null}');
    expect(await read(app)).toMatchObject({ running: 1, oldest: null, doubt: expect.stringContaining('since when') });
  });

  it('pauses and resumes, twice as once', async () => {
    const app = await shop();
    expect(await paused(app)).toEqual([false]);
    for (const to of [true, true, false, false]) {
      await intake(app, (of) => of.set([{ key: 'app', paused: to }]));
      expect(await paused(app)).toEqual([to]);
    }
    expect(app.asked.map(({ what }) => what).filter((what) => what.startsWith('POST'))).toEqual([
      'POST /health/jobs/pause',
      'POST /health/jobs/pause',
      'POST /health/jobs/resume',
      'POST /health/jobs/resume',
    ]);
  });

  it('refuses to pause anything but the app', async () => {
    const app = await shop();
    const trouble = await troubleOf(
      app.url,
      intake(app, (of) => of.set([{ key: 'default', paused: true }])),
    );
    expect(trouble.kind).toBe('fatal');
    expect(app.asked).toEqual([]);
  });

  it('asks below the path of the address, with the user and password that are in it', async () => {
    const app = await serve((_, response) => void response.end('{"accepting":true,"running":0,"queued":0}'));
    await read({ url: `${app.url.replace('//', '//me:p%40ss@')}/jobs/` });
    const authorization = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
    expect(app.asked).toEqual([{ what: 'GET /jobs/health/jobs', authorization }]);
  });

  it.each([
    ['no JSON', 'fatal', '<html>'],
    ['nothing', 'fatal', ''],
    ['a list', 'fatal', '[]'],
    ['no accepting', 'fatal', '{"running":1,"queued":0}'],
    ['a number in words', 'fatal', '{"accepting":true,"running":"1","queued":0}'],
    ['less than none', 'fatal', '{"accepting":true,"running":-1,"queued":0}'],
    ['half a job', 'fatal', '{"accepting":true,"running":0.5,"queued":0}'],
  ])('takes %s for trouble, never for a number', async (_, kind, text) => {
    const app = await says(text);
    expect(await troubleOf(app.url, read(app))).toMatchObject({ kind });
  });

  it.each([
    [401, 'needs-human'],
    [403, 'needs-human'],
    [404, 'fatal'],
    [429, 'retryable'],
    [500, 'retryable'],
    [503, 'retryable'],
  ])('takes a %i for %s trouble, whatever stands in it', async (status, kind) => {
    const app = await says('{"accepting":true,"running":0,"queued":0}', status);
    expect(await troubleOf(app.url, read(app))).toMatchObject({ kind, unclear: false });
  });

  it('leaves it open whether a pause that ended in a 503 took effect', async () => {
    const app = await says('', 503);
    const trouble = await troubleOf(
      app.url,
      intake(app, (of) => of.set([{ key: 'app', paused: true }])),
    );
    expect(trouble).toMatchObject({ kind: 'retryable', unclear: true });
  });

  it('follows no redirect', async () => {
    const other = await shop();
    const app = await serve(
      (_, response) => void response.writeHead(302, { location: `${other.url}/health/jobs` }).end(),
    );
    expect(await troubleOf(app.url, read(app))).toMatchObject({
      kind: 'needs-human',
      message: expect.stringContaining('302'),
    });
    expect(other.asked).toEqual([]);
  });

  it('reads no more than 64 kB', async () => {
    const app = await serve((_, response) => {
      const more = (): void => {
        while (response.write('x'.repeat(16_384)));
        response.once('drain', more);
      };
      more();
    });
    expect(await troubleOf(app.url, read(app))).toMatchObject({
      kind: 'fatal',
      message: expect.stringContaining('64 kB'),
    });
  });

  it('ends at once when it is told to, in the middle of an answer too', async () => {
    const stop = new AbortController();
    const app = await serve((_, response) => {
      response.write('{"accepting":');
      setImmediate(() => stop.abort());
    });
    expect(await troubleOf(app.url, read(app, stop.signal))).toMatchObject({
      kind: 'retryable',
      message: expect.stringContaining('stopped waiting'),
    });
    expect(await troubleOf(app.url, read(app, AbortSignal.abort()))).toMatchObject({ kind: 'retryable' });
  });

  it('takes a broken connection and an app that is not there for trouble that may pass', async () => {
    const app = await serve((request) => void request.socket.destroy());
    expect(await troubleOf(app.url, read(app))).toMatchObject({ kind: 'retryable' });
    const nobody = 'http://me:password@127.0.0.1:1';
    expect(await troubleOf(nobody, read({ url: nobody }))).toMatchObject({ kind: 'retryable' });
  });

  it.each(['shop.example.com', 'ftp://shop.example.com', 'postgres://me:password@shop.example.com/db', ''])(
    'takes %j for no address of an app',
    async (url) => {
      await expect(httpContract.open(sourceOf(url))).rejects.toMatchObject({ kind: 'fatal' });
    },
  );
});
