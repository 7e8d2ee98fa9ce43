// When a request that has been acknowledged is gone on with. Slack waits for an acknowledgement and not for the work, so of many
// requests that come at once the last is acknowledged before the first is worked on.
import { setTimeout as later } from 'node:timers/promises';
import PQueue from 'p-queue';

/** Real milliseconds, as all of these. One is gone on with in each, so that what comes meanwhile is acknowledged in between. */
const APART = 10;
/** As long as nobody else has come, so long is waited for more of the same moment. */
const QUIET = 20;
/** No longer is waited for that: where they come without end each is worked on all the same. */
const AT_MOST = 250;

export interface Turns {
  /** To be asked right after an acknowledgement; resolves when the work may begin, in the order of asking. */
  mine(): Promise<void>;
}

export function takingTurns(): Turns {
  const queue = new PQueue({ concurrency: 1, interval: APART, intervalCap: 1 });
  let lastCame = 0;
  return {
    async mine() {
      const came = performance.now();
      lastCame = came;
      await queue.add(async () => {
        for (;;) {
          const now = performance.now();
          const left = Math.min(lastCame + QUIET, came + AT_MOST) - now;
          if (left <= 0) return;
          await later(left);
        }
      });
    },
  };
}
