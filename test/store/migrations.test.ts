import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { silentLog } from '../../src/log.ts';
import { type Database, openDatabase, overPglite } from '../../src/store/database.ts';
import { migrate, migrations } from '../../src/store/migrations/index.ts';
import { openStore } from '../../src/store/store.ts';
import type { Tables } from '../../src/store/tables.ts';
import { emptyPostgres, postgres } from '../helpers/database.ts';
import { type Engine, grace, START, startEngine } from '../helpers/engine.ts';
import { ann, noon, requested, there } from './fixtures.ts';
import { appAt, before, cuts, leaveBehind, runId } from './older.ts';

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make();
    return made;
  };
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A database that nobody has opened yet: raw, for a version of which only some migrations are known; and as maint opens it. */
interface Fresh {
  readonly raw: Kysely<Tables>;
  open(): Promise<Database>;
}

const pglite = once(() => PGlite.create('memory://'));

/** The file's own, without anything in it. */
async function onPglite(): Promise<Fresh> {
  const shared = await pglite();
  await shared.exec('drop schema if exists maint cascade');
  return {
    raw: new Kysely<Tables>({ dialect: new PGliteDialect({ pglite: shared }) }),
    open: async () => ({ ...(await overPglite(shared, 'here')), close: async () => {} }),
  };
}

async function onPostgres(): Promise<Fresh> {
  const url = await emptyPostgres();
  const raw = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: 1 }) }),
  });
  closing.push(() => raw.destroy());
  const open = async (): Promise<Database> => {
    const database = await openDatabase({ url, dataDir: '', log: silentLog });
    closing.push(() => database.close());
    return database;
  };
  return { raw, open };
}

// Before the first test, whose time it would be: it takes seconds on a busy machine.
beforeAll(async () => {
  await pglite();
});
afterAll(async () => (await pglite()).close());

const kinds = [
  { name: 'PGlite', fresh: onPglite, missing: null },
  { name: 'Postgres', fresh: onPostgres, missing: postgres().missing },
];

for (const { name, fresh, missing } of kinds) {
  describe.skipIf(missing !== null)(`The schema, on ${name}`, () => {
    test('what is written about who tried what can be neither changed nor deleted, and nobody may be its author', async () => {
      const { open } = await fresh();
      const database = await open();
      const store = openStore(database);
      await store.audit({ at: noon, person: null, what: 'a forged request', outcome: 'refused', why: 'its signature' });
      await store.audit({ at: noon, person: ann, what: '/maint start shop', outcome: 'started', why: null });
      const changed = sql`update maint.audit set outcome = 'started'`.execute(database.db);
      await expect(changed).rejects.toThrow('only ever to be added to, got UPDATE');
      const deleted = sql`delete from maint.audit`.execute(database.db);
      await expect(deleted).rejects.toThrow('only ever to be added to, got DELETE');
      for (const sqlText of ['truncate maint.audit', 'truncate maint.audit restart identity cascade']) {
        await expect(sql.raw(sqlText).execute(database.db)).rejects.toThrow('only ever to be added to, got TRUNCATE');
      }
      const moved =
        sql`insert into maint.audit (id, at, what, outcome) overriding system value values (1, now(), 'x', 'y')
        on conflict (id) do update set outcome = 'started'`.execute(database.db);
      await expect(moved).rejects.toThrow('only ever to be added to, got UPDATE');
      expect((await store.audited(9)).map(({ person, outcome }) => [person?.name, outcome])).toEqual([
        ['Ann', 'started'],
        [undefined, 'refused'],
      ]);
    });

    test('the events of a run can be neither changed, nor deleted, nor emptied away', async () => {
      const { open } = await fresh();
      const { db, ...database } = await open();
      await openStore({ db, ...database }).create(requested('run-1'));
      for (const statement of [
        "update maint.event set body = '{}'",
        'delete from maint.event',
        'truncate maint.event',
        'truncate maint.run cascade',
      ]) {
        await expect(sql.raw(statement).execute(db)).rejects.toThrow('only ever to be inserted, got');
      }
      expect(await openStore({ db, ...database }).log('run-1')).toHaveLength(1);
    });

    test('an older version that finds the database of a newer one says so, and harms nothing', async () => {
      const { raw, open } = await fresh();
      await openStore(await open()).create(requested('run-1'));
      const { '001-runs': first } = migrations;
      await expect(migrate(raw, { '001-runs': there(first) })).rejects.toThrow(
        /a newer version has changed it \(002-audit, 003-heard, 004-settings, 005-output, 006-windows, 007-truncate\)\. Nothing was changed\. Deploy that version/,
      );
      const { rows } = await sql<{ name: string }>`select name from maint.kysely_migration order by name`.execute(raw);
      expect(rows.map((row) => row.name)).toEqual(Object.keys(migrations));
      expect((await sql`select id from maint.run`.execute(raw)).rows).toEqual([{ id: 'run-1' }]);
    });

    test('an older version that is running already goes on writing beside a newer one', async () => {
      const { raw, open } = await fresh();
      const { '001-runs': first } = migrations;
      await migrate(raw, { '001-runs': there(first) });
      await open();
      // As version 0.1.0 writes it.
      await sql`insert into maint.audit (at, person, what, outcome) values (now(), ${JSON.stringify(ann)}, 'abort', 'refused')`.execute(
        raw,
      );
    });
  });
}

describe('A run that version 0.1.0 began', () => {
  async function takenOver(cut: (typeof cuts)[number]): Promise<Engine> {
    const { raw, open } = await onPglite();
    await leaveBehind(raw, cut, { channel: null, now: START });
    const engine = await startEngine({ database: await open(), apps: [appAt(cut, START)] });
    closing.push(() => engine.close());
    return engine;
  }

  test.each(cuts.map((cut) => [cut.before.replace(/\/apps\/[^/]*/, ''), cut.seq, cut] as const))(
    'and left before %s (event %i) is taken over, and everything is back',
    async (_, seq, cut) => {
      const engine = await takenOver(cut);
      if ((await engine.the(runId)).way === 'quiet') {
        await engine.holding(runId);
        await engine.approve(runId, grace);
      }
      expect((await engine.ended(runId)).ended?.as).toBe('restored');
      expect(engine.world.settings('shop')).toEqual(before(START));
      // What that version had written is as it was.
      expect((await engine.store.log(runId)).length).toBeGreaterThan(seq);
    },
  );
});
