// Several approvals of one list, and the one person who opens it alone.
import { describe, expect, test } from 'vitest';
import { type Command, decide } from '../../src/model/decide.ts';
import type { Event } from '../../src/model/event.ts';
import { next } from '../../src/model/next.ts';
import type { Person } from '../../src/model/person.ts';
import { APPROVAL_EXPIRES, approvalsMissing, approvers } from '../../src/model/questions.ts';
import type { Run } from '../../src/model/run.ts';
import type { Approvals } from '../../src/model/settings.ts';
import { ann, bob, holding, questionOf, quieting, row, type Story, T0 } from '../helpers/make-run.ts';

const eve: Person = { id: 'U3', name: 'Eve', via: 'slack' };

/** Ann has asked for the maintenance; the list h1 is shown in question r1. */
function shownFor(approvals: Approvals): Story {
  return holding({ approvals }).and(
    { is: 'asked', question: 'r1', about: { is: 'resume' } },
    { is: 'shown', question: 'r1', rows: [row], hash: 'h1' },
  );
}

const approve = (answer: 'approve' | 'approve-layers' = 'approve', hash = 'h1'): Command => ({
  do: 'answer',
  question: 'r1',
  answer,
  hash,
});

function events(run: Run, command: Command, by: Person, now = T0): readonly Event[] {
  const decision = decide(run, command, by, now);
  if (decision.is === 'refused') throw new Error(`${decision.says} ${decision.remedy}`);
  return decision.events;
}

describe('Where two people have to approve', () => {
  const story = shownFor({ count: 2, asker: true });

  test('the first opens nothing, and the second does', () => {
    const first = events(story.run, approve(), ann);
    expect(first).toEqual([{ is: 'approval', question: 'r1', answer: 'approve', by: ann }]);
    const one = story.and(...first);
    expect(next(one.run, T0).do).not.toBe('confirm');
    expect(approvalsMissing(one.run, questionOf(one.run, 'r1'))).toBe(1);
    const second = events(one.run, approve(), bob);
    expect(second).toEqual([{ is: 'answered', question: 'r1', answer: 'approve', by: bob }]);
    const two = one.and(...second);
    expect(next(two.run, T0)).toMatchObject({ do: 'confirm' });
    expect(approvers(questionOf(two.run, 'r1')).map(({ name }) => name)).toEqual(['Ann', 'Bob']);
  });

  test('the same person does not count twice', () => {
    const one = story.and(...events(story.run, approve(), bob));
    expect(decide(one.run, approve('approve-layers'), bob, T0)).toMatchObject({
      is: 'refused',
      says: 'You have approved it already.',
      remedy: expect.stringMatching(/1 more person has to; .*break-glass shop/u),
    });
  });

  test('an approval of another list, or after half an hour, is none', () => {
    const one = story.and(...events(story.run, approve(), ann));
    expect(decide(one.run, approve('approve', 'h0'), bob, T0).is).toBe('refused');
    expect(decide(one.run, approve(), bob, T0 + APPROVAL_EXPIRES).is).toBe('refused');
  });

  test('a list that is shown anew has to be approved anew', () => {
    const again = story.and(
      ...events(story.run, approve(), ann),
      { is: 'withdrawn', question: 'r1', why: 'something changed between the list and its approval' },
      { is: 'asked', question: 'r2', about: { is: 'resume' } },
      { is: 'shown', question: 'r2', rows: [], hash: 'h2' },
    );
    expect(approvalsMissing(again.run, questionOf(again.run, 'r2'))).toBe(2);
  });

  test('it goes layer by layer where either of them wants it so', () => {
    const one = story.and(...events(story.run, approve('approve-layers'), ann));
    expect(events(one.run, approve(), bob)).toMatchObject([{ is: 'answered', answer: 'approve-layers' }]);
  });

  test('“not yet” of one puts it away, whoever has approved', () => {
    const one = story.and(...events(story.run, approve(), ann));
    const put = events(one.run, { do: 'answer', question: 'r1', answer: 'not-yet', hash: null }, bob);
    expect(next(one.and(...put).run, T0).do).not.toBe('confirm');
  });
});

describe('Where the one who asked does not count', () => {
  test.each([1, 2])('of %i', (count) => {
    const { run } = shownFor({ count, asker: false });
    expect(decide(run, approve(), ann, T0)).toMatchObject({
      is: 'refused',
      says: expect.stringContaining('the approval of the one who asked does not count'),
    });
    expect(events(run, approve(), bob)[0]?.is).toBe(count === 1 ? 'answered' : 'approval');
  });

  test('the same name at a terminal is another person, whom the policy has to know', () => {
    const { run } = shownFor({ count: 1, asker: false });
    expect(decide(run, approve(), { ...ann, via: 'terminal' }, T0).is).toBe('events');
  });
});

describe('To break the glass', () => {
  const story = shownFor({ count: 3, asker: false });
  const because = 'customers are locked out';
  const alone: Command = { do: 'break-glass', because };

  test('opens it alone, with the reason in front', () => {
    const broken = events(story.run, alone, ann);
    expect(broken).toEqual([
      { is: 'glass-broken', by: ann, because },
      { is: 'answered', question: 'r1', answer: 'approve', by: ann },
    ]);
    const opened = story.and(...broken);
    expect(opened.run.glass).toEqual({ by: ann, because, at: T0 });
    expect(next(opened.run, T0).do).toBe('confirm');
  });

  test('takes a reason', () => {
    expect(decide(story.run, { do: 'break-glass', because: '  ' }, ann, T0)).toMatchObject({
      is: 'refused',
      says: 'To open it alone takes a reason.',
    });
  });

  test('shows the list first, where nobody has asked for it, and opens nothing yet', () => {
    const closed = holding({ approvals: { count: 3, asker: false } });
    expect(events(closed.run, alone, eve)).toMatchObject([{ is: 'asked', about: { is: 'resume' } }]);
    const looking = closed.and(...events(closed.run, alone, eve));
    expect(decide(looking.run, alone, eve, T0)).toMatchObject({
      is: 'refused',
      says: expect.stringContaining('still being looked up'),
    });
  });

  test('does nothing to a list that has expired, to an app that is not held yet, or on its way back', () => {
    expect(decide(story.run, alone, ann, T0 + APPROVAL_EXPIRES).is).toBe('refused');
    expect(decide(quieting().run, alone, ann, T0).is).toBe('refused');
    const back = story.and({ is: 'turned', by: ann, why: 'approved' });
    expect(decide(back.run, alone, ann, T0).is).toBe('refused');
  });

  test('is the only way where the list cannot be looked up and more than one has to approve; an abort is not', () => {
    const blind = (approvals: Approvals) =>
      holding({ approvals }).and(
        { is: 'asked', question: 'r1', about: { is: 'resume' } },
        {
          is: 'failed',
          way: 'quiet',
          step: 'approval',
          why: 'refused',
          remedy: 'another token',
          kind: 'fatal',
          notBefore: T0,
        },
        { is: 'withdrawn', question: 'r1', why: 'it could not be looked up' },
      ).run;
    expect(decide(blind({ count: 1, asker: true }), { do: 'abort' }, ann, T0).is).toBe('events');
    const two = blind({ count: 2, asker: true });
    expect(decide(two, { do: 'abort' }, ann, T0)).toMatchObject({
      is: 'refused',
      remedy: expect.stringContaining('break-glass'),
    });
    expect(events(two, alone, bob)).toEqual([
      { is: 'glass-broken', by: bob, because },
      { is: 'turned', by: bob, why: `opened by one person alone: ${because}` },
    ]);
  });
});
