// Webhook subscriptions of an app: Heroku tells their URL of changes, signed with a secret that it never shows again.
// Which of them are ours, and what is done with what they tell, others know.

import { z } from 'zod';
import type { Call } from './call.ts';
import { listed } from './pages.ts';
import { parse } from './shape.ts';
import type { Transport } from './transport.ts';

// The published types leave a webhook empty; these are the properties of the published schema.
export const Webhook = z.object({
  id: z.string().min(1),
  url: z.string(),
  /** Such as `api:release`. */
  include: z.array(z.string()),
  /** notify: told once. sync: until it was taken. */
  level: z.string(),
  created_at: z.string(),
});
export type Webhook = z.infer<typeof Webhook>;

export interface NewWebhook {
  readonly url: string;
  readonly include: readonly string[];
  /** Heroku signs with it what it sends. Never logged, and in no message. */
  readonly secret: string;
}

export function webhooks(heroku: Transport) {
  const path = (appId: string) => `/apps/${encodeURIComponent(appId)}/webhooks`;
  const changes = ['webhooks:'];
  return {
    /** Everybody's, of the whole app. */
    list: (call: Call, appId: string): Promise<readonly Webhook[]> =>
      call.reads.once(`webhooks:${appId}`, () => listed(heroku, call, Webhook, path(appId))),
    /**
     * Subscribes at the level `notify`. Two calls make two subscriptions, so it is sent a second time only if the first
     * was certainly not carried out: a Trouble that is `unclear` means that it may be there, and has to be looked for.
     */
    create: async (call: Call, appId: string, { url, include, secret }: NewWebhook): Promise<Webhook> =>
      parse(
        Webhook,
        await heroku.send(call, {
          method: 'POST',
          path: path(appId),
          body: { url, include: [...include], level: 'notify', secret },
          secrets: [secret],
          onlyOnce: true,
          changes,
        }),
      ),
    /** One that is gone already answers 404. */
    remove: async (call: Call, appId: string, id: string): Promise<void> => {
      await heroku.send(call, { method: 'DELETE', path: `${path(appId)}/${encodeURIComponent(id)}`, changes });
    },
  };
}
