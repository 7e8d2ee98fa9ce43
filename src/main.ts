// The bot: `npm start`. Reads the environment, starts everything, and hands over when it is told to end, as Heroku does
// with every dyno once a day and on each deploy.
import { systemClock } from './clock.ts';
import { readConfig } from './config.ts';
import { serveHealth } from './health.ts';
import { createLog, messageOf } from './log.ts';
import { listen } from './terminal/server.ts';
import { startMaint } from './wire.ts';

async function main(): Promise<void> {
  const config = readConfig(process.env, 'bot');
  const log = createLog(config.logLevel);
  const maint = await startMaint({ config, clock: systemClock, log, withSlack: true });
  // With a server both can open the database; with a directory the terminal has to come in through us.
  const door = config.databaseUrl === null ? await listen(maint, config.dataDir, log) : null;
  const health = config.slack?.mode.is === 'socket' ? await serveHealth(config.port) : null;
  log.info(
    { slack: config.slack?.mode.is, database: config.databaseUrl === null ? config.dataDir : 'postgres' },
    'maint is up',
  );

  let ending = false;
  const end = (signal: string) => {
    if (ending) return;
    ending = true;
    log.info({ signal }, 'handing over');
    Promise.all([door?.close(), health?.close()])
      .then(() => maint.stop())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'did not end cleanly');
          process.exit(1);
        },
      );
  };
  process.on('SIGTERM', () => end('SIGTERM'));
  process.on('SIGINT', () => end('SIGINT'));
}

function failed(error: unknown): never {
  // What stops a start is mostly for a person to mend: the message says how. The stack is for whoever asks for it.
  console.error(messageOf(error));
  if (process.env['LOG_LEVEL'] === 'debug' && error instanceof Error)
    console.error(error.stack?.replace(error.message, ''));
  process.exit(1);
}

// Node would print the whole error, with the parameters of a query in it (I8).
process.on('unhandledRejection', failed);
process.on('uncaughtException', failed);
main().catch(failed);
