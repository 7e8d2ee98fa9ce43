// How often and for how long something is tried again by itself, before a person is asked about it.
import type { Run, Trouble } from '../run.ts';

const MINUTE = 60_000;

/** Six rounds of writing and looking again (each counts one): past that somebody is working against us. */
export const MOST_MOVES = 12;

/** Whether trying again by itself makes no sense, or has been done for long enough. */
export function hopeless(run: Run, trouble: Trouble): boolean {
  return trouble.kind !== 'retryable' || trouble.at - trouble.since >= run.settings.patience;
}

/** 2, 4, 8 … seconds after the last failure, at most half a minute. */
export function retryAt(trouble: Trouble): number {
  return Math.max(trouble.at + Math.min(30_000, 1000 * 2 ** trouble.times), trouble.notBefore);
}

/** What may pass by itself is tried again next to the question: each minute, and less often when it lasts. */
export function retryStuckAt(trouble: Trouble): number {
  return trouble.at + (trouble.at - trouble.since < 15 * MINUTE ? MINUTE : 5 * MINUTE);
}

/** Whether nothing at all may still be possible: a failure that may pass says nothing of it. */
export function couldStillBe(trouble: Trouble | null): boolean {
  return trouble !== null && (trouble.wide || trouble.kind === 'retryable');
}
