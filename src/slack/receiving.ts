// How requests come from Slack: over Socket Mode, or over HTTP at a port of ours, where others' routes are served too.
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { HTTPReceiver, SocketModeReceiver } from '@slack/bolt';
import type { WebClientOptions } from '@slack/web-api';
import type { Logger } from '../log.ts';
import { signedOnly } from './signed.ts';
import { keepConnected } from './socket.ts';
import type { boltLogger } from './words.ts';

/** A part of what is served, and all that lies below `path`, up to its last slash. */
export interface PostRoute {
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
    // Only what is checked already gets there. A second time it costs as much as the whole rest of an acknowledgement.
    signatureVerification: false,
  });
  const server = createServer(
    signedOnly({
      secret: signingSecret,
      path: PATH,
      signed: receiver.requestListener,
      others: serving(routes),
      refused,
    }),
  );
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

/** Never Bolt: it would take a path of its own in another spelling, `/./slack/events` for one, and with it what nobody has signed. */
function serving(routes: readonly PostRoute[]): RequestListener {
  return (request, response) => {
    const { method, url = '' } = request;
    if (method === 'GET' && url.split('?')[0] === '/health') {
      response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
      return;
    }
    const route = routes.find(({ path }) => url.startsWith(path.slice(0, path.lastIndexOf('/') + 1)));
    if (method === 'POST' && route !== undefined) return route.handle(request, response);
    response.writeHead(404).end();
  };
}
