// The doctor: whether a maintenance of an app could work, asked weeks ahead. Reads only.
import type { Json } from '../model/json.ts';
import type { Check } from '../model/platform.ts';
import type { Cx, Look, StepName } from '../model/step.ts';
import type { Heroku } from './api/client.ts';
import { HerokuError } from './api/heroku-error.ts';
import { HEROKU_AUTOSCALING_UNTRIED } from './autoscalers/heroku-autoscaling.ts';
import { HIREFIRE_UNTRIED } from './autoscalers/hirefire.ts';
import { ADVANCED_SCHEDULER, ADVANCED_SCHEDULER_UNVERIFIED } from './schedulers/advanced-scheduler.ts';
import { CRON_TO_GO, CRON_TO_GO_UNVERIFIED } from './schedulers/cron-to-go.ts';
import { missingScopes, SCOPES_REMEDY } from './scopes.ts';
import { HEROKU_AUTOSCALING } from './steps/heroku-autoscaling.ts';
import { HIREFIRE } from './steps/hirefire.ts';
import { markedByOthers, SCHEDULER } from './steps/scheduler-jobs.ts';

export async function herokuDoctor(
  heroku: Heroku,
  cx: Cx,
  looks: ReadonlyMap<StepName, Look<Json>>,
): Promise<readonly Check[]> {
  const [email, scopes, limits] = await Promise.all([
    emailOf(heroku, cx),
    heroku.account.scopes(cx),
    heroku.account.rateLimits(cx),
  ]);
  return [
    { subject: 'Heroku token', is: 'good', says: email === null ? 'accepted' : `accepted, for ${email}`, remedy: null },
    scopeCheck(scopes),
    {
      subject: 'Rate limit',
      is: limits.remaining > 450 ? 'good' : 'bad',
      says: `${limits.remaining} of 4,500 calls left`,
      remedy: limits.remaining > 450 ? null : 'About 75 a minute flow back. See what else uses this account.',
    },
    schedulerCheck(cx, looks.get('scheduler')),
    ...untried.flatMap(({ step, subject, says }) => (isUsed(looks.get(step)) ? [untriedCheck(subject, says)] : [])),
  ];
}

/** Add-ons whose real service maint has never been tried against. */
const untried = [
  { step: 'cron-to-go', subject: CRON_TO_GO, says: CRON_TO_GO_UNVERIFIED },
  { step: 'advanced-scheduler', subject: ADVANCED_SCHEDULER, says: ADVANCED_SCHEDULER_UNVERIFIED },
  { step: 'heroku-autoscaling', subject: HEROKU_AUTOSCALING, says: HEROKU_AUTOSCALING_UNTRIED },
  { step: 'hirefire', subject: HIREFIRE, says: HIREFIRE_UNTRIED },
];

function isUsed(look: Look<Json> | undefined): boolean {
  return look !== undefined && (look.is !== 'seen' || look.items.length > 0);
}

function untriedCheck(subject: string, says: string): Check {
  return { subject, is: 'unknown', says, remedy: 'Try a maintenance of a staging app that has it first.' };
}

/** Null where the token has no scope `identity`, which maint does not need. */
async function emailOf(heroku: Heroku, cx: Cx): Promise<string | null> {
  try {
    return (await heroku.account.info(cx)).email;
  } catch (error) {
    if (error instanceof HerokuError && error.status === 403) return null;
    throw error;
  }
}

function scopeCheck(scopes: readonly string[] | 'unknown'): Check {
  const missing = missingScopes(scopes);
  if (missing !== null)
    return { subject: 'Token scopes', is: 'bad', says: `no scope ${missing}`, remedy: SCOPES_REMEDY };
  if (scopes === 'unknown') {
    return {
      subject: 'Token scopes',
      is: 'unknown',
      says: 'the token does not let its scopes be read; reading config vars worked',
      remedy: 'Writing is only known to work once it has been done: try it on a staging app.',
    };
  }
  return { subject: 'Token scopes', is: 'good', says: scopes.join(', '), remedy: null };
}

function schedulerCheck(cx: Cx, look: Look<Json> | undefined): Check {
  const marked = markedByOthers(cx, look);
  if (marked !== null) return { subject: SCHEDULER, is: 'bad', ...marked };
  if (look?.is === 'seen') {
    const says = look.items.length === 0 ? 'no jobs' : `${jobs(look.items.length)} can be read`;
    return {
      subject: SCHEDULER,
      is: 'good',
      says,
      remedy:
        look.items.length === 0
          ? null
          : 'Its API is unofficial: that it can be written is only known once it has been.',
    };
  }
  const remedy = `A maintenance can then only be quiet except ${SCHEDULER}.`;
  return { subject: SCHEDULER, is: 'bad', says: look?.why ?? 'not looked at', remedy };
}

function jobs(count: number): string {
  return count === 1 ? '1 job' : `${count} jobs`;
}
