// Another maintenance in place of one that only watches what is back: by /maint start, or by "Quiet again" on what was found.
import { describe, expect, test } from 'vitest';
import { decide } from '../../src/model/decide.ts';
import type { Event } from '../../src/model/event.ts';
import { isWatched } from '../../src/model/phase.ts';
import type { StepRef } from '../../src/model/step.ts';
import { asked, bob, holding, proof, requested, type Story, shut } from '../helpers/make-run.ts';

const watching: StepRef = { name: 'watching', title: 'Watching', kind: 'wait', door: false };
const anew = { do: 'begin-anew' } as const;

/** Back, its users in, and watched. */
function watched(): Story {
  const { back } = requested();
  return asked({ back: [...back, watching] })
    .planned([], [shut])
    .done('quiet', 'preflight')
    .wrote('quiet', 'door', 'door', true)
    .done('quiet', 'door', 'jobs', 'workers', proof.name)
    .and({ is: 'quieted' }, { is: 'turned', by: bob, why: 'approved' })
    .done('back', 'workers', 'jobs')
    .wrote('back', 'door', 'door', false)
    .settled('door', 'door', 'before', false)
    .done('back', 'door', 'watch');
}

const found: Event = {
  is: 'asked',
  question: 's1',
  about: {
    is: 'step',
    way: 'back',
    step: 'watching',
    key: 'crash',
    says: 'worker.1 crashed',
    details: [],
    answers: ['accept', 'quiet-again'],
  },
};

describe('beginning anew', () => {
  test('ends a run that is only watched as restored, in the name of who began the other one', () => {
    const story = watched();
    expect(isWatched(story.run)).toBe(true);
    const decided = decide(story.run, anew, bob, story.now);
    if (decided.is !== 'events') throw new Error(decided.says);
    const { run } = story.and(...decided.events);
    expect(run.ended).toMatchObject({ as: 'restored', why: expect.stringMatching(/; Bob began another maintenance$/) });
    expect(run.steps.back.every(({ state }) => state === 'done')).toBe(true);
    expect(run.steps.back.find(({ name }) => name === 'watching')?.why).toBe('Bob began another maintenance');
  });

  test('takes back what was asked in the watch, and what is answered with "quiet again" is answered', () => {
    const open = watched().and(found);
    const decided = decide(open.run, anew, bob, open.now);
    if (decided.is !== 'events') throw new Error(decided.says);
    expect(open.and(...decided.events).run.questions).toMatchObject([{ answered: null, withdrawn: 'it is done' }]);
    const again = decide(open.run, { do: 'answer', question: 's1', answer: 'quiet-again', hash: null }, bob, open.now);
    if (again.is !== 'events') throw new Error(again.says);
    const { run } = open.and(...again.events);
    expect(run.questions).toMatchObject([{ answered: { answer: 'quiet-again', by: bob }, withdrawn: null }]);
    expect(run.ended?.as).toBe('restored');
  });

  test('is refused while the app is held, or on its way back', () => {
    const held = holding();
    const turned = held.and({ is: 'turned', by: bob, why: 'approved' });
    for (const { run, now } of [held, turned]) expect(decide(run, anew, bob, now).is).toBe('refused');
  });

  test('is refused when the watch is over', () => {
    const over = watched().and({ is: 'ended', as: 'restored', why: 'all as before' });
    expect(decide(over.run, anew, bob, over.now)).toMatchObject({
      is: 'refused',
      says: expect.stringContaining('ended'),
    });
  });
});
