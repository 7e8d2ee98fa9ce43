// Log sessions: an address good for five minutes, and the stream behind it. The address opens an app's log to whoever has
// it, so it is a secret: it reaches no message and no log. What lines mean is log-lines.ts's affair; connecting again, the caller's.

import http from 'node:http';
import https from 'node:https';
import type * as Published from '@heroku-cli/schema';
import fetch from 'node-fetch';
import { z } from 'zod';
import type { Call } from './call.ts';
import { fits } from './schema-check.ts';
import { parse } from './shape.ts';
import type { Transport } from './transport.ts';

const LogSession = fits<Published.LogSession>()(
  z.object({
    logplex_url: z.string().refine(mayBeAsked, 'Expected an https address, or an http one of this machine'),
  }),
);

export interface LogFilter {
  /** Only what this dyno writes, and the platform about it. */
  readonly dynoName?: string;
  readonly source?: 'app' | 'heroku';
  /** How many of the lines so far; 100 when not said, and no more than 1,500 are kept. Fir apps have none. */
  readonly lines?: number;
  /** Whether the stream goes on with lines as they come. It is ended by the other side after about an hour. */
  readonly tail: boolean;
}

export type LogEnd =
  /** By the other side, in order: all lines of a session without tail, or its hour is over. */
  | { readonly why: 'closed' }
  /** By the caller's signal, or because the client was closed. */
  | { readonly why: 'aborted' }
  /** It never began, or was cut off. `status`: of an answer that was no stream, as 404 where the five minutes are over. */
  | { readonly why: 'error'; readonly says: string; readonly status: number | null };

export interface Listening {
  readonly signal: AbortSignal;
  /** The stream is there: from now on lines are heard. Once at most, before the first line. */
  readonly onOpen?: () => void;
  /** A whole line without its end, never an empty one. */
  readonly onLine: (line: string) => void;
  /** Exactly once, after everything else. */
  readonly onEnd: (end: LogEnd) => void;
}

/** Milliseconds of the machine's time until the stream begins. Once it has, silence is no fault: apps may have nothing to say. */
const PATIENCE_MS = 20_000;
/** Characters of a line. Heroku's own are cut at 10 kB. */
export const LONGEST_LINE = 65_536;

/** `closed`: aborted when the client is, which ends every stream. */
export function logSessions(heroku: Transport, closed: AbortSignal) {
  return {
    /** The address to connect to, a secret. */
    create: async (call: Call, appId: string, filter: LogFilter): Promise<string> => {
      const answer = await heroku.send(changingNothing(call), {
        method: 'POST',
        path: `/apps/${encodeURIComponent(appId)}/log-sessions`,
        body: {
          tail: filter.tail,
          ...(filter.dynoName === undefined ? {} : { dyno_name: filter.dynoName }),
          ...(filter.source === undefined ? {} : { source: filter.source }),
          ...(filter.lines === undefined ? {} : { lines: filter.lines }),
        },
      });
      return parse(LogSession, answer).logplex_url;
    },
    /** Reads the stream until its end. The callbacks must not throw. */
    connect: (url: string, listening: Listening): void => {
      const signal = AbortSignal.any([listening.signal, closed]);
      listen(url, { ...listening, signal }).then(listening.onEnd);
    },
  };
}

/** A POST all the same: it needs no lease, and what was read before it still counts. */
function changingNothing(call: Call): Call {
  return {
    priority: call.priority,
    ...(call.asking === undefined ? {} : { asking: call.asking }),
    signal: call.signal,
    fence: () => {},
    reads: { once: (key, load, keepMs) => call.reads.once(key, load, keepMs), forget: () => {} },
  };
}

function mayBeAsked(address: string): boolean {
  const url = URL.parse(address);
  // Such an address is refused by fetch, in an error that quotes it.
  if (url === null || url.username !== '' || url.password !== '') return false;
  const { protocol, hostname } = url;
  if (protocol === 'https:') return true;
  return protocol === 'http:' && (hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname));
}

/** Never rejects. No message of an error is repeated: most of them quote the address. */
async function listen(address: string, { signal, onOpen, onLine }: Listening): Promise<LogEnd> {
  if (signal.aborted) return { why: 'aborted' };
  if (!mayBeAsked(address)) return failed('the address is neither https nor on this machine');
  const stop = new AbortController();
  const onAbort = () => stop.abort();
  signal.addEventListener('abort', onAbort);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    stop.abort();
  }, PATIENCE_MS);
  // A connection whose other end has vanished is found out by the system, which asks after it.
  const asks = { keepAlive: true, keepAliveMsecs: 15_000 };
  const agent = address.startsWith('https:') ? new https.Agent(asks) : new http.Agent(asks);
  try {
    const response = await fetch(address, {
      // Nothing of ours goes there, the token least of all. Packed, lines would wait for one another.
      headers: { 'User-Agent': 'maint', Accept: '*/*' },
      redirect: 'manual',
      compress: false,
      signal: stop.signal,
      agent,
    });
    clearTimeout(timer);
    if (response.status !== 200 || response.body === null) {
      return failed(`expected a stream, got ${response.status}`, response.status);
    }
    if (signal.aborted) return { why: 'aborted' };
    onOpen?.();
    const events = /^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '');
    const take = (line: string) => {
      const text = events ? dataOf(line) : line;
      if (text !== '' && !signal.aborted) onLine(text);
    };
    const lines = splitter(take);
    for await (const chunk of response.body) lines(Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk));
    // Every line has an end: what comes after the last one was cut off, and half a line may say something else.
    return signal.aborted ? { why: 'aborted' } : { why: 'closed' };
  } catch (error) {
    if (signal.aborted) return { why: 'aborted' };
    if (late) return failed(`no answer within ${PATIENCE_MS / 1_000} s`);
    return failed(`the connection was lost (${codeOf(error)})`);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    stop.abort();
    agent.destroy();
  }
}

function failed(says: string, status: number | null = null): LogEnd {
  return { why: 'error', says, status };
}

/** Lines out of bytes, whatever the pieces. NULs and carriage returns, as some send to keep a connection, are left out. */
function splitter(take: (line: string) => void): (bytes: Buffer) => void {
  const decoder = new TextDecoder();
  let line = '';
  const add = (text: string) => {
    if (line.length < LONGEST_LINE) line += text.slice(0, LONGEST_LINE - line.length);
  };
  return (bytes) => {
    const [first = '', ...rest] = decoder.decode(bytes, { stream: true }).split('\n');
    add(first);
    for (const next of rest) {
      take(line.replaceAll('\0', '').replace(/\r$/, ''));
      line = '';
      add(next);
    }
  };
}

/** Of server-sent events, which Heroku's own clients ask for: the text of a `data` field, and nothing of the others. */
function dataOf(line: string): string {
  return line.startsWith('data:') ? line.slice('data:'.length).replace(/^ /, '') : '';
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' && /^\w{1,40}$/.test(code) ? code : 'no code';
}
