// Performs one action of `next()` and says what came of it, as events. Everything that touches the platform for a run
// goes through here, and always in the order look, judge, commit the intent, write.
import { createHash } from 'node:crypto';
import { Trouble } from '../errors.ts';
import type { Event, Row } from '../model/event.ts';
import { type Json, same } from '../model/json.ts';
import { judge } from '../model/judge.ts';
import { type Action, MOST_MOVES } from '../model/next.ts';
import type { Person } from '../model/person.ts';
import type { Platform } from '../model/platform.ts';
import {
  answeredFor,
  driftOf,
  type ItemState,
  itemsOf,
  lastDriven,
  open,
  preflight,
  type Run,
  step as stepOf,
  touched,
  watch,
} from '../model/run.ts';
import type { AnyHold, AnyStep, AppRef, Change, Cx, Look, StepName, Way } from '../model/step.ts';
import { capture, holds, takeStock } from './stock.ts';

/** A run that nobody has driven for longer than this is looked at as a whole before anything more is quieted. */
const GAP = 60_000;

export interface Performed {
  readonly events: readonly Event[];
  /** Something was sent, so this has happened whatever else came meanwhile. If not, it holds only for the run as loaded. */
  readonly wrote: boolean;
  /** Milliseconds of domain time until it makes sense to go on; null: at once. */
  readonly pause: number | null;
}

export interface Performing {
  readonly platform: Platform;
  /** `asking`: what the calls are for. */
  cx(run: Run, asking: string, since: number | null): Cx;
  /** Commits events before a write, only if the run is still as it was loaded. False: it moved, so decide again. */
  commit(run: Run, events: readonly Event[]): Promise<boolean>;
}

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
    case 'settle':
      return settle(run, action.way, stepNamed(on.platform, action.way, action.step), on);
    case 'show': {
      const { shown, renamed } = await lookEverything(run, 'show', on);
      return at([...renamed, { is: 'shown', question: action.question.id, ...shown }]);
    }
    case 'confirm':
      return at(await confirm(run, action, on));
    case 'check':
      return at(await lastLook(run, on));
  }
}

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

async function moveToQuiet(run: Run, hold: AnyHold, on: Performing): Promise<Performed> {
  const state = stepOf(run, 'quiet', hold.name);
  const cx = on.cx(run, `quiet ${hold.name}`, state?.since ?? null);
  const done: Event = { is: 'done', way: 'quiet', step: hold.name, findings: [] };
  const set: Event = { is: 'sent', way: 'quiet', step: hold.name };
  const undone = cx.now - lastDriven(run) > GAP ? await putBackByHand(run, on, cx) : null;
  if (undone !== null)
    return at([failed('quiet', hold.name, undone, 'Start again when it is clear who works on this app.')]);
  const look = await hold.look(cx);
  if (look.is === 'refused') return at([failed('quiet', hold.name, look.why, look.remedy)]);
  if (look.is === 'unusable') {
    // Going on without it is what a person accepted; without that, the app is not as it was planned for.
    const accepted = run.accepted.some((a) => a.name === hold.name);
    if (accepted && !itemsOf(run, hold.name).some(touched))
      return at([{ ...done, says: 'not held still, as accepted' }]);
    return at([{ ...failed('quiet', hold.name, look.why, 'Start again: the plan will then ask.'), kind: 'retryable' }]);
  }
  const known = new Map(itemsOf(run, hold.name).map((item) => [item.key, item]));
  const news: Event[] = [];
  const changes: Change<Json>[] = [];
  for (const seen of look.items) {
    const before = known.get(seen.key);
    const ours = before !== undefined && touched(before);
    if (ours && judge(before, seen.value) === 'drift') {
      const why = `${seen.label} was changed to ${hold.show(seen.value)} by somebody else while it was being quieted`;
      return at([...news, failed('quiet', hold.name, why, 'Find out who works on this app now.')]);
    }
    if (before === undefined) news.push({ is: 'appeared', item: capture(cx, hold, seen) });
    else if (!ours && !same(before.before, seen.value)) news.push({ is: 'corrected', item: capture(cx, hold, seen) });
    const item = ours ? before : { ...seen, before: seen.value, sent: [] };
    const value = hold.aim(cx, item, 'quiet', state?.memo ?? null);
    if (!same(value, seen.value)) changes.push({ key: seen.key, value });
  }
  if (changes.length === 0) {
    return at([...news, itemsOf(run, hold.name).some(touched) ? set : { ...done, says: 'nothing to do' }]);
  }
  if ((state?.moves ?? 0) >= MOST_MOVES) return at([...news, foughtOver('quiet', hold, changes)]);
  if (!(await on.commit(run, [...news, { is: 'sending', way: 'quiet', step: hold.name, changes: [...changes] }])))
    return at([]);
  await hold.write(cx, changes);
  return { events: [set], wrote: true, pause: null };
}

/**
 * After a gap somebody may have brought the app back with the emergency commands: going on would stop its workers again,
 * behind an open door. Says what was found, or null.
 */
async function putBackByHand(run: Run, on: Performing, cx: Cx): Promise<string | null> {
  const done = new Set(run.steps.quiet.filter((s) => s.state === 'done').map((s) => s.name));
  for (const { hold, items, look } of await lookAt(run, on, cx)) {
    const now = values(look);
    const back = items.find((item) => done.has(hold.name) && judge(item, now.get(item.key)) === 'before');
    if (back !== undefined) return `${back.label} was put back by somebody while maint was away`;
  }
  return null;
}

async function moveBack(run: Run, hold: AnyHold, on: Performing): Promise<Performed> {
  const state = stepOf(run, 'back', hold.name);
  const set: Event = { is: 'sent', way: 'back', step: hold.name };
  // One that was put back is judged again with the others: it may have been changed before its step was through.
  const items = itemsOf(run, hold.name).filter(answeredFor);
  if (items.length === 0) return at([set]);
  const cx = on.cx(run, `put back ${hold.name}`, state?.since ?? null);
  const look = await hold.look(cx);
  if (look.is === 'refused') return at([{ ...failed('back', hold.name, look.why, look.remedy), kind: 'needs-human' }]);
  if (look.is === 'unusable') {
    return at([{ ...failed('back', hold.name, look.why, 'It is tried again every minute.'), kind: 'retryable' }]);
  }
  const now = values(look);
  const news: Event[] = [];
  const changes: Change<Json>[] = [];
  for (const item of items) {
    const verdict = verdictOn(run, hold, item, now.get(item.key));
    news.push(...verdict.events);
    if (verdict.write) changes.push({ key: item.key, value: hold.aim(cx, item, 'back', state?.memo ?? null) });
  }
  if (changes.length === 0) return at([...news, set]);
  if ((state?.moves ?? 0) >= MOST_MOVES) return at([...news, foughtOver('back', hold, changes)]);
  if (!(await on.commit(run, [...news, { is: 'sending', way: 'back', step: hold.name, changes: [...changes] }])))
    return at([]);
  const answer = values(await hold.write(cx, changes));
  const back = items.filter((item) => {
    const value = answer.get(item.key);
    return value !== undefined && changes.some((c) => c.key === item.key) && judge(item, value) === 'before';
  });
  return { events: [...back.map((item) => settledAs(item, 'before', item.before)), set], wrote: true, pause: null };
}

/** What the way back means for one item: events, or that it is to be written. */
function verdictOn(
  run: Run,
  hold: AnyHold,
  item: ItemState,
  now: Json | undefined,
): { readonly events: readonly Event[]; readonly write: boolean } {
  const events = (...list: Event[]) => ({ events: list, write: false });
  const asked = driftOf(run, item);
  const moot: Event[] =
    asked === undefined ? [] : [{ is: 'withdrawn', question: asked.id, why: 'the item has changed since' }];
  switch (judge(item, now)) {
    case 'gone':
      return events(...moot, settledAs(item, 'gone', null));
    case 'before':
      return events(...moot, ...(item.settled?.as === 'before' ? [] : [settledAs(item, 'before', item.before)]));
    case 'ours':
      // A question that is still open is about a value that is not there any more.
      return { events: moot, write: true };
    case 'drift': {
      const seen = now ?? null;
      const last = run.questions.findLast(
        (q) => q.about.is === 'drift' && q.about.step === item.step && q.about.key === item.key,
      );
      // An answer is about the value that it was shown, and only the latest one counts.
      if (last?.about.is === 'drift' && last.withdrawn === null && same(last.about.now, seen)) {
        if (open(last)) return events();
        if (last.answered?.answer === 'restore') return { events: [], write: true };
        return events(settledAs(item, 'kept', seen, last.answered?.by ?? null));
      }
      const shows = { before: hold.show(item.before), sent: hold.show(item.sent.at(-1) ?? null), now: hold.show(seen) };
      const drift = { is: 'drift' as const, step: item.step, key: item.key, now: seen, shows };
      return events(...moot, {
        is: 'asked',
        question: `drift-${run.seq}-${run.items.indexOf(item) + 1}`,
        about: drift,
      });
    }
  }
}

async function settle(run: Run, way: Way, step: AnyStep, on: Performing): Promise<Performed> {
  const state = stepOf(run, way, step.name);
  const cx = on.cx(run, `settle ${step.name}`, state?.since ?? null);
  const memo = state?.memo ?? null;
  const done: Event = { is: 'done', way, step: step.name, findings: [] };
  const ours = itemsOf(run, step.name).filter((item) => answeredFor(item) && driftOf(run, item) === undefined);
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
  switch (verdict.is) {
    case 'done':
      // A value that the platform took and does not show is not back: look again.
      if (way === 'back' && ours.some((item) => item.settled === null)) return again(memo);
      return at([{ ...done, findings: [...(verdict.findings ?? [])] }]);
    case 'again':
      return again(verdict.memo);
    case 'failed':
      return at([failed(way, step.name, verdict.why, 'See what keeps it, then press Try again.')]);
    case 'waiting': {
      const news =
        state?.state !== 'moving' || state.why !== verdict.why || !same(memo, verdict.memo) || state.trouble !== null;
      const waiting: Event = { is: 'waiting', way, step: step.name, why: verdict.why, memo: verdict.memo };
      return { events: news ? [waiting] : [], wrote: false, pause: verdict.look };
    }
  }
}

async function confirm(run: Run, { question }: Action & { do: 'confirm' }, on: Performing): Promise<Event[]> {
  const { shown, renamed } = await lookEverything(run, 'confirm', on);
  const by = question.answered?.by ?? null;
  if (shown.hash === question.shown?.hash) return [...renamed, { is: 'turned', by, why: 'approved' }];
  const again = `resume-${run.seq}`;
  return [
    ...renamed,
    { is: 'withdrawn', question: question.id, why: 'something changed between the list and its approval' },
    { is: 'asked', question: again, about: { is: 'resume' } },
    { is: 'shown', question: again, ...shown },
  ];
}

/** Every item that we touched, as it is now, and a hash over exactly that. What cannot be read is shown as that. */
async function lookEverything(
  run: Run,
  asking: string,
  on: Performing,
): Promise<{ shown: { rows: Row[]; hash: string }; renamed: Event[] }> {
  const cx = on.cx(run, asking, null);
  const [app, looked] = await Promise.all([on.platform.app(cx, run.app.id), lookAt(run, on, cx)]);
  const rows: Row[] = [];
  const facts: Json[] = [];
  for (const { hold, items, look } of looked) {
    const now = values(look);
    for (const item of items) {
      const value = now.get(item.key);
      rows.push(
        look.is === 'seen' ? rowOf(hold, item, value) : { ...rowOf(hold, item, item.before), now: 'cannot be read' },
      );
      facts.push([
        item.step,
        item.key,
        item.before,
        look.is !== 'seen' ? look.is : value === undefined ? 'gone' : [value],
      ]);
    }
  }
  const hash = createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32);
  return { shown: { rows, hash }, renamed: renamedTo(run, app, on.platform) };
}

function rowOf(hold: AnyHold, item: ItemState, now: Json | undefined): Row {
  const before = hold.show(item.before);
  const after = { before, ours: before, gone: 'stays gone', drift: 'will be asked' }[judge(item, now)];
  return {
    step: item.step,
    key: item.key,
    label: item.label,
    before,
    now: now === undefined ? 'gone' : hold.show(now),
    after,
  };
}

/** Judges every item once more: whatever may have been sent late, or changed since, is found here and not tomorrow. */
async function lastLook(run: Run, on: Performing): Promise<Event[]> {
  const cx = on.cx(run, 'last look', null);
  cx.reads.forget();
  const [app, looked] = await Promise.all([on.platform.app(cx, run.app.id), lookAt(run, on, cx)]);
  const events: Event[] = [...renamedTo(run, app, on.platform)];
  const reopened: Event[] = [];
  for (const { hold, items, look } of looked) {
    if (look.is !== 'seen') {
      const remedy = look.is === 'refused' ? look.remedy : 'It is tried again.';
      throw new Trouble('retryable', `${hold.title} could not be read: ${look.why}`, { remedy });
    }
    const now = values(look);
    const keys: string[] = [];
    for (const item of items) {
      const value = now.get(item.key);
      const verdict = judge(item, value);
      const keptSo = item.settled?.as === 'kept' && value !== undefined && same(value, item.settled.now);
      if (keptSo || (verdict === 'before' && item.settled?.as === 'before')) continue;
      if (verdict === 'gone') events.push(settledAs(item, 'gone', null));
      else if (verdict === 'before') events.push(settledAs(item, 'before', item.before));
      else keys.push(item.key);
    }
    if (keys.length > 0) reopened.push({ is: 'reopened', step: hold.name, keys });
  }
  if (reopened.length === 0) {
    return [
      ...events,
      { is: 'done', way: 'back', step: watch.name, findings: [] },
      { is: 'ended', as: 'restored', why: 'every item is as it was before, or as a person decided' },
    ];
  }
  if ((stepOf(run, 'back', watch.name)?.moves ?? 0) >= MOST_MOVES) {
    return [
      ...events,
      failed(
        'back',
        watch.name,
        'what was put back keeps changing',
        'Find out who else changes this app, then press Try again.',
      ),
    ];
  }
  return [...events, ...reopened];
}

/** The holds in the order of the way back, with what we touched of each and what it is now. */
async function lookAt(run: Run, on: Performing, cx: Cx) {
  const watched = (name: StepName) => itemsOf(run, name).filter((item) => touched(item) && item.settled?.as !== 'left');
  const wanted = holds(on.platform).filter((hold) => watched(hold.name).length > 0);
  const order = run.steps.back.map((s) => s.name);
  const sorted = wanted.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  return Promise.all(
    sorted.map(async (hold) => ({
      hold,
      items: watched(hold.name),
      look: await hold.look(cx),
    })),
  );
}

function values(look: Look<Json>): ReadonlyMap<string, Json> {
  return new Map(look.is === 'seen' ? look.items.map((seen) => [seen.key, seen.value]) : []);
}

function settledAs(item: ItemState, as: 'before' | 'gone' | 'kept', now: Json, by: Person | null = null): Event {
  return { is: 'settled', step: item.step, key: item.key, as, now, by };
}

/** With the sentences said anew: a command that names the app by its old name could reach another one. */
function renamedTo(run: Run, app: AppRef, platform: Platform): Event[] {
  if (run.app.name === app.name) return [];
  const items = holds(platform).flatMap((hold) =>
    itemsOf(run, hold.name).map((item) => ({
      step: item.step,
      key: item.key,
      quiet: hold.say(app, item, item.aim),
      back: hold.say(app, item, item.before),
    })),
  );
  return [{ is: 'renamed', name: app.name, items }];
}

function foughtOver(way: Way, hold: AnyHold, changes: readonly Change<Json>[]): Event & { is: 'failed' } {
  const what = changes.map((change) => change.key).join(', ');
  return failed(
    way,
    hold.name,
    `${what} was set ${MOST_MOVES / 2} times and is changed again each time`,
    'Find out who else changes this app.',
  );
}

function failed(way: Way, step: StepName, why: string, remedy: string): Event & { is: 'failed' } {
  return { is: 'failed', way, step, why, remedy, kind: 'fatal', notBefore: 0 };
}

function at(events: readonly Event[]): Performed {
  return { events, wrote: false, pause: null };
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
