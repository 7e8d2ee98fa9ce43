import { describe, expect, test } from 'vitest';
import { answersTo, type Command, decide } from '../../src/model/decide.ts';
import type { Answer } from '../../src/model/event.ts';
import { APPROVAL_EXPIRES } from '../../src/model/questions.ts';
import type { Run } from '../../src/model/run.ts';
import {
  ann,
  approvalShown,
  asked,
  back,
  bob,
  concern,
  drifted,
  HOUR,
  holding,
  MINUTE,
  questionOf,
  quieting,
  T0,
} from '../helpers/make-run.ts';

function answer(question: string, given: Answer, hash: string | null = null): Command {
  return { do: 'answer', question, answer: given, hash };
}

function does(run: Run, command: Command, now = T0) {
  return decide(run, command, bob, now);
}

const accepting = asked()
  .planned([concern()])
  .and({ is: 'asked', question: 's1', about: { is: 'start', names: ['scheduler'] } });

describe('I11: only an answered approval opens', () => {
  test('approve, of the list that was shown, by a named person', () => {
    expect(does(approvalShown().run, answer('r1', 'approve', 'h1'))).toEqual({
      is: 'events',
      events: [{ is: 'answered', question: 'r1', answer: 'approve', by: bob }],
    });
  });

  test('an approval of another list than the one shown is refused', () => {
    expect(does(approvalShown().run, answer('r1', 'approve', 'h0')).is).toBe('refused');
    expect(does(approvalShown().run, answer('r1', 'approve')).is).toBe('refused');
  });

  test('an approval before the list is there is refused', () => {
    const looking = holding().and({ is: 'asked', question: 'r1', about: { is: 'resume' } });
    expect(does(looking.run, answer('r1', 'approve', 'h1')).is).toBe('refused');
    expect(does(looking.run, answer('r1', 'approve')).is).toBe('refused');
  });

  test('an approval expires 30 minutes after its list was shown', () => {
    const { run } = approvalShown();
    expect(does(run, answer('r1', 'approve', 'h1'), T0 + APPROVAL_EXPIRES - 1).is).toBe('events');
    expect(does(run, answer('r1', 'approve', 'h1'), T0 + APPROVAL_EXPIRES).is).toBe('refused');
  });

  test('an expired approval can still be put off', () => {
    expect(does(approvalShown().run, answer('r1', 'not-yet'), T0 + HOUR).is).toBe('events');
  });

  test('the second one is told who was first', () => {
    const { run } = approvalShown().and({ is: 'answered', question: 'r1', answer: 'not-yet', by: ann });
    expect(does(run, answer('r1', 'approve', 'h1'))).toMatchObject({
      is: 'refused',
      says: expect.stringContaining('Ann'),
    });
  });

  test('a withdrawn approval opens nothing', () => {
    const { run } = approvalShown().and({ is: 'withdrawn', question: 'r1', why: 'something changed' });
    expect(does(run, answer('r1', 'approve', 'h1'))).toMatchObject({
      is: 'refused',
      says: expect.stringContaining('something changed'),
    });
  });

  test('resume opens the approval and is not one', () => {
    const decision = does(holding().run, { do: 'resume' });
    expect(decision).toMatchObject({ is: 'events', events: [{ is: 'asked', about: { is: 'resume' } }] });
  });

  test('abort does not open an app that is quiet', () => {
    expect(does(holding().run, { do: 'abort' })).toMatchObject({
      is: 'refused',
      remedy: expect.stringContaining('/maint resume shop'),
    });
  });

  test('no command but an approval turns a run that holds', () => {
    const { run } = approvalShown();
    const commands: Command[] = [
      { do: 'resume' },
      { do: 'abort' },
      { do: 'extend', by: MINUTE },
      ...(['accept', 'cancel', 'not-yet', 'restore', 'keep', 'later', 'try-again'] as const).map((given) =>
        answer('r1', given, 'h1'),
      ),
    ];
    for (const command of commands) {
      const decision = does(run, command);
      const events = decision.is === 'events' ? decision.events.map((e) => e.is) : [];
      expect(events.filter((is) => is === 'turned' || is === 'ended')).toEqual([]);
    }
  });
});

describe('resume', () => {
  test('is refused while the app is still on its way to quiet', () => {
    expect(does(quieting().run, { do: 'resume' })).toMatchObject({
      is: 'refused',
      remedy: expect.stringContaining('abort'),
    });
  });

  test('is refused while an approval is open, and once one is given', () => {
    expect(does(approvalShown().run, { do: 'resume' }).is).toBe('refused');
    const given = approvalShown().and({ is: 'answered', question: 'r1', answer: 'approve', by: ann });
    expect(does(given.run, { do: 'resume' })).toMatchObject({ is: 'refused', says: expect.stringContaining('Ann') });
  });

  test('opens a new approval after one was put off or withdrawn, under a name of its own', () => {
    const off = approvalShown().and({ is: 'answered', question: 'r1', answer: 'not-yet', by: ann });
    const gone = approvalShown().and(
      { is: 'answered', question: 'r1', answer: 'approve', by: ann },
      { is: 'withdrawn', question: 'r1', why: 'something changed' },
    );
    for (const { run } of [off, gone]) {
      const decision = does(run, { do: 'resume' });
      expect(decision).toMatchObject({ is: 'events', events: [{ is: 'asked', question: `resume-${run.seq}` }] });
    }
  });
});

describe('abort', () => {
  test('turns a run that is on its way to quiet, and says who', () => {
    expect(does(quieting().run, { do: 'abort' })).toEqual({
      is: 'events',
      events: [{ is: 'turned', by: bob, why: 'aborted' }],
    });
  });

  test('before anything was sent says so', () => {
    expect(does(asked().planned().run, { do: 'abort' })).toMatchObject({
      events: [{ is: 'turned', why: 'aborted before anything was sent' }],
    });
  });
});

describe('extend', () => {
  test('adds to the planned end, or to now where that is past', () => {
    const { run } = holding();
    expect(does(run, { do: 'extend', by: 15 * MINUTE }, T0)).toMatchObject({
      events: [{ is: 'extended', by: bob, endsAt: T0 + HOUR + 15 * MINUTE }],
    });
    expect(does(run, { do: 'extend', by: 15 * MINUTE }, T0 + 2 * HOUR)).toMatchObject({
      events: [{ endsAt: T0 + 2 * HOUR + 15 * MINUTE }],
    });
  });
});

describe('on the way back', () => {
  test.each<Command>([{ do: 'resume' }, { do: 'abort' }, { do: 'extend', by: MINUTE }])(
    '$do has nothing to do any more, and says how it stands',
    (command) => {
      expect(does(back().run, command)).toMatchObject({ is: 'refused', says: expect.stringContaining('restoring') });
    },
  );

  test('drift takes restore, keep and later, and after later all three again', () => {
    const drift = back().and(drifted());
    for (const given of ['restore', 'keep', 'later'] as const) {
      expect(does(drift.run, answer('d1', given)).is).toBe('events');
      const later = drift.and({ is: 'answered', question: 'd1', answer: 'later', by: ann });
      expect(does(later.run, answer('d1', given)).is).toBe('events');
    }
    const kept = drift.and({ is: 'answered', question: 'd1', answer: 'keep', by: ann });
    expect(does(kept.run, answer('d1', 'restore'))).toMatchObject({
      is: 'refused',
      says: expect.stringContaining('Ann'),
    });
  });
});

describe('answers', () => {
  test('a question takes only its own, and none once it is closed', () => {
    const { run } = approvalShown();
    expect(answersTo(questionOf(run, 'r1'))).toEqual(['approve', 'approve-layers', 'not-yet']);
    expect(does(run, answer('r1', 'keep'))).toMatchObject({
      is: 'refused',
      remedy: expect.stringContaining('approve, approve-layers, not-yet'),
    });
    const closed = approvalShown().and({ is: 'answered', question: 'r1', answer: 'not-yet', by: ann });
    expect(answersTo(questionOf(closed.run, 'r1'))).toEqual([]);
  });

  test('a question that nobody asked is not known', () => {
    expect(does(holding().run, answer('r9', 'approve', 'h1')).is).toBe('refused');
  });

  test('accept starts, cancel ends the run before anything was sent', () => {
    expect(does(accepting.run, answer('s1', 'accept'))).toMatchObject({
      events: [{ is: 'answered', answer: 'accept' }],
    });
    expect(does(accepting.run, answer('s1', 'cancel'))).toMatchObject({
      events: [{ is: 'answered' }, { is: 'ended', as: 'cancelled', why: expect.stringContaining('Bob') }],
    });
  });

  test('a run that has ended takes no command', () => {
    const { run } = back().and(drifted(), { is: 'ended', as: 'restored', why: '' });
    const commands: Command[] = [{ do: 'resume' }, { do: 'abort' }, { do: 'extend', by: 1 }, answer('d1', 'keep')];
    for (const command of commands) {
      expect(does(run, command)).toMatchObject({ is: 'refused', remedy: expect.stringContaining('/maint start shop') });
    }
  });
});
