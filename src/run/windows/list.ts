// `windows [app]`: what is planned, for who may see it.
import type { Person } from '../../model/person.ts';
import { may } from '../../policy/may.ts';
import type { StoredWindow } from '../../store/windows.ts';
import { type Admitted, admitted, admittedByName } from '../commands/admission.ts';
import { type Door, refused } from '../commands/door.ts';
import type { Refused } from '../commands/reply.ts';
import { listed } from './listed.ts';
import type { ListedWindow, ListedWindows } from './reply.ts';

/** Of an app that is named, by its name as it was when the window was saved: Heroku need not be asked. */
export async function windows(
  door: Door,
  by: Person,
  app: string | null,
  own: string,
): Promise<ListedWindows | Refused> {
  const stored = (await door.store.windows.toCome()).filter(
    ({ window }) => app === null || window.apps.some(({ name, id }) => name === app || id === app),
  );
  const entry = await entryFor(door, by, app, stored);
  if (entry.is === 'refused') return entry;
  const all = await Promise.all(
    stored
      .filter(({ window }) => window.apps.some(({ id }) => sees(entry, id)))
      .map((one) => listed(door, one, operatesAll(entry, one), own)),
  );
  const coming = all.filter(({ occurrence }) => occurrence !== null);
  return {
    is: 'windows',
    at: door.clock.now(),
    windows: coming.sort((a, b) => (a.occurrence?.startAt ?? 0) - (b.occurrence?.startAt ?? 0)),
  };
}

export async function window(door: Door, by: Person, id: string, own: string): Promise<ListedWindow | Refused> {
  const stored = await door.store.windows.load(id);
  if (stored === null) return refused('This window is not known.', '/maint windows lists what is planned.');
  const entry = await entryFor(door, by, null, [stored]);
  return entry.is === 'refused' ? entry : listed(door, stored, operatesAll(entry, stored), own);
}

/** Who may look at any of their apps; who that is in Slack is asked once. */
async function entryFor(
  door: Door,
  by: Person,
  app: string | null,
  stored: readonly StoredWindow[],
): Promise<Admitted | Refused> {
  const apps = [...new Set(stored.flatMap(({ window }) => window.apps.map(({ id }) => id)))];
  const [first, ...others] = apps;
  if (first === undefined)
    return app === null
      ? admitted(door, by, 'look', null, 'windows')
      : admittedByName(door, by, 'look', app, `windows ${app}`);
  let entry = await admitted(door, by, 'look', first, 'windows');
  for (const id of others) {
    if (entry.is === 'admitted') break;
    entry = await admitted(door, by, 'look', id, 'windows');
  }
  return entry;
}

function sees({ who, policy }: Admitted, app: string): boolean {
  return may(who, 'look', app, policy).is === 'yes';
}

function operatesAll({ who, policy }: Admitted, { window }: StoredWindow): boolean {
  return window.apps.every(({ id }) => may(who, 'operate', id, policy).is === 'yes');
}
