// `export app`: the app's unfinished run, or its last one, as a file that brings the app back where the database is lost.
// Scheduled commands are in it as they are, and may hold secrets: who may only look does not get it.
import type { Person } from '../../model/person.ts';
import { admittedByName } from './admission.ts';
import { type Door, refused } from './door.ts';
import type { ExportFile } from './export-file.ts';
import type { Exported, Refused } from './reply.ts';
import { status } from './status.ts';

export async function exportRun(door: Door, by: Person, app: string): Promise<Exported | Refused> {
  const entry = await admittedByName(door, by, 'operate', app, `export ${app}`);
  if (entry.is === 'refused') return entry;
  const found = await status(door, by, app);
  if (found.is === 'refused') return found;
  const [run] = found.runs;
  if (run === undefined) return refused(`There is no maintenance of "${app}".`, 'Check the name of the app.');
  const at = door.clock.now();
  const file: ExportFile = {
    maint: 'export',
    version: 1,
    at: new Date(at).toISOString(),
    app: { id: run.app.id, name: run.app.name },
    run: { id: run.id, channel: run.channel },
    log: [...(await door.store.log(run.id))],
  };
  await door.store.audit({ at, person: by, what: `export ${run.app.name}`, outcome: 'exported', why: null });
  return { is: 'exported', file };
}
