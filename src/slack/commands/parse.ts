// What a person typed after /maint: one of the commands, or what would have been right. Pure; it knows no app and no run.
import { closest, distance } from 'fastest-levenshtein';
import { LEAST, type Length, lengthAtStart, MOST } from '../../windows/duration.ts';
import { appName } from './app-name.ts';
import { type RunCommand, runCommand } from './run.ts';
import { type ScheduleCommand, scheduleCommand } from './schedule.ts';
import { asText } from './slack-text.ts';

export type Parsed =
  | { readonly is: 'plan' | 'resume' | 'abort' | 'settings'; readonly app: string }
  /** `length`: milliseconds, null where none was given. */
  | { readonly is: 'start'; readonly app: string; readonly length: number | null; readonly because: string | null }
  | { readonly is: 'status' | 'history' | 'windows'; readonly app: string | null }
  /** One maintenance of an app. `run`: its id, or `last`. */
  | { readonly is: 'trail'; readonly app: string; readonly run: string }
  | { readonly is: 'break-glass'; readonly app: string; readonly because: string }
  /** `by`: milliseconds. */
  | { readonly is: 'extend'; readonly app: string; readonly by: number }
  | { readonly is: 'help' }
  | RunCommand
  | ScheduleCommand
  | Wrong;

export interface Wrong {
  readonly is: 'wrong';
  readonly says: string;
  readonly remedy: string;
}

export const verbs = [
  'plan',
  'start',
  'status',
  'history',
  'schedule',
  'windows',
  'run',
  'resume',
  'abort',
  'extend',
  'break-glass',
  'settings',
  'help',
] as const;
type Verb = (typeof verbs)[number];

/** Words that mean one of ours but are too far from it to be a slip of the finger. */
const means = new Map<string, Verb>([
  ['begin', 'start'],
  ['pause', 'start'],
  ['freeze', 'start'],
  ['on', 'start'],
  ['open', 'resume'],
  ['unpause', 'resume'],
  ['finish', 'resume'],
  ['restore', 'resume'],
  ['end', 'resume'],
  ['stop', 'resume'],
  ['done', 'resume'],
  ['off', 'resume'],
  ['approve', 'resume'],
  ['cancel', 'abort'],
  ['list', 'status'],
  ['show', 'status'],
  ['ls', 'status'],
  ['log', 'history'],
  ['last', 'history'],
  ['past', 'history'],
  ['window', 'windows'],
  ['planned', 'windows'],
  ['upcoming', 'windows'],
  ['calendar', 'windows'],
  ['check', 'plan'],
  ['preview', 'plan'],
  ['exec', 'run'],
  ['execute', 'run'],
  ['prolong', 'extend'],
  ['breakglass', 'break-glass'],
  ['glass', 'break-glass'],
  ['override', 'break-glass'],
  ['longer', 'extend'],
  ['config', 'settings'],
  ['configure', 'settings'],
  ['?', 'help'],
  ['usage', 'help'],
  ['--help', 'help'],
  ['-h', 'help'],
]);

const usage: Readonly<Record<Verb, string>> = {
  plan: '/maint plan APP',
  start: '/maint start APP [for 30m] [because REASON]',
  status: '/maint status [APP]',
  history: '/maint history [APP] [RUN]',
  schedule: '/maint schedule [APP] [WHEN] [for 2h] [because REASON]',
  windows: '/maint windows [APP]',
  run: '/maint run APP [--size=SIZE] -- COMMAND',
  resume: '/maint resume APP',
  abort: '/maint abort APP',
  extend: '/maint extend APP [by 15m]',
  'break-glass': '/maint break-glass APP because REASON',
  settings: '/maint settings APP',
  help: '/maint help',
};

const EXTENSION = 15 * 60_000;
const LONGEST_REASON = 500;

export function parse(text: string): Parsed {
  const { first, rest } = split(tidy(text));
  if (first === '') return { is: 'help' };
  const word = first.toLowerCase();
  const verb = verbs.find((known) => known === word) ?? (means.get(word) === 'help' ? 'help' : undefined);
  if (verb === undefined) return unknown(word, rest);
  if (verb === 'help') return { is: 'help' };
  if (verb === 'run') return runCommand(text);
  if (verb === 'schedule') return scheduleCommand(rest);
  const { first: named, rest: after } = split(rest.replace(/^(?:--app|-a)[\s=]+/iu, ''));
  if (named === '') return mayBeAll(verb) ? { is: verb, app: null } : missing(verb);
  if ((verb === 'start' && clauseOf(named) !== null) || (verb === 'extend' && named.toLowerCase() === 'by')) {
    return missing(verb);
  }
  const app = appName(named);
  if (app.is === 'wrong') return app;
  switch (verb) {
    case 'start':
      return start(app.name, after);
    case 'extend':
      return extend(app.name, after);
    case 'break-glass':
      return breakGlass(app.name, after);
    case 'history':
      return oneOrAll(app.name, after);
    default:
      return after === '' ? { is: verb, app: app.name } : leftOver(verb, after);
  }
}

function oneOrAll(app: string, text: string): Parsed {
  const { first, rest } = split(text);
  if (first === '') return { is: 'history', app };
  const run = first.toLowerCase();
  if (rest !== '' || !/^(?:last|m[0-9a-z]{10})$/u.test(run)) return leftOver('history', text);
  return { is: 'trail', app, run };
}

function mayBeAll(verb: Verb): verb is 'status' | 'history' | 'windows' {
  return verb === 'status' || verb === 'history' || verb === 'windows';
}

function start(app: string, text: string): Parsed {
  let rest = text;
  let length: number | null = null;
  while (rest !== '') {
    const { first, rest: after } = split(rest);
    const clause = clauseOf(first);
    if (clause === 'because') return because(app, length, after);
    const found = lengthAtStart(clause === 'for' ? after : rest);
    if (found === null) return clause === 'for' ? notALength('for', after) : leftOver('start', rest);
    if (length !== null)
      return { is: 'wrong', says: 'Expected one length, got two.', remedy: `Like this: ${usage.start}.` };
    const wrong = outOfBounds(found.ms);
    if (wrong !== null) return wrong;
    length = found.ms;
    rest = found.rest;
  }
  return { is: 'start', app, length, because: null };
}

/** "because" takes the rest, but for a length at its very end where none was given before. */
function because(app: string, given: number | null, text: string): Parsed {
  const trailing = given === null ? trailingLength(text) : null;
  const wrong = trailing === null ? null : outOfBounds(trailing.ms);
  if (wrong !== null) return wrong;
  const reason = unquote(trailing?.before ?? text);
  if (reason === '')
    return {
      is: 'wrong',
      says: 'Expected a reason after "because", got nothing.',
      remedy: `Like this: ${usage.start}.`,
    };
  return { is: 'start', app, length: given ?? trailing?.ms ?? null, because: shortened(reason) };
}

function breakGlass(app: string, text: string): Parsed {
  const { first, rest } = split(text);
  const reason = unquote(clauseOf(first) === 'because' ? rest : text);
  if (reason === '') {
    return { is: 'wrong', says: 'To open an app alone takes a reason.', remedy: `Like this: ${usage['break-glass']}.` };
  }
  return { is: 'break-glass', app, because: shortened(reason) };
}

function shortened(reason: string): string {
  return reason.length > LONGEST_REASON ? `${[...reason].slice(0, LONGEST_REASON - 1).join('')}…` : reason;
}

function trailingLength(text: string): { ms: number; before: string } | null {
  const at = text.toLowerCase().lastIndexOf(' for ');
  if (at < 0) return null;
  const found: Length | null = lengthAtStart(text.slice(at + 5).trim());
  return found === null || found.rest !== '' ? null : { ms: found.ms, before: text.slice(0, at).trim() };
}

function extend(app: string, text: string): Parsed {
  if (text === '') return { is: 'extend', app, by: EXTENSION };
  const bare = text.replace(/^(?:by|for)\s+/iu, '');
  const found = lengthAtStart(bare);
  if (found === null) return notALength('by', bare);
  if (found.rest !== '') return leftOver('extend', found.rest);
  return outOfBounds(found.ms) ?? { is: 'extend', app, by: found.ms };
}

function clauseOf(word: string): 'for' | 'because' | null {
  const bare = word.toLowerCase().replace(/:$/u, '');
  return bare === 'for' || bare === 'because' ? bare : null;
}

function unknown(word: string, rest: string): Wrong {
  const says = `Expected ${verbs.slice(0, -1).join(', ')} or help, got "${word.slice(0, 40)}".`;
  const { first: second } = split(rest);
  const swapped = verbs.find((verb) => verb === second.toLowerCase());
  if (swapped !== undefined && swapped !== 'help') {
    return { is: 'wrong', says, remedy: `Did you mean "/maint ${swapped} ${word.slice(0, 40)}"?` };
  }
  const near = closest(word, [...verbs]);
  // Two letters swapped are two slips; in a short word two slips make another word.
  const slip = distance(word, near) <= (word.length < 4 ? 1 : 2);
  const meant = means.get(word) ?? (slip ? near : undefined);
  return {
    is: 'wrong',
    says,
    remedy:
      meant === undefined
        ? '/maint help lists what there is.'
        : `Did you mean "/maint ${meant}${rest === '' ? '' : ` ${rest.slice(0, 100)}`}"?`,
  };
}

function missing(verb: Verb): Wrong {
  return {
    is: 'wrong',
    says: `Expected the name of an app after "${verb}", got nothing.`,
    remedy: `Like this: ${usage[verb]}.`,
  };
}

function leftOver(verb: Verb, text: string): Wrong {
  return {
    is: 'wrong',
    says: `Expected nothing more, got "${text.slice(0, 100)}".`,
    remedy: `Like this: ${usage[verb]}.`,
  };
}

function notALength(word: 'for' | 'by', text: string): Wrong {
  const got = text === '' ? 'nothing' : `"${text.slice(0, 60)}"`;
  return {
    is: 'wrong',
    says: `Expected a length of time after "${word}", got ${got}.`,
    remedy: 'Like this: 30m, 1h30m, 90 min, 2 hours.',
  };
}

function outOfBounds(ms: number): Wrong | null {
  if (ms >= LEAST && ms <= MOST) return null;
  return {
    is: 'wrong',
    says: `Expected a length between 1 minute and 24 hours, got ${ms < LEAST ? 'less than a minute' : `${Math.round(ms / 360_000) / 10} hours`}.`,
    remedy: 'Like this: 30m, 1h30m, 90 min, 2 hours.',
  };
}

/** Slack sends `&`, `<` and `>` that were typed as entities, and phones put typographic quotes and spaces in. */
function tidy(text: string): string {
  return text
    .replace(/[\u00a0\u2000-\u200b\u202f\u3000\ufeff]/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
}

function split(text: string): { first: string; rest: string } {
  // One of Slack's own escapes is one word, whatever its label holds.
  const found = /^(<[^>]*>|\S+)\s*(.*)$/su.exec(text);
  return { first: found?.[1] ?? '', rest: found?.[2] ?? '' };
}

function unquote(text: string): string {
  const plain = asText(text).trim();
  const quoted = /^["'“”‘’«»„](.*)["'“”‘’«»]$/su.exec(plain);
  return (quoted?.[1] ?? plain).trim();
}
