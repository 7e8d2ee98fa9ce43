// A database as version 0.1.0 left it in the middle of a run: its schema, which is migration 001 alone, and its events,
// recorded from that version at each of its writes to Heroku, before the write had any effect.
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import type { AppDescription, Settings } from '../../src/sandbox/index.ts';
import { migrate, migrations } from '../../src/store/migrations/index.ts';
import type { Tables } from '../../src/store/tables.ts';
import recorded from './version-0.1.0.json' with { type: 'json' };

const Sized = z.object({ quantity: z.number(), size: z.string() });
const Job = z.object({
  id: z.string(),
  command: z.string(),
  every: z.literal([10, 60, 1440]),
  at: z.number(),
  size: z.string(),
});
const State = z.object({
  maintenance: z.boolean(),
  formation: z.record(z.string(), Sized),
  configVars: z.record(z.string(), z.string()),
  jobs: z.array(Job),
});
const Recorded = z.object({
  id: z.string(),
  app: z.object({ id: z.string(), name: z.string() }),
  before: State,
  log: z.array(z.object({ seq: z.number(), at: z.number(), event: z.record(z.string(), z.unknown()) })),
  cuts: z.array(z.object({ before: z.string(), seq: z.number(), settings: State })),
});
const old = Recorded.parse(recorded);

export type Cut = (typeof old.cuts)[number];

/** Where that version was stopped: before each of its writes, and while it held. */
export const cuts: readonly Cut[] = old.cuts;
export const runId = old.id;
/** How the app was before any of it. */
export function before(now: number): Settings {
  return { ...old.before, jobs: notDue(old.before.jobs, now) };
}

/** A run waits while a job is at its tick; these are not for hours. */
function notDue<J extends { readonly at: number }>(jobs: readonly J[], now: number): J[] {
  const hour = Math.floor(now / 3_600_000);
  return jobs.map((job, i) => ({ ...job, at: ((hour + 8 + i) % 24) * 60 }));
}

/** The app as it stood at that moment. */
export function appAt({ settings }: Cut, now: number): AppDescription {
  const { maintenance, formation, configVars: config } = settings;
  const jobs = notDue(settings.jobs, now);
  return { ...old.app, maintenance, formation, config, jobs, times: { startMs: 0, stopMs: 0, schedulerLagMs: 0 } };
}

/** The schema and the rows of that version, as if it had died at `now`. `db` without a schema of its own. */
export async function leaveBehind(
  db: Kysely<Tables>,
  { seq }: Cut,
  { channel, now }: { readonly channel: string | null; readonly now: number },
): Promise<void> {
  const { '001-runs': first } = migrations;
  if (first === undefined) throw new Error('Expected migration 001, got none');
  await migrate(db, { '001-runs': first });
  const at = new Date(now);
  await sql`insert into maint.run (id, app_id, app_name, channel, asked_at, seq, wake_at, lease_owner, epoch)
    values (${runId}, ${old.app.id}, ${old.app.name}, ${channel}, ${at}, ${seq}, ${at}, 'version 0.1.0', 1)`.execute(
    db,
  );
  for (const { seq: n, event } of old.log.slice(0, seq)) {
    const body = JSON.stringify(event.is === 'requested' ? { ...event, endsAt: now + 3_600_000 } : event);
    await sql`insert into maint.event (run_id, seq, at, body) values (${runId}, ${n}, ${at}, ${body})`.execute(db);
  }
  if (channel === null) return;
  await sql`insert into maint.message (run_id, key, kind, seq, created_at)
    values (${runId}, 'card', 'card', 1, ${at})`.execute(db);
}
