// The work in progress of an app: who adds jobs, which dyno takes one, and what becomes of a job whose worker is stopped.
// It stands for Sidekiq, Celery and the like.

import { type App, type Dyno, type Land, note, type Queue, type QueuedJob } from './state.ts';

/** Gives waiting jobs to the workers that are free. */
export function takeWork(land: Land, app: App): void {
  const { queue } = app;
  if (queue === null) return;
  for (const dyno of app.dynos) {
    if (queue.waiting.length === 0) return;
    if (dyno.state !== 'up' || dyno.stopping || dyno.work !== null || !queue.consumers.includes(dyno.type)) continue;
    if (dyno.onExit !== null || isQuiet(dyno)) continue;
    const job = queue.waiting.shift();
    if (job !== undefined) work(land, app, queue, dyno, job);
  }
}

/** Those that were told to take no more: what they have in their hands they finish. */
const quieted = new WeakSet<Dyno>();

/** For good: nothing but a restart lets it work again. */
export function tellQuiet(dyno: Dyno): void {
  quieted.add(dyno);
}

/** One that is stopping takes nothing either. */
export function isQuiet(dyno: Dyno): boolean {
  return dyno.stopping || quieted.has(dyno);
}

function work(land: Land, app: App, queue: Queue, dyno: Dyno, job: QueuedJob): void {
  job.startedAt = land.timers.now();
  dyno.work = job;
  land.timers.after(queue.jobMs[job.id % queue.jobMs.length] ?? 1_000, () => {
    if (dyno.work !== job) return;
    dyno.work = null;
    queue.done += 1;
    note(land, app, { what: 'job-done', dyno: dyno.name, job: job.id });
    endings.get(dyno)?.(false);
    takeWork(land, app);
  });
}

/** What to do when a stopping dyno has finished its job. */
const endings = new WeakMap<Dyno, (killed: boolean) => void>();

/** For a dyno that got SIGTERM with a job in its hands: calls `then` when the job is done, or has been killed. */
export function finishOnTime(land: Land, app: App, dyno: Dyno, then: (killed: boolean) => void): void {
  endings.set(dyno, then);
  const job = dyno.work;
  land.timers.after(app.times.graceMs, () => {
    if (dyno.work === null || dyno.work !== job) return;
    dyno.work = null;
    if (app.queue !== null) app.queue.killed += 1;
    note(land, app, { what: 'job-killed', dyno: dyno.name, job: job.id });
    then(true);
  });
}

export function addJob(land: Land, app: App, by: string | null): void {
  const { queue } = app;
  if (queue === null) return;
  queue.added += 1;
  queue.waiting.push({ id: queue.added, addedAt: land.timers.now(), startedAt: null });
  note(land, app, { what: 'job-added', dyno: by, job: queue.added });
  takeWork(land, app);
}

/** Web dynos add jobs while users reach them; other producers (a clock process) while one of their dynos is up. */
export function startProducers(land: Land, app: App): void {
  for (const { type, perMinute } of app.queue?.producers ?? []) {
    const tick = () => {
      const dyno = app.dynos.find(
        (candidate) => candidate.type === type && candidate.state === 'up' && !candidate.stopping,
      );
      if (dyno !== undefined && !(type === 'web' && app.maintenance)) addJob(land, app, dyno.name);
      land.timers.after(60_000 / perMinute, tick);
    };
    land.timers.after(60_000 / perMinute, tick);
  }
}

export function runningJobs(app: App): number {
  return app.dynos.filter((dyno) => dyno.work !== null).length;
}
