// Solid Queue (Rails 8): each state of a job is a table of its own, and a job moves between them in a transaction, so one
// snapshot is exact. Pausing is its own too: a row with the queue's name, which workers look at before they claim.
import { z } from 'zod';
import { connect, type Postgres, type Sql } from './postgres.ts';
import { tablesOf } from './postgres-tables.ts';
import type { Intake, Queue, QueueSystem, Reading, Source } from './queue.ts';
import { doubts, runningSince, waitingSince } from './running-since.ts';

/** Of a process; Solid Queue's own `process_alive_threshold`, after which it takes its jobs away. */
const SILENT = '5 minutes';

const names = [
  'solid_queue_jobs',
  'solid_queue_ready_executions',
  'solid_queue_claimed_executions',
  'solid_queue_scheduled_executions',
  'solid_queue_blocked_executions',
  'solid_queue_failed_executions',
  'solid_queue_recurring_tasks',
  'solid_queue_processes',
  'solid_queue_pauses',
] as const;
type Tables = (name: (typeof names)[number]) => string;

export const solidQueue: QueueSystem = {
  system: 'solid-queue',
  title: 'Solid Queue',
  over: 'postgres',
  tested: 'the tables of Solid Queue 1.x in Postgres 18, rows put in and moved as it does; not its own processes',
  beat: 0,
  async open(source) {
    const postgres = await connect(source);
    return {
      read: () => postgres.read(async (sql) => reading(sql, await tables(sql, source), source)),
      intake: intakeOf(postgres, source),
      processes: null,
      [Symbol.asyncDispose]: () => postgres[Symbol.asyncDispose](),
    } satisfies Queue;
  },
};

function tables(sql: Sql, { options }: Source): Promise<Tables> {
  return tablesOf(sql, 'Solid Queue', names, options.schema);
}

const Waiting = z.object({ name: z.string(), queued: z.number(), later: z.number(), waited: z.number().nullable() });
const Rest = z.object({ running: z.number(), silent: z.number(), failed: z.number() });
const Oldest = z.object({ age: z.number(), job: z.string(), id: z.string() });

async function reading(sql: Sql, table: Tables, { options }: Source): Promise<Reading> {
  const only = [options.queues ?? null];
  // What is due but not dispatched yet is taken as soon as anybody works. What is blocked waits for another job to end.
  const waiting = await sql(
    Waiting,
    `select queue_name as name, count(*) filter (where due)::float8 as queued, count(*) filter (where not due)::float8 as later,
            (extract(epoch from now() - min(since) filter (where due)) * 1000)::float8 as waited
       from (select queue_name, true as due, created_at as since from ${table('solid_queue_ready_executions')}
             union all select queue_name, scheduled_at <= now(), scheduled_at from ${table('solid_queue_scheduled_executions')}
             union all select queue_name, false, created_at from ${table('solid_queue_blocked_executions')}) as waiting
      where $1::text[] is null or queue_name = any($1) group by queue_name order by queue_name`,
    only,
  );
  const claimed = `${table('solid_queue_claimed_executions')} claimed
       join ${table('solid_queue_jobs')} jobs on jobs.id = claimed.job_id and ($1::text[] is null or jobs.queue_name = any($1))`;
  const [rest] = await sql(
    Rest,
    `select count(*)::float8 as running,
            count(*) filter (where processes.id is null
              or processes.last_heartbeat_at < now() - interval '${SILENT}')::float8 as silent,
            (select count(*)::float8 from ${table('solid_queue_failed_executions')} failed
               join ${table('solid_queue_jobs')} jobs on jobs.id = failed.job_id
              where $1::text[] is null or jobs.queue_name = any($1)) as failed
       from ${claimed} left join ${table('solid_queue_processes')} processes on processes.id = claimed.process_id`,
    only,
  );
  const [oldest] = await sql(
    Oldest,
    `select (extract(epoch from now() - claimed.created_at) * 1000)::float8 as age,
            jobs.class_name as job, jobs.id::text as id
       from ${claimed} order by claimed.created_at limit 1`,
    only,
  );
  const since = oldest === undefined ? null : runningSince(oldest.age, `${oldest.job} (job ${oldest.id})`);
  const silent = rest?.silent ?? 0;
  return {
    queues: waiting.map(({ name, queued }) => ({ name, queued })),
    queued: waiting.reduce((sum, { queued }) => sum + queued, 0),
    later: waiting.reduce((sum, { later }) => sum + later, 0),
    running: rest?.running ?? 0,
    oldest: since?.oldest ?? null,
    waiting: waitingSince(waiting.map(({ waited }) => waited)),
    failed: rest?.failed ?? 0,
    doubt: doubts([
      since?.doubt ?? null,
      silent === 0
        ? null
        : `${silent} of the running jobs are held by processes that have not been heard of for ${SILENT}: they may have died with them`,
    ]),
  };
}

function intakeOf(postgres: Postgres, source: Source): Intake {
  return {
    look: (known = []) =>
      postgres.read(async (sql) => {
        const table = await tables(sql, source);
        const paused = new Set(
          (await sql(Name, `select queue_name as name from ${table('solid_queue_pauses')}`)).map(({ name }) => name),
        );
        const all = source.options.queues ?? [...(await queuesSeen(sql, table)), ...paused, ...known];
        return [...new Set(all)].sort().map((name) => ({ key: name, label: name, paused: paused.has(name) }));
      }),
    set: (changes) =>
      postgres.write(async (sql) => {
        const pauses = (await tables(sql, source))('solid_queue_pauses');
        const those = (paused: boolean) => changes.filter((each) => each.paused === paused).map(({ key }) => key);
        await sql(
          Nothing,
          `insert into ${pauses} (queue_name, created_at)
           select distinct name, now() from unnest($1::text[]) as name
            where not exists (select from ${pauses} where queue_name = name) on conflict do nothing`,
          [those(true)],
        );
        await sql(Nothing, `delete from ${pauses} where queue_name = any($1::text[])`, [those(false)]);
      }),
  };
}

const Nothing = z.object({});
const Name = z.object({ name: z.string() });
const Metadata = z.object({ metadata: z.string().nullable() });

/**
 * Queues are nowhere declared. Those of all jobs that are still kept (by the index, name by name, as there may be millions),
 * of recurring tasks, and those that workers name: one that is empty now may be filled by the app in a minute.
 */
async function queuesSeen(sql: Sql, table: Tables): Promise<string[]> {
  const jobs = table('solid_queue_jobs');
  const used = await sql(
    Name,
    `with recursive seen(name) as (
       (select queue_name from ${jobs} order by queue_name limit 1)
       union all
       select (select queue_name from ${jobs} where queue_name > seen.name order by queue_name limit 1)
         from seen where seen.name is not null)
     select name from seen where name is not null
     union select queue_name from ${table('solid_queue_recurring_tasks')} where queue_name is not null`,
  );
  const workers = await sql(
    Metadata,
    `select metadata::text as metadata from ${table('solid_queue_processes')} where kind = 'Worker'`,
  );
  return [...used.map(({ name }) => name), ...workers.flatMap(({ metadata }) => named(metadata))];
}

/** A worker's metadata, such as `{"queues":"mailers,exports_*"}`; with a star it names none. */
function named(metadata: string | null): string[] {
  const parsed = WorkerMetadata.safeParse(metadata);
  return (parsed.data?.queues.split(',') ?? []).map((name) => name.trim()).filter((name) => /^[^*]+$/.test(name));
}

const WorkerMetadata = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('no JSON');
      return z.NEVER;
    }
  })
  .pipe(z.object({ queues: z.string() }));
