// The sandbox's Heroku over HTTP: the Platform API at the root and the Scheduler's below /scheduler, on one port.

import type { FastifyInstance } from 'fastify';
import type { Service } from '../faults.ts';
import { admitToPlatform, admitToScheduler } from './admission.ts';
import { Refused } from './refused.ts';
import { accountRoutes } from './routes/account.ts';
import { addonRoutes } from './routes/addons.ts';
import { appRoutes } from './routes/apps.ts';
import { configVarRoutes } from './routes/config-vars.ts';
import { dynoRoutes } from './routes/dynos.ts';
import { formationRoutes } from './routes/formation.ts';
import { LOGPLEX_BASE, logRoutes } from './routes/logs.ts';
import { releaseRoutes } from './routes/releases.ts';
import { schedulerRoutes } from './routes/scheduler.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import type { World } from './world.ts';

export const SCHEDULER_BASE = '/scheduler';

/** Which API a path belongs to; the control API is neither. */
export function locateHeroku(path: string): { service: Service; path: string } | null {
  if (path === '/sandbox' || path.startsWith('/sandbox/')) return null;
  // Whose session it is, is a secret: neither the request log nor a fault needs it.
  if (path.startsWith(`${LOGPLEX_BASE}/`)) return { service: 'heroku', path: LOGPLEX_BASE };
  if (path.startsWith(`${SCHEDULER_BASE}/`)) return { service: 'scheduler', path: path.slice(SCHEDULER_BASE.length) };
  return { service: 'heroku', path };
}

/** Adds both APIs to a server whose traffic is watched already. */
export function serveHeroku(server: FastifyInstance, world: World): void {
  server.addHook('onRequest', async (request, reply) => {
    const place = locateHeroku(new URL(request.url, 'http://sandbox').pathname);
    if (place?.service === 'heroku' && place.path !== LOGPLEX_BASE) admitToPlatform(world, request, reply, place.path);
    if (place?.service === 'scheduler') admitToScheduler(world, request, reply, place.path);
  });

  server.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ id: 'not_found', message: 'The requested API endpoint was not found.' }),
  );
  server.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    // The control API is for people: what is wrong, and nothing of Heroku's ways.
    if (request.sandboxEntry === undefined) return reply.code(error.statusCode ?? 500).send({ error: error.message });
    const refused = asRefused(error);
    if (request.sandboxEntry?.service !== 'scheduler') return reply.code(refused.status).send(refused.toJSON());
    const { status, id, message } = refused;
    const body = JSON.stringify({ errors: [{ status: String(status), code: id, title: message }] });
    return reply.code(status).header('content-type', 'application/vnd.api+json').send(body);
  });

  accountRoutes(server, world);
  appRoutes(server, world);
  formationRoutes(server, world);
  dynoRoutes(server, world);
  configVarRoutes(server, world);
  releaseRoutes(server, world);
  addonRoutes(server, world);
  webhookRoutes(server, world);
  logRoutes(server, world);
  schedulerRoutes(server, world, SCHEDULER_BASE);
}

function asRefused(error: Error & { statusCode?: number }): Refused {
  if (error instanceof Refused) return error;
  if (error.statusCode === 400) return new Refused(400, 'bad_request', 'Request body must be valid JSON.');
  if (error.statusCode === 413) return new Refused(413, 'request_entity_too_large', 'Request body is too large.');
  return new Refused(500, 'internal_server_error', `The sandbox itself failed: ${error.message}`);
}
