// Who did something. Every event that a person caused carries one.
import { z } from 'zod';

export const Person = z.object({
  /** A Slack user id (`U…`), or the operating system's user name at a terminal. */
  id: z.string(),
  /** As people know them; typed by people, so escape it before it is shown. */
  name: z.string(),
  via: z.enum(['slack', 'terminal']),
});
export type Person = z.infer<typeof Person>;

export function samePerson(a: Person, b: Person): boolean {
  return a.id === b.id && a.via === b.via;
}
