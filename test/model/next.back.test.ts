import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/model/event.ts';
import { type Action, next } from '../../src/model/next.ts';
import { watch } from '../../src/model/run.ts';
import { defaultSettings } from '../../src/model/settings.ts';
import type { StepRef } from '../../src/model/step.ts';
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
} from '../helpers/make-run.ts';

function then(story: Story, ms = 0): Action {
  return next(story.run, story.now + ms);
}

function records(events: readonly object[]): object {
  return { do: 'record', events: events.map((event) => expect.objectContaining(event)) };
}

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
    expect(then(back())).toEqual({ do: 'move', way: 'back', step: 'workers' });
    expect(then(back().wrote('back', 'workers', 'alpha', 4))).toEqual({ do: 'settle', way: 'back', step: 'workers' });
    expect(then(back().done('back', 'workers'))).toEqual({ do: 'move', way: 'back', step: 'jobs' });
    expect(then(back().done('back', 'workers', 'jobs'))).toEqual({ do: 'move', way: 'back', step: 'door' });
  });

  test('asks nobody for the planned end any more', () => {
    expect(then(back(), 100 * HOUR)).toEqual({ do: 'move', way: 'back', step: 'workers' });
  });
});

describe('I3: no silent end', () => {
  test('a run ends restored only by a last look at everything', () => {
    expect(then(settledAll(back()).done('back', ...all))).toEqual({ do: 'check' });
  });

  test('a run in which nothing was sent ends cancelled', () => {
    const aborted = asked().planned().and({ is: 'turned', by: bob, why: 'aborted before anything was sent' });
    expect(then(aborted)).toEqual(records([{ is: 'ended', as: 'cancelled' }]));
  });

  test('a run in which something may have been sent does not end cancelled', () => {
    const half = asked().planned().sending('quiet', 'workers', 'alpha', 0);
    expect(then(half.and({ is: 'turned', by: bob, why: 'aborted' }))).toEqual({
      do: 'move',
      way: 'back',
      step: 'workers',
    });
  });

  test('open drift holds up no other step, but the door and the end wait for it, however long', () => {
    const drift = back().and(drifted()).done('back', 'workers');
    expect(then(drift)).toEqual({ do: 'move', way: 'back', step: 'jobs' });
    const rest = drift.done('back', 'jobs');
    expect(then(rest)).toEqual({ do: 'rest', until: T0 + 15 * MINUTE });
    const afterTheDoor = rest.done('back', 'door');
    expect(then(afterTheDoor)).toEqual({ do: 'rest', until: T0 + 15 * MINUTE });
    expect(then(afterTheDoor, 900 * HOUR)).toEqual(records([{ is: 'reminded', question: 'd1' }]));
  });

  test('later leaves the door shut', () => {
    const later = back()
      .and(drifted(), { is: 'answered', question: 'd1', answer: 'later', by: bob })
      .done('back', 'workers', 'jobs');
    expect(then(later).do).toBe('rest');
  });

  test.each(['restore', 'keep'] as const)('an answer, %s, has the step look again before the door', (answer) => {
    const answered = back()
      .and(drifted())
      .done('back', 'workers', 'jobs')
      .and({ is: 'answered', question: 'd1', answer, by: bob });
    expect(then(answered)).toEqual({ do: 'move', way: 'back', step: 'workers' });
  });
});

describe('a question reminds', () => {
  test('after 15 minutes, then every hour, for as long as it is open', () => {
    const drift = back().and(drifted()).done('back', 'workers', 'jobs');
    expect(then(drift, 15 * MINUTE - 1)).toEqual({ do: 'rest', until: T0 + 15 * MINUTE });
    expect(then(drift, 15 * MINUTE)).toEqual(records([{ is: 'reminded', question: 'd1' }]));
    const once = drift.after(15 * MINUTE).and({ is: 'reminded', question: 'd1' });
    expect(then(once)).toEqual({ do: 'rest', until: once.now + HOUR });
    expect(then(once, HOUR)).toEqual(records([{ is: 'reminded', question: 'd1' }]));
  });

  test('15 minutes after somebody said later', () => {
    const later = back()
      .and(drifted())
      .done('back', 'workers', 'jobs')
      .after(10 * MINUTE)
      .and({ is: 'answered', question: 'd1', answer: 'later', by: bob });
    expect(then(later)).toEqual({ do: 'rest', until: later.now + 15 * MINUTE });
  });

  test('no more once it is answered or withdrawn', () => {
    const drift = back().and(drifted()).done('back', 'workers', 'jobs');
    for (const event of [
      { is: 'answered', question: 'd1', answer: 'keep', by: bob },
      { is: 'withdrawn', question: 'd1', why: 'moot' },
    ] satisfies Event[]) {
      expect(then(drift.and(event), 20 * MINUTE).do).toBe('move');
    }
  });
});

describe('a step that fails on the way back', () => {
  test('is tried again for as long as patience lasts, then asks', () => {
    const once = back().failed('back', 'workers');
    expect(then(once)).toEqual({ do: 'rest', until: T0 + 2 * SECOND });
    const long = once.after(defaultSettings.patience).failed('back', 'workers');
    expect(then(long)).toEqual(
      records([{ is: 'asked', about: expect.objectContaining({ is: 'stuck', step: 'workers' }) }]),
    );
  });

  test.each(['fatal', 'needs-human'] as const)(
    'asks at once where it is %s, with the commands that do it by hand',
    (kind) => {
      const action = then(back().failed('back', 'workers', { kind }));
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
    expect(then(stuck)).toEqual({ do: 'move', way: 'back', step: 'jobs' });
    expect(then(stuck.done('back', 'jobs'))).toEqual({ do: 'rest', until: T0 + 15 * MINUTE });
  });

  test('is tried again every minute beside its question where its trouble may pass', () => {
    const long = back().failed('back', 'workers').after(defaultSettings.patience).failed('back', 'workers');
    const waiting = long.and(stuckAt('workers')).done('back', 'jobs');
    expect(then(waiting)).toEqual({ do: 'rest', until: waiting.now + MINUTE });
    expect(then(waiting, MINUTE)).toEqual({ do: 'move', way: 'back', step: 'workers' });
  });

  test('is not tried again by itself where only a person can help', () => {
    const stuck = back()
      .failed('back', 'workers', { kind: 'needs-human' })
      .and(stuckAt('workers'))
      .done('back', 'jobs');
    expect(then(stuck, 14 * MINUTE).do).toBe('rest');
    const again = stuck.and({ is: 'answered', question: 'x1', answer: 'try-again', by: bob });
    expect(then(again)).toEqual({ do: 'move', way: 'back', step: 'workers' });
  });

  test('asks a second time when it fails again after a person said try again', () => {
    const again = back()
      .failed('back', 'workers', { kind: 'fatal' })
      .and(stuckAt('workers'), { is: 'answered', question: 'x1', answer: 'try-again', by: bob })
      .failed('back', 'workers', { kind: 'fatal' });
    expect(then(again)).toEqual(records([{ is: 'asked' }]));
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
    expect(then(stuck)).toEqual({ do: 'rest', until: T0 + 15 * MINUTE });
    const long = opened.failed('back', 'watch').after(defaultSettings.patience).failed('back', 'watch');
    const waiting = long.and(stuckAt('watch'));
    expect(then(waiting)).toEqual({ do: 'rest', until: waiting.now + MINUTE });
    expect(then(waiting, MINUTE)).toEqual({ do: 'check' });
  });

  test('the last look asks as well', () => {
    const last = settledAll(back())
      .done('back', ...all)
      .failed('back', 'watch', { kind: 'fatal' });
    expect(then(last)).toEqual(records([{ is: 'asked', about: expect.objectContaining({ step: 'watch' }) }]));
  });
});
