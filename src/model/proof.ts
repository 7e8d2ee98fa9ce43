// Evidence that an app is quiet. An unreadable source is not quiet (I10): it is `not provable`, never `proved`.
import { z } from 'zod';

export const Finding = z.object({
  /** What it is about: "Dynos", "Heroku Scheduler", "Web". */
  subject: z.string(),
  is: z.enum(['proved', 'not provable', 'violated']),
  /** The evidence, with its numbers. */
  says: z.string(),
  /** When it was seen, domain time. */
  at: z.number(),
});
export type Finding = z.infer<typeof Finding>;
