// Ruby’s and Python’s programs, started as an app’s dynos would, and ended with all that they have started.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { PATIENCE_MS } from '../../helpers/patience.ts';
import type { RealRedis } from '../../helpers/redis.ts';

const APPS = import.meta.dirname;

/** The first of the commands that can load the library; empty where none can. */
export function having(commands: readonly string[], ...args: readonly string[]): string {
  return commands.find((command) => spawnSync(command, args, { stdio: 'ignore' }).status === 0) ?? '';
}

export interface Child extends AsyncDisposable {
  /** To all its processes. */
  kill(signal: NodeJS.Signals): void;
}

/** Its working directory is that of the apps. */
export function start(command: string, args: readonly string[], env: Record<string, string>): Child {
  const child = spawn(command, args, { cwd: APPS, env: environment(env), stdio: 'ignore' });
  const kill = (signal: NodeJS.Signals): void => {
    for (const pid of family(child)) send(pid, signal);
  };
  return {
    kill,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      // First stopped, so that none of them starts another one meanwhile.
      kill('SIGSTOP');
      kill('SIGKILL');
      await gone;
    },
  };
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It has ended by itself since it was found.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** It and those that it has started, and so on: RQ's are in process groups of their own, and outlive it. */
function family({ pid, exitCode, signalCode }: ChildProcess): number[] {
  if (pid === undefined || exitCode !== null || signalCode !== null) return [];
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const all = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const found = [pid];
  for (const parent of found) {
    for (const [child, of] of all) if (of === parent && child !== undefined) found.push(child);
  }
  return found;
}

/** Runs it to its end; what it printed. */
export async function run(command: string, args: readonly string[], env: Record<string, string>): Promise<string> {
  const child = spawn(command, args, { cwd: APPS, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let complained = '';
  child.stdout.on('data', (data) => {
    said += String(data);
  });
  child.stderr.on('data', (data) => {
    complained += String(data);
  });
  await once(child, 'close');
  if (child.exitCode !== 0) throw new Error(`${command} ended with ${child.exitCode}: ${complained}`);
  return said.trim();
}

function environment(env: Record<string, string>): NodeJS.ProcessEnv {
  return { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env };
}

export interface Jobs extends AsyncDisposable {
  /** Until so many of them have begun; their names, sorted. */
  begun(count: number): Promise<string[]>;
  letGo(name: string): Promise<void>;
}

/** What the jobs of these apps say, and are told. */
export function jobsOf(redis: RealRedis): Jobs {
  const aside = new Redis(redis.aside);
  return {
    begun: async (count) => {
      const names: string[] = [];
      while (names.length < count) {
        const [, name] = (await aside.blpop('begun', PATIENCE_MS / 1_000)) ?? [];
        if (name === undefined) throw new Error(`Expected ${count} jobs to begin, but only ${names.length} did`);
        names.push(name);
      }
      return names.sort();
    },
    letGo: async (name) => {
      await aside.lpush(`go:${name}`, 'go');
    },
    [Symbol.asyncDispose]: async () => aside.disconnect(),
  };
}
