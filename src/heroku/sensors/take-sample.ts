// Takes one sample of an app: everything at about the same moment, side by side. Heroku itself has to answer, or there is no
// sample; any other source that fails is written down as unread.
import { clause, Trouble } from '../../errors.ts';
import type { Json } from '../../model/json.ts';
import { same } from '../../model/json.ts';
import type { AnyHold, Cx, Hold, Look } from '../../model/step.ts';
import type { Looked, Queues } from '../../steps/queues.ts';
import type { Heroku } from '../api/client.ts';
import type { HerokuScheduler } from '../schedulers/heroku-scheduler.ts';
import { readMarker } from '../schedulers/marker.ts';
import { lastFire } from '../schedulers/next-fire.ts';
import type { DatabaseWatch } from './database.ts';
import type { LogWatch } from './log-watch.ts';
import { ONE_OFFS, type QueueSeen, type Sample, type Schedules } from './sample.ts';

export interface Sources {
  readonly heroku: Heroku;
  /** The Heroku Scheduler's jobs as they are held. */
  readonly jobs: Hold<string>;
  /** When its jobs are due; null: not known. */
  readonly scheduler: HerokuScheduler | null;
  /** Whatever else starts work or brings dynos back: held as quiet wants it, or it is not quiet. */
  readonly others: readonly AnyHold[];
  readonly queues: Queues | null;
}

/** `whole`: the first and the last of an observation also ask for what hardly changes by itself. */
export async function takeSample(
  { heroku, jobs, scheduler, others, queues }: Sources,
  cx: Cx,
  watches: { readonly database: DatabaseWatch; readonly log: LogWatch | null },
  from: number,
  whole: boolean,
): Promise<Sample> {
  const [app, dynos, formation, scheduled, held, queued, database] = await Promise.all([
    whole ? heroku.apps.info(cx, cx.app.id) : null,
    heroku.dynos.list(cx, cx.app.id),
    heroku.formation.list(cx, cx.app.id),
    jobsOf(jobs, scheduler, cx),
    whole ? Promise.all(others.map(async (hold) => ({ title: hold.title, found: await heldAt(hold, cx) }))) : null,
    queuesOf(queues, cx),
    watches.database.look(cx),
  ]);
  const isJob = ({ type }: { type: string }): boolean => type === 'scheduler';
  const stays = (type: string): boolean => type === 'web' && cx.settings.web === 'keep';
  const running = formation.filter(({ type, quantity }) => quantity > 0 && !stays(type) && type !== 'release');
  return {
    at: cx.now,
    door: app === null ? null : app.maintenance,
    web: dynos.filter(({ type }) => stays(type)).length,
    dynos: dynos
      .filter(({ type }) => !stays(type))
      // Heroku lists them in an order of its own, and what is said of them should not change with it. Of any number of people's
      // one-offs some are enough, and the others stand before them.
      .toSorted((a, b) => isOneOff(a) - isOneOff(b) || a.name.localeCompare(b.name, 'en', { numeric: true }))
      .slice(0, 100)
      .map((dyno) => ({
        name: dyno.name,
        type: dyno.type,
        paused: isJob(dyno) && readMarker(dyno.command)?.runId === cx.run,
      })),
    scaled: Object.fromEntries(
      running.map(({ type, quantity }) => [type, quantity] as const).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ),
    jobs: scheduled,
    others: held,
    // After the others, so that as much of the log as can be has arrived.
    log: watches.log === null ? { is: 'unread', why: 'it was not listened to' } : watches.log.seen(from),
    queues: queued,
    database,
  };
}

function isOneOff({ type }: { readonly type: string }): number {
  return Number(ONE_OFFS.includes(type));
}

async function jobsOf(jobs: Hold<string>, scheduler: HerokuScheduler | null, cx: Cx): Promise<Schedules> {
  const look = await jobs.look(cx);
  if (look.is !== 'seen') return { is: 'unread', why: look.why };
  if (look.items.length === 0) return { is: 'none' };
  const loud = look.items
    .filter((item) => readMarker(item.value)?.runId !== cx.run)
    .map((item) => item.label)
    .toSorted();
  return { is: 'read', all: look.items.length, loud, ticked: scheduler === null ? null : await ticked(scheduler, cx) };
}

/** The same read as the look's, so it costs no call. */
async function ticked(scheduler: HerokuScheduler, cx: Cx): Promise<number | null> {
  try {
    const jobs = await scheduler.jobs(cx, cx.app.id);
    return jobs.length === 0 ? null : Math.max(...jobs.map((job) => lastFire(job, cx.now)));
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    return null;
  }
}

async function heldAt(hold: AnyHold, cx: Cx): Promise<Schedules> {
  const look: Look<Json> = await hold.look(cx).catch((error: unknown) => {
    if (!(error instanceof Trouble) || error.wide) throw error;
    return { is: 'unusable', exception: hold.title, why: clause(error) };
  });
  if (look.is !== 'seen') return { is: 'unread', why: look.why };
  if (look.items.length === 0) return { is: 'none' };
  const loud = look.items.filter(
    ({ key, label, value }) => !same(hold.aim(cx, { key, label, before: value, sent: [] }, 'quiet', null), value),
  );
  return { is: 'read', all: look.items.length, loud: loud.map(({ label }) => label).toSorted(), ticked: null };
}

async function queuesOf(queues: Queues | null, cx: Cx): Promise<QueueSeen[]> {
  if (queues === null) return [];
  // Behind the door an app cannot be asked: what its drain has found before it shut is all that there is.
  const all = queues.of(cx).filter(({ system }) => system.over !== 'http');
  if (all.length === 0) return [];
  try {
    return (await queues.look(cx, all)).map(queueSeen);
  } catch (error) {
    if (!(error instanceof Trouble) || error.wide) throw error;
    const why = clause(error);
    return all.map(({ key, title, system }) => ({ key, title, beat: system.beat, found: { is: 'unread', why } }));
  }
}

function queueSeen({ key, title, system, found }: Looked): QueueSeen {
  const one = { key, title, beat: system.beat };
  if (found.is === 'unreadable') return { ...one, found: { is: 'unread', why: found.why } };
  const { queued, later, running, oldest, doubt } = found.reading;
  return { ...one, found: { is: 'read', queued, later, running, oldest, doubt } };
}
