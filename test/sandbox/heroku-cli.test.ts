// The Heroku CLI itself, unmodified, against the sandbox: what an operator types must work there as it does with Heroku.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';

const CLI = fileURLToPath(new URL('../heroku-cli/node_modules/.bin/heroku', import.meta.url));

describe.skipIf(!existsSync(CLI))('the Heroku CLI', () => {
  let sandbox: Sandbox;
  let home: string;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'heroku-cli-'));
    sandbox = await startSandbox({ examples: true });
  });
  afterAll(async () => {
    await sandbox.close();
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });

  /** What it prints, on both channels. */
  async function heroku(...args: string[]): Promise<string> {
    const { stdout, stderr } = await promisify(execFile)(CLI, args, {
      env: {
        HEROKU_HOST: sandbox.env.HEROKU_HOST,
        HEROKU_API_KEY: sandbox.env.HEROKU_API_KEY,
        DISABLE_TELEMETRY: 'true',
        // It would start a process of its own that looks for a newer CLI on the network.
        HEROKU_DISABLE_AUTOUPDATE: 'true',
        HEROKU_SKIP_NEW_VERSION_CHECK: 'true',
        NO_COLOR: '1',
        HOME: home,
        PATH: [dirname(process.execPath), dirname(CLI), process.env['PATH']].join(delimiter),
      },
    });
    return stdout + stderr;
  }

  test('shows an app, its dynos, config vars and add-ons', async () => {
    const [info, ps] = await Promise.all([heroku('apps:info', '-a', 'shop'), heroku('ps', '-a', 'shop')]);
    expect(info).toMatch(/=== shop/);
    expect(info).toMatch(/Dynos:\s+web: 2, worker: 4, mailer: 1, clock: 1/);
    expect(ps).toMatch(/=== worker \(Standard-2X\): .*sidekiq .*\(4\)/);
    expect(ps).toMatch(/worker\.4: up/);
    const [config, addons] = await Promise.all([heroku('config', '-a', 'shop'), heroku('addons', '-a', 'shop')]);
    expect(config).toMatch(/RAILS_ENV:\s+production/);
    expect(addons).toMatch(/postgresql-angular-40213/);
  });

  test('puts an app into maintenance mode, and takes it out', async () => {
    expect(await heroku('maintenance:on', '-a', 'shop')).toContain('done');
    expect(sandbox.world.settings('shop').maintenance).toBe(true);
    const [shop, reports] = await Promise.all([
      heroku('maintenance', '-a', 'shop'),
      heroku('maintenance', '-a', 'reports'),
    ]);
    expect(shop).toMatch(/^on$/m);
    expect(reports).toMatch(/^off$/m);
    expect(await heroku('maintenance:off', '-a', 'shop')).toContain('done');
    expect(sandbox.world.settings('shop').maintenance).toBe(false);
  });

  test('scales, stops and restarts dynos', async () => {
    expect(await heroku('ps:scale', 'worker=0', 'web=3:standard-2x', '-a', 'shop')).toMatch(
      /web at 3:Standard-2X, worker at 0:Standard-2X/,
    );
    expect(sandbox.world.settings('shop').formation).toMatchObject({
      worker: { quantity: 0 },
      web: { quantity: 3, size: 'Standard-2X' },
    });

    const ids = (type: string) =>
      sandbox.world
        .app('reports')
        .dynos.filter((dyno) => dyno.type === type && !dyno.stopping)
        .map(({ id }) => id);
    const [beats, workers] = [ids('beat'), ids('worker')];
    await Promise.all([
      heroku('ps:stop', '--process-type', 'beat', '-a', 'reports'),
      heroku('ps:restart', '--process-type', 'worker', '-a', 'reports'),
    ]);
    expect(ids('beat')).toHaveLength(1);
    expect(ids('beat')).not.toEqual(beats);
    expect(ids('worker')).toHaveLength(2);
    expect(ids('worker').filter((id) => workers.includes(id))).toEqual([]);
  });

  test('sets and unsets a config var, each with a release that it finds', async () => {
    const set = await heroku('config:set', 'MAINTENANCE=true', '-a', 'reports');
    expect(set).toMatch(/done, v34/);
    expect(sandbox.world.settings('reports').configVars['MAINTENANCE']).toBe('true');
    expect(await heroku('config:unset', 'MAINTENANCE', '-a', 'reports')).toMatch(/done, v35/);
    expect(sandbox.world.settings('reports').configVars).not.toHaveProperty('MAINTENANCE');
    const releases = await heroku('releases', '-a', 'reports');
    expect(releases).toMatch(/Current: v35/);
    expect(releases).toMatch(/v34\s+Set MAINTENANCE config vars/);
    expect(releases).toMatch(/v35\s+Remove MAINTENANCE config vars/);
  });

  test('starts a one-off dyno, and stops it', async () => {
    const started = await heroku('run:detached', 'rake', 'import', '-a', 'billing');
    const name = /run\.\d+/.exec(started)?.[0] ?? 'none';
    expect(sandbox.world.app('billing').dynos).toContainEqual(
      expect.objectContaining({ name, command: 'rake import' }),
    );
    await heroku('ps:stop', '--dyno-name', name, '-a', 'billing');
    await expect.poll(() => sandbox.world.dynoCounts('billing')).toEqual({ web: 1 });
  });

  test('runs a one-off detached, and shows what it logged', async () => {
    sandbox.world.app('billing').times.startMs = 0;
    sandbox.world.script('billing', { command: 'rake tax', output: ['12 taxed'], status: 2, ms: 20 });
    const started = await heroku('run:detached', 'rake', 'tax', '-a', 'billing');
    const name = /run\.\d+/.exec(started)?.[0] ?? 'none';
    await expect.poll(() => sandbox.world.dynoCounts('billing')).toEqual({ web: 1 });
    const [logs, ofOne, ofApp] = await Promise.all([
      heroku('logs', '-a', 'billing'),
      heroku('logs', '-a', 'billing', '--dyno-name', name),
      heroku('logs', '-a', 'billing', '--source', 'app', '--num', '1'),
    ]);
    expect(logs).toMatch(/app\[api\]: Starting process with command `rake tax` by user ada@example\.com/);
    expect(ofOne.trim().split('\n')).toEqual(
      [
        'Starting process with command `rake tax`',
        'State changed from starting to up',
        '12 taxed',
        'Process exited with status 2',
        'State changed from up to complete',
      ].map((text) => expect.stringContaining(`[${name}]: ${text}`)),
    );
    expect(ofApp.trim()).toMatch(/^\S+ app\[run\.\d+\]: 12 taxed$/);
  });

  test('tells its user why it was refused', async () => {
    await expect(heroku('ps:scale', 'nope=1', '-a', 'billing')).rejects.toThrow(/Couldn't find that process type/);
  });
});
