// Windows driven over the real store, the sandbox's Heroku and the sandbox's Slack, in time that only a test moves. Any number
// of processes: each is a driver of its own, and one can die at any call.

import { sql } from 'kysely';
import { afterEach } from 'vitest';
import { silentLog } from '../../../src/log.ts';
import type { Person } from '../../../src/model/person.ts';
import { defaultSettings, type Named } from '../../../src/model/settings.ts';
import { nobody } from '../../../src/policy/policy.ts';
import type { Door } from '../../../src/run/commands/door.ts';
import { createCommands } from '../../../src/run/commands/index.ts';
import type { Announcer } from '../../../src/run/windows/announcing.ts';
import { createWindowDriver, type WindowDriver } from '../../../src/run/windows/driver.ts';
import type { WindowDraft, WindowRequest } from '../../../src/run/windows/reply.ts';
import { current, type Message, type SandboxSlack, startSlack } from '../../../src/sandbox/slack/index.ts';
import { createAnnouncer } from '../../../src/slack/notifier/announcer.ts';
import { createPost } from '../../../src/slack/notifier/post.ts';
import { ada, type Engine, engines, shop } from '../../helpers/engine.ts';
import { members } from '../../helpers/members.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export interface Bed {
  readonly engine: Engine;
  readonly slack: SandboxSlack;
  readonly commands: ReturnType<typeof createCommands>;
  readonly door: Door;
  readonly announcer: Announcer;
  /** One more process. `checkMs`: as in `Parts`. */
  process(announcer?: Announcer, store?: Door['store'], checkMs?: number): WindowDriver;
  /** Who is named for all apps, from now on. */
  name(who: Partial<Named>): void;
  proposed(over: Partial<WindowRequest>, by?: Person): Promise<WindowDraft>;
  /** The id of the window, saved. */
  planned(over: Partial<WindowRequest>, by?: Person): Promise<string>;
  /** Lets so long pass, and everything that is due be done by each of the drivers at once. */
  pass(ms: number, drivers?: readonly WindowDriver[], runs?: boolean): Promise<void>;
  /** Claims of processes that are dead run out. */
  claimsRunOut(): Promise<void>;
  /** What the channel reads, in order: the first line of each message. */
  said(channel?: string): readonly string[];
  messages(channel?: string): readonly Message[];
  occurrence(
    window: string,
    which?: number,
  ): Promise<NonNullable<Awaited<ReturnType<Engine['store']['windows']['occurrence']>>>>;
}

export function beds(): () => Promise<Bed> {
  const start = engines();
  const slacks: SandboxSlack[] = [];
  afterEach(async () => {
    for (const slack of slacks.splice(0)) await slack.close();
  });
  return async () => {
    const engine = await start({ apps: [shop(), shop({ name: 'till' })], settings: quick });
    const slack = await startSlack({ clock: engine.clock, rates: 'off' });
    slacks.push(slack);
    return bedOf(engine, slack);
  };
}

const quick = { observe: { for: 0, samples: 1 }, canary: 0, watchAfter: 0, emergencyWait: 0 };

async function bedOf(engine: Engine, slack: SandboxSlack): Promise<Bed> {
  const { store, platform, clock } = engine;
  let who: Named = nobody;
  const door: Door = {
    store,
    platform,
    clock,
    log: silentLog,
    get who() {
      return who;
    },
    whoIs: members,
    wake: () => {},
    settings: { ...defaultSettings, ...quick },
    defaultChannel: slack.workspace.channel('ops').id,
  };
  const commands = createCommands(door);
  const announcer = createAnnouncer(createPost(slack.botToken, { slackApiUrl: slack.apiUrl }));
  let processes = 0;
  const make = (over: Announcer = announcer, on: Door['store'] = store, checkMs?: number): WindowDriver => {
    processes += 1;
    const its: Door = {
      ...door,
      store: on,
      get who() {
        return who;
      },
    };
    return createWindowDriver({ door: its, owner: `process-${processes}`, announcer: over, checkMs });
  };
  const first = make();

  async function due(drivers: readonly WindowDriver[], runs: boolean): Promise<void> {
    for (let turns = 0; turns < 50; turns += 1) {
      const now = clock.now();
      const occurrences = await store.windows.due(now);
      const ids = runs ? await store.due(now) : [];
      if (occurrences.length + ids.length === 0) return;
      for (const id of ids) await engine.driver.drive(id);
      await Promise.all(drivers.map(async (driver) => Promise.all(occurrences.map((id) => driver.drive(id)))));
    }
  }

  const proposed = async (over: Partial<WindowRequest>, by: Person = ada): Promise<WindowDraft> => {
    const answer = await commands.proposeWindow(by, { ...usual, ...over });
    if (answer.is !== 'window-proposal') throw new Error(`Expected a proposal, got ${JSON.stringify(answer)}`);
    return answer.draft;
  };
  return {
    engine,
    slack,
    commands,
    door,
    announcer,
    process: make,
    name: (named) => {
      who = { ...nobody, ...named };
    },
    proposed,
    async planned(over, by = ada) {
      const saved = await commands.schedule(by, await proposed(over, by), 'UTC');
      if (saved.is === 'refused') throw new Error(`${saved.says} ${saved.remedy}`);
      return saved.listed.window.id;
    },
    async pass(ms, drivers = [first], runs = true) {
      const until = clock.now() + ms;
      for (;;) {
        await due(drivers, runs);
        const times = [await store.windows.nextDue(clock.now()), runs ? await store.nextDue(clock.now()) : null];
        const next = Math.min(...times.flatMap((time) => (time === null ? [] : [time])));
        if (next > until) break;
        clock.advance(next - clock.now());
      }
      clock.advance(until - clock.now());
      await due(drivers, runs);
    },
    async claimsRunOut() {
      await sql`update maint.announcement set owner_until = clock_timestamp() where owner_until is not null`.execute(
        engine.database.db,
      );
    },
    said: (channel = 'ops') => texts(slack, channel).map((message) => current(message).text),
    messages: (channel = 'ops') => texts(slack, channel),
    async occurrence(window, which = 0) {
      const found = (await store.windows.occurrencesOf(window))[which];
      if (found === undefined) throw new Error(`Expected an occurrence ${which} of ${window}, there is none`);
      return found;
    },
  };
}

function texts(slack: SandboxSlack, channel: string): readonly Message[] {
  return slack.messages.list({ channel: slack.workspace.channel(channel).id, deleted: false, ephemeral: false });
}

const usual: WindowRequest = {
  apps: ['shop'],
  typed: '2026-11-24 01:00 UTC for 2h',
  zone: 'UTC',
  own: 'UTC',
  answers: {},
  now: null,
  lengthMs: null,
  reason: 'new disks',
  channels: [],
  leads: [],
  startsBy: 'itself',
  announceBefore: null,
  changes: null,
};
