// pg-boss 10 and later. It has nothing that could be told from outside to take no more jobs: scaling its workers to zero is what
// stops it.
import { z } from 'zod';
import { Trouble } from '../errors.ts';
import { connect, type Sql } from './postgres.ts';
import { tablesOf } from './postgres-tables.ts';
import type { QueueOptions, QueueSystem, Reading } from './queue.ts';
import { doubts, runningSince, waitingSince } from './running-since.ts';

export const pgBoss: QueueSystem = {
  system: 'pg-boss',
  title: 'pg-boss',
  over: 'postgres',
  tested: 'pg-boss 12.35.0 with Postgres 18, real workers',
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

const Row = z.object({
  name: z.string(),
  queued: z.number(),
  later: z.number(),
  running: z.number(),
  failed: z.number(),
  overdue: z.number(),
  waited: z.number().nullable(),
});

async function read(sql: Sql, { schema = 'pgboss', queues }: QueueOptions): Promise<Reading> {
  const table = await tablesOf(sql, 'pg-boss', ['job', 'queue'], schema);
  const jobs = table('job');
  const has = await columns(sql, jobs);
  const blocked = has.has('blocked') ? 'j.blocked' : 'false';
  const expired = has.has('expire_seconds') ? "j.started_on + j.expire_seconds * interval '1 second' < now()" : 'false';
  const silent = has.has('heartbeat_seconds')
    ? "coalesce(j.heartbeat_on + j.heartbeat_seconds * interval '1 second' < now(), false)"
    : 'false';
  const only = queues ?? null;
  const rows = await sql(
    Row,
    `select j.name,
       count(*) filter (where j.state in ('created', 'retry') and j.start_after <= now() and not ${blocked})::float8 as queued,
       count(*) filter (where j.state in ('created', 'retry') and (j.start_after > now() or ${blocked}))::float8 as later,
       count(*) filter (where j.state = 'active')::float8 as running,
       count(*) filter (where j.state in ('retry', 'failed'))::float8 as failed,
       count(*) filter (where j.state = 'active' and (${expired} or ${silent}))::float8 as overdue,
       (extract(epoch from now() - min(j.start_after) filter (where j.state in ('created', 'retry') and j.start_after <= now() and not ${blocked})) * 1000)::float8 as waited
     from ${jobs} j
     where $1::text[] is null or j.name = any($1)
     group by j.name order by j.name`,
    [only],
  );
  const known = await sql(z.object({ name: z.string() }), `select name from ${table('queue')}`);
  const missing = (queues ?? []).filter((name) => !known.some((queue) => queue.name === name));
  const [oldest] = await sql(
    z.object({ name: z.string(), id: z.string(), age: z.number() }),
    `select j.name, j.id::text as id, (extract(epoch from now() - j.started_on) * 1000)::float8 as age
     from ${jobs} j
     where j.state = 'active' and j.started_on is not null and ($1::text[] is null or j.name = any($1))
     order by j.started_on limit 1`,
    [only],
  );
  const since = oldest === undefined ? null : runningSince(oldest.age, `${oldest.name} (job ${oldest.id})`);
  const total = (of: 'queued' | 'later' | 'running' | 'failed' | 'overdue') =>
    rows.reduce((sum, row) => sum + row[of], 0);
  return {
    queues: rows.map(({ name, queued }) => ({ name, queued })),
    queued: total('queued'),
    later: total('later'),
    running: total('running'),
    oldest: since?.oldest ?? null,
    waiting: waitingSince(rows.map(({ waited }) => waited)),
    failed: total('failed'),
    doubt: doubts([
      missing.length === 0 ? null : `there is no queue ${missing.join(', ')}`,
      oldest === undefined && total('running') > 0 ? 'pg-boss does not say since when its jobs run' : null,
      since?.doubt ?? null,
      total('overdue') === 0 ? null : overdue(total('overdue')),
    ]),
  };
}

/** Its tables have grown with its versions. */
async function columns(sql: Sql, table: string): Promise<Set<string>> {
  const rows = await sql(
    z.object({ name: z.string() }),
    'select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped',
    [table],
  );
  const has = new Set(rows.map(({ name }) => name));
  if (has.has('started_on') && has.has('start_after')) return has;
  throw new Trouble('fatal', `Expected ${table} as pg-boss 10 and later make it, found another.`, {
    remedy: 'pg-boss 9 and earlier are not known. Where its tables have another schema, name it in the settings.',
  });
}

function overdue(jobs: number): string {
  return (
    `${jobs === 1 ? 'one job is' : `${jobs} jobs are`} counted as running beyond the time that pg-boss gives it: ` +
    'its worker was probably lost, and it stays so until pg-boss runs and looks'
  );
}
