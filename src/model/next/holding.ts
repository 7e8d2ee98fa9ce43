// While an app is held: the approval that somebody has asked for, what is to be made quiet again, the operators' work, and
// patrols whenever nothing else is to do. Nothing here turns the run (I11).
import { type Action, record } from '../action.ts';
import type { About } from '../event.ts';
import { PATROL } from '../patrol.ts';
import { APPROVAL_EXPIRES, approved, open } from '../questions.ts';
import type { Question, Run } from '../run.ts';
import { workToBegin } from '../work.ts';
import { quieting } from './quieting.ts';
import { earlier, rest } from './resting.ts';
import { couldStillBe, hopeless, retryAt, retryStuckAt } from './trying.ts';

export function holding(run: Run, now: number): Action {
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
