// `history app run`: the whole trail of one run, who did what and when, from the store alone.
import type { Person } from '../../model/person.ts';
import type { Run } from '../../model/run.ts';
import { trailOf } from '../../model/trail.ts';
import { admitted } from './admission.ts';
import { type Door, refused } from './door.ts';
import { history } from './history.ts';
import type { Refused, RunTrail } from './reply.ts';

/** `run`: its id, or `last`. */
export async function trail(door: Door, by: Person, app: string, run: string): Promise<RunTrail | Refused> {
  if (run === 'last') {
    const found = await history(door, by, app);
    if (found.is === 'refused') return found;
    const [last] = found.runs;
    return last === undefined ? unknown(app) : told(door, last);
  }
  const known = await door.store.load(run);
  const entry = await admitted(door, by, 'look', known?.app.id ?? null, `history ${app} ${run}`);
  if (entry.is === 'refused') return entry;
  if (known === null) return unknown(app);
  // By its id or any name that it has had, for it may have been renamed since.
  const named = known.app.name === app || known.app.id === app ? known : await door.store.byAppName(app);
  if (named?.app.id === known.app.id) return told(door, known);
  return refused(
    `The maintenance ${known.id} is of ${known.app.name}, not of "${app}".`,
    `/maint history ${known.app.name} ${known.id} shows it.`,
  );
}

async function told({ store }: Door, run: Run): Promise<RunTrail> {
  const log = await store.log(run.id);
  const whole = (await store.load(run.id)) ?? run;
  return { is: 'trail', run: whole, entries: trailOf(whole, log) };
}

function unknown(app: string): Refused {
  return refused('This maintenance is not known.', `/maint history ${app} lists the last ones, each with its id.`);
}
