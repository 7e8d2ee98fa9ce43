// Config vars, whole maps of them, as Heroku gives no single ones. The values are other people's secrets: they go to the
// caller, who keeps the one that maint sets, and into no message.

import { z } from 'zod';
import type { Call } from './call.ts';
import { parse } from './shape.ts';
import type { Answer, Transport } from './transport.ts';

export type ConfigVars = Readonly<Record<string, string>>;

const Values = z.record(z.string(), z.string().nullable());

export function configVars(heroku: Transport) {
  const path = (appId: string) => `/apps/${encodeURIComponent(appId)}/config-vars`;
  return {
    get: (call: Call, appId: string): Promise<ConfigVars> =>
      call.reads.once(`config-vars:${appId}`, async () =>
        present(await heroku.send(call, { method: 'GET', path: path(appId) })),
      ),
    /**
     * Sets some, and deletes those that are null; answers all. Makes one release and restarts every dyno, unless the
     * values are what they were before.
     */
    update: async (call: Call, appId: string, changes: Readonly<Record<string, string | null>>): Promise<ConfigVars> =>
      present(
        await heroku.send(call, {
          method: 'PATCH',
          path: path(appId),
          body: changes,
          secrets: Object.values(changes).filter((value) => value !== null),
          // It makes a release, and that restarts the dynos.
          changes: ['config-vars:', 'releases:', 'release-config-vars:', 'dynos:'],
        }),
      ),
  };
}

/** The variables that have a value: Heroku's schema allows a null for one that has none. */
export function present(answer: Answer): ConfigVars {
  const set = Object.entries(parse(Values, answer)).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  return Object.fromEntries(set);
}
