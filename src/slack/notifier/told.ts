// What came of one pass over what a run has to tell, and of one message in it.
import type { Failure } from './post.ts';

export type Told =
  | { readonly is: 'told' }
  /** Another process tells it, or there is nothing to tell. */
  | { readonly is: 'elsewhere' }
  /** There is more, after so many milliseconds. */
  | { readonly is: 'later'; readonly ms: number }
  | { readonly is: 'failed'; readonly why: string; readonly ms: number | null };

/** The channel takes nothing new now. */
export interface Refused {
  readonly is: 'refused';
  readonly why: string;
}

export function failedFor(why: string): Told {
  return { is: 'failed', why, ms: null };
}

export function failed(failure: Failure): Told {
  if (failure.is === 'slow') return { is: 'failed', why: 'asked to slow down', ms: failure.ms };
  return { is: 'failed', why: failure.why, ms: null };
}
