// The lock on a data directory. PGlite has none, and two processes in one directory lose nine of ten acknowledged rows
// without an error. A living process keeps its lock whatever happens; a dead one's is taken over.
import { randomUUID } from 'node:crypto';
import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';

const Holder = z.object({
  pid: z.number().int().positive(),
  /** When that process started, as /proc tells it; null where there is no /proc. A pid alone may have been recycled. */
  started: z.string().nullable(),
  host: z.string(),
  /** Makes every lock different from every other. */
  token: z.string(),
});
type Holder = z.infer<typeof Holder>;

export interface Lock {
  readonly path: string;
  release(): Promise<void>;
}

/** Throws where another process has the directory: the message says which, and what to do. */
export async function takeLock(directory: string): Promise<Lock> {
  const path = join(directory, 'maint.lock');
  const me: Holder = { pid: process.pid, started: await startOf(process.pid), host: hostname(), token: randomUUID() };
  // Linked into place complete, so that nobody ever reads half a lock; like `wx`, that fails where there is one.
  const draft = `${path}.${me.token}`;
  await writeFile(draft, JSON.stringify(me), { flag: 'wx', mode: 0o600 });
  try {
    for (let tries = 0; tries < 20; tries += 1) {
      if (await linked(draft, path)) return { path, release: () => release(path, me) };
      const there = await readHolder(path);
      if (there === null) continue;
      if (await lives(there, path)) throw held(directory, path, there);
      await clear(path, there);
    }
  } finally {
    await unlink(draft);
  }
  throw new Error(
    `Expected to take over ${path} from a process that is gone, but another process has been doing the same for a second. ` +
      `Start maint again; if this stays, delete ${path} and the files beside it that begin with the same name.`,
  );
}

/**
 * Removes a dead holder's lock. Only the one process that links its tombstone may do so, and it looks once more first:
 * else a slow one would remove the lock that a quick one has just taken.
 */
async function clear(path: string, dead: Holder): Promise<void> {
  const tombstone = `${path}.dead-${dead.token}`;
  if (!(await linked(path, tombstone))) {
    await wait(50);
    return;
  }
  try {
    const there = await readHolder(tombstone);
    if (there?.token === dead.token) await unlink(path);
  } finally {
    await unlink(tombstone);
  }
}

async function release(path: string, me: Holder): Promise<void> {
  const there = await readHolder(path);
  if (there?.token === me.token) await unlink(path);
}

async function readHolder(path: string): Promise<Holder | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
  const holder = Holder.safeParse(parsed(text));
  if (holder.success) return holder.data;
  throw new Error(
    `Expected ${path} to say which process uses the directory, got something unreadable. ` +
      'Make sure that no maint runs in it, then delete the file.',
  );
}

async function lives(holder: Holder, path: string): Promise<boolean> {
  if (holder.host !== hostname()) {
    throw new Error(
      `Expected the data directory for itself, but ${path} was taken on another machine, ${holder.host} (pid ${holder.pid}). ` +
        'Stop maint there; if that machine is gone, delete the file.',
    );
  }
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    if (isCode(error, 'ESRCH')) return false;
    if (!isCode(error, 'EPERM')) throw error;
  }
  const started = await startOf(holder.pid);
  return holder.started === null || started === null || started === holder.started;
}

function held(directory: string, path: string, holder: Holder): Error {
  return new Error(
    `Expected the data directory ${directory} for itself, but process ${holder.pid} uses it (${path}). ` +
      'Stop that process, or give this one a directory of its own with MAINT_DATA_DIR, or a server with DATABASE_URL.',
  );
}

/** The boot and the clock ticks since then at which a process started; null where that cannot be read. */
async function startOf(pid: number): Promise<string | null> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold anything; starttime is the 22nd (proc(5)).
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return ticks === undefined ? null : `${boot.trim()}/${ticks}`;
  } catch {
    return null;
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    // The lock was released, or cleared by somebody else, between the look and now.
    if (isCode(error, 'ENOENT')) return false;
    throw error;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
