// `status [app]`: how things stand, from the store alone, so that it answers when the platform does not.
import type { Person } from '../../model/person.ts';
import { type Door, findApp, forbidden, priorityOf, refused, troubleAsAnswer } from './door.ts';
import type { Refused, Status } from './reply.ts';

export async function status(door: Door, by: Person, app: string | null): Promise<Status | Refused> {
  const no = await forbidden(door, by, 'look', `status ${app ?? ''}`);
  if (no !== null) return no;
  if (app === null) {
    const runs = await door.store.unfinished();
    return runs.length > 0 || (await door.store.anyRun())
      ? { is: 'status', runs }
      : { is: 'status', runs, empty: true };
  }
  const known = await door.store.byAppName(app);
  if (known !== null) return { is: 'status', runs: [known] };
  return troubleAsAnswer(door, async (): Promise<Status | Refused> => {
    const found = await findApp(door, app, await priorityOf(door, by));
    if ('is' in found) return found;
    const last = await door.store.lastOf(found.id);
    if (last !== null) return { is: 'status', runs: [last] };
    return refused(`${found.name} has had no maintenance yet.`, `/maint plan ${found.name} shows what one would do.`);
  });
}

export async function oneRun(door: Door, by: Person, id: string): Promise<Status | Refused> {
  const no = await forbidden(door, by, 'look', `status of run ${id}`);
  if (no !== null) return no;
  const run = await door.store.load(id);
  return run === null
    ? refused('This maintenance is not known.', '/maint status shows what is under way.')
    : { is: 'status', runs: [run] };
}
