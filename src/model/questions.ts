// The questions that a run has put to people: which still wait, who has approved, and what was answered about a step or an
// item. What an answer means is `decide`; what it does to the run, `apply`.
import { type Json, same } from './json.ts';
import type { Person } from './person.ts';
import type { Question, Run } from './run.ts';
import type { Answered, StepName, Way } from './step.ts';

/** How long an approval can be given after it was shown, milliseconds. */
export const APPROVAL_EXPIRES = 30 * 60_000;

/** Still waiting for an answer. `later` is one that leaves it open. */
export function open(question: Question): boolean {
  return question.withdrawn === null && (question.answered === null || question.answered.answer === 'later');
}

/** The open question about one item that has drifted. */
export function driftOf(run: Run, item: { readonly step: StepName; readonly key: string }): Question | undefined {
  return run.questions.find(
    (q) => open(q) && q.about.is === 'drift' && q.about.step === item.step && q.about.key === item.key,
  );
}

/** The last question about one item that was not as quiet wants it, while holding. */
export function violationOf(run: Run, item: { readonly step: StepName; readonly key: string }): Question | undefined {
  return run.questions.findLast(
    (q) => q.about.is === 'violation' && q.about.step === item.step && q.about.key === item.key,
  );
}

/** Whether a person has accepted that it is not quiet, at this value. */
export function acceptedLoud(
  run: Run,
  item: { readonly step: StepName; readonly key: string },
  now: Json | undefined,
): boolean {
  const last = violationOf(run, item);
  return (
    last?.about.is === 'violation' &&
    last.withdrawn === null &&
    last.answered?.answer === 'accept' &&
    now !== undefined &&
    same(last.about.now, now)
  );
}

/** The open questions that a step asks on one way. */
export function askedBy(run: Run, way: Way, name: StepName): readonly Question[] {
  return run.questions.filter((q) => open(q) && q.about.is === 'step' && q.about.way === way && q.about.step === name);
}

/** What people have answered a step on one way, oldest first. */
export function answeredTo(run: Run, way: Way, name: StepName): readonly Answered[] {
  return run.questions.flatMap(({ about, answered, withdrawn }): Answered[] => {
    if (about.is !== 'step' || about.way !== way || about.step !== name) return [];
    if (answered === null || withdrawn !== null) return [];
    const answer = about.answers.find((one) => one === answered.answer);
    return answer === undefined ? [] : [{ key: about.key, says: about.says, answer, by: answered.by, at: answered.at }];
  });
}

/** Whether the way back was approved by it; layer by layer or all in one go. */
export function approved({ about, answered, withdrawn }: Question): boolean {
  const approves = answered?.answer === 'approve' || answered?.answer === 'approve-layers';
  return about.is === 'resume' && withdrawn === null && approves;
}

/** Who has approved it, first to last; all of them where it was enough. */
export function approvers({ approvals, answered }: Question): readonly Person[] {
  const last = answered?.answer === 'approve' || answered?.answer === 'approve-layers' ? [answered.by] : [];
  return [...approvals.map(({ by }) => by), ...last];
}

/** How many more people have to approve it; at least one as long as it is open. */
export function approvalsMissing(run: Run, { approvals }: Question): number {
  return Math.max(1, run.settings.approvals.count - approvals.length);
}
