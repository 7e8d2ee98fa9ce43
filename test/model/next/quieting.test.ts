import { describe, expect, test } from 'vitest';
import { preflight } from '../../../src/model/run.ts';
import { defaultSettings } from '../../../src/model/settings.ts';
import { ann, asked, bob, concern, MINUTE, quieting, SECOND, T0 } from '../../helpers/make-run.ts';
import { does, records } from './does.ts';

describe('planning', () => {
  test('a request is planned at once', () => {
    expect(does(asked())).toEqual({ do: 'plan' });
  });

  test('a go starts: the preflight is done', () => {
    expect(does(asked().planned())).toEqual(records([{ is: 'done', way: 'quiet', step: 'preflight' }]));
  });

  test('a no-go ends the run with its reasons, nothing having been sent', () => {
    const refuse = concern({ is: 'refuse', says: 'the last release failed' });
    expect(does(asked().planned([refuse]))).toEqual(
      records([{ is: 'ended', as: 'cancelled', why: 'no-go: the last release failed. accept it' }]),
    );
  });

  test('what has to be accepted is asked, and waits', () => {
    const planned = asked().planned([concern()]);
    expect(does(planned)).toEqual(records([{ is: 'asked', about: { is: 'start', names: ['scheduler'] } }]));
    const waiting = planned.and({ is: 'asked', question: 's1', about: { is: 'start', names: ['scheduler'] } });
    expect(does(waiting)).toEqual({ do: 'rest', until: T0 + defaultSettings.startExpires });
  });

  test('what nobody accepts in time cancels the run', () => {
    const waiting = asked()
      .planned([concern()])
      .and({ is: 'asked', question: 's1', about: { is: 'start', names: ['scheduler'] } });
    expect(does(waiting, defaultSettings.startExpires - 1).do).toBe('rest');
    expect(does(waiting, defaultSettings.startExpires)).toEqual(records([{ is: 'ended', as: 'cancelled' }]));
  });

  test('what was accepted in advance is not asked', () => {
    expect(does(asked({ accepted: ['scheduler'] }).planned([concern()]))).toEqual(records([{ is: 'done' }]));
  });

  test('a preflight that is over two minutes old is done again before the first write', () => {
    const accepted = asked()
      .planned([concern()])
      .and({ is: 'asked', question: 's1', about: { is: 'start', names: ['scheduler'] } })
      .after(5 * MINUTE)
      .and({ is: 'answered', question: 's1', answer: 'accept', by: bob });
    expect(does(accepted)).toEqual({ do: 'plan' });
    expect(does(asked().planned(), 2 * MINUTE).do).toBe('record');
    expect(does(asked().planned(), 2 * MINUTE + 1)).toEqual({ do: 'plan' });
  });

  test('the first change waits for the emergency card, but not for ever', () => {
    const planned = asked({}, 'C1').planned();
    expect(does(planned)).toEqual({ do: 'rest', until: T0 + defaultSettings.emergencyWait });
    expect(does(planned, defaultSettings.emergencyWait)).toEqual(records([{ is: 'done', step: 'preflight' }]));
    expect(does(planned.and({ is: 'emergency-told' }))).toEqual(records([{ is: 'done', step: 'preflight' }]));
  });

  test('a run that was asked for at a terminal waits for no card', () => {
    expect(does(asked({}, null).planned())).toEqual(records([{ is: 'done', step: 'preflight' }]));
  });

  test('a preflight that cannot be done cancels the run: at once, or when patience is at its end', () => {
    const revoked = asked().failed('quiet', preflight.name, { kind: 'needs-human', why: 'the token is revoked' });
    expect(does(revoked)).toEqual(records([{ is: 'ended', as: 'cancelled', why: expect.stringContaining('revoked') }]));
    const down = asked().failed('quiet', preflight.name);
    expect(does(down)).toEqual({ do: 'rest', until: T0 + 2 * SECOND });
    expect(does(down, 2 * SECOND)).toEqual({ do: 'plan' });
    const long = down.after(defaultSettings.patience).failed('quiet', preflight.name);
    expect(does(long)).toEqual(records([{ is: 'ended', as: 'cancelled' }]));
  });

  test('an abort before anything was sent cancels', () => {
    const aborted = asked().planned().and({ is: 'turned', by: ann, why: 'aborted before anything was sent' });
    expect(does(aborted)).toEqual(records([{ is: 'ended', as: 'cancelled', why: 'aborted before anything was sent' }]));
  });
});

describe('quieting', () => {
  test('takes the steps in their order: a hold moves, what was written settles, a wait settles', () => {
    const started = asked().planned().done('quiet', 'preflight');
    expect(does(started)).toEqual({ do: 'move', way: 'quiet', step: 'door' });
    const shutting = started.wrote('quiet', 'door', 'door', true);
    expect(does(shutting)).toEqual({ do: 'settle', way: 'quiet', step: 'door' });
    expect(does(shutting.done('quiet', 'door', 'jobs', 'workers'))).toEqual({
      do: 'settle',
      way: 'quiet',
      step: 'proof',
    });
  });

  test('I7: after an intent without an outcome it looks again before it settles anything', () => {
    expect(does(quieting().sending('quiet', 'jobs', 'nightly', '# rake nightly'))).toEqual({
      do: 'move',
      way: 'quiet',
      step: 'jobs',
    });
  });

  test('tries again 2, 4, 8 … seconds after a failure, at most half a minute', () => {
    let story = quieting();
    for (const wait of [2, 4, 8, 16, 30, 30]) {
      story = story.failed('quiet', 'jobs');
      expect(does(story)).toEqual({ do: 'rest', until: story.now + wait * SECOND });
      expect(does(story, wait * SECOND)).toEqual({ do: 'move', way: 'quiet', step: 'jobs' });
      story = story.after(wait * SECOND);
    }
  });

  test('does not try again before the time that the platform named', () => {
    const empty = quieting().failed('quiet', 'jobs', { notBefore: T0 + 50 * SECOND });
    expect(does(empty)).toEqual({ do: 'rest', until: T0 + 50 * SECOND });
  });

  test.each(['fatal', 'needs-human'] as const)('a %s failure turns the run at once, by nobody', (kind) => {
    expect(does(quieting().failed('quiet', 'jobs', { kind }))).toEqual(
      records([{ is: 'turned', by: null, why: 'Jobs: it broke' }]),
    );
  });

  test('a failure that lasts longer than patience turns the run', () => {
    const long = quieting().failed('quiet', 'jobs').after(defaultSettings.patience);
    expect(does(long.failed('quiet', 'jobs'))).toEqual(records([{ is: 'turned', by: null }]));
  });

  test('when every step is done the app is quiet', () => {
    const done = quieting().done('quiet', 'jobs', 'workers', 'proof');
    expect(does(done)).toEqual(records([{ is: 'quieted' }]));
  });
});
