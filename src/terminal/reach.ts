// How the terminal reaches maint: over the socket of a running bot, or, where there is none or a server has the
// database, by opening the database itself and driving runs as any other process does.
import type { Stats } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../log.ts';
import { mustBeOurs } from '../store/database.ts';
import { startMaint } from '../wire.ts';
import { lasting } from './lasting.ts';
import { openOrLost } from './lost.ts';
import { type Call, dispatch, type Reply, socketPath, terminalPerson } from './protocol.ts';
import { listen } from './server.ts';

export interface Reached {
  /** Who drives the runs: if it is this process, they stand still when it ends. */
  readonly drives: 'the bot' | 'this process';
  call(call: Call): Promise<Reply>;
  close(): Promise<void>;
}

/** `drives`: whether what is to be done wants runs to go on; who only looks leaves them alone. */
export async function reach(config: Config, log: Logger, by: string, drives = true): Promise<Reached> {
  const anew = () => reachNow(config, log, by, drives);
  return lasting(await anew(), anew);
}

async function reachNow(config: Config, log: Logger, by: string, drives: boolean): Promise<Reached> {
  const socket = socketPath(config.dataDir);
  if (config.databaseUrl === null && (await isOurs(config.dataDir, socket)) && (await answers(socket))) {
    return overSocket(socket, by);
  }
  const database = await openOrLost(config, log);
  const maint = await startMaint({ config, clock: systemClock, log, withSlack: false, drives, database });
  // With a directory this process is the only one that can: a second terminal comes in through it, to abort for instance.
  const door = config.databaseUrl === null && drives ? await listen(maint, config.dataDir, log) : null;
  return {
    drives: 'this process',
    call: (call) => dispatch(maint.commands, terminalPerson(by), call),
    async close() {
      await door?.close();
      await maint.stop();
    },
  };
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
