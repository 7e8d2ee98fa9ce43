// The end of a planned time: what can still be begun before it, and by how much it is over. Nothing is restored by the end
// alone (I11); the freeze stays until a person decides.

const MINUTE = 60_000;

/** A step of which nobody knows how long it takes is not begun in the last minutes at all. Milliseconds. */
export const LAST_MINUTES = 5 * MINUTE;

/** Milliseconds; null: nobody knows. */
export type Takes = number | null;

/** The latest instant at which the first of these steps can begin, so that all of them are over by `end`. */
export function lastChance(steps: readonly Takes[], end: number): number {
  return steps.reduce<number>((latest, takes) => latest - (takes ?? LAST_MINUTES), end);
}

export type CutOff =
  /** `until`: the latest instant for the next step, were it the only one. */
  | { readonly is: 'in-time'; readonly until: number }
  /** That many milliseconds too late for it to be over by the end. */
  | { readonly is: 'too-late'; readonly by: number };

/** Whether a step that takes so long may be begun at `now`. */
export function mayBegin(takes: Takes, now: number, end: number): CutOff {
  const until = lastChance([takes], end);
  return now <= until ? { is: 'in-time', until } : { is: 'too-late', by: now - until };
}

/** Milliseconds past the end; 0 until then. */
export function overrun(end: number, now: number): number {
  return Math.max(0, now - end);
}
