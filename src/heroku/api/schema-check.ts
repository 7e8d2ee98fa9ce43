// Holds our zod schemas against the types that Heroku publishes (@heroku-cli/schema), when maint is type-checked: a
// misspelt key, or one of another type, does not compile. Nothing of it is left when maint runs.

import type { z } from 'zod';

/** Heroku's types carry `[k: string]: unknown`, under which any key would do; this is what they really name. */
type Named<T> = { [K in keyof T as string extends K ? never : number extends K ? never : K]: T[K] };

type Join<Path extends string, Key extends string> = Path extends '' ? Key : `${Path}.${Key}`;

/** The paths in `Ours` that `Theirs` does not have, or where it may send what ours would not accept. */
export type Misfit<Theirs, Ours, Path extends string = ''> = null extends Theirs
  ? null extends Ours
    ? MisfitPresent<NonNullable<Theirs>, NonNullable<Ours>, Path>
    : Path
  : MisfitPresent<NonNullable<Theirs>, NonNullable<Ours>, Path>;

type MisfitPresent<Theirs, Ours, Path extends string> = [Ours] extends [readonly (infer OursItem)[]]
  ? [Theirs] extends [readonly (infer TheirsItem)[]]
    ? Misfit<TheirsItem, OursItem, Join<Path, 'item'>>
    : Path
  : [Ours] extends [object]
    ? MisfitKeys<Theirs, Ours, Path>
    : [Theirs] extends [Ours]
      ? never
      : Path;

// Distributes over a union of theirs: each of its members must have what we read.
type MisfitKeys<Theirs, Ours, Path extends string> = Theirs extends object
  ? {
      [K in keyof Ours & string]: K extends keyof Named<Theirs>
        ? Misfit<Named<Theirs>[K], Ours[K], Join<Path, K>>
        : Join<Path, K>;
    }[keyof Ours & string]
  : Path;

/** `fits<Heroku's type>()(our schema)` is our schema. Ours may accept more than Heroku's type says, never less. */
export function fits<Theirs extends object>() {
  return <S extends z.ZodType>(
    schema: S &
      ([Misfit<Theirs, z.input<S>>] extends [never] ? unknown : { notInHerokusType: Misfit<Theirs, z.input<S>> }),
  ): S => schema;
}
