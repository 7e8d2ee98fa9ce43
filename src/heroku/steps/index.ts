// The two literal lists: everything that is held still on Heroku, in the order of quieting and in the order of coming
// back. Every hold is in both; a test holds them to it.
import type { Settings } from '../../model/settings.ts';
import { type AnyStep, type Cx, held, waited } from '../../model/step.ts';
import { contract, httpDrain } from '../../steps/contract.ts';
import { drain } from '../../steps/drain.ts';
import { intake } from '../../steps/intake.ts';
import type { Queues } from '../../steps/queues.ts';
import { quieted } from '../../steps/quieted.ts';
import type { Heroku } from '../api/client.ts';
import type { Itself } from '../itself.ts';
import { herokuRestarting } from '../restarting.ts';
import type { HerokuScheduler } from '../schedulers/heroku-scheduler.ts';
import type { AddOns } from '../services.ts';
import { command } from '../shell.ts';
import type { Subscription } from '../webhooks/subscription.ts';
import { advancedSchedulerTriggers } from './advanced-scheduler.ts';
import { configVar } from './config-var.ts';
import { cronToGoJobs } from './cron-to-go.ts';
import { health } from './health.ts';
import { herokuAutoscaling } from './heroku-autoscaling.ts';
import { hirefire } from './hirefire.ts';
import { maintenanceMode } from './maintenance-mode.ts';
import { oneOffs } from './one-offs.ts';
import { clocks, workers } from './process-types.ts';
import { quietProof } from './quiet-proof.ts';
import { schedulerJobs } from './scheduler-jobs.ts';
import { watching } from './watching.ts';
import { web } from './web.ts';
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
  const variable = held(configVar(heroku));
  const { addOns = null, queues = null, itself } = more;
  const working = held(workers(heroku, queues));
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
  const shut = async (cx: Cx): Promise<boolean> => (await heroku.apps.info(cx, cx.app.id)).maintenance;
  const webs = async (cx: Cx): Promise<number> =>
    (await heroku.formation.list(cx, cx.app.id)).find(({ type }) => type === 'web')?.quantity ?? 0;
  const restarting = herokuRestarting(heroku);
  const contracted = queues === null ? [] : [only(held(contract(queues, { shut, command })), hasContract)];
  const answered = queues === null ? [] : [only(waited(httpDrain(queues, webs)), hasContract)];
  const taking = queues === null ? [] : [only(held(intake(queues, command)), hasQueues)];
  const processes = queues === null ? [] : [only(held(quieted(queues, restarting)), hasQueues)];
  const drained = queues === null ? [] : [only(waited(drain(queues, restarting)), hasQueues)];
  const serving = queues === null ? [] : [only(held(web(heroku)), (settings) => settings.web === 'zero')];
  const others = [...schedulers, ...autoscalers];
  const proof = waited(
    quietProof(heroku, jobs, { scheduler, queues, others, ...(itself === undefined ? {} : { itself }) }),
  );
  return {
    quiet: [
      telling, // first, so that nothing that changes from here on goes unnoticed
      ...contracted, // the app takes no new jobs, and
      ...answered, // ends those it has, while it can still be asked
      door, // block user writes: the router answers 503; the dynos run on
      ...autoscalers, // they would bring the workers back
      scheduled, // no new work
      ...schedulers,
      clock,
      waited(oneOffs(heroku)), // where a person said so: they may wait for jobs of their own
      ...taking, // no more jobs to the workers
      ...processes,
      ...drained, // none is left in their hands
      working, // what they still have has SIGTERM, 30 s, SIGKILL
      ...serving, // where web works in the background
      variable, // makes a release, which restarts all dynos and runs the release phase: after the workers
      proof,
    ],
    back: [
      variable, // the app as it was, before anything works with it
      ...serving, // before the door opens on them
      waited(health(heroku)), // nothing works with an app that is not well
      ...taking,
      working,
      ...processes, // after the workers: those that came back with them are new, and work
      clock,
      scheduled,
      ...schedulers,
      ...autoscalers, // what they scale is there again
      door, // the users: only when everything before it is settled
      ...contracted, // behind the door it cannot be asked
      telling, // last out: what happens while all comes back is noticed too
      waited(watching(heroku, queues)), // after the last look: the users are in
    ],
  };
}

/** A step that an app's settings have to ask for. */
function only<S extends AnyStep>(step: S, asked: (settings: Settings) => boolean): S {
  return { ...step, unused: (settings: Settings) => !asked(settings) };
}

function hasContract({ queues }: Settings): boolean {
  return queues.some(({ system }) => system === 'http');
}

function hasQueues({ queues }: Settings): boolean {
  return queues.some(({ system }) => system !== 'http');
}
