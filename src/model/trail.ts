// The whole trail of a run: each of its events in words, with who did it and when. Plain text for people, redacted like all that
// is shown: raw values, scheduled commands among them, stay in the log (I8).
import type { About, Event, Logged } from './event.ts';
import { same } from './json.ts';
import { PATROL } from './patrol.ts';
import type { Person } from './person.ts';
import type { ItemState, Run } from './run.ts';
import type { Way } from './step.ts';
import { workWords } from './work.ts';

export interface Entry {
  /** Its place in the run, from 1. */
  readonly seq: number;
  /** Domain time, milliseconds. */
  readonly at: number;
  readonly is: Event['is'];
  /** Null: maint by itself. */
  readonly by: Person | null;
  /** A clause. */
  readonly what: string;
  /** `people`: what somebody did or was asked, and where the run turned. `steps`: what was changed. `rest`: waiting and looking again. */
  readonly weighs: 'people' | 'steps' | 'rest';
}

/** In order. `run`: as all of `log` made it. */
export function trailOf(run: Run, log: readonly Logged[]): readonly Entry[] {
  return log.map(({ seq, at, event }) => ({
    seq,
    at,
    is: event.is,
    by: 'by' in event && typeof event.by === 'object' ? event.by : null,
    what: told(run, event),
    weighs: weighs(event),
  }));
}

function weighs(event: Event): Entry['weighs'] {
  switch (event.is) {
    case 'waiting':
    case 'again':
    case 'restated':
    case 'reminded':
    case 'work-starting':
    case 'work-gone':
      return 'rest';
    case 'patrolled':
      return event.activity.length + event.unseen.length > 0 ? 'steps' : 'rest';
    case 'settled':
      return event.by === null ? 'steps' : 'people';
    case 'planned':
    case 'corrected':
    case 'appeared':
    case 'renamed':
    case 'emergency-told':
    case 'sending':
    case 'sent':
    case 'failed':
    case 'done':
    case 'reopened':
    case 'shown':
    case 'withdrawn':
    case 'work-started':
      return 'steps';
    default:
      return 'people';
  }
}

function told(run: Run, event: Event): string {
  const step = 'step' in event ? titleOf(run, event.step) : '';
  switch (event.is) {
    case 'requested': {
      const accepted = event.accepted.length === 0 ? '' : `, accepting ${event.accepted.join(', ')} in advance`;
      return `asked for it until ${utc(event.endsAt)}${accepted}${event.because === null ? ', with no reason given' : `: “${event.because}”`}`;
    }
    case 'planned': {
      const against = event.concerns.map(({ name, is }) => `${name} (${is})`);
      return `looked at everything: ${count(event.items.length, 'item')} captured${against.length === 0 ? '' : `; found ${against.join(', ')}`}`;
    }
    case 'corrected':
      return `${titleOf(run, event.item.step)}: ${event.item.label} was changed before anything was sent for it, and is captured anew`;
    case 'appeared':
      return `${titleOf(run, event.item.step)}: ${event.item.label} was not there at the capture, and is captured now`;
    case 'renamed':
      return `the app is called ${event.name} now`;
    case 'unheard':
      return `no channel takes the card: ${event.why}`;
    case 'emergency-told':
      return 'the commands that undo everything are in the thread';
    case 'sending':
      return `${step}: about to ${event.changes.map((change) => willOf(run, event.way, event.step, change)).join('; ')}`;
    case 'sent':
      return `${step}: sent, and taken`;
    case 'waiting':
      return `${step}: waits: ${event.why}`;
    case 'again':
      return `${step}: looks again`;
    case 'failed':
      return `${step}: failed (${event.kind}): ${event.why}`;
    case 'done':
      return `${step}: ${event.says ?? 'done'}${wayWords(event.way)}`;
    case 'settled':
      return `${step}: ${labelOf(run, event)} ${SETTLED[event.as]}`;
    case 'reopened':
      return `${step}: not as before after all: ${event.keys.map((key) => labelOf(run, { step: event.step, key })).join(', ')}`;
    case 'asked':
      return `asked: ${askedWords(run, event.about)}`;
    case 'restated':
      return `asked anew: ${askedWords(run, event.about)}`;
    case 'shown':
      return `showed what would be put back: ${count(event.rows.length, 'item')}, list ${event.hash}`;
    case 'answered':
      return `answered “${event.answer}” to: ${questionWords(run, event.question)}`;
    case 'approval':
      return `gave one of ${count(run.settings.approvals.count, 'approval')}`;
    case 'glass-broken':
      return `broke the glass, to open it alone: “${event.because}”`;
    case 'withdrawn':
      return `took back the question: ${questionWords(run, event.question)}: ${event.why}`;
    case 'reminded':
      return event.question === null
        ? 'reminded of the planned end'
        : `reminded of: ${questionWords(run, event.question)}`;
    case 'quieted':
      return 'proved quiet: it is held from here on';
    case 'patrolled':
      return patrolWords(event);
    case 'extended':
      return `moved the planned end to ${utc(event.endsAt)}`;
    case 'turned':
      return `turned it back: ${event.why}`;
    case 'ended':
      return `ended, ${event.as}: ${event.why}`;
    default:
      return workTold(run, event);
  }
}

const SETTLED: Readonly<Record<(Event & { is: 'settled' })['as'], string>> = {
  before: 'is as it was before',
  gone: 'is not there any more',
  kept: 'is kept as it is',
  left: 'is left as it is',
};

function workTold(run: Run, event: Event & { readonly is: `work-${string}` }): string {
  const shows = run.works.find(({ id }) => id === event.id)?.shows ?? event.id;
  switch (event.is) {
    case 'work-asked':
      return `asked to run ${event.shows}${event.size === null ? '' : ` (${event.size})`}`;
    case 'work-starting':
      return `${shows}: about to be started`;
    case 'work-started':
      return `${shows}: runs as ${event.dyno.name}`;
    case 'work-gone':
      return `${shows}: its dyno is gone`;
    case 'work-ended': {
      const work = run.works.find(({ id }) => id === event.id);
      const how = work === undefined ? (event.says ?? 'ended') : workWords(work);
      return `${shows}: ${how}; ${count(event.lines, 'line')} printed${event.cut > 0 ? `, ${event.cut} of them not kept` : ''}`;
    }
  }
}

function patrolWords({ every, by, activity, unseen }: Event & { is: 'patrolled' }): string {
  const how = by === 'webhooks' ? 'webhooks and a look' : 'a look';
  return [
    `patrol: watched by ${how} every ${Math.round(every / 1000)} s`,
    ...activity.map(({ says, at }) => `${utc(at)} ${says}`),
    ...unseen.map(({ title, why }) => `${title} cannot be looked at: ${why}`),
  ].join('; ');
}

function questionWords(run: Run, id: string): string {
  const asked = run.questions.find((question) => question.id === id);
  return asked === undefined ? id : askedWords(run, asked.about);
}

function askedWords(run: Run, about: About): string {
  switch (about.is) {
    case 'start':
      return `start although this stands against it: ${about.names.join(', ')}?`;
    case 'resume':
      return 'approve what will be put back?';
    case 'drift':
      return `${titleOf(run, about.step)}: ${labelOf(run, about)} was changed by somebody else, from ${about.shows.sent} to ${about.shows.now} (before: ${about.shows.before}): restore or keep it?`;
    case 'violation':
      return `${titleOf(run, about.step)}: ${about.label} is not quiet any more (now ${about.shows.now}, quiet wants ${about.shows.wanted}): quiet again, or accept it?`;
    case 'stuck':
      return `${titleOf(run, about.step)} is stuck: ${about.why}`;
    case 'step':
      return `${titleOf(run, about.step)}: ${about.says}`;
    case 'work':
      return about.says;
  }
}

/** What a change does, in the sentence that was captured: its values may hold secrets. Workers come back in parts. */
function willOf(
  run: Run,
  way: Way,
  step: string,
  { key, value }: (Event & { is: 'sending' })['changes'][number],
): string {
  const item = itemOf(run, step, key);
  if (item === undefined) return `change ${key}`;
  if (way === 'quiet') return item[way].will;
  return same(value, item.before) ? item.back.will : `${item.back.will}, a part of it first`;
}

function labelOf(run: Run, { step, key }: { readonly step: string; readonly key: string }): string {
  return itemOf(run, step, key)?.label ?? key;
}

function itemOf(run: Run, step: string, key: string): ItemState | undefined {
  return run.items.find((item) => item.step === step && item.key === key);
}

function titleOf(run: Run, name: string): string {
  if (name === PATROL) return 'Patrol';
  if (name === 'approval') return 'Approval';
  return [...run.steps.back, ...run.steps.quiet].find((step) => step.name === name)?.title ?? name;
}

function wayWords(way: Way): string {
  return way === 'back' ? ', on the way back' : '';
}

function count(n: number, one: string): string {
  return `${n} ${one}${n === 1 ? '' : 's'}`;
}

function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
