// What every verb behind the door needs: who may, which app, which run, and a line in the audit trail for every refusal.
import type { Clock } from '../../clock.ts';
import { clause, Trouble } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { type Command, decide } from '../../model/decide.ts';
import type { Person } from '../../model/person.ts';
import type { Platform } from '../../model/platform.ts';
import { may, type Right, type Rules } from '../../model/policy.ts';
import type { Run } from '../../model/run.ts';
import type { Settings } from '../../model/settings.ts';
import type { AppRef, Calling, Cx } from '../../model/step.ts';
import type { Store } from '../../store/store.ts';
import { sharedReads } from '../reads.ts';
import type { Changed, Refused } from './reply.ts';

export interface Door {
  readonly store: Store;
  readonly platform: Platform;
  readonly clock: Clock;
  readonly log: Logger;
  readonly rules: Rules;
  /** The user groups a person is in, asked for at the moment of the command. */
  readonly groupsOf: (person: Person) => Promise<readonly string[]>;
  /** Has the run driven soon, here or elsewhere. */
  readonly wake: (runId: string) => void;
  readonly settings: Settings;
  readonly defaultChannel: string | null;
}

export function refused(says: string, remedy: string): Refused {
  return { is: 'refused', says, remedy };
}

async function allowed(door: Door, by: Person, right: Right): Promise<boolean> {
  return may(door.rules, by, [], right) || may(door.rules, by, await door.groupsOf(by), right);
}

/** Null where the person may. A refusal is written down: who tried what. */
export async function forbidden(door: Door, by: Person, right: Right, what: string): Promise<Refused | null> {
  if (await allowed(door, by, right)) return null;
  const refusal = refused(
    'You are not among the operators, so you may look but not change anything.',
    'Ask one of the operators, or have your Slack user id or group added to MAINT_OPERATORS.',
  );
  return writtenDown(door, by, what, refusal);
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

export async function priorityOf(door: Door, by: Person): Promise<Calling['priority']> {
  return (await allowed(door, by, 'operate')) ? 'person' : 'poll';
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

/** The unfinished run of an app, by the app's name or id, or by its own id. Mostly the store is enough: it answers when the platform is down. */
export async function runOf(door: Door, by: Person, app: string): Promise<Run | Refused> {
  const unfinished = await door.store.unfinished();
  const named = unfinished.filter((r) => r.id === app || r.app.id === app || r.app.name === app);
  const [only] = named;
  if (only !== undefined && named.length === 1) return only;
  // It may have been renamed since the run has looked, and another app may have its old name now.
  const id = await idOf(door, app, await priorityOf(door, by));
  const run = unfinished.find((r) => r.app.id === id);
  if (run !== undefined) return run;
  const names = unfinished.map((r) => r.app.name);
  return refused(
    `There is no maintenance of "${app}" under way.`,
    names.length === 0 ? 'None is under way at all: /maint start begins one.' : `Under way: ${names.join(', ')}.`,
  );
}

async function idOf(door: Door, name: string, priority: Calling['priority']): Promise<string | null> {
  try {
    const found = await door.platform.find(reading(priority), name);
    return found.is === 'found' ? found.app.id : null;
  } catch (error) {
    door.log.warn({ err: error }, 'an app could not be looked up by its name');
    return null;
  }
}

/** The same for a command that belongs to the run that a button names. */
export async function change(
  door: Door,
  by: Person,
  what: string,
  run: Run | Refused,
  command: Command,
): Promise<Changed | Refused> {
  if ('is' in run) return writtenDown(door, by, what, run);
  const no = await forbidden(door, by, 'operate', `${what} ${run.app.name}`);
  if (no !== null) return no;
  const now = door.clock.now();
  const result = await door.store.decide(run.id, now, (locked) => decide(locked, command, by, now));
  if (result.is === 'unknown')
    return refused('This maintenance is not known any more.', '/maint status shows what is under way.');
  const why = result.is === 'refused' ? result.says : null;
  await door.store.audit({ at: now, person: by, what: `${what} ${run.app.name}`, outcome: result.is, why });
  if (result.is === 'changed') door.wake(run.id);
  return result;
}
