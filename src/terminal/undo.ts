// The commands that undo everything with the Heroku CLI alone, in the order of the way back, for the day maint itself is
// dead: as a plan foresees them, before anything is changed, and as a run knows them.
import type { Captured } from '../model/event.ts';
import { same } from '../model/json.ts';
import { isWatched } from '../model/phase.ts';
import type { Run } from '../model/run.ts';
import type { StepName } from '../model/step.ts';
import type { Plan } from '../run/commands/reply.ts';
import { clean } from './screen.ts';

/** Of a run, and of one that has ended with something left: what somebody has decided to keep, or what is as before already, needs no command any more. */
export function byHand(run: Run): readonly string[] {
  return inOrder(
    run.items.filter(
      ({ aim, before, sent, settled }) =>
        (settled === null ? run.ended === null && !isWatched(run) : settled.as === 'left') &&
        (!same(aim, before) || sent.length > 0),
    ),
    run.steps.back.map((step) => step.name),
  );
}

/** Of a plan. It does not know the way back, which is close to the way there, backwards: the door last. */
export function byHandOf(plan: Plan): readonly string[] {
  return inOrder(
    plan.items.filter((item) => !same(item.aim, item.before)),
    plan.steps.map((step) => step.name).toReversed(),
  );
}

/** Of what somebody has left as it is, where the run is over, or only watches: nobody puts that back any more. */
export function leftByHand(run: Run): readonly string[] {
  return run.ended === null && !isWatched(run) ? [] : byHand(run);
}

/** The same for people; nothing where nothing was left. */
export function leftText(run: Run): string {
  const commands = leftByHand(run);
  return commands.length === 0
    ? ''
    : [
        'Left as it is, by decision. These would put it back by hand:',
        ...commands.map((one) => `  ${clean(one)}`),
      ].join('\n');
}

/** Nothing where there is nothing to undo. */
export function undoText(commands: readonly string[]): string {
  return commands.length === 0
    ? ''
    : ['If maint were gone, these would undo everything:', ...commands.map((one) => `  ${clean(one)}`)].join('\n');
}

function inOrder(items: readonly Captured[], order: readonly StepName[]): readonly string[] {
  // A step that a newer version has dropped from the list comes last.
  const place = ({ step }: Captured): number => (order.includes(step) ? order.indexOf(step) : order.length);
  return items.toSorted((a, b) => place(a) - place(b)).map((item) => item.back.byHand);
}
