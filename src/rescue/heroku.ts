// Heroku for a rescue: the platform as the engine knows it, and the Scheduler beside it, whose markers are looked for. Where
// jobs of several lost maintenances are paused, each is brought back by itself, and must not see the others' markers.
import type { Config } from '../config.ts';
import { createHeroku, type Heroku } from '../heroku/api/client.ts';
import { herokuPlatform } from '../heroku/platform.ts';
import { createHerokuScheduler, type HerokuScheduler } from '../heroku/schedulers/heroku-scheduler.ts';
import { looksPaused, readMarker } from '../heroku/schedulers/marker.ts';
import type { Logger } from '../log.ts';
import type { Platform } from '../model/platform.ts';

export interface RescueHeroku {
  readonly heroku: Heroku;
  readonly scheduler: HerokuScheduler;
  readonly platform: Platform;
  /** The same without the jobs that another maintenance has paused, or whose marker is damaged. */
  only(runId: string): Platform;
  close(): void;
}

export function openHeroku(config: Config, log: Logger): RescueHeroku {
  const { apiKey: token, apiUrl, schedulerUrl } = config.heroku;
  const line = (request: object): void => log.debug(request, 'a call to Heroku');
  const heroku = createHeroku({ apiUrl, token, log: line, concurrency: 10 });
  const scheduler = createHerokuScheduler({ url: schedulerUrl, token, log: line });
  const itself = { app: config.ownApp, databaseUrl: config.databaseUrl };
  return {
    heroku,
    scheduler,
    platform: herokuPlatform(heroku, scheduler, itself),
    only: (runId) => herokuPlatform(heroku, onlyOf(scheduler, runId), itself),
    close() {
      heroku.close();
      scheduler.close();
    },
  };
}

function onlyOf(scheduler: HerokuScheduler, runId: string): HerokuScheduler {
  return {
    ...scheduler,
    jobs: async (call, appId) =>
      (await scheduler.jobs(call, appId)).filter(
        ({ command }) => !looksPaused(command) || readMarker(command)?.runId === runId,
      ),
  };
}
