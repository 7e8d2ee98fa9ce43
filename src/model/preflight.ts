// What the preflight found before anything was touched, and what follows from it: go, go if a person accepts, or no-go.
import { z } from 'zod';

export const Concern = z.object({
  /** Stable, for accepting it by name: `scheduler`, `last-release`. */
  name: z.string(),
  /**
   * - `refuse`: no maintenance can begin like this.
   * - `ask`: a named person has to accept it first.
   * - `warn`: said, and nothing else.
   */
  is: z.enum(['refuse', 'ask', 'warn']),
  says: z.string(),
  /** What a person can do about it. */
  remedy: z.string(),
  /** For an `ask` that leaves a writer running: the run can be quiet only except for it. */
  except: z.string().nullable(),
  /** For an `ask` about what ends by itself: the step that waits for it, where a person says so. */
  waits: z.string().optional(),
});
export type Concern = z.infer<typeof Concern>;

export type Go =
  | { readonly is: 'go' }
  | { readonly is: 'ask'; readonly names: readonly string[] }
  | { readonly is: 'no-go' };

/** `accepted`: the names of the concerns that a person has accepted. */
export function go(concerns: readonly Concern[], accepted: readonly string[]): Go {
  if (concerns.some((concern) => concern.is === 'refuse')) return { is: 'no-go' };
  const names = concerns.filter((c) => c.is === 'ask' && !accepted.includes(c.name)).map((c) => c.name);
  return names.length > 0 ? { is: 'ask', names } : { is: 'go' };
}

/** "quiet", or "quiet except Heroku Scheduler". `more`: what else it is not quiet about. */
export function quietWords(concerns: readonly Concern[], more: readonly string[] = []): string {
  const names = [...concerns.flatMap((c) => (c.is !== 'refuse' && c.except !== null ? [c.except] : [])), ...more];
  const except = [...new Map(names.map((name) => [name.toLowerCase(), name])).values()];
  return except.length === 0 ? 'quiet' : `quiet except ${except.join(', ')}`;
}
