// What a run does next: one pure function of the run and the time. It does one thing at a time; the driver performs it,
// records what came of it, and asks again.
import type { About, Event } from './event.ts';
import { cutOff } from './last-minutes.ts';
import { wantedQuiet } from './patrol.ts';
import { isThrough } from './phase.ts';
import { go } from './preflight.ts';
import type { Finding } from './proof.ts';
import { answeredTo, approved, askedBy, open, violationOf } from './questions.ts';
import {
  answeredFor,
  concernsOf,
  itemsOf,
  preflight,
  type Question,
  type Run,
  type StepState,
  type Trouble,
  touched,
  watch,
} from './run.ts';
import type { StepName, Way } from './step.ts';
import { workToBegin } from './work.ts';

export type Action =
  /** Preflight and capture: reads only. */
  | { readonly do: 'plan' }
  /** Look at a hold's items, judge them, and write those that want writing. */
  | { readonly do: 'move'; readonly way: Way; readonly step: StepName }
  /** See whether what was written has taken effect. */
  | { readonly do: 'settle'; readonly way: Way; readonly step: StepName }
  /** Look everything up that a resume question has to show. */
  | { readonly do: 'show'; readonly question: Question }
  /** It was approved: look again, and turn only if everything is still as shown. */
  | { readonly do: 'confirm'; readonly question: Question }
  /** Holding: look whether it is still quiet, and what people do. `until`: something else is due then. */
  | { readonly do: 'patrol'; readonly until: number | null }
  /** Holding: begin the operators' work, or find out whether it has begun. */
  | { readonly do: 'work'; readonly work: string }
  /** Judge every item once more before `restored`. */
  | { readonly do: 'check' }
  /** Decided without asking anybody. */
  | { readonly do: 'record'; readonly events: readonly Event[] }
  /** Nothing to do until then, domain time; null where there is nothing left to do ever. */
  | { readonly do: 'rest'; readonly until: number | null };

const MINUTE = 60_000;
/** A preflight older than this is done again before the first write. */
const STALE = 2 * MINUTE;
/** Six rounds of writing and looking again (each counts one): past that somebody is working against us. */
export const MOST_MOVES = 12;
/** How long an approval can be given after it was shown. */
export const APPROVAL_EXPIRES = 30 * MINUTE;

/** After the last look, and whatever is watched after it. */
export const ended: Event = {
  is: 'ended',
  as: 'restored',
  why: 'every item is as it was before, or as a person decided',
};

const LAYER = 'layer';

/** Troubles of the patrols are no step's. */
export const PATROL = 'patrol';

export function next(run: Run, now: number): Action {
  if (run.ended !== null) return { do: 'rest', until: null };
  const reminder = reminderDue(run, now);
  if (reminder !== null) return record(reminder);
  return run.way === 'quiet' ? towardsQuiet(run, now) : wayBack(run, now);
}

function towardsQuiet(run: Run, now: number): Action {
  if (run.quietAt !== null) return holding(run, now);
  return planning(run, now) ?? quieting(run, now) ?? record({ is: 'quieted' });
}

function planning(run: Run, now: number): Action | null {
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

function quieting(run: Run, now: number): Action | null {
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

function holding(run: Run, now: number): Action {
  const trouble = run.patrol?.trouble ?? null;
  const blind = run.questions.find((q) => open(q) && q.about.is === 'stuck');
  // One refusal may be a hiccup; it is looked at again before anybody is asked.
  if (trouble?.wide && trouble.times > 1 && hopeless(run, trouble) && blind === undefined) {
    const { why, remedy } = trouble;
    const about: About = { is: 'stuck', step: PATROL, why, remedy, byHand: [], wide: true };
    return record({ is: 'asked', question: `stuck-${run.seq}`, about });
  }
  if (blind !== undefined && !couldStillBe(trouble)) {
    return record({ is: 'withdrawn', question: blind.id, why: 'the app can be looked at again' });
  }
  const first = approving(run, now);
  // Where an approval cannot be looked up a patrol would fail as well.
  if (first.do !== 'rest' || (run.approvalTrouble !== null && awaitedApproval(run) !== undefined)) return first;
  const again = quieting(run, now);
  if (again !== null) return again;
  const retry =
    trouble === null
      ? now
      : trouble.kind === 'retryable' || trouble.times === 1
        ? retryAt(trouble)
        : retryStuckAt(trouble);
  if (now < retry) return rest(run, now, earlier(first.until, retry));
  const work = workToBegin(run);
  return work === null ? { do: 'patrol', until: first.until } : { do: 'work', work: work.id };
}

/** The approval; rests where nobody has asked for one. */
function approving(run: Run, now: number): Action {
  const question = awaitedApproval(run);
  if (question === undefined) return rest(run, now, null);
  const trouble = run.approvalTrouble;
  if (trouble !== null && hopeless(run, trouble)) {
    const why = `it could not be looked up: ${trouble.why}. ${trouble.remedy}`;
    return record({ is: 'withdrawn', question: question.id, why });
  }
  const retry = trouble === null ? now : retryAt(trouble);
  if (now < retry) return rest(run, now, retry);
  if (question.answered !== null) return { do: 'confirm', question };
  if (question.shown === null) return { do: 'show', question };
  const expires = question.shown.at + APPROVAL_EXPIRES;
  if (now < expires) return rest(run, now, expires);
  return record({ is: 'withdrawn', question: question.id, why: 'it was not answered in 30 minutes' });
}

function awaitedApproval(run: Run): Question | undefined {
  return run.questions.findLast((q) => q.about.is === 'resume' && q.withdrawn === null && awaited(q));
}

function awaited(question: Question): boolean {
  return question.answered === null || approved(question);
}

function wayBack(run: Run, now: number): Action {
  if (!run.items.some(touched)) {
    return record({ is: 'ended', as: 'cancelled', why: run.turned?.why ?? 'nothing was sent' });
  }
  if (isThrough(run)) return record(ended);
  const moot = run.questions.find(
    (q) => open(q) && q.about.is === 'stuck' && q.about.wide === true && !stillWide(run, q),
  );
  if (moot !== undefined) {
    // Its "leave it as it is" is about everything, so it must not stay open for anything less.
    return record({ is: 'withdrawn', question: moot.id, why: 'the platform can be reached again' });
  }
  // What waits for a person holds up no other step; only the door, and what comes after it, waits for all.
  let blocked = false;
  let soonest: number | null = null;
  // Nothing from the last look on begins before it: what is watched after it is back.
  let last = false;
  for (const step of run.steps.back) {
    last ||= step.name === watch.name;
    if (run.questions.some((q) => open(q) && q.about.is === 'drift' && q.about.step === step.name)) blocked = true;
    if (step.state === 'done') continue;
    if (blocked && (step.door || last)) break;
    if (step.trouble !== null && hopeless(run, step.trouble)) {
      const asked = run.questions.some((q) => open(q) && q.about.is === 'stuck' && q.about.step === step.name);
      if (!asked) return record(stuck(run, step));
      blocked = true;
      const { kind, wide } = step.trouble;
      const retry = retryStuckAt(step.trouble);
      // Nothing at all can be done: to try the other steps would only ask the same once more for each.
      if (wide && now < retry) return rest(run, now, earlier(soonest, retry));
      if (kind !== 'retryable' && !wide) continue;
      if (now < retry) {
        soonest = earlier(soonest, retry);
        continue;
      }
    } else if (step.trouble !== null && now < retryAt(step.trouble)) {
      return rest(run, now, retryAt(step.trouble));
    }
    const layer = layerAsked(run, step);
    if (layer !== null) return layer === 'open' ? rest(run, now, soonest) : record(layer);
    return step.name === watch.name ? { do: 'check' } : act(step, 'back');
  }
  return rest(run, now, soonest);
}

/** Layer by layer: what is asked before a step begins. Null where it may begin; `open` where nobody has answered yet. */
function layerAsked(run: Run, step: StepState): Event | 'open' | null {
  if (!run.layered || step.state !== 'todo' || step.since !== null) return null;
  const items = itemsOf(run, step.name).filter((item) => answeredFor(item) && item.settled === null);
  if (items.length === 0) return null;
  if (askedBy(run, 'back', step.name).length > 0) return 'open';
  if (answeredTo(run, 'back', step.name).some(({ key }) => key === LAYER)) return null;
  const about: About = {
    is: 'step',
    way: 'back',
    step: step.name,
    key: LAYER,
    says: `next comes ${step.title}`,
    details: items.map((item) => `${item.label}: ${item.back.will}`),
    answers: ['go-on', 'all-the-rest'],
  };
  return { is: 'asked', question: `layer-${run.seq}`, about };
}

function stillWide(run: Run, { about }: Question): boolean {
  const step = about.is === 'stuck' ? run.steps.back.find((s) => s.name === about.step) : undefined;
  return couldStillBe(step?.trouble ?? null);
}

/** Whether nothing at all may still be possible: a failure that may pass says nothing of it. */
function couldStillBe(trouble: Trouble | null): boolean {
  return trouble !== null && (trouble.wide || trouble.kind === 'retryable');
}

function act(step: StepState, way: Way): Action {
  return step.kind === 'hold' && step.state === 'todo'
    ? { do: 'move', way, step: step.name }
    : { do: 'settle', way, step: step.name };
}

/** Whether trying again by itself makes no sense, or has been done for long enough. */
function hopeless(run: Run, trouble: Trouble): boolean {
  return trouble.kind !== 'retryable' || trouble.at - trouble.since >= run.settings.patience;
}

/** 2, 4, 8 … seconds after the last failure, at most half a minute. */
function retryAt(trouble: Trouble): number {
  return Math.max(trouble.at + Math.min(30_000, 1000 * 2 ** trouble.times), trouble.notBefore);
}

/** What may pass by itself is tried again next to the question: each minute, and less often when it lasts. */
function retryStuckAt(trouble: Trouble): number {
  return trouble.at + (trouble.at - trouble.since < 15 * MINUTE ? MINUTE : 5 * MINUTE);
}

function stuck(run: Run, step: StepState): Event {
  const wide = step.trouble?.wide === true;
  const byHand = run.items
    // What is waited for in vain is set already, and its command is still what a person would look up.
    .filter((item) => (wide || item.step === step.name) && answeredFor(item))
    .filter((item) => item.settled === null || step.state === 'moving')
    .map((item) => item.back.byHand);
  return {
    is: 'asked',
    question: `stuck-${run.seq}`,
    about: {
      is: 'stuck',
      step: step.name,
      why: step.trouble?.why ?? step.why ?? '',
      remedy: step.trouble?.remedy ?? '',
      byHand,
      ...(wide ? { wide } : {}),
    },
  };
}

/** The planned end only reminds: at the end, and every so often after it (I11). Open questions remind after 15 min, then hourly. */
function reminderDue(run: Run, now: number): Event | null {
  if (now >= nextReminder(run)) return { is: 'reminded', question: null };
  const question = run.questions.find((q) => reminds(q) && now >= nextQuestionReminder(q));
  return question === undefined ? null : { is: 'reminded', question: question.id };
}

function reminds(question: Question): boolean {
  return open(question) && ['drift', 'stuck', 'step', 'work'].includes(question.about.is);
}

function nextReminder(run: Run): number {
  if (run.way !== 'quiet' || (run.quietAt === null && !run.items.some(touched))) return Number.POSITIVE_INFINITY;
  return run.remindedAt === null ? run.endsAt : run.remindedAt + run.settings.remindEvery;
}

function nextQuestionReminder(question: Question): number {
  const since = question.answered?.at ?? question.askedAt;
  return question.remindedAt === null ? since + 15 * MINUTE : question.remindedAt + 60 * MINUTE;
}

function rest(run: Run, now: number, until: number | null): Action {
  const times = [nextReminder(run), ...run.questions.filter(reminds).map(nextQuestionReminder)];
  const soonest = times.filter(Number.isFinite).reduce<number | null>(earlier, until);
  return { do: 'rest', until: soonest === null ? null : Math.max(soonest, now) };
}

function earlier(a: number | null, b: number): number {
  return a === null ? b : Math.min(a, b);
}

function record(...events: Event[]): Action {
  return { do: 'record', events };
}
