// Writes what has to be written of one hold, on either way: always look, judge, commit the intent, write.
import { Trouble } from '../errors.ts';
import type { Event } from '../model/event.ts';
import { type Json, same } from '../model/json.ts';
import { judge } from '../model/judge.ts';
import { MOST_MOVES } from '../model/next/trying.ts';
import { wantedQuiet } from '../model/patrol.ts';
import { driftOf, open } from '../model/questions.ts';
import { answeredFor, type ItemState, itemsOf, lastDriven, type Run, step as stepOf, touched } from '../model/run.ts';
import type { AnyHold, Change, Cx, Look, Way } from '../model/step.ts';
import { at, failed, lookAt, type Performed, type Performing, settledAs, values } from './performing.ts';
import { capture } from './stock.ts';
import { aimOf, violation } from './violation.ts';

/** A run that nobody has driven for longer than this is looked at as a whole before anything more is quieted. */
const GAP = 60_000;

export async function moveToQuiet(run: Run, hold: AnyHold, on: Performing): Promise<Performed> {
  const state = stepOf(run, 'quiet', hold.name);
  const cx = on.cx(run, `quiet ${hold.name}`, state?.since ?? null);
  const done: Event = { is: 'done', way: 'quiet', step: hold.name, findings: [] };
  const set: Event = { is: 'sent', way: 'quiet', step: hold.name };
  // While holding a person has asked for this, seeing what was put back.
  const holding = run.quietAt !== null;
  const wanted = holding ? wantedQuiet(run, hold.name) : null;
  const undone = !holding && cx.now - lastDriven(run) > GAP ? await putBackByHand(run, on, cx) : null;
  if (undone !== null)
    return at([failed('quiet', hold.name, undone, 'Start again when it is clear who works on this app.')]);
  const look = await hold.look(cx);
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
    // What nobody has asked for, or has changed once more since a person saw it, is left: the next patrol asks about it.
    const asShown = wanted === null || (wanted.has(seen.key) && same(wanted.get(seen.key) ?? null, seen.value));
    const aimed = ours && same(seen.value, before.sent.at(-1) ?? null);
    if (!asShown && !aimed) continue;
    if (wanted === null && ours && judge(before, seen.value) === 'drift') {
      const why = `${seen.label} was changed to ${hold.show(seen.value)} by somebody else while it was being quieted`;
      return at([...news, failed('quiet', hold.name, why, 'Find out who works on this app now.')]);
    }
    if (before === undefined) news.push({ is: 'appeared', item: capture(cx, hold, seen) });
    // Before the app was held somebody meant it so; what was changed while it was held is put back as it was before that.
    else if (!ours && !holding && !same(before.before, seen.value))
      news.push({ is: 'corrected', item: capture(cx, hold, seen) });
    const captured = before !== undefined && (ours || holding);
    const item = captured ? before : { ...seen, before: seen.value, sent: [] };
    const value = hold.aim(cx, item, 'quiet', state?.memo ?? null);
    if (!same(value, seen.value)) changes.push({ key: seen.key, value });
  }
  const anew = wanted === null ? [] : askedAnew(run, cx, hold, look, wanted);
  if (anew.length > 0) return at([{ ...done, says: 'it has changed once more' }, ...anew]);
  if (changes.length === 0) {
    return at([...news, itemsOf(run, hold.name).some(touched) ? set : { ...done, says: 'nothing to do' }]);
  }
  if ((state?.moves ?? 0) >= MOST_MOVES) return at([...news, foughtOver('quiet', hold, changes)]);
  if (!(await on.commit(run, [...news, { is: 'sending', way: 'quiet', step: hold.name, changes: [...changes] }])))
    return at([]);
  await hold.write(cx, changes);
  return { events: [set], wrote: true, pause: null };
}

/** What has changed once more since a person wanted it quiet again is asked about as it is now. */
function askedAnew(
  run: Run,
  cx: Cx,
  hold: AnyHold,
  look: Look<Json> & { readonly is: 'seen' },
  wanted: ReadonlyMap<string, Json>,
): readonly Event[] {
  return look.items.flatMap((seen, i): Event[] => {
    const shown = wanted.get(seen.key);
    const item = itemsOf(run, hold.name).find(({ key }) => key === seen.key);
    const aim = aimOf(cx, hold, item, seen);
    if (shown === undefined || same(shown, seen.value) || same(aim, seen.value)) return [];
    return [
      { is: 'asked', question: `violation-${run.seq}-${hold.name}-${i + 1}`, about: violation(hold, seen, aim, item) },
    ];
  });
}

/**
 * After a gap somebody may have brought the app back with the emergency commands: going on would stop its workers again,
 * behind an open door. Says what was found, or null.
 */
async function putBackByHand(run: Run, on: Performing, cx: Cx): Promise<string | null> {
  const done = new Set(run.steps.quiet.filter((s) => s.state === 'done').map((s) => s.name));
  for (const { hold, items, look } of await lookAt(run, on, cx)) {
    if (hold.tells !== undefined) continue;
    const now = values(look);
    const back = items.find((item) => done.has(hold.name) && judge(item, now.get(item.key)) === 'before');
    if (back !== undefined) return `${back.label} was put back by somebody while maint was away`;
  }
  return null;
}

export async function moveBack(run: Run, hold: AnyHold, on: Performing): Promise<Performed> {
  const state = stepOf(run, 'back', hold.name);
  const set: Event = { is: 'sent', way: 'back', step: hold.name };
  // One that was put back is judged again with the others: it may have been changed before its step was through.
  const items = itemsOf(run, hold.name).filter(answeredFor);
  if (items.length === 0) return at([set]);
  const cx = on.cx(run, `put back ${hold.name}`, state?.since ?? null);
  const look = await hold.look(cx);
  if (look.is === 'unusable') {
    return at([{ ...failed('back', hold.name, look.why, 'It is tried again every minute.'), kind: 'retryable' }]);
  }
  const now = values(look);
  const news: Event[] = [];
  const missing: ItemState[] = [];
  for (const item of items) {
    const verdict = verdictOn(run, hold, item, now.get(item.key));
    news.push(...verdict.events);
    if (verdict.write) missing.push(item);
  }
  if (state?.claimed != null) {
    if (missing.length > 0) return at([...news, notDone(hold, missingOf(hold, missing, now))]);
    const verdict = await hold.settle(cx, 'back', items, state.memo);
    if (verdict.is === 'done')
      return at([...news, { is: 'done', way: 'back', step: hold.name, findings: [], says: 'done by hand' }]);
    if (verdict.is === 'failed') return at([...news, notDone(hold, verdict.why)]);
    return at([...news, set]);
  }
  // On its way in parts, an item can be as far as it is to be by now.
  const changes = missing
    .map((item) => ({ key: item.key, value: hold.aim(cx, item, 'back', state?.memo ?? null) }))
    .filter(({ key, value }) => !same(value, now.get(key) ?? null));
  if (changes.length === 0) return at([...news, set]);
  if ((state?.moves ?? 0) >= MOST_MOVES) return at([...news, foughtOver('back', hold, changes)]);
  if (!(await on.commit(run, [...news, { is: 'sending', way: 'back', step: hold.name, changes: [...changes] }])))
    return at([]);
  const written = await writtenOrGone(hold, cx, changes);
  // What went meanwhile is not there to be put back: with another look the others are written, and it is judged as it is then.
  if (written === 'gone') return { ...at([again(hold, state?.memo ?? null)]), wrote: true };
  const answer = values(written);
  const back = items.filter((item) => {
    const value = answer.get(item.key);
    return value !== undefined && changes.some((c) => c.key === item.key) && judge(item, value) === 'before';
  });
  return { events: [...back.map((item) => settledAs(item, 'before', item.before)), set], wrote: true, pause: null };
}

/** Counted like any other round, so that an item that comes and goes does not keep us here for ever. */
function again(hold: AnyHold, memo: Json): Event {
  return { is: 'again', way: 'back', step: hold.name, memo };
}

/** Writes; `gone` where the platform refused it because something that was to be written was deleted after our look. */
async function writtenOrGone(hold: AnyHold, cx: Cx, changes: readonly Change<Json>[]): Promise<Look<Json> | 'gone'> {
  try {
    return await hold.write(cx, changes);
  } catch (error) {
    if (!(error instanceof Trouble) || error.kind === 'retryable' || error.wide) throw error;
    if (await someAreGone(hold, cx, changes)) return 'gone';
    throw error;
  }
}

/** Where that cannot be seen, the refusal stands as it is. */
async function someAreGone(hold: AnyHold, cx: Cx, changes: readonly Change<Json>[]): Promise<boolean> {
  cx.reads.forget();
  try {
    const look = await hold.look(cx);
    const now = values(look);
    return look.is === 'seen' && changes.some(({ key }) => !now.has(key));
  } catch (error) {
    if (error instanceof Trouble) return false;
    throw error;
  }
}

/** Somebody says that it was done by hand: what is seen decides, and nothing is written. */
function notDone(hold: AnyHold, what: string): Event {
  return failed('back', hold.name, `it is not done yet: ${what}`, 'Do it by hand, or press Try again.');
}

function missingOf(hold: AnyHold, items: readonly ItemState[], now: ReadonlyMap<string, Json>): string {
  return items
    .map((item) => `${item.label} is ${hold.show(now.get(item.key) ?? null)}, not ${hold.show(item.before)}`)
    .join(', ');
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
      const shows = {
        before: hold.show(item.before),
        sent: touched(item) ? hold.show(item.sent.at(-1) ?? null) : 'left as it was',
        now: hold.show(seen),
      };
      const drift = { is: 'drift' as const, step: item.step, key: item.key, now: seen, shows };
      return events(...moot, {
        is: 'asked',
        question: `drift-${run.seq}-${run.items.indexOf(item) + 1}`,
        about: drift,
      });
    }
  }
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
