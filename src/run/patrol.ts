// Looks at an app that is held: whether it is still quiet, how it is called, and what people do in it. It changes nothing;
// what is not quiet any more is asked about, once.
import type { Activity, Event } from '../model/event.ts';
import { type Json, same } from '../model/json.ts';
import { loudness, patrolEvery, wanted } from '../model/patrol.ts';
import {
  type ItemState,
  itemsOf,
  open,
  type Patrol,
  type Run,
  step as stepOf,
  touched,
  violationOf,
} from '../model/run.ts';
import type { AnyHold, Cx, Look } from '../model/step.ts';
import { type Performed, type Performing, renamedTo } from './performing.ts';
import { holds } from './stock.ts';

/** `until`: when something else is due, domain time. */
export async function patrol(run: Run, until: number | null, on: Performing): Promise<Performed> {
  const cx = on.cx(run, 'patrol', null, 'poll');
  const held = holds(on.platform).filter((hold) => stepOf(run, 'quiet', hold.name) !== undefined);
  const [app, looked, activity, apps] = await Promise.all([
    on.platform.app(cx, run.app.id),
    Promise.all(held.map(async (hold) => ({ hold, look: await hold.look(cx) }))),
    on.platform.activity(cx, run.patrol?.mark ?? null),
    on.held(),
  ]);
  const told = looked.some(({ hold, look }) => hold.tells === true && asSent(run, hold, look));
  const every = patrolEvery(apps, told);
  const renamed = renamedTo(run, app, on.platform);
  const was = { key: `renamed-${run.seq}`, says: `renamed from ${run.app.name} to ${app.name}`, at: cx.now };
  const news: Patrol = {
    every,
    by: told ? 'webhooks' : 'polls',
    mark: activity.mark,
    activity: [...activity.list, ...(renamed.length > 0 ? [was] : [])],
    unseen: looked.flatMap(({ hold, look }) => unseen(run, hold, look)),
    trouble: null,
  };
  const events = [
    ...renamed,
    ...looked.flatMap(({ hold, look }) => loud(run, cx, hold, look)),
    ...written(run.patrol, news, news.activity),
  ];
  // Where it could not be looked at before, there may be a question to take back.
  const again = run.patrol !== null && run.patrol.trouble !== null;
  const left = until === null ? every : Math.max(0, Math.min(every, until - cx.now));
  return { events, wrote: false, pause: again ? null : left };
}

function asSent(run: Run, hold: AnyHold, look: Look<Json>): boolean {
  const items = itemsOf(run, hold.name).filter(touched);
  return (
    look.is === 'seen' &&
    items.length > 0 &&
    items.every((item) => look.items.some((seen) => seen.key === item.key && same(seen.value, wanted(item))))
  );
}

/** What was accepted before the start is not told again. */
function unseen(run: Run, hold: AnyHold, look: Look<Json>): { title: string; why: string }[] {
  if (look.is === 'seen' || run.accepted.some((a) => a.name === hold.name)) return [];
  return [{ title: hold.title, why: look.why }];
}

function loud(run: Run, cx: Cx, hold: AnyHold, look: Look<Json>): Event[] {
  // Without what tells of changes it is only looked at more often: nothing is less quiet for it.
  if (look.is !== 'seen' || hold.tells === true) return [];
  const there = new Set(look.items.map((seen) => seen.key));
  const gone = run.questions.filter(
    (q) => open(q) && q.about.is === 'violation' && q.about.step === hold.name && !there.has(q.about.key),
  );
  const accepted = run.accepted.some((a) => a.name === hold.name) && !itemsOf(run, hold.name).some(touched);
  const found = look.items.flatMap((seen, index): Event[] => {
    if (accepted) return [];
    const known = itemsOf(run, hold.name).find((item) => item.key === seen.key);
    const fresh = { key: seen.key, label: seen.label, before: seen.value, sent: [] };
    const aim = known === undefined ? hold.aim(cx, fresh, 'quiet', null) : wanted(known);
    const item = { step: hold.name, key: seen.key };
    const verdict = loudness(run, item, seen.value, aim);
    if (verdict === 'told') return [];
    const last = violationOf(run, item);
    const asked = last !== undefined && open(last) ? last : null;
    const why = verdict === 'quiet' ? 'it is quiet again' : 'it has changed once more';
    const moot: Event[] = asked === null ? [] : [{ is: 'withdrawn', question: asked.id, why }];
    if (verdict === 'quiet') return moot;
    return [...moot, violation(run, hold, { ...item, label: seen.label, now: seen.value, aim, index, known })];
  });
  return [...gone.map((q): Event => ({ is: 'withdrawn', question: q.id, why: 'it is not there any more' })), ...found];
}

function violation(
  run: Run,
  hold: AnyHold,
  it: {
    readonly step: string;
    readonly key: string;
    readonly label: string;
    readonly now: Json;
    readonly aim: Json;
    readonly index: number;
    readonly known: ItemState | undefined;
  },
): Event {
  const { step, key, label, now } = it;
  const before = it.known === undefined ? 'was not there' : hold.show(it.known.before);
  const shows = { before, wanted: hold.show(it.aim), now: hold.show(now) };
  const about = { is: 'violation' as const, step, key, label, now, shows };
  return { is: 'asked', question: `violation-${run.seq}-${step}-${it.index + 1}`, about };
}

/** Only what is new: a patrol that found everything as it was writes nothing down. */
function written(before: Patrol | null, now: Patrol, activity: readonly Activity[]): Event[] {
  const { every, by, mark, unseen: dark } = now;
  const dull =
    before !== null &&
    before.trouble === null &&
    before.every === every &&
    before.by === by &&
    same(before.mark, mark) &&
    JSON.stringify(before.unseen) === JSON.stringify(dark) &&
    activity.length === 0;
  return dull ? [] : [{ is: 'patrolled', every, by, mark, activity: [...activity], unseen: [...dark] }];
}
