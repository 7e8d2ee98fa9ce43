// Delayed Job: one table; a worker writes its name and the time into the row that it works on, and deletes it when done.
// There is nothing in it to pause by: scaling the workers to zero is what stops it.
import { z } from 'zod';
import { connect } from './postgres.ts';
import { tablesOf } from './postgres-tables.ts';
import type { Queue, QueueSystem, Reading } from './queue.ts';
import { doubts, runningSince, waitingSince } from './running-since.ts';

/** Delayed Job's own `max_run_time`, after which another worker takes a job for its own. */
const LONGEST_HOURS = 4;

const Waiting = z.object({
  name: z.string(),
  queued: z.number(),
  later: z.number(),
  running: z.number(),
  failed: z.number(),
  waited: z.number().nullable(),
});
const Oldest = z.object({ age: z.number(), job: z.string().nullable(), id: z.string() });

export const delayedJob: QueueSystem = {
  system: 'delayed-job',
  title: 'Delayed Job',
  over: 'postgres',
  tested:
    'the table of delayed_job_active_record 4.1 in Postgres 18, rows put in and moved as it does; not its own workers',
  beat: 0,
  async open(source) {
    const postgres = await connect(source);
    return {
      read: () =>
        postgres.read(async (sql): Promise<Reading> => {
          const table = await tablesOf(sql, 'Delayed Job', ['delayed_jobs'], source.options.schema);
          const jobs = table('delayed_jobs');
          const only = [source.options.queues ?? null];
          const rows = await sql(
            Waiting,
            `select coalesce(queue, 'no queue') as name,
                    count(*) filter (where locked_at is null and failed_at is null and run_at <= now())::float8 as queued,
                    count(*) filter (where locked_at is null and failed_at is null and run_at > now())::float8 as later,
                    count(*) filter (where locked_at is not null and failed_at is null)::float8 as running,
                    count(*) filter (where failed_at is not null or (attempts > 0 and locked_at is null))::float8 as failed,
                    (extract(epoch from now() - min(run_at) filter (where locked_at is null and failed_at is null and run_at <= now())) * 1000)::float8 as waited
               from ${jobs} where $1::text[] is null or queue = any($1) group by queue order by queue`,
            only,
          );
          // Of the handler only the class: its arguments are in it too.
          const [oldest] = await sql(
            Oldest,
            `select (extract(epoch from now() - locked_at) * 1000)::float8 as age, id::text as id,
                    coalesce(substring(handler from 'job_class: "?([A-Za-z0-9_:]+)'),
                             substring(handler from '^--- !ruby/[a-z]+:([A-Za-z0-9_:]+)')) as job
               from ${jobs} where locked_at is not null and failed_at is null and ($1::text[] is null or queue = any($1))
              order by locked_at limit 1`,
            only,
          );
          const sum = (field: 'queued' | 'later' | 'running' | 'failed') =>
            rows.reduce((all, row) => all + row[field], 0);
          const since =
            oldest === undefined ? null : runningSince(oldest.age, `${oldest.job ?? 'a job'} (job ${oldest.id})`);
          return {
            queues: rows.map(({ name, queued }) => ({ name, queued })),
            queued: sum('queued'),
            later: sum('later'),
            running: sum('running'),
            oldest: since?.oldest ?? null,
            waiting: waitingSince(rows.map(({ waited }) => waited)),
            // Those that failed for good are deleted, unless the app keeps them.
            failed: sum('failed'),
            doubt: doubts([
              since?.doubt ?? null,
              oldest === undefined || oldest.age <= LONGEST_HOURS * 3_600_000
                ? null
                : `a job has been locked for more than ${LONGEST_HOURS} hours: its worker may have died, which Delayed Job does not notice`,
            ]),
          };
        }),
      intake: null,
      processes: null,
      [Symbol.asyncDispose]: () => postgres[Symbol.asyncDispose](),
    } satisfies Queue;
  },
};
