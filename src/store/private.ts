// Whose the data directory and what is in it are: nobody but the user that maint runs as.
import type { Stats } from 'node:fs';
import { chmod, mkdir, stat } from 'node:fs/promises';

/** The snapshot is in it, and the socket through which maint is commanded: nobody else may read it or enter. */
export async function makePrivate(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const there = await stat(dataDir);
  mustBeOurs(dataDir, there);
  if ((there.mode & STICKY) !== 0) {
    throw new Error(
      `Expected ${dataDir} to be a directory for maint alone, but it is one that many users share. ` +
        'Name a directory inside it with MAINT_DATA_DIR.',
    );
  }
  if ((there.mode & 0o077) !== 0) await chmod(dataDir, 0o700);
}

const STICKY = 0o1000;

/** Throws where a file belongs to somebody else, who could read what we write there, or answer in our place. */
export function mustBeOurs(path: string, { uid }: Pick<Stats, 'uid'>): void {
  const me = process.getuid?.();
  if (me === undefined || uid === me) return;
  throw new Error(
    `Expected ${path} to belong to the user that maint runs as (uid ${me}), but it belongs to uid ${uid}, ` +
      'who could read and change what maint keeps there. Name a directory of your own with MAINT_DATA_DIR, or run maint as that user.',
  );
}
