// The engine over the sandbox's Heroku, without Slack and without pg-boss: real HTTP, a real database, and time that only
// moves when a test moves it. `run` drives what is due and jumps to the next time something is.

import { afterEach, beforeAll } from 'vitest';
import type { Itself } from '../../src/heroku/itself.ts';
import { herokuPlatform } from '../../src/heroku/platform.ts';
import { createServices } from '../../src/heroku/services.ts';
import { type Logger, silentLog } from '../../src/log.ts';
import type { Answer, Event } from '../../src/model/event.ts';
import type { Person } from '../../src/model/person.ts';
import { open } from '../../src/model/questions.ts';
import type { Question, Run } from '../../src/model/run.ts';
import { defaultSettings, type Named, type Settings } from '../../src/model/settings.ts';
import type { WhoIs } from '../../src/policy/may.ts';
import { nobody } from '../../src/policy/policy.ts';
import { createCommands } from '../../src/run/commands/index.ts';
import { createDriver } from '../../src/run/driver.ts';
import { createListening } from '../../src/run/listening.ts';
import { type AppDescription, type LoggedRequest, SandboxClock, startSandbox } from '../../src/sandbox/index.ts';
import type { Database } from '../../src/store/database.ts';
import { openStore } from '../../src/store/store.ts';
import { startFront, type Through } from './front.ts';
import { members } from './members.ts';
import { pglite } from './pglite.ts';

export const ada: Person = { id: 'UADA', name: 'Ada', via: 'slack' };
export const grace: Person = { id: 'UGRACE', name: 'Grace', via: 'slack' };

/** A Saturday, 12:34:00 UTC: not within two minutes of any tick of the ten-minute jobs. */
export const START = Date.UTC(2026, 10, 21, 12, 34);

export interface EngineOptions {
  readonly database: Database;
  readonly apps?: readonly AppDescription[];
  readonly settings?: Partial<Settings>;
  readonly operators?: readonly string[];
  readonly who?: Partial<Named>;
  /** What Slack would say of people; that they are members, where not said. */
  readonly whoIs?: WhoIs;
  readonly itself?: Itself;
  readonly log?: Logger;
  /** Where announcements go; nowhere when not said. Nobody posts them here. */
  readonly channel?: string;
  /** A token of these scopes instead of one that may do everything. */
  readonly scopes?: readonly ('read' | 'write' | 'read-protected' | 'write-protected')[];
  /** Holds autoscalers and the schedulers of add-ons too; not where not said, for each makes a step more of every run. */
  readonly addOns?: boolean;
  /** How long the exit status of a command is waited for when its dyno is gone: for ever, as tests go. */
  readonly patienceMs?: number;
  /** What happens to requests between maint and Heroku. */
  readonly through?: Through;
}

export type Engine = Awaited<ReturnType<typeof startEngine>>;

export async function startEngine(options: EngineOptions) {
  const clock = new SandboxClock({ manual: true, start: START });
  const sandbox = await startSandbox({ clock });
  for (const app of options.apps ?? []) sandbox.world.addApp(app);
  const { url } = sandbox.heroku;
  const front = options.through === undefined ? null : await startFront(url, options.through);
  const schedulerUrl = sandbox.heroku.schedulerUrl.replace(url, front?.url ?? url);
  const token = options.scopes === undefined ? sandbox.heroku.token : 'HRKU-less';
  if (options.scopes !== undefined) sandbox.world.addToken(token, options.scopes);
  const log = options.log ?? silentLog;
  const line = (request: object): void => log.debug(request, 'a call to Heroku');
  // Repeated as often as for real, only sooner.
  // Calls flow back into the bucket as time is moved, too.
  const now = (): number => performance.now() + clock.now();
  const services = createServices(
    {
      apiKey: token,
      apiUrl: front?.url ?? url,
      schedulerUrl,
      cronToGoUrl: sandbox.addOns.cronToGo.url,
      advancedSchedulerUrl: sandbox.addOns.advancedScheduler.url,
      autoscalingUrl: sandbox.addOns.autoscaling.url,
      hireFireUrl: sandbox.addOns.hireFire.url,
    },
    { log: line, pauses: [1, 1], now },
  );
  const { heroku, scheduler } = services;
  const itself = options.itself ?? { app: null, databaseUrl: null };
  const addOns = options.addOns === true ? services.addOns : null;
  const platform = herokuPlatform(heroku, scheduler, itself, null, addOns);
  const store = openStore(options.database);
  // The log is heard in the machine's time, however the clock is moved.
  const patient = { patienceMs: options.patienceMs ?? 60_000, wake: () => {} };
  const listening = createListening({ store, platform, clock, log, owner: 'test', ...patient });
  const driver = createDriver({ store, platform, clock, log, owner: 'test', listen: listening.listen });
  const commands = createCommands({
    store,
    platform,
    clock,
    log,
    who: { ...nobody, operators: options.operators ?? [], ...options.who },
    whoIs: options.whoIs ?? members,
    wake: () => {},
    settings: { ...defaultSettings, ...options.settings },
    defaultChannel: options.channel ?? null,
  });

  async function the(id: string): Promise<Run> {
    const run = await store.load(id);
    if (run === null) throw new Error(`Expected a run ${id}, got none`);
    return run;
  }

  /** This run, and whatever else is due. */
  async function drive(id: string): Promise<void> {
    await driver.drive(id);
    for (const other of await store.due(clock.now())) if (other !== id) await driver.drive(other);
  }

  /** Drives, and moves the time, until `done` says so. Throws where it does not within a day or a few hundred turns. */
  async function run(id: string, done: (run: Run) => boolean): Promise<Run> {
    const last = clock.now() + 24 * 3_600_000;
    for (let turns = 0; turns < 500; turns += 1) {
      await drive(id);
      const now = await the(id);
      if (done(now)) return now;
      const next = await store.nextDue();
      if (next === null || next > last)
        throw new Error(`Expected run ${id} to get there, it rests: ${JSON.stringify(now.steps[now.way])}`);
      if (next > clock.now()) clock.advance(next - clock.now());
    }
    throw new Error(`Expected run ${id} to get there within 500 turns: ${JSON.stringify(await the(id))}`);
  }

  async function start(app: string, by: Person = ada, accepted: readonly string[] = []): Promise<Run> {
    const started = await commands.start(by, { app, length: null, because: null, channel: null, accepted });
    if (started.is === 'refused') throw new Error(`${started.says} ${started.remedy}`);
    return started.run;
  }

  /** Lets `ms` pass, doing on the way what is due. */
  async function pass(id: string, ms: number): Promise<Run> {
    const until = clock.now() + ms;
    for (;;) {
      await drive(id);
      const next = await store.nextDue();
      if (next === null || next > until) break;
      if (next > clock.now()) clock.advance(next - clock.now());
    }
    clock.advance(until - clock.now());
    await drive(id);
    return the(id);
  }

  /** Drives until a question about this is open, an approval with its list. Throws where the run ends without one. */
  async function asked(id: string, about: Question['about']['is']): Promise<Question> {
    const found = openQuestion(await run(id, (r) => openQuestion(r, about) !== undefined || r.ended !== null), about);
    if (found === undefined)
      throw new Error(`Expected a question about ${about}, the run ended: ${(await the(id)).ended?.why}`);
    return found;
  }

  async function answer(id: string, question: Question, given: Answer, by: Person = grace): Promise<void> {
    const hash = question.shown?.hash ?? null;
    const answered = await commands.answer(by, { run: id, question: question.id, answer: given, hash });
    if (answered.is === 'refused') throw new Error(`${answered.says} ${answered.remedy}`);
  }

  /** Opens the approval, which is not one. */
  async function resume(id: string, by: Person = grace): Promise<Question> {
    const opened = await commands.resume(by, (await the(id)).app.name);
    if (opened.is === 'refused') throw new Error(`${opened.says} ${opened.remedy}`);
    return asked(id, 'resume');
  }

  /** Opens the approval and gives it; the run is then on its way back. */
  async function approve(id: string, by: Person = grace): Promise<void> {
    await answer(id, await resume(id, by), 'approve', by);
  }

  return {
    clock,
    database: options.database,
    sandbox,
    world: sandbox.world,
    store,
    driver,
    commands,
    platform,
    the,
    run,
    start,
    pass,
    asked,
    answer,
    resume,
    approve,
    /** Everything that changed something, or tried to: a log session is asked for with a POST, and changes nothing. */
    writes: (): readonly LoggedRequest[] =>
      sandbox.requests
        .list()
        .filter(
          ({ service, method, path }) => service !== 'slack' && method !== 'GET' && !path.endsWith('/log-sessions'),
        ),
    listening,
    events: async (id: string): Promise<readonly Event[]> => (await store.log(id)).map(({ event }) => event),
    holding: (id: string) => run(id, (r) => r.quietAt !== null || r.ended !== null),
    ended: (id: string) => run(id, (r) => r.ended !== null),
    async close() {
      await driver.stop(1_000);
      await listening.stop();
      services.close();
      await front?.close();
      await sandbox.close();
      await store.close();
    },
  };
}

function openQuestion(run: Run, about: Question['about']['is']): Question | undefined {
  return run.questions.find((q) => q.about.is === about && open(q) && (about !== 'resume' || q.shown !== null));
}

/** An ordinary small app whose dynos start and stop at once: `shop`, with one web dyno and two workers. */
export function shop(over: Partial<AppDescription> = {}): AppDescription {
  return {
    name: 'shop',
    formation: { web: { size: 'standard-2x' }, worker: { quantity: 2, size: 'performance-m' } },
    config: { LANG: 'C' },
    times: { startMs: 0, stopMs: 0 },
    ...over,
  };
}

/** Starts engines over the file's PGlite, emptied for each, and closes them after their test. */
export function engines(): (options: Omit<EngineOptions, 'database'>) => Promise<Engine> {
  const databases = pglite();
  // Before the first test, whose time it would be: it takes seconds on a busy machine.
  beforeAll(async () => {
    await databases.open();
  });
  const running: Engine[] = [];
  afterEach(async () => {
    for (const engine of running.splice(0)) await engine.close();
  });
  return async (options) => {
    const engine = await startEngine({ ...options, database: await databases.open() });
    running.push(engine);
    return engine;
  };
}
