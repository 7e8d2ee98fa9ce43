// The database that one worker plays all its cells on: PGlite in memory, emptied now and then. Starting one costs seconds,
// so it is loaded from where the tests keep an initialised one.
import type { PGlite } from '@electric-sql/pglite';
import { overPglite } from '../../src/store/database.ts';
import { startPglite } from '../helpers/start-pglite.ts';

export interface Bed {
  readonly pglite: PGlite;
  /** For the next cell. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

export async function makeBed(): Promise<Bed> {
  const pglite = await startPglite();
  await overPglite(pglite, 'PGlite in memory');
  return {
    pglite,
    empty: async () => {
      // As a replica is written to, without the triggers that keep what is only ever added to.
      await pglite.exec(
        'begin; set local session_replication_role = replica; truncate maint.output_part, maint.output, maint.audit, maint.message, maint.event, maint.run; commit',
      );
    },
    close: () => pglite.close(),
  };
}
