// The control API below /sandbox/: what happened, what shall go wrong, how fast time runs. For tests and for people with
// curl; maint itself never calls it.

import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { appDescription } from './heroku/description.ts';
import { pictureOf, pictureOfApp } from './heroku/picture.ts';
import type { World } from './heroku/world.ts';
import type { Traffic } from './http.ts';
import type { LoggedRequest, RequestFilter } from './requests.ts';

const service = z.enum(['heroku', 'scheduler', 'slack']);

const fault = z.strictObject({
  service,
  method: z.string().optional(),
  path: z.string(),
  nth: z.int().min(1).optional(),
  times: z.union([z.int().min(1), z.literal('always')]).optional(),
  kind: z.enum([
    'status',
    '429',
    'reset-before',
    'reset-after',
    'hang',
    'hang-after',
    'cut-body',
    'wrong-shape',
    'slow',
  ]),
  status: z.int().min(100).max(599).optional(),
  body: z.unknown().optional(),
  retryAfter: z.int().min(0).optional(),
  delayMs: z.int().min(0).optional(),
});
const clockChange = z.union([
  z.strictObject({ speed: z.number().positive() }),
  z.strictObject({ advance: z.number().min(0) }),
]);
const latency = z.partialRecord(service, z.int().min(0));
const scope = z.enum(['global', 'identity', 'read', 'write', 'read-protected', 'write-protected']);
const token = z.strictObject({ token: z.string().min(1), scopes: z.array(scope).optional() });
const rateLimit = z.strictObject({
  remaining: z.int().min(0).optional(),
  size: z.int().min(1).optional(),
  perMinute: z.number().min(0).optional(),
});
const appChange = appDescription.pick({ schedulerApi: true, releasePhaseFails: true, times: true, maintenance: true });
const deploy = z.strictObject({
  commit: z.string().optional(),
  processTypes: z.record(z.string(), z.string()).optional(),
});
const requestQuery = z.object({
  service: service.optional(),
  method: z.string().optional(),
  path: z.string().optional(),
  after: z.coerce.number().optional(),
});

export interface Controlled {
  readonly world: World;
  readonly traffic: Traffic;
  /** Everything as it was at the start. */
  readonly reset: () => void;
  /** What the other services want to show of themselves. */
  readonly otherState: () => Record<string, unknown>;
}

type OfApp = { Params: { app: string } };

export function controlRoutes(server: FastifyInstance, { world, traffic, reset, otherState }: Controlled): void {
  const { clock, faults, requests } = traffic;
  const clockState = () => ({
    now: clock.now(),
    iso: new Date(clock.now()).toISOString(),
    speed: clock.speed,
    manual: clock.manual,
  });

  server.get('/sandbox/state', async () => ({ clock: clockState(), heroku: pictureOf(world), ...otherState() }));
  server.post('/sandbox/reset', async () => {
    reset();
    return { reset: true };
  });

  server.get(
    '/sandbox/requests',
    async (request): Promise<LoggedRequest[]> => requests.list(filterOf(parse(requestQuery, request.query))),
  );
  server.delete('/sandbox/requests', async (_request, reply) => {
    requests.clear();
    return reply.code(204).send();
  });

  server.get('/sandbox/faults', async () => faults.list());
  server.post('/sandbox/faults', async (request, reply) => {
    const id = faults.add(withoutUndefined(parse(fault, request.body)));
    return reply.code(201).send({ id });
  });
  server.delete('/sandbox/faults', async (_request, reply) => {
    faults.clear();
    return reply.code(204).send();
  });
  server.delete<{ Params: { id: string } }>('/sandbox/faults/:id', async (request, reply) => {
    faults.remove(Number(request.params.id));
    return reply.code(204).send();
  });

  server.get('/sandbox/clock', async () => clockState());
  server.post('/sandbox/clock', async (request) => {
    const change = parse(clockChange, request.body);
    if ('speed' in change) clock.speed = change.speed;
    else clock.advance(change.advance);
    return clockState();
  });
  server.post('/sandbox/latency', async (request) => Object.assign(traffic.latencyMs, parse(latency, request.body)));

  server.post('/sandbox/tokens', async (request, reply) => {
    const { token: value, scopes } = parse(token, request.body);
    const { id } = world.addToken(value, scopes);
    return reply.code(201).send({ id });
  });
  server.post('/sandbox/rate-limit', async (request) => {
    const { remaining, size, perMinute } = parse(rateLimit, request.body);
    if (size !== undefined) world.bucket.size = size;
    if (perMinute !== undefined) world.bucket.perMinute = perMinute;
    if (remaining !== undefined) world.bucket.remaining = remaining;
    return pictureOf(world).rateLimit;
  });

  server.post('/sandbox/apps', async (request, reply) => {
    const app = world.addApp(parse(appDescription, request.body));
    return reply.code(201).send(pictureOfApp(world, app));
  });
  server.get<OfApp>('/sandbox/apps/:app', async (request) => pictureOfApp(world, appOf(world, request.params.app)));
  server.patch<OfApp>('/sandbox/apps/:app', async (request) => {
    const app = appOf(world, request.params.app);
    const { times, ...change } = withoutUndefined(parse(appChange, request.body));
    Object.assign(app, change);
    Object.assign(app.times, times);
    if (change.maintenance !== undefined) world.changed(app, { action: 'update', what: 'app' });
    return pictureOfApp(world, app);
  });
  server.delete<OfApp>('/sandbox/apps/:app', async (request, reply) => {
    world.removeApp(appOf(world, request.params.app).id);
    return reply.code(204).send();
  });
  server.post<OfApp>('/sandbox/apps/:app/deploys', async (request, reply) => {
    const app = appOf(world, request.params.app);
    world.deploy(app.id, withoutUndefined(parse(deploy, request.body ?? {})));
    return reply.code(201).send(pictureOfApp(world, app));
  });
}

/** What a person got wrong; the server shows the message. */
class Unclear extends Error {
  readonly statusCode: number;
  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

function appOf(world: World, nameOrId: string) {
  const app = world.findApp(nameOrId);
  if (app === null) throw new Unclear(404, `Expected an app, got ${nameOrId}`);
  return app;
}

/** The value as the schema has it, or an error that tells the person what is wrong with it. */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Unclear(422, z.prettifyError(parsed.error));
}

type Defined<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

/** JSON has no undefined; zod's types cannot know. */
function withoutUndefined<T extends object>(value: T): Defined<T>;
function withoutUndefined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined));
}

function filterOf(query: z.output<typeof requestQuery>): RequestFilter {
  return withoutUndefined(query);
}
