// Builds, for the question whether one is under way.

import type * as Published from '@heroku-cli/schema';
import { z } from 'zod';
import type { Call } from './call.ts';
import { HerokuError } from './heroku-error.ts';
import { latest, listed } from './pages.ts';
import { fits } from './schema-check.ts';
import type { Transport } from './transport.ts';

export const Build = fits<Published.Build>()(
  z.object({
    id: z.string().min(1),
    /** pending, succeeded, failed, and whatever Heroku thinks of next. */
    status: z.string(),
    created_at: z.string(),
    updated_at: z.string().optional(),
    user: z.object({ email: z.string().optional() }).nullish(),
    release: z.object({ id: z.string() }).nullish(),
  }),
);
export type Build = z.infer<typeof Build>;

export function builds(heroku: Transport) {
  return {
    /** The newest `max` (1 when not said), newest first; none for an app that was never built. */
    latest: (call: Call, appId: string, max = 1): Promise<readonly Build[]> =>
      call.reads.once(`builds:${appId}:${max}`, async () => {
        const path = `/apps/${encodeURIComponent(appId)}/builds`;
        try {
          // Heroku's schema names `id` and `started_at` as the ranges of builds.
          return await latest(heroku, call, Build, path, 'started_at ..; order=desc', max);
        } catch (error) {
          if (!(error instanceof HerokuError) || error.status !== 416) throw error;
          // That was not tried live: where the range is refused, all are read and the newest picked.
          const all = await listed(heroku, call, Build, path);
          return all.toSorted((a, b) => b.created_at.localeCompare(a.created_at)).slice(0, max);
        }
      }),
  };
}
