// How long Slack waits for the acknowledgement of a slash command when 50 come at once, in Socket Mode and over HTTP.

import { PGlite } from '@electric-sql/pglite';
import { readConfig } from '../src/config.ts';
import { silentLog } from '../src/log.ts';
import { SandboxClock, startSandbox } from '../src/sandbox/index.ts';
import { overPglite } from '../src/store/database.ts';
import { startMaint } from '../src/wire.ts';

const AT_ONCE = 50;
const ROUNDS = 10;

export async function acknowledged(mode: 'socket' | 'http'): Promise<{ p50: number; p99: number; count: number }> {
  const clock = new SandboxClock();
  const sandbox = await startSandbox({ clock, examples: true, slack: { rates: 'off' } });
  const { SLACK_SIGNING_SECRET: secret, SLACK_APP_TOKEN: app, ...rest } = sandbox.env;
  const port = 20_000 + (process.pid % 20_000);
  const env =
    mode === 'socket'
      ? { ...rest, SLACK_APP_TOKEN: app }
      : { ...rest, SLACK_SIGNING_SECRET: secret, PORT: String(port) };
  const database = await overPglite(await PGlite.create('memory://'), 'memory');
  const maint = await startMaint({ config: readConfig(env, 'bot'), clock, log: silentLog, withSlack: true, database });
  try {
    if (mode === 'http') sandbox.slack.setRequestUrl(`http://127.0.0.1:${port}/slack/events`);
    else await sandbox.slack.connected();
    const send = async () => (await sandbox.slack.command({ user: 'ada', channel: '#ops', text: 'status' })).ms;
    await send();
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1)
      times.push(...(await Promise.all(Array.from({ length: AT_ONCE }, send))));
    const sorted = times.toSorted((a, b) => a - b);
    const at = (share: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
    return { p50: at(0.5), p99: at(0.99), count: sorted.length };
  } finally {
    await maint.stop();
    await sandbox.close();
    clock.close();
  }
}
