// `windows [app]`: what is planned, for who may see it.
import type { Person } from '../../model/person.ts';
import { may } from '../../policy/may.ts';
import type { StoredWindow } from '../../store/windows.ts';
import { type Admitted, admitted, admittedByName, admittedSomewhere, sees } from '../commands/admission.ts';
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
  const what = app === null ? 'windows' : `windows ${app}`;
  const entry =
    app === null || stored.length > 0
      ? await admittedSomewhere(door, by, what)
      : await admittedByName(door, by, 'look', app, what);
  if (entry.is === 'refused') return entry;
  const visible = stored.filter((one) => seesAny(entry, one));
  const [hidden] = stored;
  if (app !== null && hidden !== undefined && visible.length === 0) {
    const no = await notOf(door, by, hidden, what);
    if (no !== null) return no;
  }
  const all = await Promise.all(visible.map((one) => listed(door, one, operatesAll(entry, one), own)));
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
  const entry = await admittedSomewhere(door, by, `window ${id}`);
  if (entry.is === 'refused') return entry;
  const no = seesAny(entry, stored) ? null : await notOf(door, by, stored, `window ${id}`);
  return no ?? listed(door, stored, operatesAll(entry, stored), own);
}

/** Says why none of its apps may be seen; null where one may after all, since a moment ago. */
async function notOf(door: Door, by: Person, { window }: StoredWindow, what: string): Promise<Refused | null> {
  const entry = await admitted(door, by, 'look', window.apps[0]?.id ?? null, what);
  return entry.is === 'refused' ? entry : null;
}

function seesAny(entry: Admitted, { window }: StoredWindow): boolean {
  return window.apps.some(({ id }) => sees(entry, id));
}

function operatesAll({ who, policy }: Admitted, { window }: StoredWindow): boolean {
  return window.apps.every(({ id }) => may(who, 'operate', id, policy).is === 'yes');
}
