// An app that keeps the HTTP contract, and can be put behind a maintenance page.
import { createServer } from 'node:http';

export interface HttpApp {
  readonly url: string;
  accepting: boolean;
  running: number;
  minutes: number;
  /** The router answers in its place. */
  behind: boolean;
  /** Takes no notice of being asked to pause. */
  deaf: boolean;
  readonly asked: string[];
  [Symbol.asyncDispose](): Promise<void>;
}

export async function httpApp(): Promise<HttpApp> {
  const server = createServer(({ method, url }, response) => {
    app.asked.push(`${method} ${url}`);
    if (app.behind) return void response.writeHead(503).end('<html>');
    if (method === 'POST' && !app.deaf) app.accepting = url === '/health/jobs/resume';
    const { accepting, running, minutes } = app;
    response.end(
      JSON.stringify({ accepting, running, queued: 14, oldest_running_minutes: running > 0 ? minutes : null }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port on the loopback interface');
  const app: HttpApp = {
    url: `http://127.0.0.1:${address.port}`,
    accepting: true,
    running: 0,
    minutes: 3,
    behind: false,
    deaf: false,
    asked: [],
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return app;
}
