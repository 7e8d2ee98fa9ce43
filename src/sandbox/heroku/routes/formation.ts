// The formation: how many dynos of which size each process type has. Scaling makes no release.

import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { fitToFormation, restartFormation } from '../dynos.ts';
import { sendPage } from '../lists.ts';
import { invalid, notFound } from '../refused.ts';
import { dynoSize, findSize } from '../sizes.ts';
import type { App, ProcessType } from '../state.ts';
import { tellScaled } from '../telling.ts';
import type { World } from '../world.ts';
import { appOf, bodyOf, iso, nameOf, type OfApp } from './common.ts';

const MOST = 1_000;

const change = z.object({
  // The CLI sends strings, and `+1` or `-1` for one more or less than there are.
  quantity: z.union([z.int().min(0).max(MOST), z.string().regex(/^[+-]?\d{1,4}$/)]).optional(),
  size: z.string().nullish(),
  dyno_size: z.union([z.string(), z.object({ name: z.string() })]).nullish(),
});
const update = change.extend({ type: z.string() });
const batch = z.object({ updates: z.array(update) });

type Change = z.output<typeof change>;
type OfType = { Params: { app: string; type: string } };

export function formationRoutes(server: FastifyInstance, world: World): void {
  server.get<OfApp>('/apps/:app/formation', (request, reply) => {
    const app = appOf(world, request);
    return sendPage(
      request,
      reply,
      app.formation.map((processType) => formationAnswer(app, processType)),
      ['id', 'type'],
    );
  });

  server.patch<OfApp>('/apps/:app/formation', (request, reply) => {
    const app = appOf(world, request);
    // All or nothing: each update is checked before the first is made.
    const { updates } = bodyOf(request, batch);
    const planned = updates.map((each) => plan(app, find(app, each.type), each));
    for (const apply of planned) apply(world);
    tellScaled(
      world,
      app,
      updates.map(({ type }) => find(app, type)),
    );
    return reply.send(app.formation.map((processType) => formationAnswer(app, processType)));
  });

  server.get<OfType>('/apps/:app/formation/:type', (request, reply) => {
    const app = appOf(world, request);
    return reply.send(formationAnswer(app, find(app, request.params.type)));
  });

  server.patch<OfType>('/apps/:app/formation/:type', (request, reply) => {
    const app = appOf(world, request);
    const processType = find(app, request.params.type);
    plan(app, processType, bodyOf(request, change))(world);
    tellScaled(world, app, [processType]);
    return reply.send(formationAnswer(app, processType));
  });
}

function find(app: App, typeOrId: string): ProcessType {
  const found = app.formation.find(({ type, id }) => type === typeOrId || id === typeOrId);
  if (found === undefined) throw notFound('process type', typeOrId);
  return found;
}

/** Checks the change; what it returns makes it. */
function plan(app: App, processType: ProcessType, { quantity, size, dyno_size }: Change): (world: World) => void {
  const named = (typeof dyno_size === 'string' ? dyno_size : dyno_size?.name) ?? size ?? processType.size;
  const newSize = findSize(named);
  if (newSize === null) throw invalid(`No such size as ${named} for ${app.name}.`);
  const wanted = wantedQuantity(processType.quantity, quantity);
  if (wanted > MOST) throw invalid(`Cannot scale to more than ${MOST} dynos.`);
  if (processType.type === 'release' && wanted > 0) throw invalid('The release process type cannot be scaled.');
  return (world) => {
    const resized = newSize !== processType.size;
    const grows = wanted > processType.quantity;
    processType.size = newSize;
    processType.quantity = wanted;
    processType.updatedAt = world.timers.now();
    world.changed(app, { action: 'update', what: 'formation', processType });
    // A new size is for those that stay; those that start have it already.
    if (resized && grows) restartFormation(world, app, processType.type);
    fitToFormation(world, app, processType);
    if (resized && !grows) restartFormation(world, app, processType.type);
  };
}

function wantedQuantity(now: number, asked: Change['quantity']): number {
  if (asked === undefined) return now;
  if (typeof asked === 'string' && /^[+-]/.test(asked)) return Math.max(0, now + Number(asked));
  return Number(asked);
}

export function formationAnswer(app: App, { id, type, command, quantity, size, createdAt, updatedAt }: ProcessType) {
  return {
    app: nameOf(app),
    command,
    created_at: iso(createdAt),
    dyno_size: dynoSize(size),
    id,
    quantity,
    size,
    type,
    updated_at: iso(updatedAt),
  };
}
