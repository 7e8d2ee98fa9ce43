// The cut-off of a run that was planned: no step towards quiet is begun that would not be over by the end, unless a person says
// so. How long one takes is known from the app's last run.
import type { About, Event } from './event.ts';
import { answeredTo, askedBy } from './questions.ts';
import { type Question, type Run, type StepState, touched } from './run.ts';
import type { StepName } from './step.ts';

const CUT_OFF = 'cut-off';

/** A step of which nobody knows how long it takes is not begun in the last minutes at all. Milliseconds. */
const LAST_MINUTES = 5 * 60_000;

export type Cut =
  /** It may begin. */
  | { readonly is: 'none' }
  | { readonly is: 'record'; readonly event: Event }
  /** A person is asked. Null: until somebody answers. */
  | { readonly is: 'wait'; readonly until: number | null };

/** Whether a step that comes next may be begun. */
export function cutOff(run: Run, step: StepState, now: number): Cut {
  // What a person wants quiet again while the app is held is begun whenever that is.
  if (run.takes === null || run.quietAt !== null || step.state !== 'todo' || step.since !== null) return none;
  const asked = askedBy(run, 'quiet', step.name).find(({ about }) => about.is === 'step' && about.key === CUT_OFF);
  const takes = run.takes[step.name];
  /** Begun now, it would be over so long after the end. */
  const late = now + (takes ?? unknown(run)) - run.endsAt;
  if (late <= 0) {
    if (asked === undefined) return none;
    return record({ is: 'withdrawn', question: asked.id, why: 'the maintenance was extended' });
  }
  if (asked !== undefined) return waiting(run, asked, now);
  // Whoever let one step begin too late has decided about those after it.
  if (run.steps.quiet.some(({ name }) => answeredTo(run, 'quiet', name).some(({ key }) => key === CUT_OFF)))
    return none;
  const about: About = {
    is: 'step',
    way: 'quiet',
    step: step.name,
    key: CUT_OFF,
    says: `${step.title} would not be over by the planned end, it is ${minutes(late)} too late to begin it`,
    details: [
      takes === undefined
        ? 'How long it takes for this app is not known yet.'
        : `The last time it took ${minutes(takes)}.`,
      'Extend gives it more time.',
    ],
    answers: ['go-on', 'turn-back'],
  };
  return record({ is: 'asked', question: `cut-off-${run.seq}`, about });
}

/** Nothing has been changed: then the app is not kept from other maintenances for ever. */
function waiting(run: Run, { askedAt }: Question, now: number): Cut {
  if (run.items.some(touched)) return { is: 'wait', until: null };
  const expires = askedAt + run.settings.startExpires;
  if (now < expires) return { is: 'wait', until: expires };
  return record({ is: 'ended', as: 'cancelled', why: 'it was too late to begin, and nobody decided to, in time' });
}

/** In a short maintenance the last minutes are fewer: a quarter of it at most. */
function unknown({ askedAt, endsAt }: Run): number {
  return Math.min(LAST_MINUTES, Math.max(0, endsAt - askedAt) / 4);
}

/** How long the steps towards quiet took; of an app that has had no run, or none that got so far, nothing is known. */
export function learned(run: Run | null): Readonly<Record<StepName, number>> {
  const took = (run?.steps.quiet ?? []).flatMap(({ name, state, since, doneAt }) =>
    // Where nothing was to be done it has not even begun.
    state === 'done' && doneAt !== null ? [[name, Math.max(0, doneAt - (since ?? doneAt))] as const] : [],
  );
  return Object.fromEntries(took);
}

const none: Cut = { is: 'none' };

function record(event: Event): Cut {
  return { is: 'record', event };
}

function minutes(ms: number): string {
  return ms < 60_000 ? 'less than a minute' : `${Math.round(ms / 60_000)} min`;
}
