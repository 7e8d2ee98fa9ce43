// One request and its whole answer over kept-alive connections, with a time-out and a size limit, or why there is none
// and whether the request may have arrived all the same. Knows no Heroku: tokens, repeats and errors are the transport's.

import http from 'node:http';
import https from 'node:https';
import fetch, { FetchError } from 'node-fetch';

export type Method = 'GET' | 'PATCH' | 'POST' | 'PUT' | 'DELETE';

export interface Sent {
  readonly method: Method;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Milliseconds of the machine's time for all of it: connecting, waiting, and reading the body to its end. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Use a connection of its own: a kept one that the other side has just closed looks like a reset after the effect. */
  readonly freshConnection: boolean;
}

export type Exchange =
  | {
      readonly is: 'answer';
      readonly status: number;
      readonly header: (name: string) => string | null;
      readonly text: string;
    }
  | {
      readonly is: 'nothing';
      readonly why: 'no-connection' | 'reset' | 'cut' | 'time-out' | 'too-big' | 'stopped';
      /** The system's code, such as ECONNRESET. */
      readonly code: string | null;
      /** Whether the request may have arrived. */
      readonly sent: boolean;
    };

export interface Exchanger {
  exchange(sent: Sent): Promise<Exchange>;
  /** Closes the kept connections. */
  close(): void;
}

// Without a connection nothing can have been sent. A time-out of the connecting itself (ETIMEDOUT) is not told apart
// from a later one by its code, so it is not among them.
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ERR_INVALID_CHAR']);

export function createExchanger(options: { readonly maxSockets: number; readonly maxBytes: number }): Exchanger {
  // Kept connections are given up after 30 s unused, before the other side would do it in the middle of a request.
  const kept = { keepAlive: true, maxSockets: options.maxSockets, timeout: 30_000 };
  const agents = { http: new http.Agent(kept), https: new https.Agent(kept) };
  const fresh = { http: new http.Agent({ keepAlive: false }), https: new https.Agent({ keepAlive: false }) };

  return {
    async exchange(sent) {
      if (sent.signal.aborted) return { is: 'nothing', why: 'stopped', code: null, sent: false };
      const stop = new AbortController();
      let timedOut = false;
      const timer = setTimeout(() => {
        timedOut = true;
        stop.abort();
      }, sent.timeoutMs);
      const onAbort = () => stop.abort();
      sent.signal.addEventListener('abort', onAbort);
      let answered = false;
      try {
        const response = await fetch(sent.url, {
          method: sent.method,
          headers: sent.headers,
          body: sent.body,
          signal: stop.signal,
          size: options.maxBytes,
          // The token goes to the address in the settings and to no other.
          redirect: 'manual',
          agent: (url) => (sent.freshConnection ? fresh : agents)[url.protocol === 'https:' ? 'https' : 'http'],
        });
        answered = true;
        const text = await response.text();
        return { is: 'answer', status: response.status, header: (name) => response.headers.get(name), text };
      } catch (error) {
        const code = codeOf(error);
        if (timedOut) return { is: 'nothing', why: 'time-out', code, sent: true };
        if (sent.signal.aborted) return { is: 'nothing', why: 'stopped', code, sent: true };
        if (error instanceof FetchError && error.type === 'max-size') {
          return { is: 'nothing', why: 'too-big', code, sent: true };
        }
        if (code !== null && NOT_SENT.has(code)) return { is: 'nothing', why: 'no-connection', code, sent: false };
        return { is: 'nothing', why: answered ? 'cut' : 'reset', code, sent: true };
      } finally {
        clearTimeout(timer);
        sent.signal.removeEventListener('abort', onAbort);
      }
    },
    close() {
      for (const agent of [agents.http, agents.https, fresh.http, fresh.https]) agent.destroy();
    },
  };
}

function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
