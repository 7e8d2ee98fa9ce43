// Dynos: what runs at this moment. Read `type`, never the name: on Fir apps names look like `web-1234abcde-123ab`.

import type * as Published from '@heroku-cli/schema';
import { z } from 'zod';
import type { Call } from './call.ts';
import { listed } from './pages.ts';
import { fits } from './schema-check.ts';
import { parse } from './shape.ts';
import type { Transport } from './transport.ts';

export const Dyno = fits<Published.Dyno>()(
  z.object({
    id: z.string().min(1),
    name: z.string().min(1),
    type: z.string(),
    /** starting, up, idle, crashed, down, and whatever Heroku thinks of next. */
    state: z.string(),
    command: z.string(),
    size: z.string().optional(),
    release: z.object({ id: z.string().optional(), version: z.number().optional() }).nullish(),
    created_at: z.string(),
    updated_at: z.string().optional(),
  }),
);
export type Dyno = z.infer<typeof Dyno>;

export interface OneOff {
  readonly command: string;
  readonly type?: string;
  readonly size?: string;
  /** Seconds after which Heroku ends it, at most 86,400. */
  readonly timeToLive?: number;
}

export function dynos(heroku: Transport) {
  const path = (appId: string) => `/apps/${encodeURIComponent(appId)}/dynos`;
  return {
    list: (call: Call, appId: string): Promise<readonly Dyno[]> =>
      call.reads.once(`dynos:${appId}`, () => listed(heroku, call, Dyno, path(appId))),
    /**
     * Starts a detached one-off dyno. Sent a second time only if the first was certainly not carried out: a Trouble
     * that is `unclear` means that the dyno may be running, and has to be looked for.
     */
    run: async (call: Call, appId: string, oneOff: OneOff): Promise<Dyno> =>
      parse(
        Dyno,
        await heroku.send(call, {
          method: 'POST',
          path: path(appId),
          body: {
            command: oneOff.command,
            attach: false,
            ...(oneOff.type === undefined ? {} : { type: oneOff.type }),
            ...(oneOff.size === undefined ? {} : { size: oneOff.size }),
            ...(oneOff.timeToLive === undefined ? {} : { time_to_live: oneOff.timeToLive }),
          },
          secrets: [oneOff.command],
          onlyOnce: true,
        }),
      ),
    /** Stops one dyno; one of a process type is started anew by Heroku. A dyno that is gone answers 404. */
    stop: async (call: Call, appId: string, idOrName: string): Promise<void> => {
      await heroku.send(call, { method: 'POST', path: `${path(appId)}/${encodeURIComponent(idOrName)}/actions/stop` });
    },
    /** Restarts all dynos of a process type. One that has none answers 404. */
    restart: async (call: Call, appId: string, type: string): Promise<void> => {
      await heroku.send(call, {
        method: 'DELETE',
        path: `/apps/${encodeURIComponent(appId)}/formations/${encodeURIComponent(type)}`,
        changes: ['dynos:'],
      });
    },
  };
}
