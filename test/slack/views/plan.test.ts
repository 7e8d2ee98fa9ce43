import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../src/run/commands/reply.ts';
import { plan } from '../../../src/slack/views/plan.ts';
import { help, refusal } from '../../../src/slack/views/reply.ts';
import { expectSlackTakes, labels, shown } from '../drawn.ts';
import { at, exceptScheduler, item, items, planned, quiet, runOf, toQuiet } from '../runs.ts';

const go: Plan = {
  is: 'plan',
  app: { id: 'a', name: 'shop' },
  at,
  go: { is: 'go' },
  words: 'quiet',
  concerns: [],
  inventory: { window: { from: at, to: at + 3_600_000 }, entries: [], limits: null },
  items,
  steps: quiet,
  run: null,
};

describe('a plan', () => {
  test('that is a go says what would be done, step by step, and how to begin', () => {
    const drawn = plan(go);
    expectSlackTakes(drawn);
    const text = shown(drawn);
    expect(text).toContain('🟢 shop · go');
    expect(text).toContain('4. *Workers* (1 item needs nothing)\n    • `worker` set worker to 0');
    expect(text).toContain(
      '3 things would be set, 1 left as is. Nothing has been changed. `/maint start shop` begins.',
    );
    expect(labels(drawn)).toEqual([]);
  });

  test('that has to be accepted names what, and what it would not be quiet about', () => {
    const drawn = plan({
      ...go,
      go: { is: 'ask', names: ['scheduler'] },
      words: 'quiet except Heroku Scheduler',
      concerns: [exceptScheduler],
    });
    expectSlackTakes(drawn);
    expect(shown(drawn)).toContain('It would be quiet except Heroku Scheduler, if a person accepts scheduler by name.');
    expect(shown(drawn)).toContain(
      '❓ *To be accepted* `scheduler`: The Scheduler cannot be paused. Quiet except Heroku Scheduler.',
    );
  });

  test('that is a no-go gives what stands against it first, and does not say how to begin', () => {
    const refuse = {
      ...exceptScheduler,
      name: 'release',
      is: 'refuse' as const,
      says: 'A release is running.',
      except: null,
    };
    const warn = { ...exceptScheduler, name: 'fir', is: 'warn' as const, says: 'New dyno names.' };
    const text = shown(plan({ ...go, go: { is: 'no-go' }, concerns: [warn, refuse] }));
    expect(text.indexOf('A release is running.')).toBeLessThan(text.indexOf('New dyno names.'));
    expect(text).not.toContain('begins');
  });

  test('says where a maintenance is under way already', () => {
    const run = runOf([planned(), ...toQuiet]);
    expect(shown(plan({ ...go, run }))).toContain('A maintenance is under way: holding: quiet, asked for by *ada*');
  });

  test('names every one of 40 process types and 60 jobs, within Slack’s limits', () => {
    const many = [
      ...Array.from({ length: 40 }, (_, i) => item('workers', `w${i}_`, i + 1, 0)),
      ...Array.from({ length: 60 }, (_, i) => item('scheduler', `job ${i} ${'long '.repeat(40)}`, 'on', 'off')),
    ];
    const drawn = plan({ ...go, items: many });
    expectSlackTakes(drawn);
    for (const one of many) expect(shown(drawn)).toContain(one.quiet.will.slice(0, 9));
    expect(shown(drawn)).toContain('100 things would be set');
  });

  test('is taken by Slack whatever is in it, and calls nobody', () => {
    const nasty = `<!channel> \`*_~ <@U0ADA> &\u202e\n${'<&>🙂 word '.repeat(1_000)}`;
    expectSlackTakes(
      plan({
        ...go,
        app: { id: 'a', name: nasty },
        go: { is: 'ask', names: [nasty] },
        words: nasty,
        concerns: Array.from({ length: 60 }, () => ({
          ...exceptScheduler,
          name: nasty,
          says: nasty,
          remedy: nasty,
          except: nasty,
        })),
        items: Array.from({ length: 200 }, (_, i) => ({
          ...item('workers', `${i}`, 1, 0),
          label: nasty,
          quiet: { will: nasty, byHand: nasty },
        })),
        steps: [...quiet, { name: 'x', title: nasty }],
      }),
    );
    expectSlackTakes(refusal({ says: nasty, remedy: nasty }));
    expectSlackTakes(refusal({ says: 'x', remedy: '' }));
  });
});

test('help is taken by Slack', () => {
  expectSlackTakes(help());
});
