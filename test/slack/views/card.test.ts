import { describe, expect, test } from 'vitest';
import type { Run } from '../../../src/model/run.ts';
import type { Whereabouts } from '../../../src/slack/notifier/whereabouts.ts';
import { card } from '../../../src/slack/views/card.ts';
import { status as drawStatus } from '../../../src/slack/views/status.ts';
import { expectSlackTakes, labels, shown } from '../drawn.ts';
import {
  ada,
  approved,
  at,
  drifted,
  exceptScheduler,
  MINUTE,
  planned,
  requested,
  runOf,
  stuck,
  toQuiet,
} from '../runs.ts';

const inOps: Whereabouts = {
  card: { is: 'sent', channel: 'C0OPS', stale: null },
  questions: new Set(['start-1', 'resume-1', 'drift-1', 'stuck-1']),
};
const status = (all: readonly Run[], now: number, where = inOps) =>
  drawStatus(
    all.map((run) => ({ run, at: where })),
    now,
  );

const trouble = {
  is: 'failed' as const,
  way: 'quiet' as const,
  step: 'door',
  why: 'Heroku answered 503',
  remedy: 'It is tried again by itself.',
  kind: 'retryable' as const,
  notBefore: 0,
};
const runs = {
  requested: runOf([]),
  planned: runOf([planned()]),
  'asked to accept': runOf([
    planned([exceptScheduler]),
    { is: 'asked', question: 'start-1', about: { is: 'start', names: ['scheduler'] } },
  ]),
  quieting: runOf([
    planned(),
    ...toQuiet.slice(0, 4),
    { is: 'waiting', way: 'quiet', step: 'door', why: '2 worker dynos still stopping', memo: null },
  ]),
  'in trouble': runOf([planned(), ...toQuiet.slice(0, 4), trouble, trouble]),
  holding: runOf([planned(), ...toQuiet]),
  'asked to approve': runOf([planned(), ...toQuiet, ...approved.slice(0, 2)]),
  approved: runOf([planned(), ...toQuiet, ...approved.slice(0, 3)]),
  restoring: runOf([planned(), ...toQuiet, ...approved]),
  drifted: runOf([planned(), ...toQuiet, ...approved, drifted]),
  stuck: runOf([planned(), ...toQuiet, ...approved, stuck]),
  restored: runOf([planned(), ...toQuiet, ...approved, { is: 'ended', as: 'restored', why: 'all as before' }]),
  cancelled: runOf([planned(), { is: 'ended', as: 'cancelled', why: 'no-go: a release is running' }]),
};

describe('the card', () => {
  test.each(Object.entries(runs))('of a run that is %s is taken by Slack', (_, run) => {
    expectSlackTakes(card(run, at));
    expectSlackTakes(status([run], at));
  });

  test.each<[keyof typeof runs, string[]]>([
    ['requested', ['Abort']],
    ['asked to accept', ['Abort']],
    ['quieting', ['Abort']],
    ['in trouble', ['Abort']],
    ['holding', ['Resume', 'Extend 15 min']],
    ['asked to approve', ['Extend 15 min']],
    ['approved', ['Extend 15 min']],
    ['restoring', []],
    ['drifted', []],
    ['stuck', []],
    ['restored', []],
    ['cancelled', []],
  ])('of a run that is %s has the buttons %j', (which, buttons) => {
    expect(labels(card(runs[which], at))).toEqual(buttons);
  });

  test('says who asked, why, and when it is planned to end', () => {
    const text = shown(card(runs.quieting, at));
    expect(text).toContain('Asked for by *ada*');
    expect(text).toContain('“migration 42”');
    expect(text).toContain(`Planned end <!date^${(at + 30 * MINUTE) / 1000}^`);
    expect(text).toContain('(30 min in all)');
  });

  test('gives the steps in their order, each with its state in words and what it waits for', () => {
    const lines = shown(card(runs.quieting, at)).split('\n');
    expect(lines.filter((line) => /^\S+ \*.*\*: /u.test(line))).toEqual([
      '✅ *Preflight*: done',
      '⏳ *Maintenance mode*: 2 worker dynos still stopping',
      '▫️ *Heroku Scheduler*: to do',
      '▫️ *Workers*: to do',
    ]);
  });

  test('says the reason in its one line too, for a notification', () => {
    expect(card(runs.quieting, at).text).toBe('shop: quieting. Maintenance mode: 2 worker dynos still stopping');
  });

  test('says what is in trouble, since when, and what can be done', () => {
    expect(shown(card(runs['in trouble'], at))).toMatch(
      /⚠️ \*Maintenance mode\*: trouble \(2 times since .*\): Heroku answered 503 It is tried/u,
    );
  });

  test('names what it is not quiet about', () => {
    const run = runOf([planned([exceptScheduler]), ...toQuiet]);
    expect(shown(card(run, at))).toContain('holding: quiet except Heroku Scheduler');
  });

  test('shows the steps of the way back on the way back, and why it turned', () => {
    const text = shown(card(runs.restoring, at));
    expect(text).toContain('*Last look*: to do');
    expect(text).not.toContain('Preflight');
    expect(text).toContain('approved (*grace*)');
  });

  test('says so when the planned end has passed, and that nothing opens by itself', () => {
    const text = shown(card(runs.holding, at + 31 * MINUTE));
    expect(text).toContain('*Overdue*');
    expect(text).toContain('Nothing opens by itself');
    expect(shown(card(runs.restoring, at + 31 * MINUTE))).not.toContain('Overdue');
  });

  test('says while holding when quiet was proved, and promises nothing that nobody watches', () => {
    const text = shown(card(runs.holding, at));
    expect(text).toMatch(/Proved quiet at <!date/u);
    expect(text).not.toContain('stays so');
  });

  test('names what the proof could not show in its title', () => {
    const findings = [{ subject: 'One-off dynos', is: 'not provable' as const, says: 'cannot be read', at }];
    const run = runOf([
      planned(),
      ...toQuiet.slice(0, -1),
      { is: 'done', way: 'quiet', step: 'workers', findings },
      { is: 'quieted' },
    ]);
    expect(shown(card(run, at))).toContain('holding: quiet except One-off dynos');
  });

  test('has an Abort while holding where the approval cannot be looked up, and says why', () => {
    const run = runOf([planned(), ...toQuiet, approved[0] ?? requested, { ...trouble, step: 'approval' }]);
    expect(labels(card(run, at))).toEqual(['Extend 15 min', 'Abort']);
    expect(shown(card(run, at))).toContain('The approval cannot be prepared: Heroku answered 503');
    expectSlackTakes(card(run, at));
  });

  test('gives why it was cancelled once, remedy and all', () => {
    const run = runOf([
      planned([{ ...exceptScheduler, is: 'refuse', says: 'A release is running', remedy: 'Wait for it.' }]),
      { is: 'ended', as: 'cancelled', why: 'no-go: A release is running. Wait for it.' },
    ]);
    const text = shown(card(run, at));
    expect(text.match(/Wait for it/gu)).toHaveLength(1);
    expect(text).toContain('Wait for it. Nothing was changed.');
  });

  test('looks the same whenever it is drawn, until the planned end', () => {
    expect(card(runs.holding, at + MINUTE)).toEqual(card(runs.holding, at + 29 * MINUTE));
  });

  test('lets nobody ping the channel from a reason, a name, or a trouble', () => {
    const nasty = '<!channel> `*_~ <@U0ADA> & <http://x|y>\u202e\n```';
    const run = runOf(
      [
        { ...requested, because: nasty, by: { ...ada, id: nasty, name: nasty }, accepted: [nasty] },
        planned([{ ...exceptScheduler, says: nasty, except: nasty }]),
        { ...trouble, why: nasty, remedy: nasty },
        { is: 'turned', by: { ...ada, name: nasty }, why: nasty },
      ],
      { app: { id: 'a', name: nasty } },
    );
    expectSlackTakes(card(run, at));
    expectSlackTakes(status([run, run], at));
  });

  test('is taken by Slack however long everything in it is', () => {
    const long = '<&>🙂 word '.repeat(2_000);
    const steps = Array.from({ length: 60 }, (_, i) => ({
      name: `s${i}`,
      title: long,
      kind: 'wait' as const,
      door: false,
    }));
    const run = runOf([
      { ...requested, because: long, by: { ...ada, name: long }, quiet: steps, back: steps },
      planned([{ ...exceptScheduler, says: long, except: long }]),
      ...steps.slice(0, 30).map(({ name }) => ({ ...trouble, step: name, why: long, remedy: long })),
    ]);
    expectSlackTakes(card(run, at));
    expectSlackTakes(status([run], at));
    expect(labels(card(run, at))).toEqual(['Abort']);
  });
});

describe('status', () => {
  const nowhere: Whereabouts = { card: { is: 'not sent', why: 'not_in_channel' }, questions: new Set() };

  test('says where the card is: the channel that it is in, not the one it was asked for in', () => {
    const elsewhere: Whereabouts = { card: { is: 'sent', channel: 'C0GENERAL', stale: null }, questions: new Set() };
    expect(shown(status([runs.holding], at, elsewhere))).toContain('The card is in <#C0GENERAL>');
  });

  test('of a run whose card is nowhere names the terminal, and no thread', () => {
    const text = shown(status([runs['asked to approve']], at, nowhere));
    expect(text).toContain('Its card is not in Slack (not_in_channel). `npm run maint -- resume shop` at a terminal');
    expect(text).not.toMatch(/thread|The card is in/u);
    expect(shown(status([runs.restored], at, nowhere))).not.toMatch(/thread|The card was in/u);
  });

  test('says so where what is asked has not reached Slack', () => {
    const asked: Whereabouts = { card: { is: 'sent', channel: 'C0OPS', stale: null }, questions: new Set() };
    expect(shown(status([runs.drifted], at, asked))).toContain(
      'What is asked has not reached Slack. `npm run maint -- status shop` at a terminal',
    );
    expect(shown(status([runs.drifted], at))).toContain('Answer in its thread.');
  });
});

test('status says that nothing is under way', () => {
  expect(shown(status([], at))).toContain('No maintenance is under way');
});

test('status of many runs names each with its phase, and has no buttons', () => {
  const drawn = status([runs.holding, runs.drifted, runs.restored], at);
  expectSlackTakes(drawn);
  expect(shown(drawn)).toContain('3 maintenances');
  expect(labels(drawn)).toEqual([]);
  expectSlackTakes(
    status(
      Array.from({ length: 80 }, () => runs.drifted),
      at,
    ),
  );
});
