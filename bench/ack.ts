// How long Slack waits for the acknowledgement of a slash command when 50 come at once, in Socket Mode and over HTTP. The
// bot is a process of its own, as it is for Slack; the first burst, which compiles everything, is told apart.
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { readConfig } from '../src/config.ts';
import { type Sandbox, startSandbox } from '../src/sandbox/index.ts';
import { type Load, loaded } from './loaded.ts';

const AT_ONCE = 50;
const ROUNDS = 10;

export interface Acknowledged {
  readonly first: number;
  readonly p50: number;
  readonly p99: number;
  readonly count: number;
}

/** Milliseconds of each of 50 commands that are sent at once. */
type Burst = () => Promise<readonly number[]>;

const none: Load = { windows: 0, runs: 0 };

/** Milliseconds. */
export async function acknowledged(mode: 'socket' | 'http', load: Load = none): Promise<Acknowledged> {
  const sandbox = await startSandbox({ examples: true, slack: { rates: 'off' } });
  const dataDir = await mkdtemp(join(tmpdir(), 'maint-bench-'));
  if (load.windows + load.runs > 0) {
    await loaded(readConfig({ ...sandbox.env, MAINT_DATA_DIR: dataDir }, 'terminal'), sandbox, load);
  }
  const { SLACK_SIGNING_SECRET, SLACK_APP_TOKEN, ...rest } = sandbox.env;
  const port = 20_000 + (process.pid % 20_000);
  const way = mode === 'socket' ? { SLACK_APP_TOKEN } : { SLACK_SIGNING_SECRET };
  const env = {
    ...rest,
    ...way,
    PORT: String(port),
    MAINT_DATA_DIR: dataDir,
    PATH: process.env['PATH'],
    MAINT_AB: process.env['MAINT_AB'],
  };
  const bot = spawn(process.execPath, [...(process.env['BOTARGS'] ?? '').split(' ').filter(Boolean), 'src/main.ts'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => bot.once('exit', () => resolve()));
  const slack = mode === 'http' ? fork(join(import.meta.dirname, 'slack-client.ts')) : null;
  try {
    await new Promise<void>((resolve, reject) => {
      bot.stdout.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('maint is up')) resolve();
      });
      ended.then(() => reject(new Error('Expected the bot to come up, it ended')));
    });
    if (slack === null) await sandbox.slack.connected();
    const burst = slack === null ? overSocket(sandbox) : await overHttp(sandbox, slack, port);
    const first = await burst();
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) times.push(...(await burst()));
    return { first: Math.max(...first), p50: at(times, 0.5), p99: at(times, 0.99), count: times.length };
  } finally {
    slack?.kill();
    bot.kill('SIGTERM');
    await ended;
    await sandbox.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function send(sandbox: Sandbox): Promise<number> {
  return (await sandbox.slack.command({ user: 'ada', channel: '#ops', text: 'status' })).ms;
}

function overSocket(sandbox: Sandbox): Burst {
  return () => Promise.all(Array.from({ length: AT_ONCE }, () => send(sandbox)));
}

const Times = z.array(z.number());

/** The requests are made before, as the sandbox makes and signs them: that is no part of what is measured. */
async function overHttp(sandbox: Sandbox, slack: ChildProcess, port: number): Promise<Burst> {
  const requests = await madeRequests(sandbox, AT_ONCE * (ROUNDS + 1));
  const gone = once(slack, 'exit').then(() => {
    throw new Error('Expected times, the client ended');
  });
  // At the end it is ended, and nobody waits any more.
  gone.catch(() => {});
  return async () => {
    const answered = once(slack, 'message');
    slack.send({ port, requests: requests.splice(0, AT_ONCE) });
    const [times] = await Promise.race([answered, gone]);
    return Times.parse(times);
  };
}

/** Whole requests, word by word. */
async function madeRequests(sandbox: Sandbox, count: number): Promise<string[]> {
  const made: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('latin1');
    });
    request.on('end', () => {
      const { connection: _, ...headers } = request.headers;
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
      made.push(`POST ${request.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port');
  sandbox.slack.setRequestUrl(`http://127.0.0.1:${address.port}/slack/events`);
  for (let i = 0; i < count; i += 1) await send(sandbox);
  server.close();
  server.closeAllConnections();
  return made;
}

function at(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
