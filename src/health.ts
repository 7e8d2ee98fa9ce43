// Answers on PORT where Slack does not: Heroku ends a web dyno that listens on no port within a minute, and Socket Mode
// needs none. What else is to be had at that port is handed in.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** Real time, for a whole request. */
const REQUEST_MS = 10_000;

/** A part of what is served, and all that lies below `path`, up to its last slash. */
export interface Route {
  readonly path: string;
  handle(request: IncomingMessage, response: ServerResponse): void;
}

export async function serveHealth(
  port: number,
  routes: readonly Route[] = [],
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const limits = { headersTimeout: REQUEST_MS, requestTimeout: REQUEST_MS, connectionsCheckingInterval: 2_000 };
  const server = createServer(limits, (request, response) => {
    const route = routes.find(({ path }) => request.url?.startsWith(path.slice(0, path.lastIndexOf('/') + 1)));
    if (route !== undefined) return route.handle(request, response);
    response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
