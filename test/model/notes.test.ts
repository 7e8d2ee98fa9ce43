import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/model/event.ts';
import { notesOf } from '../../src/model/notes.ts';
import { alpha, ann, approvalShown, concern, drifted } from '../helpers/make-run.ts';

describe('which events the channel hears of', () => {
  const of = (event: Event, seq = 9) => notesOf({ seq, at: 0, event });

  test('the plan brings the commands that undo everything', () => {
    expect(of({ is: 'planned', concerns: [], items: [alpha] })).toEqual([
      { key: 'emergency-9', kind: 'emergency', question: null, seq: 9 },
    ]);
  });

  test('they are posted although something has to be accepted first', () => {
    expect(of({ is: 'planned', concerns: [concern()], items: [alpha] })).toHaveLength(1);
  });

  test('a no-go, or an app with nothing to hold, brings none', () => {
    expect(of({ is: 'planned', concerns: [concern({ is: 'refuse' })], items: [alpha] })).toEqual([]);
    expect(of({ is: 'planned', concerns: [], items: [] })).toEqual([]);
  });

  test.each<Event>([
    { is: 'corrected', item: alpha },
    { is: 'appeared', item: alpha },
  ])('commands that have changed are posted again: $is', (event) => {
    expect(of(event).map((note) => note.kind)).toEqual(['emergency']);
  });

  test('a question, and a reminder of one, name the question', () => {
    expect(of(drifted('d1'))).toMatchObject([{ kind: 'question', question: 'd1' }]);
    expect(of({ is: 'reminded', question: 'd1' })).toMatchObject([{ kind: 'reminded', question: 'd1' }]);
    expect(of({ is: 'reminded', question: null })).toMatchObject([{ kind: 'reminded', question: null }]);
  });

  test.each<Event>([
    { is: 'quieted' },
    { is: 'turned', by: null, why: 'aborted' },
    { is: 'extended', by: ann, endsAt: 1 },
    { is: 'ended', as: 'restored', why: 'all as before' },
  ])('the channel hears that it was $is', (event) => {
    expect(of(event).map((note) => note.kind)).toEqual([event.is]);
  });

  test('the beginning of the watch, and no other step that is done', () => {
    const done: Event = { is: 'done', way: 'back', step: 'watch', findings: [] };
    expect(of({ ...done, watched: true }).map((note) => note.kind)).toEqual(['watched']);
    expect(of(done)).toEqual([]);
    expect(of({ ...done, step: 'workers' })).toEqual([]);
  });

  test('what only the card shows makes no noise', () => {
    expect(of({ is: 'sent', way: 'quiet', step: 'workers' })).toEqual([]);
    expect(of({ is: 'waiting', way: 'quiet', step: 'workers', why: 'stopping', memo: null })).toEqual([]);
    expect(of({ is: 'answered', question: 'd1', answer: 'keep', by: ann })).toEqual([]);
  });

  test('the key of a note is unique within its run', () => {
    const keys = approvalShown().log.flatMap((logged) => notesOf(logged).map((note) => note.key));
    expect(keys.length).toBeGreaterThan(2);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
