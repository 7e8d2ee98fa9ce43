// What every verb behind the door needs: which app, how to read, and a line in the audit trail for every refusal. Who may is
// `admission`, and what changes a run `change`.
import type { Clock } from '../../clock.ts';
import { clause, Trouble } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import type { Person } from '../../model/person.ts';
import type { Platform } from '../../model/platform.ts';
import type { Named, Settings } from '../../model/settings.ts';
import type { AppRef, Calling, Cx } from '../../model/step.ts';
import type { WhoIs } from '../../policy/may.ts';
import type { Store } from '../../store/store.ts';
import { sharedReads } from '../reads.ts';
import type { Refused } from './reply.ts';

export interface Door {
  readonly store: Store;
  readonly platform: Platform;
  readonly clock: Clock;
  readonly log: Logger;
  /** Who is named for all apps. */
  readonly who: Named;
  /** Of somebody in Slack, asked at the moment of the command. */
  readonly whoIs: WhoIs;
  /** Has the run driven soon, here or elsewhere. */
  readonly wake: (runId: string) => void;
  /** Has windows that are due looked at soon: one was changed here. Absent where this process drives none. */
  readonly lookAtWindows?: () => void;
  readonly settings: Settings;
  readonly defaultChannel: string | null;
}

export function refused(says: string, remedy: string): Refused {
  return { is: 'refused', says, remedy };
}

/** Who tried what, and why it was refused. */
export async function writtenDown(door: Door, by: Person, what: string, refusal: Refused): Promise<Refused> {
  await door.store.audit({ at: door.clock.now(), person: by, what, outcome: 'refused', why: refusal.says });
  return refusal;
}

/**
 * For a person's own reads. It cannot write: only the driver, with a lease, can. Who may only look takes no call that a run
 * or an operator could need.
 */
export function reading(priority: Calling['priority']): Calling {
  return {
    priority,
    asking: 'a command',
    signal: new AbortController().signal,
    reads: sharedReads(),
    fence() {
      throw new Error("Expected only reads in a person's command, got a write: writes belong to the driver");
    },
  };
}

export function contextFor(door: Door, app: AppRef, runId: string, priority: Calling['priority']): Cx {
  const now = door.clock.now();
  return { ...reading(priority), app, run: runId, settings: door.settings, now, since: now };
}

export async function findApp(door: Door, name: string, priority: Calling['priority']): Promise<AppRef | Refused> {
  const found = await door.platform.find(reading(priority), name);
  if (found.is === 'found') return found.app;
  const [best, ...others] = found.nearest;
  const remedy =
    best === undefined
      ? 'Check the name with `heroku apps`, and that the token of maint can see the app.'
      : `Did you mean ${[best, ...others].join(', or ')}?`;
  return refused(`There is no app called "${name}" that maint can see.`, remedy);
}

/** What the platform could not answer becomes an answer for the person. */
export async function troubleAsAnswer<T>(door: Door, work: () => Promise<T | Refused>): Promise<T | Refused> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    door.log.warn({ err: error }, "a person's command could not be answered");
    return refused(`${clause(error)}.`, error.remedy);
  }
}
