import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { onEveryDatabase } from '../helpers/database.ts';
import { freshStore } from './fixtures.ts';

onEveryDatabase('A request that is heard', (databases) => {
  const at = freshStore(databases);

  const kept = async (): Promise<string[]> => {
    const { rows } = await sql<{ id: string }>`select id from maint.heard order by id`.execute(at.database.db);
    return rows.map(({ id }) => id);
  };
  const minutesPass = (minutes: number) =>
    sql`update maint.heard set at = at - ${minutes} * interval '1 minute'`.execute(at.database.db);

  test('is new once, also to another store on the same database, and another one is new', async () => {
    const other = openStore(at.database);
    expect(await at.store.firstTime('a')).toBe(true);
    expect(await other.firstTime('a')).toBe(false);
    expect(await other.firstTime('b')).toBe(true);
  });

  test('is new to exactly one of many who ask at the same time, while old ones are forgotten', async () => {
    for (let n = 0; n < 30; n += 1) await at.store.firstTime(`old ${n}`);
    await minutesPass(11);
    const stores = [at.store, openStore(at.database)];
    const asked = Array.from({ length: 40 }, (_, n) => stores[n % 2]?.firstTime(`new ${n % 5}`));
    expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(5);
    await at.store.firstTime('one more');
    expect(await kept()).toHaveLength(6);
  });

  test('is kept as a hash, whatever is in it', async () => {
    expect(await at.store.firstTime('abc')).toBe(true);
    expect(await at.store.firstTime(`\0\ud800${'x'.repeat(100_000)}`)).toBe(true);
    const ids = await kept();
    expect(ids).toContain('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(ids.every((id) => /^[0-9a-f]{64}$/u.test(id))).toBe(true);
  });

  test('is remembered for ten minutes and then forgotten, a hundred at a time', async () => {
    await at.store.firstTime('a');
    await minutesPass(9);
    expect(await at.store.firstTime('a')).toBe(false);
    for (let n = 0; n < 150; n += 1) await at.store.firstTime(`${n}`);
    await minutesPass(11);
    await at.store.firstTime('b');
    expect(await kept()).toHaveLength(152 - 100);
    await at.store.firstTime('c');
    expect(await kept()).toHaveLength(2);
    expect(await at.store.firstTime('a')).toBe(true);
  });
});
