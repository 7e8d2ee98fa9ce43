import { describe, expect, test } from 'vitest';
import type { Json } from '../../../src/model/json.ts';
import { defaultSettings, Settings } from '../../../src/model/settings.ts';
import { applied, inWords } from '../../../src/run/commands/settings-input.ts';
import { settingKeys, shown, spelt, withoutQueries } from '../../../src/run/commands/settings-words.ts';

const MINUTE = 60_000;

function good(set: Record<string, Json>, reset: readonly string[] = [], kept: Record<string, Json> = {}) {
  const result = applied(defaultSettings, kept, { set, reset });
  if (result.is === 'bad') throw new Error(result.problems.map(inWords).join('; '));
  return result;
}

function bad(set: Record<string, Json>, reset: readonly string[] = [], kept: Record<string, Json> = {}): string[] {
  const result = applied(defaultSettings, kept, { set, reset });
  return result.is === 'bad' ? result.problems.map(inWords) : [];
}

/** One that has every key otherwise than the default. */
const other: Settings = {
  variable: 'off',
  clocks: ['tick'],
  drainCap: 20 * MINUTE,
  releaseCap: 10 * MINUTE,
  patience: MINUTE,
  remindEvery: 5 * MINUTE,
  startExpires: 10 * MINUTE,
  emergencyWait: 5_000,
  length: 90 * MINUTE,
  queues: [{ system: 'sidekiq', at: 'REDIS_URL', queues: ['mail'] }],
  database: 'DATABASE_URL',
  abortIfOlderThan: 30 * MINUTE,
  observe: { for: MINUTE, samples: 5 },
  demands: ['Database'],
  stopStrays: true,
  web: 'zero',
  canary: 0,
  backlog: null,
  health: 'https://shop.example.com/up',
  watchAfter: MINUTE,
  senders: [{ name: 'Stripe', retries: true }],
  criticalJobs: [{ job: 'rake billing', catchesUp: false }],
  approvals: { count: 2, asker: false },
  who: { operators: ['U0ADA'], approvers: ['S0ONCALL'], viewers: ['everybody'] },
};

describe('Settings that are handed in', () => {
  test('there are words for every one that there is', () => {
    expect(settingKeys.toSorted()).toEqual(Settings.keyof().options.toSorted());
    expect(Object.keys(other).toSorted()).toEqual(settingKeys.toSorted());
  });

  test('are kept only where they differ from the defaults', () => {
    const all: Record<string, Json> = JSON.parse(JSON.stringify(defaultSettings));
    expect(good({ ...all, web: 'zero', drainCap: '15m' }).body).toEqual({ web: 'zero' });
    expect(good({}).body).toEqual({});
    expect(good({ web: 'keep' }, [], { web: 'zero', canary: 0 }).body).toEqual({ canary: 0 });
    expect(good({}, ['web'], { web: 'zero', canary: 0 }).body).toEqual({ canary: 0 });
  });

  test('as JSON, whole, are what they were', () => {
    const json: Record<string, Json> = JSON.parse(JSON.stringify(other));
    expect(good(json).settings).toEqual(other);
    expect(good(json).body).toEqual(other);
    expect(good(json, [], { web: 'keep' }).settings).toEqual(other);
  });

  test('those that nobody touches stay, also where they are as the default by now, or of another version', () => {
    const kept = { drainCap: 15 * MINUTE, invented: [1] };
    expect(good({ web: 'zero' }, [], kept).body).toEqual({ ...kept, web: 'zero' });
    expect(good({}, ['invented'], kept).body).toEqual({ drainCap: 15 * MINUTE });
  });

  test.each<[Json, number]>([
    ['30s', 30_000],
    ['15m', 15 * MINUTE],
    ['1h30m', 90 * MINUTE],
    ['1 h 30 min', 90 * MINUTE],
    ['2 hours', 120 * MINUTE],
    ['1.5h', 90 * MINUTE],
    ['1 day', 1440 * MINUTE],
    ['500ms', 500],
    ['0s', 0],
    [90_000, 90_000],
  ])('a length of time may be %j', (text, ms) => {
    expect(good({ drainCap: text }).settings.drainCap).toBe(ms);
    expect(good({ observe: { for: text, samples: 1 } }).settings.observe).toEqual({ for: ms, samples: 1 });
    expect(good({ abortIfOlderThan: text }).settings.abortIfOlderThan).toBe(ms);
  });

  test.each([0, 1, 999, 1_500, 30_000, 90 * MINUTE, 3 * 86_400_000 + 1])(
    'what %i ms is spelt as is read again',
    (ms) => {
      expect(good({ drainCap: spelt(ms) }).settings.drainCap).toBe(ms);
    },
  );

  test.each<[Record<string, Json>, string]>([
    [
      { drainCap: '30' },
      'drainCap should be a length of time such as "30s", "15m" or "1h30m", or a number of milliseconds, got "30"',
    ],
    [
      { drainCap: 'soon' },
      'drainCap should be a length of time such as "30s", "15m" or "1h30m", or a number of milliseconds, got "soon"',
    ],
    [
      { drainCap: '-5m' },
      'drainCap should be a length of time such as "30s", "15m" or "1h30m", or a number of milliseconds, got "-5m"',
    ],
    [
      { drainCap: -5 },
      'drainCap should be a length of time such as "30s", "15m" or "1h30m", or a number of milliseconds, got -5',
    ],
    [
      { drainCap: null },
      'drainCap should be a length of time such as "30s", "15m" or "1h30m", or a number of milliseconds, got null',
    ],
    [
      { drainCap: 1.5 },
      'drainCap should be a length of time such as "30s", "15m" or "1h30m", or a number of milliseconds, got 1.5',
    ],
    [{ drainCap: '8 days' }, 'drainCap should be at most 7d, got 8d'],
    [
      { remindEvery: '30s' },
      'remindEvery should be a length of time such as "30s", "15m" or "1h30m", or a number of milliseconds, and at least a minute, got 30000',
    ],
    [{ length: '25h' }, 'length should be from 1m to 1d, got 1d1h'],
    [{ length: '10s' }, 'length should be from 1m to 1d, got 10s'],
    [{ observe: { for: '1m' } }, 'observe.samples should be a whole number from 1 to 60, and is missing'],
    [{ observe: { for: '1m', samples: 0 } }, 'observe.samples should be a whole number from 1 to 60, got 0'],
    [
      { observe: { for: 'x', samples: 1 } },
      'observe.for should be a length of time such as "30s", "15m" or "1h30m", or a number of milliseconds, got "x"',
    ],
    [{ observe: { for: 1, samples: 1, often: 2 } }, 'observe.often is not known in observe'],
    [{ observe: '30s' }, 'observe should be {"for": "30s", "samples": 3}, got "30s"'],
    [{ web: 'off' }, 'web should be "keep" or "zero", got "off"'],
    [{ stopStrays: 'yes' }, 'stopStrays should be true or false, got "yes"'],
    [
      { variable: 'MAINTENANCE' },
      'variable should be {"name": "MAINTENANCE", "value": "true"}, or "off", got "MAINTENANCE"',
    ],
    [
      { variable: { name: 'A B', value: '' } },
      'variable.name should be the name of a config var, such as "MAINTENANCE", got "A B"',
    ],
    [{ clocks: 'clock' }, 'clocks should be a list of process types, such as ["clock"], got "clock"'],
    [{ clocks: ['clock', 1] }, 'clocks[1] should be a list of process types, such as ["clock"], got 1'],
    [{ clocks: ['a\0b'] }, 'clocks should be text that can be stored, and holds a character that cannot'],
    [{ clocks: ['\ud800'] }, 'clocks should be text that can be stored, and holds a character that cannot'],
    [
      { queues: [{ system: 'sidekick', at: 'REDIS_URL' }] },
      'queues[0].system should be one of sidekiq, resque, bullmq, bull, rq, celery, solid-queue, good-job, delayed-job, que, pg-boss, graphile-worker, http, got "sidekick"',
    ],
    [{ queues: [{ system: 'sidekiq', at: 'REDIS_URL', name: 'x' }] }, 'queues[0].name is not known in queues[0]'],
    [
      { queues: [{ system: 'sidekiq', at: 'REDIS_URL', pauses: true }] },
      'queues[0].pauses should stand with good-job alone, got true',
    ],
    [
      { queues: [{ system: 'good-job', at: 'DATABASE_URL', pauses: 'yes' }] },
      'queues[0].pauses should be true or false, got "yes"',
    ],
    [
      { queues: [{ system: 'sidekiq', at: 'redis://h' }] },
      'queues[0].at should be the name of the config var with its address, such as "REDIS_URL", or for http the address itself, got "redis://h"',
    ],
    [
      { queues: [{ system: 'http', at: 'https://me:pw@shop.example.com' }] },
      'queues[0].at should be an address without a user and password',
    ],
    [
      { health: 'shop.example.com' },
      'health should be an address that begins with https:// or http://, or null, got "shop.example.com"',
    ],
    [
      { health: 'ftp://shop.example.com' },
      'health should be an address that begins with https:// or http://, or null, got "ftp://shop.example.com"',
    ],
    [{ health: 'https://me:pw@shop.example.com' }, 'health should be an address without a user and password'],
    [
      { approvals: { count: 0, asker: true } },
      'approvals.count should be a whole number from 1 to 10: so many different people, got 0',
    ],
    [
      { who: { operators: ['ada'] } },
      'who.operators[0] should be a list of at most 100 Slack user ids (U…), user group ids (S…), channel ids (C…), cli:NAME or everybody, such as ["U012ABC"], got "ada"',
    ],
    [{ senders: [{ name: 'Stripe' }] }, 'senders[0].retries should be true or false, and is missing'],
    [{ draincap: '5m' }, 'draincap is not a setting: did you mean drainCap?'],
    [{ colour: 'blue' }, `colour is not a setting: there are ${settingKeys.join(', ')}`],
  ])('%j is refused by its key, with what it should be and what it was', (set, says) => {
    expect(bad(set)).toEqual([says]);
  });

  test('everything that is wrong is said at once', () => {
    expect(bad({ web: 1, drainCap: 'x', colour: 1, canary: '5s' }, ['wep', 'canary'])).toEqual([
      expect.stringMatching(/^colour is not a setting/),
      'wep is not a setting: did you mean web?',
      'canary should be either set or reset, and is both',
      expect.stringMatching(/^drainCap should be/),
      expect.stringMatching(/^web should be/),
    ]);
  });

  test('what is long is not repeated whole, and what is far too long is refused', () => {
    const demands = ['x'.repeat(20_001)];
    expect(bad({ demands })).toEqual(['demands should be at most 20000 characters of JSON, and is 20005']);
    expect(bad({ web: 'x'.repeat(5_000) })[0]?.length).toBeLessThan(120);
    expect(bad({ ['x'.repeat(5_000)]: 1 })[0]?.length).toBeLessThan(500);
  });

  test('what is kept is looked at too: another version may have written it', () => {
    expect(bad({}, [], { web: 'half' })).toEqual(['web should be "keep" or "zero", got "half"']);
    expect(good({}, ['web'], { web: 'half' }).body).toEqual({});
    expect(good({ web: 'zero' }, [], { web: 'half' }).body).toEqual({ web: 'zero' });
  });
});

describe('Settings in words', () => {
  const words = (settings: Settings) => Object.fromEntries(settingKeys.map((key) => [key, shown(key, settings)]));

  test('read as they can be typed, without what could be a token', () => {
    const health = 'https://shop.example.com/up?token=secret';
    const queues: Settings['queues'] = [...other.queues, { system: 'http', at: `${health}#x` }];
    expect(words({ ...other, health, queues })).toMatchObject({
      variable: 'off',
      observe: '1m, at least 5 samples',
      queues: 'sidekiq at REDIS_URL (mail), http at https://shop.example.com/up?…',
      health: 'https://shop.example.com/up?…',
      senders: 'Stripe (retries)',
      criticalJobs: 'rake billing (does not catch up)',
      approvals: '2, not the one who asked',
      who: 'operators U0ADA, approvers S0ONCALL, viewers everybody',
      backlog: 'none',
    });
    expect(JSON.stringify(withoutQueries({ ...other, health, queues }))).not.toContain('secret');
    expect(withoutQueries(other)).toEqual(other);
    expect(words(defaultSettings)).toMatchObject({
      backlog: '10000 jobs, or one of 1h',
      clocks: 'clock, scheduler, cron, beat',
    });
  });
});
