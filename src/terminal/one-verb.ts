// How one verb is done: it reaches maint, or what is left where the database is lost, does its one thing, and leaves.
import { userInfo } from 'node:os';
import { systemClock } from '../clock.ts';
import { type Config, readConfig } from '../config.ts';
import { createLog, type Logger } from '../log.ts';
import { DatabaseLost, type Reached, reach } from './reach.ts';
import type { Restoring } from './restore.ts';
import { type Screen, terminalScreen } from './screen.ts';

/** What all verbs take. */
export interface Common {
  readonly json?: true;
}

interface Verbs {
  /** Reaches maint, does one thing, and leaves; the exit code is the verb's. */
  withMaint(
    options: Common,
    work: (reached: Reached, screen: Screen) => Promise<number>,
    drives?: boolean,
  ): Promise<void>;
  /** The same for what goes on where the database is lost. */
  withRescue(options: Common, work: (on: Restoring, screen: Screen) => Promise<number>): Promise<void>;
}

/** `env`: read when a verb is done, so that `--help` needs none. */
export function verbsIn(env: NodeJS.ProcessEnv): Verbs {
  return {
    async withMaint(options, work, drives = true) {
      const { config, log, by } = surroundings(env);
      const reached = await reach(config, log, by, drives);
      const screen = terminalScreen(options.json === true);
      try {
        process.exitCode = await work(reached, screen);
      } finally {
        await reached.close();
      }
    },
    async withRescue(options, work) {
      const { config, log, by } = surroundings(env);
      const { reached, lost } = await reach(config, log, by).then(
        (found) => ({ reached: found, lost: null }),
        (error: unknown) => {
          if (error instanceof DatabaseLost) return { reached: null, lost: error.message };
          throw error;
        },
      );
      const { startRescue } = await import('../rescue/index.ts');
      const rescue = startRescue({ config, clock: systemClock, log });
      try {
        process.exitCode = await work({ reached, lost, rescue, by }, terminalScreen(options.json === true));
      } finally {
        rescue.close();
        await reached?.close();
      }
    },
  };
}

/** Ctrl-C, once: a second one ends the process at once. */
export function interrupted(): AbortSignal {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  return stop.signal;
}

function surroundings(env: NodeJS.ProcessEnv): { config: Config; log: Logger; by: string } {
  const config: Config = readConfig(env, 'terminal');
  // stdout is the answer; the log would be in its way, and goes nowhere unless it is asked for.
  const log = createLog(env['LOG_LEVEL'] === undefined ? 'silent' : config.logLevel);
  return { config, log, by: userInfo().username };
}
