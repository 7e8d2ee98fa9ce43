// A year of maint: windows of all kinds are planned, edited, skipped and cancelled in the course of it, two processes drive them
// and their runs over one database and tell one Slack, die in the middle of what they do, and are both away for hours.
import { sql } from 'kysely';
import { silentLog } from '../../../src/log.ts';
import type { Person } from '../../../src/model/person.ts';
import { open } from '../../../src/model/questions.ts';
import { defaultSettings } from '../../../src/model/settings.ts';
import { nobody } from '../../../src/policy/policy.ts';
import type { Door } from '../../../src/run/commands/door.ts';
import { createCommands } from '../../../src/run/commands/index.ts';
import type { Commands } from '../../../src/run/commands/reply.ts';
import { createDriver } from '../../../src/run/driver.ts';
import { createWindowDriver } from '../../../src/run/windows/driver.ts';
import { SandboxClock } from '../../../src/sandbox/clock.ts';
import { randomFrom } from '../../../src/sandbox/random.ts';
import { type SandboxSlack, startSlack } from '../../../src/sandbox/slack/index.ts';
import { createAnnouncer } from '../../../src/slack/notifier/announcer.ts';
import { createPost } from '../../../src/slack/notifier/post.ts';
import type { Database } from '../../../src/store/database.ts';
import { openStore, type Store } from '../../../src/store/store.ts';
import { ada, grace } from '../../helpers/engine.ts';
import { members } from '../../helpers/members.ts';
import { Died, mortal } from './mortal.ts';
import { type ToyApps, toyApps } from './toy-apps.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Something that happens in the year, at its time. */
export interface Happening {
  readonly at: number;
  readonly does: () => Promise<void>;
}

interface Process {
  readonly runs: ReturnType<typeof createDriver>;
  readonly windows: ReturnType<typeof createWindowDriver>;
  readonly dead: () => boolean;
}

export class Year {
  readonly clock: SandboxClock;
  readonly slack: SandboxSlack;
  readonly apps: ToyApps;
  readonly store: Store;
  readonly commands: Commands;
  readonly random: () => number;
  /** When nobody was there: from, to. */
  readonly away: (readonly [number, number])[] = [];
  deaths = 0;
  readonly #databases: readonly Database[];
  readonly #db: Database['db'];
  readonly #door: Door;
  readonly #processes: (Process | null)[];
  #births = 0;

  constructor(databases: readonly Database[], slack: SandboxSlack, clock: SandboxClock, apps: number) {
    const [first] = databases;
    if (first === undefined) throw new Error('Expected a database');
    this.#databases = databases;
    this.#db = first.db;
    this.clock = clock;
    this.slack = slack;
    this.apps = toyApps(apps);
    this.random = randomFrom(2027);
    this.store = openStore(first);
    const quick = { observe: { for: 0, samples: 1 }, canary: 0, watchAfter: 0, emergencyWait: 0 };
    this.#door = {
      ...{ store: this.store, platform: this.apps.platform, clock, log: silentLog, who: nobody, whoIs: members },
      ...{ wake: () => {}, settings: { ...defaultSettings, ...quick } },
      defaultChannel: slack.workspace.channel('ops').id,
    };
    this.commands = createCommands(this.#door);
    this.#processes = databases.map(() => null);
  }

  /** Until `end`, doing at each time what is due then, and no more. */
  async live(end: number, happenings: readonly Happening[]): Promise<void> {
    const queue = [...happenings].sort((a, b) => a.at - b.at);
    for (;;) {
      while (queue[0] !== undefined && queue[0].at <= this.clock.now()) await queue.shift()?.does();
      await this.#due();
      const times = [await this.store.windows.nextDue(this.clock.now()), await this.store.nextDue(this.clock.now())];
      const next = Math.min(queue[0]?.at ?? end, ...times.flatMap((time) => (time === null ? [] : [time])));
      if (next >= end) return;
      // Nobody is there: what was due meanwhile is found late.
      const away = this.away.find(([from, to]) => next >= from && next < to);
      this.clock.advance((away?.[1] ?? next) - this.clock.now());
    }
  }

  async #due(): Promise<void> {
    for (let turns = 0; turns < 200; turns += 1) {
      const now = this.clock.now();
      const occurrences = await this.store.windows.due(now);
      const runs = await this.store.due(now);
      if (occurrences.length + runs.length === 0) return;
      const both = this.random() < 0.4;
      const one = this.random() < 0.5 ? 0 : 1;
      await Promise.all(
        this.#databases.map(async (_, n) => {
          if (!both && n !== one % this.#databases.length) return;
          const process = this.#alive(n);
          await Promise.all(runs.map((id) => process.runs.drive(id)));
          const moved = runs.flatMap((id) => process.windows.occurrenceOf(id) ?? []);
          const wanted = [...new Set([...occurrences, ...moved])];
          await Promise.all(wanted.map((id) => this.#lives(process.windows.drive(id))));
        }),
      );
      await this.#bury();
      await this.#people();
    }
    throw new Error(`Expected it to come to rest at ${new Date(this.clock.now()).toISOString()}`);
  }

  async #lives(turn: Promise<void>): Promise<void> {
    await turn.catch((error: unknown) => {
      if (!(error instanceof Died)) throw error;
    });
  }

  /** Who reads a channel presses Start now, of two windows in three; who holds an app lets it open again, a few after its planned end. */
  async #people(): Promise<void> {
    for (const { occurrence } of await this.store.windows.occurrencesThatAre(['asked'])) {
      const window = (await this.store.windows.load(occurrence.window))?.window;
      if (numberOf(window?.apps[0]?.id) % 3 !== 0) await this.commands.startWindow(grace, occurrence.id);
    }
    for (const run of await this.store.unfinished()) {
      if (run.quietAt === null || run.way === 'back') continue;
      if (run.endsAt - run.askedAt <= 20 * MINUTE && this.clock.now() < run.endsAt) continue;
      const asked = run.questions.find((one) => one.about.is === 'resume' && open(one));
      if (asked === undefined) await this.commands.resume(grace, run.app.name);
      const { id: question, shown } = asked ?? { id: '', shown: null };
      if (shown !== null) {
        await this.commands.answer(grace, { run: run.id, question, answer: 'approve', hash: shown.hash });
      }
    }
  }

  #alive(n: number): Process {
    const there = this.#processes[n] ?? this.#born(n);
    this.#processes[n] = there;
    return there;
  }

  /** What is claimed when nobody does anything runs out by the database's time, which no test moves. */
  async #bury(): Promise<void> {
    for (const [n, process] of this.#processes.entries()) {
      if (process === null || !process.dead()) continue;
      this.deaths += 1;
      this.#processes[n] = null;
    }
    await sql`update maint.announcement set owner_until = clock_timestamp() where owner_until is not null`.execute(
      this.#db,
    );
  }

  #born(n: number): Process {
    const database = this.#databases[n];
    if (database === undefined) throw new Error(`Expected a database for process ${n}`);
    this.#births += 1;
    const owner = `process-${n}-${this.#births}`;
    const whole = openStore(database);
    const post = createAnnouncer(createPost(this.slack.botToken, { slackApiUrl: this.slack.apiUrl }));
    const last = 20 + Math.floor(this.random() * 300);
    const { store, announcer, dead } = mortal(whole, post, last, this.random() < 0.5 ? 'before' : 'after');
    const { clock } = this;
    return {
      runs: createDriver({ store: whole, platform: this.apps.platform, clock, log: silentLog, owner }),
      windows: createWindowDriver({ door: { ...this.#door, store }, owner, announcer }),
      dead,
    };
  }
}

/** 7 of `app-7`. */
function numberOf(app: string | undefined): number {
  return Number(app?.slice('app-'.length) ?? 0);
}

/** Who presses the button of a window, and who plans it. */
export const planner: Person = ada;
export const starter: Person = grace;

export async function aYear<T>(
  databases: readonly Database[],
  start: number,
  apps: number,
  lived: (year: Year) => Promise<T>,
): Promise<T> {
  const clock = new SandboxClock({ manual: true, start });
  const slack = await startSlack({ clock, rates: 'off' });
  try {
    return await lived(new Year(databases, slack, clock, apps));
  } finally {
    await slack.close();
    clock.close();
  }
}
