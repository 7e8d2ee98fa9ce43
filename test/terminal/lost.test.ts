// A database that is lost, and one that only this process cannot have.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { silentLog } from '../../src/log.ts';
import { openDatabase } from '../../src/store/database.ts';
import { openOrLost } from '../../src/terminal/lost.ts';
import { DatabaseLost } from '../../src/terminal/reach.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'maint-lost-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

function opening(more: Record<string, string> = {}): Promise<unknown> {
  const env = { HEROKU_API_KEY: 'HRKU-test', MAINT_DATA_DIR: dataDir, ...more };
  return openOrLost(readConfig(env, 'terminal'), silentLog);
}

describe('A database', () => {
  test('is lost where no server answers at its url', async () => {
    await expect(opening({ DATABASE_URL: 'postgres://maint@127.0.0.1:1/maint' })).rejects.toThrow(DatabaseLost);
  });

  test('is not lost where its url is no url', async () => {
    const opened = opening({ DATABASE_URL: 'postgres://:maint@:1:2/' });
    await expect(opened).rejects.toThrow('Expected DATABASE_URL');
    await expect(opened).rejects.not.toBeInstanceOf(DatabaseLost);
  });

  test('is not lost while another process has its directory', async () => {
    const there = await openDatabase({ url: null, dataDir });
    const opened = opening();
    await expect(opened).rejects.toThrow(String(process.pid));
    await expect(opened).rejects.not.toBeInstanceOf(DatabaseLost);
    await there.close();
  });

  test('is lost where its files are damaged', async () => {
    await (await openDatabase({ url: null, dataDir })).close();
    await rm(join(dataDir, 'db', 'global'), { recursive: true });
    await writeFile(join(dataDir, 'db', 'PG_VERSION'), '?');
    await expect(opening()).rejects.toThrow(DatabaseLost);
    // And says so again: nothing of it was left locked.
    await expect(opening()).rejects.toThrow(DatabaseLost);
  });
});
