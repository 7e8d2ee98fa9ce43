// What the script alone has to do right: it becomes the command, and adds and takes away nothing.
import { spawn } from 'node:child_process';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { environment, run, script, shells } from './guards.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'maint-guard-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test('it can be run by its name, as a Scheduler job does', () => {
  expect(run([script, 'echo', 'ran'])).toMatchObject({ status: 0, out: 'ran\n' });
  expect(run([script, 'echo', 'ran'], { MAINTENANCE: 'true' })).toMatchObject({ status: 0, out: '' });
});

describe.each(shells)('maint-guard in $name', ({ command, missing }) => {
  test.skipIf(missing !== null)('hands every argument on as it is', () => {
    const args = ['a b', 'two\nlines\n', '', '*', '$HOME', '`id`', '"', "'", '\\', '-n', '--', '; exit 3', 'ä'];
    const print = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';
    const ran = run([...command, process.execPath, '-e', print, '--', ...args]);
    expect(JSON.parse(ran.out)).toEqual(args);
  });

  test.skipIf(missing !== null)(
    'hands the environment on as it is, also what the script could have used itself',
    () => {
      // What a shell sets for itself, with or without the script.
      const shellsOwn = ['PWD', 'OLDPWD', 'SHLVL', '_'];
      const env = { name: 'n', value: 'v', variable: 'x', MAINT_GUARD_VARIABLE: 'PAUSED', PAUSED: 'false', usage: 'u' };
      const ran = run([...command, process.execPath, '-p', 'JSON.stringify(process.env)'], env);
      const without = (all: object) =>
        Object.fromEntries(Object.entries(all).filter(([key]) => !shellsOwn.includes(key)));
      expect(without(JSON.parse(ran.out))).toEqual(without(environment(env)));
    },
  );

  test.skipIf(missing !== null)('hands its input on', async () => {
    const ran = await spawned([...command, 'cat'], (child) => child.stdin.end('line 1\nline 2'));
    expect(ran).toEqual({ status: 0, signal: null, out: 'line 1\nline 2' });
  });

  test.skipIf(missing !== null).each([0, 1, 64, 127, 255])('exits %i where the command does', (status) => {
    expect(run([...command, 'sh', '-c', `exit ${status}`]).status).toBe(status);
  });

  test.skipIf(missing !== null)('ends by the signal that ends the command', () => {
    expect(run([...command, 'sh', '-c', 'kill -KILL $$'])).toMatchObject({ status: null, signal: 'SIGKILL' });
  });

  test.skipIf(missing !== null)('is the command: it has its process id, and gets its signals', async () => {
    const own = 'process.on("SIGTERM", () => process.exit(9)); console.log(process.pid); setInterval(() => {}, 1000)';
    let pid: number | undefined;
    const ran = await spawned([...command, process.execPath, '-e', own], (child) => {
      pid = child.pid;
      child.stdout.once('data', () => child.kill('SIGTERM'));
    });
    expect(ran).toEqual({ status: 9, signal: null, out: `${pid}\n` });
  });

  test.skipIf(missing !== null)('says how it is used where there is no command, or an option for one', () => {
    for (const args of [[], [''], ['--verbose', 'rake'], ['-c', 'true'], ['--', 'rake']]) {
      const ran = run([...command, ...args]);
      expect(ran).toMatchObject({ status: 64, out: '' });
      expect(ran.err).toMatch(/^usage: maint-guard COMMAND/);
    }
    expect(run([...command], { MAINTENANCE: 'true' }).status).toBe(64);
    expect(run([...command, '--help']).status).toBe(0);
  });

  test.skipIf(missing !== null)('exits as every shell does where the command cannot be run', async () => {
    expect(run([...command, 'no-such-command-here']).status).toBe(127);
    const file = join(directory, 'not-executable');
    await writeFile(file, '');
    expect(run([...command, file]).status).toBe(126);
  });

  test
    .skipIf(missing !== null)
    .each(['A}; touch "$TRACE"; : ${B', '$(touch $TRACE)', '1A', 'A B', 'A=1', 'A\nB', 'MÜDE', "A'"])(
    'takes nothing for a variable that is no name: %j',
    async (name) => {
      const trace = join(directory, 'trace');
      const ran = run([...command, 'echo', 'ran'], { MAINT_GUARD_VARIABLE: name, TRACE: trace });
      expect(ran).toMatchObject({ status: 64, out: '' });
      expect(ran.err).toMatch(/^maint-guard: MAINT_GUARD_VARIABLE should be the name of a config var[^\n]*\n$/);
      await expect(access(trace)).rejects.toThrow('ENOENT');
    },
  );
});

function spawned(
  [program = '', ...args]: readonly string[],
  meanwhile: (child: ReturnType<typeof start>) => void,
): Promise<{ status: number | null; signal: string | null; out: string }> {
  return new Promise((resolve, reject) => {
    const child = start(program, args);
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.on('error', reject).on('close', (status, signal) => resolve({ status, signal, out }));
    meanwhile(child);
  });
}

function start(program: string, args: readonly string[]) {
  return spawn(program, args, { env: environment({}), stdio: ['pipe', 'pipe', 'inherit'] });
}
