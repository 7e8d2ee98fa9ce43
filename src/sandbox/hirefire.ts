// HireFire on this machine, as its documentation and public clients have it: applications, and managers that while they are
// enabled really scale the sandbox's apps, by a formation that is up to ten minutes old. A server of its own, with faults and
// a log of its own.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { SandboxClock } from './clock.ts';
import type { World } from './heroku/world.ts';
import { createServer, createTraffic, listen, watchTraffic } from './http.ts';
import { TimerScope } from './timers.ts';

/** "By default, the checkup frequency for all applications is set to once every 60 seconds" (HireFire's help). */
const CHECKUP_MS = 60_000;
/** "We cache your dyno formation in HireFire for 10 minutes" (HireFire's help). */
const CACHED_MS = 10 * 60_000;

export interface Application {
  readonly id: string;
  readonly appId: string;
  name: string;
  /** What the app has as HIREFIRE_TOKEN. */
  readonly token: string;
}

export interface Manager {
  readonly id: string;
  readonly application_id: string;
  /** What the API shows and takes, `enabled` among it. */
  values: z.output<typeof settings>;
  updatedAt: number;
  /** How many dynos its queue asks for. */
  demand: number;
  /** What HireFire believes to be there, and since when. */
  cached: { readonly quantity: number; readonly at: number } | null;
}

// All of it has to be there in an update: the manager is replaced as a whole.
const settings = z.looseObject({
  name: z.string().min(1),
  type: z.string().startsWith('Manager::'),
  enabled: z.boolean(),
  minimum: z.int().min(0),
  maximum: z.int().min(0),
  notify: z.boolean(),
  notify_quantity: z.int(),
  notify_after: z.int(),
});
const update = z.object({ manager: settings });

const READ_ONLY = ['id', 'application_id', 'created_at', 'updated_at', 'last_checkup_time', 'dyno_quantity', 'issue'];

class Refusal extends Error {
  readonly status: number;
  readonly errors: object;
  constructor(status: number, errors: object) {
    super('refused');
    this.status = status;
    this.errors = errors;
  }
}

export interface HireFireSandboxOptions {
  readonly clock: SandboxClock;
  readonly world: World;
  readonly key?: string;
  readonly port?: number;
}

export async function startHireFire({ clock, world, key = 'hirefire-key', port }: HireFireSandboxOptions) {
  const traffic = createTraffic(clock);
  const timers = new TimerScope(clock);
  const applications: Application[] = [];
  let managers: Manager[] = [];
  let spoiled: Record<string, number> = {};
  const server = createServer();
  watchTraffic(server, traffic, (path) => ({ service: 'heroku', path }));

  server.addHook('onRequest', async (request) => admit(request, key));
  server.setErrorHandler((error: Error, _request, reply) => {
    const { status, errors } = error instanceof Refusal ? error : new Refusal(500, { base: [error.message] });
    return reply.code(status).send({ errors });
  });
  server.setNotFoundHandler((_request, reply) => reply.code(404).send({ errors: { base: ['not found'] } }));

  server.get('/applications', (_request, reply) => reply.send({ applications: applications.map(applicationAnswer) }));
  server.get<{ Params: { id: string } }>('/applications/:id/managers', (request, reply) => {
    const { id } = found(applications.find((application) => application.id === request.params.id));
    return reply.send({ managers: managers.filter((m) => m.application_id === id).map((m) => managerAnswer(m)) });
  });
  server.get<{ Params: { id: string } }>('/managers/:id', (request, reply) =>
    reply.send({ manager: managerAnswer(found(managers.find(({ id }) => id === request.params.id))) }),
  );
  server.patch<{ Params: { id: string } }>('/managers/:id', (request, reply: FastifyReply) => {
    const manager = found(managers.find(({ id }) => id === request.params.id));
    const parsed = update.safeParse(request.body);
    if (!parsed.success) throw new Refusal(422, { manager: z.flattenError(parsed.error).fieldErrors });
    manager.values = { ...settable(parsed.data.manager), ...spoiled };
    spoiled = {};
    manager.updatedAt = clock.now();
    return reply.send({ manager: managerAnswer(manager) });
  });

  function checkup(manager: Manager): void {
    timers.after(CHECKUP_MS, () => {
      if (!managers.includes(manager)) return;
      checkup(manager);
      const app = world.findApp(applications.find(({ id }) => id === manager.application_id)?.appId ?? '');
      const processType = app?.formation.find(({ type }) => type === manager.values.name);
      if (app === null || processType === undefined || !manager.values.enabled) return;
      const now = clock.now();
      if (manager.cached === null || now - manager.cached.at >= CACHED_MS) {
        manager.cached = { quantity: processType.quantity, at: now };
      }
      const { minimum, maximum } = manager.values;
      const wanted = Math.min(maximum, Math.max(minimum, manager.demand));
      if (wanted === manager.cached.quantity) return;
      world.scale(app.id, manager.values.name, wanted);
      manager.cached = { quantity: wanted, at: now };
    });
  }

  const { url } = await listen(server, { port: port ?? 0 });
  return {
    url,
    key,
    faults: traffic.faults,
    requests: traffic.requests,
    /** Adds an app of the sandbox; it should have `token` as HIREFIRE_TOKEN. */
    add(nameOrId: string, token = 'hirefire-token'): Application {
      const { id: appId, name } = world.app(nameOrId);
      const application: Application = { id: world.newId(), appId, name, token };
      applications.push(application);
      return application;
    },
    /** A manager of a process type: enabled, and happy with as many dynos as there are, unless it says otherwise. */
    manage(application: Application, type: string, values: Record<string, unknown> = {}, demand?: number): Manager {
      const quantity = world.app(application.appId).formation.find((one) => one.type === type)?.quantity ?? 0;
      const manager: Manager = {
        id: world.newId(),
        application_id: application.id,
        values: settings.parse({ ...jobQueue, name: type, ...values }),
        updatedAt: clock.now(),
        demand: demand ?? quantity,
        cached: null,
      };
      managers.push(manager);
      checkup(manager);
      return manager;
    },
    /** As if its API had changed: the next update sets this too, whatever it says itself. */
    spoil(field: string, value: number): void {
      spoiled = { [field]: value };
    },
    remove(manager: Manager): void {
      managers = managers.filter((other) => other !== manager);
    },
    /** Empty again, as new. */
    reset(): void {
      timers.cancelAll();
      applications.length = 0;
      managers = [];
      spoiled = {};
      traffic.faults.clear();
      traffic.requests.clear();
    },
    async close(): Promise<void> {
      timers.cancelAll();
      await server.close();
    },
  };
}

const jobQueue = {
  type: 'Manager::Worker::HireFire::JobQueue',
  enabled: true,
  minimum: 1,
  maximum: 10,
  ratio: 20,
  decrementable: false,
  upscale_sensitivity: 1,
  downscale_sensitivity: 2,
  upscale_timeout: 1,
  downscale_timeout: 2,
  upscale_limit: 0,
  downscale_limit: 0,
  new_relic_api_key: null,
  notify: false,
  notify_quantity: 0,
  notify_after: 0,
};

function admit({ headers }: FastifyRequest, key: string): void {
  if (headers.accept !== 'application/vnd.hirefire.v1+json') throw new Refusal(406, { base: ['unknown version'] });
  if (headers.authorization !== `Token ${key}`) throw new Refusal(401, { base: ['unauthorized'] });
}

function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Refusal(404, { base: ['not found'] });
  return thing;
}

function settable(values: z.output<typeof settings>): z.output<typeof settings> {
  return settings.parse(Object.fromEntries(Object.entries(values).filter(([name]) => !READ_ONLY.includes(name))));
}

function applicationAnswer({ id, name, token }: Application) {
  return {
    id,
    account_id: '6439cf4f-1f98-48fb-8058-2bea32ef4e1f',
    name,
    custom_domain: null,
    token,
    logplex_drain_token: null,
    checkup_frequency: CHECKUP_MS / 1_000,
    ssl: true,
    restart_crashed_dynos: false,
    new_issue_notifications: true,
    resolved_issue_notifications: true,
    created_at: '2015-01-01T00:00:00.000Z',
    updated_at: '2015-01-01T00:00:00.000Z',
    issue: null,
  };
}

function managerAnswer({ id, application_id, values, updatedAt, cached }: Manager) {
  return {
    id,
    application_id,
    ...values,
    dyno_quantity: cached?.quantity ?? 0,
    last_checkup_time: cached === null ? null : new Date(cached.at).toISOString(),
    issue: null,
    created_at: '2015-01-01T00:00:00.000Z',
    updated_at: new Date(updatedAt).toISOString(),
  };
}
