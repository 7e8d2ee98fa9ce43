// How a run of an app behaves. Frozen into the run when it is requested: a setting that changes in the middle of a
// maintenance changes nothing in it.
import { z } from 'zod';

const MINUTE = 60_000;

const Milliseconds = z.number().int().nonnegative();

export const Settings = z.object({
  /** The config var that tells the app's own code; `off` leaves config vars, and so the release they make, out of it. */
  variable: z.union([
    z.object({ name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), value: z.string() }),
    z.literal('off'),
  ]),
  /** Process types that only give out work: they stop before the workers do. */
  clocks: z.array(z.string()),
  /** The longest wait for jobs in flight and stopping dynos; past it the run turns round. Milliseconds of domain time. */
  drainCap: Milliseconds,
  /** The longest wait for our own release: "a release phase can take up to an hour" (Heroku). */
  releaseCap: Milliseconds,
  /** How long a call that fails without anybody's doing is tried again before the run turns, or asks. */
  patience: Milliseconds,
  /** How often an overdue run reminds. */
  remindEvery: Milliseconds.min(MINUTE),
  /** How long the question before the start stays open; then the run is cancelled, nothing having been sent. */
  startExpires: Milliseconds,
  /** The first change waits this long at most for the emergency card to reach the channel. */
  emergencyWait: Milliseconds.max(MINUTE),
  /** The planned length where nobody says one. */
  length: Milliseconds,
});
export type Settings = z.infer<typeof Settings>;

export const defaultSettings: Settings = {
  variable: { name: 'MAINTENANCE', value: 'true' },
  clocks: ['clock', 'scheduler', 'cron', 'beat'],
  drainCap: 15 * MINUTE,
  releaseCap: 65 * MINUTE,
  patience: 5 * MINUTE,
  remindEvery: 15 * MINUTE,
  startExpires: 30 * MINUTE,
  emergencyWait: 15_000,
  length: 60 * MINUTE,
};
