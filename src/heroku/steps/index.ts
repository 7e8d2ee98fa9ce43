// The two literal lists: everything that is held still on Heroku, in the order of quieting and in the order of coming
// back. Every hold is in both; a test holds them to it.
import { type AnyStep, held, waited } from '../../model/step.ts';
import type { Queues } from '../../steps/queues.ts';
import type { Heroku } from '../api/client.ts';
import type { Itself } from '../itself.ts';
import type { HerokuScheduler } from '../schedulers/heroku-scheduler.ts';
import type { AddOns } from '../services.ts';
import type { Subscription } from '../webhooks/subscription.ts';
import { advancedSchedulerTriggers } from './advanced-scheduler.ts';
import { configVar } from './config-var.ts';
import { cronToGoJobs } from './cron-to-go.ts';
import { herokuAutoscaling } from './heroku-autoscaling.ts';
import { hirefire } from './hirefire.ts';
import { maintenanceMode } from './maintenance-mode.ts';
import { clocks, workers } from './process-types.ts';
import { quietProof } from './quiet-proof.ts';
import { schedulerJobs } from './scheduler-jobs.ts';
import { webhook } from './webhook.ts';

export interface More {
  readonly addOns?: AddOns | null;
  readonly queues?: Queues | null;
  readonly itself?: Itself;
}

export function herokuSteps(
  heroku: Heroku,
  scheduler: HerokuScheduler,
  subscription: Subscription | null = null,
  more: More = {},
): { quiet: readonly AnyStep[]; back: readonly AnyStep[] } {
  const telling = held(webhook(heroku, subscription));
  const door = held(maintenanceMode(heroku));
  const jobs = schedulerJobs(heroku, scheduler);
  const scheduled = held(jobs);
  const clock = held(clocks(heroku));
  const working = held(workers(heroku));
  const variable = held(configVar(heroku));
  const { addOns = null, queues = null, itself } = more;
  const autoscalers =
    addOns === null
      ? []
      : [held(herokuAutoscaling(heroku, addOns.autoscaling)), held(hirefire(heroku, addOns.hireFire))];
  const schedulers =
    addOns === null
      ? []
      : [
          held(cronToGoJobs(heroku, addOns.cronToGo)),
          held(advancedSchedulerTriggers(heroku, addOns.advancedScheduler)),
        ];
  const others = [...schedulers, ...autoscalers];
  const proof = waited(
    quietProof(heroku, jobs, { scheduler, queues, others, ...(itself === undefined ? {} : { itself }) }),
  );
  return {
    quiet: [
      telling, // first, so that nothing that changes from here on goes unnoticed
      door, // block user writes: the router answers 503; the dynos run on
      ...autoscalers, // they would bring the workers back
      scheduled, // no new work
      ...schedulers,
      clock,
      working, // they finish the job they have: SIGTERM, 30 s, SIGKILL
      variable, // makes a release, which restarts all dynos and runs the release phase: after the workers
      proof,
    ],
    back: [
      variable, // the app as it was, before anything works with it
      working,
      clock,
      scheduled,
      ...schedulers,
      ...autoscalers, // what they scale is there again
      door, // the users: only when everything before it is settled
      telling, // last out: what happens while all comes back is noticed too
    ],
  };
}
