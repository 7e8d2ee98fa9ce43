// Starts a PGlite in memory, quickly. Knows nothing of vitest: the matrix plays its cells in processes of its own.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import packages from '../../package.json' with { type: 'json' };

/** Initialising one takes three seconds, loading one that was initialised half of one. */
export async function startPglite(): Promise<PGlite> {
  const cache = join(import.meta.dirname, '../../node_modules/.cache/maint');
  const initialised = join(cache, `pglite-${packages.dependencies['@electric-sql/pglite']}.tar`);
  const bytes = await readFile(initialised).catch(() => null);
  if (bytes !== null) return PGlite.create({ loadDataDir: new Blob([bytes]) });
  const fresh = await PGlite.create('memory://');
  const dump = await fresh.dumpDataDir('none');
  await mkdir(cache, { recursive: true });
  // Renamed into place, for another process may be doing the same.
  const draft = `${initialised}.${process.pid}`;
  await writeFile(draft, Buffer.from(await dump.arrayBuffer()));
  await rename(draft, initialised);
  return fresh;
}
