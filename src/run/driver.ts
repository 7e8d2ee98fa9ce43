// Drives runs: load, next(), perform, record, again, until there is nothing to do before some later time. Any number of
// processes may try; the lease lets one of them drive a run, and its epoch keeps a slow one from writing afterwards.
import { ZodError } from 'zod';
import type { Clock } from '../clock.ts';
import { clause, LeaseLost, Trouble } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Action } from '../model/action.ts';
import { Unlawful } from '../model/apply/items.ts';
import type { Event } from '../model/event.ts';
import { next } from '../model/next.ts';
import type { Platform } from '../model/platform.ts';
import { itemsOf, type Run } from '../model/run.ts';
import type { Lease, Store } from '../store/store.ts';
import { type Performed, type Performing, perform, stepOfAction } from './perform.ts';
import { sharedReads } from './reads.ts';

const RENEW_MS = 5_000;

export interface Driver {
  /** One turn: goes on with the run until it rests. Returns at once where somebody else is driving it. Never throws for the platform's troubles. */
  drive(runId: string): Promise<void>;
  /** Begins nothing new, lets what is being done finish for `graceMs`, and gives the leases back. */
  stop(graceMs: number): Promise<void>;
}

export function createDriver(parts: {
  store: Store;
  platform: Platform;
  clock: Clock;
  log: Logger;
  owner: string;
  /** Absent where nobody listens to the operators' commands. */
  listen?: Performing['listen'];
}): Driver {
  const { store, log, owner } = parts;
  const driving = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  const cut = new AbortController();

  async function turn(runId: string): Promise<void> {
    const lease = await store.takeLease(runId, owner);
    if (lease === null) return;
    const held = holdLease(store, lease, cut.signal, log);
    try {
      const cx = maker(parts, held);
      while (!stopping.signal.aborted && !held.signal.aborted) {
        if (!(await oneAction(parts, runId, held, cx))) break;
      }
    } catch (error) {
      if (!(error instanceof LeaseLost) && !held.signal.aborted) throw error;
      log.warn({ run: runId }, 'the lease was lost in the middle of a turn; whoever has it now looks before it writes');
    } finally {
      await held.release();
    }
  }

  return {
    drive(runId) {
      const running = driving.get(runId);
      if (running !== undefined) return running;
      const mine = turn(runId).finally(() => driving.delete(runId));
      driving.set(runId, mine);
      return mine;
    },
    async stop(graceMs) {
      stopping.abort();
      const timer = setTimeout(() => cut.abort(), graceMs);
      await Promise.allSettled(driving.values());
      clearTimeout(timer);
    },
  };
}

/** Performs the one next action. False: the run rests, or is somebody else's now. */
async function oneAction(
  parts: { store: Store; platform: Platform; clock: Clock; log: Logger; listen?: Performing['listen'] },
  runId: string,
  lease: HeldLease,
  cx: MakeCx,
): Promise<boolean> {
  const { store, platform, clock, log, listen } = parts;
  const run = await store.load(runId);
  if (run === null) return false;
  const action = next(run, clock.now());
  if (action.do === 'rest') return (await store.rest(lease.lease(), run.seq, action.until)) === 'moved';
  const commit = async (seen: Run, events: readonly Event[]): Promise<boolean> => {
    const appended = await store.append(lease.lease(), clock.now(), events, { after: seen.seq }).catch(notTheStep);
    if (appended.is === 'lost') throw new LeaseLost(`Expected to hold run ${runId}, another process has taken it over`);
    return appended.is === 'ok';
  };
  const held = async (): Promise<number> =>
    (await store.unfinished().catch(notTheStep)).filter((r) => r.quietAt !== null && r.way === 'quiet').length;
  const done = await attempt(
    action,
    run,
    { platform, cx, commit, held, ...(listen === undefined ? {} : { listen }) },
    clock,
    log,
  );
  // What was read or decided holds only for the run as it was loaded: a person's answer may have come meanwhile. What was
  // sent has happened, and is recorded in any case.
  const after = done.wrote ? {} : { after: run.seq };
  const seen = done.events.length === 0 ? run.seq : await record(store, lease, clock, done.events, after);
  if (seen === null) return false;
  if (done.pause === null) return true;
  return (await store.rest(lease.lease(), seen, clock.now() + done.pause)) === 'moved';
}

/** The run's seq after the events; the loop goes on where it moved meanwhile, and stops where the lease is lost. */
async function record(
  store: Store,
  held: HeldLease,
  clock: Clock,
  events: readonly Event[],
  after: { after?: number },
): Promise<number | null> {
  const appended = await store.append(held.lease(), clock.now(), events, after);
  if (appended.is === 'lost') return null;
  return appended.is === 'ok' ? appended.run.seq : -1;
}

async function attempt(action: Action, run: Run, on: Performing, clock: Clock, log: Logger): Promise<Performed> {
  try {
    return await perform(action, run, on);
  } catch (error) {
    const where = stepOfAction(action);
    const noFaultOfIt = error instanceof LeaseLost || error instanceof StoreFailed;
    if (noFaultOfIt || where === null || on.cx(run, '', null).signal.aborted) throw error;
    if (error instanceof Trouble) {
      log.warn({ run: run.id, step: where.step, way: where.way, err: error }, 'a step failed');
      const notBefore = error.notBefore === 0 ? 0 : clock.now() + error.notBefore;
      const { kind, remedy, wide } = error;
      const nothing = kind === 'retryable' || wide ? null : await nothingAtAll(run, on);
      if (nothing !== null) return failed({ ...where, ...nothing, notBefore });
      return failed({ ...where, why: clause(error), remedy, kind, notBefore, ...(wide ? { wide } : {}) });
    }
    log.error({ run: run.id, step: where.step, way: where.way, err: error }, 'maint itself failed in a step');
    const why = `maint itself failed: ${clause(error)}`;
    const remedy = 'See the log, and put the app back by hand if it cannot wait: the commands are in the thread.';
    return failed({ ...where, why, remedy, kind: 'fatal', notBefore: 0 });
  }
}

/** What failed has failed, whatever else came meanwhile. */
function failed(what: Omit<Event & { is: 'failed' }, 'is'>): Performed {
  return { events: [{ is: 'failed', ...what }], wrote: true, pause: null };
}

/**
 * Whether a refusal is of more than this call: there is no app any more, or the token is refused everywhere. Where that cannot
 * be asked, the refusal stands as it is.
 */
async function nothingAtAll(run: Run, on: Performing) {
  try {
    if (await on.platform.exists(on.cx(run, 'is it there', null), run.app.id)) return null;
  } catch (error) {
    if (!(error instanceof Trouble) || !error.wide) return null;
    return { why: clause(error), remedy: error.remedy, kind: error.kind, wide: true } as const;
  }
  const why = `${run.app.name} is not there: it was deleted, or the account of maint has no access to it any more`;
  const remedy = 'If it was deleted, leave it as it is; if the access was taken away, give it back.';
  return { why, remedy, kind: 'fatal', wide: true } as const;
}

/** The store failed in the middle of a step: nothing is known of the step, and the turn is repeated when the store is back. */
class StoreFailed extends Error {
  override readonly name = 'StoreFailed';
}

function notTheStep(error: unknown): never {
  if (error instanceof Unlawful || error instanceof ZodError) throw error;
  throw new StoreFailed(`the database failed: ${clause(error)}`, { cause: error });
}

interface HeldLease {
  lease(): Lease;
  /** Aborted when the lease is lost, or the process has to end. */
  readonly signal: AbortSignal;
  release(): Promise<void>;
}

/** Renews a lease while the turn lasts, on the machine's clock. */
function holdLease(store: Store, first: Lease, cut: AbortSignal, log: Logger): HeldLease {
  let lease = first;
  const lost = new AbortController();
  const timer = setInterval(() => {
    store.renewLease(lease).then(
      (renewed) => {
        if (renewed === null) lost.abort();
        else lease = renewed;
      },
      // The next renewal may succeed; fence() refuses long before the lease has run out.
      (error: unknown) => log.warn({ run: lease.runId, err: error }, 'the lease could not be renewed'),
    );
  }, RENEW_MS);
  return {
    lease: () => lease,
    signal: AbortSignal.any([lost.signal, cut]),
    async release() {
      clearInterval(timer);
      await store.releaseLease(lease);
    },
  };
}

type MakeCx = Performing['cx'];

/** Makes the context of a step: reads shared within the turn, writes fenced by the lease. */
function maker(parts: { clock: Clock }, held: HeldLease): MakeCx {
  const reads = sharedReads();
  // Near an empty bucket an app that is being brought back goes before those that are being quieted.
  return (run, asking, since, priority = run.way === 'back' ? 'person' : 'run') => {
    const now = parts.clock.now();
    return {
      app: run.app,
      run: run.id,
      settings: run.settings,
      way: run.way,
      now,
      since: since ?? now,
      priority,
      asking,
      signal: held.signal,
      reads,
      captured: (step) => itemsOf(run, step).map(({ key }) => key),
      fence(ms) {
        const left = held.lease().left();
        if (held.signal.aborted || left < ms)
          throw new LeaseLost(`Expected ${ms} ms of lease for a write, got ${Math.round(left)} ms`);
      },
    };
  };
}
