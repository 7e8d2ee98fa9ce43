// Log sessions: the call that makes one, the stream behind its address, and what the control API does to them. An address
// is good for whoever has it, so there is no token to show.

import { PassThrough } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { parse } from '../../control.ts';
import type { LogReader, LogSession } from '../logs.ts';
import type { World } from '../world.ts';
import { appOf, bodyOf, iso, type OfApp } from './common.ts';

export const LOGPLEX_BASE = '/logplex/sessions';

const wish = z.object({
  // The schema has `dyno_name` and `type`; the Heroku CLI sends `dyno`, with a name or a process type.
  dyno: z.string().nullish(),
  dyno_name: z.string().nullish(),
  type: z.string().nullish(),
  source: z.string().nullish(),
  lines: z.int().min(0).nullish(),
  tail: z.boolean().nullish(),
});

const control = z.strictObject({
  refuse: z.enum(['nothing', 'sessions', 'streams']).optional(),
  delayMs: z.int().min(0).optional(),
  /** Streams that are open: cut off, or ended in order. */
  streams: z.enum(['cut', 'end']).optional(),
});

export function logRoutes(server: FastifyInstance, world: World): void {
  server.post<OfApp>('/apps/:app/log-sessions', (request, reply) => {
    const app = appOf(world, request);
    const body = bodyOf(request, wish);
    const { id, createdAt } = world.logs.create(app, world.newId(), {
      source: body.source ?? null,
      dyno: body.dyno_name ?? body.dyno ?? body.type ?? null,
      lines: body.lines ?? 100,
      tail: body.tail ?? false,
    });
    const at = iso(createdAt);
    const logplex_url = `http://${request.headers.host}${LOGPLEX_BASE}/${id}?srv=${Math.floor(createdAt / 1_000)}`;
    return reply.code(201).send({ created_at: at, id, logplex_url, updated_at: at });
  });

  server.get<{ Params: { id: string } }>(`${LOGPLEX_BASE}/:id`, (request, reply) => {
    const session = world.logs.find(request.params.id);
    if (session === null) return reply.code(404).type('text/plain').send('Not found');
    return stream(world, request, reply, session);
  });

  const state = () => ({ refuse: world.logs.refuse, delayMs: world.logs.delayMs, streams: world.logs.streams });
  server.get('/sandbox/logs', async () => state());
  server.post('/sandbox/logs', async (request) => {
    const { refuse, delayMs, streams } = parse(control, request.body);
    if (refuse !== undefined) world.logs.refuse = refuse;
    if (delayMs !== undefined) world.logs.delayMs = delayMs;
    if (streams !== undefined) world.logs[streams]();
    return state();
  });
}

/** As text, or as server-sent events for who wants those. */
function stream(world: World, request: FastifyRequest, reply: FastifyReply, session: LogSession): FastifyReply {
  const events = (request.headers.accept ?? '').includes('text/event-stream');
  const body = new PassThrough();
  const reader: LogReader = {
    line: ({ n, says }) => body.write(events ? `id: ${n}\ndata: ${says}\n\n` : `${says}\n`),
    end: () => body.end(),
    cut: () => request.raw.socket.resetAndDestroy(),
  };
  world.logs.read(session, reader);
  reply.raw.once('close', () => world.logs.left(reader));
  // Before the first line there is nothing that would send the headers.
  reply.raw.once('pipe', () => reply.raw.flushHeaders());
  return reply.type(events ? 'text/event-stream' : 'text/plain').send(body);
}
