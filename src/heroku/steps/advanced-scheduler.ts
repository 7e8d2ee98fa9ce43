// The triggers of Advanced Scheduler. It has no pause: a trigger is set inactive by sending all of it, so each is read
// right before, nothing but its state is changed, and it is read back. A completed one has nothing left to pause.
import { Trouble } from '../../errors.ts';
import type { Change } from '../../model/step.ts';
import type { Heroku } from '../api/client.ts';
import { each } from '../schedulers/add-on-api.ts';
import {
  ADVANCED_SCHEDULER,
  type AdvancedScheduler,
  advancedSchedulerVariable,
  type Trigger,
  type TriggerState,
  type Triggers,
  triggerState,
} from '../schedulers/advanced-scheduler.ts';
import { nextRun, type Schedule } from '../schedulers/falls-into.ts';
import { type AddOnJob, type SchedulingHold, schedulingAddOn, shown } from './scheduling-add-on.ts';

export function advancedSchedulerTriggers(heroku: Heroku, scheduler: AdvancedScheduler): SchedulingHold<TriggerState> {
  return schedulingAddOn(heroku, {
    step: 'advanced-scheduler',
    title: ADVANCED_SCHEDULER,
    noun: 'trigger',
    services: ['advanced-scheduler', 'advancedscheduler'],
    variables: [advancedSchedulerVariable],
    missing: `Make an API token in its dashboard ("heroku addons:open advanced-scheduler") and set it as ${advancedSchedulerVariable}, or deactivate its triggers there and accept this.`,
    value: triggerState,
    runs: 'active',
    rests: 'inactive',
    press: { active: 'activate it', inactive: 'deactivate it', completed: 'leave it, it has run' },
    jobs: (cx, [token = '']) =>
      scheduler.open(cx, cx.app.id, token, async (triggers) => (await triggers.all()).map(job)),
    write: (cx, [token = ''], changes) =>
      scheduler.open(cx, cx.app.id, token, async (triggers) => (await write(triggers, changes)).map(job)),
    warning: (cx, trigger) => {
      const at = trigger.schedule.is === 'once' ? nextRun(trigger.schedule, cx.now) : null;
      if (at === null) return null;
      const time = `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
      return `${shown(trigger)} of ${ADVANCED_SCHEDULER} runs once, at ${time}: if the app is held then, it does not run and needs a new time by hand`;
    },
  });
}

/** One first, read back; the rest only when nothing but its state differs. */
async function write(triggers: Triggers, changes: readonly Change<TriggerState>[]): Promise<readonly Trigger[]> {
  const before = await triggers.all();
  const wanted = changes.flatMap(({ key, value }) => {
    const trigger = before.find(({ uuid }) => uuid === key);
    return trigger !== undefined && differs(trigger, value) ? [{ trigger, value }] : [];
  });
  const [first, ...rest] = wanted;
  if (first === undefined) return before;
  await triggers.put({ ...first.trigger, state: first.value });
  const after = await triggers.all();
  await mustBeUnharmed(triggers, first.trigger, after);
  if (rest.length === 0) return after;
  const sent = await each(rest, async ({ trigger: { uuid }, value }) => {
    const trigger = await triggers.one(uuid);
    if (trigger === null || !differs(trigger, value)) return [];
    await triggers.put({ ...trigger, state: value });
    return [trigger];
  });
  const all = await triggers.all();
  for (const trigger of sent.flat()) await mustBeUnharmed(triggers, trigger, all);
  return all;
}

/** One that has run meanwhile, its only time, is not made to run again, nor taken for one that did not. */
function differs({ state }: Trigger, value: TriggerState): boolean {
  return state !== value && state !== 'completed';
}

async function mustBeUnharmed(triggers: Triggers, sent: Trigger, after: readonly Trigger[]): Promise<void> {
  const now = after.find(({ uuid }) => uuid === sent.uuid);
  if (now === undefined) return; // deleted by somebody this very moment: gone, as the judging will find
  const lost = harmOf(sent, now);
  if (lost.length === 0) return;
  await triggers.put(sent);
  throw new Trouble(
    'needs-human',
    `${ADVANCED_SCHEDULER} did not keep trigger ${sent.uuid} as it was sent (${lost.join(', ')}); it was sent again as it was`,
    { remedy: 'Its API seems to have changed. Look at the trigger in its dashboard, and deactivate it there by hand.' },
  );
}

const KNOWN = ['name', 'value', 'frequencyType', 'schedule', 'timezone', 'dyno', 'timeout'];

/** The names of the fields that are not as they were. Of those we do not know some are its own, such as times: they need only be there. */
function harmOf(sent: Trigger, now: Trigger): readonly string[] {
  return Object.keys(sent).filter((name) =>
    KNOWN.includes(name) ? JSON.stringify(now[name]) !== JSON.stringify(sent[name]) : !Object.hasOwn(now, name),
  );
}

function job(trigger: Trigger): AddOnJob<TriggerState> {
  return {
    key: trigger.uuid,
    name: trigger.name,
    state: trigger.state,
    command: trigger.value,
    schedule: schedule(trigger),
    when: `${trigger.schedule} ${trigger.timezone}`,
  };
}

function schedule({ frequencyType, schedule, timezone }: Trigger): Schedule {
  switch (frequencyType) {
    case 'recurring':
      return { is: 'cron', expression: schedule, timezone };
    case 'one-off':
      return { is: 'once', at: schedule, timezone };
    default:
      return { is: 'unknown' };
  }
}
