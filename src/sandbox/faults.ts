// What goes wrong on purpose: which request a fault is for, which time it is met, and what happens to it then. How it is
// done to a connection is left to http.ts.

export type Service = 'heroku' | 'scheduler' | 'slack';

export type FaultKind =
  /** Nothing happens; the answer is `status` (default 500) with `body`. */
  | 'status'
  /** Nothing happens; the service's own answer to too many requests, with `retryAfter` seconds where given. */
  | '429'
  /** Nothing happens; the connection is reset. */
  | 'reset-before'
  /** The effect happens; the connection is reset instead of an answer. */
  | 'reset-after'
  /** Nothing happens, and no answer ever comes. */
  | 'hang'
  /** The effect happens, and no answer ever comes. */
  | 'hang-after'
  /** The effect happens; headers with the full length come, half of the body, then a reset. */
  | 'cut-body'
  /** The effect happens; the answer is valid JSON of another shape (`body` says which). */
  | 'wrong-shape'
  /** The answer is right, but its headers come `delayMs` real milliseconds late. */
  | 'slow';

export interface Fault {
  readonly service: Service;
  /** Any method where it is left out. */
  readonly method?: string;
  /**
   * The path below the service's base, without the query. A glob (`*` within a segment, `**` over several), or, where it
   * begins with `^`, a regular expression.
   */
  readonly path: string;
  /** The first matching request that it is for, counted from when the fault was added: 1 (the default) is the next one. */
  readonly nth?: number;
  /** How many matching requests in a row it is for, from the nth on; 1 by default. */
  readonly times?: number | 'always';
  readonly kind: FaultKind;
  readonly status?: number;
  readonly body?: unknown;
  readonly retryAfter?: number;
  readonly delayMs?: number;
}

export interface ActiveFault extends Fault {
  readonly id: number;
  /** Matching requests so far. */
  readonly seen: number;
}

interface Entry {
  readonly id: number;
  readonly fault: Fault;
  readonly matches: (path: string) => boolean;
  seen: number;
}

export class Faults {
  #entries: Entry[] = [];
  #nextId = 1;

  /** Returns the id to remove it by. */
  add(fault: Fault): number {
    const id = this.#nextId++;
    this.#entries.push({ id, fault, matches: pathMatcher(fault.path), seen: 0 });
    return id;
  }

  list(): ActiveFault[] {
    return this.#entries.map(({ id, fault, seen }) => ({ ...fault, id, seen }));
  }

  remove(id: number): void {
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
  }

  clear(): void {
    this.#entries = [];
  }

  /** The fault that this request meets. Every fault that matches counts the request; the one added first goes first. */
  meet(service: Service, method: string, path: string): Fault | null {
    let met: Fault | null = null;
    for (const entry of this.#entries) {
      const { fault } = entry;
      if (fault.service !== service || !entry.matches(path)) continue;
      if (fault.method !== undefined && fault.method.toUpperCase() !== method) continue;
      entry.seen += 1;
      const nth = fault.nth ?? 1;
      const times = fault.times ?? 1;
      if (entry.seen < nth || (times !== 'always' && entry.seen >= nth + times)) continue;
      met ??= fault;
    }
    return met;
  }
}

function pathMatcher(path: string): (path: string) => boolean {
  const source = path.startsWith('^')
    ? path
    : `^${path
        .split(/(\*+)/)
        .map((part) =>
          part === '*' ? '[^/]*' : part.startsWith('*') ? '.*' : part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'),
        )
        .join('')}$`;
  const pattern = new RegExp(source);
  return (candidate) => pattern.test(candidate);
}
