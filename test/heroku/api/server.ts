// A real HTTP server on this machine that answers as a test says, for what only real connections show: resets, hangs,
// cut bodies, and connections that are used again.

import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  readonly socket: Socket;
}

export interface TestServer {
  readonly url: string;
  readonly received: Received[];
  /** How many connections were opened. */
  connections(): number;
  /** Closes the connections that are not in use, as a router does after a while. */
  closeIdle(): void;
}

export type Handler = (request: Received, response: http.ServerResponse, nth: number) => void;

export async function serve(handler: Handler): Promise<TestServer> {
  const received: Received[] = [];
  let connections = 0;
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one: Received = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
        socket: request.socket,
      };
      received.push(one);
      handler(one, response, received.length);
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    connections: () => connections,
    closeIdle: () => server.closeIdleConnections(),
  };
}

export function json(
  response: http.ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Request-Id': 'req-1', ...headers });
  response.end(JSON.stringify(body));
}
