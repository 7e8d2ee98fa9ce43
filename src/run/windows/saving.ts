// What changes a window: it is saved, edited, skipped once, or cancelled. Decided while nobody else can change any window, and
// written down with who did it.
import { isDeepStrictEqual } from 'node:util';
import type { Person } from '../../model/person.ts';
import type { Fact, Occurrence, Window } from '../../model/window.ts';
import type { StoredWindow } from '../../store/windows.ts';
import { afterEdit, following } from '../../windows/following.ts';
import { standsAgainst } from '../../windows/next-move.ts';
import { refusal } from '../../windows/overlaps.ts';
import { admitted } from '../commands/admission.ts';
import { type Door, refused, writtenDown } from '../commands/door.ts';
import type { Refused } from '../commands/reply.ts';
import { listedOf } from './listed.ts';
import { overtaken } from './propose.ts';
import { type WindowChanged, WindowDraft } from './reply.ts';
import { running as asRunning } from './running.ts';

export async function schedule(
  door: Door,
  by: Person,
  given: WindowDraft,
  own: string,
): Promise<WindowChanged | Refused> {
  const parsed = WindowDraft.safeParse(given);
  if (!parsed.success) return refused('This is no window of this version of maint.', 'Ask for it again.');
  const { version, ...draft } = parsed.data;
  const what = `${version === 0 ? 'schedule' : 'edit'} window ${draft.id} of ${namesOf(draft)}`;
  const before = await door.store.windows.load(draft.id);
  const no = await notFor(door, by, [...draft.apps, ...(before?.window.apps ?? [])], what);
  if (no !== null) return no;
  // The answer to the first click may have been lost: the second one saves nothing, and says what is there.
  if (version === 0 && before !== null) {
    return samePlan(before.window, draft) && before.cancelledAt === null
      ? answer(door, 'saved', before, await known(door, draft.id), own)
      : overtaken();
  }
  const now = door.clock.now();
  const running = await runningWindows(door);
  const changed = await door.store.windows.change(draft.id, { expected: version, at: now }, (found) => {
    const { stored } = found;
    if (version > 0 && (stored === null || stored.cancelledAt !== null))
      return { is: 'refused', says: 'This window was cancelled.', remedy: 'Plan another one with /maint schedule.' };
    const gone = found.occurrences.find(
      // Of what comes again the next one is planned already, and is moved when this one is over.
      ({ state }) => state === 'started' || (state === 'ended' && stored?.window.when.is === 'once'),
    );
    const stands = gone === undefined ? null : standsAgainst('move', gone);
    if (stands !== null) return stands;
    const window: Window = {
      ...draft,
      exceptions: stored?.window.exceptions ?? [],
      createdBy: stored?.window.createdBy ?? by,
      savedBy: by,
      createdAt: stored?.window.createdAt ?? now,
      changedAt: now,
    };
    const begun = found.running.flatMap((one) => {
      const of = running.get(one.window);
      return of === undefined ? [] : [asRunning(one, of)];
    });
    const against = refusal(window, found.windows, begun, now);
    if (against !== null) return against;
    return {
      is: 'change',
      window,
      cancelledAt: null,
      facts: afterEdit(window, found.occurrences, by, now),
      plan: (all) => following(window, all, now),
    };
  });
  return settled(door, by, version === 0 ? 'saved' : 'edited', what, changed, own);
}

export async function skip(door: Door, by: Person, id: string, own: string): Promise<WindowChanged | Refused> {
  const found = await occurrenceNamed(door, id);
  if ('is' in found) return found;
  const { occurrence, stored } = found;
  const { date } = occurrence;
  const what = `skip window ${stored.window.id} of ${namesOf(stored.window)} on ${date}`;
  const no = await notFor(door, by, stored.window.apps, what);
  if (no !== null) return no;
  const now = door.clock.now();
  const changed = await door.store.windows.change(
    stored.window.id,
    { expected: stored.version, at: now },
    ({ stored: is, occurrences }) => {
      const one = occurrences.find((other) => other.id === id);
      if (is === null || one === undefined) return unknown;
      const against = standsAgainst('skip', one);
      if (against !== null) return against;
      // The day of the rule does not come any more, whatever is edited.
      const exceptions = [...is.window.exceptions.filter((other) => other.date !== date), skipped(date)];
      const window: Window = { ...is.window, ...(is.window.when.is === 'rule' ? { exceptions } : {}) };
      const fact: Fact = { is: 'skipped', at: now, by };
      return {
        is: 'change',
        window,
        // What comes once and is skipped never comes.
        cancelledAt: window.when.is === 'once' ? now : null,
        facts: [{ occurrence: id, fact }],
        plan: (all) => (window.when.is === 'once' ? null : following(window, all, now)),
      };
    },
  );
  return settled(door, by, 'skipped', what, changed, own);
}

export async function cancelWindow(door: Door, by: Person, id: string, own: string): Promise<WindowChanged | Refused> {
  const stored = await door.store.windows.load(id);
  if (stored === null) return refused(unknown.says, unknown.remedy);
  const what = `cancel window ${id} of ${namesOf(stored.window)}`;
  const no = await notFor(door, by, stored.window.apps, what);
  if (no !== null) return no;
  if (stored.cancelledAt !== null)
    return writtenDown(
      door,
      by,
      what,
      refused('This window was cancelled already.', '/maint windows lists the others.'),
    );
  const now = door.clock.now();
  const changed = await door.store.windows.change(
    id,
    { expected: stored.version, at: now },
    ({ stored: is, occurrences }) => {
      if (is === null) return unknown;
      // Of those that were missed only the last can still be asked about, and only as long as no other comes.
      const can = occurrences.filter((one) => standsAgainst('cancel', one) === null);
      const toCome = can.filter(({ state }) => state !== 'missed');
      const open = toCome.length > 0 ? toCome : can.slice(-1);
      const begun = occurrences.find(({ state }) => state === 'started');
      // What has begun goes on; what comes after it does not.
      if (begun !== undefined && open.length === 0 && is.window.when.is === 'once') {
        return standsAgainst('cancel', begun) ?? unknown;
      }
      return {
        is: 'change',
        window: is.window,
        cancelledAt: now,
        facts: open.map((one) => ({ occurrence: one.id, fact: { is: 'cancelled', at: now, by } })),
        plan: () => null,
      };
    },
  );
  return settled(door, by, 'cancelled', what, changed, own);
}

const unknown = {
  is: 'refused',
  says: 'This window is not known.',
  remedy: '/maint windows lists what is planned.',
} as const;

function skipped(date: string): Window['exceptions'][number] {
  return { is: 'skipped', date };
}

export async function occurrenceNamed(
  door: Door,
  id: string,
): Promise<{ readonly occurrence: Occurrence; readonly seq: number; readonly stored: StoredWindow } | Refused> {
  const found = await door.store.windows.occurrence(id);
  const stored = found === null ? null : await door.store.windows.load(found.occurrence.window);
  if (found === null || stored === null) return refused(unknown.says, unknown.remedy);
  return { ...found, stored };
}

/** Whoever changes a window, or begins it, has to be let in for every app of it. */
export async function notFor(door: Door, by: Person, apps: Window['apps'], what: string): Promise<Refused | null> {
  const named = new Map(apps.map(({ id, name }) => [id, name]));
  for (const [id, name] of named) {
    const entry = await admitted(door, by, 'operate', id, what);
    if (entry.is === 'refused') return named.size === 1 ? entry : refused(`${name}: ${entry.says}`, entry.remedy);
  }
  return null;
}

/** The apps of those that have begun, for they cannot be looked up while the change is decided. */
async function runningWindows(door: Door): Promise<ReadonlyMap<string, Window>> {
  const started = await door.store.windows.occurrencesThatAre(['started']);
  const windows = await Promise.all(started.map(({ occurrence }) => door.store.windows.load(occurrence.window)));
  return new Map(windows.flatMap((one) => (one === null ? [] : [[one.window.id, one.window] as const])));
}

async function settled(
  door: Door,
  by: Person,
  is: WindowChanged['what'],
  what: string,
  changed: Awaited<ReturnType<Door['store']['windows']['change']>>,
  own: string,
): Promise<WindowChanged | Refused> {
  if (changed.is === 'moved') return writtenDown(door, by, what, overtaken());
  if (changed.is === 'refused') return writtenDown(door, by, what, refused(changed.says, changed.remedy));
  await door.store.audit({ at: door.clock.now(), person: by, what, outcome: 'changed', why: null });
  return answer(door, is, changed.stored, changed.occurrences, own);
}

function answer(
  door: Door,
  what: WindowChanged['what'],
  stored: StoredWindow,
  occurrences: readonly Occurrence[],
  own: string,
): WindowChanged {
  return { is: 'window-changed', what, listed: listedOf(stored, occurrences, true, own, door.clock.now()) };
}

async function known(door: Door, id: string): Promise<readonly Occurrence[]> {
  return (await door.store.windows.occurrencesOf(id)).map(({ occurrence }) => occurrence);
}

function samePlan(saved: Window, draft: Omit<WindowDraft, 'version'>): boolean {
  const { id, apps, when, zone, lengthMs } = saved;
  const { id: draftId, apps: draftApps, when: draftWhen, zone: draftZone, lengthMs: draftLength } = draft;
  return isDeepStrictEqual([id, apps, when, zone, lengthMs], [draftId, draftApps, draftWhen, draftZone, draftLength]);
}

function namesOf({ apps }: Pick<Window, 'apps'>): string {
  return apps.map(({ name }) => name).join(', ');
}
