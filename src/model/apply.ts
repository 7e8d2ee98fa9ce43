// Folds a run's events into the Run. Total: an event that makes no sense any more (an outcome that arrives after the run
// was turned) changes nothing that matters; only what would break an invariant throws. What an event does to items, steps
// and questions is in `apply/`.
import { applyToItems } from './apply/items.ts';
import { patrolled, workStarted } from './apply/patrols.ts';
import { applyToQuestions } from './apply/questions.ts';
import { applyToSteps } from './apply/steps.ts';
import { withQuestions } from './apply/with.ts';
import type { Event, Logged } from './event.ts';
import { open } from './questions.ts';
import type { Run, StepState } from './run.ts';
import type { AppRef, StepRef } from './step.ts';
import { worked } from './work.ts';

export interface Heading {
  readonly id: string;
  readonly app: AppRef;
  readonly channel: string | null;
}

/** Throws where the log does not begin with `requested`. */
export function fold(heading: Heading, log: readonly Logged[]): Run {
  const [first, ...rest] = log;
  if (first?.event.is !== 'requested') {
    throw new Error(`Expected run ${heading.id} to begin with "requested", got ${first?.event.is ?? 'nothing'}`);
  }
  return rest.reduce(apply, begin(heading, first, first.event));
}

function begin(heading: Heading, { seq, at }: Logged, event: Event & { is: 'requested' }): Run {
  const fresh = (ref: StepRef): StepState => ({
    ...ref,
    state: ref.onlyAsked === true ? 'done' : 'todo',
    why: null,
    memo: null,
    trouble: null,
    moves: 0,
    since: null,
    doneAt: null,
    claimed: null,
  });
  return {
    id: heading.id,
    app: heading.app,
    channel: heading.channel,
    seq,
    askedBy: event.by,
    because: event.because,
    askedAt: at,
    endsAt: event.endsAt,
    takes: event.takes ?? null,
    settings: event.settings,
    accepted: event.accepted.map((name) => ({ name, by: event.by })),
    awaited: [],
    way: 'quiet',
    turned: null,
    planned: null,
    layered: false,
    glass: null,
    approvalTrouble: null,
    emergencyToldAt: null,
    unheard: null,
    steps: { quiet: event.quiet.map(fresh), back: event.back.map(fresh) },
    items: [],
    questions: [],
    proof: null,
    quietAt: null,
    touchedAt: null,
    drainingSince: null,
    patrol: null,
    works: [],
    remindedAt: null,
    ended: null,
  };
}

export function apply(run: Run, logged: Logged): Run {
  return { ...changed(run, logged), seq: logged.seq };
}

function changed(run: Run, { at, event }: Logged): Run {
  switch (event.is) {
    case 'requested':
      throw new Error(`Expected run ${run.id} to be requested once, got a second request`);
    case 'planned':
    case 'appeared':
    case 'corrected':
    case 'renamed':
    case 'sending':
    case 'settled':
      return applyToItems(run, at, event);
    case 'sent':
    case 'waiting':
    case 'again':
    case 'failed':
    case 'done':
    case 'reopened':
      return applyToSteps(run, at, event);
    case 'asked':
    case 'restated':
    case 'shown':
    case 'approval':
    case 'answered':
    case 'withdrawn':
    case 'reminded':
      return applyToQuestions(run, at, event);
    case 'unheard':
      return { ...run, unheard: event.why };
    case 'emergency-told':
      return { ...run, emergencyToldAt: run.emergencyToldAt ?? at };
    case 'glass-broken':
      return { ...run, glass: { by: event.by, because: event.because, at } };
    case 'quieted':
      return { ...run, quietAt: at };
    case 'extended':
      return { ...run, endsAt: event.endsAt, remindedAt: null };
    case 'turned':
      if (run.way === 'back') return run;
      return withQuestions(
        { ...run, way: 'back', turned: { by: event.by, why: event.why, at } },
        (q) => ['violation', 'stuck', 'step', 'work'].includes(q.about.is) && open(q),
        (q) => ({ ...q, withdrawn: 'it is on its way back' }),
      );
    case 'ended':
      return { ...run, ended: { as: event.as, why: event.why, at } };
    case 'patrolled':
      return patrolled(run, at, event);
    case 'work-started':
      return workStarted(run, at, event);
    case 'work-asked':
    case 'work-starting':
    case 'work-gone':
    case 'work-ended':
      return { ...run, works: worked(run.works, at, event) };
  }
}
