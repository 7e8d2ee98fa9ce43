// Looks at an app that is held: whether it is still quiet, how it is called, and what people do in it. It changes nothing;
// what is not quiet any more is asked about, once.
import { clause, Trouble } from '../errors.ts';
import type { Event } from '../model/event.ts';
import { type Json, same } from '../model/json.ts';
import { loudness, patrolEvery, wanted } from '../model/patrol.ts';
import { open, violationOf } from '../model/questions.ts';
import { itemsOf, type Patrol, type Run, step as stepOf, touched } from '../model/run.ts';
import type { AnyHold, Cx, Look } from '../model/step.ts';
import { workUnderWay } from '../model/work.ts';
import { at, type Performed, type Performing, renamedTo } from './performing.ts';
import { holds } from './stock.ts';
import { stopStrays, straysIn } from './strays.ts';
import { aimOf, violation } from './violation.ts';
import { lost, watchWork } from './work.ts';

/** Two patrols of one app. */
const OVERDUE = 2 * 60_000;

/** `until`: when something else is due, domain time. */
export async function patrol(run: Run, until: number | null, on: Performing): Promise<Performed> {
  const cx = on.cx(run, 'patrol', null, isOverdue(run, on) ? 'run' : 'poll');
  const held = holds(on.platform).filter((hold) => stepOf(run, 'quiet', hold.name) !== undefined);
  const [app, looked, activity, apps, strays] = await Promise.all([
    on.platform.app(cx, run.app.id),
    Promise.all(held.map(async (hold) => ({ hold, look: await seen(hold, cx) }))),
    activityOf(run, on, cx),
    on.held(),
    straysIn(run, on),
  ]);
  const work = await workSeen(run, on, cx);
  const told = await tells(run, looked, cx);
  const every = patrolEvery(apps, told);
  const renamed = renamedTo(run, app, on.platform);
  const was = { key: `renamed-${run.seq}`, says: `renamed from ${run.app.name} to ${app.name}`, at: cx.now };
  const news: Seen = {
    every,
    by: told ? 'webhooks' : 'polls',
    mark: activity.mark,
    activity: [...activity.list, ...(renamed.length > 0 ? [was] : []), ...strays.activity],
    unseen: [...looked.flatMap(({ hold, look }) => unseen(run, hold, look)), ...activity.unseen, ...work.unseen],
  };
  const events = [
    ...renamed,
    ...looked.flatMap(({ hold, look }) => loud(run, cx, hold, look)),
    ...written(run, news, cx.now),
    ...work.events,
  ];
  // Where it could not be looked at before, there may be a question to take back.
  const again = run.patrol !== null && run.patrol.trouble !== null;
  const soonest = Math.min(every, work.look);
  const left = until === null ? soonest : Math.max(0, Math.min(soonest, until - cx.now));
  const pause = again ? null : left;
  if (strays.strays.length === 0) return { events, wrote: false, pause };
  // What is stopped was told before.
  if (events.length > 0 && !(await on.commit(run, events))) return at([]);
  await stopStrays(run, strays, on);
  return { events: [], wrote: true, pause };
}

type Seen = Pick<Patrol, 'every' | 'by' | 'mark' | 'activity' | 'unseen'>;

/** One source that fails keeps nobody from looking at the others. */
async function seen(hold: AnyHold, cx: Cx): Promise<Look<Json>> {
  try {
    return await hold.look(cx);
  } catch (error) {
    if (!(error instanceof Trouble) || error.wide) throw error;
    return { is: 'unusable', exception: hold.title, why: clause(error) };
  }
}

async function activityOf(run: Run, on: Performing, cx: Cx) {
  const mark = run.patrol?.mark ?? null;
  try {
    return { ...(await on.platform.activity(cx, mark)), unseen: [] };
  } catch (error) {
    if (!(error instanceof Trouble) || error.wide) throw error;
    return { mark, list: [], unseen: [{ title: 'Deploys and one-off dynos', why: clause(error) }] };
  }
}

async function workSeen(run: Run, on: Performing, cx: Cx) {
  try {
    return { ...(await watchWork(run, on, cx)), unseen: [] };
  } catch (error) {
    if (!(error instanceof Trouble) || error.wide) throw error;
    const work = workUnderWay(run);
    const why = clause(error);
    const unseen = [{ title: `The command ${work?.shows ?? ''}`, why, ...(work === null ? {} : { work: work.id }) }];
    return { events: lost(run, cx, why), look: Number.POSITIVE_INFINITY, unseen };
  }
}

/** Where calls have been short for so long that nobody knows any more whether it is quiet, it does not go last. */
function isOverdue(run: Run, on: Performing): boolean {
  const since = run.patrol?.trouble?.since;
  return since !== undefined && on.cx(run, 'how late', null).now - since >= OVERDUE;
}

async function tells(
  run: Run,
  looked: readonly { readonly hold: AnyHold; readonly look: Look<Json> }[],
  cx: Cx,
): Promise<boolean> {
  for (const { hold, look } of looked) {
    if (hold.tells !== undefined && asSent(run, hold, look) && (await hold.tells(cx))) return true;
  }
  return false;
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
  if (look.is !== 'seen' || hold.tells !== undefined) return [];
  const there = new Set(look.items.map((seen) => seen.key));
  const gone = run.questions.filter(
    (q) => open(q) && q.about.is === 'violation' && q.about.step === hold.name && !there.has(q.about.key),
  );
  const accepted = run.accepted.some((a) => a.name === hold.name) && !itemsOf(run, hold.name).some(touched);
  const found = look.items.flatMap((seen, index): Event[] => {
    if (accepted) return [];
    const known = itemsOf(run, hold.name).find((item) => item.key === seen.key);
    const aim = aimOf(cx, hold, known, seen);
    const item = { step: hold.name, key: seen.key };
    const verdict = loudness(run, item, seen.value, aim);
    if (verdict === 'told') return [];
    const last = violationOf(run, item);
    const asked = last !== undefined && open(last) ? last.id : null;
    if (verdict === 'quiet') {
      const accepted = last?.answered?.answer === 'accept' && last.withdrawn === null ? last.id : null;
      const moot = asked ?? accepted;
      return moot === null ? [] : [{ is: 'withdrawn', question: moot, why: 'it is quiet again' }];
    }
    const about = violation(hold, seen, aim, known);
    // Told once, however often it changes: the question then is about what is there now.
    if (asked !== null) return [{ is: 'restated', question: asked, about }];
    return [{ is: 'asked', question: `violation-${run.seq}-${hold.name}-${index + 1}`, about }];
  });
  return [...gone.map((q): Event => ({ is: 'withdrawn', question: q.id, why: 'it is not there any more' })), ...found];
}

/** Only what is new: a patrol that found everything as it was writes nothing down. */
function written(run: Run, seen: Seen, now: number): Event[] {
  const { every, by, mark, activity, unseen: dark } = seen;
  const before = run.patrol;
  const dull =
    before !== null &&
    !isOver(run, seen, now) &&
    before.trouble === null &&
    before.every === every &&
    before.by === by &&
    same(before.mark, mark) &&
    JSON.stringify(before.unseen) === JSON.stringify(dark) &&
    activity.length === 0;
  return dull ? [] : [{ is: 'patrolled', every, by, mark, activity: [...activity], unseen: [...dark] }];
}

/** What kept an approval from being looked up has passed: whoever asked for it had a minute to turn it round without. */
function isOver({ approvalTrouble: trouble }: Run, { unseen: dark }: Seen, now: number): boolean {
  return trouble !== null && dark.length === 0 && now - trouble.at >= APPROVABLE;
}

const APPROVABLE = 60_000;
