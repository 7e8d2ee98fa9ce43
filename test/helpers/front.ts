// A real HTTP server in front of the sandbox's Heroku, for what the sandbox does not do by itself: it stops a request while
// something happens to the app, changes an answer on its way, or sends a write a second time. It decides nothing.

import { createServer, type IncomingHttpHeaders, type IncomingMessage, request as send } from 'node:http';

export interface Passing {
  readonly method: string;
  /** With the query; the Scheduler's begin with `/scheduler/`. */
  readonly path: string;
  readonly body: string;
}

export interface Through {
  /** Before it is handed on. What happens meanwhile happens before its effect. */
  readonly before?: (request: Passing) => Promise<void> | void;
  /** The JSON of an answer, as the client is to see it. */
  readonly answer?: (request: Passing, json: unknown) => unknown;
  /** Hands it on once more, and throws the second answer away. */
  readonly twice?: (request: Passing) => boolean;
  /** After its effect, before its answer. False: the answer never comes, the connection is reset. */
  readonly after?: (request: Passing) => Promise<boolean> | boolean;
}

export interface Front {
  readonly url: string;
  close(): Promise<void>;
}

export async function startFront(to: string, through: Through): Promise<Front> {
  const server = createServer((incoming, outgoing) => {
    const pass = async (): Promise<void> => {
      const request = { method: incoming.method ?? '', path: incoming.url ?? '', body: await text(incoming) };
      await through.before?.(request);
      const answer = await handOn(to, request, incoming.headers);
      if (through.twice?.(request) === true) await handOn(to, request, incoming.headers);
      if ((await through.after?.(request)) === false) {
        incoming.socket.resetAndDestroy();
        return;
      }
      const { 'content-length': _, ...headers } = answer.headers;
      outgoing.writeHead(answer.status, headers);
      outgoing.end(changed(through, request, answer));
    };
    pass().catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function handOn(to: string, { method, path, body }: Passing, headers: IncomingHttpHeaders): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onward = send(`${to}${path}`, { method, headers, agent: false }, (response) => {
      text(response).then(
        (whole) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: whole }),
        reject,
      );
    });
    onward.on('error', reject);
    onward.end(body);
  });
}

function changed({ answer: change }: Through, request: Passing, { body, status }: Answer): string {
  if (change === undefined || body === '' || status >= 300) return body;
  const json: unknown = JSON.parse(body);
  return JSON.stringify(change(request, json));
}

async function text(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
