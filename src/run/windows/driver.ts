// Drives the occurrences of windows: what the time does to one, what its runs tell of it, which comes next, and what is announced
// of it. Any number of processes may try: what happens is decided under a lock, and an announcement is taken before it is made.
import type { Person } from '../../model/person.ts';
import type { Run } from '../../model/run.ts';
import type { Fact, Occurrence, Window } from '../../model/window.ts';
import { following } from '../../windows/following.ts';
import { nextFact } from '../../windows/from-runs.ts';
import { GRACE, nextMove } from '../../windows/next-move.ts';
import type { Door } from '../commands/door.ts';
import type { Refused } from '../commands/reply.ts';
import { type Announcer, announce, type StoredOccurrence } from './announcing.ts';
import { against, answersFor, beginRun, runIdOf, runIdsOf } from './beginning.ts';

/** What keeps it from beginning by itself may pass: it is tried again so long before people are asked. Domain time. */
const RETRY_FOR = 2 * 60_000;
const RETRY_EVERY = 30_000;
/** Runs tell of themselves where they are driven; this finds what a process that died has not told. Domain time. */
const LOOK_EVERY = 30_000;
/** No turn goes on for ever, whatever it finds. */
const MOST_MOVES = 200;

export interface WindowDriver {
  /** One turn: goes on until the occurrence rests. Never throws for what Slack or people do. */
  drive(occurrence: string): Promise<void>;
  /** Nothing more is begun, nor taken to be said; what is being said is said to its end. */
  stop(): void;
  /** A run has moved; the id of the occurrence that it belongs to, where this process knows one. */
  occurrenceOf(runId: string): string | null;
}

export interface Parts {
  readonly door: Door;
  readonly owner: string;
  readonly announcer: Announcer;
  /** How long the apps of a window are looked at before it is announced without that; real milliseconds, 20 s where not said. */
  readonly checkMs?: number | undefined;
}

/** One process's. */
export interface Driving extends Parts {
  readonly stopped: () => boolean;
}

export function createWindowDriver(parts: Parts): WindowDriver {
  const belongs = new Map<string, string>();
  let stopped = false;
  const driving: Driving = { ...parts, stopped: () => stopped };
  return {
    stop: () => {
      stopped = true;
    },
    occurrenceOf: (runId) => belongs.get(runId) ?? null,
    async drive(id) {
      for (let moves = 0; moves < MOST_MOVES; moves += 1) {
        if (stopped) return;
        const stored = await driving.door.store.windows.occurrence(id);
        const saved = stored === null ? null : await driving.door.store.windows.load(stored.occurrence.window);
        if (stored === null || saved === null) return;
        const { occurrence } = stored;
        for (const run of occurrence.runs) {
          if (occurrence.state === 'started') belongs.set(run, id);
          else belongs.delete(run);
        }
        const moved = await oneMove(driving, saved.window, stored);
        if (moved.is === 'moved') continue;
        await planNext(driving.door, saved.window, occurrence);
        const told = await announce(driving, saved.window, stored);
        if (told.is === 'moved') continue;
        // Not everything was said: it is found due by whoever goes on.
        if (stopped) return;
        const until = earliest([moved.until, told.until]);
        if (await driving.door.store.windows.rest(id, stored.seq, until)) return;
      }
      driving.door.log.error({ occurrence: id }, 'a window does not come to rest; it is left for a while');
    },
  };
}

type Moved = { readonly is: 'moved' } | { readonly is: 'rests'; readonly until: number | null };

async function oneMove(driving: Driving, window: Window, { occurrence, seq: found }: StoredOccurrence): Promise<Moved> {
  const { store, clock } = driving.door;
  const now = clock.now();
  if (occurrence.state === 'started') {
    const runs = await runsOf(driving.door, window, occurrence);
    const fact = nextFact(occurrence, runs, now);
    if (fact !== null) {
      // Decided anew under the lock: another process may have written it down already.
      return happened(driving, occurrence, (locked) => nextFact(locked, runs, now));
    }
  }
  const move = nextMove(occurrence, window, now);
  switch (move.is) {
    case 'start':
      return startByItself(driving, window, occurrence, found);
    case 'happened':
      return happened(driving, occurrence, (locked, seq) => {
        if (seq !== found) return null;
        const still = nextMove(locked, window, now);
        return still.is === 'happened' ? still.fact : null;
      });
    case 'wait':
      return {
        is: 'rests',
        until: occurrence.state === 'started' ? Math.min(move.until, now + LOOK_EVERY) : move.until,
      };
    case 'nothing':
      return { is: 'rests', until: occurrence.state === 'started' ? now + LOOK_EVERY : null };
  }
  async function happened(
    { door }: Driving,
    { id }: Occurrence,
    fact: (locked: Occurrence, seq: number) => Fact | null,
  ): Promise<Moved> {
    await store.windows.happened(id, door.clock.now(), fact);
    return { is: 'moved' };
  }
}

/** Those that there are. One that was meant to begin and is not there yet is begun, or called off. */
async function runsOf(door: Door, window: Window, occurrence: Occurrence): Promise<readonly Run[]> {
  const started = occurrence.facts.find((fact) => fact.is === 'started');
  const runs: Run[] = [];
  for (const id of occurrence.runs) {
    const run = await door.store.load(id);
    if (run !== null) runs.push(run);
    if (run !== null || started === undefined) continue;
    const app = window.apps.find((one) => runIdOf(occurrence, one) === id);
    if (app === undefined) continue;
    if (occurrence.facts.some((fact) => fact.is === 'called-off' && fact.app === app.id)) continue;
    const now = door.clock.now();
    // Whoever wrote down that it begins has died right then: it does not begin hours later by surprise.
    const begun =
      now - started.at > GRACE
        ? ({ is: 'refused', says: 'maint was not there when it was to begin.', remedy: '' } as const)
        : await begunBy(door, window, occurrence, app, started.by ?? answersFor(window));
    // Those that have begun do not wait for it. A person who has pressed the button was told of it, and counts on it no more.
    if ('is' in begun && started.by === undefined && now - started.at < RETRY_FOR) continue;
    if ('is' in begun) {
      await door.store.windows.happened(occurrence.id, now, (locked) =>
        locked.state !== 'started' || locked.facts.some((fact) => fact.is === 'called-off' && fact.app === app.id)
          ? null
          : { is: 'called-off', at: now, app: app.id, why: begun.says },
      );
    } else runs.push(begun);
  }
  return runs;
}

/** Asked anew: of several apps the person may be let in for some only. */
async function begunBy(
  door: Door,
  window: Window,
  occurrence: Occurrence,
  app: Window['apps'][number],
  by: Person,
): Promise<Run | Refused> {
  return (await against(door, by, window, occurrence, app)) ?? beginRun(door, window, occurrence, app, by);
}

/**
 * The intent first: a process that dies right after it has begun the runs must not let the window look missed. To ask who may
 * takes seconds: a window that was saved otherwise meanwhile is looked at anew (`found`: the occurrence's `seq` before that).
 */
async function startByItself({ door }: Driving, window: Window, occurrence: Occurrence, found: number): Promise<Moved> {
  const now = door.clock.now();
  const refusals = await Promise.all(
    window.apps.map((app) => against(door, answersFor(window), window, occurrence, app)),
  );
  const why = refusals.find((refusal) => refusal !== null);
  if (why !== undefined && why !== null && refusals.every((refusal) => refusal !== null)) {
    if (now < occurrence.startAt + RETRY_FOR) return { is: 'rests', until: now + RETRY_EVERY };
    await door.store.windows.happened(occurrence.id, now, (locked, seq) =>
      seq === found && nextMove(locked, window, now).is === 'start' ? { is: 'asked', at: now, why: why.says } : null,
    );
    return { is: 'moved' };
  }
  const runs = runIdsOf(occurrence, window);
  await door.store.windows.happened(occurrence.id, now, (locked, seq) =>
    seq === found && nextMove(locked, window, now).is === 'start' ? { is: 'started', at: now, runs } : null,
  );
  return { is: 'moved' };
}

/** The one to come is always there. */
async function planNext({ store, clock }: Door, window: Window, { state }: Occurrence): Promise<void> {
  if (state === 'planned' || state === 'asked') return;
  const now = clock.now();
  const known = await store.windows.occurrencesOf(window.id);
  const wanted = following(
    window,
    known.map(({ occurrence }) => occurrence),
    now,
  );
  if (wanted !== null) await store.windows.plan(window.id, now, (locked, all) => following(locked, all, now));
}

function earliest(times: readonly (number | null)[]): number | null {
  const known = times.flatMap((time) => (time === null ? [] : [time]));
  return known.length === 0 ? null : Math.min(...known);
}
