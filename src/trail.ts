// The audit trail of what comes from outside and reaches no command: one line at once, and then one a minute with
// their number, for each kind. A flood of forged requests must not fill the database.
import type { Clock } from './clock.ts';
import type { Logger } from './log.ts';
import type { Person } from './model/person.ts';
import type { Store } from './store/store.ts';

const EVERY = 60_000;
/** Kinds that are told apart in one minute: past that, one line stands for all the others. */
const KINDS = 100;

export interface Strange {
  /** Null where nobody is known to have asked. */
  readonly person: Person | null;
  /** "a forged Slack request". */
  readonly what: string;
  readonly outcome: 'refused';
  /** For what nobody has signed one of a few sentences, never anything that came from outside. */
  readonly why: string;
}

export interface Trail {
  note(strange: Strange): void;
  /** Ends after what is being written. */
  close(): Promise<void>;
}

export function createTrail(store: Pick<Store, 'audit'>, clock: Clock, log: Logger): Trail {
  const noted = new Map<string, { more: number; cancel: () => void }>();
  const writing = new Set<Promise<void>>();

  const write = (strange: Strange, count: number): void => {
    const why = count === 1 ? strange.why : `${strange.why} (${count} in a minute)`;
    const written = store
      .audit({ at: clock.now(), ...strange, why })
      .catch((error: unknown) => log.error({ err: error }, 'a strange request could not be written down'))
      .finally(() => writing.delete(written));
    writing.add(written);
  };

  const begin = (key: string, strange: Strange, count: number): void => {
    write(strange, count);
    const entry = { more: 0, cancel: () => {} };
    noted.set(key, entry);
    entry.cancel = clock.after(EVERY, () => {
      noted.delete(key);
      if (entry.more > 0) begin(key, strange, entry.more);
    });
  };

  return {
    note(given) {
      const known = noted.has(keyOf(given)) || noted.size < KINDS;
      const strange: Strange = known ? given : { ...given, person: null, why: 'as many others in this minute' };
      const entry = noted.get(keyOf(strange));
      if (entry === undefined) begin(keyOf(strange), strange, 1);
      else entry.more += 1;
    },
    async close() {
      for (const { cancel } of noted.values()) cancel();
      noted.clear();
      await Promise.all(writing);
    },
  };
}

function keyOf({ person, what, outcome, why }: Strange): string {
  return JSON.stringify([person?.id ?? null, what, outcome, why]);
}
