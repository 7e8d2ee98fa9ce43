// The log of every request that the sandbox got, for tests and for people who wonder what a client did. Tokens never
// get into it; the oldest entries go when it is full.

import type { FaultKind, Service } from './faults.ts';

export interface LoggedRequest {
  /** Counts all requests of all services, from 1. */
  readonly n: number;
  /** Milliseconds since the epoch, on the sandbox's clock. */
  readonly at: number;
  readonly service: Service;
  readonly method: string;
  /** Below the service's base, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Parsed; null where there was none. */
  readonly body: unknown;
  /** Null while there is no answer, and where none came. */
  readonly status: number | null;
  /** The fault that it met. */
  readonly fault: FaultKind | null;
}

export interface RequestFilter {
  service?: Service;
  method?: string;
  /** A part of the path, or a pattern. */
  path?: string | RegExp;
  /** Only requests with a greater `n`. */
  after?: number;
}

type Open = { -readonly [key in keyof LoggedRequest]: LoggedRequest[key] };

export class RequestLog {
  readonly #limit: number;
  #entries: Open[] = [];
  #n = 0;

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  /** The caller fills in body, status and fault as they become known. */
  open(request: Pick<LoggedRequest, 'at' | 'service' | 'method' | 'path' | 'query'>): Open {
    this.#n += 1;
    const entry: Open = { n: this.#n, ...request, body: null, status: null, fault: null };
    this.#entries.push(entry);
    // Cut in large pieces: moving 10,000 entries at every request would cost more than answering it.
    if (this.#entries.length > this.#limit * 1.1) this.#entries = this.#entries.slice(-this.#limit);
    return entry;
  }

  /** Oldest first. */
  list(filter: RequestFilter = {}): LoggedRequest[] {
    return this.#entries.slice(-this.#limit).filter((entry) => fits(entry, filter));
  }

  clear(): void {
    this.#entries = [];
  }
}

function fits(entry: LoggedRequest, { service, method, path, after }: RequestFilter): boolean {
  if (service !== undefined && entry.service !== service) return false;
  if (method !== undefined && entry.method !== method) return false;
  if (after !== undefined && entry.n <= after) return false;
  if (path === undefined) return true;
  return typeof path === 'string' ? entry.path.includes(path) : path.test(entry.path);
}

const SECRET = /^(token|client_secret|refresh_token|access_token|api_key|password|secret)$/;

/** The same value without what a key's name calls a secret, however deep. */
export function withoutTokens(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTokens);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, SECRET.test(key) ? '[removed]' : withoutTokens(inner)]),
  );
}
