// `Start now`: a person begins a window that waits for somebody, that was missed, or that is to come soon.
import type { Person } from '../../model/person.ts';
import type { Run } from '../../model/run.ts';
import type { Occurrence, Window } from '../../model/window.ts';
import { standsAgainst } from '../../windows/next-move.ts';
import { type Door, refused, troubleAsAnswer, writtenDown } from '../commands/door.ts';
import type { Refused } from '../commands/reply.ts';
import { beginRun, hindrance, runIdsOf, tooEarly } from './beginning.ts';
import { overtaken } from './propose.ts';
import type { WindowStarted } from './reply.ts';
import { notFor, occurrenceNamed } from './saving.ts';

/** To ask who may takes seconds; a window that something has happened to meanwhile is looked at anew, so many times. */
const LOOKS = 3;

export async function startWindow(door: Door, by: Person, id: string, looks = LOOKS): Promise<WindowStarted | Refused> {
  const found = await occurrenceNamed(door, id);
  if ('is' in found) return found;
  const { window } = found.stored;
  const what = `start window ${window.id} (${window.apps.map(({ name }) => name).join(', ')})`;
  if (found.stored.cancelledAt !== null && standsAgainst('start', found.occurrence) === null) {
    return writtenDown(
      door,
      by,
      what,
      refused('This window was cancelled.', 'For a maintenance now: /maint start APP.'),
    );
  }
  // Who may begin some of its apps only begins none: the others would be called off by it.
  const unfit = await notFor(door, by, window.apps, what);
  if (unfit !== null) return unfit;
  // What cannot begin now is called off, with the reason.
  const refusals: Refused[] = [];
  const no: WindowStarted['refused'][number][] = [];
  for (const app of window.apps) {
    const stands = await hindrance(door, found.occurrence, app);
    if (stands === null) continue;
    refusals.push(stands);
    no.push({ app, says: stands.says, remedy: stands.remedy });
  }
  const [first] = refusals;
  if (first !== undefined && refusals.length === window.apps.length) return writtenDown(door, by, what, first);
  return troubleAsAnswer(door, async (): Promise<WindowStarted | Refused> => {
    const now = door.clock.now();
    const runs = runIdsOf(found.occurrence, window);
    const changed = await door.store.windows.happened(
      id,
      now,
      (locked, seq) =>
        standsAgainst('start', locked) ??
        tooEarly(locked, now) ??
        (seq === found.seq ? { is: 'started', at: now, runs, by } : meanwhile),
    );
    if (changed === meanwhile && looks > 1) return startWindow(door, by, id, looks - 1);
    if (changed.is === 'unknown') return refused('This window is not known.', '/maint windows lists what is planned.');
    if (changed.is === 'refused') return writtenDown(door, by, what, refused(changed.says, changed.remedy));
    await door.store.audit({ at: now, person: by, what, outcome: 'started', why: null });
    const { occurrence } = (await prolonged(door, changed.stored.occurrence, window, now)) ?? changed.stored;
    const begun: Run[] = [];
    for (const app of window.apps) {
      const stands = no.some((one) => one.app.id === app.id);
      const run = stands ? null : await beginRun(door, window, occurrence, app, by);
      if (run === null) continue;
      if ('says' in run) no.push({ app, says: run.says, remedy: run.remedy });
      else begun.push(run);
    }
    return { is: 'window-started', window, occurrence, runs: begun, refused: no };
  });
}

const meanwhile = overtaken();

/** What is begun when its time is over has its whole length from then on. */
async function prolonged(door: Door, { id, endAt }: Occurrence, { lengthMs }: Window, now: number) {
  if (now < endAt) return null;
  const changed = await door.store.windows.happened(id, now, (locked) =>
    locked.state === 'started' && locked.endAt <= now ? { is: 'extended', at: now, endAt: now + lengthMs } : null,
  );
  return changed.is === 'changed' ? changed.stored : null;
}
