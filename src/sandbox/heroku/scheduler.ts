// Heroku Scheduler over time: each job fires at its UTC times as a one-off dyno. Maintenance mode does not stop it.

import { runOneOff } from './dynos.ts';
import { scriptOf } from './scripts.ts';
import { type App, type Land, note, type ScheduledJob } from './state.ts';

/** Who the logs say starts its dynos. */
const SCHEDULER = 'scheduler@addons.heroku.com';
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

/** The first time after `now` that the job fires. */
function nextTick({ every, at }: Pick<ScheduledJob, 'every' | 'at'>, now: number): number {
  const step = every * MINUTE;
  const offset = (at % every) * MINUTE;
  const dayBegins = Math.floor(now / DAY) * DAY;
  return dayBegins + offset + (Math.floor((now - dayBegins - offset) / step) + 1) * step;
}

/** Sets the job's next time anew: when it was made, when its times changed, and each time that it fired. */
export function schedule(land: Land, app: App, job: ScheduledJob): void {
  job.cancel();
  const now = land.timers.now();
  job.cancel = land.timers.after(nextTick(job, now) - now, () => {
    fire(land, app, job);
    schedule(land, app, job);
  });
}

function fire(land: Land, app: App, job: ScheduledJob): void {
  const { command, size } = job;
  job.ranAt = land.timers.now();
  const boot = () => {
    const { ms } = scriptOf(app, command) ?? { ms: null };
    const runMs = ms ?? app.times.scheduledRunMs;
    const dyno = runOneOff(land, app, { type: 'scheduler', command, size, runMs, by: SCHEDULER });
    note(land, app, { what: 'scheduled-started', dyno: dyno.name, command });
  };
  if (app.times.schedulerLagMs <= 0) boot();
  else land.timers.after(app.times.schedulerLagMs, boot);
}
