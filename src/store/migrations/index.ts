// The numbered steps of the schema, in their order. One that has been released is never edited: a change is a new one, and
// one that the version before can live with, for while Heroku deploys, both run on the same database.
import { type Migration, type MigrationProvider, Migrator } from 'kysely/migration';
import type { Db } from '../tables.ts';
import { runs } from './001-runs.ts';
import { auditGuard } from './002-audit.ts';
import { heard } from './003-heard.ts';
import { settings } from './004-settings.ts';
import { output } from './005-output.ts';
import { windows } from './006-windows.ts';
import { truncateGuard } from './007-truncate.ts';

export const migrations: Readonly<Record<string, Migration>> = {
  '001-runs': runs,
  '002-audit': auditGuard,
  '003-heard': heard,
  '004-settings': settings,
  '005-output': output,
  '006-windows': windows,
  '007-truncate': truncateGuard,
};

/**
 * Brings the schema up to date; does nothing where it is. The Migrator's lock lets one process at a time do it. Throws
 * where a newer version has been there, having changed nothing. `known`: all of them, where not said.
 */
export async function migrate(db: Db, known: Readonly<Record<string, Migration>> = migrations): Promise<void> {
  const provider: MigrationProvider = { getMigrations: async () => ({ ...known }) };
  const migrator = new Migrator({ db, provider, migrationTableSchema: 'maint' });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const newer = await unknownIn(db, known);
  if (newer.length > 0) {
    throw new Error(
      `Expected a database of this version of maint or of an older one, but a newer version has changed it (${newer.join(', ')}). ` +
        'Nothing was changed. Deploy that version, or a later one; the runs go on as soon as it is up.',
      { cause: error },
    );
  }
  const failed = results?.find((result) => result.status === 'Error')?.migrationName;
  if (failed !== undefined) {
    throw new NotMigrated(
      `Expected the database to take the schema of this version, migration ${failed} failed`,
      error,
    );
  }
  const why = error instanceof Error ? error.message : String(error);
  throw new NotMigrated(`Expected the database to answer, so that its schema can be looked at; got: ${why}`, error);
}

/** The database could not be asked, or did not take a migration: `cause` says why. */
export class NotMigrated extends Error {
  override readonly name = 'NotMigrated';
  constructor(message: string, cause: unknown) {
    super(message, { cause });
  }
}

/** What has been done to the database that this version has not heard of. Asked only after a failure, whose cause it may be. */
async function unknownIn(db: Db, known: Readonly<Record<string, Migration>>): Promise<readonly string[]> {
  const done = await db
    .withSchema('maint')
    .selectFrom('kysely_migration')
    .select('name')
    .orderBy('name')
    .execute()
    .catch(() => []);
  return done.flatMap(({ name }) => (name in known ? [] : [name]));
}
