// Each source of the proof, cut off in the middle of the observation: its finding is then not provable, and only its own.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Finding } from '../../../src/model/proof.ts';
import type { Settings } from '../../../src/model/settings.ts';
import { sidekiq } from '../../../src/queues/sidekiq.ts';
import type { Looked, QueueOf, Queues } from '../../../src/steps/queues.ts';
import { emptyPostgres, postgres } from '../../helpers/database.ts';
import { freePort } from '../../helpers/port.ts';
import { named, observing, quiet, says } from './observing.ts';
import { RUN, stages } from './stage.ts';

const stageFor = stages();
const noRedis = spawnSync('redis-server', ['--version']).status !== 0;

/** What happens after the first of the three samples. */
const afterLook = (looks: number, does: () => unknown) => async (now: number) => {
  if (now === looks) await does();
};

function only(findings: readonly Finding[], subject: string): Finding['is'] | undefined {
  return findings.find((finding) => finding.subject === subject)?.is;
}

/** An app's queues, as its Redis has them at this moment. */
function sidekiqAt(url: string): Queues {
  const one: QueueOf = {
    setting: { system: 'sidekiq', at: 'REDIS_URL' },
    system: sidekiq,
    key: 'sidekiq REDIS_URL',
    title: 'Sidekiq',
  };
  const use: Queues['use'] = async (cx, { system }, work) => {
    await using open = await system.open({ url, options: {}, signal: cx.signal });
    return await work(open);
  };
  return {
    of: () => [one],
    use,
    async look(cx): Promise<Looked[]> {
      try {
        return [{ ...one, found: { is: 'read', reading: await use(cx, one, (open) => open.read()) } }];
      } catch (error) {
        return [{ ...one, found: { is: 'unreadable', why: error instanceof Error ? error.message : '' } }];
      }
    },
  };
}

describe.skipIf(noRedis)('the Redis of its queues', () => {
  async function withRedis(settings: Partial<Settings> = {}) {
    const port = await freePort();
    const server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(async () => void (await kill(server)));
    await new Promise<void>((resolve) =>
      server.stdout?.on('data', (said) => String(said).includes('Ready to accept') && resolve()),
    );
    const url = `redis://127.0.0.1:${port}/0`;
    const client = new Redis(url);
    client.on('error', () => {});
    onTestFinished(() => client.disconnect());
    await client.sadd('queues', 'default');
    await client.lpush('queue:default', '{"class":"HardJob"}', '{"class":"HardJob"}');
    const stage = await stageFor(quiet(), settings);
    const proof = observing(stage, { queues: sidekiqAt(url) });
    return { server, client, proof, stage };
  }

  const busy = (client: Redis, jobs: number) =>
    client
      .multi()
      .sadd('processes', 'worker.1:4:abc')
      .hset('worker.1:4:abc', {
        info: JSON.stringify({ hostname: 'worker.1' }),
        busy: String(jobs),
        quiet: 'true',
        beat: String(Date.now() / 1_000),
      })
      .exec();

  it('proves that nothing runs', async () => {
    const { proof } = await withRedis();
    const findings = await proof.proved();
    expect(findings).toContainEqual(
      expect.objectContaining({
        subject: 'Sidekiq',
        is: 'proved',
        says: '0 running, 2 waiting, in 3 samples over 30 s',
      }),
    );
  });

  it('is watched for two of its heartbeats, however short the settings are', async () => {
    const { proof, stage } = await withRedis({ observe: { for: 5_000, samples: 2 } });
    const began = stage.clock.now();
    expect(only(await proof.proved(), 'Sidekiq')).toBe('proved');
    expect(stage.clock.now() - began).toBe(20_000);
  });

  it('that is killed in the middle proves nothing', async () => {
    const { server, proof } = await withRedis();
    const findings = await proof.proved(afterLook(1, () => kill(server)));
    expect(only(findings, 'Sidekiq')).toBe('not provable');
    expect(findings.filter(({ is }) => is === 'violated')).toEqual([]);
    expect(only(findings, 'Dynos')).toBe('proved');
  });

  it('with a job that runs is asked about, after a while', async () => {
    const { client, proof } = await withRedis();
    await busy(client, 1);
    expect((await proof.asked()).ask.says).toMatch(/Sidekiq: 1 job runs/);
  });

  it('is waited for where its last job ends soon', async () => {
    const { client, proof } = await withRedis();
    await busy(client, 1);
    const findings = await proof.proved(afterLook(3, () => busy(client, 0)));
    expect(only(findings, 'Sidekiq')).toBe('proved');
  });

  it('whose jobs somebody takes away is asked about', async () => {
    const { client, proof } = await withRedis();
    for (let i = 0; i < 200; i += 1) await client.lpush('queue:default', '{"class":"HardJob"}');
    const { ask } = await proof.asked(() => client.rpop('queue:default').then(() => {}));
    expect(ask.says).toMatch(/Sidekiq: somebody takes jobs: \d+ waiting, then \d+/);
  });
});

function kill(server: ChildProcess): Promise<unknown> {
  if (server.exitCode !== null || server.signalCode !== null) return Promise.resolve();
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGKILL');
  return gone;
}

describe.skipIf(postgres().missing !== null)('its Postgres', () => {
  async function withPostgres(variable: string | null = 'DATABASE_URL') {
    const straight = await emptyPostgres();
    const off = new pg.Client({ connectionString: straight });
    await off.connect();
    onTestFinished(() => off.end());
    // It takes transaction ids when it likes.
    await off.query('alter system set autovacuum = off');
    await off.query('select pg_reload_conf()');
    await off.query('create table orders (id int)');
    const wire = await cable(straight);
    const stage = await stageFor(
      quiet({
        addons: [{ service: 'heroku-postgresql', as: 'DATABASE', config: { DATABASE_URL: wire.url } }],
        times: { startMs: 0, stopMs: 0, oneOffMs: 3_600_000 },
      }),
      { database: variable },
    );
    const write = async () => {
      const client = new pg.Client({ connectionString: straight });
      await client.connect();
      await client.query('insert into orders values (1), (2)');
      await client.end();
    };
    /** Takes a transaction id and counts nowhere, as a write whose count is still on its way. */
    const take = () => off.query('select pg_current_xact_id()');
    return { stage, wire, write, take, proof: observing(stage), straight };
  }

  it('proves that nothing is written, by web neither', async () => {
    const { proof } = await withPostgres();
    const findings = await proof.proved();
    expect(only(findings, 'Database')).toBe('proved');
    expect(only(findings, 'Web')).toBe('proved');
  });

  it('that is gone in the middle proves nothing', async () => {
    const { proof, wire } = await withPostgres();
    const findings = await proof.proved(afterLook(1, () => wire.cut()));
    expect(only(findings, 'Database')).toBe('not provable');
    expect(findings.filter(({ is }) => is === 'violated')).toEqual([]);
    expect(only(findings, 'Dynos')).toBe('proved');
    expect(says(findings)).not.toContain('postgres:');
  });

  it('that is written is asked about at once, and the question names the table', async () => {
    const { proof, write, stage } = await withPostgres();
    const began = stage.clock.now();
    const { ask } = await proof.asked(afterLook(1, write));
    expect(ask.says).toMatch(/Database: transaction ids went from \d+ to \d+; written: orders \(2 rows\)/);
    expect(stage.clock.now() - began).toBe(30_000);
    // Nobody writes any more.
    expect((await proof.until(({ is }) => is !== 'ask')).is).toBe('done');
  });

  it('whose ids have just moved is watched on until the tables would have counted it', async () => {
    const { proof, take, stage } = await withPostgres();
    const began = stage.clock.now();
    const findings = await proof.proved(afterLook(2, take));
    expect(findings.find(({ subject }) => subject === 'Database')).toMatchObject({
      is: 'not provable',
      says: expect.stringMatching(/^unattributed: .*in 4 samples/),
    });
    const longer = stage.clock.now() - began;
    expect(longer).toBeGreaterThanOrEqual(50_000);

    const other = await withPostgres();
    const { ask } = await other.proof.asked(async (looks) => {
      if (looks === 2) await other.take();
      if (looks === 3) await other.write();
    });
    expect(ask.says).toMatch(/Database: .*written: orders \(2 rows\)/);
  });

  it('whose ids move all the time is not watched for ever', async () => {
    const { proof, take, stage } = await withPostgres();
    const began = stage.clock.now();
    expect(only(await proof.proved(() => take().then(() => {})), 'Database')).toBe('not provable');
    expect(stage.clock.now() - began).toBeLessThan(60_000);
  });

  it('that is written while a person has a one-off dyno is not held against the app', async () => {
    const { proof, write, stage } = await withPostgres();
    stage.world.runOneOff('shop', 'rails console');
    const findings = await proof.proved(afterLook(1, write));
    expect(only(findings, 'Database')).toBe('not provable');
    expect(says(findings)).toMatch(/orders \(2 rows\).*run\.\d+ may have written it/);
  });

  it('is not opened where nobody has opted in, and the proof tells how', async () => {
    const { proof, wire } = await withPostgres(null);
    const findings = await proof.proved();
    expect(only(findings, 'Database')).toBe('not provable');
    expect(wire.connections()).toBe(0);
  });

  it('shared with another app proves nothing', async () => {
    const { proof, take, stage } = await withPostgres();
    const began = stage.clock.now();
    stage.world.addApp({ name: 'billing' });
    const name = stage.world.addons[0]?.name ?? '';
    stage.world.attach('billing', { service: 'heroku-postgresql', name, as: 'SHOP' });
    const findings = await proof.proved(afterLook(2, take));
    expect(findings.find(({ subject }) => subject === 'Database')).toMatchObject({
      is: 'not provable',
      says: expect.stringContaining('shared with billing'),
    });
    // Who moved its ids is not waited for.
    expect(stage.clock.now() - began).toBe(30_000);
  });
});

/** A way to a server that can be cut. */
async function cable(url: string) {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let connections = 0;
  const server: Server = createServer((near) => {
    connections += 1;
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port');
  const cut = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(cut);
  return { url: url.replace(`:${port}/`, `:${address.port}/`), cut, connections: () => connections };
}

describe('the log', () => {
  it.each(['cut', 'end'] as const)('that is over in the middle (%s) proves nothing', async (how) => {
    const stage = await stageFor(quiet());
    const findings = await observing(stage).proved(
      afterLook(1, async () => {
        stage.world.logs[how]();
        // What the other side knows of it comes over a socket.
        await new Promise((resolve) => setTimeout(resolve, 20));
      }),
    );
    expect(only(findings, 'Dyno starts')).toBe('not provable');
    expect(only(findings, 'Dynos')).toBe('proved');
  });

  it.each(['sessions', 'streams'] as const)('that is refused (%s) proves nothing', async (refuse) => {
    const stage = await stageFor(quiet());
    stage.world.logs.refuse = refuse;
    const findings = await observing(stage).proved();
    expect(only(findings, 'Dyno starts')).toBe('not provable');
    expect(only(findings, 'Dynos')).toBe('proved');
  });
});

describe("the Scheduler's API", () => {
  const job = { id: '9', command: `: # maint-paused ${RUN} "rake x"`, every: 1440, at: 0 } as const;

  it('that refuses in the middle is no proof, and is asked about where it lasts', async () => {
    const stage = await stageFor(quiet({ jobs: [job] }));
    const proof = observing(stage);
    await proof.settle();
    stage.clock.advance(15_000);
    stage.world.app('shop').schedulerApi = 'refuses';
    await proof.settle();
    stage.clock.advance(15_000);
    const verdict = await proof.settle();
    expect(verdict).toMatchObject({
      is: 'waiting',
      why: expect.stringMatching(/not quiet: Heroku Scheduler: its jobs cannot be read/),
    });
    expect((await proof.asked()).ask.details).toEqual([
      expect.stringMatching(/^Heroku Scheduler, not provable: its jobs cannot be read/),
    ]);
  });

  it('that refuses once in the middle is observed anew', async () => {
    const stage = await stageFor(quiet({ jobs: [job] }));
    const findings = await observing(stage).proved((looks) => {
      stage.world.app('shop').schedulerApi = looks === 1 ? 'refuses' : 'works';
    });
    expect(only(findings, 'Heroku Scheduler')).toBe('proved');
  });
});

describe('Heroku itself', () => {
  it.each(['dynos', 'formation'])(
    'that does not tell of the %s gives no sample; the next one goes on',
    async (what) => {
      const stage = await stageFor(quiet());
      const proof = observing(stage);
      await proof.settle();
      stage.clock.advance(15_000);
      const memo = proof.memo();
      stage.sandbox.faults.add({ service: 'heroku', path: `/apps/*/${what}`, kind: 'status', status: 503, times: 3 });
      await expect(proof.settle()).rejects.toMatchObject({ kind: 'retryable' });
      expect(proof.memo()).toBe(memo);
      stage.clock.advance(4_000);
      expect(await proof.settle()).toMatchObject({ why: 'observed 19 of 30 s, 2 samples: 2 dynos' });
      expect(named(await proof.proved())).toContain('Dynos: proved');
    },
  );
});
