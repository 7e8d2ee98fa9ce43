// Waits until no job is in a worker's hands any more, for scaling down kills what still runs after half a minute. There is a
// longest wait, and an age that no job should ever reach: past either the run turns, and says which job it was.
import { z } from 'zod';
import { Trouble } from '../errors.ts';
import type { Answered, Cx, StepAnswer, Verdict, Wait } from '../model/step.ts';
import { drainedFor, pastCap, timeLeft } from './drain-cap.ts';
import { drained } from './drained.ts';
import { type Own, withoutOthers } from './elsewhere.ts';
import { hasIntake } from './intake.ts';
import { type Looked, type QueueOf, type Queues, unreadableName } from './queues.ts';
import { span, standing } from './standing.ts';

/** A job that was seen at work: how long it had been, and what it is, with no secret in it. */
const Longest = z.object({ ms: z.number(), what: z.string() });
type Longest = z.infer<typeof Longest>;

export const Draining = z.object({
  /** Since when nothing runs, by the queue's key; domain time. Empty as long as something does. */
  since: z.record(z.string(), z.number()),
  /** Since when it cannot be read. */
  dark: z.record(z.string(), z.number()),
  /** Those that nobody could stop from giving out jobs: their workers take one after the other as long as there are any. */
  unpaused: z.array(z.string()),
  /** Those that could not be read when it began either, as was accepted before the start. */
  accepted: z.array(z.string()).default([]),
  /** The longest that a job had been running, in whole minutes: what later plans take into account. */
  longest: Longest.nullable().default(null),
});
export type Draining = z.infer<typeof Draining>;

/** Looked at again so often; a queue that tells of itself every ten seconds needs no more. */
const LOOK = 2_000;
const LOOK_LATER = 5_000;
/** A queue that cannot be read for longer than this may be down for good: a person is asked. */
const DARK = 60_000;
const KEY = 'unreadable';
const MINUTE = 60_000;

export interface Drain {
  readonly name: string;
  readonly title: string;
  takes(queue: QueueOf): boolean;
  /** Why what one process answers does not hold for all; null where it does. */
  readonly shared?: (cx: Cx) => Promise<string | null>;
  /** Whose jobs are waited for, where each process is told to stop by itself. */
  readonly own?: Own;
}

/** The HTTP contract is drained by a step of its own, before the door shuts. */
export function drain(queues: Queues, own: Own): Wait<Draining> {
  const takes = (queue: QueueOf): boolean => queue.system.over !== 'http';
  return draining(queues, { name: 'drain', title: 'Jobs in flight', takes, own });
}

export function draining(queues: Queues, { name, title, takes, shared, own }: Drain): Wait<Draining> {
  return {
    kind: 'wait',
    name,
    title,
    memo: Draining,
    async settle(cx, _way, before): Promise<Verdict<Draining>> {
      const mine = queues.of(cx).filter(takes);
      if (mine.length === 0) return { is: 'done' };
      cx.reads.forget();
      const [all, unpaused] = await Promise.all([
        queues.look(cx, mine),
        before?.unpaused ?? unpausedOf(queues, cx, mine),
      ]);
      const looked = own === undefined ? all : await Promise.all(all.map((one) => withoutOthers(queues, own, cx, one)));
      const tooOld = olderThanAllowed(cx, looked);
      if (tooOld !== null) return { is: 'failed', why: tooOld };
      const memo: Draining = {
        since: sinceWhen(cx, looked, before?.since, ({ found }) => found.is === 'read' && found.reading.running === 0),
        dark: sinceWhen(cx, looked, before?.dark, ({ found }) => found.is === 'unreadable'),
        unpaused: [...unpaused],
        longest: longestOf(looked, before?.longest ?? null),
        accepted: before?.accepted ?? looked.filter((one) => wasAccepted(cx, one)).map(({ key }) => key),
      };
      const said = verdict(cx, looked, memo);
      if (said.is !== 'done') return said;
      const also = { accepted: acceptedIn(cx, looked, memo), shared: (await shared?.(cx)) ?? null };
      return { is: 'done', findings: drained(cx, looked, memo, also) };
    },
  };
}

function verdict(cx: Cx, looked: readonly Looked[], memo: Draining): Verdict<Draining> {
  const left = looked.filter((one) => holdsUp(cx, one, memo));
  if (left.length === 0) return { is: 'done' };
  const waited = cx.now - cx.since;
  const why = left.map(standing).join('; ');
  const dark = left.filter(({ key }) => memo.dark[key] !== undefined);
  const says = darkness(dark);
  if (dark.length === left.length && acceptedIn(cx, looked, memo) !== null) return { is: 'done' };
  if (pastCap(cx)) return { is: 'failed', why: `after ${span(drainedFor(cx))}: ${why}` };
  const look = waited < 60_000 ? LOOK : LOOK_LATER;
  // What runs elsewhere is waited for first: it may be back by then.
  if (dark.length === left.length && dark.every(({ key }) => cx.now - (memo.dark[key] ?? cx.now) >= DARK)) {
    const answers: StepAnswer[] = ['look-again', 'accept', ...(cx.holding === true ? [] : (['turn-back'] as const))];
    return { is: 'ask', ask: { key: KEY, says, details: dark.map(standing), answers }, look, memo };
  }
  const busy = left.some(({ found }) => found.is === 'unreadable' || found.reading.running !== 0);
  return { is: 'waiting', why: busy ? `${why}; ${timeLeft(cx)}` : why, look, memo, drains: true };
}

function darkness(dark: readonly Looked[]): string {
  return `${dark.map(({ title }) => title).join(', ')} cannot be read: nobody knows whether jobs are still running`;
}

/** The answer of who has accepted that just these cannot be read. */
function acceptedIn(cx: Cx, looked: readonly Looked[], memo: Draining): Answered | null {
  const dark = looked.filter((one) => memo.dark[one.key] !== undefined && holdsUp(cx, one, memo));
  const last = (cx.answered ?? []).findLast(({ key, at }) => key === KEY && at >= cx.since);
  return dark.length > 0 && last?.answer === 'accept' && last.says === darkness(dark) ? last : null;
}

/** What has been running longer than any job should: found before the app is touched as well. Null where nothing has. */
export function olderThanAllowed(cx: Cx, looked: readonly Looked[]): string | null {
  const limit = cx.settings.abortIfOlderThan;
  if (limit === null) return null;
  for (const { title, found } of looked) {
    const oldest = found.is === 'read' ? found.reading.oldest : null;
    if (oldest === null || oldest.ageMs < limit) continue;
    return `${title}: ${oldest.what} has been running for ${span(oldest.ageMs)}, and no job should for more than ${span(limit)}`;
  }
  return null;
}

/** By the minute: it is kept with the run whenever it is another. */
function longestOf(looked: readonly Looked[], before: Longest | null): Longest | null {
  return looked.reduce<Longest | null>((so, { title, found }) => {
    const oldest = found.is === 'read' ? found.reading.oldest : null;
    const ms = Math.floor((oldest?.ageMs ?? 0) / MINUTE) * MINUTE;
    return oldest === null || ms <= (so?.ms ?? 0) ? so : { ms, what: `${oldest.what} of ${title}` };
  }, before);
}

/** By key; what holds for the first time holds from now on, and what does not any more is left out. */
function sinceWhen(
  cx: Cx,
  looked: readonly Looked[],
  before: Readonly<Record<string, number>> | undefined,
  holds: (one: Looked) => boolean,
): Record<string, number> {
  return Object.fromEntries(looked.filter(holds).map(({ key }) => [key, before?.[key] ?? cx.now]));
}

/** What says nothing of its running jobs cannot be waited for: the proof says that it is not provable. */
function holdsUp(cx: Cx, { key, system, found }: Looked, { since, unpaused, accepted }: Draining): boolean {
  if (found.is === 'unreadable') return !accepted.includes(key);
  const { running, queued } = found.reading;
  if (running === null) return false;
  // While jobs wait there, each that ends is followed by another: it would be waited for in vain.
  if (unpaused.includes(key) && queued > 0) return false;
  const from = since[key];
  // What tells of itself only now and then is believed when it has said so twice.
  return from === undefined || cx.now - from < system.beat * 1.5;
}

/** By its own name, or by that of the step that would have held it: nobody is asked a second time. */
function wasAccepted(cx: Cx, queue: Looked): boolean {
  const { setting, system } = queue;
  const hold = system.over === 'http' ? 'contract' : setting.system === 'sidekiq' ? 'quieted' : 'intake';
  const names = cx.accepted ?? [];
  const held = hold !== 'intake' || hasIntake(queue);
  return queue.found.is === 'unreadable' && (names.includes(unreadableName(queue)) || (held && names.includes(hold)));
}

/** Asked once: whether something can be paused does not change while it is waited for. */
async function unpausedOf(queues: Queues, cx: Cx, mine: readonly QueueOf[]): Promise<readonly string[]> {
  const all = await Promise.all(mine.map(async (queue) => ((await canBeHeld(queues, cx, queue)) ? [] : [queue.key])));
  return all.flat();
}

async function canBeHeld(queues: Queues, cx: Cx, queue: QueueOf): Promise<boolean> {
  try {
    return await queues.use(cx, queue, async ({ intake, processes }) => {
      const rows = (await intake?.look()) ?? [];
      const none = rows.length > 0 && rows.every(({ cannot, paused }) => cannot !== undefined && !paused);
      return processes !== null || (intake !== null && !none);
    });
  } catch (error) {
    if (!(error instanceof Trouble) || error.wide) throw error;
    return true;
  }
}
