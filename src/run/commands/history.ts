// `history [app]`: the last maintenances and how they ended, from the store, so that it answers when the platform does not.
import type { Person } from '../../model/person.ts';
import { admitted, admittedByName, priorityOf, visible } from './admission.ts';
import { type Door, findApp, refused, troubleAsAnswer } from './door.ts';
import type { History, Refused } from './reply.ts';

const SHOWN = 10;
/** Of all apps: among these are looked for those that a person may see who may not see all. */
const LOOKED_AT = 50;

export async function history(door: Door, by: Person, app: string | null): Promise<History | Refused> {
  if (app === null) return ofAll(door, by);
  const what = `history ${app}`;
  const known = await door.store.byAppName(app);
  if (known !== null) {
    const entry = await admitted(door, by, 'look', known.app.id, what);
    if (entry.is === 'refused') return entry;
    return { is: 'history', app: known.app, runs: await door.store.history(known.app.id, SHOWN) };
  }
  const entry = await admittedByName(door, by, 'look', app, what);
  if (entry.is === 'refused') return entry;
  return troubleAsAnswer(door, async (): Promise<History | Refused> => {
    const found = await findApp(door, app, priorityOf(entry));
    if ('is' in found) return found;
    const runs = await door.store.history(found.id, SHOWN);
    if (runs.length > 0) return { is: 'history', app: found, runs };
    return refused(`${found.name} has had no maintenance yet.`, `/maint plan ${found.name} shows what one would do.`);
  });
}

async function ofAll(door: Door, by: Person): Promise<History | Refused> {
  const runs = await visible(door, by, await door.store.history(null, LOOKED_AT), 'history');
  return 'is' in runs ? runs : { is: 'history', app: null, runs: runs.slice(0, SHOWN) };
}
