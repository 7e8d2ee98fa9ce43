// What a run can do next. `next` decides which it is; the driver has it performed, records what came of it, and asks again.
import type { Event } from './event.ts';
import type { Question, StepState } from './run.ts';
import type { StepName, Way } from './step.ts';

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

/** What a step wants: a hold that is to do is looked at and written, everything else is waited for. */
export function act(step: StepState, way: Way): Action {
  return step.kind === 'hold' && step.state === 'todo'
    ? { do: 'move', way, step: step.name }
    : { do: 'settle', way, step: step.name };
}

export function record(...events: Event[]): Action {
  return { do: 'record', events };
}
