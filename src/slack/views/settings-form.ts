// The settings of an app as a form: a field or two a key, with what holds now; and what a filled-in form means as input for the
// settings. What is right is said by `run/commands/settings-input`, and shown beside the field that it is about. Pure.
import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import type { Json } from '../../model/json.ts';
import type { QueueSetting, Settings } from '../../model/settings.ts';
import type { AppSettings, SettingsChange } from '../../run/commands/reply.ts';
import type { Problem, SettingsInput } from '../../run/commands/settings-input.ts';
import { spelt } from '../../run/commands/settings-words.ts';
import { context, section } from './blocks.ts';
import { modal, selectInput, textInput } from './modal.ts';
import { code, count, said } from './text.ts';

export const SETTINGS = 'settings';
/** Of one field, as Slack takes it. */
const LONGEST = 3_000;

interface Field {
  /** As a problem with it is named: `observe.samples`. */
  readonly id: string;
  /** Besides what the setting is for. */
  readonly hint?: string;
  readonly optional?: true;
  readonly lines?: true;
  /** Value and words of what can be chosen; any text without. */
  readonly choices?: readonly (readonly [value: string, words: string])[];
}

interface Entry {
  readonly key: keyof Settings;
  readonly fields: readonly Field[];
  /** One text a field. */
  readonly holds: (settings: Settings) => readonly string[];
  readonly read: (texts: readonly string[]) => Json;
}

type TimeKey = {
  [K in keyof Settings]: Settings[K] extends number | null ? K : never;
}[keyof Settings];

const LENGTH = 'Such as 30s, 15m or 1h30m';
const yesNo = [
  ['yes', 'Yes'],
  ['no', 'No'],
] as const;

function time(key: TimeKey): Entry {
  return {
    key,
    fields: [{ id: key, hint: LENGTH }],
    holds: (settings) => [orEmpty(settings[key])],
    read: ([text = '']) => text,
  };
}

function timeOrNone(key: TimeKey): Entry {
  return {
    key,
    fields: [{ id: key, hint: `${LENGTH}; empty: none`, optional: true }],
    holds: (settings) => [orEmpty(settings[key])],
    read: ([text = '']) => (text === '' ? null : text),
  };
}

function orEmpty(ms: number | null): string {
  return ms === null ? '' : spelt(ms);
}

function listOf(key: 'clocks' | 'demands', hint: string): Entry {
  return {
    key,
    fields: [{ id: key, hint, optional: true }],
    holds: (settings) => [settings[key].join(', ')],
    read: ([text = '']) => parts(text, /[,\n]/u),
  };
}

function parts(text: string, between: RegExp): string[] {
  return text
    .split(between)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function number(text: string): Json {
  return /^\d{1,12}$/u.test(text) ? Number(text) : text;
}

const roles = ['operators', 'approvers', 'viewers'] as const;
const RETRIES = 'retries';
const DOES_NOT = 'does not retry';
const CATCHES_UP = 'catches up';
const IS_LOST = 'does not catch up';

/** In the order of `settingKeys`, from which a test keeps it from straying. */
export const entries: readonly Entry[] = [
  {
    key: 'variable',
    fields: [
      { id: 'variable.name', hint: 'Empty: off', optional: true },
      { id: 'variable.value', optional: true },
    ],
    holds: ({ variable }) => (variable === 'off' ? ['', ''] : [variable.name, variable.value]),
    read: ([name = '', value = '']) => (name === '' ? 'off' : { name, value }),
  },
  listOf('clocks', 'With commas between them'),
  {
    key: 'web',
    fields: [
      {
        id: 'web',
        choices: [
          ['keep', 'They stay'],
          ['zero', 'Scaled to zero'],
        ],
      },
    ],
    holds: ({ web }) => [web],
    read: ([text = '']) => text,
  },
  time('drainCap'),
  timeOrNone('abortIfOlderThan'),
  time('releaseCap'),
  time('patience'),
  {
    key: 'queues',
    fields: [
      {
        id: 'queues',
        hint: 'One a line: the system, the config var with its address, and what else has to be said: sidekiq REDIS_URL queues=default,mail. Also as JSON',
        optional: true,
        lines: true,
      },
    ],
    holds: ({ queues }) => [queuesText(queues)],
    read: ([text = '']) => readQueues(text),
  },
  {
    key: 'database',
    fields: [{ id: 'database', hint: 'Such as DATABASE_URL; empty: none', optional: true }],
    holds: ({ database }) => [database ?? ''],
    read: ([text = '']) => (text === '' ? null : text),
  },
  {
    key: 'observe',
    fields: [
      { id: 'observe.for', hint: LENGTH },
      { id: 'observe.samples', hint: 'At least so many looks, from 1 to 60' },
    ],
    holds: ({ observe }) => [spelt(observe.for), String(observe.samples)],
    read: ([length = '', samples = '']) => ({ for: length, samples: number(samples) }),
  },
  listOf('demands', 'Such as Database; with commas between them'),
  {
    key: 'stopStrays',
    fields: [{ id: 'stopStrays', choices: yesNo }],
    holds: ({ stopStrays }) => [stopStrays ? 'yes' : 'no'],
    read: ([text]) => text === 'yes',
  },
  time('canary'),
  {
    key: 'backlog',
    fields: [
      { id: 'backlog.jobs', hint: 'Both empty: nobody is asked', optional: true },
      { id: 'backlog.age', hint: LENGTH, optional: true },
    ],
    holds: ({ backlog }) => (backlog === null ? ['', ''] : [String(backlog.jobs), spelt(backlog.age)]),
    read: ([jobs = '', age = '']) =>
      jobs === '' && age === ''
        ? null
        : { ...(jobs === '' ? {} : { jobs: number(jobs) }), ...(age === '' ? {} : { age }) },
  },
  {
    key: 'health',
    fields: [{ id: 'health', hint: 'An address; empty: none', optional: true }],
    holds: ({ health }) => [health ?? ''],
    read: ([text = '']) => (text === '' ? null : text),
  },
  time('watchAfter'),
  time('length'),
  time('remindEvery'),
  time('startExpires'),
  time('emergencyWait'),
  {
    key: 'senders',
    fields: [
      {
        id: 'senders',
        hint: `One a line, each with whether its calls come again: "Stripe: ${RETRIES}" or "Old ERP: ${DOES_NOT}"`,
        optional: true,
        lines: true,
      },
    ],
    holds: ({ senders }) => [senders.map(({ name, retries }) => `${name}: ${retries ? RETRIES : DOES_NOT}`).join('\n')],
    read: ([text = '']) => parts(text, /\n/u).map(sender),
  },
  {
    key: 'criticalJobs',
    fields: [
      {
        id: 'criticalJobs',
        hint: `One a line, by a part of its command: "rake billing: ${IS_LOST}" or "rake search:index: ${CATCHES_UP}"`,
        optional: true,
        lines: true,
      },
    ],
    holds: ({ criticalJobs }) => [
      criticalJobs.map(({ job, catchesUp }) => `${job}: ${catchesUp ? CATCHES_UP : IS_LOST}`).join('\n'),
    ],
    read: ([text = '']) => parts(text, /\n/u).map(criticalJob),
  },
  {
    key: 'approvals',
    fields: [
      { id: 'approvals.count', hint: 'So many different people, from 1 to 10' },
      { id: 'approvals.asker', hint: 'Whether the one who asked for it counts', choices: yesNo },
    ],
    holds: ({ approvals }) => [String(approvals.count), approvals.asker ? 'yes' : 'no'],
    read: ([times = '', asker]) => ({ count: number(times), asker: asker === 'yes' }),
  },
  {
    key: 'who',
    fields: roles.map((role) => ({
      id: `who.${role}`,
      hint: 'Ids with commas between them: U… a person, S… a user group, C… a channel, cli:NAME, everybody',
      optional: true,
    })),
    holds: ({ who }) => roles.map((role) => who[role].join(', ')),
    read: (texts) => Object.fromEntries(roles.map((role, n) => [role, parts(texts[n] ?? '', /[,\s]/u)])),
  },
];

function sender(line: string): Json {
  const found = /^(.*?)\s*:\s*(retries|does not retry)$/iu.exec(line);
  if (found === null) return { name: line };
  return { name: found[1] ?? '', retries: found[2]?.toLowerCase() === RETRIES };
}

function criticalJob(line: string): Json {
  const found = /^(.*?)\s*:\s*(catches up|does not catch up)$/iu.exec(line);
  if (found === null) return { job: line };
  return { job: found[1] ?? '', catchesUp: found[2]?.toLowerCase() === CATCHES_UP };
}

function queuesText(queues: readonly QueueSetting[]): string {
  const texts = queues.map(queueLine);
  return texts.some((text) => text === null) ? JSON.stringify(queues) : texts.join('\n');
}

/** Null where a line cannot tell it. */
function queueLine({ system, at, prefix, schema, queues, pauses }: QueueSetting): string | null {
  const words = [at, prefix ?? '', schema ?? ''];
  const names = queues ?? [];
  if (words.some((word) => /\s/u.test(word)) || names.some((name) => /[\s,]/u.test(name))) return null;
  if (queues !== undefined && queues.length === 0) return null;
  return [
    system,
    at,
    ...(prefix === undefined ? [] : [`prefix=${prefix}`]),
    ...(schema === undefined ? [] : [`schema=${schema}`]),
    ...(queues === undefined ? [] : [`queues=${names.join(',')}`]),
    ...(pauses === undefined ? [] : [`pauses=${pauses ? 'yes' : 'no'}`]),
  ].join(' ');
}

function readQueues(text: string): Json {
  if (text.startsWith('[')) {
    try {
      const parsed: Json = JSON.parse(text);
      return parsed;
    } catch {
      return text;
    }
  }
  return parts(text, /\n/u).map((line) => {
    const [system = '', at, ...more] = parts(line, /\s/u);
    return { system, ...(at === undefined ? {} : { at }), ...Object.fromEntries(more.map(named)) };
  });
}

function named(word: string): [string, Json] {
  const [, name = word, value = ''] = /^([^=]+)=(.*)$/su.exec(word) ?? [];
  if (name === 'queues') return [name, parts(value, /,/u)];
  if (name === 'pauses' && /^(?:yes|no|true|false)$/iu.test(value)) return [name, /^(?:yes|true)$/iu.test(value)];
  return [name, value];
}

/** `carries`: whatever has to come back with it. */
export function settingsForm({ app, lines, settings, underWay }: AppSettings, carries: string): ModalView {
  const told = new Map(lines.map((line) => [line.key, line]));
  const asked = entries.flatMap((entry): KnownBlock[] => {
    const texts = entry.holds(settings);
    const { about = '', own = false } = told.get(entry.key) ?? {};
    if (texts.some((text) => text.length > LONGEST)) {
      return [section(`${code(entry.key)} is too long for a form: the terminal shows and changes it.`)];
    }
    return entry.fields.map((field, n) =>
      input(field, texts[n] ?? '', `${about}${own ? '' : ' (default)'}`, n === 0 ? '' : ' …'),
    );
  });
  const now = underWay ? ' A maintenance is under way: it goes on with the settings that it was begun with.' : '';
  return modal({
    form: SETTINGS,
    title: 'Settings',
    submit: 'Save',
    close: 'Cancel',
    carries,
    blocks: [section(`How the next maintenance of *${said(app.name, 60)}* behaves.${now}`), ...asked],
  });
}

function input(field: Field, holds: string, about: string, more: string): InputBlock {
  const { id, hint, optional = false, lines = false, choices } = field;
  const words = [`${about}${more}`, hint].filter((part) => part !== undefined && part !== '').join('. ');
  const asking = { id, label: id, hint: words, optional };
  return choices === undefined
    ? textInput({ ...asking, holds, lines })
    : selectInput({ ...asking, holds, choices: choices.map(([value, chosen]) => ({ value, words: chosen })) });
}

/** What was changed in a form that showed these settings. `typed`: by the id of the field, trimmed. */
export function settingsInput(settings: Settings, typed: (id: string) => string): SettingsInput {
  const set: Record<string, Json> = {};
  for (const entry of entries) {
    const before = entry.holds(settings);
    if (before.some((text) => text.length > LONGEST)) continue;
    const texts = entry.fields.map(({ id }) => typed(id));
    if (texts.some((text, n) => text !== before[n]?.trim())) set[entry.key] = entry.read(texts);
  }
  return { set, reset: [] };
}

/** Each problem at its field: `queues[0].system` is one of `queues`, `observe` one of `observe.for`. */
export function problemsByField(problems: readonly Problem[]): Record<string, string> {
  const ids = entries.flatMap(({ fields }) => fields.map(({ id }) => id));
  const errors: Record<string, string> = {};
  for (const { key, should, got } of problems) {
    const within = ids.filter((id) => key === id || key.startsWith(`${id}.`) || key.startsWith(`${id}[`));
    const [longest] = within.toSorted((a, b) => b.length - a.length);
    const id = longest ?? ids.find((one) => one.startsWith(`${key}.`));
    if (id === undefined) continue;
    const which = key === id ? '' : `${key} `;
    const says = `${which}${should}${got === null ? '' : `, got ${got}`}`;
    errors[id] = errors[id] === undefined ? says : `${errors[id]}; ${says}`;
  }
  return errors;
}

export function settingsSaved({ app, saved, changes, underWay }: SettingsChange): ModalView {
  const name = said(app.name, 60);
  const lines = changes.map(
    ({ key, from, to }) => `• ${code(key)}: ${said(from, 200)} → *${said(to, 200).replaceAll('*', '')}*`,
  );
  const first = saved
    ? `✅ ${count(changes.length, 'setting')} of *${name}* changed.`
    : `Nothing of *${name}* was changed: everything was so already.`;
  return modal({
    title: 'Settings',
    last: true,
    blocks: [
      section(first),
      ...lines.map((line) => section(line)),
      ...(underWay
        ? [context('The maintenance that is under way goes on with the settings that it was begun with.')]
        : []),
    ],
  });
}
