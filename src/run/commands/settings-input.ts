// What a person hands in to change the settings of an app, held against what there is. Everything that is wrong with it is said
// at once, each by its key with what it should be and what it was. Pure.
import { isDeepStrictEqual } from 'node:util';
import { closest, distance } from 'fastest-levenshtein';
import parseDuration from 'parse-duration';
import type { z } from 'zod';
import type { Json } from '../../model/json.ts';
import { systems } from '../../model/queue-systems.ts';
import { Settings } from '../../model/settings.ts';
import { settingKeys, spelt } from './settings-words.ts';

export interface SettingsInput {
  /** Keys with their new values; those that are not in it stay as they are. */
  readonly set: Readonly<Record<string, Json>>;
  /** Keys that go back to their defaults. */
  readonly reset: readonly string[];
}

export interface Problem {
  /** `observe.samples`, `queues[0].system`. */
  readonly key: string;
  readonly should: string;
  /** What was handed in, which may hold a secret: for the person who did, and for nobody else. Null where there is nothing to show. */
  readonly got: string | null;
}

export type Applied =
  | { readonly is: 'good'; readonly settings: Settings; readonly body: Readonly<Record<string, unknown>> }
  | { readonly is: 'bad'; readonly problems: readonly Problem[] };

type Kept = Readonly<Record<string, Json>>;

/**
 * `kept`: what the store has for the app. A key that is set to its default is not kept; one that nobody touches stays as it is,
 * also where this version does not know it.
 */
export function applied(defaults: Settings, kept: Kept, { set, reset }: SettingsInput): Applied {
  const known = new Set<string>(settingKeys);
  const problems: Problem[] = [
    ...Object.keys(set).flatMap((key) => (known.has(key) ? [] : [unknownKey(key)])),
    ...reset.flatMap((key) => (known.has(key) || key in kept ? [] : [unknownKey(key)])),
    ...reset.flatMap((key) =>
      key in set ? [{ key, should: 'should be either set or reset, and is both', got: null }] : [],
    ),
  ];
  const given = inMilliseconds(Object.fromEntries(Object.entries(set).filter(([key]) => known.has(key))), '', problems);
  const rest = Object.fromEntries(Object.entries(kept).filter(([key]) => !reset.includes(key)));
  const parsed = Settings.safeParse({ ...defaults, ...rest, ...given });
  if (!parsed.success) {
    const found = parsed.error.issues.map((issue) => problemOf(issue, { ...rest, ...given }));
    return { is: 'bad', problems: onceAKey([...problems, ...found]) };
  }
  const settings = parsed.data;
  problems.push(...unknownIn(given, settings, ''), ...unstorable(given), ...tooLong(given), ...rules(settings));
  if (problems.length > 0) return { is: 'bad', problems };
  const body: Record<string, unknown> = { ...rest };
  for (const key of settingKeys) {
    if (!(key in given)) continue;
    if (isDeepStrictEqual(settings[key], defaults[key])) delete body[key];
    else body[key] = settings[key];
  }
  return { is: 'good', settings, body };
}

function onceAKey(problems: readonly Problem[]): Problem[] {
  return problems.filter(({ key }, n) => problems.findIndex((one) => one.key === key) === n);
}

/** "observe.samples should be a whole number from 1 to 60, got 0". */
export function inWords({ key, should, got }: Problem): string {
  return `${key} ${should}${got === null ? '' : `, got ${got}`}`;
}

const TIME = 'a length of time such as "30s", "15m" or "1h30m", or a number of milliseconds';
const OR_NULL = ', or null';
const HOLDERS =
  'a list of at most 100 Slack user ids (U…), user group ids (S…), channel ids (C…), cli:NAME or everybody, such as ["U012ABC"]';

/** What each should be; what is not listed goes by what it is in. */
const shape: Readonly<Record<keyof Settings, string>> & Readonly<Record<string, string>> = {
  variable: '{"name": "MAINTENANCE", "value": "true"}, or "off"',
  'variable.name': 'the name of a config var, such as "MAINTENANCE"',
  'variable.value': 'a text',
  clocks: 'a list of process types, such as ["clock"]',
  drainCap: TIME,
  releaseCap: TIME,
  patience: TIME,
  remindEvery: `${TIME}, and at least a minute`,
  startExpires: TIME,
  emergencyWait: TIME,
  length: `${TIME}, and from a minute to 24 hours`,
  queues: 'a list of queues, such as [{"system": "sidekiq", "at": "REDIS_URL"}]',
  'queues.system': `one of ${systems.join(', ')}`,
  'queues.at': 'the name of the config var with its address, such as "REDIS_URL", or for http the address itself',
  'queues.prefix': 'a text',
  'queues.schema': 'a text',
  'queues.queues': 'a list of names',
  'queues.pauses': 'true or false',
  database: `the name of a config var, such as "DATABASE_URL"${OR_NULL}`,
  abortIfOlderThan: `${TIME}${OR_NULL}`,
  observe: '{"for": "30s", "samples": 3}',
  'observe.for': TIME,
  'observe.samples': 'a whole number from 1 to 60',
  demands: 'a list of what has to be proved, such as ["Database"]',
  stopStrays: 'true or false',
  web: '"keep" or "zero"',
  canary: TIME,
  backlog: `{"jobs": 10000, "age": "1h"}${OR_NULL}`,
  'backlog.jobs': 'a whole number, 0 or more',
  'backlog.age': TIME,
  health: `an address that begins with https:// or http://${OR_NULL}`,
  watchAfter: TIME,
  senders: 'a list such as [{"name": "Stripe", "retries": true}]',
  'senders.name': 'a text',
  'senders.retries': 'true or false',
  criticalJobs: 'a list such as [{"job": "rake billing", "catchesUp": false}]',
  'criticalJobs.job': 'a text that the command has in it',
  'criticalJobs.catchesUp': 'true or false',
  approvals: '{"count": 1, "asker": true}',
  'approvals.count': 'a whole number from 1 to 10: so many different people',
  'approvals.asker': 'true or false: whether the one who asked for the maintenance counts',
  who: '{"operators": ["U…"], "approvers": ["S…"], "viewers": ["C…"]}',
  'who.operators': HOLDERS,
  'who.approvers': HOLDERS,
  'who.viewers': HOLDERS,
};

function isTime(path: string): boolean {
  return shape[path]?.startsWith(TIME) === true;
}

const part = String.raw`\d{1,9}(?:\.\d{1,3})?\s*(?:ms|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)`;
/** parse-duration also reads "30" as milliseconds, and skips words that it does not know. */
const length = new RegExp(`^\\s*${part}(?:\\s*${part})*\\s*$`, 'iu');

/** Lengths of time that were written out, as milliseconds. What is no length is a problem. */
function inMilliseconds(object: Kept, at: string, problems: Problem[]): Record<string, Json> {
  const entries = Object.entries(object).map(([key, value]): [string, Json] => {
    const path = `${at}${key}`;
    if (isTime(path) && typeof value === 'string') {
      const ms = length.test(value) ? parseDuration(value) : null;
      if (ms !== null) return [key, Math.round(ms)];
      problems.push({ key: path, should: `should be ${shape[path]}`, got: brief(value) });
      return [key, 0];
    }
    return [key, isObject(value) ? inMilliseconds(value, `${path}.`, problems) : value];
  });
  return Object.fromEntries(entries);
}

function problemOf({ path, message }: z.core.$ZodIssue, given: Kept): Problem {
  const names = path.filter((step) => typeof step === 'string');
  let should: string | undefined;
  for (let n = names.length; n > 0 && should === undefined; n -= 1) should = shape[names.slice(0, n).join('.')];
  let got: Json | undefined = given;
  for (const step of path) got = got === undefined ? undefined : inside(got, step);
  const key = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  const missing = got === undefined;
  return {
    key: key.slice(1),
    should: `should be ${should ?? message}${missing ? ', and is missing' : ''}`,
    got: missing || got === undefined ? null : brief(got),
  };
}

function inside(value: Json, step: PropertyKey): Json | undefined {
  if (Array.isArray(value)) return value[Number(step)];
  return isObject(value) && Object.hasOwn(value, step) ? value[String(step)] : undefined;
}

function unknownKey(key: string): Problem {
  const near = closest(
    key.toLowerCase(),
    settingKeys.map((one) => one.toLowerCase()),
  );
  const meant = settingKeys.find((one) => one.toLowerCase() === near);
  const slip = meant !== undefined && distance(key.toLowerCase(), near) <= Math.max(1, near.length / 3);
  return {
    key: cut(key),
    should: `is not a setting: ${slip ? `did you mean ${meant}?` : `there are ${settingKeys.join(', ')}`}`,
    got: null,
  };
}

/** What the schema leaves out: nobody should believe to have set it. */
function unknownIn(given: Json, read: unknown, at: string): Problem[] {
  if (Array.isArray(given)) {
    return given.flatMap((one, n) => unknownIn(one, Array.isArray(read) ? read[n] : null, `${at}[${n}]`));
  }
  if (!isObject(given) || typeof read !== 'object' || read === null) return [];
  const there = new Map<string, unknown>(Object.entries(read));
  return Object.entries(given).flatMap(([key, value]) => {
    const path = at === '' ? key : `${at}.${cut(key)}`;
    return there.has(key)
      ? unknownIn(value, there.get(key), path)
      : [{ key: path, should: `is not known in ${at}`, got: null }];
  });
}

/** Postgres' jsonb holds neither U+0000 nor half a character. */
function unstorable(given: Kept): Problem[] {
  const holds = (value: Json): boolean =>
    typeof value === 'string'
      ? value.includes('\0') || !value.isWellFormed()
      : Object.values(isObject(value) || Array.isArray(value) ? value : {}).some(holds);
  return Object.entries(given).flatMap(([key, value]) =>
    holds(value)
      ? [{ key, should: 'should be text that can be stored, and holds a character that cannot', got: null }]
      : [],
  );
}

const MOST_TEXT = 20_000;

function tooLong(given: Kept): Problem[] {
  return Object.entries(given).flatMap(([key, value]) => {
    const { length: size } = JSON.stringify(value);
    return size > MOST_TEXT
      ? [{ key, should: `should be at most ${MOST_TEXT} characters of JSON, and is ${size}`, got: null }]
      : [];
  });
}

const WEEK = 7 * 86_400_000;
const DAY = 86_400_000;

/** What the schema leaves open: it has to read what was stored long ago, too. */
function rules(settings: Settings): Problem[] {
  const problems: Problem[] = [];
  const limit = (key: string, ms: number | null, least: number, most: number): void => {
    if (ms === null || (ms >= least && ms <= most)) return;
    const from = least === 0 ? 'at most' : `from ${spelt(least)} to`;
    problems.push({ key, should: `should be ${from} ${spelt(most)}`, got: spelt(ms) });
  };
  const { length, observe, backlog, health, queues } = settings;
  limit('length', length, 60_000, DAY);
  for (const key of settingKeys) {
    const value = settings[key];
    if (key !== 'length' && isTime(key) && typeof value === 'number') limit(key, value, 0, WEEK);
  }
  limit('observe.for', observe.for, 0, DAY);
  limit('backlog.age', backlog?.age ?? null, 0, WEEK);
  for (const [n, { system, pauses }] of queues.entries()) {
    if (pauses === undefined || system === 'good-job') continue;
    problems.push({ key: `queues[${n}].pauses`, should: 'should stand with good-job alone', got: brief(pauses) });
  }
  const addresses = [['health', health] as const, ...queues.map(({ at }, n) => [`queues[${n}].at`, at] as const)];
  for (const [key, address] of addresses) {
    // A password would be read by whoever may look: in a config var it stays with the app.
    if (
      address !== null &&
      URL.canParse(address) &&
      `${new URL(address).username}${new URL(address).password}` !== ''
    ) {
      problems.push({ key, should: 'should be an address without a user and password', got: null });
    }
  }
  return problems;
}

function brief(value: Json): string {
  return cut(JSON.stringify(value));
}

function cut(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60).toWellFormed()}…`;
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
