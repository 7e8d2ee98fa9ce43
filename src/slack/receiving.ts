// How requests come from Slack: over Socket Mode, or over HTTP at a port of ours, where others' routes are served too.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { HTTPReceiver, SocketModeReceiver } from '@slack/bolt';
import type { WebClientOptions } from '@slack/web-api';
import type { Logger } from '../log.ts';
import { signedOnly } from './signed.ts';
import { keepConnected } from './socket.ts';
import type { boltLogger } from './words.ts';

export interface PostRoute {
  /** With `:name` for a part that can be anything. */
  readonly path: string;
  handle(request: IncomingMessage, response: ServerResponse): void;
}

export interface Receiving {
  readonly receiver: HTTPReceiver | SocketModeReceiver;
  start(log: Logger): Promise<{ port: number | null; close(): Promise<void> }>;
}

/** A start waits this long for the first connection to Slack; then it goes on without, and keeps trying. Real time. */
const FIRST_CONNECTION = 5_000;
const PATH = '/slack/events';

/** `clientOptions`: written into by socket-mode, so it must be nobody else's. */
export function overSocket(
  appToken: string,
  clientOptions: WebClientOptions,
  logger: ReturnType<typeof boltLogger>,
): Receiving {
  const receiver = new SocketModeReceiver({
    appToken,
    logger,
    autoReconnectEnabled: false,
    clientPingTimeout: 2_000,
    installerOptions: { clientOptions: { ...clientOptions, retryConfig: { retries: 0 } } },
  });
  return {
    receiver,
    async start(log) {
      const connection = keepConnected(receiver.client, log);
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, FIRST_CONNECTION);
      });
      try {
        await Promise.race([connection.first, late]);
      } catch (error) {
        await connection.close();
        throw error;
      } finally {
        clearTimeout(timer);
      }
      return { port: null, close: () => connection.close() };
    },
  };
}

export interface HttpOptions {
  readonly signingSecret: string;
  readonly port: number;
  readonly routes: readonly PostRoute[];
  /** Of requests that do not come from Slack, or not as Slack sends them. */
  readonly refused: (why: string) => void;
}

export function overHttp(options: HttpOptions, logger: ReturnType<typeof boltLogger>): Receiving {
  const { signingSecret, port, routes, refused } = options;
  const receiver = new HTTPReceiver({
    signingSecret,
    endpoints: [PATH],
    logger,
    customRoutes: [
      {
        path: '/health',
        method: ['GET'],
        handler: (_request, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('ok'),
      },
      ...routes.map((route) => ({
        path: route.path,
        method: ['POST'],
        handler: (request: IncomingMessage, response: ServerResponse) => route.handle(request, response),
      })),
    ],
  });
  const next = (request: IncomingMessage, response: ServerResponse): void => {
    try {
      receiver.requestListener(request, response);
    } catch {
      // Bolt throws for every path that it does not know.
      response.writeHead(404).end();
    }
  };
  const server = createServer(signedOnly({ secret: signingSecret, path: PATH, next, refused }));
  return {
    receiver,
    async start() {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, () => {
          server.off('error', reject);
          resolve();
        });
      });
      const address = server.address();
      return {
        port: typeof address === 'object' && address !== null ? address.port : port,
        async close() {
          const closed = new Promise<void>((resolve) => server.close(() => resolve()));
          // Slack keeps its connections alive; whoever waits for them to end waits a minute.
          server.closeIdleConnections();
          await closed;
        },
      };
    },
  };
}
