// A real HTTP server between the processes of a cell and the sandbox's Heroku, its add-ons, Slack and the app itself: each process has a way
// of its own through it, so that a dead one is heard no more. What happens to a request, the gate says; how, is done here.
import { Agent, createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { Fate } from './crossing.ts';
import type { Gate } from './gate.ts';

export interface Passing {
  readonly method: string;
  /** Below the service's base, without the query. */
  readonly path: string;
  readonly body: string;
}

export type AddOn = 'cronToGo' | 'advancedScheduler' | 'autoscaling' | 'hireFire';
export type Service = 'heroku' | 'slack' | 'jobs' | AddOn;

interface Way {
  readonly gate: Gate;
  readonly service: Service;
}

export interface Front {
  /** The base of one process's way to one service. */
  way(gate: Gate, service: Service): string;
  /** Where the app itself answers, for whichever process is there: an app has one address. */
  readonly jobs: string;
  close(): Promise<void>;
}

export interface FrontOptions {
  /** Where each of them is. */
  readonly urls: Readonly<Record<Service, string>>;
  /** Told of every request to Heroku, an add-on or the app before it is carried out. */
  readonly onHeroku: (passing: Passing, service: Service) => void;
}

export async function startFront(options: FrontOptions): Promise<Front> {
  const ways: Way[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const [, number = '', ...rest] = (incoming.url ?? '').split('/');
    const last = ways.at(-1);
    const way = number !== 'jobs' ? ways[Number(number)] : last && { gate: last.gate, service: 'jobs' as const };
    const url = `/${rest.join('/')}`;
    const path = url.split('?')[0] ?? '';
    const body = await text(incoming);
    if (way === undefined || way.gate.dead) return drop(incoming);
    const { gate, service } = way;
    gate.under += 1;
    try {
      const method = incoming.method ?? '';
      const writes = service === 'slack' ? /chat\.(post|update)/.test(path) : method !== 'GET';
      const via = service === 'heroku' || service === 'slack' || service === 'jobs' ? service : 'add-on';
      const fate = gate.meet(via, nameOf(service, method, path), path, writes);
      const carriedOut = async (): Promise<Answer> => {
        if (service !== 'slack') options.onHeroku({ method, path, body }, service);
        return handOn(options.urls[service], url, incoming, body, agent);
      };
      await meet(fate, service, gate, carriedOut, incoming, outgoing);
    } finally {
      gate.under -= 1;
    }
  }

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port');
  const { port } = address;
  return {
    jobs: `http://127.0.0.1:${port}/jobs`,
    way(gate, service) {
      ways.push({ gate, service });
      return `http://127.0.0.1:${port}/${ways.length - 1}`;
    },
    close: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function meet(
  fate: Fate,
  service: Service,
  gate: Gate,
  carriedOut: () => Promise<Answer>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  switch (fate.is) {
    case 'pass': {
      const answer = await carriedOut();
      // It died while this was under way: nobody hears the answer.
      if (gate.dead) return drop(incoming);
      return reply(outgoing, answer);
    }
    case 'die':
      if (fate.when === 'before') gate.dead = true;
      else
        await carriedOut().finally(() => {
          gate.dead = true;
        });
      return drop(incoming);
    case 'reset':
    case 'fail':
      if (fate.when === 'after') await carriedOut();
      return drop(incoming);
    case 'hang':
      if (fate.when === 'after') await carriedOut();
      return;
    case 'status':
      return refuse(outgoing, service, fate.status, fate.retryAfter ?? null);
    case 'cut-body': {
      const { status, headers, body } = await carriedOut();
      outgoing.writeHead(status, { ...headers, 'content-length': body.length });
      outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => incoming.socket.resetAndDestroy());
      return;
    }
    case 'answer': {
      const { status, headers } = await carriedOut();
      outgoing.writeHead(status, headers);
      if (fate.body === 'wrong-shape') outgoing.end('{"unexpected":{"shape":true}}');
      else if (fate.body === 'too-deep') outgoing.end('['.repeat(10_000) + ']'.repeat(10_000));
      else await flood(outgoing);
    }
  }
}

const MEGABYTE = Buffer.alloc(1_000_000, ' ');

/** 50 MB of blanks, as far as the other side reads them. */
async function flood(outgoing: ServerResponse): Promise<void> {
  for (let sent = 0; sent < 50 && !outgoing.destroyed; sent += 1) {
    const more = outgoing.write(MEGABYTE);
    if (more) continue;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        outgoing.off('drain', go);
        outgoing.off('close', go);
        resolve();
      };
      outgoing.on('drain', go);
      outgoing.on('close', go);
    });
  }
  outgoing.end();
}

function drop(incoming: IncomingMessage): void {
  incoming.socket.resetAndDestroy();
}

/** A refusal in the words of the service. */
function refuse(outgoing: ServerResponse, service: Service, status: number, retryAfter: number | null): void {
  const words: Record<number, string> = {
    401: 'unauthorized',
    404: 'not_found',
    422: 'invalid_params',
    429: 'rate_limit',
    500: 'internal_server_error',
    503: 'service_unavailable',
  };
  const id = words[status] ?? 'error';
  const body =
    service === 'slack'
      ? { ok: false, error: status === 429 ? 'ratelimited' : 'internal_error' }
      : { id, message: `${id.replaceAll('_', ' ')}, as the matrix wants it.` };
  const retry = retryAfter === null ? {} : { 'retry-after': String(retryAfter) };
  outgoing.writeHead(status, { 'content-type': 'application/json', ...retry });
  outgoing.end(JSON.stringify(body));
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[]>;
  readonly body: Buffer;
}

function reply(outgoing: ServerResponse, { status, headers, body }: Answer): void {
  outgoing.writeHead(status, { ...headers, 'content-length': body.length });
  outgoing.end(body);
}

function handOn(to: string, url: string, incoming: IncomingMessage, body: string, agent: Agent): Promise<Answer> {
  const { host: _, connection: __, 'transfer-encoding': ___, ...headers } = incoming.headers;
  return new Promise((resolve, reject) => {
    const asking = send(
      to + url,
      { method: incoming.method ?? 'GET', headers: { ...headers, 'content-length': Buffer.byteLength(body) }, agent },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          const { 'content-length': _length, connection: _connection, 'keep-alive': _kept, ...kept } = answer.headers;
          const all: Record<string, string | string[]> = {};
          for (const [name, value] of Object.entries(kept)) if (value !== undefined) all[name] = value;
          resolve({ status: answer.statusCode ?? 502, headers: all, body: Buffer.concat(parts) });
        });
      },
    );
    asking.on('error', reject);
    asking.end(body);
  });
}

async function text(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

/** With ids left out, so that two calls for the same thing have the same name. */
function nameOf(service: Service, method: string, path: string): string {
  if (service === 'slack') return path.split('/').at(-1) ?? path;
  return `${service === 'heroku' ? '' : `${service} `}${method} ${path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '*').replace(/\/(jobs|releases)\/[^/]+/g, '/$1/*')}`;
}
