import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/model/event.ts';
import { watch } from '../../../src/model/run.ts';
import { defaultSettings } from '../../../src/model/settings.ts';
import type { StepRef } from '../../../src/model/step.ts';
import {
  asked,
  back,
  bob,
  door,
  drifted,
  HOUR,
  jobs,
  MINUTE,
  SECOND,
  type Story,
  T0,
  workers,
} from '../../helpers/make-run.ts';
import { does, records } from './does.ts';

const all = ['workers', 'jobs', 'door'] as const;

const watching: StepRef = { name: 'watching', title: 'Watching', kind: 'wait', door: false };

function stuckAt(step: string, question = 'x1'): Event {
  return { is: 'asked', question, about: { is: 'stuck', step, why: 'it broke', remedy: 'mend it', byHand: [] } };
}

function settledAll(story: Story): Story {
  return story
    .settled('workers', 'alpha', 'before', 4)
    .settled('jobs', 'nightly', 'before', 'rake nightly')
    .settled('door', 'door', 'before', false);
}

describe('the way back', () => {
  test('takes the steps in its own order', () => {
    expect(does(back())).toEqual({ do: 'move', way: 'back', step: 'workers' });
    expect(does(back().wrote('back', 'workers', 'alpha', 4))).toEqual({ do: 'settle', way: 'back', step: 'workers' });
    expect(does(back().done('back', 'workers'))).toEqual({ do: 'move', way: 'back', step: 'jobs' });
    expect(does(back().done('back', 'workers', 'jobs'))).toEqual({ do: 'move', way: 'back', step: 'door' });
  });

  test('asks nobody for the planned end any more', () => {
    expect(does(back(), 100 * HOUR)).toEqual({ do: 'move', way: 'back', step: 'workers' });
  });
});

describe('I3: no silent end', () => {
  test('a run ends restored only by a last look at everything', () => {
    expect(does(settledAll(back()).done('back', ...all))).toEqual({ do: 'check' });
  });

  test('a run in which nothing was sent ends cancelled', () => {
    const aborted = asked().planned().and({ is: 'turned', by: bob, why: 'aborted before anything was sent' });
    expect(does(aborted)).toEqual(records([{ is: 'ended', as: 'cancelled' }]));
  });

  test('a run in which something may have been sent does not end cancelled', () => {
    const half = asked().planned().sending('quiet', 'workers', 'alpha', 0);
    expect(does(half.and({ is: 'turned', by: bob, why: 'aborted' }))).toEqual({
      do: 'move',
      way: 'back',
      step: 'workers',
    });
  });

  test('open drift holds up no other step, but the door and the end wait for it, however long', () => {
    const drift = back().and(drifted()).done('back', 'workers');
    expect(does(drift)).toEqual({ do: 'move', way: 'back', step: 'jobs' });
    const rest = drift.done('back', 'jobs');
    expect(does(rest)).toEqual({ do: 'rest', until: T0 + 15 * MINUTE });
    const afterTheDoor = rest.done('back', 'door');
    expect(does(afterTheDoor)).toEqual({ do: 'rest', until: T0 + 15 * MINUTE });
    expect(does(afterTheDoor, 900 * HOUR)).toEqual(records([{ is: 'reminded', question: 'd1' }]));
  });

  test('later leaves the door shut', () => {
    const later = back()
      .and(drifted(), { is: 'answered', question: 'd1', answer: 'later', by: bob })
      .done('back', 'workers', 'jobs');
    expect(does(later).do).toBe('rest');
  });

  test.each(['restore', 'keep'] as const)('an answer, %s, has the step look again before the door', (answer) => {
    const answered = back()
      .and(drifted())
      .done('back', 'workers', 'jobs')
      .and({ is: 'answered', question: 'd1', answer, by: bob });
    expect(does(answered)).toEqual({ do: 'move', way: 'back', step: 'workers' });
  });
});

describe('a step that fails on the way back', () => {
  test('is tried again for as long as patience lasts, then asks', () => {
    const once = back().failed('back', 'workers');
    expect(does(once)).toEqual({ do: 'rest', until: T0 + 2 * SECOND });
    const long = once.after(defaultSettings.patience).failed('back', 'workers');
    expect(does(long)).toEqual(
      records([{ is: 'asked', about: expect.objectContaining({ is: 'stuck', step: 'workers' }) }]),
    );
  });

  test.each(['fatal', 'needs-human'] as const)(
    'asks at once where it is %s, with the commands that do it by hand',
    (kind) => {
      const action = does(back().failed('back', 'workers', { kind }));
      expect(action).toEqual(
        records([
          {
            is: 'asked',
            about: { is: 'stuck', step: 'workers', why: 'it broke', remedy: 'mend it', byHand: ['set alpha=4'] },
          },
        ]),
      );
    },
  );

  test('does not turn the run, and holds up no other step but the door', () => {
    const stuck = back().failed('back', 'workers', { kind: 'fatal' }).and(stuckAt('workers'));
    expect(does(stuck)).toEqual({ do: 'move', way: 'back', step: 'jobs' });
    expect(does(stuck.done('back', 'jobs'))).toEqual({ do: 'rest', until: T0 + 15 * MINUTE });
  });

  test('is tried again every minute beside its question where its trouble may pass', () => {
    const long = back().failed('back', 'workers').after(defaultSettings.patience).failed('back', 'workers');
    const waiting = long.and(stuckAt('workers')).done('back', 'jobs');
    expect(does(waiting)).toEqual({ do: 'rest', until: waiting.now + MINUTE });
    expect(does(waiting, MINUTE)).toEqual({ do: 'move', way: 'back', step: 'workers' });
  });

  test('is not tried again by itself where only a person can help', () => {
    const stuck = back()
      .failed('back', 'workers', { kind: 'needs-human' })
      .and(stuckAt('workers'))
      .done('back', 'jobs');
    expect(does(stuck, 14 * MINUTE).do).toBe('rest');
    const again = stuck.and({ is: 'answered', question: 'x1', answer: 'try-again', by: bob });
    expect(does(again)).toEqual({ do: 'move', way: 'back', step: 'workers' });
  });

  test('asks a second time when it fails again after a person said try again', () => {
    const again = back()
      .failed('back', 'workers', { kind: 'fatal' })
      .and(stuckAt('workers'), { is: 'answered', question: 'x1', answer: 'try-again', by: bob })
      .failed('back', 'workers', { kind: 'fatal' });
    expect(does(again)).toEqual(records([{ is: 'asked' }]));
  });

  test('nothing after the last look begins while that is stuck: it is not watched before all is known to be back', () => {
    const over = { back: [workers, jobs, door, watch, watching] };
    const opened = asked(over)
      .planned()
      .done('quiet', 'preflight')
      .wrote('quiet', 'workers', 'alpha', 0)
      .and({ is: 'turned', by: bob, why: 'approved' })
      .done('back', ...all);
    const stuck = opened.failed('back', 'watch', { kind: 'fatal' }).and(stuckAt('watch'));
    expect(does(stuck)).toEqual({ do: 'rest', until: T0 + 15 * MINUTE });
    const long = opened.failed('back', 'watch').after(defaultSettings.patience).failed('back', 'watch');
    const waiting = long.and(stuckAt('watch'));
    expect(does(waiting)).toEqual({ do: 'rest', until: waiting.now + MINUTE });
    expect(does(waiting, MINUTE)).toEqual({ do: 'check' });
  });

  test('the last look asks as well', () => {
    const last = settledAll(back())
      .done('back', ...all)
      .failed('back', 'watch', { kind: 'fatal' });
    expect(does(last)).toEqual(records([{ is: 'asked', about: expect.objectContaining({ step: 'watch' }) }]));
  });
});
