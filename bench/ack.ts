// How long Slack waits for the acknowledgement of a slash command when 50 come at once, in Socket Mode and over HTTP. The
// bot is a process of its own, as it is for Slack; the first burst, which compiles everything, is told apart.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../src/sandbox/index.ts';

const AT_ONCE = 50;
const ROUNDS = 10;

export interface Acknowledged {
  readonly first: number;
  readonly p50: number;
  readonly p99: number;
  readonly count: number;
}

/** Milliseconds. */
export async function acknowledged(mode: 'socket' | 'http'): Promise<Acknowledged> {
  const sandbox = await startSandbox({ examples: true, slack: { rates: 'off' } });
  const dataDir = await mkdtemp(join(tmpdir(), 'maint-bench-'));
  const { SLACK_SIGNING_SECRET, SLACK_APP_TOKEN, ...rest } = sandbox.env;
  const port = 20_000 + (process.pid % 20_000);
  const way = mode === 'socket' ? { SLACK_APP_TOKEN } : { SLACK_SIGNING_SECRET };
  const env = { ...rest, ...way, PORT: String(port), MAINT_DATA_DIR: dataDir, PATH: process.env['PATH'] };
  const bot = spawn(process.execPath, ['src/main.ts'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => bot.once('exit', () => resolve()));
  try {
    await new Promise<void>((resolve, reject) => {
      bot.stdout.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('maint is up')) resolve();
      });
      ended.then(() => reject(new Error('Expected the bot to come up, it ended')));
    });
    if (mode === 'http') sandbox.slack.setRequestUrl(`http://127.0.0.1:${port}/slack/events`);
    else await sandbox.slack.connected();
    const send = async () => (await sandbox.slack.command({ user: 'ada', channel: '#ops', text: 'status' })).ms;
    const burst = () => Promise.all(Array.from({ length: AT_ONCE }, send));
    const first = await burst();
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) times.push(...(await burst()));
    return { first: Math.max(...first), p50: at(times, 0.5), p99: at(times, 0.99), count: times.length };
  } finally {
    bot.kill('SIGTERM');
    await ended;
    await sandbox.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function at(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
