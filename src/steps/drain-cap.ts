// How long jobs in flight and stopping dynos are waited for: all steps that wait for them share one cap, from when the first of them
// began to. When that was is in the run's events, so a process that takes over goes on counting.
import type { Cx } from '../model/step.ts';

const MINUTE = 60_000;
/** A dyno has 30 s to stop, whatever the jobs before it have left of the cap. */
export const STOPS = MINUTE;

/** Milliseconds that the drain has taken so far, all its steps together. */
export function drainedFor(cx: Cx): number {
  return cx.now - (cx.drainingSince ?? cx.since);
}

/** `least`: milliseconds that this step may take in any case: what it waits for ends by itself in a time that is known. */
export function pastCap(cx: Cx, least = 0): boolean {
  return drainedFor(cx) >= cx.settings.drainCap && cx.now - cx.since >= Math.min(least, cx.settings.drainCap);
}

/** "12 min left of the drain". By the minute: what says it is written down whenever it says something else. */
export function timeLeft(cx: Cx): string {
  const left = cx.settings.drainCap - drainedFor(cx);
  return `${left < MINUTE ? 'less than 1' : Math.ceil(left / MINUTE)} min left of the drain`;
}
