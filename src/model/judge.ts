// Whose doing is it? The one function that judges every item (I4), on the way back and at the last look: what equals
// `before` is done, what we set ourselves is ours to put back, what is not there is gone, and anything else was somebody
// else's decision: drift, to be asked about.
import { type Json, same } from './json.ts';

export type Judgement = 'before' | 'ours' | 'gone' | 'drift';

/** `now` is undefined where the item is not there any more. */
export function judge(
  item: { readonly before: Json; readonly sent: readonly Json[] },
  now: Json | undefined,
): Judgement {
  if (now === undefined) return 'gone';
  if (same(now, item.before)) return 'before';
  return item.sent.some((value) => same(now, value)) ? 'ours' : 'drift';
}
