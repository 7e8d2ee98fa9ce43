// The HTTP contract: an app that tells of its own jobs at /health/jobs, and stops taking new ones when it is asked to. Only
// the process that answers is known by it: with several web dynos, that is one of them.
import http from 'node:http';
import https from 'node:https';
import fetch, { FetchError } from 'node-fetch';
import { z } from 'zod';
import { Trouble } from '../errors.ts';
import type { Queue, QueueSystem, Source } from './queue.ts';

/** Milliseconds for the whole of one call. */
const ANSWER_MS = 5_000;
const MOST_BYTES = 65_536;
/** The one thing that is paused here. */
const KEY = 'app';

const Answer = z.object({
  accepting: z.boolean(),
  running: z.number().int().nonnegative(),
  queued: z.number().int().nonnegative(),
  /** Of the oldest that runs; may be left out where none does. */
  oldest_running_minutes: z.number().nonnegative().nullish(),
});
type Answer = z.infer<typeof Answer>;

export const httpContract: QueueSystem = {
  system: 'http',
  title: "The app's own /health/jobs",
  over: 'http',
  tested: 'an app that answers it, over real HTTP',
  beat: 0,
  async open(source) {
    const base = baseOf(source.url);
    return {
      async read() {
        const { running, queued, oldest_running_minutes: minutes } = await ask(base, source);
        const since = running === 0 ? null : (minutes ?? null);
        return {
          queues: [{ name: KEY, queued }],
          queued,
          later: null,
          running,
          oldest: since === null ? null : { ageMs: Math.round(since * 60_000), what: 'a job' },
          // It is asked for where the workers come back, behind the door, where the app cannot be asked.
          waiting: null,
          failed: null,
          doubt:
            running > 0 && since === null ? 'the app does not say since when its oldest job has been running' : null,
        };
      },
      intake: {
        async look() {
          return [{ key: KEY, label: 'the app', paused: !(await ask(base, source)).accepting }];
        },
        async set(changes) {
          for (const { key, paused } of changes) {
            if (key !== KEY) throw new Trouble('fatal', `Expected only ${KEY} to pause here, got another key.`, wrong);
            await call(base, 'POST', paused ? '/health/jobs/pause' : '/health/jobs/resume', source);
          }
        },
      },
      processes: null,
      async [Symbol.asyncDispose]() {},
    } satisfies Queue;
  },
};

const wrong = {
  remedy:
    'See that the app answers GET /health/jobs with {"accepting":true,"running":2,"queued":14,"oldest_running_minutes":3}.',
};

async function ask(base: Base, source: Source): Promise<Answer> {
  const text = await call(base, 'GET', '/health/jobs', source);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Trouble(
      'fatal',
      `Expected JSON from the app's GET /health/jobs, got ${text.length} characters that are none.`,
      wrong,
    );
  }
  const result = Answer.safeParse(json);
  if (result.success) return result.data;
  // Which field, never what it held.
  const misfits = result.error.issues
    .slice(0, 3)
    .map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`);
  throw new Trouble('fatal', `Expected another answer of the app's GET /health/jobs: ${misfits.join('; ')}.`, wrong);
}

interface Base {
  /** Without a slash at its end. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

function baseOf(text: string): Base {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Trouble(
      'fatal',
      'Expected the address of the app to begin with https:// or http://, got something else.',
      {
        remedy: "Name the app's own address, such as https://shop.example.com, in its settings.",
      },
    );
  }
  const { username, password } = url;
  const basic = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64');
  return {
    url: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
    headers: { accept: 'application/json', ...(username + password === '' ? {} : { authorization: `Basic ${basic}` }) },
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

// Nothing is held open between two looks.
const agents = { http: new http.Agent({ keepAlive: false }), https: new https.Agent({ keepAlive: false }) };

async function call(base: Base, method: 'GET' | 'POST', path: string, { signal }: Source): Promise<string> {
  const what = `${method} ${path}`;
  const writing = method === 'POST';
  const late = AbortSignal.timeout(ANSWER_MS);
  try {
    const response = await fetch(`${base.url}${path}`, {
      method,
      headers: base.headers,
      signal: AbortSignal.any([signal, late]),
      size: MOST_BYTES,
      // A little that unpacks to much is not taken, and what is sent to one address goes to no other.
      compress: false,
      redirect: 'manual',
      agent: ({ protocol }) => agents[protocol === 'https:' ? 'https' : 'http'],
    });
    const text = await response.text();
    if (!response.ok) throw refused(what, response.status, writing);
    return text;
  } catch (error) {
    if (error instanceof Trouble) throw error;
    throw unanswered(what, writing, {
      stopped: signal.aborted,
      late: late.aborted,
      big: error instanceof FetchError && error.type === 'max-size',
    });
  }
}

function unanswered(what: string, writing: boolean, why: { stopped: boolean; late: boolean; big: boolean }): Trouble {
  if (why.big) {
    return new Trouble('fatal', `Expected a short answer of the app to ${what}, got more than 64 kB.`, {
      ...wrong,
      unclear: writing,
    });
  }
  const words = why.stopped
    ? 'maint stopped waiting for it'
    : why.late
      ? 'no whole answer within 5 s'
      : 'the connection was refused or lost';
  return new Trouble('retryable', `Expected an answer of the app to ${what}, got none: ${words}.`, {
    remedy: 'It is asked again. If it lasts, see whether the app is up at the address in its settings.',
    unclear: writing,
  });
}

function refused(what: string, status: number, writing: boolean): Trouble {
  const message = `Expected the app to answer ${what}, got ${status}.`;
  const unclear = writing && status >= 500;
  if (status === 401 || status === 403) {
    return new Trouble('needs-human', message, {
      remedy: 'It asks for a user and password: put them into the address, in a config var that the settings name.',
    });
  }
  if (status >= 300 && status < 400) {
    return new Trouble('needs-human', message, {
      remedy: 'Redirects are not followed. Name the address that it redirects to in the settings.',
    });
  }
  if (status >= 500 || status === 408 || status === 429) {
    return new Trouble('retryable', message, {
      remedy: 'It is asked again. While maintenance mode is on, Heroku answers 503 in place of the app.',
      unclear,
    });
  }
  return new Trouble('fatal', message, wrong);
}
