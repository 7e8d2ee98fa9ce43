// What stands against starting and ends by itself can be waited for instead of accepted.
import { describe, expect, test } from 'vitest';
import { answersTo, decide } from '../../src/model/decide.ts';
import { next } from '../../src/model/next.ts';
import { quietSays } from '../../src/model/phase.ts';
import { isOfThisApp, preflight, type Run } from '../../src/model/run.ts';
import type { StepRef } from '../../src/model/step.ts';
import { asked, bob, concern, MINUTE, questionOf, requested, type Story, shut } from '../helpers/make-run.ts';

const oneOffs: StepRef = { name: 'one-offs', title: 'One-offs', kind: 'wait', door: false, onlyAsked: true };
const { quiet } = requested();
const [, door, jobs, ...rest] = quiet;
if (door === undefined || jobs === undefined) throw new Error('Expected a door and jobs');

const running = (name: string) =>
  concern({ name, says: 'run.1 is running', except: 'one-off dynos', waits: oneOffs.name });
const scheduler = concern();

/** The start is asked about. */
function asking(...concerns: readonly ReturnType<typeof concern>[]): Story {
  const story = asked({ quiet: [preflight, door, jobs, oneOffs, ...rest].filter((s) => s !== undefined) }).planned(
    concerns,
    [shut],
  );
  const action = next(story.run, story.now);
  if (action.do !== 'record') throw new Error(`Expected a question, got ${action.do}`);
  return story.and(...action.events);
}

function answered(story: Story, answer: 'wait' | 'accept'): Story {
  const { questions } = story.run;
  const question = questions.at(-1)?.id ?? '';
  const decided = decide(story.run, { do: 'answer', question, answer, hash: null }, bob, story.now);
  if (decided.is === 'refused') throw new Error(decided.says);
  return story.and(...decided.events);
}

const state = (run: Run) => run.steps.quiet.find(({ name }) => name === oneOffs.name);
const shows = (run: Run): boolean => {
  const step = state(run);
  return step !== undefined && isOfThisApp(run, step);
};

describe('a question before the start', () => {
  test('about what ends by itself can be answered with "wait", and any other cannot', () => {
    const both = asking(running('one-offs-1'), scheduler).run;
    expect(answersTo(questionOf(both, both.questions[0]?.id ?? ''))).toEqual(['wait', 'accept', 'cancel']);
    const other = asking(scheduler).run;
    expect(answersTo(questionOf(other, other.questions[0]?.id ?? ''))).toEqual(['accept', 'cancel']);
    expect(() => answered(asking(scheduler), 'wait')).toThrow(/does not answer/);
  });

  test('answered so, waits for the one and accepts the rest by name', () => {
    const story = answered(asking(running('one-offs-1'), scheduler), 'wait');
    expect(story.run.awaited).toEqual([{ step: 'one-offs', by: bob }]);
    expect(story.run.accepted).toEqual([{ name: 'scheduler', by: bob }]);
    expect(state(story.run)).toMatchObject({ state: 'todo' });
    expect(shows(story.run)).toBe(true);
    expect(quietSays(story.run)).toBe('quiet except Scheduler');
    // Nothing is asked any more.
    expect(next(story.run, story.now)).toMatchObject({ do: 'record', events: [{ is: 'done', step: 'preflight' }] });
  });

  test('is not asked again for others that run by then: they are waited for as well', () => {
    const story = answered(asking(running('one-offs-1')), 'wait').after(3 * MINUTE);
    expect(next(story.run, story.now)).toEqual({ do: 'plan' });
    const again = story.planned([running('one-offs-2')], [shut]);
    expect(next(again.run, again.now)).toMatchObject({ do: 'record', events: [{ is: 'done', step: 'preflight' }] });
  });

  test('is asked again where it is not waited for any more', () => {
    const story = answered(asking(running('one-offs-1')), 'wait').after(3 * MINUTE);
    const old = story.planned([concern({ name: 'one-offs-2' })], [shut]);
    expect(next(old.run, old.now)).toMatchObject({ events: [{ is: 'asked', about: { names: ['one-offs-2'] } }] });
  });
});

describe('a step that is only waited for where a person says so', () => {
  test('comes in its place', () => {
    const story = answered(asking(running('one-offs-1')), 'wait').done('quiet', 'preflight', 'door', 'jobs');
    expect(next(story.run, story.now)).toEqual({ do: 'settle', way: 'quiet', step: 'one-offs' });
    const through = story.done('quiet', 'one-offs');
    expect(next(through.run, through.now)).toMatchObject({ step: 'workers' });
  });

  test('is skipped, and not shown, where it was accepted', () => {
    const story = answered(asking(running('one-offs-1')), 'accept').done('quiet', 'preflight', 'door', 'jobs');
    expect(story.run.accepted).toEqual([{ name: 'one-offs-1', by: bob }]);
    expect(shows(story.run)).toBe(false);
    expect(next(story.run, story.now)).toMatchObject({ step: 'workers' });
    expect(quietSays(story.run)).toBe('quiet except one-off dynos');
  });

  test('is not waited for once more when something is made quiet again', () => {
    const waited = answered(asking(running('one-offs-1')), 'wait')
      .done('quiet', 'preflight')
      .wrote('quiet', 'door', 'door', true)
      .done('quiet', 'door', 'jobs', 'one-offs', 'workers', 'proof')
      .and({ is: 'quieted' })
      .and({
        is: 'asked',
        question: 'v1',
        about: {
          is: 'violation',
          step: 'door',
          key: 'door',
          label: 'door',
          now: false,
          shows: { before: 'off', wanted: 'on', now: 'off' },
        },
      })
      .and({ is: 'answered', question: 'v1', answer: 'quiet-again', by: bob });
    expect(state(waited.run)?.state).toBe('done');
    expect(waited.run.steps.quiet.find(({ name }) => name === 'proof')?.state).toBe('todo');
  });
});
