// How the terminal reaches maint: over the socket of a running bot, or, where there is none or a server has the
// database, by opening the database itself and driving runs as any other process does.
import { request } from 'node:http';
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../log.ts';
import type { Changed, Diagnosis, Plan, Refused, Started, Status } from '../run/commands/reply.ts';
import { startMaint } from '../wire.ts';
import { type Call, dispatch, socketPath, terminalPerson } from './protocol.ts';

export type Reply = Plan | Diagnosis | Started | Status | Changed | Refused;

export interface Reached {
  /** Who drives the runs: if it is this process, they stand still when it ends. */
  readonly drives: 'the bot' | 'this process';
  call(call: Call): Promise<Reply>;
  close(): Promise<void>;
}

export async function reach(config: Config, log: Logger, by: string): Promise<Reached> {
  const socket = socketPath(config.dataDir);
  if (config.databaseUrl === null && (await answers(socket))) {
    return { drives: 'the bot', call: (call) => send(socket, by, call), close: async () => {} };
  }
  const maint = await startMaint({ config, clock: systemClock, log, withSlack: false });
  return {
    drives: 'this process',
    call: (call) => dispatch(maint.commands, terminalPerson(by), call),
    close: () => maint.stop(),
  };
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
