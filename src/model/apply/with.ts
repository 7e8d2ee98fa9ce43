// A run with one of its parts changed, and the rest as it is.
import type { ItemState, Question, Run, StepState } from '../run.ts';
import type { StepName, Way } from '../step.ts';

export function id(item: { readonly step: StepName; readonly key: string }): string {
  return JSON.stringify([item.step, item.key]);
}

export function withItem(
  run: Run,
  which: { readonly step: StepName; readonly key: string },
  to: (item: ItemState) => ItemState,
): Run {
  return { ...run, items: run.items.map((item) => (id(item) === id(which) ? to(item) : item)) };
}

export function withStep(run: Run, way: Way, name: StepName, to: (step: StepState) => StepState): Run {
  return {
    ...run,
    steps: { ...run.steps, [way]: run.steps[way].map((step) => (step.name === name ? to(step) : step)) },
  };
}

export function withQuestions(run: Run, which: (q: Question) => boolean, to: (q: Question) => Question): Run {
  return { ...run, questions: run.questions.map((q) => (which(q) ? to(q) : q)) };
}
