import { describe, expect, test } from 'vitest';
import { next } from '../../../src/model/next.ts';
import { quietSays } from '../../../src/model/phase.ts';
import { APPROVAL_EXPIRES } from '../../../src/model/questions.ts';
import { defaultSettings } from '../../../src/model/settings.ts';
import {
  alpha,
  ann,
  approvalShown,
  asked,
  bob,
  HOUR,
  holding,
  MINUTE,
  quieting,
  SECOND,
  shut,
  T0,
} from '../../helpers/make-run.ts';
import { does, records } from './does.ts';

describe('I11: nothing opens by itself', () => {
  test('however far time moves, the planned end only reminds', () => {
    let story = holding();
    for (let i = 0; i < 200; i += 1) {
      const action = next(story.run, story.now);
      if (action.do === 'patrol') {
        if (action.until === null) throw new Error('Expected holding to remind some day, got rest for ever');
        story = story.after(action.until - story.now);
        continue;
      }
      expect(action).toEqual(records([{ is: 'reminded', question: null }]));
      if (action.do === 'record') story = story.and(...action.events);
    }
    expect(story.run).toMatchObject({ way: 'quiet', ended: null });
    expect(story.now).toBeGreaterThan(T0 + 24 * HOUR);
  });

  test('it reminds at the planned end, then every 15 minutes', () => {
    const story = holding();
    expect(does(story)).toEqual({ do: 'patrol', until: T0 + HOUR });
    expect(does(story, HOUR)).toEqual(records([{ is: 'reminded', question: null }]));
    const reminded = story.after(HOUR).and({ is: 'reminded', question: null });
    expect(does(reminded)).toEqual({ do: 'patrol', until: T0 + HOUR + 15 * MINUTE });
    expect(does(reminded, 15 * MINUTE)).toEqual(records([{ is: 'reminded', question: null }]));
  });

  test('after an extension it reminds at the new end', () => {
    const extended = holding()
      .after(HOUR)
      .and({ is: 'reminded', question: null }, { is: 'extended', by: ann, endsAt: T0 + 2 * HOUR });
    expect(does(extended)).toEqual({ do: 'patrol', until: T0 + 2 * HOUR });
  });

  test('an app in which nothing had to be sent is held and reminds as well', () => {
    const idle = asked()
      .planned(
        [],
        [
          { ...alpha, before: 0 },
          { ...shut, before: true },
        ],
      )
      .done('quiet', 'preflight', 'door', 'jobs', 'workers', 'proof')
      .and({ is: 'quieted' });
    expect(does(idle)).toEqual({ do: 'patrol', until: T0 + HOUR });
    expect(does(idle, HOUR)).toEqual(records([{ is: 'reminded', question: null }]));
  });

  test('a run that is late while still quieting reminds too', () => {
    expect(does(quieting(), HOUR)).toEqual(records([{ is: 'reminded', question: null }]));
  });

  test('resume looks everything up, shows it, waits, and expires', () => {
    const open = holding().and({ is: 'asked', question: 'r1', about: { is: 'resume' } });
    expect(does(open)).toMatchObject({ do: 'show', question: { id: 'r1' } });
    expect(does(approvalShown())).toEqual({ do: 'patrol', until: T0 + APPROVAL_EXPIRES });
    expect(does(approvalShown(), APPROVAL_EXPIRES)).toEqual(records([{ is: 'withdrawn', question: 'r1' }]));
  });

  test('a given approval is confirmed by another look, and does not turn by itself', () => {
    const given = approvalShown().and({ is: 'answered', question: 'r1', answer: 'approve', by: bob });
    expect(does(given)).toMatchObject({ do: 'confirm', question: { id: 'r1' } });
  });

  test('an approval that is put off leaves the run as it was', () => {
    const off = approvalShown().and({ is: 'answered', question: 'r1', answer: 'not-yet', by: bob });
    expect(does(off)).toEqual({ do: 'patrol', until: T0 + HOUR });
  });

  test('an approval that cannot be looked up is tried again, then withdrawn', () => {
    const failed = approvalShown().failed('quiet', 'approval');
    expect(does(failed)).toEqual({ do: 'rest', until: T0 + 2 * SECOND });
    const long = failed.after(defaultSettings.patience).failed('quiet', 'approval');
    expect(does(long)).toEqual(records([{ is: 'withdrawn', question: 'r1' }]));
    const deleted = approvalShown().failed('quiet', 'approval', { kind: 'fatal' });
    expect(does(deleted)).toEqual(records([{ is: 'withdrawn', question: 'r1' }]));
  });
});

describe('while holding', () => {
  const loud = { is: 'violation', step: 'workers', key: 'alpha', label: 'alpha', now: 2 } as const;
  const shows = { before: '4', wanted: '0', now: '2' };
  const told = holding().and({ is: 'asked', question: 'v1', about: { ...loud, shows } });

  test('a violation changes nothing by itself, and does not remind', () => {
    expect(does(told)).toEqual({ do: 'patrol', until: T0 + HOUR });
    expect(told.run).toMatchObject({ way: 'quiet' });
  });

  test('quiet again: its step is written and settled once more, and then proved', () => {
    const again = told.and({ is: 'answered', question: 'v1', answer: 'quiet-again', by: bob });
    expect(does(again)).toEqual({ do: 'move', way: 'quiet', step: 'workers' });
    const written = again.wrote('quiet', 'workers', 'alpha', 0);
    expect(does(written)).toEqual({ do: 'settle', way: 'quiet', step: 'workers' });
    expect(does(written.done('quiet', 'workers'))).toEqual({ do: 'settle', way: 'quiet', step: 'proof' });
    expect(does(written.done('quiet', 'workers', 'proof'))).toEqual({ do: 'patrol', until: T0 + HOUR });
  });

  test('what cannot be made quiet again does not turn the run', () => {
    const again = told
      .and({ is: 'answered', question: 'v1', answer: 'quiet-again', by: bob })
      .failed('quiet', 'workers', { kind: 'fatal' });
    expect(does(again)).toEqual(
      records([
        { is: 'done', way: 'quiet', step: 'workers', findings: [], says: 'not made quiet again: it broke' },
        { is: 'asked', about: { ...loud, shows } },
      ]),
    );
  });

  test('what cannot be proved again is not called quiet by the proof of before', () => {
    const finding = { subject: 'Dynos', is: 'proved', says: 'none but web', at: T0 } as const;
    const again = told
      .and({ is: 'done', way: 'quiet', step: 'proof', findings: [finding] })
      .and({ is: 'answered', question: 'v1', answer: 'quiet-again', by: bob })
      .wrote('quiet', 'workers', 'alpha', 0)
      .done('quiet', 'workers')
      .failed('quiet', 'proof', { kind: 'fatal' });
    const says = 'not proved again: it broke';
    const unproved = { subject: 'Proof', is: 'not provable', says, at: again.now };
    const action = does(again);
    expect(action).toMatchObject({ events: [{ is: 'done', step: 'proof', findings: [unproved], says }] });
    const over = action.do === 'record' ? again.and(...action.events) : again;
    expect(over.run.proof?.findings).toEqual([{ ...unproved, step: 'proof' }]);
    expect(quietSays(over.run)).toBe('quiet except Proof');
    expect(does(over).do).toBe('patrol');
  });

  test('accepted, it is left as it is', () => {
    const left = told.and({ is: 'answered', question: 'v1', answer: 'accept', by: bob });
    expect(does(left)).toEqual({ do: 'patrol', until: T0 + HOUR });
  });

  test('a patrol that fails is tried again soon, then each minute where only a person can mend it', () => {
    const once = holding().failed('quiet', 'patrol');
    expect(does(once)).toEqual({ do: 'rest', until: T0 + 2 * SECOND });
    expect(does(once, 2 * SECOND)).toEqual({ do: 'patrol', until: T0 + HOUR });
    const human = once.failed('quiet', 'patrol', { kind: 'needs-human' });
    expect(does(human)).toEqual({ do: 'rest', until: T0 + MINUTE });
  });

  test('where nothing at all can be done it is told once, and taken back when it passes', () => {
    const wide = { kind: 'needs-human', wide: true } as const;
    const first = holding().failed('quiet', 'patrol', wide);
    expect(does(first)).toEqual({ do: 'rest', until: T0 + 2 * SECOND });
    const refused = first.failed('quiet', 'patrol', wide);
    const asks = does(refused);
    expect(asks).toMatchObject({ events: [{ is: 'asked', about: { is: 'stuck', step: 'patrol', wide: true } }] });
    const asked = asks.do === 'record' ? refused.and(...asks.events) : refused;
    expect(does(asked)).toEqual({ do: 'rest', until: T0 + MINUTE });
    const seen = asked.and({ is: 'patrolled', every: 48_000, by: 'polls', mark: null, activity: [], unseen: [] });
    expect(does(seen)).toEqual(records([{ is: 'withdrawn', why: 'the app can be looked at again' }]));
  });
});
