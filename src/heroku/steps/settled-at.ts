// Whether what was switched elsewhere (an autoscaler) shows what was sent. Their APIs take a change before it has had its
// effect, so it is waited for a little, and then sent once more.
import { type Json, same } from '../../model/json.ts';
import type { Cx, Item, Verdict, Way } from '../../model/step.ts';
import { pace, waitedFor } from './pace.ts';

/** Milliseconds. */
const PATIENCE = 30_000;

/** `now`: the values by key; what is not among them is gone, which the engine judges. */
export function settledAt<V extends Json>(
  cx: Cx,
  way: Way,
  items: readonly Item<V>[],
  now: ReadonlyMap<string, V>,
): Verdict<null> {
  const late = items.filter((item) => {
    const value = now.get(item.key);
    const wanted = way === 'back' ? item.before : item.sent.at(-1);
    return value !== undefined && wanted !== undefined && !same(value, wanted);
  });
  if (late.length === 0) return { is: 'done' };
  if (waitedFor(cx) >= PATIENCE) return { is: 'again', memo: null };
  const why = `${late.map(({ label }) => label).join(', ')}: not as it was set yet`;
  return { is: 'waiting', why, look: pace(cx), memo: null };
}
