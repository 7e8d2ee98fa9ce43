// Graphile Worker 0.16 and later. It has nothing that could be told from outside to take no more jobs: scaling its workers to zero
// is what stops it. What a worker has fetched ahead counts as running, for it is locked.
import { z } from 'zod';
import { Trouble } from '../errors.ts';
import { connect, type Sql } from './postgres.ts';
import { tablesOf } from './postgres-tables.ts';
import type { QueueOptions, QueueSystem, Reading } from './queue.ts';
import { doubts, runningSince, waitingSince } from './running-since.ts';

export const graphileWorker: QueueSystem = {
  system: 'graphile-worker',
  title: 'Graphile Worker',
  over: 'postgres',
  tested: 'graphile-worker 0.18.0 with Postgres 18, real workers',
  beat: 0,
  open: async (source) => {
    const postgres = await connect(source);
    return {
      read: () => postgres.read((sql) => read(sql, source.options)),
      intake: null,
      processes: null,
      [Symbol.asyncDispose]: () => postgres[Symbol.asyncDispose](),
    };
  },
};

const NAMELESS = 'a task that is not there';

const Row = z.object({
  name: z.string().nullable(),
  queued: z.number(),
  later: z.number(),
  running: z.number(),
  failed: z.number(),
  waited: z.number().nullable(),
});

/** By task: a job's `queue_name` only says what must not run beside it, and most jobs have none. */
async function read(sql: Sql, { schema = 'graphile_worker', queues }: QueueOptions): Promise<Reading> {
  const table = await tablesOf(sql, 'Graphile Worker', ['_private_jobs', '_private_tasks'], schema);
  const jobs = table('_private_jobs');
  const tasks = table('_private_tasks');
  await seesAll(sql, [jobs, tasks]);
  const only = queues ?? null;
  const rows = await sql(
    Row,
    `select t.identifier as name,
       count(*) filter (where j.is_available and j.run_at <= now())::float8 as queued,
       count(*) filter (where j.is_available and j.run_at > now())::float8 as later,
       count(*) filter (where j.locked_at is not null)::float8 as running,
       count(*) filter (where j.locked_at is null and (j.last_error is not null or j.attempts >= j.max_attempts))::float8 as failed,
       (extract(epoch from now() - min(j.run_at) filter (where j.is_available and j.run_at <= now())) * 1000)::float8 as waited
     from ${tasks} t full join ${jobs} j on j.task_id = t.id
     where $1::text[] is null or t.identifier = any($1)
     group by t.identifier order by t.identifier`,
    [only],
  );
  const [oldest] = await sql(
    z.object({ name: z.string().nullable(), id: z.string(), age: z.number() }),
    `select t.identifier as name, j.id::text as id,
       (extract(epoch from now() - j.locked_at) * 1000)::float8 as age
     from ${jobs} j left join ${tasks} t on t.id = j.task_id
     where j.locked_at is not null and ($1::text[] is null or t.identifier = any($1))
     order by j.locked_at limit 1`,
    [only],
  );
  const since = oldest === undefined ? null : runningSince(oldest.age, `${oldest.name ?? NAMELESS} (job ${oldest.id})`);
  const missing = (queues ?? []).filter((name) => !rows.some((row) => row.name === name));
  const total = (of: 'queued' | 'later' | 'running' | 'failed') => rows.reduce((sum, row) => sum + row[of], 0);
  return {
    queues: rows.map(({ name, queued }) => ({ name: name ?? NAMELESS, queued })),
    queued: total('queued'),
    later: total('later'),
    running: total('running'),
    oldest: since?.oldest ?? null,
    waiting: waitingSince(rows.map(({ waited }) => waited)),
    failed: total('failed'),
    doubt: doubts([
      missing.length === 0 ? null : `there is no task ${missing.join(', ')}`,
      rows.some(({ name }) => name === null) ? 'there are jobs of a task that is not there' : null,
      since?.doubt ?? null,
      since?.oldest == null ? null : await abandoned(sql, since.oldest.ageMs),
    ]),
  };
}

/** Its tables have row security without a policy: to any user but their owner they look empty, and empty is not quiet. */
async function seesAll(sql: Sql, tables: readonly string[]): Promise<void> {
  const rows = await sql(
    z.object({ hidden: z.boolean() }),
    'select bool_or(row_security_active(name::regclass)) as hidden from unnest($1::text[]) as name',
    [tables],
  );
  if (rows.every(({ hidden }) => !hidden)) return;
  throw new Trouble(
    'needs-human',
    'Expected a database user who sees the jobs of Graphile Worker, got one to whom they are hidden.',
    {
      remedy: 'Name a config var whose user owns its tables: the one that the app’s workers use.',
    },
  );
}

/** A worker that starts takes its first job before it listens, or after: both come up at once. Milliseconds. */
const STARTING = 5_000;

/**
 * The lock of a worker that crashed stays for four hours. A worker listens for jobs as long as it runs, on one connection, so a
 * lock older than all of those is most probably nobody's.
 */
async function abandoned(sql: Sql, ageMs: number): Promise<string | null> {
  const [listening] = await sql(
    z.object({ hidden: z.boolean(), longest: z.number().nullable() }),
    `select coalesce(bool_or(query = '<insufficient privilege>'), false) as hidden,
       max(extract(epoch from now() - backend_start) * 1000) filter (where query like 'LISTEN "jobs:insert"%')::float8 as longest
     from pg_stat_activity where datname = current_database()`,
  );
  if (listening === undefined || listening.hidden) return null;
  const { longest } = listening;
  if (longest !== null && longest + STARTING >= ageMs) return null;
  const who = longest === null ? 'no worker is connected' : 'no worker has been connected for as long as that';
  return (
    `a job has been locked for ${Math.round(ageMs / 60_000)} min and ${who}: a worker that crashed leaves its lock, ` +
    'which Graphile Worker takes away after four hours'
  );
}
