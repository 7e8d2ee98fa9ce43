// A client of the Heroku Scheduler's jobs. Heroku has no official API for them: these are the calls of its dashboard,
// which may change or vanish any day, so every answer is parsed strictly. Pausing and its cautions are the step's.

import { z } from 'zod';
import { Trouble } from '../../errors.ts';
import type { Call } from '../api/call.ts';
import type { HerokuError } from '../api/heroku-error.ts';
import { type OtherOptions, otherSide, otherwise } from '../api/other-side.ts';
import { type OtherShape, parse } from '../api/shape.ts';

const JSON_API = 'application/vnd.api+json';

const common = {
  command: z.string(),
  'dyno-size': z.string(),
  'ran-at': z.string().nullish(),
  'expire-after': z.union([z.number(), z.string()]).nullish(),
  'created-at': z.string().nullish(),
};

// A time that we would misread is a job that fires in the middle of a migration, so only the known ones pass.
const Attributes = z.discriminatedUnion('every', [
  z.object({ ...common, every: z.literal(10), at: z.number().int().min(0).max(1439).nullish() }),
  z.object({ ...common, every: z.literal(60), at: z.number().int().min(0).max(59) }),
  z.object({ ...common, every: z.literal(1440), at: z.number().int().min(0).max(1439) }),
]);

const Resource = z
  .object({
    type: z.literal('jobs'),
    // It becomes part of a path, and of what people are told to type.
    id: z.union([z.string().regex(/^[\w-]{1,64}$/), z.number().int()]).transform(String),
    attributes: Attributes,
  })
  .transform(({ id, attributes }) => ({
    id,
    command: attributes.command,
    dynoSize: attributes['dyno-size'],
    every: attributes.every,
    at: attributes.at ?? null,
    ranAt: attributes['ran-at'] ?? null,
    expireAfter: attributes['expire-after'] ?? null,
    createdAt: attributes['created-at'] ?? null,
  }));

/** `every` is minutes; `at` is minutes into the hour (60) or the UTC day (1440), and means nothing for 10. */
export type Job = z.infer<typeof Resource>;

// JSON:API allows a list to come in pages. None was ever seen; a job on the second would be neither paused nor looked at.
const Whole = z.object({ next: z.null().optional() }).nullish();
const Jobs = z.object({ data: z.array(Resource), links: Whole });
const OneJob = z.object({ data: Resource });

const CHANGED: OtherShape = {
  name: 'the Heroku Scheduler',
  kind: 'needs-human',
  remedy:
    'The API of the Heroku Scheduler is unofficial and seems to have changed: look at the jobs in its dashboard ' +
    '("heroku addons:open scheduler"), pause them there, and report this.',
};

export interface HerokuSchedulerOptions extends OtherOptions {
  readonly token: string;
}

export interface HerokuScheduler {
  /** All jobs of the app, by its id (not its name). */
  jobs(call: Call, appId: string): Promise<readonly Job[]>;
  /** Changes the command and nothing else; answers the job as it then is, which the caller compares. */
  setCommand(call: Call, appId: string, job: Pick<Job, 'id'>, command: string): Promise<Job>;
  close(): void;
}

export function createHerokuScheduler(options: HerokuSchedulerOptions): HerokuScheduler {
  const { send, close } = otherSide(options, {
    name: CHANGED.name,
    token: options.token,
    accept: JSON_API,
    contentType: JSON_API,
    inItsWords: unofficial,
  });
  const path = (appId: string) => `/apps/${encodeURIComponent(appId)}/jobs`;
  const jobs = (call: Call, appId: string): Promise<readonly Job[]> =>
    call.reads.once(
      `scheduler-jobs:${appId}`,
      async () => parse(Jobs, await send(call, { method: 'GET', path: path(appId) }), CHANGED).data,
    );

  return {
    jobs,
    async setCommand(call, appId, job, command) {
      const answer = await send(call, {
        method: 'PATCH',
        path: `${path(appId)}/${encodeURIComponent(job.id)}`,
        body: { data: { type: 'jobs', id: job.id, attributes: { command } } },
        secrets: [command],
        changes: ['scheduler-jobs:'],
      });
      if (answer.json !== null) return parse(OneJob, answer, CHANGED).data;
      // JSON:API allows an empty answer when nothing but what was sent has changed.
      const found = (await jobs(call, appId)).find(({ id }) => id === job.id);
      if (found !== undefined) return found;
      throw new Trouble('needs-human', `Expected job ${job.id} among the Scheduler's jobs, found it gone.`, {
        remedy: 'Look at the jobs in the dashboard of the Scheduler: "heroku addons:open scheduler".',
        unclear: true,
      });
    },
    close,
  };
}

/** An answer that no API of this shape gives (a redirect, a page, another version) waits for a person, not for time. */
function unofficial(error: HerokuError): HerokuError {
  const { status } = error;
  const known = status === null || [401, 402, 403, 404, 408, 409, 422, 429].includes(status) || status >= 500;
  return known ? error : otherwise(error, CHANGED);
}
