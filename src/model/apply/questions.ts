// What happens to questions: they are asked, shown, answered or taken back; and what an answer does to the rest of the run.
import type { About, Event } from '../event.ts';
import type { Person } from '../person.ts';
import { open } from '../questions.ts';
import { preflight, type Question, type Run } from '../run.ts';
import { startAgain } from '../work.ts';
import { withItem, withQuestions, withStep } from './with.ts';

type QuestionEvent = Event & {
  readonly is: 'asked' | 'restated' | 'shown' | 'approval' | 'answered' | 'withdrawn' | 'reminded';
};

export function applyToQuestions(run: Run, at: number, event: QuestionEvent): Run {
  switch (event.is) {
    case 'asked': {
      const question: Question = {
        id: event.question,
        about: event.about,
        askedAt: at,
        shown: null,
        remindedAt: null,
        approvals: [],
        answered: null,
        withdrawn: null,
      };
      // Asked anew, an approval is looked up anew.
      const approvalTrouble = event.about.is === 'resume' ? null : run.approvalTrouble;
      const { about } = event;
      const so = { ...run, approvalTrouble, questions: [...run.questions, question] };
      return about.is === 'violation' ? withItem(so, about, (item) => ({ ...item, loud: true })) : so;
    }
    case 'restated':
      return withQuestions(
        run,
        (q) => q.id === event.question && open(q),
        (q) => ({ ...q, about: event.about }),
      );
    case 'shown':
      return withQuestions(
        { ...run, approvalTrouble: null },
        (q) => q.id === event.question,
        (q) => ({ ...q, shown: { rows: event.rows, hash: event.hash, at } }),
      );
    case 'approval': {
      const { answer, by } = event;
      return withQuestions(
        run,
        (q) => q.id === event.question,
        (q) => ({ ...q, approvals: [...q.approvals, { answer, by, at }] }),
      );
    }
    case 'answered':
      return answered(run, at, event);
    case 'withdrawn':
      return withQuestions(
        run,
        (q) => q.id === event.question,
        (q) => ({ ...q, withdrawn: event.why }),
      );
    case 'reminded':
      return event.question === null
        ? { ...run, remindedAt: at }
        : withQuestions(
            run,
            (q) => q.id === event.question,
            (q) => ({ ...q, remindedAt: at }),
          );
  }
}

function answered(run: Run, at: number, event: Event & { is: 'answered' }): Run {
  const question = run.questions.find((q) => q.id === event.question);
  if (question === undefined) return run;
  const next = withQuestions(
    run,
    (q) => q === question,
    (q) => ({ ...q, answered: { answer: event.answer, by: event.by, at } }),
  );
  const { about } = question;
  if (about.is === 'start' && event.answer === 'accept') {
    return { ...next, accepted: [...next.accepted, ...about.names.map((name) => ({ name, by: event.by }))] };
  }
  if (about.is === 'start' && event.answer === 'wait') return waitedFor(next, about, event.by);
  if (about.is === 'resume') return { ...next, layered: event.answer === 'approve-layers' };
  if (about.is === 'step' && event.answer === 'all-the-rest') return { ...next, layered: false };
  if (about.is === 'work' && event.answer === 'try-again') {
    return { ...next, works: startAgain(next.works, about.id) };
  }
  const fresh = { state: 'todo', moves: 0, trouble: null, doneAt: null, since: at } as const;
  if (about.is === 'violation' && event.answer === 'quiet-again') {
    // What is made quiet again is waited for and proved again.
    const waits = next.steps.quiet
      .filter((s) => s.kind === 'wait' && s.name !== preflight.name && s.onlyAsked !== true)
      .map((s) => s.name);
    return [about.step, ...waits].reduce<Run>(
      (so, name) => withStep(so, 'quiet', name, (step) => ({ ...step, ...fresh })),
      {
        ...next,
        drainingSince: null,
      },
    );
  }
  if (about.is === 'stuck' && about.step === 'patrol' && next.patrol !== null) {
    return { ...next, patrol: { ...next.patrol, trouble: null } };
  }
  if (about.is === 'stuck' && (event.answer === 'try-again' || event.answer === 'done-by-hand')) {
    const claimed = event.answer === 'done-by-hand' ? event.by : null;
    const steps = about.wide === true ? next.steps.back.filter((s) => s.trouble !== null).map((s) => s.name) : [];
    return [...new Set([about.step, ...steps])].reduce(
      (so, name) => withStep(so, 'back', name, (step) => ({ ...step, ...fresh, claimed })),
      next,
    );
  }
  if (about.is === 'drift' && event.answer !== 'later') {
    return withStep(next, 'back', about.step, (step) => ({ ...step, ...fresh }));
  }
  return next;
}

/** What can be waited for is; the rest of what was asked is accepted. */
function waitedFor(run: Run, about: About & { is: 'start' }, by: Person): Run {
  const steps = about.waits ?? [];
  const concerns = run.planned?.concerns ?? [];
  const waits = (name: string): boolean =>
    concerns.some((c) => c.name === name && c.waits !== undefined && steps.includes(c.waits));
  const accepted = about.names.filter((name) => !waits(name)).map((name) => ({ name, by }));
  const so = {
    ...run,
    accepted: [...run.accepted, ...accepted],
    awaited: [...run.awaited, ...steps.map((step) => ({ step, by }))],
  };
  return steps.reduce<Run>((all, name) => withStep(all, 'quiet', name, (step) => ({ ...step, state: 'todo' })), so);
}
