// How often a step looks again while it waits: soon at first, then seldom enough to leave the rate limit to others.
import type { Cx } from '../../model/step.ts';

/** Milliseconds until the next look. */
export function pace(cx: Cx): number {
  const waited = cx.now - cx.since;
  if (waited < 10_000) return 1_000;
  return waited < 60_000 ? 2_000 : 5_000;
}

export function waitedFor(cx: Cx): number {
  return cx.now - cx.since;
}
