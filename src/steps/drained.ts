// What the drain has found in the end, a finding a queue: that nothing was in a worker's hands when the workers were stopped, or
// why nobody knows. The proof observes the same queues afterwards; of an app that cannot be asked behind its door this is all.
import type { Finding } from '../model/proof.ts';
import type { Answered, Cx } from '../model/step.ts';
import type { Draining } from './drain.ts';
import type { Looked } from './queues.ts';
import { clock, span } from './standing.ts';

export interface Also {
  /** Who has taken what cannot be read as it is. */
  readonly accepted: Answered | null;
  /** Why what one answers does not hold for all; null where it does. */
  readonly shared: string | null;
}

export function drained(
  cx: Cx,
  looked: readonly Looked[],
  { since }: Draining,
  { accepted, shared }: Also,
): readonly Finding[] {
  return looked.flatMap(({ key, title, found }): readonly Finding[] => {
    const of = (is: Finding['is'], says: string, rests: NonNullable<Finding['rests']>[number]['on']): Finding => ({
      subject: title,
      is,
      says,
      at: cx.now,
      from: cx.since,
      rests: [{ at: cx.now, on: rests }],
    });
    if (found.is === 'unreadable') {
      const says = `it cannot be read, so nobody knows whether jobs were still running: ${found.why}`;
      const by = accepted === null ? ', as was accepted before the start' : `; accepted by ${accepted.by.name}`;
      const one = of('not provable', `${says}${by}`, { unread: found.why });
      return [accepted === null ? one : { ...one, accepted: { by: accepted.by, at: accepted.at } }];
    }
    const { running, queued, oldest, doubt } = found.reading;
    // Said by the proof, which looks at the same.
    if (running === null) return [];
    const rests = { queued, running, oldestMs: oldest?.ageMs ?? null };
    if (running > 0) {
      const age = oldest === null ? '' : `, the oldest (${oldest.what}) for ${span(oldest.ageMs)}`;
      const why = `nothing pauses it and ${queued} wait, so that each is followed by another`;
      return [of('not provable', `not drained: ${running} running${age}; ${why}`, rests)];
    }
    const says = `drained: nothing has run since ${clock(since[key] ?? cx.now)}, last asked at ${clock(cx.now)}, ${queued} waiting`;
    const but = [doubt, shared].filter((one) => one !== null).join('; ');
    return [but === '' ? of('proved', says, rests) : of('not provable', `${says}, but ${but}`, rests)];
  });
}
