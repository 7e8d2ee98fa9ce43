// Puts the parts together, once, for the bot, the terminal, the demo and the tests. Knows everything, decides nothing.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { createHeroku } from './heroku/api/client.ts';
import { herokuPlatform } from './heroku/platform.ts';
import { createHerokuScheduler } from './heroku/schedulers/heroku-scheduler.ts';
import type { Logger } from './log.ts';
import type { Person } from './model/person.ts';
import type { Platform } from './model/platform.ts';
import { createCommands } from './run/commands/index.ts';
import type { Commands } from './run/commands/reply.ts';
import { createDriver } from './run/driver.ts';
import { type SlackApp, startSlack } from './slack/app.ts';
import { type Database, openDatabase } from './store/database.ts';
import { openStore, type Store } from './store/store.ts';
import { startWakes } from './store/wakes.ts';

export interface Maint {
  readonly commands: Commands;
  readonly store: Store;
  readonly platform: Platform;
  /** Hands over within ten seconds: begins nothing new, lets what is under way finish, gives the leases back. */
  stop(): Promise<void>;
}

const GRACE_MS = 8_000;

export interface Wiring {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  /** The bot speaks Slack; the terminal does not. */
  readonly withSlack: boolean;
  /** Whether this process drives runs; a terminal that only looks does not. True where not said. */
  readonly drives?: boolean;
  /** Opened already, by a test that keeps one for many; closed by `stop` all the same. */
  readonly database?: Database;
}

export async function startMaint(wiring: Wiring): Promise<Maint> {
  const { config, clock, log } = wiring;
  const undo: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of undo.reverse()) await one();
  };
  try {
    const database = wiring.database ?? (await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir, log }));
    const store = openStore(database);
    undo.push(() => store.close());
    const platform = herokuOf(wiring, undo);
    const owner = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
    const driver = createDriver({ store, platform, clock, log, owner });
    undo.push(() => driver.stop(GRACE_MS));
    const wakes =
      wiring.drives === false
        ? null
        : await startWakes({ database, store, clock, drive: (runId) => driver.drive(runId), log });
    undo.push(() => wakes?.close());
    // Slack needs the door, and the door asks Slack for groups: whichever is called first, both are there by then.
    let slack: SlackApp | null = null;
    const groupsOf = async (person: Person): Promise<readonly string[]> =>
      slack === null ? [] : slack.groupsOf(person);
    const commands = createCommands({
      store,
      platform,
      clock,
      log,
      rules: { operators: config.operators },
      groupsOf,
      wake: (runId) => wakes?.wake(runId),
      settings: config.settings,
      defaultChannel: config.defaultChannel,
    });
    if (wiring.withSlack && config.slack !== null) {
      slack = await startSlack({
        commands,
        store,
        clock,
        log,
        slack: config.slack,
        port: config.port,
        defaultChannel: config.defaultChannel,
        operators: config.operators,
      });
      undo.push(() => slack?.close());
    }
    return { commands, store, platform, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function herokuOf({ config, log }: Wiring, undo: (() => void)[]): Platform {
  const { apiKey: token, apiUrl, schedulerUrl } = config.heroku;
  const line = (request: object) => log.debug(request, 'a call to Heroku');
  const heroku = createHeroku({ apiUrl, token, log: line, concurrency: 10 });
  const scheduler = createHerokuScheduler({ url: schedulerUrl, token, log: line });
  undo.push(
    () => heroku.close(),
    () => scheduler.close(),
  );
  return herokuPlatform(heroku, scheduler, { app: config.ownApp, databaseUrl: config.databaseUrl });
}
