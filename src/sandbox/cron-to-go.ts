// A Cron To Go on this machine: an organization for each app that has the add-on, its jobs, and their pause and resume,
// in the shapes that its own Heroku CLI plugin knows. The real service was never seen.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { World } from './heroku/world.ts';
import { type AddOnServerOptions, at, bearer, nextTime, Refusal, serveAddOn, startRun } from './scheduling-add-on.ts';

export interface CronToGoJobDescription {
  readonly id?: string;
  readonly alias?: string;
  readonly command: string;
  /** Five cron fields, or a rate such as "30 minutes"; those are never due here. */
  readonly schedule: string;
  readonly timezone?: string;
  readonly state?: 'enabled' | 'paused';
}

interface Job {
  readonly id: string;
  readonly alias: string;
  command: string;
  readonly schedule: string;
  readonly timezone: string;
  state: 'enabled' | 'paused';
  readonly createdAt: number;
  updatedAt: number;
  cancel: () => void;
}

interface Organization {
  readonly id: string;
  readonly key: string;
  readonly appId: string;
  jobs: Job[];
}

export type SandboxCronToGo = Awaited<ReturnType<typeof startCronToGo>>;

export async function startCronToGo(options: AddOnServerOptions) {
  const { world } = options;
  let organizations: Organization[] = [];
  const server = await serveAddOn(options, '/cron-to-go', (to) => routes(to, world, () => organizations));

  const organization = (app: string): Organization => {
    const { id } = world.app(app);
    const found = organizations.find(({ appId }) => appId === id);
    if (found === undefined) throw new Error(`Expected an app with Cron To Go, got ${app}`);
    return found;
  };
  const job = (app: string, id: string): Job => {
    const found = organization(app).jobs.find((one) => one.id === id);
    if (found === undefined) throw new Error(`Expected a job ${id} of Cron To Go in ${app}`);
    return found;
  };

  return {
    ...server,
    /** Gives an app the add-on, with its config vars. */
    addTo(app: string, jobs: readonly CronToGoJobDescription[]): void {
      const added: Organization = {
        id: world.newId(),
        key: `ctg-${world.newId()}`,
        appId: world.app(app).id,
        jobs: [],
      };
      organizations.push(added);
      const config = { CRONTOGO_API_KEY: added.key, CRONTOGO_ORGANIZATION_ID: added.id };
      world.attach(app, { service: 'crontogo', plan: 'bronze', config });
      added.jobs = jobs.map((description) => newJob(world, added, description));
    },
    job,
    /** As somebody else would, in its dashboard. */
    setState(app: string, id: string, state: Job['state']): void {
      set(world, organization(app), job(app, id), state);
    },
    remove(app: string, id: string): void {
      job(app, id).cancel();
      const of = organization(app);
      of.jobs = of.jobs.filter((one) => one.id !== id);
    },
    /** What a maintenance has to give back: equal before and after. */
    settings: (app: string) =>
      organization(app).jobs.map(({ id, alias, command, schedule, timezone, state }) => ({
        id,
        alias,
        command,
        schedule,
        timezone,
        state,
      })),
    /** Without any organization again. */
    reset(): void {
      for (const one of organizations.flatMap(({ jobs }) => jobs)) one.cancel();
      organizations = [];
    },
  };
}

type OfOrganization = { Params: { organization: string } };
type OfJob = { Params: { organization: string; job: string } };

function routes(server: FastifyInstance, world: World, organizations: () => readonly Organization[]): void {
  const admitted = (request: FastifyRequest<OfOrganization>): Organization => {
    const found = organizations().find(({ key }) => key === bearer(request.headers.authorization));
    if (found === undefined) throw new Refusal(401, 'Unauthorized');
    if (found.id !== request.params.organization) throw new Refusal(403, 'Forbidden');
    return found;
  };
  server.get<OfOrganization>('/organizations/:organization/jobs', (request, reply) =>
    reply.send(admitted(request).jobs.map(answer)),
  );
  const changes = { pause: 'paused', resume: 'enabled' } as const;
  for (const [verb, state] of Object.entries(changes)) {
    server.put<OfJob>(`/organizations/:organization/jobs/:job/${verb}`, (request, reply) => {
      const of = admitted(request);
      const job = of.jobs.find(({ id }) => id === request.params.job);
      if (job === undefined) throw new Refusal(404, 'Job not found');
      set(world, of, job, state);
      return reply.send(answer(job));
    });
  }
}

function newJob(world: World, of: Organization, description: CronToGoJobDescription): Job {
  const { id, alias = '', command, schedule, timezone = 'UTC', state = 'enabled' } = description;
  const createdAt = world.timers.now() - 30 * 86_400_000;
  const job: Job = {
    id: id ?? world.newId(),
    alias,
    command,
    schedule,
    timezone,
    state,
    createdAt,
    updatedAt: createdAt,
    cancel: () => {},
  };
  arm(world, of, job);
  return job;
}

function set(world: World, of: Organization, job: Job, state: Job['state']): void {
  job.state = state;
  job.updatedAt = world.timers.now();
  arm(world, of, job);
}

/** A rate counts from a moment that only the service knows. */
function arm(world: World, of: Organization, job: Job): void {
  job.cancel();
  const runs = job.state === 'enabled' && !isRate(job.schedule);
  const time = runs ? nextTime(job.schedule, job.timezone, world.timers.now()) : null;
  job.cancel = at(world, time, () => {
    startRun(world, of.appId, job.command);
    arm(world, of, job);
  });
}

function isRate(schedule: string): boolean {
  return /^\d+ \w+$/.test(schedule);
}

function answer(job: Job) {
  return {
    Id: job.id,
    Alias: job.alias,
    State: job.state,
    ScheduleExpression: job.schedule,
    ScheduleType: isRate(job.schedule) ? 'rate' : 'cron',
    Timezone: job.timezone,
    Target: { Type: 'dyno', Size: 'Standard-1X', Command: job.command, TimeToLive: 1_800 },
    Retries: 2,
    CreatedAt: job.createdAt,
    UpdatedAt: job.updatedAt,
  };
}
