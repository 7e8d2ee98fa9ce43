// The guards as an app uses them, one a language: each is asked to go on, and then says "ran" and exits 7.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface Guard {
  readonly name: string;
  readonly command: readonly string[];
  /** Takes a list of values for MAINTENANCE as JSON, and prints for each whether it is a maintenance; null: only by running it. */
  readonly asked: readonly string[] | null;
  /** Why it cannot be tried on this machine, or null. */
  readonly missing: string | null;
}

export const script = resolve('guard/maint-guard');

function works([program = '', ...args]: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

function missing(name: string, probe: readonly string[]): string | null {
  return works(probe) ? null : `there is no ${name} here`;
}

/** Shells that run the script; `sh` is whatever this machine has. */
export const shells: readonly Guard[] = ['sh', 'dash', 'bash'].map((name) => ({
  name,
  command: [name, script],
  asked: null,
  missing: missing(name, [name, '-c', ':']),
}));

const ruby = ['ruby', '-r', resolve('guard/maint_guard.rb'), '-r', 'json', '-e'];
// -B: it leaves no compiled file behind.
const python = ['python3', '-B', '-c'];
const node = [process.execPath, '--input-type=module', '-e'];
const mjs = pathToFileURL(resolve('guard/maint-guard.mjs')).href;

export const guards: readonly Guard[] = [
  ...shells.map((shell) => ({ ...shell, command: [...shell.command, 'sh', '-c', 'echo ran; exit 7'] })),
  {
    name: 'ruby',
    command: [...ruby, 'MaintGuard.exit_in_maintenance; puts "ran"; exit 7'],
    asked: [
      ...ruby,
      'puts JSON.parse(ARGV[0]).map { |value| ENV["MAINTENANCE"] = value; MaintGuard.maintenance? }.to_json',
    ],
    missing: missing('ruby', ['ruby', '-e', '']),
  },
  {
    name: 'python3',
    command: [...python, 'import sys, maint_guard\nmaint_guard.exit_in_maintenance()\nprint("ran")\nsys.exit(7)'],
    asked: [
      ...python,
      'import json, os, sys, maint_guard\ndef ask(value):\n  os.environ["MAINTENANCE"] = value\n  return maint_guard.maintenance()\nprint(json.dumps([ask(value) for value in json.loads(sys.argv[1])]))',
    ],
    missing: missing('python3', ['python3', '-c', '']),
  },
  {
    name: 'node',
    command: [
      ...node,
      `import { exitInMaintenance } from '${mjs}'; exitInMaintenance(); console.log('ran'); process.exit(7);`,
    ],
    asked: [
      ...node,
      `import { maintenance } from '${mjs}';
      const ask = (value) => { process.env.MAINTENANCE = value; return maintenance(); };
      console.log(JSON.stringify(JSON.parse(process.argv[1]).map(ask)));`,
    ],
    missing: null,
  },
];

export interface Ran {
  readonly status: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

/** In this environment, but for `MAINTENANCE`, which is set only where it is said. */
export function run([program = '', ...args]: readonly string[], env: Readonly<Record<string, string>> = {}): Ran {
  const { status, signal, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env: environment(env) });
  return { status, signal, out: stdout, err: stderr };
}

export function environment(env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { MAINTENANCE: _, MAINT_GUARD_VARIABLE: __, ...rest } = process.env;
  return { ...rest, PYTHONPATH: resolve('guard'), ...env };
}
