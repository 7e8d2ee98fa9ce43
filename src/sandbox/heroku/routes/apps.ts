// Apps: their list, one of them, maintenance mode and the name.

import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { sendPage } from '../lists.ts';
import { invalid, notFound } from '../refused.ts';
import { type App, currentRelease, note } from '../state.ts';
import type { World } from '../world.ts';
import { appOf, bodyOf, iso, type OfApp } from './common.ts';

const change = z.object({
  maintenance: z.boolean().optional(),
  name: z
    .string()
    .regex(
      /^[a-z][a-z0-9-]{1,28}[a-z0-9]$/,
      'Name must start with a letter, end with a letter or digit and be lowercase',
    )
    .optional(),
  build_stack: z.string().optional(),
});

export function appRoutes(server: FastifyInstance, world: World): void {
  server.get('/apps', (request, reply) => {
    const apps = world.apps.map((app) => appAnswer(world, app));
    return sendPage(request, reply, apps, ['id', 'name', 'updated_at']);
  });

  server.get<OfApp>('/apps/:app', (request, reply) => reply.send(appAnswer(world, appOf(world, request))));

  server.patch<OfApp>('/apps/:app', (request, reply) => {
    const app = appOf(world, request);
    const { maintenance, name } = bodyOf(request, change);
    if (name !== undefined && name !== app.name) {
      if (world.findApp(name) !== null) throw invalid(`Name ${name} is already taken`);
      app.name = name;
    }
    if (maintenance !== undefined && maintenance !== app.maintenance) {
      app.maintenance = maintenance;
      note(world, app, { what: 'maintenance', on: maintenance });
    }
    app.updatedAt = world.timers.now();
    world.changed(app, { action: 'update', what: 'app' });
    return reply.send(appAnswer(world, app));
  });

  server.get<OfApp>('/apps/:app/collaborators', (request, reply) => {
    const app = appOf(world, request);
    const { id, email } = world.account;
    const [created_at, updated_at] = [iso(app.createdAt), iso(app.createdAt)];
    const owner = { app: { id: app.id, name: app.name }, created_at, id: world.newId(), role: 'owner', updated_at };
    return reply.send([{ ...owner, user: { email, federated: false, id } }]);
  });

  server.get<OfApp>('/apps/:app/pipeline-couplings', (request) => {
    appOf(world, request);
    throw notFound('pipeline coupling');
  });
}

export function appAnswer(world: World, app: App) {
  const { id, email } = world.account;
  const released = currentRelease(app);
  return {
    acm: false,
    archived_at: null,
    buildpack_provided_description: null,
    build_stack: app.stack,
    created_at: iso(app.createdAt),
    generation: { id: app.region.id, name: app.generation },
    git_url: `https://git.heroku.com/${app.name}.git`,
    id: app.id,
    internal_routing: app.space === null ? null : false,
    maintenance: app.maintenance,
    name: app.name,
    organization: app.team,
    owner: { email, id },
    region: app.region,
    released_at: released === null ? null : iso(released.updatedAt),
    repo_size: null,
    slug_size: app.slugId === null || app.generation === 'fir' ? null : 48_200_000,
    space: app.space === null ? null : { ...app.space, shield: false },
    stack: app.stack,
    team: app.team,
    updated_at: iso(app.updatedAt),
    web_url: `https://${app.name}-${app.id.slice(0, 12).replaceAll('-', '')}.herokuapp.com/`,
  };
}
