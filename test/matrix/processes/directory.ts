// Data directories whose PGlite is initialised already, which takes several seconds on a busy machine; copied from one that
// is made once.
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import packages from '../../../package.json' with { type: 'json' };
import { openDatabase } from '../../../src/store/database.ts';

const cache = join(import.meta.dirname, '../../../node_modules/.cache/maint');
const template = join(cache, `directory-${packages.dependencies['@electric-sql/pglite']}`);
let made: Promise<void> | null = null;

/** A new directory in the system's own for temporary files. Whoever asked removes it. */
export async function dataDirectory(): Promise<string> {
  made ??= make();
  await made;
  const directory = await mkdtemp(join(tmpdir(), 'maint-data-'));
  await cp(template, directory, { recursive: true });
  return directory;
}

async function make(): Promise<void> {
  if (existsSync(template)) return;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(`${template}-`);
  await (await openDatabase({ url: null, dataDir: draft })).close();
  // Another process may have been quicker.
  await rename(draft, template).catch(() => rm(draft, { recursive: true }));
}
