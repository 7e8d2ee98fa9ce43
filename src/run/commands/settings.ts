// The settings of an app: what holds for its next run, and how that is changed. Who operates may change them; the audit trail
// says which keys, and never their values, for an address may hold a token. A run that is under way keeps its own.
import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../model/json.ts';
import type { Person } from '../../model/person.ts';
import type { Settings } from '../../model/settings.ts';
import type { AppRef } from '../../model/step.ts';
import type { StoredSettings } from '../../store/store.ts';
import { admitted, admittedByName, operates, priorityOf } from './admission.ts';
import { type Door, findApp, refused, troubleAsAnswer, writtenDown } from './door.ts';
import type { AppSettings, Refused, RefusedSettings, SettingsChange } from './reply.ts';
import { type Applied, applied, inWords, type Problem, type SettingsInput } from './settings-input.ts';
import { aboutSetting, settingKeys, shown, withoutQueries } from './settings-words.ts';

const nothing: SettingsInput = { set: {}, reset: [] };

/** What a run of the app that begins now is begun with: what was set for it, over what maint has in its environment. */
export async function settingsFor(door: Door, app: AppRef): Promise<Settings | Refused> {
  const read = applied(door.settings, kept(await door.store.settingsOf(app.id)), nothing);
  return read.is === 'good' ? read.settings : unreadable(app, read.problems);
}

export async function settings(door: Door, by: Person, name: string): Promise<AppSettings | Refused> {
  const entry = await admittedByName(door, by, 'look', name, `settings ${name}`);
  if (entry.is === 'refused') return entry;
  return troubleAsAnswer(door, async (): Promise<AppSettings | Refused> => {
    const app = await findApp(door, name, priorityOf(entry));
    if ('is' in app) return app;
    const stored = await door.store.settingsOf(app.id);
    const read = applied(door.settings, kept(stored), nothing);
    if (read.is === 'bad') return unreadable(app, read.problems);
    return {
      is: 'settings',
      app,
      settings: operates(entry, app) ? read.settings : withoutQueries(read.settings),
      lines: settingKeys.map((key) => ({
        key,
        about: aboutSetting(key),
        shows: shown(key, read.settings),
        own: key in read.body,
      })),
      version: stored?.version ?? 0,
      changed: stored === null ? null : { by: stored.by, at: stored.at },
      underWay: (await door.store.unfinishedOf(app.id)) !== null,
    };
  });
}

export async function proposeSettings(
  door: Door,
  by: Person,
  name: string,
  input: SettingsInput,
): Promise<SettingsChange | RefusedSettings | Refused> {
  const entry = await admittedByName(door, by, 'operate', name, `settings ${name}`);
  if (entry.is === 'refused') return entry;
  return troubleAsAnswer(door, async (): Promise<SettingsChange | RefusedSettings | Refused> => {
    const app = await findApp(door, name, 'person');
    if ('is' in app) return app;
    const stored = await door.store.settingsOf(app.id);
    const after = applied(door.settings, kept(stored), input);
    if (after.is === 'bad') return wrong(app, after.problems);
    const changes = differences(door, stored, after);
    const no = await overreaching(door, by, app, changes);
    if (no !== null) return no;
    return {
      is: 'settings-change',
      app,
      saved: false,
      version: stored?.version ?? 0,
      changes,
      underWay: (await door.store.unfinishedOf(app.id)) !== null,
    };
  });
}

export async function changeSettings(
  door: Door,
  by: Person,
  name: string,
  input: SettingsInput,
  version: number,
): Promise<SettingsChange | RefusedSettings | Refused> {
  const tried = `settings ${name}`;
  const entry = await admittedByName(door, by, 'operate', name, tried);
  if (entry.is === 'refused') return entry;
  return troubleAsAnswer(door, async (): Promise<SettingsChange | RefusedSettings | Refused> => {
    const app = await findApp(door, name, 'person');
    if ('is' in app) return writtenDown(door, by, tried, app);
    const stored = await door.store.settingsOf(app.id);
    if ((stored?.version ?? 0) !== version) return writtenDown(door, by, tried, overtaken(app, stored));
    const after = applied(door.settings, kept(stored), input);
    if (after.is === 'bad') {
      await writtenDown(door, by, tried, { ...wrong(app, after.problems), says: withoutValues(after.problems) });
      return wrong(app, after.problems);
    }
    const changes = differences(door, stored, after);
    const no = await overreaching(door, by, app, changes);
    if (no !== null) return no;
    const underWay = (await door.store.unfinishedOf(app.id)) !== null;
    if (changes.length === 0) return { is: 'settings-change', app, saved: false, version, changes, underWay };
    const at = door.clock.now();
    const saved = await door.store.saveSettings({ app, body: after.body, by, at, expected: version });
    if (saved.is === 'moved') return writtenDown(door, by, tried, overtaken(app, saved.stored));
    const what = `settings ${app.name}: ${changes.map(({ key }) => key).join(', ')}`;
    await door.store.audit({ at, person: by, what, outcome: 'changed', why: null });
    return { is: 'settings-change', app, saved: true, version: saved.stored.version, changes, underWay };
  });
}

/** Who may what, and what it takes, is changed by fewer people than the rest. Null where they may. */
async function overreaching(
  door: Door,
  by: Person,
  app: AppRef,
  changes: SettingsChange['changes'],
): Promise<Refused | null> {
  for (const [key, act] of [
    ['approvals', 'set approvals'],
    ['who', 'name people'],
  ] as const) {
    if (!changes.some((change) => change.key === key)) continue;
    const entry = await admitted(door, by, act, app.id, `settings ${app.name}: ${key}`);
    if (entry.is === 'refused') return entry;
  }
  return null;
}

function kept(stored: StoredSettings | null): Readonly<Record<string, Json>> {
  return stored?.body ?? {};
}

/** By what would be kept: a value that was set to be as the default is kept no more, and says so. */
function differences(
  { settings: defaults }: Door,
  stored: StoredSettings | null,
  after: Applied & { is: 'good' },
): SettingsChange['changes'] {
  const now = kept(stored);
  const before = applied(defaults, now, nothing);
  const keys = new Set([...Object.keys(now), ...Object.keys(after.body)]);
  const ordered = [...settingKeys.filter((key) => keys.has(key)), ...[...keys].filter((key) => !isKnown(key))];
  return ordered.flatMap((key) => {
    if (isDeepStrictEqual(now[key], after.body[key])) return [];
    if (!isKnown(key)) return [{ key, from: 'what this version does not know', to: 'nothing' }];
    const standard = `${shown(key, defaults)} (default)`;
    const from = !(key in now) ? standard : before.is === 'good' ? shown(key, before.settings) : 'what cannot be read';
    return [{ key, from, to: key in after.body ? shown(key, after.settings) : standard }];
  });
}

function isKnown(key: string): key is keyof Settings {
  return settingKeys.some((one) => one === key);
}

function wrong(app: AppRef, problems: readonly Problem[]): RefusedSettings {
  const first = problems.slice(0, MOST_TOLD).map(inWords).join('; ');
  const more = problems.length <= MOST_TOLD ? '' : `; and ${problems.length - MOST_TOLD} more`;
  return {
    ...refused(
      `The settings of ${app.name} were not changed: ${first}${more}.`,
      `npm run maint -- settings ${app.name} --json prints them as they can be handed in.`,
    ),
    problems,
  };
}

const MOST_TOLD = 10;

/** For the audit trail, which everybody may come to read. */
function withoutValues(problems: readonly Problem[]): string {
  return `not as they should be: ${problems.map(({ key }) => key).join(', ')}`;
}

function overtaken(app: AppRef, stored: StoredSettings | null): Refused {
  const who = stored === null ? 'Somebody' : stored.by.name;
  return refused(
    `${who} has changed the settings of ${app.name} since you looked: nothing of yours was saved.`,
    `Look at them again (/maint settings ${app.name}), and change what you still want to change.`,
  );
}

/** Nothing begins with half of what people have set. */
function unreadable(app: AppRef, problems: readonly Problem[]): Refused {
  const says = problems.map((problem) => inWords({ ...problem, got: null })).join('; ');
  const keys = [...new Set(problems.map(({ key }) => key.replace(/[.[].*$/su, '')))];
  return refused(
    `The settings that are kept for ${app.name} cannot be read: ${says}.`,
    `Another version of maint has saved them: use that one, or npm run maint -- settings ${app.name} --reset ${keys.join(' ')}`,
  );
}
