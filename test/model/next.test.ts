import { describe, expect, test } from 'vitest';
import { type Action, APPROVAL_EXPIRES, next } from '../../src/model/next.ts';
import { quietSays } from '../../src/model/phase.ts';
import { preflight } from '../../src/model/run.ts';
import { defaultSettings } from '../../src/model/settings.ts';
import {
  alpha,
  ann,
  approvalShown,
  asked,
  bob,
  concern,
  HOUR,
  holding,
  MINUTE,
  quieting,
  SECOND,
  type Story,
  shut,
  T0,
} from '../helpers/make-run.ts';

/** What the run does next, at the time of its last event or so much later. */
function then(story: Story, ms = 0): Action {
  return next(story.run, story.now + ms);
}

const nothing = { do: 'rest', until: null };

function records(events: readonly object[]): object {
  return { do: 'record', events: events.map((event) => expect.objectContaining(event)) };
}

describe('planning', () => {
  test('a request is planned at once', () => {
    expect(then(asked())).toEqual({ do: 'plan' });
  });

  test('a go starts: the preflight is done', () => {
    expect(then(asked().planned())).toEqual(records([{ is: 'done', way: 'quiet', step: 'preflight' }]));
  });

  test('a no-go ends the run with its reasons, nothing having been sent', () => {
    const refuse = concern({ is: 'refuse', says: 'the last release failed' });
    expect(then(asked().planned([refuse]))).toEqual(
      records([{ is: 'ended', as: 'cancelled', why: 'no-go: the last release failed. accept it' }]),
    );
  });

  test('what has to be accepted is asked, and waits', () => {
    const planned = asked().planned([concern()]);
    expect(then(planned)).toEqual(records([{ is: 'asked', about: { is: 'start', names: ['scheduler'] } }]));
    const waiting = planned.and({ is: 'asked', question: 's1', about: { is: 'start', names: ['scheduler'] } });
    expect(then(waiting)).toEqual({ do: 'rest', until: T0 + defaultSettings.startExpires });
  });

  test('what nobody accepts in time cancels the run', () => {
    const waiting = asked()
      .planned([concern()])
      .and({ is: 'asked', question: 's1', about: { is: 'start', names: ['scheduler'] } });
    expect(then(waiting, defaultSettings.startExpires - 1).do).toBe('rest');
    expect(then(waiting, defaultSettings.startExpires)).toEqual(records([{ is: 'ended', as: 'cancelled' }]));
  });

  test('what was accepted in advance is not asked', () => {
    expect(then(asked({ accepted: ['scheduler'] }).planned([concern()]))).toEqual(records([{ is: 'done' }]));
  });

  test('a preflight that is over two minutes old is done again before the first write', () => {
    const accepted = asked()
      .planned([concern()])
      .and({ is: 'asked', question: 's1', about: { is: 'start', names: ['scheduler'] } })
      .after(5 * MINUTE)
      .and({ is: 'answered', question: 's1', answer: 'accept', by: bob });
    expect(then(accepted)).toEqual({ do: 'plan' });
    expect(then(asked().planned(), 2 * MINUTE).do).toBe('record');
    expect(then(asked().planned(), 2 * MINUTE + 1)).toEqual({ do: 'plan' });
  });

  test('the first change waits for the emergency card, but not for ever', () => {
    const planned = asked({}, 'C1').planned();
    expect(then(planned)).toEqual({ do: 'rest', until: T0 + defaultSettings.emergencyWait });
    expect(then(planned, defaultSettings.emergencyWait)).toEqual(records([{ is: 'done', step: 'preflight' }]));
    expect(then(planned.and({ is: 'emergency-told' }))).toEqual(records([{ is: 'done', step: 'preflight' }]));
  });

  test('a run that was asked for at a terminal waits for no card', () => {
    expect(then(asked({}, null).planned())).toEqual(records([{ is: 'done', step: 'preflight' }]));
  });

  test('a preflight that cannot be done cancels the run: at once, or when patience is at its end', () => {
    const revoked = asked().failed('quiet', preflight.name, { kind: 'needs-human', why: 'the token is revoked' });
    expect(then(revoked)).toEqual(records([{ is: 'ended', as: 'cancelled', why: expect.stringContaining('revoked') }]));
    const down = asked().failed('quiet', preflight.name);
    expect(then(down)).toEqual({ do: 'rest', until: T0 + 2 * SECOND });
    expect(then(down, 2 * SECOND)).toEqual({ do: 'plan' });
    const long = down.after(defaultSettings.patience).failed('quiet', preflight.name);
    expect(then(long)).toEqual(records([{ is: 'ended', as: 'cancelled' }]));
  });

  test('an abort before anything was sent cancels', () => {
    const aborted = asked().planned().and({ is: 'turned', by: ann, why: 'aborted before anything was sent' });
    expect(then(aborted)).toEqual(records([{ is: 'ended', as: 'cancelled', why: 'aborted before anything was sent' }]));
  });
});

describe('quieting', () => {
  test('takes the steps in their order: a hold moves, what was written settles, a wait settles', () => {
    const started = asked().planned().done('quiet', 'preflight');
    expect(then(started)).toEqual({ do: 'move', way: 'quiet', step: 'door' });
    const shutting = started.wrote('quiet', 'door', 'door', true);
    expect(then(shutting)).toEqual({ do: 'settle', way: 'quiet', step: 'door' });
    expect(then(shutting.done('quiet', 'door', 'jobs', 'workers'))).toEqual({
      do: 'settle',
      way: 'quiet',
      step: 'proof',
    });
  });

  test('I7: after an intent without an outcome it looks again before it settles anything', () => {
    expect(then(quieting().sending('quiet', 'jobs', 'nightly', '# rake nightly'))).toEqual({
      do: 'move',
      way: 'quiet',
      step: 'jobs',
    });
  });

  test('tries again 2, 4, 8 … seconds after a failure, at most half a minute', () => {
    let story = quieting();
    for (const wait of [2, 4, 8, 16, 30, 30]) {
      story = story.failed('quiet', 'jobs');
      expect(then(story)).toEqual({ do: 'rest', until: story.now + wait * SECOND });
      expect(then(story, wait * SECOND)).toEqual({ do: 'move', way: 'quiet', step: 'jobs' });
      story = story.after(wait * SECOND);
    }
  });

  test('does not try again before the time that the platform named', () => {
    const empty = quieting().failed('quiet', 'jobs', { notBefore: T0 + 50 * SECOND });
    expect(then(empty)).toEqual({ do: 'rest', until: T0 + 50 * SECOND });
  });

  test.each(['fatal', 'needs-human'] as const)('a %s failure turns the run at once, by nobody', (kind) => {
    expect(then(quieting().failed('quiet', 'jobs', { kind }))).toEqual(
      records([{ is: 'turned', by: null, why: 'Jobs: it broke' }]),
    );
  });

  test('a failure that lasts longer than patience turns the run', () => {
    const long = quieting().failed('quiet', 'jobs').after(defaultSettings.patience);
    expect(then(long.failed('quiet', 'jobs'))).toEqual(records([{ is: 'turned', by: null }]));
  });

  test('when every step is done the app is quiet', () => {
    const done = quieting().done('quiet', 'jobs', 'workers', 'proof');
    expect(then(done)).toEqual(records([{ is: 'quieted' }]));
  });
});

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
    expect(then(story)).toEqual({ do: 'patrol', until: T0 + HOUR });
    expect(then(story, HOUR)).toEqual(records([{ is: 'reminded', question: null }]));
    const reminded = story.after(HOUR).and({ is: 'reminded', question: null });
    expect(then(reminded)).toEqual({ do: 'patrol', until: T0 + HOUR + 15 * MINUTE });
    expect(then(reminded, 15 * MINUTE)).toEqual(records([{ is: 'reminded', question: null }]));
  });

  test('after an extension it reminds at the new end', () => {
    const extended = holding()
      .after(HOUR)
      .and({ is: 'reminded', question: null }, { is: 'extended', by: ann, endsAt: T0 + 2 * HOUR });
    expect(then(extended)).toEqual({ do: 'patrol', until: T0 + 2 * HOUR });
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
    expect(then(idle)).toEqual({ do: 'patrol', until: T0 + HOUR });
    expect(then(idle, HOUR)).toEqual(records([{ is: 'reminded', question: null }]));
  });

  test('a run that is late while still quieting reminds too', () => {
    expect(then(quieting(), HOUR)).toEqual(records([{ is: 'reminded', question: null }]));
  });

  test('resume looks everything up, shows it, waits, and expires', () => {
    const open = holding().and({ is: 'asked', question: 'r1', about: { is: 'resume' } });
    expect(then(open)).toMatchObject({ do: 'show', question: { id: 'r1' } });
    expect(then(approvalShown())).toEqual({ do: 'patrol', until: T0 + APPROVAL_EXPIRES });
    expect(then(approvalShown(), APPROVAL_EXPIRES)).toEqual(records([{ is: 'withdrawn', question: 'r1' }]));
  });

  test('a given approval is confirmed by another look, and does not turn by itself', () => {
    const given = approvalShown().and({ is: 'answered', question: 'r1', answer: 'approve', by: bob });
    expect(then(given)).toMatchObject({ do: 'confirm', question: { id: 'r1' } });
  });

  test('an approval that is put off leaves the run as it was', () => {
    const off = approvalShown().and({ is: 'answered', question: 'r1', answer: 'not-yet', by: bob });
    expect(then(off)).toEqual({ do: 'patrol', until: T0 + HOUR });
  });

  test('an approval that cannot be looked up is tried again, then withdrawn', () => {
    const failed = approvalShown().failed('quiet', 'approval');
    expect(then(failed)).toEqual({ do: 'rest', until: T0 + 2 * SECOND });
    const long = failed.after(defaultSettings.patience).failed('quiet', 'approval');
    expect(then(long)).toEqual(records([{ is: 'withdrawn', question: 'r1' }]));
    const deleted = approvalShown().failed('quiet', 'approval', { kind: 'fatal' });
    expect(then(deleted)).toEqual(records([{ is: 'withdrawn', question: 'r1' }]));
  });
});

describe('while holding', () => {
  const loud = { is: 'violation', step: 'workers', key: 'alpha', label: 'alpha', now: 2 } as const;
  const shows = { before: '4', wanted: '0', now: '2' };
  const told = holding().and({ is: 'asked', question: 'v1', about: { ...loud, shows } });

  test('a violation changes nothing by itself, and does not remind', () => {
    expect(then(told)).toEqual({ do: 'patrol', until: T0 + HOUR });
    expect(told.run).toMatchObject({ way: 'quiet' });
  });

  test('quiet again: its step is written and settled once more, and then proved', () => {
    const again = told.and({ is: 'answered', question: 'v1', answer: 'quiet-again', by: bob });
    expect(then(again)).toEqual({ do: 'move', way: 'quiet', step: 'workers' });
    const written = again.wrote('quiet', 'workers', 'alpha', 0);
    expect(then(written)).toEqual({ do: 'settle', way: 'quiet', step: 'workers' });
    expect(then(written.done('quiet', 'workers'))).toEqual({ do: 'settle', way: 'quiet', step: 'proof' });
    expect(then(written.done('quiet', 'workers', 'proof'))).toEqual({ do: 'patrol', until: T0 + HOUR });
  });

  test('what cannot be made quiet again does not turn the run', () => {
    const again = told
      .and({ is: 'answered', question: 'v1', answer: 'quiet-again', by: bob })
      .failed('quiet', 'workers', { kind: 'fatal' });
    expect(then(again)).toEqual(
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
    const action = then(again);
    expect(action).toMatchObject({ events: [{ is: 'done', step: 'proof', findings: [unproved], says }] });
    const over = action.do === 'record' ? again.and(...action.events) : again;
    expect(over.run.proof?.findings).toEqual([{ ...unproved, step: 'proof' }]);
    expect(quietSays(over.run)).toBe('quiet except Proof');
    expect(then(over).do).toBe('patrol');
  });

  test('accepted, it is left as it is', () => {
    const left = told.and({ is: 'answered', question: 'v1', answer: 'accept', by: bob });
    expect(then(left)).toEqual({ do: 'patrol', until: T0 + HOUR });
  });

  test('a patrol that fails is tried again soon, then each minute where only a person can mend it', () => {
    const once = holding().failed('quiet', 'patrol');
    expect(then(once)).toEqual({ do: 'rest', until: T0 + 2 * SECOND });
    expect(then(once, 2 * SECOND)).toEqual({ do: 'patrol', until: T0 + HOUR });
    const human = once.failed('quiet', 'patrol', { kind: 'needs-human' });
    expect(then(human)).toEqual({ do: 'rest', until: T0 + MINUTE });
  });

  test('where nothing at all can be done it is told once, and taken back when it passes', () => {
    const wide = { kind: 'needs-human', wide: true } as const;
    const first = holding().failed('quiet', 'patrol', wide);
    expect(then(first)).toEqual({ do: 'rest', until: T0 + 2 * SECOND });
    const refused = first.failed('quiet', 'patrol', wide);
    const asks = then(refused);
    expect(asks).toMatchObject({ events: [{ is: 'asked', about: { is: 'stuck', step: 'patrol', wide: true } }] });
    const asked = asks.do === 'record' ? refused.and(...asks.events) : refused;
    expect(then(asked)).toEqual({ do: 'rest', until: T0 + MINUTE });
    const seen = asked.and({ is: 'patrolled', every: 48_000, by: 'polls', mark: null, activity: [], unseen: [] });
    expect(then(seen)).toEqual(records([{ is: 'withdrawn', why: 'the app can be looked at again' }]));
  });
});

describe('a run that has ended', () => {
  test('does nothing any more, whatever is open', () => {
    const ended = approvalShown().and({ is: 'ended', as: 'restored', why: '' });
    expect(then(ended, 100 * HOUR)).toEqual(nothing);
  });
});
