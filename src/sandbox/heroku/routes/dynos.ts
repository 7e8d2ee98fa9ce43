// Dynos: their list, one-offs, restarts and stops.

import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { isOneOff, restartDyno, restartFormation, runOneOff, stopDyno } from '../dynos.ts';
import { sendPage } from '../lists.ts';
import { invalid, notFound, Refused } from '../refused.ts';
import { findSize } from '../sizes.ts';
import type { App, Dyno } from '../state.ts';
import type { World } from '../world.ts';
import { appOf, bodyOf, iso, nameOf, type OfApp } from './common.ts';

const oneOff = z.object({
  command: z.string().min(1),
  attach: z.boolean().nullish(),
  env: z.record(z.string(), z.string()).nullish(),
  size: z.string().nullish(),
  type: z
    .string()
    .regex(/^[-\w]{1,128}$/)
    .nullish(),
  time_to_live: z.int().min(1).max(86_400).nullish(),
});

type OfDyno = { Params: { app: string; dyno: string } };
type OfType = { Params: { app: string; type: string } };

export function dynoRoutes(server: FastifyInstance, world: World): void {
  server.get<OfApp>('/apps/:app/dynos', (request, reply) => {
    const app = appOf(world, request);
    return sendPage(
      request,
      reply,
      listed(app).map((dyno) => dynoAnswer(app, dyno)),
      ['id', 'name'],
    );
  });

  server.post<OfApp>('/apps/:app/dynos', (request, reply) => {
    const app = appOf(world, request);
    const body = bodyOf(request, oneOff);
    const size = findSize(body.size ?? app.formation[0]?.size ?? 'Standard-1X');
    if (size === null) throw invalid(`No such size as ${body.size} for ${app.name}.`);
    if (app.slugId === null) throw new Refused(422, 'no_release', 'No release has been made yet for this app.');
    const dyno = runOneOff(world, app, {
      type: body.type ?? 'run',
      command: body.command,
      size,
      env: body.env ?? {},
      toLiveMs: (body.time_to_live ?? 86_400) * 1_000,
    });
    const answer = dynoAnswer(app, dyno);
    const attach_url = `rendezvous://rendezvous.runtime.heroku.com:5000/${dyno.id}`;
    return reply.code(201).send(body.attach ? { ...answer, attach_url } : answer);
  });

  server.delete<OfApp>('/apps/:app/dynos', (request, reply) => {
    restartFormation(world, appOf(world, request));
    return reply.code(202).send({});
  });

  server.get<OfDyno>('/apps/:app/dynos/:dyno', (request, reply) => {
    const app = appOf(world, request);
    return reply.send(dynoAnswer(app, find(app, request.params.dyno)));
  });

  server.delete<OfDyno>('/apps/:app/dynos/:dyno', (request, reply) => {
    const app = appOf(world, request);
    restartDyno(world, app, find(app, request.params.dyno));
    return reply.code(202).send({});
  });

  server.post<OfDyno>('/apps/:app/dynos/:dyno/actions/stop', (request, reply) => {
    const app = appOf(world, request);
    stop(world, app, find(app, request.params.dyno));
    return reply.code(202).send({});
  });

  server.delete<OfType>('/apps/:app/formations/:type', (request, reply) => {
    const app = appOf(world, request);
    ofType(app, request.params.type);
    restartFormation(world, app, request.params.type);
    return reply.code(202).send({});
  });

  server.post<OfType>('/apps/:app/formations/:type/actions/stop', (request, reply) => {
    const app = appOf(world, request);
    for (const dyno of ofType(app, request.params.type)) stop(world, app, dyno);
    return reply.code(202).send({});
  });
}

function listed(app: App): Dyno[] {
  return app.dynos.filter((dyno) => dyno.listed);
}

function find(app: App, nameOrId: string): Dyno {
  const found = listed(app).find(({ name, id }) => name === nameOrId || id === nameOrId);
  if (found === undefined) throw notFound('dyno', nameOrId);
  return found;
}

function ofType(app: App, type: string): Dyno[] {
  const dynos = listed(app).filter((dyno) => dyno.type === type);
  if (dynos.length === 0) throw notFound('process type', type);
  return dynos;
}

/** The formation still says how many there should be, so Heroku replaces what is stopped in it. A one-off is gone. */
function stop(world: World, app: App, dyno: Dyno): void {
  if (isOneOff(dyno)) stopDyno(world, app, dyno);
  else restartDyno(world, app, dyno);
}

export function dynoAnswer(app: App, { id, name, type, command, size, state, release, createdAt, updatedAt }: Dyno) {
  return {
    app: nameOf(app),
    attach_url: null,
    command,
    created_at: iso(createdAt),
    id,
    name,
    // Without code there is no dyno; a release is always there.
    release: { id: release?.id ?? id, version: release?.version ?? 0 },
    size,
    state,
    type,
    updated_at: iso(updatedAt),
  };
}
