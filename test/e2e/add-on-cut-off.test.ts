// An add-on that cannot be read any more in the middle of the proof: what it is about is not provable, nothing else, and it is asked.
import { describe, expect, it } from 'vitest';
import { engines } from '../helpers/engine.ts';
import { furnish, withAddOns } from '../matrix/add-ons.ts';
import { APP } from '../matrix/app.ts';

const engineFor = engines();

describe('an add-on that is cut off in the middle of the proof', () => {
  it.each([
    ['Cron To Go', 'cronToGo', 'scheduler'],
    ['Advanced Scheduler', 'advancedScheduler', 'scheduler'],
    ['HireFire', 'hireFire', 'heroku'],
    ['Heroku autoscaling', 'autoscaling', 'heroku'],
  ] as const)('%s is not provable, alone, until it can be read again', async (title, addOn, service) => {
    const engine = await engineFor({
      apps: [withAddOns],
      addOns: true,
      settings: { observe: { for: 60_000, samples: 3 }, patience: 10_000 },
    });
    furnish(engine.sandbox);
    const { id } = await engine.start(APP);
    const proof = (run: Awaited<ReturnType<typeof engine.the>>) =>
      run.steps.quiet.find(({ name }) => name === 'proof')?.why ?? '';
    await engine.run(id, (run) => / 1 sample/.test(proof(run)));
    const { faults } = engine.sandbox.addOns[addOn];
    const fault = faults.add({ service, path: '**', kind: 'status', status: 503, times: 'always' });
    const question = await engine.asked(id, 'step');
    if (question.about.is !== 'step') throw new Error('Expected a question of the proof');
    expect(question.about).toMatchObject({ step: 'proof', answers: ['look-again', 'accept', 'turn-back'] });
    expect(question.about.details).toEqual([expect.stringMatching(new RegExp(`^${title}, not provable: `))]);
    faults.remove(fault);
    const held = await engine.holding(id);
    expect(held.quietAt).not.toBeNull();
    expect(held.proof?.findings.find(({ subject }) => subject === title)?.is).toBe('proved');
  });
});
