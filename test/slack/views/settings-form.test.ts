import { describe, expect, test } from 'vitest';
import type { Json } from '../../../src/model/json.ts';
import { defaultSettings, type Settings } from '../../../src/model/settings.ts';
import type { AppSettings } from '../../../src/run/commands/reply.ts';
import { applied } from '../../../src/run/commands/settings-input.ts';
import { aboutSetting, settingKeys, shown as words } from '../../../src/run/commands/settings-words.ts';
import { checkView } from '../../../src/sandbox/slack/blocks/validate.ts';
import { stateOf } from '../../../src/sandbox/slack/values.ts';
import { filled } from '../../../src/slack/modals/values.ts';
import { entries } from '../../../src/slack/views/settings-fields.ts';
import { problemsByField, settingsForm, settingsInput } from '../../../src/slack/views/settings-form.ts';

const full: Settings = {
  ...defaultSettings,
  variable: 'off',
  clocks: [],
  queues: [
    { system: 'sidekiq', at: 'REDIS_URL', prefix: 'my', queues: ['default', 'mail'] },
    { system: 'good-job', at: 'DATABASE_URL', schema: 'jobs', pauses: true },
    { system: 'http', at: 'https://shop.example.com/queue?key=1' },
  ],
  database: 'DATABASE_URL',
  abortIfOlderThan: 5_400_500,
  demands: ['Database', 'Web traffic'],
  stopStrays: true,
  web: 'zero',
  backlog: null,
  health: 'https://shop.example.com/up',
  senders: [
    { name: 'Stripe: EU', retries: true },
    { name: 'Old ERP', retries: false },
  ],
  criticalJobs: [
    { job: 'rake billing:nightly', catchesUp: false },
    { job: 'rake search', catchesUp: true },
  ],
  approvals: { count: 2, asker: false },
  who: { operators: ['U0ADA', 'S0ONCALL'], approvers: ['everybody'], viewers: ['cli:root'] },
};

const reply = (settings: Settings): AppSettings => ({
  is: 'settings',
  app: { id: 'a', name: 'shop' },
  settings,
  lines: settingKeys.map((key) => ({ key, about: aboutSetting(key), shows: words(key, settings), own: false })),
  version: 1,
  changed: null,
  underWay: true,
});

/** What comes back from a form that nobody has touched, but for `typed`. */
function back(settings: Settings, typed: Readonly<Record<string, string>> = {}) {
  const checked = checkView(JSON.parse(JSON.stringify(settingsForm(reply(settings), 'carried'))));
  if (!checked.ok) throw new Error(checked.complaints.join('\n'));
  const state = filled(JSON.parse(JSON.stringify(stateOf(checked.value.blocks, {}))));
  return (id: string): string => typed[id] ?? state.one(id);
}

describe('the form of the settings', () => {
  test('has each of them, in their order', () => {
    expect(entries.map(({ key }) => key)).toEqual(settingKeys);
  });

  test.each([
    ['the defaults', defaultSettings],
    ['others', full],
  ])('is taken by Slack, and changes nothing where nobody touches it: %s', (_name, settings) => {
    expect(settingsInput(settings, back(settings))).toEqual({ set: {}, reset: [] });
  });

  test.each([
    ['the defaults from others', full, defaultSettings],
    ['others from the defaults', defaultSettings, full],
  ])('means exactly what was filled in: %s', (_name, from, to) => {
    const texts = Object.fromEntries(
      entries.flatMap(({ fields, holds }) => fields.map(({ id }, n) => [id, holds(to)[n] ?? ''])),
    );
    const read = applied(from, {}, settingsInput(from, back(from, texts)));
    expect(read.is === 'good' ? read.settings : read.problems).toEqual(to);
  });

  test.each<[string, string, Json]>([
    ['queues', 'sidekiq', [{ system: 'sidekiq' }]],
    ['queues', '[{"system": "bull", "at": "R"}]', [{ system: 'bull', at: 'R' }]],
    ['queues', '[{', '[{'],
    ['senders', 'Stripe', [{ name: 'Stripe' }]],
    ['observe.samples', 'many', { for: '30s', samples: 'many' }],
    ['backlog.jobs', '', { age: '1h' }],
  ])('hands in what is wrong as it was typed: %s "%s"', (id, text, read) => {
    const { set } = settingsInput(defaultSettings, back(defaultSettings, { [id]: text }));
    expect(Object.values(set)).toEqual([read]);
    expect(applied(defaultSettings, {}, { set, reset: [] }).is).toBe(
      id === 'queues' && text.includes('bull') ? 'good' : 'bad',
    );
  });

  test('shows every problem at its field', () => {
    const typed = {
      drainCap: 'soon',
      'observe.samples': '0',
      'variable.name': 'not a name',
      queues: 'sidekiq REDIS_URL\nrabbit',
      'who.viewers': 'ada',
      'backlog.age': '',
    };
    const read = applied(defaultSettings, {}, settingsInput(defaultSettings, back(defaultSettings, typed)));
    const errors = problemsByField(read.is === 'bad' ? read.problems : []);
    expect(Object.keys(errors).toSorted()).toEqual(Object.keys(typed).toSorted());
    expect(errors['drainCap']).toBe(
      'should be a length of time such as "30s", "15m" or "1h30m", or a number of milliseconds, got "soon"',
    );
    expect(errors['queues']).toMatch(/^queues\[1\]\.system should be one of .*; queues\[1\]\.at should be /u);
  });

  test('leaves out what is longer than Slack takes, and never changes it', () => {
    const long: Settings = {
      ...defaultSettings,
      senders: Array.from({ length: 200 }, (_, n) => ({ name: `somebody who calls ${n}`, retries: true })),
    };
    expect(settingsInput(long, back(long, { senders: '', web: 'zero' })).set).toEqual({ web: 'zero' });
  });
});
