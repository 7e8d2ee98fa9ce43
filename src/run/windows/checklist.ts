// What has to be known before a window is saved, and again at its start, each with what was found: whether it could begin, jobs
// that fall into it, those that are critical, whether the limits of the drain leave room, who can let it open again, and how it went the last time.
import type { Inventory, Window } from '../../model/inventory.ts';
import type { Person } from '../../model/person.ts';
import { go } from '../../model/preflight.ts';
import type { Run } from '../../model/run.ts';
import type { Settings } from '../../model/settings.ts';
import type { AppRef, Calling } from '../../model/step.ts';
import { configured, namedFor, type Policy } from '../../policy/policy.ts';
import { dayWords, lengthWords } from '../../windows/day-words.ts';
import { nextTurn } from '../../windows/recurrence.ts';
import { localOf } from '../../windows/zone.ts';
import { admitted, policyOf } from '../commands/admission.ts';
import { contextFor, type Door, refused, troubleAsAnswer } from '../commands/door.ts';
import type { Refused } from '../commands/reply.ts';
import { settingsFor } from '../commands/settings.ts';
import { type Stock, takeInventory } from '../stock.ts';
import { type Checklist, type ChecklistItem, WindowDraft } from './reply.ts';

type Found = Omit<ChecklistItem, 'app'>;

export async function checkWindow(door: Door, by: Person, given: WindowDraft): Promise<Checklist | Refused> {
  const parsed = WindowDraft.safeParse(given);
  if (!parsed.success) return refused('This is no window of this version of maint.', 'Ask for it again.');
  const draft = parsed.data;
  for (const app of draft.apps) {
    const entry = await admitted(door, by, 'operate', app.id, `check window of ${app.name}`);
    if (entry.is === 'refused') return entry;
  }
  const now = door.clock.now();
  const turn = nextTurn({ when: draft.when, zone: draft.zone, exceptions: [] }, now);
  const from = turn?.startAt ?? now;
  const items = await checklistOf(door, draft, { from, to: from + draft.lengthMs }, 'person');
  return { is: 'checklist', at: now, items };
}

/** App by app, for they share the rate limit of the platform. What could not be looked at is told as that. */
export async function checklistOf(
  door: Door,
  { apps, zone }: Pick<WindowDraft, 'apps' | 'zone'>,
  span: Window,
  priority: Calling['priority'],
): Promise<readonly ChecklistItem[]> {
  const policy = await policyOf(door);
  const items: ChecklistItem[] = [];
  for (const app of apps) {
    const found = await troubleAsAnswer(door, () => checked(door, policy, app, zone, span, priority));
    if ('is' in found)
      items.push({ app, about: 'preflight', level: 'unknown', found: `${found.says} ${found.remedy}` });
    else items.push(...found.map((one) => ({ app, ...one })));
  }
  return items;
}

async function checked(
  door: Door,
  policy: Policy,
  app: AppRef,
  zone: string,
  span: Window,
  priority: Calling['priority'],
): Promise<readonly Found[] | Refused> {
  const settings = await settingsFor(door, app);
  if ('is' in settings) return settings;
  const cx = { ...contextFor(door, app, 'plan', priority), settings };
  const stock = await takeInventory(door.platform, cx, span);
  return [
    preflightOf(stock),
    jobsOf(stock.inventory),
    criticalOf(stock.inventory, settings),
    drainOf(stock.inventory, settings),
    approversOf(policy, app, settings),
    lastOf(await door.store.lastOf(app.id), zone),
  ];
}

function preflightOf({ concerns }: Stock): Found {
  const verdict = go(concerns, []);
  const words = concerns.flatMap(({ says, remedy }) => [says, remedy].filter((one) => one !== '').map(sentence));
  if (concerns.length === 0) {
    return { about: 'preflight', level: 'good', found: 'Nothing stands against beginning, as it is now.' };
  }
  return { about: 'preflight', level: verdict.is === 'go' ? 'note' : 'warning', found: words.join(' ') };
}

/** The preflight's words stand in lists elsewhere. */
function sentence(text: string): string {
  const stop = /[.!?]$/u.test(text) ? '' : '.';
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${stop}`;
}

function jobsOf({ entries }: Inventory): Found {
  const jobs = entries.flatMap((entry) => (entry.kind === 'scheduled job' ? [entry] : []));
  const fall = jobs.filter(({ falls }) => falls === true);
  const unknown = jobs.filter(({ falls }) => falls === null);
  if (jobs.length === 0) return { about: 'jobs', level: 'good', found: 'No scheduled jobs were found.' };
  const loose = fall.filter(({ does }) => does !== 'held');
  const names = (some: typeof jobs): string => some.map(({ name }) => name).join(', ');
  const sentences = [
    fall.length === 0 ? 'No scheduled job falls into it.' : `These fall into it: ${names(fall)}.`,
    ...(loose.length === 0 ? [] : [`Not held, and run all the same: ${names(loose)}.`]),
    ...(unknown.length === 0 ? [] : [`Not known whether these fall into it: ${names(unknown)}.`]),
  ];
  const level = loose.length > 0 ? 'warning' : fall.length + unknown.length > 0 ? 'note' : 'good';
  return { about: 'jobs', level, found: sentences.join(' ') };
}

function criticalOf({ entries }: Inventory, { criticalJobs }: Settings): Found {
  if (criticalJobs.length === 0) {
    return {
      about: 'critical',
      level: 'note',
      found: 'No job is named as critical (criticalJobs in /maint settings).',
    };
  }
  const named = entries.flatMap((entry) =>
    entry.kind === 'scheduled job' && entry.critical !== undefined ? [{ ...entry, critical: entry.critical }] : [],
  );
  const falling = named.filter(({ falls }) => falls !== false);
  const lost = falling.filter(({ critical }) => !critical.catchesUp);
  const later = falling.filter(({ critical }) => critical.catchesUp);
  const names = (some: typeof named): string => some.map(({ name }) => name).join(', ');
  if (named.length === 0) {
    const found =
      'Jobs are named as critical, and none was found that has such a command: what they are named by may have changed.';
    return { about: 'critical', level: 'warning', found };
  }
  if (falling.length === 0) return { about: 'critical', level: 'good', found: 'No critical job falls into it.' };
  const sentences = [
    ...(lost.length === 0
      ? []
      : [
          `What falls into it, or may, and does not catch up: ${names(lost)}. Run it by hand afterwards, or take another time.`,
        ]),
    ...(later.length === 0 ? [] : [`What falls into it, or may, and catches up by itself: ${names(later)}.`]),
  ];
  return { about: 'critical', level: lost.length > 0 ? 'warning' : 'note', found: sentences.join(' ') };
}

function drainOf({ limits }: Inventory, { drainCap }: Settings): Found {
  if (limits === null) {
    return {
      about: 'drain',
      level: 'note',
      found: `Jobs at work are waited for ${lengthWords(drainCap)}; how long they take could not be seen.`,
    };
  }
  const longest = `The longest job at work now has been running for ${lengthWords(limits.longest.ms)}; jobs are waited for ${lengthWords(drainCap)}.`;
  if (limits.proposed === null) return { about: 'drain', level: 'good', found: longest };
  return {
    about: 'drain',
    level: 'warning',
    found: `${longest} Better: drainCap of ${lengthWords(limits.proposed.drainCap)} (/maint settings).`,
  };
}

function approversOf(policy: Policy, app: AppRef, { approvals }: Settings): Found {
  const { approvers, operators } = namedFor(policy, app.id);
  const need = `${approvals.count === 1 ? 'One approval opens' : `${approvals.count} approvals open`} it again${approvals.asker ? '' : ', not by who asked'}.`;
  // As `may` has it: where approvers are named, operators do not approve.
  const people = [...new Set(approvers.length === 0 ? operators : approvers)];
  if (people.length === 0 && configured(policy)) {
    return { about: 'approvers', level: 'warning', found: `${need} Nobody is named who can: see MAINT_APPROVERS.` };
  }
  if (people.length === 0) {
    return { about: 'approvers', level: 'note', found: `${need} Nobody is named: everybody of the workspace can.` };
  }
  // How many a group or a channel has only Slack knows, at the click.
  const many = people.some((id) => id === 'everybody' || /^[SCG][A-Z0-9]+$/u.test(id));
  const enough = many || people.length >= approvals.count + (approvals.asker ? 0 : 1);
  return {
    about: 'approvers',
    level: enough ? 'good' : 'warning',
    found: `${need} Named: ${people.join(', ')}.${enough ? '' : ' These are too few.'}`,
  };
}

function lastOf(run: Run | null, zone: string): Found {
  if (run === null) return { about: 'last', level: 'note', found: 'maint has never been used with it.' };
  const day = dayWords(localOf(zone, run.askedAt).date);
  if (run.ended === null) {
    return { about: 'last', level: 'warning', found: `A maintenance is under way since ${day}.` };
  }
  const took = lengthWords(run.ended.at - run.askedAt);
  const over = run.ended.at - run.endsAt;
  const late = over > 60_000 && run.ended.as === 'restored' ? `, ${lengthWords(over)} later than planned` : '';
  const level = run.ended.as === 'restored' && late === '' ? 'good' : 'note';
  const how = run.ended.as === 'restored' ? 'restored' : `cancelled: ${run.ended.why}`;
  return { about: 'last', level, found: `The last one, on ${day}, took ${took}${late} and was ${how}.` };
}
