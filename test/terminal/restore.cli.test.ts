// `npm run maint -- export` and `restore` as a person runs them, with the data directory lost in between.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startSandbox } from '../../src/sandbox/index.ts';

it('brings an app back from an export, the data directory lost', { timeout: 900_000 }, async () => {
  const sandbox = await startSandbox();
  const directory = await mkdtemp(join(tmpdir(), 'maint-restore-cli-'));
  const { SLACK_SIGNING_SECRET: _, ...tokens } = sandbox.env;
  const dataDir = join(directory, 'data');
  const file = join(directory, 'shop.json');
  const maint = (...args: string[]): Promise<{ code: number; out: string; err: string }> =>
    new Promise((resolve) => {
      const env = {
        PATH: process.env['PATH'],
        ...tokens,
        MAINT_DATA_DIR: dataDir,
        MAINT_OBSERVE: '0',
        MAINT_CANARY: '0',
        MAINT_WATCH: '0',
      };
      execFile(process.execPath, ['src/cli.ts', ...args], { env }, (error, out, err) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, out, err });
      });
    });
  try {
    sandbox.world.addApp({ name: 'shop', formation: { worker: { quantity: 2 } }, times: { startMs: 0, stopMs: 0 } });
    const before = sandbox.world.settings('shop');
    expect((await maint('start', 'shop', '--yes')).code).toBe(0);
    expect(await maint('export', 'shop', '--out', file)).toMatchObject({ code: 0, out: '' });
    await rm(dataDir, { recursive: true });

    const nothing = await maint('restore', 'shop');
    expect(nothing.out).toContain('cannot be known from here');
    const asked = await maint('restore', '--from', file, '--json');
    expect(asked.code, asked.err).toBe(3);
    const { approve } = JSON.parse(asked.out).waiting[0];
    const done = await maint('restore', '--from', file, '--approve', approve);
    expect(done.code, done.err).toBe(0);
    expect(done.out).toContain('worker: 0 -> 2');
    expect(sandbox.world.settings('shop')).toEqual(before);

    expect((await maint('restore')).err).toContain("missing required argument 'app'");
  } finally {
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  }
});
