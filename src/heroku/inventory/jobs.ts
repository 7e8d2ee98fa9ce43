// Scheduled jobs: of the Heroku Scheduler and of the add-ons that maint can pause, each with its command, redacted, and when
// it runs next.
import { clause, Trouble } from '../../errors.ts';
import type { Entry } from '../../model/inventory.ts';
import type { Cx, StepName } from '../../model/step.ts';
import type { Heroku } from '../api/client.ts';
import { redactedCommand } from '../redacted.ts';
import { fallsInto, isKnown, nextRun, type Schedule } from '../schedulers/falls-into.ts';
import type { HerokuScheduler, Job } from '../schedulers/heroku-scheduler.ts';
import { readMarker } from '../schedulers/marker.ts';
import type { AddOns } from '../services.ts';
import { advancedSchedulerTriggers } from '../steps/advanced-scheduler.ts';
import { cronToGoJobs } from '../steps/cron-to-go.ts';
import { SCHEDULER } from '../steps/scheduler-jobs.ts';
import { type AddOnJob, type SchedulingHold, shown } from '../steps/scheduling-add-on.ts';
import { clock, entry, type Read, unusable } from './entry.ts';

/** A job as the inventory sees it. `command` may hold secrets, and goes into no entry. */
export interface Scheduled {
  readonly entry: Entry;
  readonly command: string | null;
}

/** What each scheduler answered, or why it could not be read. */
export interface Lists {
  readonly heroku: OrWhy<readonly Job[]>;
  readonly addOns: readonly { readonly hold: Hold; readonly jobs: OrWhy<readonly AddOnJob<string>[]> }[];
}

type Hold = { readonly name: StepName; readonly title: string };
type OrWhy<T> = { readonly is: 'read'; readonly list: T } | { readonly is: 'unread'; readonly why: string };

/** At the same time as the holds, so that nothing is read twice. */
export async function readJobs(
  heroku: Heroku,
  scheduler: HerokuScheduler,
  addOns: AddOns | null,
  cx: Cx,
): Promise<Lists> {
  const own = async (): Promise<readonly Job[]> => {
    const addons = await heroku.addons.list(cx, cx.app.id);
    const has = addons.some(({ addon_service: { name } }) => name === 'scheduler');
    return has ? scheduler.jobs(cx, cx.app.id) : [];
  };
  const theirs = async <S extends string>(hold: SchedulingHold<S>) => ({
    hold,
    jobs: await orWhy(async () => {
      const listed = await hold.jobs(cx);
      return listed.is === 'listed' ? listed.jobs : [];
    }),
  });
  const [list, ...others] = await Promise.all([
    orWhy(own),
    ...(addOns === null
      ? []
      : [
          theirs(cronToGoJobs(heroku, addOns.cronToGo)),
          theirs(advancedSchedulerTriggers(heroku, addOns.advancedScheduler)),
        ]),
  ]);
  return { heroku: list, addOns: others };
}

async function orWhy<T>(work: () => Promise<T>): Promise<OrWhy<T>> {
  try {
    return { is: 'read', list: await work() };
  } catch (error) {
    if (!(error instanceof Trouble) || error.wide) throw error;
    return { is: 'unread', why: clause(error) };
  }
}

export function scheduledJobs(read: Read, lists: Lists): readonly Scheduled[] {
  return allOf(read, lists).map((job) => marked(read, job));
}

/** A job that several texts of the settings mean is as bad as the worst of them says. */
function marked({ cx }: Read, { entry, command }: Scheduled): Scheduled {
  const named = cx.settings.criticalJobs.filter(({ job }) => command?.includes(job) === true);
  if (entry.kind !== 'scheduled job' || named.length === 0) return { entry, command };
  const critical = { catchesUp: named.every(({ catchesUp }) => catchesUp) };
  const says = `${entry.says}; critical: ${critical.catchesUp ? 'it catches up by itself' : 'it does not catch up'}`;
  return { entry: { ...entry, critical, says }, command };
}

function allOf(read: Read, lists: Lists): readonly Scheduled[] {
  return [
    ...of(read, { name: 'scheduler', title: SCHEDULER }, lists.heroku, (job) => ofHeroku(read, job)),
    ...lists.addOns.flatMap(({ hold, jobs }) => of(read, hold, jobs, (job) => ofAddOn(read, hold, job))),
  ];
}

/** What cannot be read is said once, for all of its jobs. */
function of<T>(
  { looks }: Read,
  { name, title }: Hold,
  jobs: OrWhy<readonly T[]>,
  one: (job: T) => Scheduled,
): readonly Scheduled[] {
  const cannot = unusable(looks, name);
  if (cannot === null && jobs.is === 'read') return jobs.list.map(one);
  const why = cannot?.why ?? (jobs.is === 'unread' ? `its jobs could not be read (${jobs.why})` : '');
  const remedy = 'Pause its jobs by hand in its own dashboard, and resume them afterwards, or accept that they go on.';
  return [{ command: null, entry: entry('scheduler', title, 'not held', why, { remedy, concern: name }) }];
}

function ofHeroku(read: Read, job: Job): Scheduled {
  const look = read.looks.get('scheduler');
  const seen = look?.is === 'seen' ? look.items.find(({ key }) => key === job.id) : undefined;
  const marker = readMarker(job.command);
  const command = redactedCommand(marker?.original ?? job.command);
  const paused = marker === null ? '' : `paused already, by the maintenance ${marker.runId}: `;
  return scheduled(read, {
    scheduler: SCHEDULER,
    name: seen?.label ?? `job ${job.id}`,
    what: `${paused}${command}`,
    schedule: { is: 'every', timing: job },
    item: { step: 'scheduler', key: job.id },
    command: job.command,
  });
}

function ofAddOn(read: Read, hold: Hold, job: AddOnJob<string>): Scheduled {
  const name = `${shown(job)} (${job.when})`;
  const what = job.command === null ? 'its command is not told' : redactedCommand(job.command);
  const item = { step: hold.name, key: job.key };
  if (job.state === 'enabled' || job.state === 'active') {
    return scheduled(read, {
      scheduler: hold.title,
      name,
      what,
      schedule: job.schedule,
      item,
      command: job.command,
    });
  }
  const facts = { kind: 'scheduled job', scheduler: hold.title, next: null, falls: false } as const;
  const says = `${what}, ${job.state} already`;
  return { command: job.command, entry: { ...facts, name, says, does: 'held', remedy: null, item, concern: null } };
}

function scheduled(
  { cx, window }: Read,
  job: {
    readonly scheduler: string;
    readonly name: string;
    readonly what: string;
    readonly schedule: Schedule;
    readonly item: { readonly step: StepName; readonly key: string };
    readonly command: string | null;
  },
): Scheduled {
  const { schedule, what, command, ...its } = job;
  const next = nextRun(schedule, cx.now);
  const falls = fallsInto(schedule, window);
  const says = `${what}, ${whenOf(isKnown(schedule), next, falls, cx.now)}`;
  return {
    command,
    entry: { kind: 'scheduled job', ...its, next, falls, says, does: 'held', remedy: null, concern: null },
  };
}

function whenOf(known: boolean, next: number | null, falls: boolean | null, now: number): string {
  if (!known) return 'when it runs next is not known';
  if (next === null) return 'it does not run again';
  return `next ${clock(next, now)}, ${falls === true ? 'in the window' : 'after the window'}`;
}
