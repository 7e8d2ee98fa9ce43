// Tells subscribers of what changes in an app, as Heroku's webhooks do: a moment later, signed, once. What they make of it
// is theirs; how they answered is kept.

import { createHmac } from 'node:crypto';
import { appAnswer } from './routes/apps.ts';
import { iso } from './routes/common.ts';
import { dynoAnswer } from './routes/dynos.ts';
import { formationAnswer } from './routes/formation.ts';
import { releaseAnswer } from './routes/releases.ts';
import type { App, Change, Delivery, Webhook } from './state.ts';
import type { World } from './world.ts';

/** From a change to its delivery, ms of the sandbox's clock. */
const LATER_MS = 300;
/** Real ms that a subscriber may take. */
const PATIENCE_MS = 10_000;

export class Deliveries {
  /** Nothing arrives any more, as it happens on a network; may be changed at any time. */
  lost = false;
  readonly #world: World;
  readonly #closing = new AbortController();
  readonly #under = new Set<Promise<void>>();

  constructor(world: World) {
    this.#world = world;
  }

  changed(app: App, change: Change): void {
    const include = `api:${change.what}`;
    const told = app.webhooks.filter((webhook) => webhook.include.includes(include));
    if (told.length === 0) return;
    const data = dataOf(this.#world, app, change);
    for (const webhook of told) {
      this.#world.timers.after(LATER_MS, () => this.#send(app, webhook, change, data));
    }
  }

  /** When everything that is under way has been answered. What is not due yet waits for the clock. */
  async answered(): Promise<void> {
    while (this.#under.size > 0) await Promise.all(this.#under);
  }

  close(): void {
    this.#closing.abort();
  }

  #send(app: App, webhook: Webhook, change: Change, data: object): void {
    // One that was taken away a moment ago may still be told of something, as with Heroku.
    const at = this.#world.timers.now();
    const delivery: Delivery = {
      at,
      url: webhook.url,
      include: `api:${change.what}`,
      action: change.action,
      status: null,
    };
    app.deliveries = [...app.deliveries.slice(-199), delivery];
    if (this.lost || this.#closing.signal.aborted) return;
    const body = JSON.stringify(payload(this.#world, webhook, change, data));
    const sending = post(webhook, body, this.#closing.signal).then((status) => {
      delivery.status = status;
    });
    this.#under.add(sending);
    sending.finally(() => this.#under.delete(sending));
  }
}

/** The status of the answer; null where there was none. */
async function post({ url, secret }: Webhook, body: string, closing: AbortSignal): Promise<number | null> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'heroku-webhook-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64'),
      },
      body,
      signal: AbortSignal.any([closing, AbortSignal.timeout(PATIENCE_MS)]),
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return null;
  }
}

function dataOf(world: World, app: App, change: Change): object {
  switch (change.what) {
    case 'app':
      return appAnswer(world, app);
    case 'dyno':
      return dynoAnswer(app, change.dyno);
    case 'formation':
      return formationAnswer(app, change.processType);
    case 'release':
      return releaseAnswer(world, app, change.release);
  }
}

/** As in Heroku's examples of webhook events. */
function payload(world: World, webhook: Webhook, { action, what }: Change, data: object) {
  const now = iso(world.timers.now());
  const event = world.newId();
  return {
    id: event,
    action,
    resource: what,
    actor: { id: world.account.id, email: world.account.email },
    data,
    previous_data: {},
    created_at: now,
    updated_at: now,
    published_at: now,
    sequence: null,
    version: 'application/vnd.heroku+json; version=3',
    webhook_metadata: {
      attempt: { id: world.newId() },
      delivery: { id: world.newId() },
      event: { id: event, include: `api:${what}` },
      webhook: { id: webhook.id },
    },
  };
}
