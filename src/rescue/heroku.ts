// Heroku for a rescue: the platform as the engine knows it, and the Scheduler beside it, whose markers are looked for. Where
// jobs of several lost maintenances are paused, each is brought back by itself, and must not see the others' markers.
import type { Config } from '../config.ts';
import type { Heroku } from '../heroku/api/client.ts';
import { herokuPlatform } from '../heroku/platform.ts';
import type { HerokuScheduler } from '../heroku/schedulers/heroku-scheduler.ts';
import { looksPaused, readMarker } from '../heroku/schedulers/marker.ts';
import { createServices } from '../heroku/services.ts';
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
  const line = (request: object): void => log.debug(request, 'a call to Heroku');
  const { heroku, scheduler, addOns, close } = createServices(config.heroku, { log: line, concurrency: 10 });
  const itself = { app: config.ownApp, databaseUrl: config.databaseUrl };
  return {
    heroku,
    scheduler,
    platform: herokuPlatform(heroku, scheduler, itself, null, addOns),
    only: (runId) => herokuPlatform(heroku, onlyOf(scheduler, runId), itself, null, addOns),
    close,
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
