// Towards quiet: the plan and what stands against it, then one step after another, the first time and whenever a person
// wants something quiet again. What fails on the way turns the run, as long as the app is not held.
import { type Action, act, record } from '../action.ts';
import type { About, Event } from '../event.ts';
import { cutOff } from '../last-minutes.ts';
import { wantedQuiet } from '../patrol.ts';
import { go } from '../preflight.ts';
import type { Finding } from '../proof.ts';
import { open, violationOf } from '../questions.ts';
import { concernsOf, preflight, type Run, type StepState, touched } from '../run.ts';
import { rest } from './resting.ts';
import { hopeless, retryAt } from './trying.ts';

/** A preflight older than this is done again before the first write. Milliseconds. */
const STALE = 2 * 60_000;

/** Null where the app may be touched, or has been. */
export function planning(run: Run, now: number): Action | null {
  if (run.items.some(touched)) return null;
  const step = run.steps.quiet.find((s) => s.name === preflight.name);
  if (step === undefined || step.state === 'done') return null;
  if (step.trouble !== null && hopeless(run, step.trouble)) {
    const { why, remedy } = step.trouble;
    return record({ is: 'ended', as: 'cancelled', why: `the preflight failed: ${why}. ${remedy}` });
  }
  if (step.trouble !== null && now < retryAt(step.trouble)) return rest(run, now, retryAt(step.trouble));
  if (run.planned === null) return { do: 'plan' };
  const verdict = go(
    concernsOf(run),
    run.accepted.map((a) => a.name),
  );
  if (verdict.is === 'no-go') {
    const why = run.planned.concerns.filter((c) => c.is === 'refuse').map((c) => `${c.says}. ${c.remedy}`);
    return record({ is: 'ended', as: 'cancelled', why: `no-go: ${why.join(' ')}` });
  }
  if (verdict.is === 'ask') {
    const question = run.questions.find((q) => q.about.is === 'start' && open(q));
    if (question === undefined) {
      return record({ is: 'asked', question: `start-${run.seq}`, about: startAbout(run, verdict.names) });
    }
    const expires = question.askedAt + run.settings.startExpires;
    if (now < expires) return rest(run, now, expires);
    return record({ is: 'ended', as: 'cancelled', why: 'nobody accepted what stands against starting, in time' });
  }
  if (now - run.planned.at > STALE) return { do: 'plan' };
  if (run.unheard !== null && run.askedBy.via === 'slack') {
    // Closing an app whose card nobody can see, and whose approval nobody could give, helps nobody.
    const why = `no channel takes the card of this maintenance: ${run.unheard}. Invite maint into the channel (/invite), then start again`;
    return record({ is: 'ended', as: 'cancelled', why });
  }
  const told = run.emergencyToldAt !== null || run.channel === null;
  const patience = run.planned.at + run.settings.emergencyWait;
  if (!told && now < patience) return rest(run, now, patience);
  return record({ is: 'done', way: 'quiet', step: preflight.name, findings: [] });
}

function startAbout(run: Run, names: readonly string[]): About {
  const asked = concernsOf(run).filter(({ name }) => names.includes(name));
  const waits = [...new Set(asked.flatMap(({ waits: step }) => step ?? []))];
  return { is: 'start', names: [...names], ...(waits.length === 0 ? {} : { waits }) };
}

/** Null where every step is done. */
export function quieting(run: Run, now: number): Action | null {
  const step = run.steps.quiet.find((s) => s.state !== 'done');
  if (step === undefined) return null;
  if (step.trouble !== null && hopeless(run, step.trouble)) {
    // From holding nothing turns by itself (I11).
    if (run.quietAt !== null) return record(...notQuietAgain(run, step, step.trouble.why, now));
    return record({ is: 'turned', by: null, why: `${step.title}: ${step.trouble.why}` });
  }
  const retry = step.trouble === null ? now : retryAt(step.trouble);
  if (now < retry) return rest(run, now, retry);
  const cut = cutOff(run, step, now);
  if (cut.is === 'record') return record(cut.event);
  if (cut.is === 'wait') return rest(run, now, cut.until);
  return act(step, 'quiet');
}

/** What a person wanted quiet again and is not: asked anew at once, for who looks at the card must not take it for quiet. */
function notQuietAgain(run: Run, step: StepState, why: string, now: number): Event[] {
  const waits = step.kind === 'wait';
  const says = `not ${waits ? 'proved' : 'made quiet'} again: ${why}`;
  // In the place of what it had found before, which is not so any more.
  const findings: Finding[] = waits ? [{ subject: step.title, is: 'not provable', says, at: now }] : [];
  const done: Event = { is: 'done', way: 'quiet', step: step.name, findings, says };
  const keys = [...wantedQuiet(run, step.name).keys()];
  const again = keys.flatMap((key, i): Event[] => {
    const about = violationOf(run, { step: step.name, key })?.about;
    return about === undefined ? [] : [{ is: 'asked', question: `violation-${run.seq}-again-${i + 1}`, about }];
  });
  return [done, ...again];
}
