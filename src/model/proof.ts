// Evidence that an app is quiet. An unreadable source is not quiet (I10): it is `not provable`, never `proved`.
import { z } from 'zod';
import { Person } from './person.ts';

export const Finding = z.object({
  /** What it is about: "Dynos", "Heroku Scheduler", "Web". */
  subject: z.string(),
  is: z.enum(['proved', 'not provable', 'violated']),
  /** The evidence, with its numbers. */
  says: z.string(),
  /** When it was seen, domain time; of an observation its end. */
  at: z.number(),

  // What follows came later: a finding that was kept before has none of it.

  /** When the observation began. */
  from: z.number().optional(),
  /** What it rests on: each sample's numbers, with their time. */
  rests: z.array(z.object({ at: z.number(), on: z.record(z.string(), z.json()) })).optional(),
  /** What violates it, each called the same whenever it is seen: dynos, jobs, tables. */
  what: z.array(z.string()).optional(),
  /** Who has taken it as it is. */
  accepted: z.object({ by: Person, at: z.number() }).optional(),
  /** The step that found it. */
  step: z.string().optional(),
});
export type Finding = z.infer<typeof Finding>;

/** What a step has found takes the place of what it had found before; what others have found stays. */
export function merged(before: readonly Finding[], step: string, found: readonly Finding[]): readonly Finding[] {
  return [...before.filter((one) => one.step !== step), ...found.map((one) => ({ ...one, step }))];
}
