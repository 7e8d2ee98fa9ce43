import { describe, expect, it } from 'vitest';
import { decide } from '../../src/model/decide.ts';
import { next } from '../../src/model/next.ts';
import { open } from '../../src/model/questions.ts';
import type { Run } from '../../src/model/run.ts';
import { ann, back, bob, holding } from '../helpers/make-run.ts';

/** The way back with its workers step given up by the platform. */
function stuck(): { run: Run; now: number; question: string } {
  const failing = back().failed('back', 'workers', { kind: 'fatal' });
  const asked = next(failing.run, failing.now);
  if (asked.do !== 'record') throw new Error(`Expected the run to ask, it would ${asked.do}`);
  const story = failing.and(...asked.events);
  const question = story.run.questions.find((q) => open(q) && q.about.is === 'stuck');
  return { run: story.run, now: story.now, question: question?.id ?? '' };
}

describe('what cannot be put back', () => {
  it('is left as it is by the decision of a named person, and holds up nothing any more (I3)', () => {
    const { run, now, question } = stuck();
    const decided = decide(run, { do: 'answer', question, answer: 'give-up', hash: null }, bob, now);
    expect(decided.is).toBe('events');
    const events = decided.is === 'events' ? decided.events : [];
    const left = events.flatMap((event) => (event.is === 'settled' ? [event] : []));
    expect(left.length).toBeGreaterThan(0);
    for (const event of left) expect(event).toMatchObject({ as: 'left', by: bob });
    expect(events.at(-1)).toMatchObject({ is: 'done', step: 'workers' });
  });

  it('is not left by an answer that does not say so', () => {
    const { run, now, question } = stuck();
    const decided = decide(run, { do: 'answer', question, answer: 'try-again', hash: null }, bob, now);
    expect(decided.is === 'events' && decided.events.some((event) => event.is === 'settled')).toBe(false);
  });
});

describe('an approval that cannot be looked up', () => {
  it('gives an abort by name the way, after it was asked for and given up, and not before (I11)', () => {
    const asked = holding().and({ is: 'asked', question: 'resume-1', about: { is: 'resume' } });
    const failing = asked.and({
      is: 'failed',
      way: 'quiet',
      step: 'approval',
      why: 'the app is gone',
      remedy: '',
      kind: 'fatal',
      notBefore: 0,
    });
    expect(decide(holding().run, { do: 'abort' }, ann, holding().now).is).toBe('refused');
    expect(decide(failing.run, { do: 'abort' }, ann, failing.now).is).toBe('refused');
    const given = next(failing.run, failing.now);
    const withdrawn = failing.and(...(given.do === 'record' ? given.events : []));
    expect(decide(withdrawn.run, { do: 'abort' }, ann, withdrawn.now)).toMatchObject({
      is: 'events',
      events: [{ is: 'turned', by: ann }],
    });
  });

  it('is not one that was asked for and simply not answered', () => {
    const expired = holding().and(
      { is: 'asked', question: 'resume-1', about: { is: 'resume' } },
      { is: 'withdrawn', question: 'resume-1', why: 'it was not answered in 30 minutes' },
    );
    expect(decide(expired.run, { do: 'abort' }, ann, expired.now).is).toBe('refused');
  });
});
