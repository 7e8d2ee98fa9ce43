// Config vars: a flat map; every change makes a release, `null` deletes.

import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { invalid } from '../refused.ts';
import { changeConfig } from '../releases.ts';
import type { App } from '../state.ts';
import type { World } from '../world.ts';
import { appOf, bodyOf, type OfApp } from './common.ts';

const change = z.record(z.string().regex(/^\w+$/), z.string().nullable());

export function configVarRoutes(server: FastifyInstance, world: World): void {
  server.get<OfApp>('/apps/:app/config-vars', (request, reply) => reply.send(appOf(world, request).configVars));

  server.patch<OfApp>('/apps/:app/config-vars', (request, reply) => {
    const app = appOf(world, request);
    const wanted = bodyOf(request, change);
    const owned = Object.keys(wanted).filter(
      (key) => wanted[key] !== app.configVars[key] && isAttached(world, app, key),
    );
    if (owned.length > 0) throw invalid(`Cannot overwrite attachment values ${owned.join(', ')}.`);
    changeConfig(world, app, wanted);
    return reply.send(app.configVars);
  });
}

function isAttached(world: World, app: App, key: string): boolean {
  return world.attachments.some(
    ({ appId, addonId }) =>
      appId === app.id && world.addons.some(({ id, configVars }) => id === addonId && configVars.includes(key)),
  );
}
