import { describe, expect, test } from 'vitest';
import { type Entry, type Inventory, limitsFrom } from '../../../src/model/inventory.ts';
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

const sender = (name: string, does: Entry['does']): Entry => ({
  kind: 'sender',
  name,
  does,
  says: 'shut out',
  remedy: null,
  item: null,
  concern: null,
});
const job = (key: string, falls: boolean | null = true): Entry => ({
  ...sender(key, 'held'),
  kind: 'scheduled job',
  scheduler: 'Heroku Scheduler',
  next: at,
  falls,
  says: 'rake …, next 12:40 UTC, in the window',
  item: { step: 'scheduler', key },
});
const everything: Inventory = {
  ...go.inventory,
  entries: [
    { ...sender('Postgres pg-1', 'not held'), says: 'reports has it too', remedy: 'Hold it.' },
    { ...sender('Heroku Scheduler', 'not held'), says: 'it cannot be paused', concern: 'scheduler' },
    { ...sender('run.1', 'yours?'), says: 'rails …, by ada', remedy: 'Stop it.' },
    sender('Stripe', 'held'),
    job('job 1'),
    job('job 2'),
    job('job 3', null),
  ],
  limits: limitsFrom({ ms: 22 * 60_000, what: 'worker.1 of Sidekiq' }, { drainCap: 900_000, abortIfOlderThan: null }),
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

  test('gives first what is not held, with what to do; what is merely worth knowing stands behind it', () => {
    const warn = { ...exceptScheduler, name: 'web', is: 'warn' as const, says: 'Web keeps running.', except: null };
    const drawn = plan({ ...go, concerns: [warn, exceptScheduler], inventory: everything });
    expectSlackTakes(drawn);
    const text = shown(drawn);
    const places = [
      '❓ *To be accepted* `scheduler`',
      '*Not held: see to it*\n• `run.1` *Yours?* rails …, by ada. Stop it.\n• `Postgres pg-1` reports has it too. Hold it.',
      '⚠️ *Warning* `web`',
      '4. *Workers*',
      '2 scheduled jobs would run in the window, 1 h from now, if nobody paused them; of 1 it is not known.',
      '*Besides*\n• `Stripe` shut out.',
      'longest job seen: 22m so far (worker.1 of Sidekiq); maxDrain (drainCap) is 15m, abortIfOlderThan is not set; that is short for it, in the settings this would leave room: {"drainCap":"45m","abortIfOlderThan":"1h30m"}',
      'Nothing has been changed.',
    ].map((part) => [part, text.indexOf(part)] as const);
    expect(places.filter(([, place]) => place < 0)).toEqual([]);
    expect(places.map(([, place]) => place)).toEqual(places.map(([, place]) => place).toSorted((a, b) => a - b));
    // Asked about above, so not told again.
    expect(text.split('cannot be paused')).toHaveLength(2);
  });

  test('says of a scheduled job its command and its next run', () => {
    const text = shown(plan({ ...go, items: [item('scheduler', 'job 1', 'on', 'off')], inventory: everything }));
    expect(text).toContain('`job 1` set job 1 to off: rake …, next 12:40 UTC, in the window');
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
    const entries = many.flatMap((one) => (one.step === 'scheduler' ? [job(one.key)] : []));
    const drawn = plan({ ...go, items: many, inventory: { ...go.inventory, entries } });
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
        inventory: {
          ...go.inventory,
          entries: Array.from({ length: 300 }, (_, i) => ({
            ...sender(nasty, i % 2 === 0 ? 'held' : 'not held'),
            says: nasty,
            remedy: nasty,
          })),
          limits: limitsFrom({ ms: 1, what: nasty }, { drainCap: 1, abortIfOlderThan: 1 }),
        },
      }),
    );
    expectSlackTakes(refusal({ says: nasty, remedy: nasty }));
    expectSlackTakes(refusal({ says: 'x', remedy: '' }));
  });
});

test('help is taken by Slack', () => {
  expectSlackTakes(help());
});
