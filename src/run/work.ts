// Begins the operators' work and watches it to its end. Its start is committed before it is sent, and sent at most once: after a
// crash, or where no clear answer came, it is looked for among the dynos, and a person is asked rather than anything repeated.
import { clause, Trouble } from '../errors.ts';
import type { Event } from '../model/event.ts';
import type { PlatformWork } from '../model/platform.ts';
import type { Run, Work } from '../model/run.ts';
import type { Cx } from '../model/step.ts';
import { workQuestion, workRunning, workUnderWay } from '../model/work.ts';
import { at, type Listened, type Performed, type Performing } from './performing.ts';

const SECOND = 1_000;
/** How long a dyno whose start was unclear may take to be listed, before anybody is asked. */
const FIND = 15 * SECOND;
const FIND_EVERY = 3 * SECOND;
/** How long the dynos may be beyond reach before a command is given up that was not sent, or asked about that may have been. */
const BLIND = 60 * SECOND;
/** How often its dyno is looked for while it runs. Mostly its end is heard of in the log before. */
const WATCH = 30 * SECOND;
/** How long the log may take to tell the exit status of a dyno that is gone. */
const LATE = 15 * SECOND;
/** How long nobody may see whether it runs, and its log be silent, before a person is asked. */
const LOST = 600 * SECOND;

const unheard: Listened = { exit: null, lines: 0, cut: 0 };

export async function beginWork(run: Run, id: string, on: Performing): Promise<Performed> {
  const work = workUnderWay(run);
  if (work === null || work.id !== id) return at([]);
  const platform = on.platform.work;
  if (platform === undefined) return at([notStarted(work, 'this platform runs no commands')]);
  const cx = on.cx(run, `run ${id}`, work.askedAt, 'person');
  try {
    return await begin(run, work, platform, cx, on);
  } catch (error) {
    if (!(error instanceof Trouble) || cx.signal.aborted || !lasts(run, error, cx.now)) throw error;
    // Neither patrols nor the way back wait for it any longer.
    const why = `${clause(error)}. ${error.remedy}`;
    return at([work.there === null ? notStarted(work, why) : asks(run, work, why)]);
  }
}

/** One refusal may be a hiccup. */
function lasts(run: Run, { kind }: Trouble, now: number): boolean {
  const before = run.patrol?.trouble ?? null;
  return before !== null && (kind !== 'retryable' || now - before.since >= BLIND);
}

async function begin(run: Run, work: Work, platform: PlatformWork, cx: Cx, on: Performing): Promise<Performed> {
  const { id } = work;
  const there = await platform.there(cx);
  if (work.there !== null) {
    const found = await lookedFor(run, work, platform, cx);
    if (found.is === 'one') return at(began(run, work, found.dyno));
    if (found.is === 'several') return at([asks(run, work, `${found.names.join(' and ')} may both be it`)]);
    if (work.startingAt !== null) {
      if (cx.now - work.startingAt < FIND) return { events: [], wrote: false, pause: FIND_EVERY };
      return at([asks(run, work, 'no dyno of it is there: it may not have begun, or have ended already')]);
    }
  }
  if (!(await on.commit(run, [{ is: 'work-starting', id, there: there.map((dyno) => dyno.id) }]))) return at([]);
  try {
    const dyno = await platform.start(cx, work);
    return { ...at(began(run, work, dyno)), wrote: true };
  } catch (error) {
    if (!(error instanceof Trouble) || cx.signal.aborted) throw error;
    // Whether it runs is found out by the next look, and by nothing else.
    if (error.unclear) return at([]);
    return { ...at([notStarted(work, `${clause(error)}. ${error.remedy}`)]), wrote: true };
  }
}

/** While it runs, and while nobody knows whether it does. `look`: the next time, milliseconds from now. */
export async function watchWork(
  run: Run,
  on: Performing,
  cx: Cx,
): Promise<{ readonly events: readonly Event[]; readonly look: number }> {
  const nothing = { events: [], look: Number.POSITIVE_INFINITY };
  const platform = on.platform.work;
  const work = workUnderWay(run);
  if (work === null || platform === undefined) return nothing;
  if (workRunning(run) === null) {
    if (work.there === null) return nothing;
    // Somebody is asked about it: one that has come up since answers that.
    const found = await lookedFor(run, work, platform, cx);
    return found.is === 'one' ? { events: began(run, work, found.dyno), look: 0 } : nothing;
  }
  const late = work.goneAt !== null && cx.now >= work.goneAt + LATE;
  const { exit, lines, cut } = (await on.listen?.(run, work, late)) ?? unheard;
  const ended = (says: string | null): Event => ({ is: 'work-ended', id: work.id, exit, says, lines, cut });
  const asked = workQuestion(run, work.id);
  const moot: Event[] =
    asked === undefined ? [] : [{ is: 'withdrawn', question: asked.id, why: 'it can be seen again how it stands' }];
  if (exit !== null) return { events: [...moot, ended(null)], look: Number.POSITIVE_INFINITY };
  if (work.goneAt !== null) {
    if (!late) return { events: [], look: work.goneAt + LATE - cx.now };
    const why = 'its dyno is gone, and the log did not tell its exit status';
    return { events: [ended(why)], look: Number.POSITIVE_INFINITY };
  }
  const there = await platform.there(cx);
  if (there.some((dyno) => dyno.id === work.dyno?.id)) return { events: moot, look: WATCH };
  return { events: [...moot, { is: 'work-gone', id: work.id }], look: LATE };
}

/** Neither the dynos nor its log tell whether it still runs: a person may know, so that it holds up the way back for no longer. */
export function lost(run: Run, cx: Cx, why: string): readonly Event[] {
  const work = workRunning(run);
  if (work === null || work.unseenSince === null || workQuestion(run, work.id) !== undefined) return [];
  const asked = run.questions.findLast(({ about }) => about.is === 'work' && about.id === work.id);
  const since = Math.max(work.unseenSince, asked?.answered?.at ?? 0);
  if (cx.now - since < LOST) return [];
  const says = `whether ${work.shows} still runs as ${work.dyno?.name} is not known: the dynos have not been listed for ${Math.round((cx.now - work.unseenSince) / 60_000)} min, and its log has not told its end. ${why}`;
  return [{ is: 'asked', question: `work-${run.seq}`, about: { is: 'work', id: work.id, says } }];
}

type Found =
  | { readonly is: 'none' }
  | { readonly is: 'one'; readonly dyno: NonNullable<Work['dyno']> }
  | { readonly is: 'several'; readonly names: readonly string[] };

/** Dynos of the same command that were not there before it was sent, and are no other work's. */
async function lookedFor(run: Run, work: Work, platform: PlatformWork, cx: Cx): Promise<Found> {
  const known = new Set([...(work.there ?? []), ...run.works.flatMap(({ dyno }) => dyno?.id ?? [])]);
  const mine = (await platform.there(cx)).filter(({ id, command }) => command === work.command && !known.has(id));
  const [first, ...more] = mine;
  if (first === undefined) return { is: 'none' };
  if (more.length > 0) return { is: 'several', names: mine.map(({ name }) => name) };
  const { command: _, ...dyno } = first;
  return { is: 'one', dyno };
}

function began(run: Run, work: Work, dyno: NonNullable<Work['dyno']>): readonly Event[] {
  const asked = workQuestion(run, work.id);
  const moot: Event[] =
    asked === undefined ? [] : [{ is: 'withdrawn', question: asked.id, why: `it has begun: it is ${dyno.name}` }];
  return [...moot, { is: 'work-started', id: work.id, dyno }];
}

function asks(run: Run, work: Work, why: string): Event {
  const says = `whether ${work.shows} has begun is not known: ${why}`;
  return { is: 'asked', question: `work-${run.seq}`, about: { is: 'work', id: work.id, says } };
}

function notStarted(work: Work, why: string): Event {
  return { is: 'work-ended', id: work.id, exit: null, says: `it was not started: ${why}`, lines: 0, cut: 0 };
}
