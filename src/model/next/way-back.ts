// The way back: step by step up to the door and the last look. What waits for a person holds up only those two; what fails
// for long enough asks, and the run ends when every step is done.
import { type Action, act, record } from '../action.ts';
import type { About, Event } from '../event.ts';
import { isThrough } from '../phase.ts';
import { answeredTo, askedBy, open } from '../questions.ts';
import { answeredFor, itemsOf, type Question, type Run, type StepState, touched, watch } from '../run.ts';
import { earlier, rest } from './resting.ts';
import { couldStillBe, hopeless, retryAt, retryStuckAt } from './trying.ts';

/** After the last look, and whatever is watched after it. */
export const ended: Event = {
  is: 'ended',
  as: 'restored',
  why: 'every item is as it was before, or as a person decided',
};

const LAYER = 'layer';

export function wayBack(run: Run, now: number): Action {
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
