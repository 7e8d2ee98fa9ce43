// Everything of Heroku, and of its add-ons, that is talked to: put together once, for the bot, the terminal and a rescue.
import { createHeroku, type Heroku } from './api/client.ts';
import { createHerokuAutoscaling, type HerokuAutoscaling } from './autoscalers/heroku-autoscaling.ts';
import { createHireFire, type HireFire } from './autoscalers/hirefire.ts';
import { type AdvancedScheduler, createAdvancedScheduler } from './schedulers/advanced-scheduler.ts';
import { type CronToGo, createCronToGo } from './schedulers/cron-to-go.ts';
import { createHerokuScheduler, type HerokuScheduler } from './schedulers/heroku-scheduler.ts';

/** Without one of them the steps that need it are left out. */
export interface AddOns {
  readonly cronToGo: CronToGo;
  readonly advancedScheduler: AdvancedScheduler;
  readonly autoscaling: HerokuAutoscaling;
  readonly hireFire: HireFire;
}

export interface Services {
  readonly heroku: Heroku;
  readonly scheduler: HerokuScheduler;
  readonly addOns: AddOns;
  close(): void;
}

/** Where they are; each has its own default in the environment. */
export interface Addresses {
  readonly apiKey: string;
  readonly apiUrl: string;
  readonly schedulerUrl: string;
  readonly cronToGoUrl: string;
  readonly advancedSchedulerUrl: string;
  readonly autoscalingUrl: string;
  readonly hireFireUrl: string;
}

export interface Calls {
  readonly log?: (line: object) => void;
  readonly timeouts?: { readonly read: number; readonly write: number };
  readonly pauses?: readonly number[];
  /** Of the token bucket and of what is kept for a while. */
  readonly now?: () => number;
  readonly concurrency?: number;
}

export function createServices(at: Addresses, { concurrency, ...calls }: Calls = {}): Services {
  const token = at.apiKey;
  const heroku = createHeroku({
    apiUrl: at.apiUrl,
    token,
    ...calls,
    ...(concurrency === undefined ? {} : { concurrency }),
  });
  const scheduler = createHerokuScheduler({ url: at.schedulerUrl, token, ...calls });
  const autoscaling = createHerokuAutoscaling({ url: at.autoscalingUrl, token, ...calls });
  const hireFire = createHireFire({ url: at.hireFireUrl, ...calls });
  const addOns: AddOns = {
    cronToGo: createCronToGo({ url: at.cronToGoUrl, ...calls }),
    advancedScheduler: createAdvancedScheduler({ url: at.advancedSchedulerUrl, ...calls }),
    autoscaling,
    hireFire,
  };
  return {
    heroku,
    scheduler,
    addOns,
    close() {
      for (const one of [heroku, scheduler, autoscaling, hireFire]) one.close();
    },
  };
}
