// Que: one table, and no mark in it of what runs: a worker process holds an advisory lock whose key is the job's id, so who
// runs is in `pg_locks`. Nothing in it to pause by: scaling the workers to zero is what stops it.
import { z } from 'zod';
import { connect } from './postgres.ts';
import { tablesOf } from './postgres-tables.ts';
import type { Queue, QueueSystem, Reading } from './queue.ts';
import { waitingSince } from './running-since.ts';

const Waiting = z.object({
  name: z.string(),
  queued: z.number(),
  later: z.number(),
  running: z.number(),
  failed: z.number(),
  waited: z.number().nullable(),
});

export const que: QueueSystem = {
  system: 'que',
  title: 'Que',
  over: 'postgres',
  tested:
    'the table of Que 1 and 2 in Postgres 18, with real advisory locks taken as it takes them; not its own workers',
  beat: 0,
  async open(source) {
    const postgres = await connect(source);
    return {
      read: () =>
        postgres.read(async (sql): Promise<Reading> => {
          const table = await tablesOf(sql, 'Que', ['que_jobs'], source.options.schema);
          // As its own `job_stats` has it; a key of 64 bits is told from a pair of 32 by `objsubid`. What ended between the
          // snapshot and the look at the locks counts as waiting once more: never as running less than does.
          const rows = await sql(
            Waiting,
            `select queue as name,
                    count(*) filter (where open and not locked and run_at <= now())::float8 as queued,
                    count(*) filter (where open and not locked and run_at > now())::float8 as later,
                    count(*) filter (where open and locked)::float8 as running,
                    count(*) filter (where expired_at is not null or (open and not locked and error_count > 0))::float8 as failed,
                    (extract(epoch from now() - min(run_at) filter (where open and not locked and run_at <= now())) * 1000)::float8 as waited
               from (select queue, run_at, expired_at, error_count,
                            finished_at is null and expired_at is null as open, locks.id is not null as locked
                       from ${table('que_jobs')} jobs
                       left join (select distinct (classid::bigint << 32) + objid::bigint as id from pg_locks
                                   where locktype = 'advisory' and granted and objsubid = 1
                                     and database = (select oid from pg_database where datname = current_database())) locks
                         on locks.id = jobs.id
                      where finished_at is null and ($1::text[] is null or queue = any($1))) as jobs
              group by queue order by queue`,
            [source.options.queues ?? null],
          );
          const sum = (field: 'queued' | 'later' | 'running' | 'failed') =>
            rows.reduce((all, row) => all + row[field], 0);
          const running = sum('running');
          return {
            queues: rows.map(({ name, queued }) => ({ name, queued })),
            queued: sum('queued'),
            later: sum('later'),
            running,
            oldest: null,
            waiting: waitingSince(rows.map(({ waited }) => waited)),
            failed: sum('failed'),
            doubt:
              running === 0
                ? null
                : 'Que does not say since when a job has been running, and those that a worker has fetched ahead, up to 8 a process, count as running',
          };
        }),
      intake: null,
      processes: null,
      [Symbol.asyncDispose]: () => postgres[Symbol.asyncDispose](),
    } satisfies Queue;
  },
};
