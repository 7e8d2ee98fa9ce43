// One large app, of 40 process types and 60 scheduled jobs, through the whole of a maintenance: Slack takes every message, the
// notification says what the message shows, and nothing is told by a sign or a colour alone.
import { describe, expect, test } from 'vitest';
import type { Captured, Event, Row } from '../../../src/model/event.ts';
import { notesOf } from '../../../src/model/notes.ts';
import { phase } from '../../../src/model/phase.ts';
import type { Run } from '../../../src/model/run.ts';
import { trailOf } from '../../../src/model/trail.ts';
import { checkView } from '../../../src/sandbox/slack/blocks/validate.ts';
import { appHome } from '../../../src/slack/views/app-home.ts';
import type { Drawn } from '../../../src/slack/views/blocks.ts';
import { card } from '../../../src/slack/views/card.ts';
import { history } from '../../../src/slack/views/history.ts';
import { note } from '../../../src/slack/views/note.ts';
import { status } from '../../../src/slack/views/status.ts';
import { trail } from '../../../src/slack/views/trail.ts';
import { phaseWords } from '../../../src/slack/views/words.ts';
import { buttons, expectSlackTakes, shown } from '../drawn.ts';
import { ada, at, grace, item, MINUTE, planned, requested, runOf } from '../runs.ts';

const items: Captured[] = [
  item('door', 'maintenance', false, true),
  ...Array.from({ length: 60 }, (_, i) =>
    item(
      'scheduler',
      `rails runner "Nightly::Report${i}.new(<all>).deliver & wait"`,
      `daily at 0${i % 10}:30`,
      'paused',
    ),
  ),
  ...Array.from({ length: 40 }, (_, i) => item('workers', `worker_of_the_queue_${i}`, i + 1, 0)),
];
const changes = (step: string) => items.filter((one) => one.step === step).map(({ key, aim }) => ({ key, value: aim }));
const steps = ['door', 'scheduler', 'workers'];
const quieting: Event[] = steps.flatMap((step): Event[] => [
  { is: 'sending', way: 'quiet', step, changes: changes(step) },
  { is: 'sent', way: 'quiet', step },
  { is: 'done', way: 'quiet', step, findings: [] },
]);
const rows: Row[] = items.map(({ step, key, label, before, aim }) => ({
  step,
  key,
  label,
  before: String(before),
  now: String(aim),
  after: String(before),
}));
const drift = items.slice(1).map(
  ({ step, key }, i): Event => ({
    is: 'asked',
    question: `drift-${i}`,
    about: { is: 'drift', step, key, now: 7, shows: { before: '4', sent: '0', now: '7' } },
  }),
);
const loud = items.slice(1).map(
  ({ step, key, label }, i): Event => ({
    is: 'asked',
    question: `violation-${i}`,
    about: { is: 'violation', step, key, label, now: 7, shows: { before: '4', wanted: '0', now: '7' } },
  }),
);
const kept = items.map(
  ({ step, key }, i): Event => ({
    is: 'settled',
    step,
    key,
    as: (['before', 'gone', 'kept', 'left'] as const)[i % 4] ?? 'before',
    now: 7,
    by: i % 4 > 1 ? grace : null,
  }),
);

const start: Event[] = [requested, planned([], items), { is: 'emergency-told' }];
const held: Event[] = [
  ...start,
  { is: 'done', way: 'quiet', step: 'preflight', findings: [] },
  ...quieting,
  { is: 'quieted' },
];
const turned: Event[] = [
  ...held,
  { is: 'asked', question: 'resume-1', about: { is: 'resume' } },
  { is: 'shown', question: 'resume-1', hash: 'h1', rows },
  { is: 'answered', question: 'resume-1', answer: 'approve', by: grace },
  { is: 'turned', by: grace, why: 'approved' },
];
const phases: readonly (readonly [string, readonly Event[]])[] = [
  ['planned', start],
  ['being made quiet', [...start, ...quieting.slice(0, 4)]],
  ['held', held],
  ['held and not quiet any more', [...held, ...loud]],
  ['to be approved', turned.slice(0, -2)],
  ['on its way back', turned],
  ['on its way back, with everything changed by others', [...turned, ...drift]],
  ['restored, with what differs', [...turned, ...kept, { is: 'ended', as: 'restored', why: 'as people have decided' }]],
  ['turned round before it was quiet', [...start, ...quieting.slice(0, 4), { is: 'turned', by: ada, why: 'aborted' }]],
];

/** Letters, whatever stands beside them. */
const words = /\p{L}{2}/u;

function expectReadable(run: Run, drawn: Drawn, what: string): void {
  expectSlackTakes(drawn);
  // A notification has no room for more than a line, and names the app.
  expect(drawn.text, what).toContain(run.app.name);
  for (const line of shown(drawn).split('\n')) expect(line, what).toMatch(words);
  for (const { text } of buttons(drawn)) expect(text.text, what).toMatch(words);
}

describe.each(phases)('an app of 40 process types and 60 jobs that is %s', (_, events) => {
  const run = runOf(events);
  const now = at + 3 * 60 * MINUTE;

  test('has a card whose notification says the same', () => {
    const drawn = card(run, now);
    expectReadable(run, drawn, 'card');
    expect(drawn.text).toContain(phase(run));
    expect(shown(drawn)).toContain(phaseWords(run));
  });

  test('has messages in the thread that Slack takes, and that read as their notification does', () => {
    const log = events.map((event, i) => ({ seq: i + 1, at: at + i * MINUTE, event }));
    const notes = log.flatMap(notesOf);
    expect(notes.length).toBeGreaterThan(0);
    for (const one of notes) for (const part of note(run, one, now)) expectReadable(run, part, one.key);
  });

  test('is told by status, history and its trail', () => {
    expectReadable(
      run,
      status([{ run, at: { card: { is: 'sent', channel: 'C0OPS', stale: null }, questions: new Set() } }], now),
      'status',
    );
    expectReadable(
      run,
      history({ is: 'history', app: run.app, runs: Array.from({ length: 10 }, () => run) }, now),
      'history',
    );
    const log = events.map((event, i) => ({ seq: i + 1, at: at + i * MINUTE, event }));
    expectReadable(run, trail({ is: 'trail', run, entries: trailOf(run, log) }), 'trail');
  });

  test('fits into the Home tab, twenty times over', () => {
    const many = Array.from({ length: 30 }, () => run);
    const view = appHome({ at: now, runs: many, last: many, windows: [] });
    const checked = checkView(JSON.parse(JSON.stringify(view)));
    expect(checked.ok ? [] : checked.complaints).toEqual([]);
  });
});
