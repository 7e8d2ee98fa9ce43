// `status [app]`: how things stand, from the store alone, so that it answers when the platform does not.
import type { Person } from '../../model/person.ts';
import type { Run } from '../../model/run.ts';
import { admitted, admittedByName, priorityOf, visible } from './admission.ts';
import { type Door, findApp, refused, troubleAsAnswer } from './door.ts';
import type { Refused, Status } from './reply.ts';

export async function status(door: Door, by: Person, app: string | null): Promise<Status | Refused> {
  if (app === null) return all(door, by);
  const what = `status ${app}`;
  const known = await door.store.byAppName(app);
  if (known !== null) return one(door, by, known, what);
  const entry = await admittedByName(door, by, 'look', app, what);
  if (entry.is === 'refused') return entry;
  return troubleAsAnswer(door, async (): Promise<Status | Refused> => {
    const found = await findApp(door, app, priorityOf(entry));
    if ('is' in found) return found;
    const last = await door.store.lastOf(found.id);
    if (last !== null) return { is: 'status', runs: [last] };
    return refused(`${found.name} has had no maintenance yet.`, `/maint plan ${found.name} shows what one would do.`);
  });
}

export async function oneRun(door: Door, by: Person, id: string): Promise<Status | Refused> {
  const run = await door.store.load(id);
  if (run !== null) return one(door, by, run, `status of run ${id}`);
  const entry = await admitted(door, by, 'look', null, `status of run ${id}`);
  if (entry.is === 'refused') return entry;
  return refused('This maintenance is not known.', '/maint status shows what is under way.');
}

async function one(door: Door, by: Person, run: Run, what: string): Promise<Status | Refused> {
  const entry = await admitted(door, by, 'look', run.app.id, what);
  return entry.is === 'refused' ? entry : { is: 'status', runs: [run] };
}

async function all(door: Door, by: Person): Promise<Status | Refused> {
  const unfinished = await door.store.unfinished();
  const runs = await visible(door, by, unfinished, 'status');
  if ('is' in runs) return runs;
  return unfinished.length > 0 || (await door.store.anyRun())
    ? { is: 'status', runs }
    : { is: 'status', runs, empty: true };
}
