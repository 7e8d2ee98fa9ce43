// What the form of an app's settings asks, a field or two a key: how what holds now is shown in it, and what a filled-in one means
// as input. Pure.
import type { Json } from '../../model/json.ts';
import type { Settings } from '../../model/settings.ts';
import { spelt } from '../../run/commands/settings-words.ts';
import {
  CATCHES_UP,
  criticalJob,
  DOES_NOT,
  IS_LOST,
  parts,
  queuesText,
  RETRIES,
  readQueues,
  sender,
} from './settings-lines.ts';

export interface Field {
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

function number(text: string): Json {
  return /^\d{1,12}$/u.test(text) ? Number(text) : text;
}

const roles = ['operators', 'approvers', 'viewers'] as const;
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
