// What happens to steps: they move, wait, fail, are done, and are opened again. Patrols and approvals are no steps, but fail
// in the same way.
import type { Event } from '../event.ts';
import { same } from '../json.ts';
import { merged } from '../proof.ts';
import { type Patrol, type Run, type Trouble, watch } from '../run.ts';
import { withItem, withQuestions, withStep } from './with.ts';

type StepEvent = Event & { readonly is: 'sent' | 'waiting' | 'again' | 'failed' | 'done' | 'reopened' };

export function applyToSteps(run: Run, at: number, event: StepEvent): Run {
  switch (event.is) {
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
  }
}

function drainingFrom(run: Run, at: number, { way, drains }: Event & { is: 'waiting' }): Run {
  return way === 'quiet' && drains === true ? { ...run, drainingSince: run.drainingSince ?? at } : run;
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
