// Reads shared within one turn of the driver. A quarter of a second is enough that a preflight and the holds ask once for
// the same thing, and no longer than a call takes: Heroku has no compare-and-set, so what somebody else changes between a
// look and our write is seen by nobody, and that gap is kept as small. What a write of ours changes is forgotten at once.
import type { Reads } from '../model/step.ts';

const KEPT_MS = 250;

export function sharedReads(): Reads {
  const kept = new Map<string, { readonly at: number; readonly answer: Promise<unknown> }>();
  return {
    once<T>(key: string, load: () => Promise<T>): Promise<T> {
      const known = kept.get(key);
      // The key says what is read and so its type: one key is only ever loaded by one function.
      if (known !== undefined && performance.now() - known.at < KEPT_MS) return known.answer as Promise<T>;
      const answer = load();
      kept.set(key, { at: performance.now(), answer });
      answer.catch(() => kept.delete(key));
      return answer;
    },
    forget(...prefixes) {
      for (const key of kept.keys()) {
        if (prefixes.length === 0 || prefixes.some((prefix) => key.startsWith(prefix))) kept.delete(key);
      }
    },
  };
}
