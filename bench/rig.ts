// maint over the sandbox for measuring: the real driver, store (PGlite in memory) and wake-ups, real HTTP, and every call
// to Heroku kept with what it was asked for.
import { PGlite } from '@electric-sql/pglite';
import { createHeroku } from '../src/heroku/api/client.ts';
import type { RequestLine } from '../src/heroku/api/transport.ts';
import { herokuPlatform } from '../src/heroku/platform.ts';
import { createHerokuScheduler } from '../src/heroku/schedulers/heroku-scheduler.ts';
import { silentLog } from '../src/log.ts';
import type { Person } from '../src/model/person.ts';
import { open } from '../src/model/questions.ts';
import type { Run } from '../src/model/run.ts';
import { defaultSettings } from '../src/model/settings.ts';
import { nobody } from '../src/policy/policy.ts';
import { createCommands } from '../src/run/commands/index.ts';
import { createDriver } from '../src/run/driver.ts';
import { type AppDescription, SandboxClock, startSandbox } from '../src/sandbox/index.ts';
import { overPglite } from '../src/store/database.ts';
import { openStore } from '../src/store/store.ts';
import { startWakes } from '../src/store/wakes.ts';
import { members } from '../test/helpers/members.ts';

export const ada: Person = { id: 'UADA', name: 'Ada', via: 'slack' };

/** 12:34 UTC: no tick of a scheduled job within two minutes, before or behind. */
const START = Date.UTC(2026, 10, 21, 12, 34);

export async function startRig(latencyMs: number) {
  const clock = new SandboxClock({ start: START });
  const sandbox = await startSandbox({ clock });
  Object.assign(sandbox.latencyMs, { heroku: latencyMs, scheduler: latencyMs });
  const calls: RequestLine[] = [];
  const log = (line: RequestLine): void => void calls.push(line);
  const { token, url, schedulerUrl } = sandbox.heroku;
  const heroku = createHeroku({ apiUrl: url, token, log, concurrency: 10 });
  const scheduler = createHerokuScheduler({ url: schedulerUrl, token, log });
  const platform = herokuPlatform(heroku, scheduler, { app: null, databaseUrl: null });
  const database = await overPglite(await PGlite.create('memory://'), 'memory');
  const store = openStore(database);
  const driver = createDriver({ store, platform, clock, log: silentLog, owner: 'bench' });
  const wakes = await startWakes({ database, store, clock, drive: (id) => driver.drive(id), log: silentLog });
  const commands = createCommands({
    store,
    platform,
    clock,
    log: silentLog,
    who: nobody,
    whoIs: members,
    wake: (id) => wakes.wake(id),
    // Minutes of looking would be measured, and nothing that maint does.
    settings: { ...defaultSettings, observe: { for: 0, samples: 1 }, canary: 0, watchAfter: 0 },
    defaultChannel: null,
  });

  /** Resolves as soon as the run is so. */
  async function until(id: string, so: (run: Run) => boolean): Promise<Run> {
    for (const last = performance.now() + 60_000; performance.now() < last; ) {
      const run = await store.load(id);
      if (run !== null && so(run)) return run;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, 1_000);
        const stop = store.onChange(done);
        function done() {
          clearTimeout(timer);
          stop();
          resolve();
        }
      });
    }
    throw new Error(`Expected the run to get there within a minute: ${JSON.stringify(await store.load(id))}`);
  }

  async function cycle(
    app: string,
  ): Promise<{ quietMs: number; backMs: number; quiet: RequestLine[]; back: RequestLine[] }> {
    calls.length = 0;
    const began = performance.now();
    const started = await commands.start(ada, { app, length: null, because: null, channel: null, accepted: [] });
    if (started.is !== 'started') throw new Error(started.says);
    const { id } = started.run;
    const quiet = await until(id, (run) => run.quietAt !== null || run.ended !== null);
    if (quiet.ended !== null) throw new Error(quiet.ended.why);
    const quietMs = performance.now() - began;
    const quietCalls = calls.splice(0);
    await commands.resume(ada, app);
    const asked = await until(id, (run) => run.questions.some((q) => q.shown !== null));
    const question = asked.questions.find(open);
    const approved = performance.now();
    await commands.answer(ada, {
      run: id,
      question: question?.id ?? '',
      answer: 'approve',
      hash: question?.shown?.hash ?? '',
    });
    const ended = await until(id, (run) => run.ended !== null);
    if (ended.ended?.as !== 'restored') throw new Error(`Expected restored, got ${ended.ended?.as}`);
    return { quietMs, backMs: performance.now() - approved, quiet: quietCalls, back: [...calls] };
  }

  return {
    world: sandbox.world,
    addApp: (app: AppDescription) => sandbox.world.addApp(app),
    cycle,
    async close() {
      await wakes.close();
      await driver.stop(1_000);
      heroku.close();
      scheduler.close();
      await sandbox.close();
      clock.close();
      await store.close();
    },
  };
}

/** Dynos that stop and start at once, and a release that is through at once: what is measured is maint. */
export function atOnce(name: string, jobs: number | null): AppDescription {
  return {
    name,
    formation: { web: { quantity: 1 }, worker: { quantity: 2 } },
    times: { startMs: 0, stopMs: 0, releasePhaseMs: 0, buildMs: 0 },
    ...(jobs === null
      ? {}
      : {
          jobs: Array.from({ length: jobs }, (_, i) => ({
            id: String(881_000 + i),
            command: `rake job:${i}`,
            every: 1440 as const,
            at: 180,
          })),
        }),
  };
}
