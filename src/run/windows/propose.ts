// What a person wants as a window, read back before anything is saved: a draft with its words, a question where there are several
// readings, or what stands against it.
import { randomBytes } from 'node:crypto';
import type { Person } from '../../model/person.ts';
import { announceBeforeDefault, type Window } from '../../model/window.ts';
import type { StoredWindow } from '../../store/windows.ts';
import { refusal } from '../../windows/overlaps.ts';
import { planWords } from '../../windows/plan-words.ts';
import { type Plan, when } from '../../windows/when.ts';
import { zoneNamed } from '../../windows/zone.ts';
import { admittedByName } from '../commands/admission.ts';
import { type Door, findApp, refused, troubleAsAnswer } from '../commands/door.ts';
import type { Refused } from '../commands/reply.ts';
import { settingsFor } from '../commands/settings.ts';
import { WindowDraft, type WindowProposal, type WindowQuestion, type WindowRequest } from './reply.ts';
import { runningOf } from './running.ts';

const MOST_APPS = 20;
const LONGEST_REASON = 500;

export async function proposeWindow(
  door: Door,
  by: Person,
  request: WindowRequest,
): Promise<WindowProposal | WindowQuestion | Refused> {
  const wrong = wrongWith(request);
  if (wrong !== null) return wrong;
  const names = [...new Set(request.apps.map((name) => name.trim()).filter((name) => name !== ''))];
  // A form holds the names as they were: renamed since, it is still the same app, whoever has its name by now.
  const before = request.changes === null ? null : await door.store.windows.load(request.changes.id);
  const idOf = (name: string): string => before?.window.apps.find((app) => app.name === name)?.id ?? name;
  for (const name of names) {
    const entry = await admittedByName(door, by, 'operate', idOf(name), `schedule ${name}`);
    if (entry.is === 'refused') return entry;
  }
  return troubleAsAnswer(door, async (): Promise<WindowProposal | WindowQuestion | Refused> => {
    const changed = await changedBy(door, request);
    if (changed !== null && 'is' in changed) return changed;
    const now = request.now ?? door.clock.now();
    const plan = planOf(request, changed, now);
    if (plan.is !== 'understood') return plan;
    const apps: Window['apps'] = [];
    for (const name of names) {
      const found = await findApp(door, idOf(name), 'person');
      if ('is' in found) return found;
      if (!apps.some(({ id }) => id === found.id)) apps.push({ id: found.id, name: found.name });
    }
    const lengthMs = plan.plan.lengthMs ?? request.lengthMs ?? changed?.window.lengthMs ?? (await usual(door, apps));
    if (typeof lengthMs !== 'number') return lengthMs;
    return proposed(door, request, { ...plan.plan, lengthMs }, apps, changed);
  });
}

async function proposed(
  door: Door,
  request: WindowRequest,
  plan: Plan & { readonly lengthMs: number },
  apps: Window['apps'],
  changed: StoredWindow | null,
): Promise<WindowProposal | Refused> {
  const { when: at, zone, lengthMs } = plan;
  const channels =
    request.channels.length > 0 || door.defaultChannel === null
      ? request.channels
      : [{ id: door.defaultChannel, notices: 'full' as const }];
  const draft = WindowDraft.safeParse({
    id: changed?.window.id ?? newWindowId(),
    version: changed?.version ?? 0,
    ...{ apps, when: at, zone, lengthMs, channels },
    reason: request.reason === null || request.reason.trim() === '' ? null : request.reason.trim(),
    leads: [...request.leads],
    startsBy: request.startsBy,
    announceBefore: [...(request.announceBefore ?? announceBeforeDefault)],
  });
  if (!draft.success) {
    return refused(
      `This cannot be a window: ${draft.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}.`,
      'A window is 1 minute to 24 hours long, and is announced up to 10 times before it begins, each a minute before at least.',
    );
  }
  const now = door.clock.now();
  const stored = (await door.store.windows.toCome()).map(({ window }) => window);
  const candidate = { ...draft.data, exceptions: changed?.window.exceptions ?? [] };
  const against = refusal(candidate, stored, await runningOf(door), now);
  if (against !== null) return refused(against.says, against.remedy);
  return { is: 'window-proposal', draft: draft.data, words: planWords(plan, request.own, now) };
}

function wrongWith(request: WindowRequest): Refused | null {
  const { apps, zone, own, reason } = request;
  if (apps.every((name) => name.trim() === '')) {
    return refused('Expected the name of an app, got none.', 'Like this: /maint schedule shop sunday 1am for 2h.');
  }
  if (apps.length > MOST_APPS) {
    return refused(`A window has ${MOST_APPS} apps at most, got ${apps.length}.`, 'Make two windows of it.');
  }
  for (const name of [zone, own]) {
    if (zoneNamed(name) !== null) continue;
    return refused(`There is no time zone called "${name.slice(0, 60)}".`, 'Give one like Europe/Berlin or UTC.');
  }
  if (reason !== null && reason.length > LONGEST_REASON) {
    return refused(`A reason has ${LONGEST_REASON} characters at most, got ${reason.length}.`, 'Link to the rest.');
  }
  return null;
}

function planOf(
  { typed, zone, answers }: WindowRequest,
  changed: StoredWindow | null,
  now: number,
): { readonly is: 'understood'; readonly plan: Plan } | WindowQuestion | Refused {
  if (typed === null) {
    if (changed === null) return refused('Expected when the window is, got nothing.', 'Like this: sunday 1am for 2h.');
    const { window } = changed;
    return { is: 'understood', plan: { when: window.when, zone: window.zone, lengthMs: null } };
  }
  const read = when(typed, { now, zone, answers });
  switch (read.is) {
    case 'understood':
      return read;
    case 'question':
      return { is: 'window-question', question: read, now };
    case 'wrong':
      return refused(read.says, read.remedy);
  }
}

/** Null for a new one. */
async function changedBy(door: Door, { changes }: WindowRequest): Promise<StoredWindow | Refused | null> {
  if (changes === null) return null;
  const stored = await door.store.windows.load(changes.id);
  if (stored === null) return refused('This window is not known.', '/maint windows lists what is planned.');
  if (stored.cancelledAt !== null)
    return refused('This window was cancelled.', 'Plan another one with /maint schedule.');
  return stored.version === changes.version ? stored : overtaken();
}

export function overtaken(): Refused {
  return refused(
    'Somebody has changed this window since you looked: nothing of yours was saved.',
    '/maint windows shows it as it is now.',
  );
}

/** As long as a maintenance of the first app is where nobody says anything. */
async function usual(door: Door, [first]: Window['apps']): Promise<number | Refused> {
  if (first === undefined) return door.settings.length;
  const settings = await settingsFor(door, first);
  return 'is' in settings ? settings : settings.length;
}

/** Read out as seldom as a run's: only buttons carry it. */
function newWindowId(): string {
  return `w${randomBytes(6).toString('hex')}`;
}
