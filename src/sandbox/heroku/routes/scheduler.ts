// The Scheduler's API, in the shape that public clients use: JSON:API, jobs below an app's id. It is not documented by
// Heroku, and can be told to refuse or to answer in another shape.

import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { notFound, Refused } from '../refused.ts';
import { schedule } from '../scheduler.ts';
import { newJob } from '../seeding.ts';
import { findSize } from '../sizes.ts';
import type { App, ScheduledJob } from '../state.ts';
import type { World } from '../world.ts';
import { bodyOf, iso } from './common.ts';

const attributes = z.object({
  command: z.string().min(1),
  'dyno-size': z.string().refine((size) => findSize(size) !== null, 'is not a dyno size'),
  every: z.literal([10, 60, 1440]),
  at: z.int().min(0).max(1439),
});
const creation = z.object({
  data: z.object({
    type: z.literal('jobs'),
    attributes: attributes.partial().required({ command: true, every: true }),
  }),
});
const change = z.object({
  data: z.object({ type: z.literal('jobs'), id: z.string(), attributes: attributes.partial() }),
});

type OfApp = { Params: { app: string } };
type OfJob = { Params: { app: string; job: string } };

export function schedulerRoutes(server: FastifyInstance, world: World, base: string): void {
  server.get<OfApp>(`${base}/apps/:app/jobs`, (request, reply) => {
    const app = appWithScheduler(world, request.params.app);
    if (app.schedulerApi === 'another-shape')
      return send(reply, { jobs: app.jobs.map(({ id, command }) => ({ id, command })) });
    return send(reply, { data: app.jobs.map(jobAnswer) });
  });

  server.post<OfApp>(`${base}/apps/:app/jobs`, (request, reply) => {
    const app = appWithScheduler(world, request.params.app);
    const { command, every, at = 0, 'dyno-size': size = 'Standard-1X' } = bodyOf(request, creation).data.attributes;
    const job = newJob(world, { command, every, at, size });
    app.jobs.push(job);
    schedule(world, app, job);
    return send(reply.code(201), { data: jobAnswer(job) });
  });

  server.get<OfJob>(`${base}/apps/:app/jobs/:job`, (request, reply) => {
    const { job } = find(world, request.params);
    return send(reply, { data: jobAnswer(job) });
  });

  server.patch<OfJob>(`${base}/apps/:app/jobs/:job`, (request, reply) => {
    const { app, job } = find(world, request.params);
    const { id, attributes: wanted } = bodyOf(request, change).data;
    if (id !== job.id) throw new Refused(409, 'conflict', `Expected the id ${job.id} in the body, got ${id}.`);
    job.command = wanted.command ?? job.command;
    job.size = findSize(wanted['dyno-size'] ?? job.size) ?? job.size;
    if (wanted.every !== undefined || wanted.at !== undefined) {
      job.every = wanted.every ?? job.every;
      job.at = wanted.at ?? job.at;
      schedule(world, app, job);
    }
    return send(reply, { data: jobAnswer(job) });
  });

  server.delete<OfJob>(`${base}/apps/:app/jobs/:job`, (request, reply) => {
    const { app, job } = find(world, request.params);
    job.cancel();
    app.jobs = app.jobs.filter((other) => other !== job);
    return reply.code(204).send();
  });
}

/** Only an app's id will do here, not its name. */
function appWithScheduler(world: World, id: string): App {
  const app = world.apps.find((candidate) => candidate.id === id);
  const services = world.addons.filter(({ appId }) => appId === id).map(({ service }) => service.name);
  if (app === undefined || !services.includes('scheduler')) throw notFound('app');
  if (app.schedulerApi === 'refuses') throw new Refused(403, 'forbidden', 'You do not have access to this app.');
  return app;
}

function find(world: World, params: OfJob['Params']): { app: App; job: ScheduledJob } {
  const app = appWithScheduler(world, params.app);
  const job = app.jobs.find(({ id }) => id === params.job);
  if (job === undefined) throw notFound('job');
  return { app, job };
}

function send(reply: FastifyReply, body: object): FastifyReply {
  return reply.header('content-type', 'application/vnd.api+json').send(JSON.stringify(body));
}

function jobAnswer({ id, command, size, every, at, ranAt, createdAt }: ScheduledJob) {
  return {
    type: 'jobs',
    id,
    attributes: {
      command,
      'dyno-size': size,
      every,
      at,
      'ran-at': ranAt === null ? null : iso(ranAt),
      'expire-after': null,
      'created-at': iso(createdAt),
    },
  };
}
