// When which run is told in Slack: at once when it has moved, and every second whatever is still untold, by this process
// or another. Slack being down holds up nothing: a run is told again later, less and less often, and the runs go on.
import { randomUUID } from 'node:crypto';
import PQueue from 'p-queue';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../log.ts';
import type { Message, Store } from '../../store/store.ts';
import { reasonOf } from '../words.ts';
import { type Awaited, type Placed, Placing } from './placing.ts';
import type { Post } from './post.ts';
import { tell } from './telling.ts';
import { createWarnings } from './warning.ts';

export interface Notifier {
  /** Tells the run soon: something that it shows may be out of date. */
  look(runId: string): void;
  /** Where the card, or a question, went; "not yet" after some seconds without an answer. */
  placed(runId: string, what?: Awaited): Promise<Placed>;
  /** Ends after the calls that are under way. */
  close(): Promise<void>;
}

export interface NotifierOptions {
  readonly store: Store;
  readonly post: Post;
  readonly clock: Clock;
  readonly log: Logger;
  readonly defaultChannel: string | null;
  /** The least time between two updates of one card, real milliseconds; a second, as Slack wants it, by default. */
  readonly paceMs?: number | undefined;
}

// All real time: it is about Slack's patience and other processes, which no test's clock moves.
const SWEEP = 1_000;
/** Longer than one call to Slack takes at most: a claim is renewed before each. */
const CLAIM = 15_000;
const PACE = 1_000;
const LONGEST_PAUSE = 30_000;
/** Runs told at the same time. */
const AT_ONCE = 8;

export function startNotifier(options: NotifierOptions): Notifier {
  const { store, post, clock, log, defaultChannel, paceMs = PACE } = options;
  const owner = `slack-${randomUUID()}`;
  const queue = new PQueue({ concurrency: AT_ONCE });
  const busy = new Map<string, { again: boolean }>();
  const pauses = new Map<string, { failures: number; until: number }>();
  const timers = new Map<string, NodeJS.Timeout>();
  const drawnAt = new Map<string, number>();
  const placing = new Placing(store);
  let closed = false;

  const telling = {
    store,
    post,
    clock,
    log,
    defaultChannel,
    warnings: createWarnings(post, log),
    claimed: async (runId: string) => !closed && (await store.claimTelling(runId, owner, CLAIM)),
    pace: (runId: string) => {
      const wait = (drawnAt.get(runId) ?? Number.NEGATIVE_INFINITY) + paceMs - performance.now();
      if (wait > 0) return Math.ceil(wait);
      drawnAt.set(runId, performance.now());
      return 0;
    },
    settled: (runId: string, message: Message, placed: Placed) => placing.settled(runId, message, placed),
  };

  const look = (runId: string): void => {
    if (closed) return;
    const under = busy.get(runId);
    if (under !== undefined) {
      under.again = true;
      return;
    }
    if ((pauses.get(runId)?.until ?? 0) > performance.now()) return;
    const state = { again: false };
    busy.set(runId, state);
    queue
      .add(() => once(runId))
      .finally(() => {
        busy.delete(runId);
        if (state.again) look(runId);
      });
  };

  const lookIn = (runId: string, ms: number): void => {
    clearTimeout(timers.get(runId));
    if (closed) return;
    timers.set(
      runId,
      setTimeout(() => {
        timers.delete(runId);
        look(runId);
      }, ms),
    );
  };

  /** Never rejects. */
  async function once(runId: string): Promise<void> {
    try {
      const told = await tell(telling, runId);
      if (told.is !== 'elsewhere') await store.endTelling(runId, owner);
      if (told.is === 'failed') pause(runId, told.why, told.ms);
      else pauses.delete(runId);
      if (told.is === 'later') lookIn(runId, told.ms);
    } catch (error) {
      pause(runId, reasonOf(error), null);
    }
  }

  function pause(runId: string, why: string, ms: number | null): void {
    const failures = (pauses.get(runId)?.failures ?? 0) + 1;
    const wait = ms ?? Math.min(LONGEST_PAUSE, 250 * 2 ** failures);
    pauses.set(runId, { failures, until: performance.now() + wait });
    log[ms === null ? 'error' : 'info']({ run: runId, why, again_in_ms: wait }, 'a run could not be told in Slack');
    lookIn(runId, wait + 1);
  }

  let sweeping = false;
  const sweep = async (): Promise<void> => {
    if (sweeping || closed) return;
    sweeping = true;
    try {
      for (const [runId, at] of drawnAt) if (at < performance.now() - paceMs) drawnAt.delete(runId);
      for (const runId of await store.untold()) if (!timers.has(runId)) look(runId);
    } catch (error) {
      log.error({ why: reasonOf(error) }, 'what is untold in Slack could not be looked up');
    } finally {
      sweeping = false;
    }
  };

  const off = store.onChange((runId) => {
    // A card that has just been drawn waits for its time; a note does not, and only the store knows which it is.
    look(runId);
  });
  const sweeper = setInterval(sweep, SWEEP);
  void sweep();

  return {
    look,
    placed: (runId, what = { is: 'card' }) => placing.wait(runId, what),
    async close() {
      closed = true;
      off();
      clearInterval(sweeper);
      for (const timer of timers.values()) clearTimeout(timer);
      await placing.end();
      await queue.onIdle();
    },
  };
}
