// maint with its database lost: the same engine and the same door for people over a database in memory, for one app, for as
// long as the process lives. What is brought back with it needs no memory beyond that: it is in an export or in the markers
// of the Scheduler, and whoever is cut off begins again from there.
import { randomUUID } from 'node:crypto';
import { PGlite } from '@electric-sql/pglite';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../log.ts';
import type { Platform } from '../model/platform.ts';
import { unheard } from '../policy/may.ts';
import { createCommands } from '../run/commands/index.ts';
import type { Commands } from '../run/commands/reply.ts';
import { createDriver } from '../run/driver.ts';
import { type Database, overPglite } from '../store/database.ts';
import { openStore, type Store } from '../store/store.ts';
import { Turns } from '../store/turns.ts';

export interface InMemory {
  readonly commands: Commands;
  readonly store: Store;
  close(): Promise<void>;
}

/** Takes some seconds. */
export async function freshDatabase(): Promise<Database> {
  return overPglite(await PGlite.create('memory://'), 'PGlite in memory');
}

export async function openInMemory(parts: {
  readonly config: Config;
  readonly platform: Platform;
  readonly clock: Clock;
  readonly log: Logger;
  readonly database: () => Promise<Database>;
}): Promise<InMemory> {
  const { config, platform, clock, log } = parts;
  const store = openStore(await parts.database());
  const driver = createDriver({
    store,
    platform,
    clock,
    log,
    owner: `rescue:${process.pid}:${randomUUID().slice(0, 8)}`,
  });
  const driving = keepDriving(store, clock, log, (runId) => driver.drive(runId));
  return {
    commands: createCommands({
      store,
      platform,
      clock,
      log,
      who: config.who,
      whoIs: async (person) => unheard(person),
      wake: driving.look,
      settings: config.settings,
      // Nobody tells Slack from here.
      defaultChannel: null,
    }),
    store,
    async close() {
      driving.close();
      await driver.stop(8_000);
      await store.close();
    },
  };
}

/** Real time: what a failed turn has left behind is found by it. */
const SWEEP_MS = 1_000;

/** Gives a turn to every run that is due, when it is and when it was moved. One process, so no queue is needed. */
function keepDriving(
  store: Store,
  clock: Clock,
  log: Logger,
  drive: (runId: string) => Promise<void>,
): { look(): void; close(): void } {
  const turns = new Turns(drive, 5, log);
  let cancel: () => void = () => {};
  let closed = false;
  const look = (): void => {
    if (closed) return;
    sweep().catch((error: unknown) => log.warn({ err: error }, 'looking for due runs failed; it is repeated'));
  };
  const sweep = async (): Promise<void> => {
    const now = clock.now();
    for (const runId of await store.due(now)) if (turns.wanted(runId)) turns.begin(runId);
    const next = await store.nextDue(now);
    cancel();
    if (next !== null && !closed) cancel = clock.after(Math.max(1, next - clock.now()), look);
  };
  turns.ended = look;
  const unlisten = store.onChange((_, by) => by === 'driver' || look());
  const timer = setInterval(look, SWEEP_MS);
  return {
    look,
    close() {
      closed = true;
      cancel();
      unlisten();
      turns.close();
      clearInterval(timer);
    },
  };
}
