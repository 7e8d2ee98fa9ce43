// The terminal without a bot: it opens the database itself, and drives runs as any other process does.
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../log.ts';
import { startMaint } from '../wire.ts';
import { openOrLost } from './lost.ts';
import { dispatch, terminalPerson } from './protocol.ts';
import type { Reached } from './reach.ts';
import { listen } from './server.ts';

/** Throws DatabaseLost. */
export async function byItself(config: Config, log: Logger, by: string, drives: boolean): Promise<Reached> {
  const database = await openOrLost(config, log);
  const maint = await startMaint({ config, clock: systemClock, log, withSlack: false, drives, database });
  // With a directory this process is the only one that can: a second terminal comes in through it, to abort for instance.
  const door = config.databaseUrl === null && drives ? await listen(maint, config.dataDir, log) : null;
  return {
    drives: 'this process',
    call: (call) => dispatch(maint.commands, terminalPerson(by), call),
    async close() {
      await door?.close();
      await maint.stop();
    },
  };
}
