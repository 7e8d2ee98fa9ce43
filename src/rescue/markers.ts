// The jobs of the Heroku Scheduler that a lost maintenance has paused: their own commands stand behind the marker, so they
// can be put back without any snapshot. Each maintenance becomes an export, as if it had been made in time, and is brought
// back like any other.
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { looksPaused, readMarker } from '../heroku/schedulers/marker.ts';
import type { Captured } from '../model/event.ts';
import type { Person } from '../model/person.ts';
import { preflight, watch } from '../model/run.ts';
import { type AppRef, type Calling, refOf } from '../model/step.ts';
import type { ExportFile } from '../run/commands/export-file.ts';
import { holds } from '../run/stock.ts';
import type { RescueHeroku } from './heroku.ts';

/** As the steps persist it. */
const SCHEDULER = 'scheduler';

export interface Paused {
  /** The ids of the maintenances, the one with most jobs first. */
  readonly runs: readonly { readonly id: string; readonly jobs: readonly string[] }[];
  /** Jobs whose marker was cut off or edited: their commands are not to be had from here. */
  readonly damaged: readonly string[];
}

/** Throws Trouble where the jobs cannot be read. */
export async function findPaused(on: RescueHeroku, calling: Calling, app: AppRef): Promise<Paused> {
  const addons = await on.heroku.addons.list(calling, app.id);
  if (!addons.some((addon) => addon.addon_service.name === 'scheduler')) return { runs: [], damaged: [] };
  const jobs = await on.scheduler.jobs(calling, app.id);
  const byRun = new Map<string, string[]>();
  const damaged: string[] = [];
  for (const { id, command } of jobs) {
    const marker = readMarker(command);
    if (marker !== null) byRun.set(marker.runId, [...(byRun.get(marker.runId) ?? []), id]);
    else if (looksPaused(command)) damaged.push(id);
  }
  const runs = [...byRun].map(([id, ids]) => ({ id, jobs: ids }));
  return { runs: runs.toSorted((a, b) => b.jobs.length - a.jobs.length || a.id.localeCompare(b.id)), damaged };
}

/** Null where none of its jobs is paused any more. Throws Trouble where the jobs cannot be read. */
export async function exportFromMarkers(
  on: RescueHeroku,
  parts: {
    readonly config: Config;
    readonly clock: Clock;
    readonly calling: Calling;
    readonly app: AppRef;
    readonly run: string;
    readonly by: Person;
  },
): Promise<ExportFile | null> {
  const { config, clock, calling, app, run, by } = parts;
  const hold = holds(on.only(run)).find(({ name }) => name === SCHEDULER);
  if (hold === undefined) throw new Error(`Expected a hold called "${SCHEDULER}", got none`);
  const at = clock.now();
  const { settings } = config;
  const look = await hold.look({ ...calling, app, run, settings, now: at, since: at });
  if (look.is !== 'seen') return null;
  const items = look.items.flatMap(({ key, label, value }): Captured[] => {
    const marker = typeof value === 'string' ? readMarker(value) : null;
    if (marker?.runId !== run) return [];
    const item = { key, label, before: marker.original, sent: [value] };
    const [quiet, back] = [hold.say(app, item, value), hold.say(app, item, marker.original)];
    return [{ step: SCHEDULER, key, label, before: marker.original, aim: value, quiet, back }];
  });
  if (items.length === 0) return null;
  const ref = refOf(hold);
  const changes = items.map(({ key, aim }) => ({ key, value: aim }));
  const because = 'made again from the markers of paused jobs';
  const asked = { by, because, endsAt: at, settings, quiet: [preflight, ref], back: [ref, watch], accepted: [] };
  return {
    maint: 'export',
    version: 1,
    at: new Date(at).toISOString(),
    app: { id: app.id, name: app.name },
    run: { id: run, channel: null },
    log: [
      { seq: 1, at, event: { is: 'requested', ...asked } },
      { seq: 2, at, event: { is: 'planned', concerns: [], items } },
      { seq: 3, at, event: { is: 'sending', way: 'quiet', step: SCHEDULER, changes } },
    ],
  };
}
