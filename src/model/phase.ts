// How far a run has come, in the words that people see. All of it is derived: nothing of it is stored.
import { quietWords } from './preflight.ts';
import { open } from './questions.ts';
import { concernsOf, type Run, step, touched, watch } from './run.ts';

export type Phase =
  | 'planning'
  | 'quieting'
  | 'holding'
  | 'restoring'
  | 'watching'
  | 'needs a person'
  | 'restored'
  | 'cancelled';

/** What people see. Derived: a stored "needs a person" would forget where it came from. */
export function phase(run: Run): Phase {
  if (run.ended !== null) return run.ended.as;
  if (run.questions.some((q) => open(q) && ['drift', 'stuck', 'step', 'work'].includes(q.about.is)))
    return 'needs a person';
  if (isWatched(run)) return 'watching';
  if (run.way === 'back') return 'restoring';
  if (run.quietAt !== null) return 'holding';
  if (run.questions.some((q) => open(q) && q.about.is === 'start')) return 'needs a person';
  return run.planned === null || !run.items.some(touched) ? 'planning' : 'quieting';
}

/** Everything is back and its users are in; it is only watched from here on. */
export function isWatched(run: Run): boolean {
  return run.ended === null && run.way === 'back' && step(run, 'back', watch.name)?.state === 'done';
}

/** On the way back nothing is left to do. */
export function isThrough(run: Run): boolean {
  return run.way === 'back' && run.steps.back.every(({ state }) => state === 'done');
}

/** When its users were let in again; null where they have not been, or never were kept out. */
export function openedAt(run: Run): number | null {
  return run.steps.back.find(({ door }) => door)?.doneAt ?? null;
}

/** "quiet", or "quiet except Heroku Scheduler": by what was accepted, and by what the proof could not show. */
export function quietSays(run: Run): string {
  const concerns = concernsOf(run);
  // What the app's own settings leave out of sight stands in the proof; what else is not provable is an exception, foreseen or not.
  const unseen = ['Web', 'Dyno starts', ...(run.settings.database === null ? ['Database'] : [])];
  // Found out twice, it is as it was found last: a queue was drained, and was then observed.
  const last = [...new Map((run.proof?.findings ?? []).map((f) => [f.subject, f])).values()];
  const unproved = last.filter((f) => f.is === 'violated' || (f.is === 'not provable' && !unseen.includes(f.subject)));
  return quietWords(
    concerns,
    unproved.map((f) => f.subject),
  );
}

/** "2 runs of the Scheduler"; null where none was stopped. */
export function stoppedWords(run: Run): string | null {
  const all = Object.entries(run.patrol?.stopped ?? {}).map(
    ([what, times]) => `${times} ${times === 1 ? 'run' : 'runs'} of ${what}`,
  );
  return all.length === 0 ? null : all.join(', ');
}
