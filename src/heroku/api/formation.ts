// The formation: how many dynos of each process type an app shall have. Sizes are read, and never written.

import type * as Published from '@heroku-cli/schema';
import { z } from 'zod';
import type { Call } from './call.ts';
import { listed } from './pages.ts';
import { fits } from './schema-check.ts';
import { parseList } from './shape.ts';
import type { Transport } from './transport.ts';

export const Formation = fits<Published.Formation>()(
  z.object({
    type: z.string().min(1),
    // Clients send it as a string ("quantity":"0" is what the Heroku CLI does), so it may come back as one.
    quantity: z
      .union([z.number(), z.string().regex(/^\d+$/)])
      .transform(Number)
      .pipe(z.number().int().nonnegative()),
    size: z.string().optional(),
    command: z.string().optional(),
  }),
);
export type Formation = z.infer<typeof Formation>;

export interface Quantity {
  readonly type: string;
  readonly quantity: number;
}

export function formation(heroku: Transport) {
  const path = (appId: string) => `/apps/${encodeURIComponent(appId)}/formation`;
  return {
    list: (call: Call, appId: string): Promise<readonly Formation[]> =>
      call.reads.once(`formation:${appId}`, () => listed(heroku, call, Formation, path(appId))),
    /** One call for all types; answers the formation as Heroku then has it. */
    batch: async (call: Call, appId: string, updates: readonly Quantity[]): Promise<readonly Formation[]> =>
      parseList(
        Formation,
        await heroku.send(call, {
          method: 'PATCH',
          path: path(appId),
          body: { updates: updates.map(({ type, quantity }) => ({ type, quantity })) },
          changes: ['formation:', 'dynos:'],
        }),
      ),
  };
}
