import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { takeLock } from '../../src/store/lock.ts';

describe('The lock on a data directory', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'maint-lock-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const lockFile = () => join(directory, 'maint.lock');
  const holder = async (): Promise<Record<string, unknown>> => JSON.parse(await readFile(lockFile(), 'utf8'));
  const heldBy = (over: object) =>
    writeFile(lockFile(), JSON.stringify({ pid: process.pid, started: null, host: hostname(), token: 't', ...over }));

  /** Runs until its standard input closes; says when it has the lock. */
  async function otherProcess() {
    const lock = JSON.stringify(join(import.meta.dirname, '../../src/store/lock.ts'));
    const script = `
      const { takeLock } = await import(${lock});
      await takeLock(${JSON.stringify(directory)});
      console.log('taken');
      process.stdin.resume();`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    return child;
  }

  test('is taken, refused to a second taker with the pid and what to do, and given back', async () => {
    const lock = await takeLock(directory);
    expect(await holder()).toMatchObject({ pid: process.pid, host: hostname() });
    await expect(takeLock(directory)).rejects.toThrow(
      new RegExp(`process ${process.pid} uses it .*Stop that process.*MAINT_DATA_DIR.*DATABASE_URL`),
    );
    await lock.release();
    expect(await readdir(directory)).toEqual([]);
    await (await takeLock(directory)).release();
  });

  test('of another living process is respected, and taken over once that is killed', async () => {
    const other = await otherProcess();
    await expect(takeLock(directory)).rejects.toThrow(`process ${other.pid} uses it`);
    other.kill('SIGKILL');
    await once(other, 'exit');
    const lock = await takeLock(directory);
    expect(await holder()).toMatchObject({ pid: process.pid });
    await lock.release();
    expect(await readdir(directory)).toEqual([]);
  });

  test.skipIf(process.platform !== 'linux')(
    'of a dead process whose pid somebody else has now is taken over',
    async () => {
      await heldBy({ pid: process.pid, started: 'another-boot/12' });
      const lock = await takeLock(directory);
      expect((await holder())['started']).not.toBe('another-boot/12');
      await lock.release();
    },
  );

  test('of a living process stays, where nothing tells when it started', async () => {
    await heldBy({ pid: process.pid, started: null });
    await expect(takeLock(directory)).rejects.toThrow(`process ${process.pid} uses it`);
  });

  test('of a dead process passes to one taker only, however many ask at once', async () => {
    const gone = spawn(process.execPath, ['-e', '']);
    await once(gone, 'exit');
    await heldBy({ pid: gone.pid, started: null });
    const asked = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(directory)));
    const taken = asked.filter((answer) => answer.status === 'fulfilled');
    expect(taken).toHaveLength(1);
    expect(await readdir(directory)).toEqual(['maint.lock']);
    await taken[0]?.value.release();
  });

  test('of another machine is respected: nobody here can tell whether it lives', async () => {
    await heldBy({ host: 'elsewhere', pid: 4711 });
    await expect(takeLock(directory)).rejects.toThrow(/another machine, elsewhere \(pid 4711\)/);
  });

  test('that cannot be read is left alone', async () => {
    await writeFile(lockFile(), '');
    await expect(takeLock(directory)).rejects.toThrow(/Make sure that no maint runs in it, then delete the file/);
    expect(await readdir(directory)).toEqual(['maint.lock']);
  });

  test('is only given back by its holder', async () => {
    const lock = await takeLock(directory);
    await heldBy({ token: 'another' });
    await lock.release();
    expect(await holder()).toMatchObject({ token: 'another' });
  });
});
