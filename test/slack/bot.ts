// The Slack side as it really runs: real Bolt against the sandbox's Slack, the real commands over a real store. Only the
// driver is missing: the tests tell by themselves what happened to a run.

import { afterEach } from 'vitest';
import { z } from 'zod';
import type { Logger } from '../../src/log.ts';
import type { Event } from '../../src/model/event.ts';
import type { Platform } from '../../src/model/platform.ts';
import type { Concern } from '../../src/model/preflight.ts';
import { defaultSettings, type Named, type Settings } from '../../src/model/settings.ts';
import { held, waited } from '../../src/model/step.ts';
import { unheard } from '../../src/policy/may.ts';
import { nobody } from '../../src/policy/policy.ts';
import { createCommands } from '../../src/run/commands/index.ts';
import { SandboxClock } from '../../src/sandbox/clock.ts';
import { current, type Message, type SandboxSlack, startSlack as startSandbox } from '../../src/sandbox/slack/index.ts';
import { type SlackApp, startSlack } from '../../src/slack/app.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { createTrail } from '../../src/trail.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { pglite } from '../helpers/pglite.ts';
import { at, planned, toQuiet } from './runs.ts';

export type Mode = 'socket' | 'http';

export interface Bot {
  readonly slack: SandboxSlack;
  readonly app: SlackApp;
  readonly store: Store;
  readonly clock: SandboxClock;
  /** What was logged as a warning or worse. */
  readonly logged: string[];
  /** Happens to the only run there is, or to the one named. */
  happens(events: readonly Event[], runId?: string): Promise<void>;
  /** Types a command in #ops as ada. */
  types(text: string, by?: { user?: string; channel?: string }): Promise<void>;
  /** Presses a button of the newest message in #ops that has it. */
  presses(label: string, user?: string): Promise<void>;
  /** Resolves with the first message that everybody sees and that reads so now. */
  reads(pattern: RegExp, channel?: string): Promise<Message>;
  /** The same for one that only ada, or another, sees. */
  isTold(pattern: RegExp, user?: string): Promise<Message>;
  /** Does this the next time that this run is looked up by a button: between the look and the command. */
  onceLoaded(then: () => Promise<void>, runId: string): void;
  /** Another process beside this one, on the same store; closed with it. */
  another(): Promise<void>;
  /** Ends this one and starts it again. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface Setup {
  readonly mode?: Mode;
  readonly operators?: readonly string[];
  readonly who?: Partial<Named>;
  readonly approvals?: Settings['approvals'];
  readonly defaultChannel?: string | null;
  readonly concerns?: readonly Concern[];
  /** Every look-up of an app waits for it. */
  readonly lookup?: () => Promise<void>;
  /** Of card updates; short, so that tests need not wait. Null: as in real use. */
  readonly paceMs?: number | null;
  /** A form is answered so late that the person is shown that it takes longer; as long as it takes where not said. */
  readonly lateMs?: number;
  /** For the database, and Slack, to say whether a request may be carried out; long, so that a busy machine decides nothing. */
  readonly patienceMs?: number;
}

const databases = pglite();

/** Starts bots for the tests of a file, one at a time: it is closed when its test is over. */
export function bots(): (setup?: Setup) => Promise<Bot> {
  let bot: Bot | null = null;
  afterEach(async () => {
    await bot?.close();
    bot = null;
  });
  return async (setup = {}) => {
    bot = await startBot(setup);
    return bot;
  };
}

async function startBot({
  mode = 'socket',
  operators,
  who: named = {},
  approvals = defaultSettings.approvals,
  defaultChannel = null,
  concerns = [],
  lookup = async () => {},
  paceMs = 10,
  patienceMs = PATIENCE_MS,
  lateMs = PATIENCE_MS,
}: Setup = {}): Promise<Bot> {
  const clock = new SandboxClock({ start: at, manual: true });
  // Slack's three seconds are over on a busy machine before anybody is late.
  const slack = await startSandbox({ clock, rates: 'off', ackMs: PATIENCE_MS, limits: { triggerMs: PATIENCE_MS } });
  const store = openStore(await databases.open());
  const hooks = new Map<string, () => Promise<void>>();
  const hooked: Store = {
    ...store,
    load: async (id) => {
      const run = await store.load(id);
      const then = hooks.get(id);
      hooks.delete(id);
      await then?.();
      return run;
    },
  };
  const logged: string[] = [];
  const log: Logger = {
    debug() {},
    info() {},
    warn: (about, message) => logged.push(`${message} ${JSON.stringify(about)}`),
    error: (about, message) => logged.push(`${message} ${JSON.stringify(about)}`),
  };

  const starting = async (): Promise<SlackApp> => {
    const who = { ...nobody, operators: operators ?? [], ...named };
    let started: SlackApp | null = null;
    const commands = createCommands({
      store,
      platform: platform(concerns, lookup),
      clock,
      log,
      who,
      whoIs: async (person, gatherings) => (started === null ? unheard(person) : started.whoIs(person, gatherings)),
      wake: () => {},
      settings: { ...defaultSettings, approvals },
      defaultChannel,
    });
    started = await startSlack({
      commands,
      store: hooked,
      clock,
      log,
      trail: createTrail(store, clock, log),
      slack: {
        botToken: slack.botToken,
        mode:
          mode === 'socket'
            ? { is: 'socket', appToken: slack.appToken }
            : { is: 'http', signingSecret: slack.signingSecret },
        apiUrl: slack.apiUrl,
      },
      port: 0,
      defaultChannel,
      named: Object.values(who).some((holders) => holders.length > 0),
      patienceMs,
      lateMs,
      ...(paceMs === null ? {} : { paceMs }),
    });
    if (started.port !== null) slack.setRequestUrl(`http://127.0.0.1:${started.port}/slack/events`);
    return started;
  };
  let app = await starting();
  const others: SlackApp[] = [];

  const everybody = (channel: string) =>
    slack.messages.list({ channel: slack.workspace.channel(channel).id, deleted: false, ephemeral: false });

  return {
    slack,
    get app() {
      return app;
    },
    store,
    clock,
    logged,
    async happens(events, runId) {
      const id = runId ?? (await first(store));
      const lease = await store.takeLease(id, 'test');
      if (lease === null) throw new Error(`Expected to drive ${id}`);
      const appended = await store.append(lease, clock.now(), events);
      if (appended.is !== 'ok') throw new Error(`Expected the events to be added, got ${appended.is}`);
      await store.releaseLease(lease);
    },
    async types(text, { user = 'ada', channel = 'ops' } = {}) {
      await slack.command({ user, channel, text });
    },
    async presses(label, user = 'ada') {
      const has = everybody('ops').findLast((m) => hasButton(m, label));
      await slack.click({ user, channel: 'ops', messageTs: has?.ts ?? 'none', label });
    },
    reads: (pattern, channel = 'ops') =>
      slack.until(() => everybody(channel).find((m) => pattern.test(slack.render(m)))),
    isTold: (pattern, user = 'ada') =>
      slack.until(() =>
        slack.messages
          .list({ ephemeral: true })
          .find((m) => m.onlyFor === slack.workspace.user(user).id && pattern.test(slack.render(m))),
      ),
    onceLoaded: (then, runId) => void hooks.set(runId, then),
    async another() {
      others.push(await starting());
    },
    async restart() {
      await app.close();
      app = await starting();
    },
    async close() {
      for (const one of [app, ...others]) await one.close();
      await slack.close();
      await store.close();
      clock.close();
    },
  };
}

function hasButton(message: Message, label: string): boolean {
  return current(message).blocks.some(
    (block) => block.type === 'actions' && block.elements.some((e) => e.type === 'button' && e.text.text === label),
  );
}

/** To the point where people work in the app. */
export async function toHolding(bot: Bot): Promise<void> {
  await bot.types('start shop for 30m because migration 42');
  await bot.reads(/planning/u);
  await bot.happens([planned(), ...toQuiet]);
  await bot.reads(/holding/u);
}

/** Two apps; workers that are looked at, and nothing that is ever written, for there is no driver. */
function platform(concerns: readonly Concern[], lookup: () => Promise<void>): Platform {
  const never = () => {
    throw new Error('Expected no driver');
  };
  const names = ['shop', 'store-front'];
  const ref = (name: string) => ({ id: `id-of-${name}`, name });
  const workers = held({
    kind: 'hold',
    name: 'workers',
    title: 'Workers',
    door: false,
    value: z.number(),
    memo: z.null(),
    look: async () => ({ is: 'seen', items: [{ key: 'worker', label: 'worker', value: 4 }], warnings: [] }),
    aim: () => 0,
    write: never,
    settle: never,
    say: (_app, _item, value) => ({ will: `scale worker to ${value}`, byHand: `heroku ps:scale worker=${value}` }),
    show: String,
  });
  const wait = (name: string, title: string) => waited({ kind: 'wait', name, title, memo: z.null(), settle: never });
  const others = [wait('door', 'Maintenance mode'), wait('scheduler', 'Heroku Scheduler')];
  return {
    find: async (_calling, name) => {
      await lookup();
      const found = names.find((one) => one === name || ref(one).id === name);
      return found === undefined ? { is: 'none', nearest: names.slice(0, 1) } : { is: 'found', app: ref(found) };
    },
    app: async (_calling, id) => ref(id.replace('id-of-', '')),
    exists: async () => true,
    activity: async () => ({ mark: null, list: [] }),
    quiet: [...others, workers],
    back: [workers, ...others],
    preflight: async () => concerns,
    inventory: async (_cx, _looks, window) => ({ window, entries: [], limits: null }),
    doctor: async () => [],
    work: { show: (command) => `${command.split(' ')[0]} …`, there: never, start: never, stop: never, follow: never },
  };
}

/** A command is acknowledged before it is carried out: the run that it begins is there a little later. */
async function first(store: Pick<Store, 'unfinished'>): Promise<string> {
  for (const last = performance.now() + PATIENCE_MS; performance.now() < last; ) {
    const [run] = await store.unfinished();
    if (run !== undefined) return run.id;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('Expected a run to be under way, got none');
}
