// What a person's command means for a run: events, or a refusal that says what would be right. Pure; who may give the
// command is `policy`, and that it happens at once for one and at most once for all is the store's transaction.
import type { About, Answer, Event } from './event.ts';
import { PATROL } from './patrol.ts';
import { type Person, samePerson } from './person.ts';
import { isWatched, phase } from './phase.ts';
import { APPROVAL_EXPIRES, approvalsMissing, approved, open } from './questions.ts';
import { answeredFor, type Question, type Run, touched, watch } from './run.ts';
import { ranByHand, workAsked, workInTheWay, workLeft, workUnnamed } from './work.ts';

export type Command =
  | {
      readonly do: 'answer';
      readonly question: string;
      readonly answer: Answer /** What an approval was shown. */;
      readonly hash: string | null;
    }
  /** Opens the approval; it is not one. */
  | { readonly do: 'resume' }
  | { readonly do: 'abort' }
  /** One person alone opens the app that is held. */
  | { readonly do: 'break-glass'; readonly because: string }
  /** Another maintenance begins in place of one that only watches what is back. */
  | { readonly do: 'begin-anew' }
  /** `by`: milliseconds. */
  | { readonly do: 'extend'; readonly by: number }
  /** Runs a command in the app. `shows`: the command for people, redacted. */
  | { readonly do: 'work'; readonly command: string; readonly shows: string; readonly size: string | null };

export type Decision =
  | { readonly is: 'events'; readonly events: readonly Event[] }
  | { readonly is: 'refused'; readonly says: string; readonly remedy: string };

const allowed: Record<Exclude<About['is'], 'step'>, readonly Answer[]> = {
  start: ['accept', 'cancel'],
  resume: ['approve', 'approve-layers', 'not-yet'],
  drift: ['restore', 'keep', 'later'],
  violation: ['quiet-again', 'accept'],
  stuck: ['try-again', 'done-by-hand', 'give-up'],
  work: ['try-again', 'done-by-hand'],
};

/** The longest that a maintenance is planned or extended at a time. */
export const MOST = 24 * 3_600_000;

/** While holding there is nothing to be done by hand: it can be looked at again, or given up. */
function taken({ about }: Question): readonly Answer[] {
  if (about.is === 'step') return about.answers;
  if (about.is === 'start' && about.waits !== undefined) return ['wait', ...allowed.start];
  return about.is === 'stuck' && about.step === PATROL ? ['try-again', 'give-up'] : allowed[about.is];
}

/** The answers that a question takes, in the order of their buttons. */
export function answersTo(question: Question): readonly Answer[] {
  return open(question) ? taken(question) : [];
}

export function decide(run: Run, command: Command, by: Person, now: number): Decision {
  if (run.ended !== null) {
    return refused(
      `The maintenance of ${run.app.name} has ended: it was ${run.ended.as}.`,
      `/maint start ${run.app.name} begins a new one.`,
    );
  }
  switch (command.do) {
    case 'answer':
      return answer(run, command, by, now);
    case 'resume':
      return resume(run);
    case 'abort':
      return abort(run, by);
    case 'break-glass':
      return breakGlass(run, command.because, by, now);
    case 'begin-anew':
      return isWatched(run) ? events(...begunAnew(run, by)) : onTheWayBack(run);
    case 'extend':
      if (run.way === 'back') return onTheWayBack(run);
      if (command.by <= 0 || command.by > MOST) {
        return refused(
          'A maintenance is extended by a minute to 24 hours at a time.',
          `/maint extend ${run.app.name} by 30m`,
        );
      }
      return events({ is: 'extended', by, endsAt: Math.max(run.endsAt, now) + command.by });
    case 'work':
      if (run.way === 'back') return onTheWayBack(run);
      return workAsked(run, command, by);
  }
}

function answer(run: Run, command: Command & { do: 'answer' }, by: Person, now: number): Decision {
  const question = run.questions.find((q) => q.id === command.question);
  if (question === undefined)
    return refused('This question is not known.', `/maint status ${run.app.name} shows what is being asked.`);
  if (question.withdrawn !== null) {
    return refused(
      `This question is not asked any more: ${question.withdrawn}.`,
      `/maint status ${run.app.name} shows how things stand.`,
    );
  }
  if (question.answered !== null && !open(question)) {
    return refused(
      `${question.answered.by.name} was first, with "${question.answered.answer}".`,
      `/maint status ${run.app.name} shows what came of it.`,
    );
  }
  if (!taken(question).includes(command.answer)) {
    return refused(`"${command.answer}" does not answer this question.`, `It takes: ${taken(question).join(', ')}.`);
  }
  if (command.answer === 'approve' || command.answer === 'approve-layers') {
    const { shown } = question;
    if (run.way === 'back') return onTheWayBack(run);
    if (shown === null)
      return refused('What would be restored is still being looked up.', 'Press Approve when the list is there.');
    if (shown.hash !== command.hash) {
      return refused(
        'This approval belongs to a list that is not the one asked about.',
        `/maint resume ${run.app.name} shows the list as it is now.`,
      );
    }
    if (now >= shown.at + APPROVAL_EXPIRES) {
      return refused('This approval has expired.', `/maint resume ${run.app.name} shows the list as it is now.`);
    }
    // The list can be there to break the glass by, in the middle of a command.
    return workInTheWay(run) ?? approve(run, question, command.answer, by);
  }
  const answered: Event = { is: 'answered', question: question.id, answer: command.answer, by };
  if (command.answer === 'cancel') {
    return events(answered, { is: 'ended', as: 'cancelled', why: `${by.name} decided not to start` });
  }
  if (command.answer === 'turn-back') {
    if (run.quietAt !== null) {
      return refused(
        `${run.app.name} is held: it is not opened without an approval.`,
        `/maint resume ${run.app.name} opens the approval.`,
      );
    }
    const why = question.about.is === 'step' ? question.about.says : 'a person decided so';
    return events(answered, { is: 'turned', by, why });
  }
  if (command.answer === 'quiet-again' && question.about.is === 'step') {
    return isWatched(run) ? events(answered, ...begunAnew(run, by)) : onTheWayBack(run);
  }
  if (command.answer === 'give-up' && question.about.is === 'stuck') {
    return events(answered, ...givenUp(run, question.about, by));
  }
  if (command.answer === 'done-by-hand' && question.about.is === 'work') {
    return events(answered, ranByHand(question.about.id, by));
  }
  return events(answered);
}

/** One of as many as the app's settings want, each of another person; the last of them is the answer. */
function approve(run: Run, question: Question, answer: 'approve' | 'approve-layers', by: Person): Decision {
  const alone = `/maint break-glass ${run.app.name} because … opens it alone, in front of everybody.`;
  if (!run.settings.approvals.asker && samePerson(run.askedBy, by)) {
    return refused(
      'You have asked for this maintenance, and here the approval of the one who asked does not count.',
      `Somebody else has to approve it; ${alone}`,
    );
  }
  const missing = approvalsMissing(run, question);
  if (question.approvals.some((one) => samePerson(one.by, by))) {
    return refused(
      'You have approved it already.',
      `${missing} more ${missing === 1 ? 'person has' : 'people have'} to; ${alone}`,
    );
  }
  if (missing > 1) return events({ is: 'approval', question: question.id, answer, by });
  // The careful way, where any of them wants it.
  const careful = question.approvals.some((one) => one.answer === 'approve-layers');
  return events({ is: 'answered', question: question.id, answer: careful ? 'approve-layers' : answer, by });
}

/** Instead of the approvals, and bound to the same list where it can be looked up at all. The first time it only asks for the list. */
function breakGlass(run: Run, because: string, by: Person, now: number): Decision {
  const glass: Event = { is: 'glass-broken', by, because };
  if (run.way === 'back') return onTheWayBack(run);
  if (because.trim() === '') {
    return refused('To open it alone takes a reason.', `/maint break-glass ${run.app.name} because …`);
  }
  const unnamed = workUnnamed(run, because);
  if (unnamed !== null) return unnamed;
  if (cannotBeApproved(run)) {
    return events(glass, ...workLeft(run), { is: 'turned', by, why: `opened by one person alone: ${because}` });
  }
  const asked = run.questions.findLast((q) => q.about.is === 'resume' && open(q));
  if (asked === undefined) return approvalAsked(run);
  if (asked.shown === null) {
    return refused('What would be restored is still being looked up.', 'Say it again when the list is there.');
  }
  if (now >= asked.shown.at + APPROVAL_EXPIRES) {
    return refused('The list has expired.', `/maint resume ${run.app.name} shows it as it is now.`);
  }
  return events(glass, { is: 'answered', question: asked.id, answer: 'approve', by });
}

/** Everything was as before at the last look; what was still to be watched is the next maintenance's. */
function begunAnew(run: Run, by: Person): readonly Event[] {
  const left = run.steps.back.filter(({ state }) => state !== 'done');
  const says = `${by.name} began another maintenance`;
  return [
    ...left.map(({ name }): Event => ({ is: 'done', way: 'back', step: name, findings: [], says })),
    { is: 'ended', as: 'restored', why: `every item was as it was before, or as a person decided; ${says}` },
  ];
}

/** What could not be put back stays as it is, by the decision of a named person, and holds up nothing any more (I3). */
function givenUp(run: Run, { step, wide }: About & { is: 'stuck' }, by: Person): readonly Event[] {
  const last = step === watch.name || wide === true;
  const left = run.items
    .filter((item) => answeredFor(item) && item.settled === null && (last || item.step === step))
    .map((item): Event => ({ is: 'settled', step: item.step, key: item.key, as: 'left', now: null, by }));
  const done: Event = { is: 'done', way: 'back', step, findings: [] };
  if (!last) return [...left, done];
  if (step === PATROL) {
    const why = `${by.name} decided to leave everything as it is`;
    return [...workLeft(run), { is: 'turned', by, why }, ...left, { is: 'ended', as: 'restored', why }];
  }
  const why = wide === true ? 'to leave everything as it is' : 'not to wait for the last look';
  return [...left, done, { is: 'ended', as: 'restored', why: `${by.name} decided ${why}` }];
}

function resume(run: Run): Decision {
  if (run.way === 'back') return onTheWayBack(run);
  return (run.quietAt === null ? null : workInTheWay(run)) ?? approvalAsked(run);
}

function approvalAsked(run: Run): Decision {
  if (run.quietAt === null) {
    return refused(
      `${run.app.name} is still on its way to quiet.`,
      `/maint abort ${run.app.name} turns it round at once.`,
    );
  }
  const asked = run.questions.find((q) => q.about.is === 'resume' && open(q));
  if (asked !== undefined) {
    return refused(
      `The approval for ${run.app.name} is open already.`,
      'Press Approve or Not yet in the thread of the maintenance.',
    );
  }
  const pending = run.questions.find(approved);
  if (pending !== undefined)
    return refused(`${pending.answered?.by.name} has approved it just now.`, 'It is on its way.');
  return events({ is: 'asked', question: `resume-${run.seq}`, about: { is: 'resume' } });
}

function abort(run: Run, by: Person): Decision {
  if (run.way === 'back') return onTheWayBack(run);
  if (run.quietAt !== null && !cannotBeApproved(run)) {
    return refused(
      `${run.app.name} is quiet, and people may be at work in it: it is not opened without an approval.`,
      `/maint resume ${run.app.name} opens the approval.`,
    );
  }
  const working = run.quietAt === null ? null : workInTheWay(run);
  if (working !== null) return working;
  if (run.quietAt !== null && (run.settings.approvals.count > 1 || !run.settings.approvals.asker)) {
    return refused(
      'The approvals that this app needs cannot be given, for what they are for cannot be looked up.',
      `/maint break-glass ${run.app.name} because … opens it alone, in front of everybody.`,
    );
  }
  return events({ is: 'turned', by, why: run.items.some(touched) ? 'aborted' : 'aborted before anything was sent' });
}

/** The approval was asked for and given up, because what it has to show cannot be read: then a named person decides without. */
export function cannotBeApproved(run: Run): boolean {
  const last = run.questions.findLast((q) => q.about.is === 'resume');
  return run.approvalTrouble !== null && last !== undefined && last.withdrawn !== null;
}

function onTheWayBack(run: Run): Decision {
  return refused(
    `${run.app.name} is on its way back already (${phase(run)}).`,
    `/maint status ${run.app.name} shows how far it is.`,
  );
}

function events(...list: Event[]): Decision {
  return { is: 'events', events: list };
}

function refused(says: string, remedy: string): Decision {
  return { is: 'refused', says, remedy };
}
