// What passes between a maint process and the world outside it: a call to the database, to Heroku, to Slack, to the app itself. Whatever
// troubles a cell has are met at a crossing; what came of it is told here as a fate, and carried out by the two gates.
import { type Run, touched } from '../../src/model/run.ts';

/** `jobs`: what an app is asked of its own jobs. `redis`: what is said to its Redis in one go. */
export type Via = 'store' | 'heroku' | 'slack' | 'add-on' | 'jobs' | 'redis';

/** When a trouble begins, in the words of `expected.md`. */
export const phases = ['planning', 'quieting', 'holding', 'back'] as const;
export type Phase = (typeof phases)[number];

export interface Crossing {
  readonly via: Via;
  readonly phase: Phase;
  /** Which maintenance of the app it is, from 1. */
  readonly round: number;
  /** Which of its kind within the phase of that maintenance, from 1. */
  readonly n: number;
  /** "PATCH /apps/*", "commit", "POST chat.update". */
  readonly what: string;
  /** For Heroku and add-ons the path below the base, without the query; for the store the statement. */
  readonly path: string;
  readonly writes: boolean;
  /** How long the app had been quiet; null where it was not yet, or is on its way back. Domain time, milliseconds. */
  readonly quietFor: number | null;
}

export type Fate =
  | { readonly is: 'pass' }
  /** The process is dead from here on. */
  | { readonly is: 'die'; readonly when: 'before' | 'after' }
  /** The database's: not carried out, or carried out and the answer lost. */
  | { readonly is: 'fail'; readonly when: 'before' | 'after' }
  /** Not carried out; this answer. */
  | { readonly is: 'status'; readonly status: number; readonly retryAfter?: number }
  | { readonly is: 'reset'; readonly when: 'before' | 'after' }
  | { readonly is: 'hang'; readonly when: 'before' | 'after' }
  /** Carried out; half of the answer. */
  | { readonly is: 'cut-body' }
  /** Carried out; another answer than the right one. */
  | { readonly is: 'answer'; readonly body: 'wrong-shape' | 'too-big' | 'too-deep' };

export const pass: Fate = { is: 'pass' };

export function phaseOf(run: Run | null): Phase {
  if (run === null) return 'planning';
  if (run.way === 'back') return 'back';
  if (run.quietAt !== null) return 'holding';
  return run.items.some(touched) ? 'quieting' : 'planning';
}
