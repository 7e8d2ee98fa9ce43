// Since when the oldest of the running jobs has been running, and the oldest of the waiting ones waits, where the app's own clock
// wrote it down.

/** Milliseconds that the app's clock may be ahead of the database's. */
const AHEAD = 60_000;

export interface Since {
  readonly oldest: { readonly ageMs: number; readonly what: string } | null;
  readonly doubt: string | null;
}

/** `age`: milliseconds by the database's clock; below zero where the job is said to begin later than now. */
export function runningSince(age: number, what: string): Since {
  if (age >= -AHEAD) return { oldest: { ageMs: Math.max(0, age), what }, doubt: null };
  return {
    oldest: null,
    doubt: `${what} is said to begin at a time that is still to come: the app's clock is wrong, or keeps its times in another zone than UTC`,
  };
}

/** `ages`: milliseconds that the oldest of each queue waits, null where nothing waits there. */
export function waitingSince(ages: readonly (number | null)[]): { readonly ageMs: number } | null {
  const known = ages.filter((age) => age !== null);
  return known.length === 0 ? null : { ageMs: Math.max(0, ...known) };
}

/** Everything there is to doubt, in one sentence. */
export function doubts(all: readonly (string | null)[]): string | null {
  const said = all.filter((each) => each !== null);
  return said.length === 0 ? null : said.join('; ');
}
