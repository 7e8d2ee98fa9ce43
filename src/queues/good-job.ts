// GoodJob: one table for all jobs, finished ones too. What runs has begun and not finished. Its pauses work only where the
// app has `config.good_job.enable_pauses = true`; without it GoodJob keeps them and heeds none, and nothing in the database
// tells which it is. So they are used only where a person says so.
import { z } from 'zod';
import { Trouble } from '../errors.ts';
import { goodJobPauses } from './good-job-pauses.ts';
import { connect, type Postgres, type Sql } from './postgres.ts';
import { tablesOf } from './postgres-tables.ts';
import type { Queue, QueueSystem, Reading, Source } from './queue.ts';
import { doubts, runningSince, waitingSince } from './running-since.ts';

/** Of a process; GoodJob's own `EXPIRED_INTERVAL`. */
const SILENT = '5 minutes';
/** Milliseconds for counting the failed ones, for which older versions have no index. */
const COUNT_MS = 1_500;

export const goodJob: QueueSystem = {
  system: 'good-job',
  title: 'GoodJob',
  over: 'postgres',
  tested: 'the tables of GoodJob 4 in Postgres 18, rows put in and moved as it does; not its own workers',
  beat: 0,
  async open(source) {
    const postgres = await connect(source);
    return {
      read: () => reading(postgres, source),
      intake: source.options.pauses === true ? goodJobPauses(postgres, source) : null,
      processes: null,
      [Symbol.asyncDispose]: () => postgres[Symbol.asyncDispose](),
    } satisfies Queue;
  },
};

async function reading(postgres: Postgres, source: Source): Promise<Reading> {
  const known = await postgres.read((sql) => unfinished(sql, source));
  return { ...known, failed: await failed(postgres, source) };
}

const Waiting = z.object({
  name: z.string(),
  queued: z.number(),
  later: z.number(),
  running: z.number(),
  waited: z.number().nullable(),
});
const Running = z.object({ age: z.number(), job: z.string().nullable(), id: z.string(), silent: z.number() });

async function unfinished(sql: Sql, { options }: Source): Promise<Reading> {
  const table = await tablesOf(sql, 'GoodJob', ['good_jobs', 'good_job_processes'], options.schema);
  const only = [options.queues ?? null];
  // Finished jobs may be kept by the million: `finished_at is null` has an index.
  const rows = await sql(
    Waiting,
    `select coalesce(queue_name, 'default') as name,
            count(*) filter (where performed_at is null and due <= now())::float8 as queued,
            count(*) filter (where performed_at is null and due > now())::float8 as later,
            count(*) filter (where performed_at is not null)::float8 as running,
            (extract(epoch from now() - min(due) filter (where performed_at is null and due <= now())) * 1000)::float8 as waited
       from (select queue_name, performed_at, coalesce(scheduled_at, created_at) as due
               from ${table('good_jobs')} where finished_at is null) as jobs
      where $1::text[] is null or coalesce(queue_name, 'default') = any($1) group by 1 order by 1`,
    only,
  );
  // By way of JSON, for `locked_by_id` came with version 4: before it nothing says who holds a job.
  const [oldest] = await sql(
    Running,
    `select (extract(epoch from now() - jobs.performed_at) * 1000)::float8 as age,
            jobs.serialized_params ->> 'job_class' as job, jobs.id::text as id,
            (count(*) filter (where holder is not null and (processes.id is null
              or processes.updated_at < now() - interval '${SILENT}')) over ())::float8 as silent
       from (select id, performed_at, serialized_params, to_jsonb(each) ->> 'locked_by_id' as holder
               from ${table('good_jobs')} each
              where finished_at is null and performed_at is not null
                and ($1::text[] is null or coalesce(queue_name, 'default') = any($1))) as jobs
       left join ${table('good_job_processes')} processes on processes.id::text = holder
      order by jobs.performed_at limit 1`,
    only,
  );
  const sum = (field: 'queued' | 'later' | 'running') => rows.reduce((all, row) => all + row[field], 0);
  const since = oldest === undefined ? null : runningSince(oldest.age, `${oldest.job ?? 'a job'} (job ${oldest.id})`);
  const silent = oldest?.silent ?? 0;
  return {
    queues: rows.map(({ name, queued }) => ({ name, queued })),
    queued: sum('queued'),
    later: sum('later'),
    running: sum('running'),
    oldest: since?.oldest ?? null,
    waiting: waitingSince(rows.map(({ waited }) => waited)),
    failed: null,
    doubt: doubts([
      since?.doubt ?? null,
      silent === 0
        ? null
        : `${silent} of the running jobs are held by processes that have not been heard of for ${SILENT}: they may have died with them, and begin anew when a worker looks`,
    ]),
  };
}

const Count = z.object({ count: z.number() });

/** Those given up, and those that wait to be tried again. Null where it takes too long: the rest is worth knowing without. */
async function failed(postgres: Postgres, { options, signal }: Source): Promise<number | null> {
  try {
    return await postgres.read(async (sql) => {
      const table = await tablesOf(sql, 'GoodJob', ['good_jobs'], options.schema);
      await sql(z.object({}), `set local statement_timeout = ${COUNT_MS}`);
      const [row] = await sql(
        Count,
        `select count(*)::float8 as count from ${table('good_jobs')}
          where error is not null and (finished_at is not null or performed_at is null)
            and ($1::text[] is null or coalesce(queue_name, 'default') = any($1))`,
        [options.queues ?? null],
      );
      return row?.count ?? null;
    });
  } catch (error) {
    if (signal.aborted || !(error instanceof Trouble) || error.kind !== 'retryable') throw error;
    return null;
  }
}
