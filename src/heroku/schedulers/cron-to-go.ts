// A client of Cron To Go's jobs: those calls of its API that its own Heroku CLI plugin makes, parsed strictly where we use
// them. Its key and its organization are config vars of the app: the caller gives them with each call.

import { z } from 'zod';
import type { Call } from '../api/call.ts';
import { HerokuError } from '../api/heroku-error.ts';
import type { Send } from '../api/other-side.ts';
import { parse } from '../api/shape.ts';
import { type AddOn, type AddOnOptions, connected, each } from './add-on-api.ts';

export const CRON_TO_GO = 'Cron To Go';

/** For doctor and README. */
export const CRON_TO_GO_UNVERIFIED =
  'Cron To Go: its calls are written after the source of its own Heroku CLI plugin, and were never tried against the real service.';

export const cronToGoVariables = { key: 'CRONTOGO_API_KEY', organization: 'CRONTOGO_ORGANIZATION_ID' } as const;

export const cronToGoState = z.enum(['enabled', 'paused']);
export type CronToGoState = z.infer<typeof cronToGoState>;

const Job = z
  .object({
    // It becomes part of a path, and of what people are told to type.
    Id: z.string().regex(/^[\w-]{1,64}$/),
    Alias: z.string().nullish(),
    State: cronToGoState,
    ScheduleExpression: z.string(),
    ScheduleType: z.string().nullish(),
    Timezone: z.string().nullish(),
    Target: z.object({ Command: z.string().nullish() }).nullish(),
  })
  .transform((job) => ({
    id: job.Id,
    alias: job.Alias ?? '',
    state: job.State,
    expression: job.ScheduleExpression,
    /** `cron` or `rate`; null where it does not say. */
    scheduleType: job.ScheduleType ?? null,
    timezone: job.Timezone ?? null,
    command: job.Target?.Command ?? null,
  }));

export type CronToGoJob = z.infer<typeof Job>;

const Jobs = z.array(Job);

const addOn: AddOn = {
  name: CRON_TO_GO,
  variable: cronToGoVariables.key,
  dashboard: '"heroku addons:open crontogo"',
  kind: 'needs-human',
  remedy:
    'The API of Cron To Go seems to have changed: look at the jobs in its dashboard ("heroku addons:open crontogo"), ' +
    'pause them there, and report this.',
};

/** Values of config vars, held as long as the call. */
export interface CronToGoAccess {
  readonly key: string;
  readonly organization: string;
}

export interface CronToGo {
  /** All jobs of the organization, which is one add-on's. `appId` only names the shared read. */
  jobs(call: Call, appId: string, access: CronToGoAccess): Promise<readonly CronToGoJob[]>;
  /** Pauses and resumes, then reads all jobs again. One that was deleted meanwhile is left out. */
  setStates(
    call: Call,
    appId: string,
    access: CronToGoAccess,
    changes: readonly { readonly id: string; readonly state: CronToGoState }[],
  ): Promise<readonly CronToGoJob[]>;
}

export function createCronToGo(options: AddOnOptions): CronToGo {
  const to = <T>({ key, organization }: CronToGoAccess, work: (send: Send) => Promise<T>): Promise<T> =>
    connected(options, addOn, `/organizations/${encodeURIComponent(organization)}`, key, work);
  const read = (send: Send, call: Call, appId: string): Promise<readonly CronToGoJob[]> =>
    call.reads.once(`cron-to-go:${appId}`, async () =>
      parse(Jobs, await send(call, { method: 'GET', path: '/jobs' }), addOn),
    );
  return {
    jobs: (call, appId, access) => to(access, (send) => read(send, call, appId)),
    setStates: (call, appId, access, changes) =>
      to(access, async (send) => {
        await each(changes, ({ id, state }) => set(send, call, id, state));
        return read(send, call, appId);
      }),
  };
}

/** What it answers is not told anywhere (its plugin does not read it), so nothing is believed but the next list. */
async function set(send: Send, call: Call, id: string, state: CronToGoState): Promise<void> {
  const path = `/jobs/${encodeURIComponent(id)}/${state === 'paused' ? 'pause' : 'resume'}`;
  try {
    await send(call, { method: 'PUT', path, changes: ['cron-to-go:'] });
  } catch (error) {
    const status = error instanceof HerokuError ? error.status : null;
    if (status !== 404 && (status === null || status > 299)) throw error;
  }
}
