// The one road to an API of Heroku: a token, a place in the queue, the fence, the request, and at most two repeats
// within two seconds. Longer waits belong to the engine, which is told from when on it may try again.

import PQueue from 'p-queue';
import { LeaseLost, Trouble } from '../../errors.ts';
import type { Json } from '../../model/json.ts';
import type { Bucket } from './bucket.ts';
import type { Call, Priority } from './call.ts';
import { createExchanger, type Exchange, type Method } from './exchange.ts';
import { type Context, emptyBucket, type Failure, notJson, refused, stopped, unanswered } from './failures.ts';
import { parseJson } from './json-body.ts';

export interface Request {
  readonly method: Method;
  readonly path: string;
  readonly body?: Json;
  readonly headers?: Readonly<Record<string, string>>;
  /** Values in the body that no message may repeat. */
  readonly secrets?: readonly string[];
  /** Doing it twice would be one too many: repeated only when it was certainly not carried out. */
  readonly onlyOnce?: boolean;
  /** Costs no token. */
  readonly free?: boolean;
  /** Of a write: the keys of the shared reads that it changes, by how they begin. Where it does not say, all of them. */
  readonly changes?: readonly string[];
}

export interface Answer {
  readonly method: Method;
  readonly path: string;
  readonly status: number;
  /** What the body says; null when it is empty. Parse it. */
  readonly json: unknown;
  readonly nextRange: string | null;
  readonly requestId: string | null;
}

/** One line for every request that was sent. Never the body, never a header of the request. */
export interface RequestLine {
  readonly method: Method;
  readonly path: string;
  /** What the caller asked it for. */
  readonly asking: string;
  /** 1, 2 or 3. */
  readonly attempt: number;
  readonly ms: number;
  readonly outcome: number | string;
  readonly requestId: string | null;
  readonly remaining: number | null;
}

export interface TransportOptions {
  /** How messages call the other side. */
  readonly name: string;
  readonly url: string;
  readonly token: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string;
  /** Whether its error messages may be repeated in ours; its own ids always are. */
  readonly quotes: boolean;
  /** Whether a token that it refuses is good for nothing else either; true where not said. */
  readonly whole?: boolean;
  /** Null where no tokens are counted. */
  readonly bucket: Bucket | null;
  /** Milliseconds for one attempt. Writes have less, for they must fit into what is left of a lease. */
  readonly timeouts: { readonly read: number; readonly write: number };
  /** Milliseconds before each repeat, so as many repeats as there are of them. */
  readonly pauses: readonly number[];
  /** Requests under way at the same time. */
  readonly concurrency: number;
  readonly maxBytes: number;
  /** Milliseconds of a clock that is never set back. */
  readonly now: () => number;
  readonly log?: ((line: RequestLine) => void) | undefined;
}

export interface Transport {
  readonly name: string;
  /** Throws HerokuError for whatever is no success, and what `call.fence` throws. */
  send(call: Call, request: Request): Promise<Answer>;
  /** What the token may do, as the last answer's `Oauth-Scope` header said it; null where none has. */
  scopes(): readonly string[] | null;
  close(): void;
}

const PATIENCE_MS = 2_000;
const TURN: Readonly<Record<Priority, number>> = { person: 2, run: 1, poll: 0 };

export function createTransport(options: TransportOptions): Transport {
  const { bucket, now } = options;
  const queue = new PQueue({ concurrency: options.concurrency });
  const exchanger = createExchanger({ maxSockets: options.concurrency, maxBytes: options.maxBytes });
  const base = options.url.replace(/\/+$/, '');
  let scopes: readonly string[] | null = null;

  /** Waits for a token up to `patience` ms. Answers 0 with the token taken, or how long there will be none. */
  async function token(call: Call, patience: number): Promise<number> {
    if (bucket === null) return 0;
    const until = now() + patience;
    for (;;) {
      const wait = bucket.take(call.priority);
      if (wait === 0 || now() + wait > until) return wait;
      await pause(wait, call.signal);
      if (call.signal.aborted) return wait;
    }
  }

  /** A place in the queue; gives it up when the caller is stopped before its turn. */
  function turn(call: Call, work: () => Promise<Exchange>): Promise<Exchange> {
    return new Promise((resolve, reject) => {
      const leave = () => resolve({ is: 'nothing', why: 'stopped', code: null, sent: false });
      call.signal.addEventListener('abort', leave);
      const started = async () => {
        call.signal.removeEventListener('abort', leave);
        if (call.signal.aborted) return leave();
        resolve(await work());
      };
      queue.add(started, { priority: TURN[call.priority] }).catch(reject);
    });
  }

  function attempt(call: Call, request: Request, number: number): Promise<Exchange> {
    const writes = request.method !== 'GET';
    const timeoutMs = writes ? options.timeouts.write : options.timeouts.read;
    return turn(call, async () => {
      if (writes) call.fence(timeoutMs);
      const began = now();
      const exchange = await exchanger.exchange({
        method: request.method,
        url: base + request.path,
        headers: {
          ...options.headers,
          Authorization: `Bearer ${options.token}`,
          'User-Agent': 'maint',
          ...(request.body === undefined ? {} : { 'Content-Type': options.contentType }),
          ...request.headers,
        },
        body: request.body === undefined ? null : JSON.stringify(request.body),
        timeoutMs,
        signal: call.signal,
        freshConnection: request.onlyOnce ?? false,
      });
      options.log?.({
        method: request.method,
        path: request.path,
        asking: call.asking ?? '',
        attempt: number,
        ms: Math.round(now() - began),
        outcome: exchange.is === 'answer' ? exchange.status : (exchange.code ?? exchange.why),
        requestId: exchange.is === 'answer' ? exchange.header('request-id') : null,
        remaining: remainingOf(exchange),
      });
      return exchange;
    });
  }

  async function send(call: Call, request: Request): Promise<Answer> {
    const { name, token: secret, quotes, whole = true } = options;
    const canWait = call.priority === 'poll';
    const context: Context = { name, request, token: secret, quotes, whole, canWait };
    let failure: Failure | null = null;
    let failedFirst = 0;
    let unclear = false;
    for (let number = 1; ; number += 1) {
      if (call.signal.aborted) throw reasonOf(call, context, unclear);
      const patience = failure === null ? PATIENCE_MS : failedFirst + PATIENCE_MS - now();
      if (!request.free) {
        const wait = await token(call, patience);
        if (call.signal.aborted) throw reasonOf(call, context, unclear);
        if (wait > 0) throw emptyBucket(context, failure, wait, unclear);
      }
      let exchange: Exchange | null = null;
      try {
        exchange = await attempt(call, request, number);
      } finally {
        if (!request.free) bucket?.settle(exchange === null ? null : remainingOf(exchange));
      }
      if (exchange.is === 'nothing' && exchange.why === 'stopped') {
        throw reasonOf(call, context, unclear || exchange.sent);
      }
      if (exchange.is === 'answer') scopes = scopesOf(exchange.header('oauth-scope')) ?? scopes;
      const outcome = judge(exchange);
      if ('answer' in outcome) return outcome.answer;
      failure = outcome.failure;
      unclear ||= failure.unclear;
      if (number === 1) failedFirst = now();
      const rest = Math.max(options.pauses[number - 1] ?? Number.POSITIVE_INFINITY, failure.waitMs);
      if (!failure.again || now() + rest > failedFirst + PATIENCE_MS) throw failure.error(unclear);
      await pause(rest, call.signal);
    }

    function judge(exchange: Exchange): { answer: Answer } | { failure: Failure } {
      if (exchange.is === 'nothing') return { failure: unanswered(context, exchange) };
      if (exchange.status === 429) bucket?.drained();
      if (exchange.status < 200 || exchange.status > 299) {
        return { failure: refused(context, exchange, bucket) };
      }
      const json = parseJson(exchange.text);
      if (json === undefined) return { failure: notJson(context, exchange) };
      return {
        answer: {
          method: request.method,
          path: request.path,
          status: exchange.status,
          json,
          nextRange: exchange.header('next-range'),
          requestId: exchange.header('request-id'),
        },
      };
    }
  }

  return {
    name: options.name,
    async send(call, request) {
      if (request.method === 'GET') return send(call, request);
      try {
        return await send(call, request);
      } finally {
        // A write that failed may have had its effect, so what was read before it counts no longer either.
        call.reads.forget(...(request.changes ?? []));
      }
    },
    scopes: () => scopes,
    close: () => exchanger.close(),
  };
}

function scopesOf(header: string | null): readonly string[] | null {
  const scopes = (header ?? '').split(/[\s,]+/).filter((scope) => scope !== '');
  return scopes.length === 0 ? null : scopes;
}

/** Whoever stopped the call may have said why; a lost lease must reach the driver as one. */
function reasonOf(call: Call, context: Context, unclear: boolean): Error {
  const reason: unknown = call.signal.reason;
  return reason instanceof LeaseLost || reason instanceof Trouble ? reason : stopped(context, unclear);
}

function remainingOf(exchange: Exchange): number | null {
  if (exchange.is === 'nothing') return null;
  const header = exchange.header('ratelimit-remaining');
  return header !== null && /^\d{1,9}$/.test(header) ? Number(header) : null;
}

/** Real time; ends early, without an error, when the signal says so. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
