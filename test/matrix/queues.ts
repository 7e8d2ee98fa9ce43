// An app with queues: it tells of its own jobs over the HTTP contract, as long as its web is up and no maintenance page stands
// before it; and where the cells have a real server it has Solid Queue too, whose workers are the app's. Its jobs end as
// domain time passes.
import { createServer } from 'node:http';
import pg from 'pg';
import type { Settings } from '../../src/model/settings.ts';
import type { AppDescription, World } from '../../src/sandbox/index.ts';
import { TABLES } from '../queues/solid-queue-tables.ts';
import { APP, description } from './app.ts';

const SECOND = 1_000;
/** What is in hand when the app stops taking jobs goes on for so long. */
const IN_HAND = 8 * SECOND;
/** More jobs than `FEW` waited before: a row that has so small a limit is asked about a backlog. */
export const FEW = 2;
const WAITING = 3;

const CONFIG_VAR = 'JOBS_DATABASE_URL';

export interface JobsOfApp {
  /** Of the HTTP contract; empty where it keeps none. */
  readonly url: string;
  readonly description: AppDescription;
  /** `at`: where the contract is answered, as maint sees it. */
  settings(at: string): Partial<Settings>;
  /** What people have set: which of its queues are paused. */
  standing(): Promise<Record<string, unknown>>;
  /** Lets happen what has to have happened by now. */
  work(): Promise<void>;
  close(): Promise<void>;
}

/** `database`: of the cells, on a real server; null where there is none. */
export async function startJobs(world: World, now: () => number, database: string | null): Promise<JobsOfApp> {
  const contract = await startContract(world, now);
  const solid = database === null ? null : await startSolidQueue(world, now, database);
  const config = { ...description.config, ...(database === null ? {} : { [CONFIG_VAR]: database }) };
  return {
    url: contract.url,
    description: { ...description, config },
    settings: (at) => ({
      queues: [{ system: 'http', at }, ...(solid === null ? [] : [{ system: 'solid-queue', at: CONFIG_VAR } as const])],
      web: 'zero',
    }),
    standing: async () => ({ accepting: contract.accepting(), paused: (await solid?.paused()) ?? [] }),
    work: async () => solid?.work(),
    async close() {
      await contract.close();
      await solid?.close();
    },
  };
}

async function startContract(world: World, now: () => number) {
  let accepting = true;
  let until = 0;
  const up = (): boolean => {
    const app = world.findApp(APP) ?? world.apps[0];
    return app?.maintenance === false && app.dynos.some(({ type, state }) => type === 'web' && state === 'up');
  };
  const server = createServer((request, response) => {
    request.resume();
    if (!up()) return void response.writeHead(503).end('<html>');
    const wants = request.method === 'POST' ? request.url?.endsWith('/resume') === true : accepting;
    if (accepting && !wants) until = now() + IN_HAND;
    accepting = wants;
    const running = accepting || now() < until ? 1 : 0;
    response.end(JSON.stringify({ accepting, running, queued: 14, oldest_running_minutes: running }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port on the loopback interface');
  return {
    url: `http://127.0.0.1:${address.port}`,
    accepting: () => accepting,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Of two queues one had been paused by somebody before; a job of the other is in a worker's hands. */
async function startSolidQueue(world: World, now: () => number, url: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const [{ rows: found }] = await Promise.all([client.query(`select to_regclass('solid_queue_jobs') as jobs`)]);
  if (found[0]?.jobs === null) await client.query(TABLES);
  await client.query(`truncate solid_queue_jobs, solid_queue_ready_executions, solid_queue_claimed_executions,
      solid_queue_scheduled_executions, solid_queue_blocked_executions, solid_queue_failed_executions,
      solid_queue_pauses, solid_queue_processes, solid_queue_recurring_tasks;
    insert into solid_queue_pauses (queue_name, created_at) values ('reports', now());
    insert into solid_queue_jobs (queue_name, class_name, created_at, updated_at)
      select case when n = 0 then 'reports' else 'mails' end, 'Job', now(), now() from generate_series(0, ${WAITING + 1}) n;
    insert into solid_queue_ready_executions (job_id, queue_name, created_at)
      select id, queue_name, now() from solid_queue_jobs;
    insert into solid_queue_processes (kind, last_heartbeat_at, pid, created_at, name)
      values ('Worker', now() + interval '1 day', 1, now(), 'worker-1');`);
  const claims = `insert into solid_queue_claimed_executions (job_id, process_id, created_at)
    select job_id, (select id from solid_queue_processes), now() from gone`;
  const next = `select id from solid_queue_ready_executions
    where queue_name not in (select queue_name from solid_queue_pauses) order by id limit 1`;
  await client.query(
    `with gone as (delete from solid_queue_ready_executions where id in (${next}) returning job_id) ${claims}`,
  );
  const begun = now();
  /** Whether its workers have ever been away. */
  let away = false;
  let over = false;
  return {
    async paused(): Promise<readonly string[]> {
      const { rows } = await client.query<{ name: string }>(
        'select queue_name as name from solid_queue_pauses order by queue_name',
      );
      return rows.map(({ name }) => name);
    },
    async work(): Promise<void> {
      if (!over && now() >= begun + IN_HAND) {
        await client.query('delete from solid_queue_claimed_executions');
        over = true;
      }
      const workers = world.apps[0]?.dynos.filter(({ type, state }) => type === 'worker' && state === 'up') ?? [];
      away ||= workers.length === 0;
      if (!away || workers.length === 0) return;
      await client.query(
        'delete from solid_queue_ready_executions where queue_name not in (select queue_name from solid_queue_pauses)',
      );
      away = false;
    },
    close: () => client.end(),
  };
}
