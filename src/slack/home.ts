// Which workspace maint is in: asked at once, in the background, and again when somebody wants to know as long as it is not
// known, even where an earlier question still hangs. It never changes, so it is kept.
import { setTimeout as later } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import type { Logger } from '../log.ts';
import { reasonOf } from './words.ts';

/** Real time: longer nobody waits to hear what is the matter. */
const PATIENCE = 1_000;
const AGAIN = 250;

export interface Home {
  /** Null as long as Slack has not said. */
  known(): string | null;
  /** The same, as soon as it is known, or after a while. */
  soon(): Promise<string | null>;
}

/** `patienceMs`: real milliseconds; a second where not said. */
export function homeOf(client: WebClient, log: Logger, patienceMs = PATIENCE): Home {
  let known: string | null = null;
  let asked = Number.NEGATIVE_INFINITY;
  const told = Promise.withResolvers<void>();
  const ask = async (): Promise<void> => {
    if (known !== null || performance.now() - asked < AGAIN) return;
    asked = performance.now();
    try {
      known = (await client.auth.test()).team_id ?? known;
      if (known !== null) told.resolve();
    } catch (error) {
      log.debug({ why: reasonOf(error) }, 'Slack did not say which workspace this is');
    }
  };
  void ask();
  return {
    known() {
      void ask();
      return known;
    },
    async soon() {
      const until = performance.now() + patienceMs;
      while (known === null && performance.now() < until) {
        await Promise.race([told.promise, later(AGAIN)]);
        void ask();
      }
      return known;
    },
  };
}
