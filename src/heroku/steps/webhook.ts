// The subscription by which Heroku tells maint of changes while an app is held: the first thing to be made and the last to
// be taken away. It makes nothing quieter; without it the app is only looked at more often, so no maintenance fails for it.
import { z } from 'zod';
import { LeaseLost, Trouble } from '../../errors.ts';
import type { Cx, Hold, Look } from '../../model/step.ts';
import type { Heroku } from '../api/client.ts';
import { HerokuError } from '../api/heroku-error.ts';
import type { Webhook } from '../api/webhooks.ts';
import { command } from '../shell.ts';
import { isOf, type Subscription, webhookPath } from '../webhooks/subscription.ts';
import { waitedFor } from './pace.ts';

/** Maintenance mode is the app's; there is no event for config vars, but each change of theirs makes a release. */
const INCLUDE = ['api:app', 'api:dyno', 'api:formation', 'api:release'];
/** What may pass by itself is tried again this long, and then done without. */
const PATIENCE = 30_000;

export function webhook(heroku: Heroku, subscription: Subscription | null): Hold<boolean> {
  const seen = (cx: Cx, value: boolean): Look<boolean> => ({
    is: 'seen',
    // The address says which it is, among others': a run's id is part of it.
    items: [{ key: 'webhook', label: webhookPath(cx.run), value }],
    warnings: [],
  });
  const ours = async (cx: Cx): Promise<readonly Webhook[]> =>
    (await heroku.webhooks.list(cx, cx.app.id)).filter(({ url }) => isOf(cx.run, url));
  return {
    kind: 'hold',
    name: 'webhook',
    title: 'Webhook',
    door: false,
    // One that was made with another address or token, before maint was started with these, reaches nobody.
    tells: async (cx) => subscription !== null && (await ours(cx)).some(({ url }) => url === subscription.url(cx.run)),
    unused: subscription === null,
    value: z.boolean(),
    memo: z.null(),
    async look(cx) {
      try {
        return seen(cx, (await ours(cx)).length > 0);
      } catch (error) {
        // No maintenance fails for it: what a failure hides on the way back, the last look finds.
        if (error instanceof Trouble && !error.wide) return { is: 'seen', items: [], warnings: [] };
        throw error;
      }
    },
    aim: (_cx, item, way) => (way === 'quiet' && subscription !== null ? true : item.before),
    async write(cx, changes) {
      const [change] = changes;
      if (change === undefined) return { is: 'seen', items: [], warnings: [] };
      if (!change.value || subscription === null) {
        for (const { id } of await ours(cx)) await remove(heroku, cx, id);
        return seen(cx, false);
      }
      return seen(cx, await subscribed(heroku, cx, subscription, ours));
    },
    settle: async () => ({ is: 'done' }),
    say: (app, item, value) => ({
      will: value ? 'subscribed: Heroku tells of changes as they happen' : 'unsubscribed',
      byHand: byHand(app.name, item.label),
    }),
    show: (value) => (value ? 'subscribed' : 'not subscribed'),
  };
}

/** Whether it is there afterwards. */
async function subscribed(
  heroku: Heroku,
  cx: Cx,
  { url, secret }: Subscription,
  ours: (cx: Cx) => Promise<readonly Webhook[]>,
): Promise<boolean> {
  try {
    if ((await ours(cx)).length > 0) return true;
    await heroku.webhooks.create(cx, cx.app.id, { url: url(cx.run), include: INCLUDE, secret: secret(cx.run) });
    return true;
  } catch (error) {
    if (!canDoWithout(cx, error)) throw error;
    // It may have been made all the same: then it is found, and taken away, on the way back.
    return false;
  }
}

async function remove(heroku: Heroku, cx: Cx, id: string): Promise<void> {
  try {
    await heroku.webhooks.remove(cx, cx.app.id, id);
  } catch (error) {
    if (!(error instanceof HerokuError) || error.status !== 404) throw error;
  }
}

/** Where the token is refused nothing else works either, and the run has to know. */
function canDoWithout(cx: Cx, error: unknown): boolean {
  if (!(error instanceof Trouble) || error instanceof LeaseLost || error.wide) return false;
  return error.kind !== 'retryable' || waitedFor(cx) >= PATIENCE;
}

/** Its id is not known before it is made, and the Heroku CLI removes by id only. Left where it is, it does no harm. */
function byHand(app: string, path: string): string {
  const remove = command('heroku', 'webhooks:remove', 'ID', '--app', app);
  return `${command('heroku', 'webhooks', '--app', app)} && ${command('echo', `then ${remove} with the ID of the one whose URL ends in ${path}, if there is one`)}`;
}
