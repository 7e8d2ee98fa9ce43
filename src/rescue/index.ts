// Bringing an app back without maint's database: what can be known of it from Heroku alone, and an engine in memory that
// puts it back. What is said to people, and what they are asked, is the terminal's.
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../log.ts';
import type { Person } from '../model/person.ts';
import type { Found } from '../model/platform.ts';
import type { AppRef } from '../model/step.ts';
import { reading } from '../run/commands/door.ts';
import type { ExportFile } from '../run/commands/export-file.ts';
import type { Database } from '../store/database.ts';
import { asItStands, type Standing } from './as-it-stands.ts';
import { openHeroku } from './heroku.ts';
import { freshDatabase, type InMemory, openInMemory } from './in-memory.ts';
import { exportFromMarkers, findPaused, type Paused } from './markers.ts';

export type { Standing } from './as-it-stands.ts';
export type { InMemory } from './in-memory.ts';
export type { Paused } from './markers.ts';

/** Every method throws Trouble where Heroku cannot be asked. */
export interface Rescue {
  find(name: string): Promise<Found>;
  /** Jobs of the Scheduler that carry a marker of maint. */
  paused(app: AppRef): Promise<Paused>;
  /** What `run` has paused, as an export. Null where nothing of it is paused any more. */
  fromMarkers(app: AppRef, run: string, by: Person): Promise<ExportFile | null>;
  asItStands(app: AppRef): Promise<readonly Standing[]>;
  /** An engine that knows nothing yet. `only`: the maintenance whose markers are brought back; null for an export. */
  open(only: string | null): Promise<InMemory>;
  close(): void;
}

export function startRescue(parts: {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  /** An empty one: made in memory where not said. */
  readonly database?: () => Promise<Database>;
}): Rescue {
  const { config, clock, log, database = freshDatabase } = parts;
  const on = openHeroku(config, log);
  const { settings } = config;
  return {
    find: (name) => on.platform.find(reading('person'), name),
    paused: (app) => findPaused(on, reading('person'), app),
    fromMarkers: (app, run, by) => exportFromMarkers(on, { config, clock, calling: reading('person'), app, run, by }),
    asItStands(app) {
      const now = clock.now();
      return asItStands(on.platform, { ...reading('person'), app, run: 'none', settings, now, since: now });
    },
    open: (only) =>
      openInMemory({ config, platform: only === null ? on.platform : on.only(only), clock, log, database }),
    close: () => on.close(),
  };
}
