// The bot: `npm start`. Reads the environment, starts everything, and hands over when it is told to end, as Heroku does
// with every dyno once a day and on each deploy.
import { systemClock } from './clock.ts';
import { readConfig } from './config.ts';
import { serveHealth } from './health.ts';
import { createLog, type Logger, messageOf, silentLog } from './log.ts';
import { openWhenThere } from './store/patience.ts';
import { listen } from './terminal/server.ts';
import { startMaint } from './wire.ts';

/** Ten seconds are promised, and Heroku kills after thirty. */
const LAST_RESORT_MS = 9_500;
/** For a database that is being restarted; Heroku ends a web dyno that listens on no port within a minute. */
const PATIENCE_MS = 45_000;

let log: Logger = silentLog;
let ending = false;
const stopping = new AbortController();

/** Returns what ends it. */
async function start(): Promise<() => Promise<void>> {
  const config = readConfig(process.env, 'bot');
  log = createLog(config.logLevel);
  const database = await openWhenThere(
    { url: config.databaseUrl, dataDir: config.dataDir, log },
    PATIENCE_MS,
    stopping.signal,
  );
  const maint = await startMaint({ config, clock: systemClock, log, withSlack: true, database });
  const closing = [maint.stop];
  const end = async (): Promise<void> => {
    await Promise.allSettled(closing.map((close) => close()));
  };
  try {
    // With a server both can open the database; with a directory the terminal has to come in through us.
    if (config.databaseUrl === null) closing.push((await listen(maint, config.dataDir, log)).close);
    if (config.slack?.mode.is === 'socket') {
      const routes = maint.webhooks === null ? [] : [maint.webhooks];
      closing.push((await serveHealth(config.port, routes)).close);
    }
  } catch (error) {
    await end();
    throw error;
  }
  log.info(
    { slack: config.slack?.mode.is, database: config.databaseUrl === null ? config.dataDir : 'postgres' },
    'maint is up',
  );
  return end;
}

function failed(error: unknown): void {
  if (ending) {
    log.warn({ err: error }, 'something failed while handing over');
    return;
  }
  // What stops a start is mostly for a person to mend: the message says how. The stack is for whoever asks for it.
  console.error(messageOf(error));
  if (process.env['LOG_LEVEL'] === 'debug' && error instanceof Error)
    console.error(error.stack?.replace(error.message, ''));
  process.exit(1);
}

// Node would print the whole error, with the parameters of a query in it (I8).
process.on('unhandledRejection', failed);
process.on('uncaughtException', failed);

const started = start();
started.catch(failed);

/** A second signal changes nothing: npm hands on the one that Heroku sends to every process by itself. */
async function end(signal: string): Promise<void> {
  if (ending) return;
  ending = true;
  stopping.abort();
  log.info({ signal }, 'handing over');
  setTimeout(() => {
    log.warn({}, 'something hangs; whoever goes on finds what is claimed free within 15 seconds');
    process.exit(0);
  }, LAST_RESORT_MS);
  // One that is still starting is let start: it may hold leases already. One that cannot start has nothing to end.
  const stop = await started.catch(() => null);
  await stop?.();
  process.exit(0);
}
process.on('SIGTERM', () => void end('SIGTERM'));
process.on('SIGINT', () => void end('SIGINT'));
