// Reads the body of a request that anybody may have sent, and answers such a request: bounded in size and in time, and the rest
// of it is not waited for.
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What Slack and Heroku send stays far below it. */
const MOST_BYTES = 1_048_576;
/** Real time, as for every time-out. */
export const BODY_MS = 10_000;

/** `gone`: the other side has broken it off. `dropped`: too many others have begun since. */
export type Body = Buffer | 'too big' | 'late' | 'dropped' | 'gone';

/**
 * Reads `most` bodies at the same time, each at most a megabyte and within `ms`: what strangers can make us keep in memory
 * is bounded. Where one more comes, the oldest is dropped: who is honest has sent all of it long before, and whoever holds
 * bodies back must not shut the honest out.
 */
export function bodyReader(most: number, ms: number): (request: IncomingMessage) => Promise<Body> {
  const reading = new Set<AbortController>();
  return async (request) => {
    const [oldest] = reading;
    if (oldest !== undefined && reading.size >= most) {
      reading.delete(oldest);
      oldest.abort();
    }
    const own = new AbortController();
    reading.add(own);
    return bodyOf(request, ms, own.signal).finally(() => reading.delete(own));
  };
}

function bodyOf(request: IncomingMessage, ms: number, drop: AbortSignal): Promise<Body> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > MOST_BYTES) end('too big');
      else chunks.push(chunk);
    };
    const end = (body: Body): void => {
      clearTimeout(timer);
      request.off('data', take);
      request.pause();
      resolve(body);
    };
    const timer = setTimeout(() => end('late'), ms);
    drop.addEventListener('abort', () => end('dropped'));
    request.on('error', () => end('gone'));
    request.on('close', () => end('gone'));
    request.on('end', () => end(Buffer.concat(chunks)));
    if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) return end('too big');
    request.on('data', take);
  });
}

/** Without a word, and without waiting for what may still come over this connection. */
export function answer(response: ServerResponse, status: number): void {
  const { req: request } = response;
  const whole = request.complete;
  response.writeHead(status, { 'content-length': 0, ...(whole ? {} : { connection: 'close' }) });
  response.end(() => {
    if (!whole) request.destroy();
  });
}
