// The socket between `npm run maint` and a running bot, with the door of a real engine behind it.
import { chown, mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Config, readConfig } from '../../src/config.ts';
import { silentLog } from '../../src/log.ts';
import { takeLock } from '../../src/store/lock.ts';
import { BotEnded, lasting } from '../../src/terminal/lasting.ts';
import { Call, socketPath } from '../../src/terminal/protocol.ts';
import { overSocket, reach } from '../../src/terminal/reach.ts';
import { listen } from '../../src/terminal/server.ts';
import { engines, shop } from '../helpers/engine.ts';

const engineFor = engines();

describe('The socket of the bot', () => {
  let dataDir: string;
  let config: Config;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'maint-socket-'));
    config = readConfig({ HEROKU_API_KEY: 'HRKU-test', MAINT_DATA_DIR: dataDir }, 'terminal');
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  test('is for its owner alone from the first instant, and the process keeps its umask', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const before = process.umask(0);
    try {
      const door = await listen(engine, dataDir, silentLog);
      expect((await stat(socketPath(dataDir))).mode & 0o777).toBe(0o700);
      expect(process.umask()).toBe(0);
      const reached = await reach(config, silentLog, 'ada');
      expect(reached.drives).toBe('the bot');
      expect(await reached.call({ method: 'plan', app: 'shop' })).toMatchObject({ is: 'plan', app: { name: 'shop' } });
      await door.close();
    } finally {
      process.umask(before);
    }
  });

  test('hands an export out, and takes one of megabytes in', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const { id } = await engine.start('shop');
    await engine.holding(id);
    const door = await listen(engine, dataDir, silentLog);
    const reached = await reach(config, silentLog, 'ada');
    const exported = await reached.call({ method: 'export', app: 'shop' });
    if (exported.is !== 'exported') throw new Error('Expected an export');
    expect(exported.file.log).toEqual(await engine.store.log(id));
    const [first, ...rest] = exported.file.log;
    if (first?.event.is !== 'requested') throw new Error('Expected a log');
    const event = { ...first.event, because: 'x'.repeat(2_000_000) };
    const file = { ...exported.file, log: [{ ...first, event }, ...rest] };
    expect(await reached.call({ method: 'preview', file })).toMatchObject({
      is: 'refused',
      says: expect.stringContaining('under way here'),
    });
    await door.close();
  });

  // Only root can give a file away.
  test.skipIf(process.getuid?.() !== 0)('is not spoken to where somebody else has made it', async () => {
    let heard = 0;
    const impostor = createServer((_, response) => {
      heard += 1;
      response.end('{}');
    });
    await new Promise<void>((resolve) => impostor.listen(socketPath(dataDir), resolve));
    await chown(socketPath(dataDir), 65_534, 65_534);
    await expect(reach(config, silentLog, 'ada')).rejects.toThrow(/maint.sock to belong .* it belongs to uid 65534/);
    expect(heard).toBe(0);
    await new Promise((resolve) => impostor.close(resolve));
  });

  test('is reached anew where the bot ends in the middle and another one comes', async () => {
    const engine = await engineFor({ apps: [shop()] });
    // Held by the bot until it is gone, so that the terminal cannot open the database itself.
    const lock = await takeLock(dataDir);
    const first = await listen(engine, dataDir, silentLog);
    const reached = await reach(config, silentLog, 'ada');
    await first.close();
    const coming = sleep(600).then(() => listen(engine, dataDir, silentLog));
    expect(await reached.call({ method: 'status', app: null })).toMatchObject({ is: 'status' });
    await (await coming).close();
    await lock.release();
  });

  test('says what to do where nobody comes after the bot', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const lock = await takeLock(dataDir);
    const door = await listen(engine, dataDir, silentLog);
    const bot = overSocket(socketPath(dataDir), 'ada');
    const reached = lasting(bot, () => reach(config, silentLog, 'ada'), 700);
    await door.close();
    const asked = reached.call({ method: 'status', app: null });
    await expect(asked).rejects.toThrow('Say the same command again: it goes on from where it is.');
    await expect(asked).rejects.toThrow(BotEnded);
    await lock.release();
  });

  test('does not repeat a change that was cut off, which may have been made', async () => {
    let heard = 0;
    const cutting = createServer((request) => {
      heard += 1;
      request.socket.destroy();
    });
    await new Promise<void>((resolve) => cutting.listen(socketPath(dataDir), resolve));
    const path = socketPath(dataDir);
    const reached = lasting(overSocket(path, 'ada'), async () => overSocket(path, 'ada'));
    await expect(reached.call({ method: 'extend', app: 'shop', ms: 60_000 })).rejects.toThrow(BotEnded);
    expect(heard).toBe(1);
    await new Promise((resolve) => cutting.close(resolve));
  });

  test('takes lengths up to a day', () => {
    const day = 24 * 3_600_000;
    const start = (length: number | null) => {
      const request = { app: 'shop', length, because: null, channel: null, accepted: [] };
      return Call.safeParse({ method: 'start', request }).success;
    };
    const extend = (ms: number) => Call.safeParse({ method: 'extend', app: 'shop', ms }).success;
    expect([start(null), start(day), extend(day)]).toEqual([true, true, true]);
    expect([start(day + 1), start(0), extend(day + 1), extend(-1)]).toEqual([false, false, false, false]);
  });
});
