// Planned windows in a terminal: what was understood, what was found, what is listed; and the same as JSON, with times in ISO 8601.
import {
  type Checklist,
  type ChecklistItem,
  checklistTitles,
  type ListedWindow,
  type ListedWindows,
  type WindowChanged,
  type WindowProposal,
  type WindowQuestion,
  type WindowStarted,
} from '../run/windows/reply.ts';
import { runJson } from './json.ts';
import { clean } from './screen.ts';
import { maintCommand } from './words.ts';

const states: Readonly<Record<string, string>> = {
  asked: 'waits for somebody to start it',
  started: 'under way',
  missed: 'missed: it can be started now, or cancelled',
};

const levels: Readonly<Record<ChecklistItem['level'], string>> = {
  good: 'good',
  note: 'to know',
  warning: 'TO LOOK AT',
  unknown: 'NOT KNOWN',
};

export function proposalText({ draft, words }: WindowProposal): string {
  const by =
    draft.startsBy === 'itself' ? 'It begins by itself.' : 'Somebody is asked to begin it when the time has come.';
  const told =
    draft.channels.length === 0 ? 'Nobody is told of it: no channel is named, and MAINT_CHANNEL is not set.' : '';
  return [...words, by, told]
    .filter((line) => line !== '')
    .map(clean)
    .join('\n');
}

export function checklistText({ items }: Checklist): string {
  const lines = items.map(
    ({ app, about, level, found }) =>
      `  ${clean(app.name)}: ${checklistTitles[about]}, ${levels[level]}. ${clean(found)}`,
  );
  return ['', 'As it is now:', ...lines, ''].join('\n');
}

export function questionText({ question }: WindowQuestion): string {
  const readings = question.readings.map(({ answer, words }) => `  ${clean(answer)}: ${clean(words)}`);
  return [clean(question.says), ...readings].join('\n');
}

/** What `maint schedule` was given. */
export interface Scheduling {
  /** Names, with commas between them. */
  readonly apps: string;
  /** As words of the command line. */
  readonly typed: readonly string[];
  /** IANA; the machine's own where null. */
  readonly zone: string | null;
  readonly because: string | null;
  /** Slack channel ids. */
  readonly channels: readonly string[];
  readonly byItself: boolean;
  /** `twice=first`. */
  readonly answers: readonly string[];
  /** ISO 8601: when the text was first read. */
  readonly asOf: string | null;
  readonly yes: boolean;
}

/** The commands that answer it, one a reading: the same text, as of when it was read. */
export function answering(typed: Omit<Scheduling, 'asOf' | 'yes'>, { question, now }: WindowQuestion): string {
  const option = (name: string, values: readonly (string | null)[]): readonly string[] =>
    values.flatMap((value) => (value === null ? [] : [name, value]));
  const lines = question.readings.map(({ answer }) =>
    maintCommand(
      ...['schedule', typed.apps, typed.typed.join(' '), ...option('--zone', [typed.zone])],
      ...option('--because', [typed.because]),
      ...option('--channel', typed.channels),
      ...(typed.byItself ? ['--by-itself'] : []),
      ...option('--answer', [...typed.answers, `${question.id}=${answer}`]),
      ...['--as-of', iso(now)],
    ),
  );
  return ['Say which:', ...lines.map((line) => `  ${line}`)].join('\n');
}

export function listedText({ windows }: ListedWindows): string {
  return windows.length === 0 ? 'No window is planned.' : windows.map(oneText).join('\n\n');
}

function oneText({ window, words, occurrence, may }: ListedWindow): string {
  const apps = window.apps.map(({ name }) => name).join(', ');
  const state = occurrence === null ? undefined : states[occurrence.state];
  const rule = window.when.is === 'rule' && occurrence !== null ? [`next ${utc(occurrence.startAt)}`] : [];
  const can = may.flatMap((one) => (one === 'edit' ? [] : [maintCommand('window', one, window.id)]));
  return [
    `${clean(apps)} [${clean(window.id)}]${state === undefined ? '' : `: ${state}`}`,
    ...[
      ...words,
      ...rule,
      ...(window.reason === null ? [] : [window.reason]),
      `planned by ${window.createdBy.name}`,
    ].map((line) => `  ${clean(line)}`),
    ...can.map((line) => `  ${line}`),
  ].join('\n');
}

const done: Readonly<Record<WindowChanged['what'], string>> = {
  saved: 'Planned',
  edited: 'Changed',
  skipped: 'Skipped, this one time',
  cancelled: 'Cancelled, with all that was to come',
};

export function changedText({ what, listed }: WindowChanged): string {
  const { window, occurrence } = listed;
  const apps = window.apps.map(({ name }) => name).join(', ');
  const next = occurrence === null || what === 'cancelled' ? '' : ` It comes ${utc(occurrence.startAt)}.`;
  return clean(`${done[what]}: the window of ${apps} [${window.id}].${next}`);
}

export function startedText({ runs, refused }: WindowStarted): string {
  return [
    ...runs.map(({ app }) => `The maintenance of ${app.name} has begun.`),
    ...refused.map(({ app, says, remedy }) => `${app.name} was left out: ${says} ${remedy}`),
  ]
    .map(clean)
    .join('\n');
}

export function windowJson({ window, version, words, occurrence, may }: ListedWindow) {
  const { createdAt, changedAt, when, ...its } = window;
  return {
    ...its,
    when: when.is === 'once' ? { is: when.is, startAt: iso(when.startAt) } : when,
    createdAt: iso(createdAt),
    changedAt: iso(changedAt),
    version,
    words,
    occurrence:
      occurrence === null
        ? null
        : {
            id: occurrence.id,
            state: occurrence.state,
            startAt: iso(occurrence.startAt),
            endAt: iso(occurrence.endAt),
            runs: occurrence.runs,
          },
    may,
  };
}

export function startedJson({ window, occurrence, runs, refused }: WindowStarted) {
  return { window: window.id, occurrence: occurrence.id, runs: runs.map(runJson), refused };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function utc(at: number): string {
  return `${iso(at).slice(0, 16).replace('T', ' ')} UTC`;
}
