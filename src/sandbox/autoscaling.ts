// Heroku's own autoscaling on this machine, as the Heroku CLI speaks to it (api.metrics.heroku.com): monitors of web dynos,
// which while they are active really scale the sandbox's apps. A server of its own, with faults and a log of its own.

import { z } from 'zod';
import type { SandboxClock } from './clock.ts';
import { notFound, Refused } from './heroku/refused.ts';
import { bodyOf } from './heroku/routes/common.ts';
import type { World } from './heroku/world.ts';
import { createServer, createTraffic, listen, watchTraffic } from './http.ts';
import { TimerScope } from './timers.ts';

/** "Autoscaling events always occur at least one minute apart", and each adds or removes one dyno (Heroku's Dev Center). */
const EVENT_MS = 60_000;

export interface Monitor {
  readonly id: string;
  readonly appId: string;
  is_active: boolean;
  min_quantity: number;
  max_quantity: number;
  value: number;
  op: string;
  period: number;
  notification_channels: string[];
  notification_period: number;
  readonly action_type: 'scale' | 'alert';
  readonly name: string;
  forecast_period: number | null;
  updatedAt: number;
  /** How many dynos the traffic of this app asks for; none in maintenance mode, for there is no traffic. */
  demand: number;
}

const change = z
  .object({
    is_active: z.boolean(),
    min_quantity: z.int().min(1),
    max_quantity: z.int().min(1),
    value: z.number().min(0),
    op: z.literal('GREATER_OR_EQUAL'),
    period: z.int().min(1),
    notification_channels: z.array(z.string()),
    notification_period: z.int().min(0),
    action_type: z.enum(['scale', 'alert']),
    forecast_period: z.int().nullable(),
  })
  .partial()
  .required({ op: true, period: true });

type Values = Partial<Omit<Monitor, 'id' | 'appId' | 'updatedAt'>>;
type OfWeb = { Params: { app: string } };
type OfMonitor = { Params: { app: string; monitor: string } };

export type SandboxAutoscaling = Awaited<ReturnType<typeof startAutoscaling>>;

export async function startAutoscaling({ clock, world, port }: { clock: SandboxClock; world: World; port?: number }) {
  const traffic = createTraffic(clock);
  const timers = new TimerScope(clock);
  const monitors: Monitor[] = [];
  const server = createServer();
  watchTraffic(server, traffic, (path) => ({ service: 'heroku', path }));

  server.addHook('onRequest', async (request, reply) => {
    reply.header('request-id', world.newId());
    const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
    if (!world.tokens.some((known) => known.token === token)) {
      throw new Refused(401, 'unauthorized', 'Invalid credentials provided.');
    }
  });
  server.setErrorHandler((error: Error, _request, reply) => {
    const refused = error instanceof Refused ? error : new Refused(500, 'internal_server_error', error.message);
    return reply.code(refused.status).send(refused.toJSON());
  });
  server.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ id: 'not_found', message: 'The requested endpoint was not found.' }),
  );

  const of = (appId: string): Monitor[] => {
    // Only an app's id will do here, not its name.
    if (!world.apps.some(({ id }) => id === appId)) throw notFound('app');
    return monitors.filter((monitor) => monitor.appId === appId);
  };
  server.get<OfWeb>('/apps/:app/formation/web/monitors', (request, reply) =>
    reply.send(of(request.params.app).map(answer)),
  );
  server.patch<OfMonitor>('/apps/:app/formation/web/monitors/:monitor', (request, reply) => {
    const monitor = of(request.params.app).find(({ id }) => id === request.params.monitor);
    if (monitor === undefined) throw notFound('monitor');
    set(monitor, withoutUndefined(bodyOf(request, change)));
    return reply.code(202).send({});
  });

  function set(monitor: Monitor, values: Values): void {
    const was = monitor.is_active;
    Object.assign(monitor, values);
    monitor.updatedAt = clock.now();
    // "The current dyno count immediately adjusts to conform to the range."
    if (monitor.is_active && !was) scale(monitor, clamp(quantity(monitor), monitor));
  }

  function quantity({ appId }: Monitor): number {
    return world.app(appId).formation.find(({ type }) => type === 'web')?.quantity ?? 0;
  }

  function scale(monitor: Monitor, to: number): void {
    if (to !== quantity(monitor)) world.scale(monitor.appId, 'web', to);
  }

  function event(monitor: Monitor): void {
    timers.after(EVENT_MS, () => {
      if (!monitors.includes(monitor)) return;
      event(monitor);
      const app = world.findApp(monitor.appId);
      if (app === null || !monitor.is_active || monitor.action_type !== 'scale') return;
      const now = quantity(monitor);
      const wanted = clamp(app.maintenance ? 0 : monitor.demand, monitor);
      scale(monitor, clamp(now + Math.sign(wanted - now), monitor));
    });
  }

  const { url } = await listen(server, { port: port ?? 0 });
  return {
    url,
    faults: traffic.faults,
    requests: traffic.requests,
    /** As somebody would in the dashboard: on, between 1 and 4 dynos, unless it says otherwise. */
    add(nameOrId: string, values: Values = {}): Monitor {
      const monitor: Monitor = {
        id: world.newId(),
        appId: world.app(nameOrId).id,
        is_active: true,
        min_quantity: 1,
        max_quantity: 4,
        value: 500,
        op: 'GREATER_OR_EQUAL',
        period: 1,
        notification_channels: ['app'],
        notification_period: 1_440,
        action_type: 'scale',
        name: 'LATENCY_SCALE',
        forecast_period: null,
        updatedAt: clock.now(),
        demand: 0,
        ...values,
      };
      monitor.demand = values.demand ?? quantity(monitor);
      monitors.push(monitor);
      event(monitor);
      return monitor;
    },
    /** As somebody else would, by the CLI or in the dashboard. */
    set,
    /** What a maintenance has to give back: equal before and after. */
    settings: (nameOrId: string) =>
      monitors.filter(({ appId }) => appId === world.app(nameOrId).id).map((one) => ({ ...one })),
    remove(monitor: Monitor): void {
      monitors.splice(monitors.indexOf(monitor), 1);
    },
    /** Empty again, as new. */
    reset(): void {
      timers.cancelAll();
      monitors.length = 0;
      traffic.faults.clear();
      traffic.requests.clear();
    },
    async close(): Promise<void> {
      timers.cancelAll();
      await server.close();
    },
  };
}

function clamp(quantity: number, { min_quantity, max_quantity }: Monitor): number {
  return Math.min(max_quantity, Math.max(min_quantity, quantity));
}

/** In the shape that public clients read. */
function answer(monitor: Monitor) {
  const { appId, updatedAt, demand: _, ...values } = monitor;
  return {
    ...values,
    app_id: appId,
    metric_uuid: monitor.id,
    process_type: 'web',
    state: 'ok',
    created_at: new Date(0).toISOString(),
    updated_at: new Date(updatedAt).toISOString(),
  };
}

/** JSON has no undefined; zod's types cannot know. */
function withoutUndefined(values: z.output<typeof change>): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
