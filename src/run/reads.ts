// Reads shared within one turn of the driver. A quarter of a second is enough that a preflight and the holds ask once for
// the same thing, and about as long as a call takes: Heroku has no compare-and-set, so what somebody else changes between
// a look and our write is seen by nobody, and that gap is kept small. What a write of ours changes is forgotten at once.
import type { Reads } from '../model/step.ts';

const KEPT_MS = 250;

interface Kept {
  readonly answer: Promise<unknown>;
  /** The machine's time; for ever until the answer has come. */
  until: number;
}

export function sharedReads(): Reads {
  const kept = new Map<string, Kept>();
  return {
    once<T>(key: string, load: () => Promise<T>, keepMs = KEPT_MS): Promise<T> {
      const known = kept.get(key);
      // The key says what is read and so its type: one key is only ever loaded by one function.
      if (known !== undefined && performance.now() < known.until) return known.answer as Promise<T>;
      const answer = load();
      const entry: Kept = { answer, until: Number.POSITIVE_INFINITY };
      kept.set(key, entry);
      answer.then(
        () => {
          entry.until = performance.now() + keepMs;
        },
        () => {
          entry.until = 0;
        },
      );
      return answer;
    },
    forget(...prefixes) {
      for (const key of kept.keys()) {
        if (prefixes.length === 0 || prefixes.some((prefix) => key.startsWith(prefix))) kept.delete(key);
      }
    },
  };
}
