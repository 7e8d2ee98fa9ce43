// The engine over the sandbox's Heroku, without Slack and without pg-boss: real HTTP, a real database, and time that only
// moves when a test moves it. `run` drives what is due and jumps to the next time something is.

import { createHeroku } from '../../src/heroku/api/client.ts';
import type { Itself } from '../../src/heroku/itself.ts';
import { herokuPlatform } from '../../src/heroku/platform.ts';
import { createHerokuScheduler } from '../../src/heroku/schedulers/heroku-scheduler.ts';
import { silentLog } from '../../src/log.ts';
import type { Person } from '../../src/model/person.ts';
import type { Question, Run } from '../../src/model/run.ts';
import { open } from '../../src/model/run.ts';
import { defaultSettings, type Settings } from '../../src/model/settings.ts';
import { createCommands } from '../../src/run/commands/index.ts';
import { createDriver } from '../../src/run/driver.ts';
import { type AppDescription, SandboxClock, startSandbox } from '../../src/sandbox/index.ts';
import type { Database } from '../../src/store/database.ts';
import { openStore } from '../../src/store/store.ts';

export const ada: Person = { id: 'UADA', name: 'Ada', via: 'slack' };
export const grace: Person = { id: 'UGRACE', name: 'Grace', via: 'slack' };

/** A Saturday, 12:34:00 UTC: not within two minutes of any tick of the ten-minute jobs. */
export const START = Date.UTC(2026, 10, 21, 12, 34);

export interface EngineOptions {
  readonly database: Database;
  readonly apps?: readonly AppDescription[];
  readonly settings?: Partial<Settings>;
  readonly operators?: readonly string[];
  readonly itself?: Itself;
}

export type Engine = Awaited<ReturnType<typeof startEngine>>;

export async function startEngine(options: EngineOptions) {
  const clock = new SandboxClock({ manual: true, start: START });
  const sandbox = await startSandbox({ clock });
  for (const app of options.apps ?? []) sandbox.world.addApp(app);
  const { token, url, schedulerUrl } = sandbox.heroku;
  const heroku = createHeroku({ apiUrl: url, token });
  const scheduler = createHerokuScheduler({ url: schedulerUrl, token });
  const platform = herokuPlatform(heroku, scheduler, options.itself ?? { app: null, databaseUrl: null });
  const store = openStore(options.database);
  const driver = createDriver({ store, platform, clock, log: silentLog, owner: 'test' });
  const commands = createCommands({
    store,
    platform,
    clock,
    log: silentLog,
    rules: { operators: options.operators ?? null },
    groupsOf: async () => [],
    wake: () => {},
    settings: { ...defaultSettings, ...options.settings },
    defaultChannel: null,
  });

  async function the(id: string): Promise<Run> {
    const run = await store.load(id);
    if (run === null) throw new Error(`Expected a run ${id}, got none`);
    return run;
  }

  /** Drives, and moves the time, until `done` says so. Throws where it does not within a day or a few hundred turns. */
  async function run(id: string, done: (run: Run) => boolean): Promise<Run> {
    const last = clock.now() + 24 * 3_600_000;
    for (let turns = 0; turns < 500; turns += 1) {
      await driver.drive(id);
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

  /** Opens the approval and gives it; the run is then on its way back. */
  async function approve(id: string, by: Person = grace): Promise<void> {
    const run_ = await the(id);
    await commands.resume(by, run_.app.name);
    const asked = await run(id, (r) => shownApproval(r) !== undefined);
    const question = shownApproval(asked);
    const answer = {
      run: id,
      question: question?.id ?? '',
      answer: 'approve',
      hash: question?.shown?.hash ?? null,
    } as const;
    const answered = await commands.answer(by, answer);
    if (answered.is === 'refused') throw new Error(answered.says);
  }

  return {
    clock,
    sandbox,
    world: sandbox.world,
    store,
    driver,
    commands,
    platform,
    the,
    run,
    start,
    approve,
    holding: (id: string) => run(id, (r) => r.quietAt !== null || r.ended !== null),
    ended: (id: string) => run(id, (r) => r.ended !== null),
    async close() {
      await driver.stop(1_000);
      heroku.close();
      scheduler.close();
      await sandbox.close();
      await store.close();
    },
  };
}

function shownApproval(run: Run): Question | undefined {
  return run.questions.find((q) => q.about.is === 'resume' && open(q) && q.shown !== null);
}
