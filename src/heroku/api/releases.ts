// Releases: code plus config vars, newest first. Which of them is ours, and whether it is through, the step decides.

import type * as Published from '@heroku-cli/schema';
import { z } from 'zod';
import type { Call } from './call.ts';
import { type ConfigVars, present } from './config-vars.ts';
import { latest } from './pages.ts';
import { fits } from './schema-check.ts';
import type { Transport } from './transport.ts';

export const Release = fits<Published.Release>()(
  z.object({
    id: z.string().min(1),
    version: z.number().int(),
    /** pending, succeeded, failed, expired, and whatever Heroku thinks of next. */
    status: z.string(),
    current: z.boolean().optional(),
    description: z.string().optional(),
    user: z.object({ email: z.string() }).nullish(),
    slug: z.object({ id: z.string() }).nullish(),
    created_at: z.string(),
    updated_at: z.string().optional(),
  }),
);
export type Release = z.infer<typeof Release>;

export function releases(heroku: Transport) {
  const path = (appId: string) => `/apps/${encodeURIComponent(appId)}/releases`;
  return {
    /** The newest `max` (at most 1,000), newest first; none for an app without a release yet. */
    latest: (call: Call, appId: string, max: number): Promise<readonly Release[]> =>
      call.reads.once(`releases:${appId}:${max}`, () =>
        latest(heroku, call, Release, path(appId), 'version ..; order=desc', max),
      ),
    /** The config vars as they were in that release; `release` is its id or its version. */
    configVars: (call: Call, appId: string, release: string | number): Promise<ConfigVars> =>
      call.reads.once(`release-config-vars:${appId}:${release}`, async () =>
        present(
          await heroku.send(call, {
            method: 'GET',
            path: `${path(appId)}/${encodeURIComponent(String(release))}/config-vars`,
          }),
        ),
      ),
  };
}
