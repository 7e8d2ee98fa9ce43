// Apps, and their maintenance mode. Listing tells a mistyped name from a missing app; what a mode means for a run is the
// step's affair.

import type * as Published from '@heroku-cli/schema';
import { z } from 'zod';
import type { Call } from './call.ts';
import { listed } from './pages.ts';
import { fits } from './schema-check.ts';
import { parse } from './shape.ts';
import type { Transport } from './transport.ts';

export const App = fits<Published.App>()(
  z.object({
    id: z.string().min(1),
    name: z.string().min(1),
    maintenance: z.boolean(),
    region: z.object({ name: z.string() }).optional(),
    space: z.object({ name: z.string() }).nullish(),
    team: z.object({ name: z.string() }).nullish(),
    owner: z.object({ email: z.string() }).optional(),
    released_at: z.string().nullish(),
    web_url: z.string().nullish(),
  }),
);
export type App = z.infer<typeof App>;

export function apps(heroku: Transport) {
  return {
    info: (call: Call, idOrName: string): Promise<App> =>
      call.reads.once(`app:${idOrName}`, async () =>
        parse(App, await heroku.send(call, { method: 'GET', path: `/apps/${encodeURIComponent(idOrName)}` })),
      ),
    /** All apps that the token's account can see. */
    list: (call: Call): Promise<readonly App[]> =>
      call.reads.once('apps', () => listed(heroku, call, App, '/apps', 'id ..; max=1000')),
    update: async (call: Call, id: string, change: { readonly maintenance: boolean }): Promise<App> =>
      parse(
        App,
        await heroku.send(call, {
          method: 'PATCH',
          path: `/apps/${encodeURIComponent(id)}`,
          body: change,
          changes: ['app'],
        }),
      ),
  };
}
