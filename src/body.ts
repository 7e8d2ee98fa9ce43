// Reads the body of a request that anybody may have sent, and answers such a request: bounded in size and in time, and the rest
// of it is not waited for.
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What Slack and Heroku send stays far below it. */
const MOST_BYTES = 1_048_576;
/** Real time, as for every time-out. */
export const BODY_MS = 10_000;

/** `gone`: the other side has broken it off. */
export type Body = Buffer | 'too big' | 'late' | 'gone';

/** `ms`: for the whole of it. At most a megabyte. */
export function bodyOf(request: IncomingMessage, ms: number): Promise<Body> {
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
