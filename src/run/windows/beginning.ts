// The runs of an occurrence: one an app, with an id that follows from both, so that of many who begin it, and however often,
// each run is there once (I2).
import { createHash } from 'node:crypto';
import { MOST } from '../../model/decide.ts';
import { learned } from '../../model/last-minutes.ts';
import type { Person } from '../../model/person.ts';
import { isWatched, phase } from '../../model/phase.ts';
import type { Run } from '../../model/run.ts';
import type { Occurrence, Window } from '../../model/window.ts';
import { localOf } from '../../windows/zone.ts';
import { admitted } from '../commands/admission.ts';
import { begun, newRun } from '../commands/begin.ts';
import { type Door, refused } from '../commands/door.ts';
import type { Refused } from '../commands/reply.ts';
import { settingsFor } from '../commands/settings.ts';

type App = Window['apps'][number];

/** As those of other runs: "m" and ten letters and digits. */
export function runIdOf(occurrence: Pick<Occurrence, 'id'>, app: Pick<App, 'id'>): string {
  const hash = createHash('sha256').update(`${occurrence.id} ${app.id}`).digest('hex').slice(0, 16);
  return `m${BigInt(`0x${hash}`).toString(36).padStart(13, '0').slice(-10)}`;
}

export function runIdsOf(occurrence: Pick<Occurrence, 'id'>, window: Pick<Window, 'apps'>): string[] {
  return window.apps.map((app) => runIdOf(occurrence, app));
}

/**
 * For whom it begins by itself. Who has changed it wants it so: in the name of who planned it first, they could approve alone what
 * they asked for themselves.
 */
export function answersFor({ savedBy, createdBy }: Pick<Window, 'savedBy' | 'createdBy'>): Person {
  return savedBy ?? createdBy;
}

/** What stands against a run of that app now; null where it could begin, or has begun. Who may not begin it is written down. */
export async function against(
  door: Door,
  by: Person,
  window: Window,
  occurrence: Pick<Occurrence, 'id'>,
  app: App,
): Promise<Refused | null> {
  const entry = await admitted(door, by, 'operate', app.id, `start ${app.name}, as planned (${window.id})`);
  if (entry.is === 'admitted') return hindrance(door, occurrence, app);
  // The channel reads it, and it is about neither of those there.
  const says = `It would have begun for ${by.name === '' ? by.id : by.name}, who may not begin it now: “${entry.says}”`;
  return { ...entry, says };
}

/** The same, whoever begins it. */
export async function hindrance(door: Door, occurrence: Pick<Occurrence, 'id'>, app: App): Promise<Refused | null> {
  const settings = await settingsFor(door, app);
  if ('is' in settings) return settings;
  const run = await door.store.unfinishedOf(app.id);
  // Another process may have begun it right now.
  const isIts = run !== null && run.id === runIdOf(occurrence, app);
  return run === null || isIts || isWatched(run) ? null : inTheWay(run);
}

/** The run of that app, begun now where it has not been begun yet. Refused where another one of the app is under way. */
export async function beginRun(
  door: Door,
  window: Window,
  occurrence: Occurrence,
  app: App,
  by: Person,
): Promise<Run | Refused> {
  const id = runIdOf(occurrence, app);
  const there = await door.store.load(id);
  if (there !== null) return there;
  const settings = await settingsFor(door, app);
  if ('is' in settings) return settings;
  const wanted = newRun(door, {
    id,
    app,
    by,
    settings,
    channel: window.channels[0]?.id ?? null,
    because: `${window.reason ?? 'planned'} (the window of ${localOf(window.zone, occurrence.startAt).date})`,
    endsAt: endOf(window, occurrence, door.clock.now()),
    accepted: [],
    takes: learned(await door.store.lastOf(app.id)),
  });
  const created = await begun(door, by, wanted, { do: 'begin-anew' });
  if (created.is === 'refused') return created;
  if (created.run.id !== id) return inTheWay(created.run);
  if (created.is === 'created') {
    const what = `start ${app.name}, as planned (${window.id})`;
    await door.store.audit({ at: door.clock.now(), person: by, what, outcome: 'created', why: null });
  }
  door.wake(id);
  return created.run;
}

/** As a channel reads it, and whoever has pressed the button. */
function inTheWay(run: Run): Refused {
  return refused(
    `A maintenance of ${run.app.name} is under way already, asked for by ${run.askedBy.name} (${phase(run)}).`,
    `/maint status ${run.app.name} shows how it stands.`,
  );
}

/** What is begun when its time is over has its whole length from then on. */
function endOf(window: Window, { endAt }: Occurrence, now: number): number {
  return now < endAt ? endAt : now + window.lengthMs;
}

/** One that comes much later than now is not begun early: it would end when nobody expects it. */
export function tooEarly({ startAt, endAt }: Occurrence, now: number): Refused | null {
  if (endAt - now <= MOST) return null;
  const hours = Math.ceil((startAt - now) / 3_600_000);
  return refused(
    `This window begins in ${hours} hours.`,
    'For a maintenance now: /maint start APP. The window stays as it is planned.',
  );
}
