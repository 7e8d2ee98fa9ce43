// The numbered steps of the schema, in their order. One that has been released is never edited: a change is a new one.
import { type Migration, type MigrationProvider, Migrator } from 'kysely/migration';
import type { Db } from '../tables.ts';
import { runs } from './001-runs.ts';

const migrations: Record<string, Migration> = {
  '001-runs': runs,
};

const provider: MigrationProvider = { getMigrations: async () => migrations };

/** Brings the schema up to date; does nothing where it is. The Migrator's lock lets one process at a time do it. */
export async function migrate(db: Db): Promise<void> {
  const migrator = new Migrator({ db, provider, migrationTableSchema: 'maint' });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const failed = results?.find((result) => result.status === 'Error')?.migrationName ?? 'the first';
  throw new Error(`Expected the database to take the schema of this version, got an error in migration ${failed}`, {
    cause: error,
  });
}
