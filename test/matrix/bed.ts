// The database that one worker plays all its cells on: PGlite in memory, emptied now and then. Starting one costs seconds,
// so it is loaded from where the tests keep an initialised one.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import packages from '../../package.json' with { type: 'json' };
import { overPglite } from '../../src/store/database.ts';

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

async function startPglite(): Promise<PGlite> {
  const cache = join(import.meta.dirname, '../../node_modules/.cache/maint');
  const initialised = join(cache, `pglite-${packages.dependencies['@electric-sql/pglite']}.tar`);
  const bytes = await readFile(initialised).catch(() => null);
  if (bytes !== null) return PGlite.create({ loadDataDir: new Blob([bytes]) });
  const fresh = await PGlite.create('memory://');
  const dump = await fresh.dumpDataDir('none');
  await mkdir(cache, { recursive: true });
  // Renamed into place, for another worker may be doing the same.
  const draft = `${initialised}.${process.pid}`;
  await writeFile(draft, Buffer.from(await dump.arrayBuffer()));
  await rename(draft, initialised);
  return fresh;
}
