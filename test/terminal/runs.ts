// Runs for the tests of this folder: each is folded from its events, as the store does it.
import { fold } from '../../src/model/apply.ts';
import type { Captured, Event } from '../../src/model/event.ts';
import type { Person } from '../../src/model/person.ts';
import { preflight, type Run, watch } from '../../src/model/run.ts';
import { defaultSettings } from '../../src/model/settings.ts';
import type { StepRef } from '../../src/model/step.ts';

export const at = Date.UTC(2026, 10, 21, 12);
export const ada: Person = { id: 'ada', name: 'ada', via: 'terminal' };

const hold = (name: string, title: string, door = false): StepRef => ({ name, title, kind: 'hold', door });
const door = hold('maintenance', 'Maintenance mode', true);
const workers = hold('workers', 'Workers');
const variable = hold('variable', 'Config var');

export function item(step: string, key: string, before: string | number, aim: string | number): Captured {
  return {
    step,
    key,
    label: key,
    before,
    aim,
    quiet: { will: `${before} to ${aim}`, byHand: `set ${key}=${aim}` },
    back: { will: `${aim} to ${before}`, byHand: `set ${key}=${before}` },
  };
}

/** In the order of quieting. */
export const items = [
  item('maintenance', 'maintenance', 'off', 'on'),
  item('workers', 'worker', 4, 0),
  item('workers', 'idle', 0, 0),
  item('variable', 'MAINTENANCE', 'absent', 'true'),
];
export const steps = [door, workers, variable];

export function runOf(events: readonly Event[], over: { app?: string; by?: Person; because?: string } = {}): Run {
  const requested: Event = {
    is: 'requested',
    by: over.by ?? ada,
    because: over.because ?? null,
    endsAt: at + 1_800_000,
    settings: defaultSettings,
    quiet: [preflight, ...steps],
    back: [variable, workers, door, watch],
    accepted: [],
  };
  return fold(
    { id: 'm1', app: { id: 'app-1', name: over.app ?? 'shop' }, channel: null },
    [requested, ...events].map((event, i) => ({ seq: i + 1, at, event })),
  );
}

export const planned: Event = { is: 'planned', concerns: [], items };
export const asked: Event = { is: 'asked', question: 'resume-9', about: { is: 'resume' } };
export const lookFailed: Event = {
  is: 'failed',
  way: 'quiet',
  step: 'approval',
  why: 'Heroku answered 401',
  remedy: 'Give maint a new token.',
  kind: 'needs-human',
  notBefore: at,
};
export const stuck = {
  is: 'asked',
  question: 'stuck-9',
  about: { is: 'stuck', step: 'workers', why: 'no dyno starts', remedy: 'Look at its logs.', byHand: ['set worker=4'] },
} satisfies Event;
