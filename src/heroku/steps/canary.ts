// One dyno of each worker type comes first and is watched; then the others, all at once or twice as many each time. Where it
// does not go well a person is asked: what broke in the maintenance is not multiplied, and nobody is let in meanwhile.
import { Trouble } from '../../errors.ts';
import type { Cx, Item } from '../../model/step.ts';
import type { Looked, Queues } from '../../steps/queues.ts';
import type { Heroku } from '../api/client.ts';
import type { Dyno } from '../api/dynos.ts';
import { lastLines } from '../last-lines.ts';
import {
  type Asked,
  answerTo,
  ask,
  atMost,
  type ComingBack,
  heardAll,
  nextPart,
  type Said,
  type Watch,
  watchFor,
} from './coming-back.ts';

/** Milliseconds between two looks while it is watched. */
const LOOK = 10_000;
/** A dyno that is up may still be loading its program: so long until its first job, milliseconds. */
const FIRST_JOB = 2 * 60_000;
/** More failed jobs than that, and more than one in five of those taken, are no accident. */
const FEW_FAILED = 3;
const ONE_IN = 5;
/** Of so many crashed dynos the log is shown. */
const LOGS = 2;

/** Whether what comes back now is watched before it is gone on with. */
export function isWatched(cx: Cx, at: ComingBack): boolean {
  return at.most !== null && at.most > 0 && watchFor(cx, at) > 0;
}

/** `starting`: what is not up yet, as a verdict; null where all of it is. */
export async function watched(
  on: { readonly heroku: Heroku; readonly queues: Queues | null },
  cx: Cx,
  items: readonly Item<number>[],
  before: ComingBack,
  dynos: readonly Dyno[],
  starting: (at: ComingBack) => Said | null,
): Promise<Said> {
  const given = answerTo(cx, before);
  // What was asked or answered before it was last written is of another round, and says nothing of these dynos.
  const answer = given !== undefined && given.at >= cx.since ? given : undefined;
  const stale = given !== answer || (answer === undefined && before.asked !== null && before.asked.at < cx.since);
  if (answer?.answer === 'go-on') {
    const crashing = dynos.filter(({ state }) => state === 'crashed').map(({ type }) => type);
    return passed(cx, items, { ...heardAll(cx, before), anyway: [...new Set([...before.anyway, ...crashing])] });
  }
  const at = answer === undefined && !stale ? before : { ...heardAll(cx, before), asked: null, watch: null };
  const there = items.filter(({ key, before: all }) => atMost(all, at) > 0 && !at.anyway.includes(key));
  const types = new Set(there.map(({ key }) => key));
  const mine = dynos.filter(({ type }) => types.has(type));
  // One that was begun before it was last written is of another round.
  const watch = at.watch !== null && at.watch.from >= cx.since ? at.watch : null;
  // Only where one has gone: what somebody has scaled up meanwhile is new as well.
  const replaced = watch?.dynos.some((id) => !mine.some((dyno) => dyno.id === id)) === true;
  const isAnew = ({ id }: Dyno): boolean => replaced && watch?.dynos.includes(id) === false;
  const fallen = mine.filter((dyno) => dyno.state === 'crashed' || isAnew(dyno));
  if (fallen.length > 0) return askedAbout(cx, at, await crash(on.heroku, cx, fallen, at.asked));
  if (at.asked !== null && !at.asked.passes) return askedAbout(cx, at, at.asked);
  const late = starting({ ...at, watch: null });
  if (late !== null) return at.asked === null ? late : askedAbout(cx, at, at.asked);
  const looked = on.queues === null ? [] : await on.queues.look(cx);
  const now = watch === null ? begin(cx, mine, looked) : moved(watch, looked);
  const next = { ...at, watch: now };
  const failing = failingOf(now, looked);
  if (failing !== null) return askedAbout(cx, at, { ...failing, at: at.asked?.at ?? cx.now });
  const left = now.from + watchFor(cx, at) - cx.now;
  const waiting = (why: string, look: number): Said =>
    next.asked === null ? { is: 'waiting', why, look, memo: next } : ask(cx, next, next.asked, ANSWERS, look);
  const names = (there.length === 0 ? at.anyway : mine.map(({ name }) => name)).join(', ');
  if (left > 0) return waiting(`${names}: watched before the others come`, Math.min(LOOK, left));
  // Those that crash take no job, which a person knows who has gone on with them.
  const idle = there.length === 0 ? null : await idleOf(on.queues, cx, now, looked);
  if (idle === null) return passed(cx, items, next);
  if (cx.now - now.from < FIRST_JOB) return waiting(idle.says, LOOK);
  return ask(cx, next, next.asked ?? idle, ANSWERS);
}

const ANSWERS = ['look-again', 'go-on'] as const;

/** It is watched from its beginning once it is up again. */
function askedAbout(cx: Cx, at: ComingBack, asked: Asked): Said {
  return ask(cx, { ...at, watch: null }, asked, ANSWERS);
}

function passed(cx: Cx, items: readonly Item<number>[], at: ComingBack): Said {
  const next = nextPart(cx, items, at);
  return items.every(({ before }) => atMost(before, at) === before) ? { is: 'done' } : { is: 'again', memo: next };
}

/** Asked once of the same dynos: their log is not read again and again. */
async function crash(heroku: Heroku, cx: Cx, fallen: readonly Dyno[], asked: Asked | null): Promise<Asked> {
  const about = fallen.map(({ name, id }) => `${name} ${id}`).toSorted();
  if (asked !== null && about.every((one) => asked.about.includes(one))) return asked;
  const crashed = fallen.filter(({ state }) => state === 'crashed').map(({ name }) => name);
  const anew = fallen.filter(({ state }) => state !== 'crashed').map(({ name }) => name);
  const says = [
    ...(crashed.length === 0 ? [] : [`${crashed.join(', ')} crashed`]),
    ...(anew.length === 0 ? [] : [`${anew.join(', ')} was started anew while it was watched`]),
  ].join(', ');
  const logs = fallen.slice(0, LOGS).map(async ({ name }) => {
    const lines = await lastLines(heroku, cx, name);
    return lines.map((line) => `${name}: ${line}`);
  });
  const details = (await Promise.all(logs)).flat();
  return { key: 'canary', says, details, at: asked?.at ?? cx.now, about, passes: true };
}

function begin(cx: Cx, dynos: readonly Dyno[], looked: readonly Looked[]): Watch {
  const queues = looked.flatMap(({ key, found }) => {
    if (found.is === 'unreadable') return [];
    const { queued, failed } = found.reading;
    return [[key, { queued, failed, moved: isWorking(found.reading) }] as const];
  });
  return { from: cx.now, dynos: dynos.map(({ id }) => id), queues: Object.fromEntries(queues) };
}

function isWorking({ queued, running }: { readonly queued: number; readonly running: number | null }): boolean {
  return queued === 0 || running === null || running > 0;
}

function moved(watch: Watch, looked: readonly Looked[]): Watch {
  const queues = Object.entries(watch.queues).map(([key, was]) => {
    const found = looked.find((one) => one.key === key)?.found;
    const works = found?.is === 'read' && (isWorking(found.reading) || found.reading.queued < was.queued);
    return [key, { ...was, moved: was.moved || works }] as const;
  });
  return { ...watch, queues: Object.fromEntries(queues) };
}

/** Jobs that fail as they come: not over by itself, for they fail until there are none left. */
function failingOf(watch: Watch, looked: readonly Looked[]): Asked | null {
  const failing = looked.flatMap(({ key, title, found }) => {
    const was = watch.queues[key];
    if (found.is === 'unreadable' || found.reading.failed === null || was === undefined || was.failed === null)
      return [];
    const more = found.reading.failed - was.failed;
    const taken = was.queued - found.reading.queued;
    return more > FEW_FAILED && more * ONE_IN > taken ? [{ key, title, more, taken }] : [];
  });
  if (failing.length === 0) return null;
  return {
    key: 'canary',
    says: `jobs fail since the first workers are back: ${failing.map(({ title, more }) => `${more} in ${title}`).join(', ')}`,
    details: failing.map(
      ({ title, more, taken }) => `${title}: ${more} more have failed, ${Math.max(0, taken)} fewer wait`,
    ),
    at: 0,
    about: failing.map(({ key }) => key),
    passes: false,
  };
}

/** Jobs wait, and none is taken. Not where somebody has paused the queue, nor where it cannot be read. */
async function idleOf(queues: Queues | null, cx: Cx, watch: Watch, looked: readonly Looked[]): Promise<Asked | null> {
  if (queues === null) return null;
  const idle: { readonly key: string; readonly says: string }[] = [];
  for (const one of looked) {
    if (one.found.is === 'unreadable' || watch.queues[one.key]?.moved !== false) continue;
    if (await isPaused(queues, cx, one)) continue;
    const { queued } = one.found.reading;
    const waiting = queued === 1 ? '1 job waits' : `${queued} jobs wait`;
    idle.push({ key: one.key, says: `${one.title}: ${waiting} and none is taken` });
  }
  if (idle.length === 0) return null;
  const says = idle.map((one) => one.says).join('; ');
  return { key: 'canary', says, details: [], at: cx.now, about: idle.map(({ key }) => key), passes: true };
}

async function isPaused(queues: Queues, cx: Cx, queue: Looked): Promise<boolean> {
  try {
    const rows = await queues.use(cx, queue, async ({ intake }) => (await intake?.look()) ?? []);
    return rows.some(({ paused }) => paused);
  } catch (error) {
    if (error instanceof Trouble && !error.wide) return true;
    throw error;
  }
}
