// What people have set for an app: only what they said otherwise than the defaults, so that everything else follows them. Kept
// under the app's id: a renamed app keeps its settings. What the keys mean, and who may set them, is decided above.
import { sql } from 'kysely';
import { z } from 'zod';
import type { Json } from '../model/json.ts';
import { Person } from '../model/person.ts';
import type { AppRef } from '../model/step.ts';
import type { Db } from './tables.ts';

export interface StoredSettings {
  /** As it was called when they were saved. */
  readonly app: AppRef;
  /** Key -> value, as it was saved: perhaps by another version of maint. */
  readonly body: Readonly<Record<string, Json>>;
  /** From 1 on, one more with every change. */
  readonly version: number;
  readonly by: Person;
  /** Domain time. */
  readonly at: number;
}

export interface SettingsToSave {
  readonly app: AppRef;
  /** All of it: what is there is replaced. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly by: Person;
  readonly at: number;
  /** The version that the person saw; 0: none. */
  readonly expected: number;
}

/** `moved`: somebody has saved others since `expected`; nothing was changed. */
export type Saved =
  | { readonly is: 'saved'; readonly stored: StoredSettings }
  | { readonly is: 'moved'; readonly stored: StoredSettings | null };

const Body: z.ZodType<Record<string, Json>> = z.record(z.string(), z.json());
const columns = ['app_id', 'app_name', 'body', 'version', 'by', 'at'] as const;

export async function settingsOf(db: Db, appId: string): Promise<StoredSettings | null> {
  const row = await db.selectFrom('settings').select(columns).where('app_id', '=', appId).executeTakeFirst();
  return row === undefined ? null : stored(row);
}

/** What one key was set to, for each app that has it; of all settings, for one that is asked about at every command. */
export async function settingOfApps(db: Db, key: string): Promise<readonly { appId: string; value: Json }[]> {
  const rows = await db
    .selectFrom('settings')
    .select(['app_id', sql<unknown>`body -> ${key}::text`.as('value')])
    .where(sql<boolean>`body -> ${key}::text is not null`)
    .execute();
  return rows.map(({ app_id, value }) => ({ appId: app_id, value: z.json().parse(value) }));
}

/** One statement, so that of many at once who saw the same version exactly one saves. */
export async function saveSettings(db: Db, { app, body, by, at, expected }: SettingsToSave): Promise<Saved> {
  const values = {
    app_name: app.name,
    body: JSON.stringify(body),
    version: expected + 1,
    by: JSON.stringify(storable(by)),
    at: new Date(at),
  };
  const row =
    expected === 0
      ? await db
          .insertInto('settings')
          .values({ app_id: app.id, ...values })
          .onConflict((conflict) => conflict.column('app_id').doNothing())
          .returning(columns)
          .executeTakeFirst()
      : await db
          .updateTable('settings')
          .set(values)
          .where('app_id', '=', app.id)
          .where('version', '=', expected)
          .returning(columns)
          .executeTakeFirst();
  return row === undefined
    ? { is: 'moved', stored: await settingsOf(db, app.id) }
    : { is: 'saved', stored: stored(row) };
}

function stored(row: {
  readonly app_id: string;
  readonly app_name: string;
  readonly body: unknown;
  readonly version: number;
  readonly by: unknown;
  readonly at: Date;
}): StoredSettings {
  return {
    app: { id: row.app_id, name: row.app_name },
    body: Body.parse(row.body),
    version: row.version,
    by: Person.parse(row.by),
    at: row.at.getTime(),
  };
}

/** Postgres' jsonb holds neither U+0000 nor half a character. What is in `body` has been looked at for it already. */
function storable(person: Person): Person {
  const clean = (text: string): string => text.toWellFormed().replaceAll('\0', '\u{fffd}');
  return { ...person, id: clean(person.id), name: clean(person.name) };
}
