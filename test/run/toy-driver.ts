// The driver's loop over a log in memory, with every instant at which it can be cut laid bare: before and after each
// append, and, through the toy platform, around each call. It keeps nothing between two turns but the log.
import { Trouble } from '../../src/errors.ts';
import type { Action } from '../../src/model/action.ts';
import { apply, fold, type Heading } from '../../src/model/apply.ts';
import { type Command, decide } from '../../src/model/decide.ts';
import { Event, type Logged } from '../../src/model/event.ts';
import { next } from '../../src/model/next.ts';
import type { Person } from '../../src/model/person.ts';
import type { Platform } from '../../src/model/platform.ts';
import type { Run } from '../../src/model/run.ts';
import type { Cx } from '../../src/model/step.ts';
import { type Performed, type Performing, perform, stepOfAction } from '../../src/run/perform.ts';
import { sharedReads } from '../../src/run/reads.ts';

/** The process is gone; whatever it knew and had not appended is lost. */
export class Crash extends Error {}

export type Turn =
  | { readonly is: 'acted'; readonly action: Action }
  | { readonly is: 'rests'; readonly until: number | null; readonly after: Action };

const heading: Heading = { id: 'm1', app: { id: 'app-1', name: 'shop' }, channel: null };

export class ToyDriver {
  readonly log: Logged[] = [];
  now: number;
  /** What is being performed at this moment. */
  doing: Action | null = null;
  /** Around each append of the driver; may throw Crash. */
  cut: (when: 'before' | 'after') => void = () => {};
  /** Sees every event as it is appended, with the run before it. */
  onEvent: (event: Event, before: Run) => void = () => {};
  /** What has been heard of a work that runs. */
  listen: NonNullable<Performing['listen']> = async () => ({ exit: null, lines: 0, cut: 0 });
  readonly #platform: Platform;
  readonly #heading: Heading;
  #run: Run;

  constructor(platform: Platform, requested: Event & { is: 'requested' }, now: number, channel: string | null = null) {
    this.#platform = platform;
    this.now = now;
    this.#heading = { ...heading, channel };
    const first: Logged = { seq: 1, at: now, event: stored(requested) };
    this.log.push(first);
    this.#run = fold(this.#heading, [first]);
  }

  /** The run as it is committed. */
  get run(): Run {
    return this.#run;
  }

  /** The run as a process sees it that has just been started. */
  folded(): Run {
    return fold(this.#heading, this.log);
  }

  command(command: Command, by: Person): 'done' | 'refused' {
    const decision = decide(this.#run, command, by, this.now);
    if (decision.is === 'refused') return 'refused';
    this.#add(decision.events);
    return 'done';
  }

  emergencyTold(): void {
    if (this.#run.ended === null && this.#run.emergencyToldAt === null) this.#add([{ is: 'emergency-told' }]);
  }

  /** One action, as `run/driver` does it. Throws Crash. */
  async turn(): Promise<Turn> {
    const run = this.#run;
    const action = next(run, this.now);
    if (action.do === 'rest') return { is: 'rests', until: action.until, after: action };
    this.doing = action;
    try {
      const done = await this.#attempt(action, run);
      // Somebody came meanwhile: what was read held for the run as it was loaded, and the next turn looks again.
      const stale = !done.wrote && this.#run.seq !== run.seq;
      if (done.events.length > 0) this.#append(done.events, done.wrote ? null : run.seq);
      return done.pause === null || stale
        ? { is: 'acted', action }
        : { is: 'rests', until: this.now + done.pause, after: action };
    } finally {
      this.doing = null;
    }
  }

  async #attempt(action: Action, run: Run): Promise<Performed> {
    const on: Performing = {
      platform: this.#platform,
      cx: (of, asking, since) => this.#cx(of, asking, since),
      commit: async (seen, events) => this.#append(events, seen.seq),
      held: async () => 1,
      listen: (of, work, last) => this.listen(of, work, last),
    };
    try {
      return await perform(action, run, on);
    } catch (error) {
      const where = stepOfAction(action);
      if (!(error instanceof Trouble) || where === null) throw error;
      const notBefore = error.notBefore === 0 ? 0 : this.now + error.notBefore;
      const { kind, message: why, remedy, wide } = error;
      // What failed has failed, and a write that did has its intent in the log already.
      return { events: [{ is: 'failed', ...where, why, remedy, kind, notBefore, wide }], wrote: true, pause: null };
    }
  }

  #append(events: readonly Event[], after: number | null): boolean {
    this.cut('before');
    if (this.#run.ended !== null || (after !== null && this.#run.seq !== after)) return false;
    this.#add(events);
    this.cut('after');
    return true;
  }

  #add(events: readonly Event[]): void {
    for (const event of events) {
      const before = this.#run;
      const logged: Logged = { seq: before.seq + 1, at: this.now, event: stored(event) };
      this.#run = apply(before, logged);
      this.log.push(logged);
      this.onEvent(logged.event, before);
    }
  }

  #cx(run: Run, asking: string, since: number | null): Cx {
    return {
      app: run.app,
      run: run.id,
      settings: run.settings,
      now: this.now,
      since: since ?? this.now,
      priority: 'run',
      asking,
      signal: new AbortController().signal,
      fence() {},
      reads: sharedReads(),
    };
  }
}

/** The way through the store: text, and the schema on the way out. */
function stored(event: Event): Event {
  return Event.parse(JSON.parse(JSON.stringify(event)));
}
