// What can happen to a bot, or to the Postgres under it.
import type { CellDatabase, Server } from './server.ts';
import type { Place, Stage } from './stage.ts';
import { pause, type Strike } from './trouble.ts';

/** Longer than a lease (15 s of the database's time). */
const PAST_A_LEASE_MS = 17_000;
/** What is promised to whoever sends SIGTERM, in seconds. */
const TERM_S = 10;
const nothing = async (): Promise<void> => {};

/** `kill -9`; started again, or taken over first. */
export function kill(then: 'again' | 'taken over'): Strike {
  return {
    async begin(stage, place) {
      await place.bot?.kill();
      if (then === 'again') await stage.start(place);
    },
    end: async (stage, place) => (then === 'again' ? undefined : stage.start(place)),
  };
}

export function term(then: 'again' | 'taken over'): Strike {
  return {
    async begin(stage, place) {
      place.bot?.signal('SIGTERM');
      const exit = await place.bot?.exited();
      const within = TERM_S * stage.patience;
      if (exit?.code !== 0 || exit.after > within * 1_000) {
        throw new Error(
          `SIGTERM: expected exit 0 within ${within} s, got ${exit?.code ?? exit?.signal} after ${exit?.after} ms`,
        );
      }
      if (then === 'again') await stage.start(place);
    },
    end: async (stage, place) => (then === 'again' ? undefined : stage.start(place)),
  };
}

/** SIGSTOP until its lease has run out and somebody else drives; then SIGCONT, and whatever it had begun comes late. */
export function stop(): Strike {
  let since = 0;
  return {
    async begin(_, place) {
      place.bot?.signal('SIGSTOP');
      since = performance.now();
    },
    async end(stage, place) {
      await pause(Math.max(0, since + PAST_A_LEASE_MS - performance.now()));
      const late = countWrites(stage, place);
      place.bot?.signal('SIGCONT');
      await pause(1_500);
      // One can have been past its fence already: Heroku has no compare-and-set, so it cannot be held back.
      const writes = late();
      if (writes > 1) throw new Error(`the bot that had been stopped sent ${writes} writes after it woke up`);
    },
  };
}

/** Those of one bot, until the answer is asked for. Of a bot that may drive again by then they are its own by right. */
function countWrites(stage: Stage, place: Place): () => number {
  let writes = 0;
  let others = 0;
  stage.watcher = async (from, { method }, when) => {
    if (when !== 'before') return;
    if (from !== place) others += 1;
    else if (method !== 'GET' && others > 0) writes += 1;
  };
  return () => {
    stage.watcher = null;
    return writes;
  };
}

export function restart(server: Server): Strike {
  return { begin: () => server.restart(), end: nothing };
}

export function cut(server: Server, database: CellDatabase): Strike {
  return { begin: () => server.cut(database), end: nothing };
}

export function noneLeft(server: Server, database: CellDatabase, ms: number): Strike {
  return {
    async begin() {
      await server.ask(`alter role ${database.name} connection limit 0`);
      await server.cut(database);
      await pause(ms);
      await server.ask(`alter role ${database.name} connection limit -1`);
    },
    end: nothing,
  };
}

/** Nobody is cut off when it is over: connections that began meanwhile stay read-only for as long as they last. */
export function readOnly(server: Server, database: CellDatabase, ms: number): Strike {
  return {
    async begin() {
      await server.ask(`alter database ${database.name} set default_transaction_read_only = on`);
      await server.cut(database);
      await pause(ms);
      await server.ask(`alter database ${database.name} reset default_transaction_read_only`);
    },
    end: nothing,
  };
}
