// The logs of the sandbox's apps as Logplex has them: the last 1,500 lines of each, sessions to read them by, and streams
// that go on. What is written when, dynos.ts and its like decide; how it goes over HTTP, routes/logs.ts.

import type { Timers } from '../timers.ts';
import { Refused } from './refused.ts';
import type { App } from './state.ts';

const KEPT = 1_500;
/** A session waits for its reader that long; a stream is ended after an hour. */
const TO_CONNECT_MS = 5 * 60_000;
const TO_READ_MS = 60 * 60_000;

export type LogSource = 'app' | 'heroku';

export interface LogLine {
  /** Counts the lines of all apps. */
  readonly n: number;
  readonly source: LogSource;
  /** Also `api`, which is no dyno. */
  readonly dyno: string;
  /** As it goes out, without the end of the line. */
  readonly says: string;
}

export interface LogWish {
  readonly source: string | null;
  /** A dyno's name or a process type. */
  readonly dyno: string | null;
  readonly lines: number;
  readonly tail: boolean;
}

export interface LogSession extends LogWish {
  readonly id: string;
  readonly app: App;
  readonly createdAt: number;
}

/** Where a stream goes. */
export interface LogReader {
  line(line: LogLine): void;
  /** In order. */
  end(): void;
  /** As a network does it: no end, no reason. */
  cut(): void;
}

export class Logs {
  /** `sessions`: none is made. `streams`: one is, but nobody can connect. May be changed at any time. */
  refuse: 'nothing' | 'sessions' | 'streams' = 'nothing';
  /** From when a line is written to when anybody can read it, ms of the sandbox's clock. Its time is the former. */
  delayMs = 0;
  readonly #timers: Timers;
  readonly #kept = new Map<string, LogLine[]>();
  #sessions: LogSession[] = [];
  readonly #streams = new Map<LogReader, { readonly session: LogSession; readonly forget: () => void }>();
  #n = 0;
  #last = { at: 0, micros: 0 };

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** A line for each of `text`. */
  write(app: App, source: LogSource, dyno: string, text: string): void {
    for (const one of text.split('\n')) {
      this.#n += 1;
      const line = { n: this.#n, source, dyno, says: `${this.#time()} ${source}[${dyno}]: ${one}` };
      if (this.delayMs <= 0) this.#arrive(app, line);
      else this.#timers.after(this.delayMs, () => this.#arrive(app, line));
    }
  }

  /** What anybody can read by now, oldest first. */
  linesOf(app: App): readonly LogLine[] {
    return this.#kept.get(app.id) ?? [];
  }

  get streams(): number {
    return this.#streams.size;
  }

  create(app: App, id: string, wish: LogWish): LogSession {
    if (this.refuse === 'sessions') throw new Refused(503, 'service_unavailable', 'Logs are temporarily unavailable.');
    const now = this.#timers.now();
    // Fir has no Logplex, and no history: its streams always go on.
    const session = { id, app, createdAt: now, ...wish, ...(app.generation === 'fir' ? { tail: true, lines: 0 } : {}) };
    this.#sessions = [...this.#sessions.filter((one) => now - one.createdAt <= TO_CONNECT_MS), session];
    return session;
  }

  /** Null where it is over, or never was. */
  find(id: string): LogSession | null {
    if (this.refuse === 'streams') return null;
    const session = this.#sessions.find((one) => one.id === id);
    return session !== undefined && this.#timers.now() - session.createdAt <= TO_CONNECT_MS ? session : null;
  }

  read(session: LogSession, reader: LogReader): void {
    const history = this.linesOf(session.app).filter((line) => isWanted(session, line));
    for (const line of session.lines === 0 ? [] : history.slice(-session.lines)) reader.line(line);
    if (!session.tail) {
      reader.end();
      return;
    }
    const forget = this.#timers.after(TO_READ_MS, () => this.#drop(reader)?.end());
    this.#streams.set(reader, { session, forget });
  }

  /** Its reader has gone. */
  left(reader: LogReader): void {
    this.#drop(reader);
  }

  /** Every stream that is open, all at once. */
  cut(): void {
    for (const reader of [...this.#streams.keys()]) this.#drop(reader)?.cut();
  }

  /** The same, but in order. */
  end(): void {
    for (const reader of [...this.#streams.keys()]) this.#drop(reader)?.end();
  }

  /** As if the app had written nothing so far. */
  forget(app: App): void {
    this.#kept.delete(app.id);
  }

  reset(): void {
    this.cut();
    this.#kept.clear();
    this.#sessions = [];
    this.refuse = 'nothing';
    this.delayMs = 0;
  }

  #arrive(app: App, line: LogLine): void {
    const kept = this.#kept.get(app.id) ?? [];
    kept.push(line);
    if (kept.length > KEPT) kept.shift();
    this.#kept.set(app.id, kept);
    for (const [reader, { session }] of [...this.#streams]) {
      if (session.app === app && isWanted(session, line)) reader.line(line);
    }
  }

  #drop(reader: LogReader): LogReader | null {
    const stream = this.#streams.get(reader);
    if (stream === undefined) return null;
    stream.forget();
    this.#streams.delete(reader);
    return reader;
  }

  /** Such as 2026-01-05T12:00:05.000012+00:00. No two lines of one millisecond have the same. */
  #time(): string {
    const at = this.#timers.now();
    this.#last = { at, micros: at === this.#last.at ? Math.min(999, this.#last.micros + 1) : 0 };
    return `${new Date(at).toISOString().slice(0, -1)}${String(this.#last.micros).padStart(3, '0')}+00:00`;
  }
}

function isWanted({ source, dyno }: LogWish, line: LogLine): boolean {
  if (source !== null && line.source !== source) return false;
  // Of its own gaps each stream is told.
  if (line.source === 'heroku' && line.dyno === 'logplex') return true;
  return dyno === null || line.dyno === dyno || line.dyno.startsWith(`${dyno}.`) || line.dyno.startsWith(`${dyno}-`);
}
