import { describe, expect, test } from 'vitest';
import { apply, fold } from '../../src/model/apply.ts';
import { type Event, Event as Schema } from '../../src/model/event.ts';
import { quietSays } from '../../src/model/phase.ts';
import type { ItemState, Run, StepState } from '../../src/model/run.ts';
import type { Way } from '../../src/model/step.ts';
import {
  alpha,
  ann,
  approvalShown,
  asked,
  back,
  bob,
  captured,
  concern,
  drifted,
  HOUR,
  holding,
  MINUTE,
  nightly,
  questionOf,
  quieting,
  requested,
  T0,
} from '../helpers/make-run.ts';

const heading = { id: 'm1', app: { id: 'app-1', name: 'shop' }, channel: null };

function item(run: Run, key: string): ItemState {
  const found = run.items.find((i) => i.key === key);
  if (found === undefined) throw new Error(`Expected an item ${key}, got none`);
  return found;
}

function step(run: Run, way: Way, name: string): StepState {
  const found = run.steps[way].find((s) => s.name === name);
  if (found === undefined) throw new Error(`Expected a step ${name}, got none`);
  return found;
}

describe('I1: the snapshot comes first and stays', () => {
  test('a run begins with its request and with nothing else', () => {
    expect(() => fold(heading, [])).toThrow(/requested/);
    expect(() => fold(heading, [{ seq: 1, at: T0, event: { is: 'quieted' } }])).toThrow(/requested/);
    expect(() => asked().and(requested()).run).toThrow(/second/);
  });

  test('an item that changed before our first write is corrected', () => {
    const corrected = asked()
      .planned()
      .and({ is: 'corrected', item: captured('workers', 'alpha', 6, 0) });
    expect(item(corrected.run, 'alpha')).toMatchObject({ before: 6, sent: [] });
  });

  test('a correction is illegal once anything has been sent for the item', () => {
    const sending = asked().planned().sending('quiet', 'workers', 'alpha', 0);
    expect(() => sending.and({ is: 'corrected', item: captured('workers', 'alpha', 6, 0) }).run).toThrow(/I1/);
  });

  test('a correction of one item does not mind what was sent for another', () => {
    const sending = asked().planned().sending('quiet', 'door', 'door', true);
    const corrected = sending.and({ is: 'corrected', item: captured('workers', 'alpha', 6, 0) });
    expect(item(corrected.run, 'alpha').before).toBe(6);
  });

  test('nothing is about to be sent for an item that has no "before"', () => {
    expect(() => asked().planned().sending('quiet', 'workers', 'stranger', 0).run).toThrow(/I1/);
  });

  test('a second plan leaves what was captured and adds what is new', () => {
    const again = asked()
      .planned([], [alpha])
      .planned([concern()], [captured('workers', 'alpha', 9, 0), nightly]);
    expect(again.run.items.map((i) => [i.key, i.before])).toEqual([
      ['alpha', 4],
      ['nightly', 'rake nightly'],
    ]);
    expect(again.run.planned?.concerns).toHaveLength(1);
  });

  test('an item that appears twice is captured once', () => {
    const twice = asked()
      .planned([], [])
      .and({ is: 'appeared', item: alpha }, { is: 'appeared', item: captured('workers', 'alpha', 9, 0) });
    expect(twice.run.items.map((i) => i.before)).toEqual([4]);
  });

  test('the same key in another step is another item', () => {
    const two = asked()
      .planned([], [alpha, captured('jobs', 'alpha', 'x', '# x')])
      .sending('quiet', 'jobs', 'alpha', '# x');
    expect(two.run.items.map((i) => i.sent)).toEqual([[], ['# x']]);
  });
});

describe('what was sent', () => {
  test('every value that may have been sent is remembered, the oldest first', () => {
    const run = back().sending('back', 'workers', 'alpha', 1).sending('back', 'workers', 'alpha', 4).run;
    expect(item(run, 'alpha').sent).toEqual([0, 1, 4]);
  });

  test('an intent alone does not count as done: the step looks again', () => {
    const run = quieting().sending('quiet', 'jobs', 'nightly', '# rake nightly').run;
    expect(step(run, 'quiet', 'jobs')).toMatchObject({ state: 'todo', moves: 0 });
  });

  test('a write counts as a round when it was answered, so that an outage is not taken for a fight', () => {
    const run = quieting()
      .sending('quiet', 'jobs', 'nightly', '# rake nightly')
      .and({ is: 'sent', way: 'quiet', step: 'jobs' }).run;
    expect(step(run, 'quiet', 'jobs')).toMatchObject({ state: 'moving', moves: 1 });
  });

  test('sending something for a settled item opens it again', () => {
    const run = back().settled('workers', 'alpha', 'before', 4).sending('back', 'workers', 'alpha', 4).run;
    expect(item(run, 'alpha').settled).toBeNull();
  });

  test('again counts, so that a step which asks for ever comes to an end', () => {
    const again: Event = { is: 'again', way: 'back', step: 'workers', memo: null };
    expect(step(back().and(again, again).run, 'back', 'workers')).toMatchObject({ moves: 2, state: 'todo' });
  });
});

describe('a row of failures', () => {
  test('keeps when it began, and counts', () => {
    const run = quieting().failed('quiet', 'jobs').after(MINUTE).failed('quiet', 'jobs', { why: 'again' }).run;
    expect(step(run, 'quiet', 'jobs').trouble).toMatchObject({ since: T0, at: T0 + MINUTE, times: 2, why: 'again' });
  });

  test('ends with the first success', () => {
    const failed = quieting().failed('quiet', 'jobs');
    const successes: Event[] = [
      { is: 'sent', way: 'quiet', step: 'jobs' },
      { is: 'waiting', way: 'quiet', step: 'jobs', why: 'stopping', memo: null },
      { is: 'again', way: 'quiet', step: 'jobs', memo: null },
      { is: 'done', way: 'quiet', step: 'jobs', findings: [] },
    ];
    for (const success of successes) expect(step(failed.and(success).run, 'quiet', 'jobs').trouble).toBeNull();
  });

  test('is not ended by the intent of yet another write', () => {
    const run = quieting().failed('quiet', 'jobs').sending('quiet', 'jobs', 'nightly', '# rake nightly').run;
    expect(step(run, 'quiet', 'jobs').trouble).not.toBeNull();
  });

  test('of an approval stays out of the steps', () => {
    const run = approvalShown().failed('quiet', 'approval').run;
    expect(run.approvalTrouble).toMatchObject({ times: 1 });
    expect(run.steps.quiet.every((s) => s.trouble === null)).toBe(true);
  });
});

describe('there is one edge: from quiet to back', () => {
  test('the first turn counts', () => {
    const run = quieting().and({ is: 'turned', by: ann, why: 'aborted' }, { is: 'turned', by: bob, why: 'late' }).run;
    expect(run).toMatchObject({ way: 'back', turned: { by: ann, why: 'aborted' } });
  });

  test('an outcome on the way to quiet that arrives after the turn changes nothing on the way back', () => {
    const turned = quieting().sending('quiet', 'workers', 'alpha', 0).and({ is: 'turned', by: ann, why: 'aborted' });
    const late = turned.and({ is: 'sent', way: 'quiet', step: 'workers' });
    expect(late.run.steps.back).toEqual(turned.run.steps.back);
    expect(item(late.run, 'alpha').sent).toEqual([0]);
  });
});

describe('answers', () => {
  const answer = (question: string, given: 'accept' | 'restore' | 'keep' | 'later' | 'try-again'): Event => ({
    is: 'answered',
    question,
    answer: given,
    by: bob,
  });

  test('accepting names who accepted, beside what was accepted in advance', () => {
    const run = asked({ accepted: ['old-job'] })
      .planned([concern()])
      .and({ is: 'asked', question: 's1', about: { is: 'start', names: ['scheduler'] } }, answer('s1', 'accept')).run;
    expect(run.accepted).toEqual([
      { name: 'old-job', by: ann },
      { name: 'scheduler', by: bob },
    ]);
  });

  test.each(['restore', 'keep'] as const)('%s has the step look once more, with all its tries', (given) => {
    const waiting = back().sending('back', 'workers', 'alpha', 4).and(drifted()).done('back', 'workers');
    expect(step(waiting.and(answer('d1', given)).run, 'back', 'workers')).toMatchObject({
      state: 'todo',
      moves: 0,
      doneAt: null,
    });
  });

  test('later leaves the question open and the step alone', () => {
    const run = back().and(drifted()).done('back', 'workers').and(answer('d1', 'later')).run;
    expect(step(run, 'back', 'workers').state).toBe('done');
    expect(questionOf(run, 'd1').answered).toMatchObject({ answer: 'later', by: bob });
  });

  test('try again gives a stuck step all its tries back', () => {
    const about = { is: 'stuck', step: 'workers', why: 'broken', remedy: 'mend it', byHand: [] } as const;
    const stuck = back()
      .sending('back', 'workers', 'alpha', 4)
      .failed('back', 'workers', { kind: 'fatal' })
      .and({ is: 'asked', question: 'x1', about: { ...about, byHand: [] } });
    expect(step(stuck.and(answer('x1', 'try-again')).run, 'back', 'workers')).toMatchObject({
      state: 'todo',
      moves: 0,
      trouble: null,
    });
  });

  test('a stuck step that gets done by itself withdraws its question', () => {
    const about = { is: 'stuck' as const, step: 'workers', why: 'broken', remedy: '', byHand: [] };
    const run = back().and({ is: 'asked', question: 'x1', about }).done('back', 'workers').run;
    expect(questionOf(run, 'x1').withdrawn).not.toBeNull();
  });

  test('an answer to a question that nobody asked changes nothing', () => {
    const story = back();
    expect({ ...story.and(answer('nobody', 'keep')).run, seq: 0 }).toEqual({ ...story.run, seq: 0 });
  });
});

describe('the last look', () => {
  test('reopens a step, unsettles its items, and counts how often it had to', () => {
    const settled = back().settled('workers', 'alpha', 'before', 4).done('back', 'workers');
    const run = settled.and({ is: 'reopened', step: 'workers', keys: ['alpha'] }).run;
    expect(step(run, 'back', 'workers')).toMatchObject({ state: 'todo', moves: 0, doneAt: null });
    expect(step(run, 'back', 'watch').moves).toBe(1);
    expect(item(run, 'alpha').settled).toBeNull();
  });

  test('who kept an item is kept', () => {
    const run = back().settled('workers', 'alpha', 'kept', 7, bob).run;
    expect(item(run, 'alpha').settled).toEqual({ as: 'kept', now: 7, by: bob });
  });
});

describe('the rest of what can happen', () => {
  test('an app renamed in the middle keeps its id', () => {
    expect(holding().and({ is: 'renamed', name: 'store', items: [] }).run.app).toEqual({ id: 'app-1', name: 'store' });
  });

  test('the emergency card is told once: the first time counts', () => {
    const told = asked().and({ is: 'emergency-told' }).after(MINUTE).and({ is: 'emergency-told' });
    expect(told.run.emergencyToldAt).toBe(T0);
  });

  test('extending moves the planned end, and the reminders with it', () => {
    const run = holding().and(
      { is: 'reminded', question: null },
      { is: 'extended', by: ann, endsAt: T0 + 2 * HOUR },
    ).run;
    expect(run).toMatchObject({ endsAt: T0 + 2 * HOUR, remindedAt: null });
  });

  test('the proof is what every step found last: one takes the place of its own findings alone', () => {
    const found = (step: string, subject: string, says: string): Event => ({
      is: 'done',
      way: 'quiet',
      step,
      findings: [{ subject, is: 'proved', says, at: T0 }],
    });
    const drained = found('workers', 'Sidekiq', 'drained');
    const run = quieting()
      .and(drained, found('proof', 'Dynos', 'two'))
      .and(found('proof', 'Dynos', 'none')).run;
    expect(run.proof?.findings.map(({ step, says }) => [step, says])).toEqual([
      ['workers', 'drained'],
      ['proof', 'none'],
    ]);
  });

  test('what two steps have found about the same is an exception only as it was found last', () => {
    const found = (step: string, is: 'proved' | 'not provable'): Event => ({
      is: 'done',
      way: 'quiet',
      step,
      findings: [{ subject: 'Sidekiq', is, says: is, at: T0 }],
    });
    const drained = quieting().and(found('workers', 'not provable'));
    expect(quietSays(drained.run)).toBe('quiet except Sidekiq');
    expect(quietSays(drained.and(found('proof', 'proved')).run)).toBe('quiet');
  });

  test('every event counts up the run', () => {
    const story = approvalShown();
    expect(story.run.seq).toBe(story.log.length);
  });

  test('a run folded at once is the run folded event by event, through the store', () => {
    const { log, run } = back().and(drifted()).settled('jobs', 'nightly', 'gone', null);
    const [first, ...others] = log.map((l) => ({ ...l, event: Schema.parse(JSON.parse(JSON.stringify(l.event))) }));
    if (first === undefined) throw new Error('Expected a log, got none');
    expect(others.reduce(apply, fold(heading, [first]))).toEqual(run);
  });
});
