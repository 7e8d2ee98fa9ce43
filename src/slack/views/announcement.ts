// What a channel is told of a planned window: one message each. Each says by itself which apps and when, for a thread is read
// from its end; the first one says everything.
import { unreachable } from '../../errors.ts';
import { samePerson } from '../../model/person.ts';
import type { Fact, Occurrence, Window } from '../../model/window.ts';
import type { ToSay } from '../../run/windows/announcing.ts';
import { type ChecklistItem, checklistTitles } from '../../run/windows/reply.ts';
import { lengthWords, spanWords } from '../../windows/day-words.ts';
import { startNow } from '../window-buttons.ts';
import { actions, context, type Drawn, lines, message, section } from './blocks.ts';
import { duration, named, said, sentence, time, userLink } from './text.ts';

type Say = Pick<ToSay, 'window' | 'occurrence' | 'announcement' | 'late' | 'notices' | 'checklist'>;

/** What who does not follow the thread has to see too. */
export function isForAll({ kind }: ToSay['announcement']): boolean {
  return !['quiet', 'restoring', 'extended', 'planned'].includes(kind);
}

export function announcement(say: Say): Drawn {
  const { window, occurrence } = say;
  const text = `${headline(say)}${calls(say)}`;
  const late = say.late === null ? [] : [context(`Told ${duration(say.late)} late.`)];
  const start = startable(say) ? actions([startNow(occurrence.id, appNames(window))]) : [];
  if (say.notices === 'short' && start.length === 0) return message(text, { top: [section(text)], middle: late });
  const details = [
    ...(say.announcement.kind === 'planned' ? whole(window, occurrence.startAt, occurrence.endAt) : []),
    ...(say.checklist === null ? [] : checklistLines(say.checklist)),
  ];
  return message(text, { top: [section(text)], middle: [...lines(details), ...late], bottom: start });
}

/** Who leads it, where it waits for a person. */
function calls({ announcement: { kind }, window, occurrence }: Say): string {
  const { leads } = window;
  const waits = kind === 'asked' || kind === 'missed' || (kind === 'overrun' && !isTurned(window, occurrence));
  return waits && leads.length > 0 ? ` Led by ${leads.map(userLink).join(', ')}.` : '';
}

function startable({ announcement: { kind }, occurrence: { state } }: Say): boolean {
  return (kind === 'asked' && state === 'asked') || (kind === 'missed' && state === 'missed');
}

/** Escaped. */
function headline({ window, occurrence, announcement: { kind, fact } }: Say): string {
  const apps = `*${said(appNames(window), 300)}*`;
  const from = time(occurrence.startAt);
  const until = time(occurrence.endAt);
  const long = lengthWords(occurrence.endAt - occurrence.startAt);
  const itself = window.startsBy === 'itself' ? 'It begins by itself.' : 'Somebody is asked to begin it.';
  switch (kind) {
    case 'planned':
      return `🗓️ Maintenance of ${apps} is planned: ${from} to ${until} (${long}).`;
    case 'before':
      return `⏰ Maintenance of ${apps} begins ${from}, until ${until}. ${itself}`;
    default:
      return fact === null
        ? `Maintenance of ${apps}.`
        : told(fact, window, { apps, from, until, turned: isTurned(window, occurrence) });
  }
}

interface Words {
  readonly apps: string;
  readonly from: string;
  readonly until: string;
  /** Nobody need do anything for it to come back. */
  readonly turned: boolean;
}

function isTurned({ apps }: Window, { facts }: Occurrence): boolean {
  return apps.every(({ id }) =>
    facts.some((fact) => ['restoring', 'restored', 'called-off'].includes(fact.is) && 'app' in fact && fact.app === id),
  );
}

function told(fact: Fact, window: Window, { apps, from, until, turned }: Words): string {
  switch (fact.is) {
    case 'asked': {
      const why = fact.why === undefined ? '' : ` It did not begin by itself: ${said(sentence(fact.why), 400)}`;
      return `🔔 Maintenance of ${apps} was planned for ${from} and waits for somebody to start it.${why}`;
    }
    case 'started':
      return `▶️ Maintenance of ${apps} has begun${fact.by === undefined ? ', as planned' : `, started by ${named(fact.by)}`}. Planned end ${until}.`;
    case 'quiet':
      return `🔒 ${appOf(window, fact.app)} is quiet since ${time(fact.at)}. Planned end ${until}.`;
    case 'restoring':
      return `↩️ ${appOf(window, fact.app)} is being brought back since ${time(fact.at)}.`;
    case 'restored':
      return `✅ ${appOf(window, fact.app)} is back since ${time(fact.at)}.`;
    case 'called-off':
      return `🚫 Maintenance of ${appOf(window, fact.app)} was called off; nothing was changed.${because(fact.why)}`;
    case 'extended':
      return `➕ Maintenance of ${apps} is extended until ${time(fact.endAt)}.`;
    case 'moved':
      return `🗓️ Maintenance of ${apps} is moved: ${time(fact.startAt)} to ${time(fact.endAt)}.`;
    case 'overrun':
      return `⚠️ Maintenance of ${apps} is over its planned end (${until}). ${turned ? 'It is being brought back.' : 'Nothing opens by itself: Resume or Extend on its card.'}`;
    case 'skipped':
      return `⏭️ Maintenance of ${apps} ${from} does not take place: ${named(fact.by)} skipped it.`;
    case 'cancelled':
      return `🚫 Maintenance of ${apps} ${from} does not take place: ${named(fact.by)} cancelled it.`;
    case 'missed': {
      const more = fact.also === 0 ? '' : ` ${fact.also} more passed meanwhile.`;
      const why = fact.why === 'down' ? 'maint was not running then' : 'nobody started it';
      return `❗ Maintenance of ${apps} planned for ${from} was missed: ${why}.${more} It does not begin by itself any more.`;
    }
    case 'ended':
      return `Maintenance of ${apps} has ended.`;
    default:
      return unreachable(fact);
  }
}

function because(why: string | undefined): string {
  return why === undefined ? '' : ` ${said(sentence(why), 400)}`;
}

const marks: Readonly<Record<ChecklistItem['level'], string>> = { good: '✅', note: 'ℹ️', warning: '⚠️', unknown: '❔' };
const inWords: Readonly<Record<ChecklistItem['level'], string>> = {
  good: 'good',
  note: 'to know',
  warning: 'to look at',
  unknown: 'not known',
};

/** Escaped; nothing of it is told by the sign alone. */
function checklistLines(items: readonly ChecklistItem[]): string[] {
  const several = new Set(items.map(({ app }) => app.id)).size > 1;
  return items.map(({ app, about, level, found }) => {
    const of = several ? `${said(app.name, 60)}: ` : '';
    return `${marks[level]} *${of}${checklistTitles[about]}*, ${inWords[level]}: ${said(found, 500)}`;
  });
}

function whole(window: Window, startAt: number, endAt: number): string[] {
  const zones = [...new Set([window.zone, 'UTC'])];
  return [
    ...zones.map((zone) => spanWords(zone, startAt, endAt - startAt)),
    `Reason: ${window.reason === null ? 'none given' : said(window.reason, 500)}`,
    `Planned by ${named(window.createdBy)}${changedBy(window)}`,
    ...(window.leads.length === 0 ? [] : [`Led by ${window.leads.map(userLink).join(', ')}`]),
    window.startsBy === 'itself' ? 'It begins by itself.' : 'Somebody is asked to begin it when the time has come.',
  ];
}

function changedBy({ createdBy, savedBy }: Window): string {
  return savedBy === undefined || samePerson(savedBy, createdBy) ? '' : `, changed by ${named(savedBy)}`;
}

/** Not escaped. */
function appNames({ apps }: Window): string {
  return apps.map(({ name }) => name).join(', ');
}

function appOf({ apps }: Window, id: string): string {
  return `*${said(apps.find((app) => app.id === id)?.name ?? id, 60)}*`;
}
