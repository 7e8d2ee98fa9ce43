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
      await pglite.exec('truncate maint.audit, maint.message, maint.event, maint.run');
    },
    close: () => pglite.close(),
  };
}
