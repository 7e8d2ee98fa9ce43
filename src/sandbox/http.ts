// The small HTTP server that both halves of the sandbox stand on: it reads bodies of every kind, writes the request log
// and does to a connection what a fault says. What the answers are is left to heroku/ and slack/.

import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { SandboxClock } from './clock.ts';
import { type Fault, Faults, type Service } from './faults.ts';
import { type LoggedRequest, RequestLog, withoutTokens } from './requests.ts';

/** What all services of one sandbox share. */
export interface Traffic {
  readonly clock: SandboxClock;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** Real milliseconds that every answer of a service takes. */
  readonly latencyMs: Record<Service, number>;
}

export function createTraffic(clock: SandboxClock): Traffic {
  return {
    clock,
    faults: new Faults(),
    requests: new RequestLog(),
    latencyMs: { heroku: 0, scheduler: 0, slack: 0 },
  };
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The body's bytes as they came, for signatures. */
    rawBody?: Buffer;
    sandboxFault?: Fault;
    sandboxEntry?: { -readonly [key in keyof LoggedRequest]: LoggedRequest[key] };
  }
}

/** A server whose bodies are parsed: JSON of any flavour, forms into a flat object, everything else left as a Buffer. */
export function createServer(): FastifyInstance {
  const server = Fastify({
    forceCloseConnections: true,
    bodyLimit: 10_000_000,
    routerOptions: { ignoreTrailingSlash: true },
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
    request.rawBody = bytes;
    const type = request.headers['content-type'] ?? '';
    if (bytes.length === 0) return done(null, undefined);
    if (/json/i.test(type)) return parseJson(bytes, done);
    if (/x-www-form-urlencoded/i.test(type)) {
      return done(null, Object.fromEntries(new URLSearchParams(bytes.toString('utf8'))));
    }
    return done(null, bytes);
  });
  return server;
}

function parseJson(bytes: Buffer, done: (error: Error | null, body?: unknown) => void): void {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    done(Object.assign(new Error('Expected JSON', { cause: error }), { statusCode: 400 }));
    return;
  }
  done(null, value);
}

/** Which service a path belongs to, and what is left of the path below its base; null leaves the request alone. */
export type Locate = (path: string) => { service: Service; path: string } | null;

/** Puts the request log, the faults and the latency before every route of `server`. Call it before adding routes. */
export function watchTraffic(server: FastifyInstance, traffic: Traffic, locate: Locate): void {
  server.addHook('onRequest', async (request) => {
    const url = new URL(request.url, 'http://sandbox');
    const place = locate(url.pathname);
    if (place === null) return;
    const { service, path } = place;
    const { method } = request;
    const query = Object.fromEntries(url.searchParams);
    const entry = traffic.requests.open({
      at: traffic.clock.now(),
      service,
      method,
      path,
      query: Object.fromEntries(
        Object.entries(query).map(([key, value]) => [key, key === 'token' ? '[removed]' : value]),
      ),
    });
    request.sandboxEntry = entry;
    const fault = traffic.faults.meet(service, method, path);
    if (fault !== null) {
      request.sandboxFault = fault;
      entry.fault = fault.kind;
    }
    const wait = traffic.latencyMs[service] + (fault?.kind === 'slow' ? (fault.delayMs ?? 1_000) : 0);
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  });

  // The fault comes after the body has been read, so that the log has the body of what was refused.
  server.addHook('preHandler', async (request, reply) => {
    const { sandboxEntry: entry, sandboxFault: fault } = request;
    if (entry !== undefined && request.body !== undefined) entry.body = withoutTokens(loggable(request.body));
    if (fault === undefined || entry === undefined) return;
    switch (fault.kind) {
      case 'status':
        return reply.code(fault.status ?? 500).send(fault.body ?? refusal(entry.service, fault.status ?? 500));
      case '429':
        if (fault.retryAfter !== undefined) reply.header('retry-after', fault.retryAfter);
        else if (entry.service === 'slack') reply.header('retry-after', 1);
        return reply.code(429).send(fault.body ?? refusal(entry.service, 429));
      case 'reset-before':
        return drop(request, reply);
      case 'hang':
        reply.hijack();
        return reply;
      default:
        return;
    }
  });

  server.addHook('onSend', async (request, reply, payload) => {
    const { sandboxEntry: entry, sandboxFault: fault } = request;
    if (entry === undefined) return payload;
    switch (fault?.kind) {
      case 'reset-after':
        drop(request, reply);
        return never();
      case 'hang-after':
        return never();
      case 'cut-body':
        cut(request, reply, payload);
        return never();
      case 'wrong-shape': {
        entry.status = reply.statusCode;
        reply.removeHeader('content-length');
        return JSON.stringify(fault.body ?? { unexpected: { shape: true } });
      }
      default:
        entry.status = reply.statusCode;
        return payload;
    }
  });
}

/** For a hook after which Fastify must not answer any more. */
function never(): Promise<never> {
  return new Promise(() => {});
}

function loggable(body: unknown): unknown {
  return Buffer.isBuffer(body) ? `[${body.length} bytes]` : body;
}

function drop(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.hijack();
  request.raw.socket.resetAndDestroy();
  return reply;
}

function cut(request: FastifyRequest, reply: FastifyReply, payload: unknown): void {
  reply.hijack();
  const body = Buffer.from(typeof payload === 'string' ? payload : '{"cut":true}');
  reply.raw.writeHead(reply.statusCode, { ...singleHeaders(reply), 'content-length': body.length });
  reply.raw.write(body.subarray(0, Math.floor(body.length / 2)), () => request.raw.socket.resetAndDestroy());
}

function singleHeaders(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]));
}

/** A refusal in the words of the service. */
function refusal(service: Service, status: number): unknown {
  if (service === 'slack') return { ok: false, error: status === 429 ? 'ratelimited' : 'internal_error' };
  if (service === 'scheduler') return { errors: [{ status: String(status), title: titles[status] ?? 'Error' }] };
  if (status === 429) return { id: 'rate_limit', message: 'Your account reached the API rate limit.' };
  return { id: ids[status] ?? 'error', message: `${titles[status] ?? 'Error'}.` };
}

const titles: Record<number, string> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  429: 'Too many requests',
  500: 'Internal server error',
  502: 'Bad gateway',
  503: 'Service unavailable',
  504: 'Gateway time-out',
};
const ids: Record<number, string> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  500: 'internal_server_error',
  502: 'bad_gateway',
  503: 'service_unavailable',
};

export interface Listening {
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
}

/** Starts it on `port` (0: a free one) of this machine only. */
export async function listen(
  server: FastifyInstance,
  options: { host?: string; port?: number } = {},
): Promise<Listening> {
  const host = options.host ?? '127.0.0.1';
  await server.listen({ host, port: options.port ?? 0 });
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error(`Expected a port, got ${String(address)}`);
  return { url: `http://${host}:${address.port}`, port: address.port };
}
