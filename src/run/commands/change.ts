// A person's command to one run: found, let in, decided with the run's row locked, written down.
import { type Command, decide } from '../../model/decide.ts';
import type { Person } from '../../model/person.ts';
import type { Run } from '../../model/run.ts';
import type { Settings } from '../../model/settings.ts';
import type { Act } from '../../policy/may.ts';
import { admitted, visible } from './admission.ts';
import { type Door, reading, refused, writtenDown } from './door.ts';
import type { Changed, Refused } from './reply.ts';

/** The unfinished run of an app, by the app's name or id, or by its own id. Mostly the store is enough: it answers when the platform is down. */
async function runOf(door: Door, unfinished: readonly Run[], app: string): Promise<Run | null> {
  const named = unfinished.filter((r) => r.id === app || r.app.id === app || r.app.name === app);
  const [only] = named;
  if (only !== undefined && named.length === 1) return only;
  if (unfinished.length === 0) return null;
  // It may have been renamed since the run has looked, and another app may have its old name now.
  const id = await idOf(door, app);
  return unfinished.find((r) => r.app.id === id) ?? null;
}

/** Behind everybody else: who asks is not known to be let in yet. */
async function idOf(door: Door, name: string): Promise<string | null> {
  try {
    const found = await door.platform.find(reading('poll'), name);
    return found.is === 'found' ? found.app.id : null;
  } catch (error) {
    door.log.warn({ err: error }, 'an app could not be looked up by its name');
    return null;
  }
}

/** A command for the app's run. `app`: its name or id, or the run's own id. */
export async function changeOf(
  door: Door,
  by: Person,
  what: string,
  app: string,
  command: Command,
): Promise<Changed | Refused> {
  const unfinished = await door.store.unfinished();
  const run = await runOf(door, unfinished, app);
  if (run !== null) return change(door, by, what, run, command);
  const seen = await visible(door, by, unfinished, what);
  if ('is' in seen) return seen;
  const names = seen.map((r) => r.app.name);
  const remedy =
    names.length === 0 ? 'None is under way at all: /maint start begins one.' : `Under way: ${names.join(', ')}.`;
  return writtenDown(door, by, what, refused(`There is no maintenance of "${app}" under way.`, remedy));
}

/** The same for the run that a button names. */
export async function change(
  door: Door,
  by: Person,
  what: string,
  run: Run,
  command: Command,
): Promise<Changed | Refused> {
  const entry = await admitted(door, by, actOf(run, command), run.app.id, `${what} ${run.app.name}`);
  if (entry.is === 'refused') return entry;
  const now = door.clock.now();
  const result = await door.store.decide(run.id, now, (locked) => decide(locked, command, by, now));
  if (result.is === 'unknown')
    return refused('This maintenance is not known any more.', '/maint status shows what is under way.');
  const because = result.is === 'refused' ? result.says : reasonOf(command);
  await door.store.audit({ at: now, person: by, what: `${what} ${run.app.name}`, outcome: result.is, why: because });
  if (result.is === 'changed') door.wake(run.id);
  return result;
}

function reasonOf(command: Command): string | null {
  return command.do === 'break-glass' ? command.because : null;
}

function actOf(run: Run, command: Command): Act {
  switch (command.do) {
    case 'answer':
      if (command.answer === 'approve' || command.answer === 'approve-layers') return approving(run);
      return command.answer === 'not-yet' ? 'ask for approval' : 'operate';
    case 'resume':
      return 'ask for approval';
    case 'abort':
      // From quiet it opens the app, where an approval cannot be looked up.
      return run.way === 'quiet' && run.quietAt !== null ? approving(run) : 'operate';
    case 'break-glass':
      return 'break the glass';
    case 'begin-anew':
    case 'extend':
    case 'work':
      return 'operate';
  }
}

function approving({ settings }: Run): Act {
  return several(settings) ? 'approve with others' : 'approve';
}

/** Whether it has to be known who is who, to let the app be opened. */
export function several({ approvals }: Settings): boolean {
  return approvals.count > 1 || !approvals.asker;
}
