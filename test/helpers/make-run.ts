// Runs for tests, told as stories: events with time moved between them, folded by the model itself. What a test does not
// say is as plain as possible.
import { fold } from '../../src/model/apply.ts';
import type { Captured, Event, Logged, Row } from '../../src/model/event.ts';
import type { Json } from '../../src/model/json.ts';
import type { Person } from '../../src/model/person.ts';
import type { Concern } from '../../src/model/preflight.ts';
import { preflight, type Question, type Run, watch } from '../../src/model/run.ts';
import { defaultSettings, type Settings } from '../../src/model/settings.ts';
import type { StepName, StepRef, Way } from '../../src/model/step.ts';

export const T0 = Date.UTC(2026, 0, 5, 12);
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

export const ann: Person = { id: 'U1', name: 'Ann', via: 'slack' };
export const bob: Person = { id: 'U2', name: 'Bob', via: 'slack' };

export const door: StepRef = { name: 'door', title: 'Maintenance mode', kind: 'hold', door: true };
export const workers: StepRef = { name: 'workers', title: 'Workers', kind: 'hold', door: false };
export const jobs: StepRef = { name: 'jobs', title: 'Jobs', kind: 'hold', door: false };
export const proof: StepRef = { name: 'proof', title: 'Proof', kind: 'wait', door: false };

export function requested(over: Partial<Event & { is: 'requested' }> = {}): Event & { is: 'requested' } {
  return {
    is: 'requested',
    by: ann,
    because: null,
    endsAt: T0 + HOUR,
    settings: defaultSettings,
    quiet: [preflight, door, jobs, workers, proof],
    back: [workers, jobs, door, watch],
    accepted: [],
    ...over,
  };
}

export function captured(step: StepName, key: string, before: Json, aim: Json): Captured {
  const said = (value: Json) => ({ will: `${key} to ${String(value)}`, byHand: `set ${key}=${String(value)}` });
  return { step, key, label: key, before, aim, quiet: said(aim), back: said(before) };
}

export const alpha = captured('workers', 'alpha', 4, 0);
export const beta = captured('workers', 'beta', 0, 0);
export const nightly = captured('jobs', 'nightly', 'rake nightly', '# rake nightly');
export const shut = captured('door', 'door', false, true);

export function concern(over: Partial<Concern> = {}): Concern {
  return { name: 'scheduler', is: 'ask', says: 'it cannot be read', remedy: 'accept it', except: 'Scheduler', ...over };
}

/** A run as its events tell it. Every method returns a new story. */
export class Story {
  readonly log: readonly Logged[];
  readonly now: number;
  readonly channel: string | null;

  constructor(log: readonly Logged[], now: number, channel: string | null) {
    this.log = log;
    this.now = now;
    this.channel = channel;
  }

  get run(): Run {
    return fold({ id: 'm1', app: { id: 'app-1', name: 'shop' }, channel: this.channel }, this.log);
  }

  and(...events: readonly Event[]): Story {
    const added = events.map((event, i): Logged => ({ seq: this.log.length + 1 + i, at: this.now, event }));
    return new Story([...this.log, ...added], this.now, this.channel);
  }

  after(ms: number): Story {
    return new Story(this.log, this.now + ms, this.channel);
  }

  planned(concerns: readonly Concern[] = [], items: readonly Captured[] = [shut, nightly, alpha, beta]): Story {
    return this.and({ is: 'planned', concerns: [...concerns], items: [...items] });
  }

  done(way: Way, ...steps: readonly StepName[]): Story {
    return this.and(...steps.map((step): Event => ({ is: 'done', way, step, findings: [] })));
  }

  sending(way: Way, step: StepName, key: string, value: Json): Story {
    return this.and({ is: 'sending', way, step, changes: [{ key, value }] });
  }

  wrote(way: Way, step: StepName, key: string, value: Json): Story {
    return this.sending(way, step, key, value).and({ is: 'sent', way, step });
  }

  failed(way: Way, step: StepName, over: Partial<Event & { is: 'failed' }> = {}): Story {
    return this.and({
      is: 'failed',
      way,
      step,
      why: 'it broke',
      remedy: 'mend it',
      kind: 'retryable',
      notBefore: 0,
      ...over,
    });
  }

  settled(step: StepName, key: string, as: 'before' | 'gone' | 'kept', now: Json, by: Person | null = null): Story {
    return this.and({ is: 'settled', step, key, as, now, by });
  }
}

export function asked(over: Partial<Event & { is: 'requested' }> = {}, channel: string | null = null): Story {
  return new Story([], T0, channel).and(requested(over));
}

/** The preflight is through, the door is shut; the jobs come next. */
export function quieting(over: Partial<Settings> = {}): Story {
  return asked({ settings: { ...defaultSettings, ...over } })
    .planned()
    .done('quiet', preflight.name)
    .wrote('quiet', 'door', 'door', true)
    .done('quiet', 'door');
}

/** Everything is quiet: the door, one job and alpha are ours, beta was at zero before. */
export function holding(over: Partial<Settings> = {}): Story {
  return quieting(over)
    .wrote('quiet', 'jobs', 'nightly', '# rake nightly')
    .done('quiet', 'jobs')
    .wrote('quiet', 'workers', 'alpha', 0)
    .done('quiet', 'workers', 'proof')
    .and({ is: 'quieted' });
}

export const row: Row = { step: 'workers', key: 'alpha', label: 'alpha', before: '4', now: '0', after: '4' };

/** A resume question that shows its list, with the hash `h1`. */
export function approvalShown(): Story {
  return holding()
    .and({ is: 'asked', question: 'r1', about: { is: 'resume' } })
    .and({ is: 'shown', question: 'r1', rows: [row], hash: 'h1' });
}

export function back(over: Partial<Settings> = {}): Story {
  return holding(over).and({ is: 'turned', by: bob, why: 'approved' });
}

/** On the way back, and somebody has set alpha to 7. */
export function drifted(question = 'd1', now: Json = 7): Event {
  const shows = { before: '4', sent: '0', now: String(now) };
  return { is: 'asked', question, about: { is: 'drift', step: 'workers', key: 'alpha', now, shows } };
}

export function questionOf(run: Run, id: string): Question {
  const found = run.questions.find((q) => q.id === id);
  if (found === undefined)
    throw new Error(`Expected a question ${id}, got ${run.questions.map((q) => q.id).join(', ')}`);
  return found;
}
