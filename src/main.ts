// The bot: `npm start`. Reads the environment, starts everything, and hands over when it is told to end, as Heroku does
// with every dyno once a day and on each deploy.
import { systemClock } from './clock.ts';
import { readConfig } from './config.ts';
import { serveHealth } from './health.ts';
import { createLog } from './log.ts';
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

main().catch((error: unknown) => {
  // What stops a start is mostly for a person to mend: the message says how. The stack is for whoever asks for it.
  const plain = error instanceof Error && process.env['LOG_LEVEL'] !== 'debug';
  console.error(plain ? error.message : error);
  process.exit(1);
});
