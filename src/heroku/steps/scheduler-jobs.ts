// Heroku Scheduler jobs, paused in place: the command becomes a line that does nothing and carries the original. The
// Scheduler has no pause and no official API, so every caution here has a reason; the marker itself is `marker.ts`.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { clause, Trouble } from '../../errors.ts';
import type { Json } from '../../model/json.ts';
import type { Change, Cx, Hold, Look, Verdict } from '../../model/step.ts';
import { pastCap, timeLeft } from '../../steps/drain-cap.ts';
import type { Heroku } from '../api/client.ts';
import type { Dyno } from '../api/dynos.ts';
import type { Formation } from '../api/formation.ts';
import { redactedCommand } from '../redacted.ts';
import type { HerokuScheduler, Job } from '../schedulers/heroku-scheduler.ts';
import { looksPaused, pausedCommand, readMarker } from '../schedulers/marker.ts';
import { lastFire, nextFire } from '../schedulers/next-fire.ts';
import { command } from '../shell.ts';
import { aged, isTooOld, tooOld } from './aged.ts';
import { pace } from './pace.ts';

export const SCHEDULER = 'Heroku Scheduler';
/** Not written so shortly before its tick: whether it then starts with the old command or the new, nobody knows. */
const BEFORE_TICK = 2 * 60_000;
/** The Scheduler promises no exact second: a dyno with the old command can start this long after the tick. */
const AFTER_TICK = 60_000;
const PUT_BACK_FIRST =
  'Put its command back first: the original stands in quotes behind maint-paused, in the dashboard of the Scheduler.';

export function schedulerJobs(heroku: Heroku, scheduler: HerokuScheduler): Hold<string> {
  const look = async (cx: Cx): Promise<Look<string>> => {
    const addons = await heroku.addons.list(cx, cx.app.id);
    if (!addons.some((addon) => addon.addon_service.name === 'scheduler'))
      return { is: 'seen', items: [], warnings: [] };
    try {
      return seen(await scheduler.jobs(cx, cx.app.id));
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      return {
        is: 'unusable',
        exception: SCHEDULER,
        why: `The jobs of the ${SCHEDULER} cannot be read, so they cannot be paused: they go on starting (${clause(error)})`,
      };
    }
  };
  return {
    kind: 'hold',
    name: 'scheduler',
    title: SCHEDULER,
    door: false,
    value: z.string(),
    memo: z.null(),
    look,
    aim: (cx, item, way) => (way === 'quiet' ? pausedCommand(cx.run, item.before) : item.before),
    write: (cx, changes) => write(scheduler, cx, changes),
    settle: async (cx, way, items) =>
      way === 'back'
        ? { is: 'done' }
        : paused(
            heroku,
            scheduler,
            cx,
            items.map((item) => item.key),
          ),
    // An echo, for a comment is one only in bash: an interactive zsh hands it to the Heroku CLI.
    say: (app, item, value) => ({
      will: readMarker(value) === null ? 'its own command again' : 'paused in place',
      byHand: `${command('heroku', 'addons:open', 'scheduler', '--app', app.name)} && ${command('echo', `job ${item.key}: its command is the text in quotes behind maint-paused, where \\" stands for "`)}`,
    }),
    show: redacted,
  };
}

function seen(jobs: readonly Job[]): Look<string> {
  return {
    is: 'seen',
    items: jobs.map((job) => ({ key: job.id, label: label(job), value: job.command })),
    warnings: [],
  };
}

/**
 * A job that carries a marker which is not this run's, or a damaged one, and what to do about it; null where none does. It
 * stands against beginning. In a maintenance that is under way such a job is judged like any other: somebody has changed it.
 */
export function markedByOthers(cx: Cx, look: Look<Json> | undefined): { says: string; remedy: string } | null {
  const items = look?.is === 'seen' ? look.items : [];
  for (const { label, value } of items) {
    const says = typeof value === 'string' ? marked(cx, value) : null;
    if (says !== null) return { says: `${label} of the ${SCHEDULER} ${says}`, remedy: PUT_BACK_FIRST };
  }
  return null;
}

function marked(cx: Cx, command: string): string | null {
  const by = readMarker(command)?.runId;
  if (!looksPaused(command) || by === cx.run) return null;
  return by === undefined
    ? 'carries a damaged marker of maint'
    : `is paused already, by the maintenance ${by} that this maint does not know`;
}

/** One job first, read back; the rest only when nothing but its command differs. Jobs at their tick are left for later. */
async function write(scheduler: HerokuScheduler, cx: Cx, changes: readonly Change<string>[]): Promise<Look<string>> {
  const before = await scheduler.jobs(cx, cx.app.id);
  for (const change of changes) mustCarryNoMarker(cx, change, before);
  const wanted = changes.flatMap(({ key, value }) => {
    const job = before.find(({ id }) => id === key);
    return job === undefined || (readMarker(value) !== null && atItsTick(job, cx.now)) ? [] : [{ job, value }];
  });
  const [first, ...rest] = wanted;
  if (first === undefined) return seen(before);
  await scheduler.setCommand(cx, cx.app.id, first.job, first.value);
  const after = await scheduler.jobs(cx, cx.app.id);
  await mustBeUnharmed(scheduler, cx, first, after);
  const written = await Promise.all(rest.map(({ job, value }) => scheduler.setCommand(cx, cx.app.id, job, value)));
  return seen(after.map((job) => written.find(({ id }) => id === job.id) ?? job));
}

/** What has another marker for its original came after the plan, which refuses it: two maintenances are at work here. */
function mustCarryNoMarker(cx: Cx, { key, value }: Change<string>, jobs: readonly Job[]): void {
  const ours = readMarker(value);
  const says = ours?.runId === cx.run ? marked(cx, ours.original) : null;
  if (says === null) return;
  const job = jobs.find(({ id }) => id === key);
  const which = job === undefined ? `job ${key}` : label(job);
  throw new Trouble('fatal', `${which} of the ${SCHEDULER} ${says}`, { remedy: PUT_BACK_FIRST });
}

async function mustBeUnharmed(
  scheduler: HerokuScheduler,
  cx: Cx,
  { job, value }: { readonly job: Job; readonly value: string },
  after: readonly Job[],
): Promise<void> {
  const now = after.find(({ id }) => id === job.id);
  if (now === undefined) return; // deleted by somebody this very moment: gone, as the judging will find
  const kept = now.command === value && now.every === job.every && now.at === job.at && now.dynoSize === job.dynoSize;
  if (kept) return;
  await scheduler.setCommand(cx, cx.app.id, job, job.command);
  throw new Trouble(
    'needs-human',
    `The ${SCHEDULER} did not keep the command of job ${job.id} as it was sent; it was put back`,
    {
      remedy:
        'Its unofficial API seems to have changed, or the command is too long to carry its original. Pause the jobs by hand.',
    },
  );
}

function atItsTick(job: Job, now: number): boolean {
  const last = lastFire(job, now);
  const started = job.ranAt !== null && Date.parse(job.ranAt) >= last;
  return nextFire(job, now) - now < BEFORE_TICK || (now - last < AFTER_TICK && !started);
}

/** Every job carries our marker, no dyno runs a job's old command any more, and none can still start with it. */
async function paused(
  heroku: Heroku,
  scheduler: HerokuScheduler,
  cx: Cx,
  keys: readonly string[],
): Promise<Verdict<null>> {
  const jobs = (await scheduler.jobs(cx, cx.app.id)).filter((job) => keys.includes(job.id));
  const left = jobs.filter((job) => readMarker(job.command)?.runId !== cx.run);
  const late = left.find((job) => atItsTick(job, cx.now));
  if (late !== undefined) {
    const due = nextFire(late, cx.now) - cx.now < BEFORE_TICK ? nextFire(late, cx.now) : lastFire(late, cx.now);
    const why = `${label(late)} is due at ${new Date(due).toISOString().slice(11, 16)} UTC: it is let start, then paused`;
    // Once a minute is soon enough: the tick is up to two minutes ahead, and its dyno up to one behind.
    return { is: 'waiting', why, look: Math.max(1_000, Math.min(60_000, due + AFTER_TICK - cx.now)), memo: null };
  }
  if (left.length > 0) return { is: 'again', memo: null };
  const running = await unpaused(heroku, cx);
  if (running.length > 0) {
    const old = tooOld(cx, running);
    if (old !== undefined) return { is: 'failed', why: isTooOld(cx, aged(cx, old)) };
    const why = still(running.map(({ name }) => name));
    if (pastCap(cx)) return { is: 'failed', why: still(running.map((dyno) => aged(cx, dyno))) };
    return { is: 'waiting', why: `${why}; ${timeLeft(cx)}`, look: pace(cx), memo: null, drains: true };
  }
  const ticked = jobs.find((job) => cx.now - lastFire(job, cx.now) < AFTER_TICK);
  if (ticked === undefined) return { is: 'done' };
  const until = lastFire(ticked, cx.now) + AFTER_TICK;
  const why = `${label(ticked)} was due a moment ago: a dyno with its old command may still start`;
  return { is: 'waiting', why, look: Math.max(1_000, until - cx.now), memo: null };
}

function still(dynos: readonly string[]): string {
  return `${dynos.join(', ')} still ${dynos.length === 1 ? 'runs' : 'run'} a job that started before the pause`;
}

async function unpaused(heroku: Heroku, cx: Cx): Promise<readonly Dyno[]> {
  const dynos = jobsAmong(cx, await heroku.dynos.list(cx, cx.app.id), []);
  return dynos.length === 0 ? dynos : jobsAmong(cx, dynos, await heroku.formation.list(cx, cx.app.id));
}

/** The Scheduler's dynos whose command is not our marker. A process type may be called `scheduler` as well. */
export function jobsAmong(cx: Cx, all: readonly Dyno[], formation: readonly Formation[]): readonly Dyno[] {
  const dynos = all.filter(({ type, command }) => type === 'scheduler' && readMarker(command)?.runId !== cx.run);
  const own = formation.find(({ type }) => type === 'scheduler');
  return own === undefined ? dynos : dynos.filter((dyno) => dyno.command !== own.command);
}

function label(job: Job): string {
  const at = job.at ?? 0;
  const two = (n: number): string => String(n).padStart(2, '0');
  switch (job.every) {
    case 10:
      return `job ${job.id} (every 10 minutes)`;
    case 60:
      return `job ${job.id} (hourly at :${two(at)})`;
    case 1440:
      return `job ${job.id} (daily at ${two(Math.floor(at / 60))}:${two(at % 60)} UTC)`;
  }
}

/** With a fingerprint, so that two can be told apart. */
function redacted(value: string): string {
  const marker = readMarker(value);
  if (marker !== null) return `paused by maint (${marker.runId}): ${redacted(marker.original)}`;
  const fingerprint = `[${createHash('sha256').update(value).digest('hex').slice(0, 6)}]`;
  if (looksPaused(value)) return `a damaged marker of maint ${fingerprint}`;
  return `${redactedCommand(value)} ${fingerprint}`;
}
