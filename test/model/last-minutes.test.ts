import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/model/event.ts';
import { learned } from '../../src/model/last-minutes.ts';
import { next } from '../../src/model/next.ts';
import { preflight } from '../../src/model/run.ts';
import { defaultSettings } from '../../src/model/settings.ts';
import { alpha, ann, asked, HOUR, MINUTE, type Story, shut } from '../helpers/make-run.ts';

/** Planned for an hour, and so much of it has passed; its preflight is done, and the door comes next. */
function ready(passed: number, takes?: Readonly<Record<string, number>>): Story {
  return asked(takes === undefined ? {} : { takes: { ...takes } })
    .after(passed)
    .planned([], [shut, alpha])
    .done('quiet', preflight.name);
}

/** What it asks, as it is written down. */
function recorded(story: Story): readonly Event[] {
  const action = next(story.run, story.now);
  if (action.do !== 'record') throw new Error(`Expected something to be written down, got ${action.do}`);
  return action.events;
}

/** A minute before the end, and asked. */
function waiting(): Story {
  const late = ready(HOUR - MINUTE, {});
  return late.and(...recorded(late));
}

function question(story: Story): string {
  return story.run.questions[0]?.id ?? '';
}

const begins = { do: 'move', way: 'quiet', step: 'door' };

describe('A step that comes next in the last minutes of a planned maintenance', () => {
  test('is begun as long as it can be over by the end, as long as it took the last time', () => {
    const inTime = ready(50 * MINUTE, { door: 10 * MINUTE });
    expect(next(inTime.run, inTime.now)).toEqual(begins);
    expect(recorded(inTime.after(1))).toMatchObject([
      { is: 'asked', about: { is: 'step', step: 'door', key: 'cut-off', answers: ['go-on', 'turn-back'] } },
    ]);
  });

  test('is not begun in the last five where nobody knows how long it takes', () => {
    const inTime = ready(55 * MINUTE, {});
    expect(next(inTime.run, inTime.now)).toEqual(begins);
    expect(recorded(inTime.after(1))).toMatchObject([{ is: 'asked' }]);
  });

  test('is begun whenever that is where the maintenance was not planned', () => {
    for (const passed of [HOUR - 1, 2 * HOUR]) {
      const story = ready(passed);
      expect(next(story.run, story.now)).toEqual(begins);
    }
  });

  test('waits for a person; what comes after it does not ask again', () => {
    expect(next(waiting().run, waiting().now).do).toBe('rest');
    const going = waiting().and({ is: 'answered', question: question(waiting()), answer: 'go-on', by: ann });
    expect(next(going.run, going.now)).toEqual(begins);
    const shutDoor = going.wrote('quiet', 'door', 'door', true).done('quiet', 'door');
    expect(next(shutDoor.run, shutDoor.now)).toMatchObject({ do: 'move', step: 'jobs' });
  });

  test('is begun after all where the maintenance is extended', () => {
    const extended = waiting().and({ is: 'extended', by: ann, endsAt: waiting().run.endsAt + HOUR });
    expect(recorded(extended)).toMatchObject([{ is: 'withdrawn', question: question(waiting()) }]);
    const open = extended.and(...recorded(extended));
    expect(next(open.run, open.now)).toEqual(begins);
  });

  test('is not waited for without an end: nothing was sent, and the maintenance is cancelled', () => {
    const reminded = waiting()
      .after(15 * MINUTE)
      .and({ is: 'reminded', question: question(waiting()) });
    expect(next(reminded.run, reminded.now).do).toBe('rest');
    const expired = reminded.after(defaultSettings.startExpires - 15 * MINUTE);
    expect(recorded(expired)).toMatchObject([{ is: 'ended', as: 'cancelled' }]);
  });
});

test('How long steps took is known from the last run; one that had nothing to do took no time', () => {
  expect(learned(null)).toEqual({});
  const moving = ready(0, {}).wrote('quiet', 'door', 'door', true);
  expect(learned(moving.run)).toEqual({ [preflight.name]: 0 });
  const through = moving.after(3 * MINUTE).done('quiet', 'door', 'jobs');
  expect(learned(through.run)).toEqual({ [preflight.name]: 0, door: 3 * MINUTE, jobs: 0 });
});
