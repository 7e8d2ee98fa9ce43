// Performs one action of `next()` and says what came of it, as events. Everything that touches the platform for a run
// goes through here.

import type { Action } from '../model/action.ts';
import type { About, Event } from '../model/event.ts';
import { type Json, same } from '../model/json.ts';
import { MOST_MOVES } from '../model/next/trying.ts';
import { wantedQuiet } from '../model/patrol.ts';
import type { Platform } from '../model/platform.ts';
import { answeredTo, askedBy, driftOf } from '../model/questions.ts';
import { answeredFor, itemsOf, preflight, type Run, step as stepOf, touched, watch } from '../model/run.ts';
import type { AnyHold, AnyStep, StepName, Verdict, Way } from '../model/step.ts';
import { confirm, lookEverything } from './approval.ts';
import { lastLook } from './last-look.ts';
import { moveBack, moveToQuiet } from './move.ts';
import { patrol } from './patrol.ts';
import { at, failed, type Performed, type Performing, renamedTo } from './performing.ts';
import { takeStock } from './stock.ts';
import { beginWork } from './work.ts';

export type { Performed, Performing } from './performing.ts';

/** Throws Trouble, LeaseLost, or whatever a store throws that cannot be reached. */
export async function perform(action: Action, run: Run, on: Performing): Promise<Performed> {
  switch (action.do) {
    case 'rest':
      return { events: [], wrote: false, pause: null };
    case 'record':
      return { events: action.events, wrote: false, pause: null };
    case 'plan':
      return at(await plan(run, on));
    case 'move': {
      const hold = holdNamed(on.platform, action.step);
      return action.way === 'quiet' ? moveToQuiet(run, hold, on) : moveBack(run, hold, on);
    }
    case 'settle': {
      const settled = await settle(run, action.way, stepNamed(on.platform, action.way, action.step), on);
      return run.quietAt === null || run.way === 'back' || settled.pause === null ? settled : besides(run, settled, on);
    }
    case 'show': {
      const { shown, renamed } = await lookEverything(run, 'show', on);
      return at([...renamed, { is: 'shown', question: action.question.id, ...shown }]);
    }
    case 'confirm':
      return at(await confirm(run, action.question, on));
    case 'patrol':
      return patrol(run, action.until, on);
    case 'work':
      return beginWork(run, action.work, on);
    case 'check':
      return at(await lastLook(run, on));
  }
}

/** What is made quiet again can take its time; the rest is looked at meanwhile. */
async function besides(run: Run, settled: Performed, on: Performing): Promise<Performed> {
  const looked = await patrol(run, null, on);
  // Then the run has moved on, and what was settled is settled anew.
  if (looked.wrote) return looked;
  return { ...settled, events: [...settled.events, ...looked.events], pause: Math.max(settled.pause ?? 0, BESIDES) };
}

const BESIDES = 15_000;

/** Which step a failure of this action belongs to. */
export function stepOfAction(action: Action): { way: Way; step: StepName } | null {
  switch (action.do) {
    case 'plan':
      return { way: 'quiet', step: preflight.name };
    case 'move':
    case 'settle':
      return { way: action.way, step: action.step };
    case 'show':
    case 'confirm':
      return { way: 'quiet', step: 'approval' };
    case 'patrol':
    case 'work':
      return { way: 'quiet', step: 'patrol' };
    case 'check':
      return { way: 'back', step: watch.name };
    case 'rest':
    case 'record':
      return null;
  }
}

async function plan(run: Run, on: Performing): Promise<Event[]> {
  const stock = await takeStock(on.platform, on.cx(run, 'plan', stepOf(run, 'quiet', preflight.name)?.since ?? null));
  const known = new Map(run.items.map((item) => [`${item.step} ${item.key}`, item]));
  const corrected = stock.items.filter((item) => {
    const before = known.get(`${item.step} ${item.key}`);
    return before !== undefined && !touched(before) && !same(before.before, item.before);
  });
  return [
    ...renamedTo(run, stock.app, on.platform),
    ...corrected.map((item): Event => ({ is: 'corrected', item })),
    { is: 'planned', concerns: [...stock.concerns], items: [...stock.items] },
  ];
}

async function settle(run: Run, way: Way, step: AnyStep, on: Performing): Promise<Performed> {
  const state = stepOf(run, way, step.name);
  const cx = {
    ...on.cx(run, `settle ${step.name}`, state?.since ?? null),
    touchedAt: run.touchedAt,
    drainingSince: way === 'quiet' ? run.drainingSince : null,
    holding: way === 'quiet' && run.quietAt !== null,
    accepted: run.accepted.map(({ name }) => name),
    answered: answeredTo(run, way, step.name),
    found: (run.proof?.findings ?? []).filter((one) => one.step !== step.name),
  };
  const memo = state?.memo ?? null;
  const done: Event = { is: 'done', way, step: step.name, findings: [] };
  // While the app is held only what a person wants quiet again is waited for.
  const only = run.quietAt !== null && way === 'quiet' ? wantedQuiet(run, step.name) : null;
  const ours = itemsOf(run, step.name).filter(
    (item) => answeredFor(item) && driftOf(run, item) === undefined && (only === null || only.has(item.key)),
  );
  if (step.kind === 'hold' && ours.length === 0) {
    return at([itemsOf(run, step.name).some(touched) ? done : { ...done, says: 'nothing to do' }]);
  }
  const often = (state?.moves ?? 0) >= MOST_MOVES;
  const again = (to: Json): Performed =>
    often
      ? at([
          failed(
            way,
            step.name,
            `set ${MOST_MOVES / 2} times, and still not as it was set`,
            'Find out who else changes this app.',
          ),
        ])
      : at([{ is: 'again', way, step: step.name, memo: to }]);
  const verdict = step.kind === 'hold' ? await step.settle(cx, way, ours, memo) : await step.settle(cx, way, memo);
  const asking = verdict.is === 'ask' ? verdict.ask : null;
  const unanswered = (verdict.is === 'done' ? verdict.unanswered : undefined) ?? 'it is not so any more';
  const moot = askedBy(run, way, step.name)
    .filter((q) => q.about.is === 'step' && q.about.key !== asking?.key)
    .map((q): Event => ({ is: 'withdrawn', question: q.id, why: unanswered }));
  switch (verdict.is) {
    case 'ask':
      return { events: [...moot, ...asked(run, way, step.name, verdict)], wrote: false, pause: verdict.look };
    case 'done':
      // A value that the platform took and does not show is not back: look again.
      if (way === 'back' && ours.some((item) => item.settled === null)) return again(memo);
      return at([
        ...moot,
        {
          ...done,
          findings: [...(verdict.findings ?? [])],
          ...(verdict.says === undefined ? {} : { says: verdict.says }),
        },
      ]);
    case 'again':
      return again(verdict.memo);
    case 'failed':
      return at([...moot, failed(way, step.name, verdict.why, 'See what keeps it, then press Try again.')]);
    case 'waiting': {
      const news =
        state?.state !== 'moving' || state.why !== verdict.why || !same(memo, verdict.memo) || state.trouble !== null;
      const { why, drains } = verdict;
      const waiting: Event = {
        is: 'waiting',
        way,
        step: step.name,
        why,
        memo: verdict.memo,
        ...(drains === undefined ? {} : { drains }),
      };
      return { events: news ? [...moot, waiting] : moot, wrote: false, pause: verdict.look };
    }
  }
}

/** The question of a step, once; what it says is kept true as long as nobody has answered it. */
function asked(run: Run, way: Way, step: StepName, { ask, memo }: Verdict<Json> & { is: 'ask' }): readonly Event[] {
  const { key, says } = ask;
  const about: About = {
    is: 'step',
    way,
    step,
    key,
    says,
    details: [...ask.details],
    answers: [...ask.answers],
  };
  const open = askedBy(run, way, step).find((q) => q.about.is === 'step' && q.about.key === key);
  const state = stepOf(run, way, step);
  const news = state?.state !== 'moving' || state.why !== says || !same(state.memo, memo) || state.trouble !== null;
  const waiting: Event[] = news ? [{ is: 'waiting', way, step, why: says, memo }] : [];
  if (open === undefined) return [...waiting, { is: 'asked', question: `step-${run.seq}-${key}`, about }];
  if (JSON.stringify(open.about) === JSON.stringify(about)) return waiting;
  return [...waiting, { is: 'restated', question: open.id, about }];
}

function stepNamed(platform: Platform, way: Way, name: StepName): AnyStep {
  const step = platform[way].find((s) => s.name === name);
  if (step === undefined)
    throw new Error(
      `Expected the platform to have a step "${name}" on the way ${way}, got none: was this run begun by a newer version?`,
    );
  return step;
}

function holdNamed(platform: Platform, name: StepName): AnyHold {
  const step = stepNamed(platform, 'quiet', name);
  if (step.kind !== 'hold') throw new Error(`Expected the step "${name}" to be a hold, got a wait`);
  return step;
}
