// How the terminal reaches maint: over the socket of a running bot, or, where there is none or a server has the
// database, by opening the database itself and driving runs as any other process does.
import type { Stats } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import { request } from 'node:http';
import type { Config } from '../config.ts';
import type { Logger } from '../log.ts';
import { mustBeOurs } from '../store/private.ts';
import { lasting } from './lasting.ts';
import { type Call, type Reply, socketPath } from './protocol.ts';

export interface Reached {
  /** Who drives the runs: if it is this process, they stand still when it ends. */
  readonly drives: 'the bot' | 'this process';
  call(call: Call): Promise<Reply>;
  close(): Promise<void>;
}

/** The database cannot be opened, and nobody else on this machine has it. */
export class DatabaseLost extends Error {
  override readonly name = 'DatabaseLost';
}

/** Throws DatabaseLost. `drives`: whether what is to be done wants runs to go on; who only looks leaves them alone. */
export async function reach(config: Config, log: Logger, by: string, drives = true): Promise<Reached> {
  const anew = () => reachNow(config, log, by, drives);
  return lasting(await anew(), anew);
}

async function reachNow(config: Config, log: Logger, by: string, drives: boolean): Promise<Reached> {
  const socket = socketPath(config.dataDir);
  if (config.databaseUrl === null && (await isOurs(config.dataDir, socket)) && (await answers(socket))) {
    return overSocket(socket, by);
  }
  // All of maint is loaded only here, a second of processor time: --help and a running bot need none of it.
  const { byItself } = await import('./by-itself.ts');
  return byItself(config, log, by, drives);
}

/** A running bot, as long as it runs. */
export function overSocket(socket: string, by: string): Reached {
  return { drives: 'the bot', call: (call) => send(socket, by, call), close: async () => {} };
}

/** False where there is no socket. Throws where somebody else has made it, who would hear what we say and answer as maint. */
async function isOurs(dataDir: string, socket: string): Promise<boolean> {
  const made = await statOf(() => lstat(socket));
  if (made === null) return false;
  mustBeOurs(dataDir, await stat(dataDir));
  mustBeOurs(socket, made);
  return true;
}

async function statOf(look: () => Promise<Stats>): Promise<Stats | null> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Whether somebody listens; a socket file may have been left behind. */
async function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = request({ socketPath: socket, path: '/', method: 'POST' }, (response) => {
      response.resume();
      resolve(true);
    });
    probe.on('error', () => resolve(false)).end('{}');
  });
}

function send(socket: string, by: string, call: Call): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath: socket, path: '/', method: 'POST' }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => {
        if (response.statusCode === 200) return resolve(JSON.parse(body));
        reject(new Error(`The running maint answered ${response.statusCode}: ${body}`));
      });
    });
    sent.on('error', reject).end(JSON.stringify({ by, call }));
  });
}
