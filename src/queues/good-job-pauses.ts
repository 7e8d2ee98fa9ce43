// GoodJob's pauses: one row of its settings holds the paused queues, job classes and labels. Ours are queues alone; what
// else is in the row belongs to the app's people and stays.
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Postgres } from './postgres.ts';
import { tablesOf } from './postgres-tables.ts';
import type { Intake, Source } from './queue.ts';

const Pauses = z.looseObject({ queues: z.array(z.string()).default([]) });
const Row = z.object({ value: Pauses });
const Name = z.object({ name: z.string() });
const Nothing = z.object({});

export function goodJobPauses(postgres: Postgres, { options }: Source): Intake {
  return {
    look: (known = []) =>
      postgres.read(async (sql) => {
        const table = await tablesOf(sql, 'GoodJob', ['good_jobs', 'good_job_settings'], options.schema);
        const [row] = await sql(Row, `select value from ${table('good_job_settings')} where key = 'pauses'`);
        const paused = new Set(row?.value.queues);
        // Queues are nowhere declared: those of jobs that wait or run, unless they are named.
        const used = await sql(
          Name,
          `select distinct coalesce(queue_name, 'default') as name from ${table('good_jobs')} where finished_at is null`,
        );
        const all = options.queues ?? [...used.map(({ name }) => name), ...paused, ...known];
        return [...new Set(all)].sort().map((name) => ({ key: name, label: name, paused: paused.has(name) }));
      }),
    set: (changes) =>
      postgres.write(async (sql) => {
        const table = await tablesOf(sql, 'GoodJob', ['good_job_settings'], options.schema);
        const settings = table('good_job_settings');
        if (changes.some(({ paused }) => paused)) {
          await sql(
            Nothing,
            `insert into ${settings} (id, key, value, created_at, updated_at)
             values ($1, 'pauses', '{"queues": [], "job_classes": [], "labels": []}', now(), now())
             on conflict (key) do nothing`,
            [randomUUID()],
          );
        }
        const [row] = await sql(Row, `select value from ${settings} where key = 'pauses' for update`);
        if (row === undefined) return;
        const queues = new Set(row.value.queues);
        for (const { key, paused } of changes) {
          if (paused) queues.add(key);
          else queues.delete(key);
        }
        if (queues.size === row.value.queues.length && row.value.queues.every((name) => queues.has(name))) return;
        await sql(Nothing, `update ${settings} set value = $1, updated_at = now() where key = 'pauses'`, [
          JSON.stringify({ ...row.value, queues: [...queues] }),
        ]);
      }),
  };
}
