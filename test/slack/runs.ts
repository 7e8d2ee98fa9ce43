// Runs for the tests of this folder: each is folded from its events, as the store does it.
import { fold } from '../../src/model/apply.ts';
import type { Captured, Event } from '../../src/model/event.ts';
import type { Person } from '../../src/model/person.ts';
import type { Concern } from '../../src/model/preflight.ts';
import { preflight, type Run, watch } from '../../src/model/run.ts';
import { defaultSettings } from '../../src/model/settings.ts';
import type { StepRef } from '../../src/model/step.ts';

export const at = Date.UTC(2026, 10, 21, 12);
export const MINUTE = 60_000;
export const ada: Person = { id: 'U0ADA', name: 'ada', via: 'slack' };
export const grace: Person = { id: 'U0GRACE', name: 'grace', via: 'slack' };

const hold = (name: string, title: string, door = false): StepRef => ({ name, title, kind: 'hold', door });
export const quiet = [
  preflight,
  hold('door', 'Maintenance mode', true),
  hold('scheduler', 'Heroku Scheduler'),
  hold('workers', 'Workers'),
];
export const back = [
  hold('workers', 'Workers'),
  hold('scheduler', 'Heroku Scheduler'),
  hold('door', 'Maintenance mode', true),
  watch,
];

export const requested: Event & { is: 'requested' } = {
  is: 'requested',
  by: ada,
  because: 'migration 42',
  endsAt: at + 30 * MINUTE,
  settings: defaultSettings,
  quiet,
  back,
  accepted: [],
};

export function item(
  step: string,
  key: string,
  before: string | number | boolean,
  aim: string | number | boolean,
): Captured {
  return {
    step,
    key,
    label: key,
    before,
    aim,
    quiet: { will: `set ${key} to ${aim}`, byHand: `heroku set ${key}=${aim} --app shop` },
    back: { will: `set ${key} back to ${before}`, byHand: `heroku set ${key}=${before} --app shop` },
  };
}

export const items = [
  item('door', 'maintenance', false, true),
  item('scheduler', 'rake nightly', 'every day', 'paused'),
  item('workers', 'worker', 4, 0),
  item('workers', 'idle', 0, 0),
];

export const exceptScheduler: Concern = {
  name: 'scheduler',
  is: 'ask',
  says: 'The Scheduler cannot be paused.',
  remedy: 'Look at its jobs first.',
  except: 'Heroku Scheduler',
};

export function planned(concerns: Concern[] = [], captured: Captured[] = items): Event {
  return { is: 'planned', concerns, items: captured };
}

const send = (way: 'quiet' | 'back', step: string, key: string, value: string | number | boolean): Event[] => [
  { is: 'sending', way, step, changes: [{ key, value }] },
  { is: 'sent', way, step },
  { is: 'done', way, step, findings: [] },
];

export const toQuiet: Event[] = [
  { is: 'emergency-told' },
  { is: 'done', way: 'quiet', step: 'preflight', findings: [] },
  ...send('quiet', 'door', 'maintenance', true),
  ...send('quiet', 'scheduler', 'rake nightly', 'paused'),
  ...send('quiet', 'workers', 'worker', 0),
  { is: 'quieted' },
];

export const approved: Event[] = [
  { is: 'asked', question: 'resume-1', about: { is: 'resume' } },
  {
    is: 'shown',
    question: 'resume-1',
    hash: 'h1',
    rows: [
      { step: 'workers', key: 'worker', label: 'worker', before: '4', now: '0', after: '4' },
      { step: 'workers', key: 'idle', label: 'idle', before: '0', now: '0', after: '0' },
      { step: 'door', key: 'maintenance', label: 'maintenance', before: 'off', now: 'on', after: 'off' },
    ],
  },
  { is: 'answered', question: 'resume-1', answer: 'approve', by: grace },
  { is: 'turned', by: grace, why: 'approved' },
];

export const drifted: Event = {
  is: 'asked',
  question: 'drift-1',
  about: { is: 'drift', step: 'workers', key: 'worker', now: 2, shows: { before: '4', sent: '0', now: '2' } },
};

export const stuck: Event = {
  is: 'asked',
  question: 'stuck-1',
  about: {
    is: 'stuck',
    step: 'scheduler',
    why: 'Heroku Scheduler answered 401',
    remedy: 'Give maint a token that works.',
    byHand: ['heroku addons:open scheduler --app shop'],
  },
};

export const backlog: Event = {
  is: 'asked',
  question: 'step-1',
  about: {
    is: 'step',
    way: 'back',
    step: 'workers',
    key: 'backlog',
    says: '12,340 jobs wait in Sidekiq',
    details: ['default: 12,000', '<!channel> mailers: 340'],
    answers: ['look-again', 'accept', 'turn-back', 'go-on', 'go-slowly', 'all-the-rest'],
  },
};

export const loud: Event & { is: 'asked' } = {
  is: 'asked',
  question: 'violation-1',
  about: {
    is: 'violation',
    step: 'workers',
    key: 'worker',
    label: 'worker',
    now: 2,
    shows: { before: '4', wanted: '0', now: '2' },
  },
};

export const doorOpened: Event = {
  is: 'asked',
  question: 'violation-2',
  about: {
    is: 'violation',
    step: 'door',
    key: 'maintenance',
    label: 'maintenance',
    now: false,
    shows: { before: 'off', wanted: 'on', now: 'off' },
  },
};

export const patrolled: Event & { is: 'patrolled' } = {
  is: 'patrolled',
  every: 48_000,
  by: 'polls',
  mark: 42,
  activity: [],
  unseen: [],
};

export const tokenRefused: Event & { is: 'failed' } = {
  is: 'failed',
  way: 'quiet',
  step: 'patrol',
  why: 'Heroku answered 401',
  remedy: 'Give maint a token that works.',
  kind: 'needs-human',
  notBefore: 0,
  wide: true,
};

/** While holding, and on the way back: nothing at all can be done. */
export const blind: Event = {
  is: 'asked',
  question: 'stuck-1',
  about: {
    is: 'stuck',
    step: 'patrol',
    why: 'Heroku answered 401',
    remedy: 'Give maint a token that works.',
    byHand: [],
    wide: true,
  },
};

export const stuckWide: Event = {
  is: 'asked',
  question: 'stuck-1',
  about: {
    is: 'stuck',
    step: 'workers',
    why: 'Heroku answered 401',
    remedy: 'Give maint a token that works.',
    byHand: ['heroku set worker=4 --app shop', 'heroku set maintenance=false --app shop'],
    wide: true,
  },
};

/** One event a minute, the first at `at`. */
export function runOf(events: readonly Event[], heading: Partial<Pick<Run, 'app' | 'channel'>> = {}): Run {
  const all: Event[] = events[0]?.is === 'requested' ? [...events] : [requested, ...events];
  return fold(
    { id: 'm1', app: { id: 'app-1', name: 'shop' }, channel: 'C0OPS', ...heading },
    all.map((event, i) => ({ seq: i + 1, at: at + i * MINUTE, event })),
  );
}
