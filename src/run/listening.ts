// Listens to the operators' commands, each in one process at a time, and keeps what they print. Whoever comes after a process that
// died hears the past once more from the platform, and goes on where that one stopped. All times are the machine's: they are
// about connections.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { clause } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { HeardLine, Platform, PlatformWork } from '../model/platform.ts';
import type { Run, Work } from '../model/run.ts';
import type { Calling } from '../model/step.ts';
import type { Store, WorkRef } from '../store/store.ts';
import type { Listened } from './performing.ts';
import { sharedReads } from './reads.ts';

export interface Listening {
  /** Sees to it that somebody listens. `last`: its dyno is gone, so what is still to come of it is waited for, some seconds. */
  listen(run: Run, work: Work, last: boolean): Promise<Listened>;
  /** Keeps what was heard, and lets others listen. */
  stop(): Promise<void>;
}

export interface ListeningParts {
  readonly store: Store;
  readonly platform: Platform;
  readonly clock: Clock;
  readonly log: Logger;
  readonly owner: string;
  /** Its end was heard. */
  readonly wake: (runId: string) => void;
  /** How long the last words of a dyno that is gone are waited for. */
  readonly patienceMs?: number;
}

const CLAIM_MS = 15_000;
const RENEW_MS = 5_000;
const FLUSH_MS = 250;
/** Lines are out of order by some milliseconds: the last ones can come after the exit status. */
const AFTER_EXIT_MS = 1_000;
const RECONNECT_MS = 2_000;
const PATIENCE_MS = 4_000;
/** Characters that are stored at once, and lines by which the next listener knows where this one stopped. */
const PART = 64 * 1024;
const REMEMBERED = 100;
/** What is printed may hold secrets: kept so long after the end of a run, domain time. */
const KEPT = 24 * 3_600_000;
const FORGET_MS = 10 * 60_000;

const GAP = '… here lines may be missing: maint was not listening …';

export function createListening(parts: ListeningParts): Listening {
  const { store, log, platform, clock } = parts;
  const stopping = new AbortController();
  const listeners = new Map<string, Promise<void>>();

  const begin = (run: Run, work: Work): void => {
    const key = `${run.id} ${work.id}`;
    if (listeners.has(key) || stopping.signal.aborted || platform.work === undefined || work.dyno === null) return;
    const listener = new Listener(parts, platform.work, run, work.id, work.dyno, stopping.signal);
    const heard = listener
      .run()
      .catch((error: unknown) => log.warn({ run: run.id, err: error }, 'a command could not be listened to'))
      .finally(() => listeners.delete(key));
    listeners.set(key, heard);
  };

  const forget = (): void => {
    store
      .forgetOutput(clock.now() - KEPT)
      .catch((error: unknown) => log.warn({ err: error }, 'what commands printed could not be forgotten'));
  };
  const forgetting = setInterval(forget, FORGET_MS).unref();
  forget();

  return {
    async listen(run, work, last) {
      const ref = { run: run.id, work: work.id };
      const known = await store.outputOf(ref);
      if (known !== null && known.exit !== null) return known;
      begin(run, work);
      const heard = listeners.get(`${run.id} ${work.id}`);
      if (last && heard !== undefined) await soon(heard, parts.patienceMs ?? PATIENCE_MS);
      return (await store.outputOf(ref)) ?? { exit: null, lines: 0, cut: 0 };
    },
    async stop() {
      clearInterval(forgetting);
      stopping.abort();
      await Promise.allSettled(listeners.values());
    },
  };
}

/** One command, listened to until its end was heard, the claim is lost, or it has ended otherwise. */
class Listener {
  readonly #parts: ListeningParts;
  readonly #platform: PlatformWork;
  readonly #run: Run;
  readonly #dyno: NonNullable<Work['dyno']>;
  readonly #ref: WorkRef;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #pending: string[] = [];
  #mark: readonly string[] = [];
  #exit: { readonly status: number; readonly at: number } | null = null;

  constructor(
    parts: ListeningParts,
    platform: PlatformWork,
    run: Run,
    work: string,
    dyno: NonNullable<Work['dyno']>,
    stopping: AbortSignal,
  ) {
    this.#parts = parts;
    this.#platform = platform;
    this.#run = run;
    this.#dyno = dyno;
    this.#ref = { run: run.id, work };
    this.#signal = AbortSignal.any([this.#stop.signal, stopping]);
  }

  async run(): Promise<void> {
    const { store, owner, wake } = this.#parts;
    if (!(await store.claimOutput(this.#ref, owner, CLAIM_MS))) return;
    this.#mark = (await store.outputOf(this.#ref))?.mark ?? [];
    const following = this.#follow();
    try {
      await this.#keep();
    } finally {
      this.#stop.abort();
      await following;
    }
    await store.endOutput(this.#ref, owner, this.#exit?.status ?? null);
    if (this.#exit !== null) wake(this.#run.id);
  }

  /** Stores what is heard until there is nothing more to hear. */
  async #keep(): Promise<void> {
    const { store, owner } = this.#parts;
    let renewed = performance.now();
    for (;;) {
      const over = this.#signal.aborted || (this.#exit !== null && performance.now() - this.#exit.at >= AFTER_EXIT_MS);
      if (!(await this.#flush()) || over) return;
      if (performance.now() - renewed >= RENEW_MS) {
        renewed = performance.now();
        if (!(await store.claimOutput(this.#ref, owner, CLAIM_MS)) || (await this.#ended())) return;
      }
      await pause(FLUSH_MS, this.#signal);
    }
  }

  async #ended(): Promise<boolean> {
    const run = await this.#parts.store.load(this.#ref.run);
    return run === null || run.ended !== null || run.works.find(({ id }) => id === this.#ref.work)?.ended !== null;
  }

  async #flush(): Promise<boolean> {
    const { store, owner } = this.#parts;
    while (this.#pending.length > 0) {
      let size = 0;
      const fits = this.#pending.findIndex((line) => {
        size += line.length + 1;
        return size > PART;
      });
      const lines = this.#pending.splice(0, fits === -1 ? this.#pending.length : Math.max(1, fits));
      if (!(await store.addOutput(this.#ref, owner, { lines, mark: this.#mark }))) return false;
    }
    return true;
  }

  /** Connects, and connects again. Never rejects: what is printed meanwhile is heard later, from the log's past. */
  async #follow(): Promise<void> {
    while (!this.#signal.aborted && this.#exit === null) {
      const hear = this.#hearing();
      try {
        await this.#platform.follow(calling(this.#signal), this.#run.app, this.#dyno, {
          signal: this.#signal,
          onLine: hear,
        });
      } catch (error) {
        this.#parts.log.warn({ run: this.#run.id, why: clause(error) }, 'the log of a command cannot be heard now');
      }
      if (this.#exit === null) await pause(RECONNECT_MS, this.#signal);
    }
  }

  /** For one connection: what was heard before it is left out. */
  #hearing(): (line: HeardLine) => void {
    const known = new Set(this.#mark);
    const oldest = [...known].map((key) => key.slice(0, key.lastIndexOf(' '))).toSorted()[0] ?? '';
    let goesOn = known.size === 0;
    return (line) => {
      // Also where the line is known: whoever heard it may have died before its status was stored.
      if (line.exit !== null) this.#exit ??= { status: line.exit, at: performance.now() };
      const key = `${line.at} ${createHash('sha256').update(`${line.text}`).digest('base64url').slice(0, 8)}`;
      if (known.has(key)) goesOn = true;
      if (known.has(key) || line.at < oldest) return;
      if (!goesOn) this.#pending.push(GAP);
      goesOn = true;
      this.#mark = [...this.#mark, key].slice(-REMEMBERED);
      if (line.text !== null) this.#pending.push(line.text);
    };
  }
}

function calling(signal: AbortSignal): Calling {
  return {
    priority: 'run',
    asking: 'listen to a command',
    signal,
    reads: sharedReads(),
    fence() {
      throw new Error('Expected only reads while listening, got a write: writes belong to the driver');
    },
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}

async function soon(heard: Promise<void>, ms: number): Promise<void> {
  const late = new AbortController();
  await Promise.race([heard, pause(ms, late.signal)]);
  late.abort();
}
