// How the settings of an app read: each key with what it is for, and its value in the words that it can also be set with. No
// view says anything of its own about a setting.
import type { Limits } from '../../model/inventory.ts';
import type { QueueSetting, Settings } from '../../model/settings.ts';
import { roles } from '../../policy/policy.ts';

export const settingKeys: readonly (keyof Settings)[] = [
  'variable',
  'clocks',
  'web',
  'drainCap',
  'abortIfOlderThan',
  'releaseCap',
  'patience',
  'queues',
  'database',
  'observe',
  'demands',
  'stopStrays',
  'canary',
  'backlog',
  'health',
  'watchAfter',
  'length',
  'remindEvery',
  'startExpires',
  'emergencyWait',
  'senders',
  'criticalJobs',
  'approvals',
  'who',
];

type Words = { readonly [K in keyof Settings]: { about: string; shows: (value: Settings[K]) => string } };

const words: Words = {
  variable: {
    about: "the config var that tells the app's own code",
    shows: (value) => (value === 'off' ? 'off' : `${value.name}=${value.value}`),
  },
  clocks: { about: 'process types that give out work: they stop first', shows: list },
  web: { about: 'whether web dynos stay, or are scaled to zero too', shows: (value) => value },
  drainCap: { about: 'the longest wait for jobs in flight and stopping dynos', shows: spelt },
  abortIfOlderThan: { about: 'a job that has been running longer stops the run', shows: orNone(spelt) },
  releaseCap: { about: 'the longest wait for the release that the config var makes', shows: spelt },
  patience: { about: 'how long a failing call is tried again', shows: spelt },
  queues: { about: 'job queues that maint may read and pause', shows: (value) => list(value.map(queue)) },
  database: { about: "the config var of the app's Postgres, to see whether anything writes", shows: orNone(plain) },
  observe: {
    about: 'how long the app is observed before it is called quiet',
    shows: (value) => `${spelt(value.for)}, at least ${value.samples} samples`,
  },
  demands: { about: 'findings that have to be proved', shows: list },
  stopStrays: {
    about: 'stop Scheduler jobs that start meanwhile, half way in their work; one-off dynos never',
    shows: (on) => (on ? 'yes' : 'no'),
  },
  canary: { about: 'how long one dyno a worker type is watched before the others come', shows: spelt },
  backlog: {
    about:
      'so many waiting jobs, or one that had waited so long when the maintenance began, and a person is asked before the workers come back; how long is not known of Resque and Celery',
    shows: orNone((value) => `${value.jobs} jobs, or one of ${spelt(value.age)}`),
  },
  health: { about: 'asked before anything works with the app again', shows: orNone(withoutQuery) },
  watchAfter: { about: 'how long what came back is watched after the door has opened', shows: spelt },
  length: { about: 'the planned length where nobody says one', shows: spelt },
  remindEvery: { about: 'how often an overdue maintenance reminds', shows: spelt },
  startExpires: { about: 'how long the question before the start stays open', shows: spelt },
  emergencyWait: { about: 'how long the first change waits for the emergency card', shows: spelt },
  senders: {
    about: 'who calls the app from outside, for the plan to say what becomes of their calls',
    shows: (value) => list(value.map(({ name, retries }) => `${name} (${retries ? 'retries' : 'does not retry'})`)),
  },
  criticalJobs: {
    about:
      'scheduled jobs that must not simply be left out, by what their commands have in them, and whether they catch up',
    shows: (value) =>
      list(value.map(({ job, catchesUp }) => `${job} (${catchesUp ? 'catches up' : 'does not catch up'})`)),
  },
  approvals: {
    about: 'how many different people have to approve, and whether the one who asked for it counts',
    shows: ({ count, asker }) => `${count}${asker ? '' : `, not the one who asked`}`,
  },
  who: {
    about: 'who may do what in this app, on top of those who may in all',
    shows: (named) =>
      list(roles.flatMap((role) => (named[role].length === 0 ? [] : [`${role} ${named[role].join(' ')}`]))),
  },
};

/** One line, for people; addresses without what stands behind their question mark, which is often a token. */
export function shown<K extends keyof Settings>(key: K, settings: Settings): string {
  return words[key].shows(settings[key]);
}

export function aboutSetting(key: keyof Settings): string {
  return words[key].about;
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

/** A length of time as it can be typed again: 15m, 1h30m, 500ms. */
export function spelt(ms: number): string {
  let rest = ms;
  const parts = units.flatMap(([unit, size]) => {
    const whole = Math.floor(rest / size);
    rest -= whole * size;
    return whole === 0 ? [] : [`${whole}${unit}`];
  });
  return parts.length === 0 ? '0s' : parts.join('');
}

/** What the jobs at work say about `drainCap`, which people know as maxDrain, and `abortIfOlderThan`. */
export function limitsWords({ longest, drainCap, abortIfOlderThan, proposed }: Limits): string {
  const whole = (ms: number): string => spelt(ms < 1_000 ? ms : Math.round(ms / 1_000) * 1_000);
  const old = abortIfOlderThan === null ? 'is not set' : `is ${spelt(abortIfOlderThan)}`;
  const now = `longest job seen: ${whole(longest.ms)} so far (${longest.what}); maxDrain (drainCap) is ${spelt(drainCap)}, abortIfOlderThan ${old}`;
  if (proposed === null) return now;
  const input = JSON.stringify({
    drainCap: spelt(proposed.drainCap),
    abortIfOlderThan: spelt(proposed.abortIfOlderThan),
  });
  return `${now}; that is short for it, in the settings this would leave room: ${input}`;
}

/** For who may only look. */
export function withoutQueries(settings: Settings): Settings {
  return {
    ...settings,
    health: settings.health === null ? null : withoutQuery(settings.health),
    queues: settings.queues.map((one) => ({ ...one, at: withoutQuery(one.at) })),
  };
}

function withoutQuery(address: string): string {
  return address.replace(/[?#].*$/su, '?…');
}

function queue({ system, at, queues, pauses }: QueueSetting): string {
  const heeded = pauses === true ? ', which heeds pauses' : '';
  return `${system} at ${withoutQuery(at)}${queues === undefined ? '' : ` (${queues.join(', ')})`}${heeded}`;
}

function list(values: readonly string[]): string {
  return values.length === 0 ? 'none' : values.join(', ');
}

function plain(value: string): string {
  return value;
}

function orNone<T>(shows: (value: T) => string): (value: T | null) => string {
  return (value) => (value === null ? 'none' : shows(value));
}
