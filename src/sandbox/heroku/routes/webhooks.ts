// Webhook subscriptions of an app. Their secret is told to whoever makes one, and to nobody afterwards.

import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { sendPage } from '../lists.ts';
import { notFound } from '../refused.ts';
import type { App, Webhook } from '../state.ts';
import type { World } from '../world.ts';
import { appOf, bodyOf, iso, nameOf, type OfApp } from './common.ts';

/** Those that Heroku names, whether or not anything of them happens here. */
const entities = [
  'addon',
  'addon-attachment',
  'app',
  'build',
  'collaborator',
  'domain',
  'dyno',
  'formation',
  'release',
  'sni-endpoint',
].map((entity) => `api:${entity}`);

const creation = z.object({
  include: z.array(z.enum(entities)).min(1),
  level: z.enum(['notify', 'sync']),
  url: z.url({ protocol: /^https?$/ }),
  secret: z.string().nullish(),
  authorization: z.string().nullish(),
});

type OfWebhook = { Params: { app: string; webhook: string } };

export function webhookRoutes(server: FastifyInstance, world: World): void {
  server.get<OfApp>('/apps/:app/webhooks', (request, reply) => {
    const app = appOf(world, request);
    return sendPage(
      request,
      reply,
      app.webhooks.map((webhook) => webhookAnswer(app, webhook)),
      ['id'],
    );
  });

  server.post<OfApp>('/apps/:app/webhooks', (request, reply) => {
    const app = appOf(world, request);
    const { include, level, url, secret } = bodyOf(request, creation);
    const now = world.timers.now();
    const webhook: Webhook = {
      id: world.newId(),
      url,
      include,
      level,
      secret: secret ?? world.newId(),
      createdAt: now,
      updatedAt: now,
    };
    app.webhooks.push(webhook);
    return reply.code(201).header('heroku-webhook-secret', webhook.secret).send(webhookAnswer(app, webhook));
  });

  server.get<OfWebhook>('/apps/:app/webhooks/:webhook', (request, reply) => {
    const app = appOf(world, request);
    return reply.send(webhookAnswer(app, find(app, request.params.webhook)));
  });

  server.patch<OfWebhook>('/apps/:app/webhooks/:webhook', (request, reply) => {
    const app = appOf(world, request);
    const webhook = find(app, request.params.webhook);
    const { include, level, url, secret } = bodyOf(request, creation.partial());
    webhook.include = include ?? webhook.include;
    webhook.level = level ?? webhook.level;
    webhook.url = url ?? webhook.url;
    webhook.secret = secret ?? webhook.secret;
    webhook.updatedAt = world.timers.now();
    return reply.send(webhookAnswer(app, webhook));
  });

  server.delete<OfWebhook>('/apps/:app/webhooks/:webhook', (request, reply) => {
    const app = appOf(world, request);
    const webhook = find(app, request.params.webhook);
    app.webhooks = app.webhooks.filter((other) => other !== webhook);
    return reply.send(webhookAnswer(app, webhook));
  });
}

function find(app: App, id: string): Webhook {
  const found = app.webhooks.find((webhook) => webhook.id === id);
  if (found === undefined) throw notFound('webhook');
  return found;
}

function webhookAnswer(app: App, { id, url, include, level, createdAt, updatedAt }: Webhook) {
  return {
    app: nameOf(app),
    created_at: iso(createdAt),
    id,
    include: [...include],
    level,
    updated_at: iso(updatedAt),
    url,
  };
}
