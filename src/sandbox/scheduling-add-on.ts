// What the two scheduling add-ons of the sandbox have in common: a server of its own with faults and a request log, and
// jobs that start one-off dynos at their times. Maintenance mode does not stop them.

import { Cron } from 'croner';
import type { FastifyInstance } from 'fastify';
import type { SandboxClock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { World } from './heroku/world.ts';
import { createServer, createTraffic, listen, type Traffic, watchTraffic } from './http.ts';
import type { RequestLog } from './requests.ts';

export interface AddOnServerOptions {
  readonly clock: SandboxClock;
  readonly world: World;
  /** Shared with the others of one sandbox; its own by default. Its requests are of the service `scheduler`. */
  readonly traffic?: Traffic;
  /** A free one by default. */
  readonly port?: number;
  readonly host?: string;
}

export interface AddOnServer {
  readonly url: string;
  readonly faults: Faults;
  readonly requests: RequestLog;
  close(): Promise<void>;
}

/** A refusal in the words of the add-on. */
export class Refusal extends Error {
  readonly statusCode: number;
  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** `base` goes before its paths in the log and in the paths of faults, so that one traffic can be shared. */
export async function serveAddOn(
  options: AddOnServerOptions,
  base: string,
  routes: (server: FastifyInstance) => void,
): Promise<AddOnServer> {
  const traffic = options.traffic ?? createTraffic(options.clock);
  const server = createServer();
  watchTraffic(server, traffic, (path) => ({ service: 'scheduler', path: `${base}${path}` }));
  server.setNotFoundHandler((_request, reply) => reply.code(404).send({ message: 'Not Found' }));
  server.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) =>
    reply.code(error.statusCode ?? 500).send({ message: error.message }),
  );
  routes(server);
  const { url } = await listen(server, {
    port: options.port ?? 0,
    ...(options.host === undefined ? {} : { host: options.host }),
  });
  return { url, faults: traffic.faults, requests: traffic.requests, close: () => server.close() };
}

export function bearer(authorization: string | undefined): string {
  return /^Bearer (\S+)$/.exec(authorization ?? '')?.[1] ?? '';
}

/** The first time after `now` of five cron fields, or of one time "2026-12-25 00:00:00"; null where there is none. */
export function nextTime(schedule: string, timezone: string, now: number): number | null {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(schedule) ?? [];
  const pattern = year === undefined ? schedule : [second, minute, hour, day, month, '*', year].join(' ');
  return new Cron(pattern, { timezone, paused: true }).nextRun(new Date(now))?.getTime() ?? null;
}

/** Calls `then` at that time, which reads the job as it then is. Returns what cancels it. */
export function at(world: World, time: number | null, then: () => void): () => void {
  return time === null ? () => {} : world.timers.after(time - world.timers.now(), then);
}

/** Starts the dyno, some time after the job's time where the app's schedulers lag. */
export function startRun(world: World, appId: string, command: string): void {
  const boot = () => {
    const app = world.findApp(appId);
    if (app !== null) world.runOneOff(app.id, command, app.times.scheduledRunMs);
  };
  const lag = world.findApp(appId)?.times.schedulerLagMs ?? 0;
  if (lag <= 0) boot();
  else world.timers.after(lag, boot);
}
