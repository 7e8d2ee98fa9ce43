import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Plain `node`, as a person runs it: nothing of the tests' own transforms. */
function run(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  piped: string | null = null,
): Promise<Ran> {
  return new Promise((resolve) => {
    const ran = execFile(
      process.execPath,
      [file, ...args],
      { env: { PATH: process.env['PATH'], ...env } },
      (error, out, err) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, out, err });
      },
    );
    if (piped !== null) ran.stdin?.end(piped);
  });
}

interface Bot {
  readonly pid: number | undefined;
  /** Sends SIGTERM; resolves with the exit code. */
  end(): Promise<number | null>;
}

async function startBot(env: Readonly<Record<string, string>>): Promise<Bot> {
  const bot = spawn(process.execPath, ['src/main.ts'], {
    env: { ...env, PORT: '0', PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => bot.once('exit', resolve));
  let log = '';
  await new Promise<void>((resolve, reject) => {
    bot.stdout.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes('maint is up')) resolve();
    });
    ended.then((code) => reject(new Error(`Expected the bot to come up, it ended with ${code}: ${log}`)));
  });
  return {
    pid: bot.pid,
    end() {
      bot.kill('SIGTERM');
      return ended;
    },
  };
}

// Several processes, and two starts of PGlite: slow where the machine is busy, never because of a sleep.
describe('npm run maint', () => {
  let sandbox: Sandbox;
  let before: ReturnType<Sandbox['world']['settings']>;
  let dataDir: string;
  let env: Record<string, string>;
  const maint = (...args: string[]): Promise<Ran> => run('src/cli.ts', args, env);

  beforeAll(async () => {
    sandbox = await startSandbox();
    sandbox.world.addApp({
      name: 'shop',
      formation: { web: { quantity: 1 }, worker: { quantity: 2 }, mailer: { quantity: 0 } },
      config: { SECRET: 'do-not-tell' },
      times: { startMs: 0, stopMs: 0 },
    });
    before = sandbox.world.settings('shop');
    dataDir = await mkdtemp(join(tmpdir(), 'maint-cli-'));
    const { SLACK_SIGNING_SECRET: _, ...tokens } = sandbox.env;
    env = { ...tokens, MAINT_DATA_DIR: dataDir, MAINT_CANARY: '0', MAINT_WATCH: '0' };
  });
  afterAll(async () => {
    await sandbox.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('quiets an app by itself where no bot is running', async () => {
    const started = await maint('start', 'shop', '--yes', '--json', '--for', '30m', '--because', 'a test');
    expect(started.err).toMatch(
      /heroku ps:scale worker=2 --app shop\n[\s\S]*Workers[\s\S]*heroku ps:scale worker=2 --app shop\n/,
    );
    expect(started.code).toBe(0);
    expect(JSON.parse(started.out)).toMatchObject({
      run: { phase: 'holding', because: 'a test', quiet: { words: 'quiet' } },
    });
    expect(started.out).not.toContain('do-not-tell');
    expect(sandbox.world.settings('shop')).toMatchObject({ maintenance: true, formation: { worker: { quantity: 0 } } });
  });

  describe('over the socket of a running bot', () => {
    let bot: Bot;
    beforeAll(async () => {
      bot = await startBot(env);
    });
    afterAll(async () => {
      await bot.end();
    });

    it('takes up what was begun without it, and says who was first', async () => {
      const status = await maint('status', 'shop', '--json');
      expect(JSON.parse(status.out)).toMatchObject({ runs: [{ phase: 'holding' }] });
      const again = await maint('start', 'shop', '--yes');
      expect(again.code).toBe(1);
      expect(again.err).toContain('under way already');
    });

    it('loads nothing of Heroku, of Slack or of databases: that would cost it a second', async () => {
      const hook = `import { registerHooks } from 'node:module';
        registerHooks({ load: (url, context, next) => (process.stderr.write('loaded ' + url + '\\n'), next(url, context)) });`;
      const options = `--import data:text/javascript,${encodeURIComponent(hook)}`;
      const status = await run('src/cli.ts', ['status', 'shop', '--json'], { ...env, NODE_OPTIONS: options });
      expect(JSON.parse(status.out)).toMatchObject({ runs: [{ phase: 'holding' }] });
      const loaded = [...status.err.matchAll(/^loaded (.*)$/gmu)].map(([, url = '']) => url);
      expect(loaded).toContainEqual(expect.stringMatching(/src\/terminal\/reach\.ts$/u));
      const heavy = /\/(?:pg|pg-boss|kysely|@electric-sql|@slack)\/|\/src\/(?:heroku\/api|slack|rescue|wire\.ts)/u;
      expect(loaded.filter((url) => heavy.test(url))).toEqual([]);
    });

    it('asks before it starts, and does not where nobody can be asked', async () => {
      sandbox.world.addApp({ name: 'other' });
      const asked = await maint('start', 'other');
      expect(asked.code).toBe(1);
      expect(asked.err).toMatch(/heroku maintenance:off --app other\n[\s\S]*Start the maintenance of other\?.*--yes/);
      expect(sandbox.world.settings('other').maintenance).toBe(false);
    });

    it('runs a command in the app, prints what it prints, and exits with its status', async () => {
      const migrated = await maint('run', 'shop', '--size=standard-1x', '--', 'rails', 'db:migrate');
      expect(migrated.err).toMatch(/^Running in shop \(standard-1x\): rails db:migrate\nIt is run\.\d+\./);
      expect(migrated).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^== .* migrating ==+\n[\s\S]* migrated .*\n$/),
      });
      const failed = await maint('run', 'shop', 'exit', '3');
      expect(failed).toMatchObject({ code: 3, err: expect.stringContaining('FAILED with exit status 3') });
      expect((await maint('output', 'shop')).code).toBe(3);
    });

    it('approves only the list that was shown, and puts everything back', async () => {
      const shown = await maint('resume', 'shop', '--json');
      expect(shown.code).toBe(3);
      expect(shown.out).not.toContain('do-not-tell');
      const { approve } = JSON.parse(shown.out);
      const other = await maint('resume', 'shop', '--approve', 'another-hash');
      expect(other.code).toBe(1);
      expect(sandbox.world.settings('shop').maintenance).toBe(true);
      const back = await maint('resume', 'shop', '--approve', approve);
      expect(back.code).toBe(0);
      expect(back.out).toContain('Ended: restored');
      expect(sandbox.world.settings('shop')).toEqual(before);
    });

    it('shows the settings of an app as JSON, and takes them back, a little changed', async () => {
      const shown = await maint('settings', 'shop', '--json');
      expect(shown.code).toBe(0);
      const input = JSON.stringify({ ...JSON.parse(shown.out), canary: '90s' });
      const asked = await run('src/cli.ts', ['settings', 'shop', '--from', '-'], env, input);
      expect(asked).toMatchObject({ code: 1, err: expect.stringContaining('--yes') });
      const set = await run('src/cli.ts', ['settings', 'shop', '--from', '-', '--yes'], env, input);
      expect(set).toMatchObject({ code: 0, out: expect.stringMatching(/canary .* 0s? \(default\) .* 1m30s/) });
      const reset = await maint('settings', 'shop', '--reset', 'canary', 'web', '--yes');
      expect(reset).toMatchObject({ code: 0, out: expect.stringContaining('version 2') });
      expect((await maint('settings', 'shop', '--json')).out).toBe(shown.out);
    });

    it('suggests the nearest name for a mistyped app, and says what is wrong with a length', async () => {
      const typo = await maint('plan', 'shp');
      expect(typo.code).toBe(1);
      expect(typo.err).toContain('Did you mean shop?');
      const length = await maint('start', 'shop', '--for', 'ages\u001b[2J');
      expect(length.code).toBe(1);
      expect(length.err).toContain('such as 30m');
      expect(length.err).not.toContain('\u001b');
    });

    it('takes giving up as an answer', async () => {
      const wrong = await maint('answer', 'shop', 'stuck-9', 'nonsense');
      expect(wrong.code).toBe(1);
      expect(wrong.err).toContain('give-up');
    });

    it('the doctor says whether a maintenance could work, and changes nothing', async () => {
      sandbox.requests.clear();
      const doctor = await maint('doctor', 'shop');
      expect(doctor.code).toBe(0);
      expect(doctor.out).toContain('Token scopes: global');
      expect(sandbox.requests.list({ service: 'heroku' }).filter((request) => request.method !== 'GET')).toEqual([]);
    });

    it('a second bot on the same directory is refused with the pid of the first', async () => {
      const second = await run('src/main.ts', [], { ...env, PORT: '0' });
      expect(second.code).toBe(1);
      expect(second.err).toContain(String(bot.pid));
    });

    it('the bot ends cleanly on SIGTERM', async () => {
      expect(await bot.end()).toBe(0);
    });
  });
});

describe('npm start', () => {
  it('refuses with one list of everything that is missing', async () => {
    const refused = await run('src/main.ts', [], {});
    expect(refused.code).toBe(1);
    for (const name of ['HEROKU_API_KEY', 'SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN']) expect(refused.err).toContain(name);
    expect(refused.err).not.toContain('    at ');
  });
});
