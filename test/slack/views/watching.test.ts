// After the door: what the channel is told when the watch begins, the card while it lasts, and what the receipt says was found.
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/model/event.ts';
import { phase } from '../../../src/model/phase.ts';
import { watch } from '../../../src/model/run.ts';
import type { StepRef } from '../../../src/model/step.ts';
import { card } from '../../../src/slack/views/card.ts';
import { broadcasts, note } from '../../../src/slack/views/note.ts';
import { expectSlackTakes, labels, shown } from '../drawn.ts';
import { approved, at, back, grace, planned, requested, runOf, toQuiet } from '../runs.ts';

const HOSTILE = '<!channel> worker.1 crashed & *fell*';
const watching: StepRef = { name: 'watching', title: 'Watching', kind: 'wait', door: false };

const done = (step: string): Event & { is: 'done' } => ({ is: 'done', way: 'back', step, findings: [] });
const settled = (step: string, key: string, now: string | number | boolean): Event => ({
  is: 'settled',
  step,
  key,
  as: 'before',
  now,
  by: null,
});

/** Everything is back, and its users are in. */
const open: readonly Event[] = [
  { ...requested, back: [...back, watching] },
  planned(),
  ...toQuiet,
  ...approved,
  settled('workers', 'worker', 4),
  settled('scheduler', 'rake nightly', 'every day'),
  settled('door', 'maintenance', false),
  ...['workers', 'scheduler', 'door'].map(done),
  { ...done(watch.name), watched: true },
];
const found = (question: string): Event => ({
  is: 'asked',
  question,
  about: {
    is: 'step',
    way: 'back',
    step: 'watching',
    key: question,
    says: `${HOSTILE} ${question}`,
    details: ['Error: no such table'],
    answers: ['accept', 'quiet-again'],
  },
});
const ended: Event = { is: 'ended', as: 'restored', why: 'every item is as it was before' };

function drawn(kind: 'watched' | 'ended' | 'question', events: readonly Event[], question: string | null = null) {
  const [message] = note(runOf(events), { kind, question }, at);
  expectSlackTakes(message);
  return message;
}

describe('an app that is back and watched', () => {
  test('is told to the whole channel at the beginning, with for how long', () => {
    const run = runOf(open);
    expect(phase(run)).toBe('watching');
    expect(broadcasts(run, 'watched')).toBe(true);
    expect(shown(drawn('watched', open))).toMatch(
      /^\*shop\*: ✅ everything is as it was before, and the app is open\. It is watched for .*10 min/,
    );
  });

  test('is told with what was decided otherwise', () => {
    const kept: Event = { is: 'settled', step: 'workers', key: 'worker', as: 'kept', now: 2, by: grace };
    expect(shown(drawn('watched', [...open, kept]))).toContain('except 1 thing kept different');
  });

  test('has a card that says so, without a button', () => {
    const message = card(
      runOf([...open, { is: 'waiting', way: 'back', step: 'watching', why: 'until 12:40', memo: null }]),
      at,
    );
    expectSlackTakes(message);
    expect(shown(message)).toMatch(/shop · watching/);
    expect(shown(message)).toContain('⏳ *Watching*: until 12:40');
    expect(shown(message)).toContain('*Users*: let in');
    expect(labels(message)).toEqual([]);
  });

  test('asks about what is found, with what can be made of it', () => {
    const message = drawn('question', [...open, found('s1')], 's1');
    expect(labels(message)).toEqual(['Accept', 'Quiet again']);
    expect(shown(message)).toContain('no such table');
    expect(phase(runOf([...open, found('s1')]))).toBe('needs a person');
  });

  test('has a receipt of what was found afterwards, and by whom it was accepted, or that nobody answered', () => {
    const receipt = shown(
      drawn('ended', [
        ...open,
        found('s1'),
        { is: 'answered', question: 's1', answer: 'accept', by: grace },
        found('s2'),
        { is: 'withdrawn', question: 's2', why: 'the watch is over' },
        ended,
      ]),
    );
    expect(receipt).toMatch(/\*Found afterwards\*: .* s1 \(accepted by .*grace.*\)/);
    expect(receipt).toMatch(/\*Found afterwards\*: .* s2 \(nobody answered\)/);
    expect(receipt).not.toContain('<!channel>');
    expect(shown(drawn('ended', [...open, ended]))).not.toContain('Found afterwards');
  });

  test('has a receipt that says who made it quiet again', () => {
    const again: Event = { is: 'answered', question: 's1', answer: 'quiet-again', by: grace };
    expect(shown(drawn('ended', [...open, found('s1'), again, ended]))).toMatch(/s1 \(made quiet again by .*grace/);
  });
});
