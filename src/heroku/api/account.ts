// The account behind the token: who it is, how many calls are left, and what the token may do.

import type * as Published from '@heroku-cli/schema';
import { z } from 'zod';
import type { Call } from './call.ts';
import { HerokuError } from './heroku-error.ts';
import { listed } from './pages.ts';
import { fits } from './schema-check.ts';
import { parse } from './shape.ts';
import type { Transport } from './transport.ts';

export const Account = fits<Published.Account>()(
  z.object({
    id: z.string().min(1),
    email: z.string(),
    suspended_at: z.string().nullish(),
    delinquent_at: z.string().nullish(),
  }),
);
export type Account = z.infer<typeof Account>;

export const RateLimit = fits<Published.RateLimit>()(z.object({ remaining: z.number() }));

const Authorization = fits<Published.OAuthAuthorization>()(
  z.object({
    scope: z.array(z.string()).optional(),
    access_token: z.object({ token: z.string().optional() }).nullish(),
  }),
);

export function account(heroku: Transport, token: string) {
  // The list holds the account's other tokens: only whether one is ours leaves the parsing.
  const Ours = Authorization.transform(({ scope, access_token }) => ({
    ours: access_token?.token === token,
    scope: scope ?? null,
  }));
  return {
    info: (call: Call): Promise<Account> =>
      call.reads.once('account', async () =>
        parse(Account, await heroku.send(call, { method: 'GET', path: '/account' })),
      ),
    /** Calls left. Never shared, and costs none: GET /account/rate-limits is free. */
    rateLimits: async (call: Call): Promise<{ readonly remaining: number }> =>
      parse(RateLimit, await heroku.send(call, { method: 'GET', path: '/account/rate-limits', free: true })),
    /**
     * What the token may do, such as `global` or `read`: Heroku's answers say it in a header (seen in public captures,
     * not in its documentation). Where none has said it yet, it is looked for among the account's authorizations, as
     * /oauth/authorizations/~ is the account's default one, not the one in use. 'unknown' where the token may not list
     * them (which takes the scope global), or is not among them: a token of a login session, or of a dashboard.
     */
    scopes: (call: Call): Promise<readonly string[] | 'unknown'> =>
      call.reads.once('scopes', async () => {
        const said = heroku.scopes();
        if (said !== null) return said;
        try {
          const all = await listed(heroku, call, Ours, '/oauth/authorizations');
          return all.find(({ ours }) => ours)?.scope ?? 'unknown';
        } catch (error) {
          if (error instanceof HerokuError && (error.status === 403 || error.status === 404)) return 'unknown';
          throw error;
        }
      }),
  };
}
