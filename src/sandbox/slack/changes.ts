// What happened in the workspace, told to whoever listens: tests wait for it, the demo shows it.
import type { Message } from './messages.ts';
import type { OpenView } from './views.ts';

export type Change =
  | { readonly kind: 'posted' | 'updated' | 'deleted'; readonly message: Message }
  /** A message that only one person sees appeared; its later changes are `updated` and `deleted`. */
  | { readonly kind: 'ephemeral'; readonly message: Message }
  | {
      readonly kind: 'view';
      readonly did: 'opened' | 'pushed' | 'updated' | 'closed' | 'published';
      readonly view: OpenView;
    };

export type Listener = (change: Change) => void;

export class Changes {
  readonly #listeners = new Set<Listener>();

  /** Returns a function that stops it. */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  tell(change: Change): void {
    for (const listener of [...this.#listeners]) listener(change);
  }

  /**
   * Resolves with what `look` returns as soon as that is neither undefined, null nor false: now, or after some change.
   * Rejects after `withinMs` real milliseconds; not said, 90,000: a busy machine is not what a test is to find.
   */
  until<T>(look: () => T | undefined | null | false, withinMs = 90_000): Promise<T> {
    return new Promise((resolve, reject) => {
      let stop = () => {};
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`Expected it within ${withinMs} ms, and it did not come: ${String(look)}`));
      }, withinMs);
      const done = (settle: () => void) => {
        stop();
        clearTimeout(timer);
        settle();
      };
      const check = () => {
        try {
          const found = look();
          if (found !== undefined && found !== null && found !== false) done(() => resolve(found));
        } catch (error) {
          done(() => reject(error));
        }
      };
      stop = this.onChange(check);
      check();
    });
  }
}
