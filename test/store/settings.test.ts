import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { onEveryDatabase } from '../helpers/database.ts';
import { ann, bob, freshStore, noon } from './fixtures.ts';

onEveryDatabase('The settings of an app', (databases) => {
  const at = freshStore(databases);
  const app = { id: 'app-1', name: 'shop' };
  const first = { app, body: { web: 'zero', observe: { for: 60_000, samples: 4 } }, by: ann, at: noon, expected: 0 };

  test('are not there until somebody sets them, and then as they were set, by whom and when', async () => {
    expect(await at.store.settingsOf('app-1')).toBeNull();
    const stored = { app, body: first.body, by: ann, at: noon, version: 1 };
    expect(await at.store.saveSettings(first)).toEqual({ is: 'saved', stored });
    expect(await at.store.settingsOf('app-1')).toEqual(stored);
    expect(await at.store.settingsOf('shop')).toBeNull();
  });

  test('are replaced whole, under the name that the app has by now, and each time have the next version', async () => {
    await at.store.saveSettings(first);
    const renamed = { id: 'app-1', name: 'store' };
    const second = { app: renamed, body: {}, by: bob, at: noon + 1, expected: 1 };
    const stored = { app: renamed, body: {}, by: bob, at: noon + 1, version: 2 };
    expect(await at.store.saveSettings(second)).toEqual({ is: 'saved', stored });
    expect(await at.store.settingsOf('app-1')).toEqual(stored);
  });

  test.each([0, 2, 7])('are left alone by who has seen version %i where there is the first', async (expected) => {
    await at.store.saveSettings(first);
    const late = { ...first, body: { web: 'keep' }, by: bob, expected };
    expect(await at.store.saveSettings(late)).toMatchObject({ is: 'moved', stored: { version: 1, by: ann } });
    expect((await at.store.settingsOf('app-1'))?.body).toEqual(first.body);
  });

  test('are left alone by who has seen some where there are none', async () => {
    expect(await at.store.saveSettings({ ...first, expected: 1 })).toEqual({ is: 'moved', stored: null });
    expect(await at.store.settingsOf('app-1')).toBeNull();
  });

  test.each([0, 1])('are saved by exactly one of many at once who have seen version %i', async (seen) => {
    if (seen === 1) await at.store.saveSettings(first);
    const stores = [at.store, openStore(at.database)];
    const saving = Array.from({ length: 12 }, (_, n) =>
      stores[n % 2]?.saveSettings({ ...first, body: { canary: n }, expected: seen }),
    );
    const saved = (await Promise.all(saving)).flatMap((one) => (one?.is === 'saved' ? [one.stored] : []));
    expect(saved).toHaveLength(1);
    expect(await at.store.settingsOf('app-1')).toEqual(saved[0]);
  });

  test('are one row an app, and never anything but an object', async () => {
    await at.store.saveSettings(first);
    await at.store.saveSettings({ ...first, app: { id: 'app-2', name: 'shop' }, body: { canary: 0 } });
    expect((await at.store.settingsOf('app-1'))?.body).toEqual(first.body);
    expect((await at.store.settingsOf('app-2'))?.body).toEqual({ canary: 0 });
    const broken = sql`update maint.settings set body = '[]'::jsonb`.execute(at.database.db);
    await expect(broken).rejects.toThrow(/settings_body_check/);
  });

  test('take a name with what Postgres cannot store', async () => {
    await at.store.saveSettings({ ...first, by: { ...ann, name: 'A\0nn \ud800' } });
    expect((await at.store.settingsOf('app-1'))?.by.name).toBe('A\u{fffd}nn \u{fffd}');
  });
});
