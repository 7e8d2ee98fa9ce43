// Folds a run's events into the Run. Total: an event that makes no sense any more (an outcome that arrives after the run
// was turned) changes nothing that matters; only what would break an invariant throws.
import type { About, Activity, Event, Logged } from './event.ts';
import { same } from './json.ts';
import type { Person } from './person.ts';
import { merged } from './proof.ts';
import { open } from './questions.ts';
import {
  type ItemState,
  type Patrol,
  preflight,
  type Question,
  type Run,
  type StepState,
  type Trouble,
  type Work,
  watch,
} from './run.ts';
import type { AppRef, StepName, StepRef, Way } from './step.ts';
import { seenBy, startAgain, worked } from './work.ts';

export interface Heading {
  readonly id: string;
  readonly app: AppRef;
  readonly channel: string | null;
}

/** An event that would break an invariant. It would do so however often it is tried. */
export class Unlawful extends Error {
  override readonly name = 'Unlawful';
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
    case 'planned': {
      const known = new Set(run.items.map(id));
      const fresh = event.items.filter((item) => !known.has(id(item)));
      const next = {
        ...run,
        planned: { at, concerns: event.concerns },
        items: [...run.items, ...fresh.map((item): ItemState => ({ ...item, sent: [], settled: null, loud: false }))],
      };
      return withStep(next, 'quiet', preflight.name, (step) => ({ ...step, trouble: null, why: null }));
    }
    case 'appeared':
      if (run.items.some((item) => id(item) === id(event.item))) return run;
      return { ...run, items: [...run.items, { ...event.item, sent: [], settled: null, loud: false }] };
    case 'corrected':
      return withItem(run, event.item, (item) => {
        if (run.quietAt !== null) {
          throw new Unlawful(`Expected no "before" to be corrected while the app is held, got one of ${id(item)} (I1)`);
        }
        if (item.sent.length > 0) {
          throw new Unlawful(
            `Expected nothing sent for ${id(item)} when its "before" is corrected, got ${item.sent.length} writes (I1)`,
          );
        }
        return { ...item, ...event.item };
      });
    case 'renamed':
      return event.items.reduce(
        (so, said) => withItem(so, said, (item) => ({ ...item, quiet: said.quiet, back: said.back })),
        { ...run, app: { ...run.app, name: event.name } },
      );
    case 'unheard':
      return { ...run, unheard: event.why };
    case 'emergency-told':
      return { ...run, emergencyToldAt: run.emergencyToldAt ?? at };
    case 'sending': {
      const unknown = event.changes.find(({ key }) => !run.items.some((item) => id(item) === id({ ...event, key })));
      if (unknown !== undefined) {
        throw new Unlawful(
          `Expected the "before" of ${id({ ...event, key: unknown.key })} when it is sent, got none (I1)`,
        );
      }
      const next = event.changes.reduce<Run>(
        (so, { key, value }) =>
          withItem(so, { step: event.step, key }, (item) => ({ ...item, sent: [...item.sent, value], settled: null })),
        { ...run, touchedAt: run.touchedAt ?? at },
      );
      return withStep(next, event.way, event.step, (step) => ({
        ...step,
        state: 'todo',
        since: step.since ?? at,
      }));
    }
    case 'sent':
      return withStep(run, event.way, event.step, (step) => ({
        ...step,
        state: 'moving',
        // Counted when it was answered: a write that Heroku refused is no round of a fight.
        moves: step.moves + 1,
        trouble: null,
        claimed: null,
        // What it is waited for takes its time from here, not from a first try that Heroku refused an hour ago.
        since: at,
      }));
    case 'waiting':
      return withStep(drainingFrom(run, at, event), event.way, event.step, (step) => ({
        ...step,
        state: 'moving',
        why: event.why,
        memo: event.memo,
        trouble: null,
        since: step.since ?? at,
      }));
    case 'again':
      return withStep(run, event.way, event.step, (step) => ({
        ...step,
        state: 'todo',
        memo: event.memo,
        trouble: null,
        // One that has come further is in no fight.
        moves: step.moves + (same(step.memo, event.memo) ? 1 : 0),
      }));
    case 'failed': {
      const worse = (before: Trouble | null): Trouble => ({
        kind: event.kind,
        why: event.why,
        remedy: event.remedy,
        since: before?.since ?? at,
        at,
        times: (before?.times ?? 0) + 1,
        notBefore: event.notBefore,
        wide: event.wide ?? false,
      });
      if (event.step === 'patrol') {
        return { ...run, patrol: { ...(run.patrol ?? unpatrolled), trouble: worse(run.patrol?.trouble ?? null) } };
      }
      if (event.step === 'approval') return { ...run, approvalTrouble: worse(run.approvalTrouble) };
      return withStep(run, event.way, event.step, (step) => ({
        ...step,
        why: event.why,
        trouble: worse(step.trouble),
        since: step.since ?? at,
        claimed: null,
      }));
    }
    case 'done': {
      const next = withStep(run, event.way, event.step, (step) => ({
        ...step,
        state: 'done',
        why: event.says ?? null,
        trouble: null,
        doneAt: at,
        claimed: null,
      }));
      const settledIt = withQuestions(
        next,
        (q) =>
          (q.about.is === 'stuck' || (q.about.is === 'step' && q.about.way === event.way)) &&
          q.about.step === event.step,
        (q) => (q.answered === null && q.withdrawn === null ? { ...q, withdrawn: 'it is done' } : q),
      );
      if (event.findings.length === 0) return settledIt;
      return { ...settledIt, proof: { at, findings: merged(run.proof?.findings ?? [], event.step, event.findings) } };
    }
    case 'settled':
      return withItem(run, event, (item) => ({ ...item, settled: { as: event.as, now: event.now, by: event.by } }));
    case 'reopened': {
      const reopened = withStep(run, 'back', event.step, (step) => ({
        ...step,
        state: 'todo',
        moves: 0,
        doneAt: null,
        since: at,
      }));
      const counted = withStep(reopened, 'back', watch.name, (step) => ({ ...step, moves: step.moves + 1 }));
      return event.keys.reduce(
        (so, key) => withItem(so, { step: event.step, key }, (item) => ({ ...item, settled: null })),
        counted,
      );
    }
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
    case 'answered':
      return answered(run, at, event);
    case 'approval': {
      const { answer, by } = event;
      return withQuestions(
        run,
        (q) => q.id === event.question,
        (q) => ({ ...q, approvals: [...q.approvals, { answer, by, at }] }),
      );
    }
    case 'glass-broken':
      return { ...run, glass: { by: event.by, because: event.because, at } };
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
    case 'quieted':
      return { ...run, quietAt: at };
    case 'patrolled': {
      const { is: _, activity, ...seen } = event;
      const before = run.patrol?.activity ?? [];
      const fresh = theirs(run.works, activity).filter(({ key }) => !before.some((one) => one.key === key));
      const patrol = {
        ...seen,
        activity: [...before, ...fresh].slice(-MOST_ACTIVITY),
        stopped: counted(run.patrol?.stopped ?? {}, fresh),
        trouble: null,
      };
      // What could not be looked up for an approval can be by now, where everything could.
      const approvalTrouble = event.unseen.length === 0 ? null : run.approvalTrouble;
      return { ...run, patrol, works: seenBy(run.works, at, event.unseen), approvalTrouble };
    }
    case 'work-started': {
      const works = worked(run.works, at, event);
      // While nobody knew whether it had begun it was somebody's.
      const patrol = run.patrol === null ? null : { ...run.patrol, activity: theirs(works, run.patrol.activity) };
      return { ...run, works, patrol };
    }
    case 'work-asked':
    case 'work-starting':
    case 'work-gone':
    case 'work-ended':
      return { ...run, works: worked(run.works, at, event) };
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

function drainingFrom(run: Run, at: number, { way, drains }: Event & { is: 'waiting' }): Run {
  return way === 'quiet' && drains === true ? { ...run, drainingSince: run.drainingSince ?? at } : run;
}

const MOST_ACTIVITY = 100;

/** Without what maint runs itself, which has a list of its own. */
function theirs(works: readonly Work[], activity: readonly Activity[]): readonly Activity[] {
  return activity.filter(({ dyno }) => dyno === undefined || !works.some((work) => work.dyno?.id === dyno));
}

function counted(before: Patrol['stopped'], fresh: readonly Activity[]): Patrol['stopped'] {
  const now = new Map(Object.entries(before));
  for (const { stopped } of fresh) if (stopped !== undefined) now.set(stopped, (now.get(stopped) ?? 0) + 1);
  return Object.fromEntries(now);
}

/** Before the first patrol has come through. */
const unpatrolled: Patrol = {
  every: 0,
  by: 'polls',
  mark: null,
  activity: [],
  stopped: {},
  unseen: [],
  trouble: null,
};

function id(item: { readonly step: StepName; readonly key: string }): string {
  return JSON.stringify([item.step, item.key]);
}

function withItem(
  run: Run,
  which: { readonly step: StepName; readonly key: string },
  to: (item: ItemState) => ItemState,
): Run {
  return { ...run, items: run.items.map((item) => (id(item) === id(which) ? to(item) : item)) };
}

function withStep(run: Run, way: Way, name: StepName, to: (step: StepState) => StepState): Run {
  return {
    ...run,
    steps: { ...run.steps, [way]: run.steps[way].map((step) => (step.name === name ? to(step) : step)) },
  };
}

function withQuestions(run: Run, which: (q: Question) => boolean, to: (q: Question) => Question): Run {
  return { ...run, questions: run.questions.map((q) => (which(q) ? to(q) : q)) };
}
