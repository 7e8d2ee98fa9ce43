// Add-ons and their attachments; one add-on can be attached to several apps.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sendPage } from '../lists.ts';
import { notFound } from '../refused.ts';
import type { Addon, Attachment } from '../state.ts';
import type { World } from '../world.ts';
import { appOf, iso, type OfApp } from './common.ts';

type OfAddon = { Params: { addon: string } };

export function addonRoutes(server: FastifyInstance, world: World): void {
  server.get('/addons', (request, reply) => {
    const answers = world.addons.map((addon) => addonAnswer(world, addon, isExpanded(request)));
    return sendPage(request, reply, answers, ['id', 'name']);
  });

  server.get<OfAddon>('/addons/:addon', (request, reply) =>
    reply.send(addonAnswer(world, find(world, request.params.addon), isExpanded(request))),
  );

  server.get<OfAddon>('/addons/:addon/config', (request, reply) =>
    reply.send(find(world, request.params.addon).config),
  );

  server.get<OfAddon>('/addons/:addon/addon-attachments', (request, reply) => {
    const { id } = find(world, request.params.addon);
    const answers = world.attachments
      .filter(({ addonId }) => addonId === id)
      .map((each) => attachmentAnswer(world, each));
    return sendPage(request, reply, answers, ['id', 'name']);
  });

  server.get<OfApp>('/apps/:app/addons', (request, reply) => {
    const app = appOf(world, request);
    // Those of other apps too, where they are attached to this one (heroku/cli, test of `addons --app`).
    const attached = world.attachments.filter(({ appId }) => appId === app.id).map(({ addonId }) => addonId);
    const own = world.addons.filter(({ id, appId }) => appId === app.id || attached.includes(id));
    return sendPage(
      request,
      reply,
      own.map((addon) => addonAnswer(world, addon, isExpanded(request))),
      ['id', 'name'],
    );
  });

  server.get<OfApp>('/apps/:app/addon-attachments', (request, reply) => {
    const app = appOf(world, request);
    const answers = world.attachments
      .filter(({ appId }) => appId === app.id)
      .map((each) => attachmentAnswer(world, each));
    return sendPage(request, reply, answers, ['id', 'name']);
  });

  server.get('/addon-attachments', (request, reply) => {
    const answers = world.attachments.map((each) => attachmentAnswer(world, each));
    return sendPage(request, reply, answers, ['id', 'name']);
  });
}

function find(world: World, nameOrId: string): Addon {
  const found = world.addons.find(({ name, id }) => name === nameOrId || id === nameOrId);
  if (found === undefined) throw notFound('add-on');
  return found;
}

/** `Accept-Expansion: addon_service,plan` asks for more than a plan's name. */
function isExpanded(request: FastifyRequest): boolean {
  return String(request.headers['accept-expansion'] ?? '').includes('plan');
}

function appNamed(world: World, id: string): { id: string; name: string } {
  const app = world.app(id);
  return { id: app.id, name: app.name };
}

function addonAnswer(world: World, addon: Addon, expanded: boolean) {
  const app = appNamed(world, addon.appId);
  const price = { cents: addon.cents, contract: false, unit: 'month' };
  return {
    actions: [],
    addon_service: addon.service,
    app,
    billed_price: price,
    billing_entity: { ...app, type: 'app' },
    config_vars: [...addon.configVars],
    created_at: iso(addon.createdAt),
    id: addon.id,
    name: addon.name,
    plan: expanded ? { ...addon.plan, price } : addon.plan,
    provider_id: addon.id.slice(0, 8),
    state: addon.state,
    updated_at: iso(addon.createdAt),
    web_url: null,
  };
}

function attachmentAnswer(world: World, { id, name, addonId, appId, createdAt }: Attachment) {
  const addon = find(world, addonId);
  return {
    addon: { id: addon.id, name: addon.name, app: appNamed(world, addon.appId) },
    app: appNamed(world, appId),
    created_at: iso(createdAt),
    id,
    log_input_url: null,
    name,
    namespace: null,
    updated_at: iso(createdAt),
    web_url: null,
  };
}
