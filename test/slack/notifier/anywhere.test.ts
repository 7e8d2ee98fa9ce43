// Whatever happens at any one call to Slack, or to the store: the channel ends up with the same messages, each once.
import { LogLevel } from '@slack/web-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLog } from '../../../src/log.ts';
import type { Event } from '../../../src/model/event.ts';
import { SandboxClock } from '../../../src/sandbox/clock.ts';
import { type SandboxSlack, startSlack } from '../../../src/sandbox/slack/index.ts';
import { createPost, type Post } from '../../../src/slack/notifier/post.ts';
import { type Telling, tell } from '../../../src/slack/notifier/telling.ts';
import { createWarnings } from '../../../src/slack/notifier/warning.ts';
import { openStore, type Store } from '../../../src/store/store.ts';
import { pglite } from '../../helpers/pglite.ts';
import { approved, at, drifted, grace, item, items, loud, planned, requested, toQuiet } from '../runs.ts';

const databases = pglite();
let store: Store;
let slack: SandboxSlack;
const clock = new SandboxClock({ start: at, manual: true });
beforeAll(async () => {
  slack = await startSlack({ clock, rates: 'off' });
  store = openStore(await databases.open());
});
afterAll(async () => {
  await slack.close();
  await store.close();
  clock.close();
});

/** A maintenance as it is told: every kind of message, one that is redrawn, and an emergency card of two parts. */
const long = Array.from({ length: 60 }, (_, i) => item('scheduler', `rake ${'x'.repeat(150)} ${i}`, 'on', 'off'));
const stages: readonly (readonly Event[])[] = [
  [planned([], [...items, ...long])],
  [...toQuiet, loud, { is: 'reminded', question: null }],
  [{ is: 'answered', question: 'violation-1', answer: 'accept', by: grace }, ...approved, drifted],
  [
    { is: 'answered', question: 'drift-1', answer: 'keep', by: grace },
    { is: 'ended', as: 'restored', why: 'all as before' },
  ],
];

class Died extends Error {}

/** Counts the calls, and lets the `n`th of them go wrong. */
interface Trouble {
  readonly n: number;
  readonly after?: () => void;
}

/** Every method that is asked for something, cut at one call. */
function cut<T extends object>(whole: T, count: () => number, trouble: Trouble, only: readonly (keyof T)[]): T {
  return new Proxy(whole, {
    get(target, key, receiver) {
      const found: unknown = Reflect.get(target, key, receiver);
      if (typeof found !== 'function' || !only.some((one) => one === key)) return found;
      return async (...args: unknown[]) => {
        const hit = count() === trouble.n;
        const answer: unknown = await Reflect.apply(found, target, args);
        if (hit) trouble.after?.();
        return answer;
      };
    },
  });
}

let cells = 0;

/** Tells one whole run; gives what the channel shows at the end, and how many calls it took. */
async function tellAll(trouble: Trouble, given: Post): Promise<{ shown: string[]; calls: number }> {
  cells += 1;
  const id = `m${cells}`;
  const app = { id: `app-${cells}`, name: 'shop' };
  // A channel of its own: what is looked for is looked for among a few messages.
  const channel = slack.workspace.addChannel({ name: `ops-${cells}`, id: `C0OPS${cells}`, members: ['maint'] }).id;
  await store.create({ id, app, channel, at, requested });
  let calls = 0;
  const count = () => {
    calls += 1;
    return calls;
  };
  const telling: Telling = {
    store: cut(store, count, trouble, ['setMessage', 'told', 'emergencyTold']),
    post: cut(given, count, trouble, ['post', 'update', 'find']),
    clock,
    log: silentLog,
    defaultChannel: null,
    warnings: createWarnings(given, silentLog),
    claimed: async () => true,
    pace: () => 0,
    settled: () => {},
  };
  for (const events of [[], ...stages]) {
    const lease = events.length === 0 ? null : await store.takeLease(id, 'test');
    if (lease !== null) {
      await store.append(lease, clock.now(), events);
      await store.releaseLease(lease);
    }
    let told = false;
    for (let turn = 0; turn < 6 && !told; turn += 1) {
      try {
        told = (await tell(telling, id)).is === 'told';
      } catch (error) {
        if (!(error instanceof Died)) throw error;
      }
    }
    if (!told) throw new Error(`Expected run ${id} to be told`);
  }
  const mine = slack.messages.list({ channel, deleted: false });
  const card = mine.find((message) => message.threadTs === null);
  return {
    shown: mine.map((message) => {
      const threaded = message.threadTs === null ? 'card' : message.threadTs === card?.ts ? 'note' : 'elsewhere';
      return `${threaded} ${message.broadcast} ${slack.render(message, 200)}`;
    }),
    calls,
  };
}

const realPost = () => createPost(slack.botToken, { slackApiUrl: slack.apiUrl, logLevel: LogLevel.ERROR });

describe('a run is told the same, each message once', () => {
  let right: string[] = [];
  let calls = 0;
  beforeAll(async () => {
    ({ shown: right, calls } = await tellAll({ n: 0 }, realPost()));
    // Card, emergency in two parts, quiet, violation, reminder, approval, turned, drift, receipt.
    expect(right).toHaveLength(10);
  });

  const die = () => {
    throw new Died();
  };

  // To die before a call is to die after the one before it. Every second one: each message takes three, so all kinds are met.
  test('where the process dies after a call to Slack, or a write to the store', async () => {
    for (let n = 1; n <= calls; n += 2) {
      expect((await tellAll({ n, after: die }, realPost())).shown, `call ${n}`).toEqual(right);
    }
  });

  test.each([
    { every: 2, kind: '429', retryAfter: 1 },
    { every: 1, kind: 'reset-after' },
    { every: 4, kind: 'reset-before' },
    { every: 4, kind: 'status', status: 200, body: { ok: false, error: 'internal_error' } },
  ] as const)('where a call is answered with %j', async ({ every, ...fault }) => {
    const since = slack.requests.list({ service: 'slack' }).length;
    await tellAll({ n: 0 }, realPost());
    const all = slack.requests.list({ service: 'slack' }).length - since;
    expect(all).toBeGreaterThan(15);
    for (let nth = 1; nth <= all; nth += every) {
      const added = slack.faults.add({ service: 'slack', path: '/**', nth, ...fault });
      expect((await tellAll({ n: 0 }, realPost())).shown, `call ${nth} of ${all}`).toEqual(right);
      slack.faults.remove(added);
    }
  });
});
