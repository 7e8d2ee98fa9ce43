// Puts the parts together, once, for the bot, the terminal, the demo and the tests. Knows everything, decides nothing.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { createEnding, type Ending } from './ending.ts';
import { herokuPlatform } from './heroku/platform.ts';
import { createServices } from './heroku/services.ts';
import { createWebhookReceiver, type WebhookReceiver } from './heroku/webhooks/receive.ts';
import { secretsOf, subscription } from './heroku/webhooks/subscription.ts';
import type { Logger } from './log.ts';
import type { Platform } from './model/platform.ts';
import { unheard, type WhoIs } from './policy/may.ts';
import type { Door } from './run/commands/door.ts';
import { createCommands } from './run/commands/index.ts';
import type { Commands } from './run/commands/reply.ts';
import { createDriver } from './run/driver.ts';
import { createListening } from './run/listening.ts';
import { createWindowDriver } from './run/windows/driver.ts';
import { type Keeping, keepWindows } from './run/windows/keeping.ts';
import { type SlackApp, startSlack } from './slack/app.ts';
import { type Database, openDatabase } from './store/database.ts';
import { openStore, type Store } from './store/store.ts';
import { startWakes } from './store/wakes.ts';
import { createTrail, type Trail } from './trail.ts';

export interface Maint {
  readonly commands: Commands;
  readonly store: Store;
  readonly platform: Platform;
  /** Takes what Heroku tells; null where maint has no public address. Over HTTP the Slack side serves it already. */
  readonly webhooks: WebhookReceiver | null;
  /** Hands over in less than nine seconds, whatever hangs: see `ending`. Never rejects. */
  stop(): Promise<void>;
}

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
  const ending = createEnding(log);
  try {
    const database = wiring.database ?? (await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir, log }));
    const store = openStore(database);
    ending.last(() => store.handBack());
    ending.last(() => store.close());
    const platform = herokuOf(wiring, ending);
    const owner = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
    const wakeLater = (runId: string): void => wakes?.wake(runId);
    const listening =
      wiring.drives === false ? null : createListening({ store, platform, clock, log, owner, wake: wakeLater });
    if (listening !== null) ending.first(() => listening.stop());
    const listen = listening === null ? {} : { listen: listening.listen };
    const driver = createDriver({ store, platform, clock, log, owner, ...listen });
    ending.first((graceMs) => driver.stop(graceMs));
    const wakes =
      wiring.drives === false
        ? null
        : await startWakes({ database, store, clock, drive: (runId) => driver.drive(runId), log });
    if (wakes !== null) ending.first(() => wakes.close());
    // What was told while nobody listened is not told again: whatever is held is looked at once.
    if (wakes !== null) for (const { id } of await store.unfinished()) wakes.wake(id);
    const trail = createTrail(store, clock, log);
    ending.first(() => trail.close());
    const webhooks = config.publicUrl === null ? null : receiverOf(wiring, store, trail, (runId) => wakes?.wake(runId));
    if (webhooks !== null) ending.first(async () => webhooks.close());
    // Slack needs the door, and the door asks Slack who people are: whichever is called first, both are there by then.
    let slack: SlackApp | null = null;
    const whoIs: WhoIs = async (person, gatherings) =>
      slack === null ? unheard(person) : slack.whoIs(person, gatherings);
    let keeping: Keeping | null = null;
    const door: Door = {
      store,
      platform,
      clock,
      log,
      who: config.who,
      whoIs,
      wake: (runId) => wakes?.wake(runId),
      lookAtWindows: () => keeping?.look(),
      settings: config.settings,
      defaultChannel: config.defaultChannel,
    };
    const commands = createCommands(door);
    if (wiring.withSlack && config.slack !== null) {
      slack = await startSlack({
        commands,
        store,
        clock,
        log,
        trail,
        slack: config.slack,
        port: config.port,
        routes: webhooks === null ? [] : [webhooks],
        defaultChannel: config.defaultChannel,
        named: Object.values(config.who).some((holders) => holders.length > 0),
      });
      const { close } = slack;
      ending.first(close);
    }
    // Last: a window that is due begins at once, and asks Slack who may. Where nothing can be announced none is driven: it would
    // be taken for told.
    if (wiring.drives !== false && slack !== null) {
      const windows = createWindowDriver({ door, owner, announcer: slack.announcer });
      keeping = keepWindows({ store, clock, log, driver: windows });
      const { close } = keeping;
      ending.first(close);
    }
    return { commands, store, platform, webhooks, stop: ending.end };
  } catch (error) {
    await ending.end();
    throw error;
  }
}

function herokuOf({ config, log }: Wiring, ending: Ending): Platform {
  const line = (request: object) => log.debug(request, 'a call to Heroku');
  const { heroku, scheduler, addOns, close } = createServices(config.heroku, { log: line, concurrency: 10 });
  ending.last(async () => close());
  const itself = { app: config.ownApp, databaseUrl: config.databaseUrl };
  const told = config.publicUrl === null ? null : subscription(config.publicUrl, config.heroku.apiKey);
  return herokuPlatform(heroku, scheduler, itself, told, addOns);
}

function receiverOf(
  { config, clock, log }: Wiring,
  store: Store,
  trail: Trail,
  wake: (runId: string) => void,
): WebhookReceiver {
  const woken = async (runId: string): Promise<void> => {
    const run = await store.load(runId);
    if (run !== null && run.ended === null) wake(runId);
  };
  return createWebhookReceiver({
    secret: secretsOf(config.heroku.apiKey),
    clock,
    wake: (runId) =>
      void woken(runId).catch((error: unknown) => log.warn({ err: error }, 'a webhook could not be dealt with')),
    refused: (why) => trail.note({ person: null, what: 'a webhook from Heroku', outcome: 'refused', why }),
  });
}
