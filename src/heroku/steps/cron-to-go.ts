// The jobs of Cron To Go, which has a pause of its own. What was paused before stays paused.
import type { Heroku } from '../api/client.ts';
import {
  CRON_TO_GO,
  type CronToGo,
  type CronToGoAccess,
  type CronToGoJob,
  type CronToGoState,
  cronToGoState,
  cronToGoVariables,
} from '../schedulers/cron-to-go.ts';
import type { Schedule } from '../schedulers/falls-into.ts';
import { type Access, type AddOnJob, type SchedulingHold, schedulingAddOn } from './scheduling-add-on.ts';

export function cronToGoJobs(heroku: Heroku, cronToGo: CronToGo): SchedulingHold<CronToGoState> {
  return schedulingAddOn(heroku, {
    step: 'cron-to-go',
    title: CRON_TO_GO,
    noun: 'job',
    services: ['crontogo'],
    variables: [cronToGoVariables.key, cronToGoVariables.organization],
    missing:
      'The add-on sets its config vars by itself: see "heroku addons:open crontogo", or pause its jobs there and accept this.',
    value: cronToGoState,
    runs: 'enabled',
    rests: 'paused',
    press: { enabled: 'press Resume', paused: 'press Pause' },
    jobs: async (cx, access) => (await cronToGo.jobs(cx, cx.app.id, ofAccess(access))).map(job),
    write: async (cx, access, changes) => {
      const states = changes.map(({ key, value }) => ({ id: key, state: value }));
      return (await cronToGo.setStates(cx, cx.app.id, ofAccess(access), states)).map(job);
    },
  });
}

function ofAccess([key = '', organization = '']: Access): CronToGoAccess {
  return { key, organization };
}

function job(one: CronToGoJob): AddOnJob<CronToGoState> {
  return {
    key: one.id,
    name: one.alias,
    state: one.state,
    command: one.command,
    schedule: schedule(one),
    when: [one.expression, one.timezone].filter((part) => part !== null).join(' '),
  };
}

function schedule({ expression, scheduleType, timezone }: CronToGoJob): Schedule {
  if (timezone === null || (scheduleType !== null && scheduleType !== 'cron')) return { is: 'unknown' };
  return { is: 'cron', expression, timezone };
}
