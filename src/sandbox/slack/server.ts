// Slack's HTTP side: the Web API under /api/, response URLs, uploads, and the upgrade to Socket Mode.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createServer, type Traffic, watchTraffic } from '../http.ts';
import type { World } from './call.ts';
import { methods, tokenFor } from './methods/index.ts';
import { Refusal } from './refusal.ts';
import { respond } from './respond.ts';
import type { Sockets } from './sockets.ts';

export interface Tokens {
  readonly bot: string;
  readonly app: string;
}

export function slackServer(world: World, tokens: Tokens, sockets: Sockets, traffic: Traffic): FastifyInstance {
  const server = createServer();
  watchTraffic(server, traffic, (path) => ({ service: 'slack', path: path.replace(/^\/api/, '') }));

  server.route<{ Params: { method: string } }>({
    method: ['GET', 'POST'],
    url: '/api/:method',
    handler: async (request, reply) => {
      try {
        return { ok: true, ...(await answer(world, tokens, request.params.method, request)) };
      } catch (error) {
        if (error instanceof Refusal) return refuse(reply, error);
        throw error;
      }
    },
  });

  server.post<{ Params: { id: string } }>('/respond/:id', async (request, reply) => {
    try {
      respond(world, request.params.id, fields(request.body));
      return reply.type('text/plain').send('ok');
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const gone = error.code === 'expired_url' || error.code === 'used_url';
      return reply.code(gone ? 404 : 400).send({ ok: false, error: error.code, ...error.extra });
    }
  });

  server.post<{ Params: { id: string } }>('/upload/:id', async (request, reply) => {
    const file = world.files.find(request.params.id);
    const bytes = await uploaded(request);
    if (file === null || bytes === null) return reply.code(404).type('text/plain').send('not found');
    world.files.receive(file, bytes);
    return reply.type('text/plain').send(`OK - ${bytes.length}`);
  });

  server.server.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head));
  return server;
}

async function answer(world: World, tokens: Tokens, name: string, request: FastifyRequest) {
  const method = methods.get(name);
  if (method === undefined) throw new Refusal('unknown_method', { extra: { req_method: name } });
  const given = { ...fields(request.query), ...fields(request.body) };
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? given.token;
  if (token === undefined || token === '') throw new Refusal('not_authed');
  if (token !== tokens.bot && token !== tokens.app) throw new Refusal('invalid_auth');
  if (token !== tokens[tokenFor(name)]) throw new Refusal('not_allowed_token_type');
  return method({ world, given });
}

function refuse(reply: FastifyReply, refusal: Refusal): FastifyReply {
  if (refusal.retryAfter !== null) reply.code(429).header('retry-after', refusal.retryAfter);
  return reply.send({ ok: false, error: refusal.code, ...refusal.extra });
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Buffer.isBuffer(value) ? { ...value } : {};
}

/** The file's bytes, whether they came by themselves or in a form. */
async function uploaded(request: FastifyRequest): Promise<Buffer | null> {
  const bytes = request.rawBody ?? null;
  const type = request.headers['content-type'] ?? '';
  if (bytes === null || !type.startsWith('multipart/form-data')) return bytes;
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
  for (const part of form.values()) {
    if (typeof part !== 'string') return Buffer.from(await part.arrayBuffer());
  }
  return null;
}
