// What can be waited for instead of accepted, in Slack: the button, what it says before the click counts, and the card after it.
import { describe, expect, test } from 'vitest';
import type { Concern } from '../../../src/model/preflight.ts';
import type { StepRef } from '../../../src/model/step.ts';
import { card } from '../../../src/slack/views/card.ts';
import { note } from '../../../src/slack/views/note.ts';
import { buttons, expectSlackTakes, labels, shown } from '../drawn.ts';
import { at, exceptScheduler, grace, planned, quiet, requested, runOf } from '../runs.ts';

const oneOffs: StepRef = {
  name: 'one-offs',
  title: 'One-off dynos in flight',
  kind: 'wait',
  door: false,
  onlyAsked: true,
};
const running: Concern = {
  name: 'one-offs-ab12',
  is: 'ask',
  says: 'one-off dynos are running, and maint does not stop them: run.1 (since 12:00 UTC)',
  remedy: 'Wait for them.',
  except: 'one-off dynos',
  waits: 'one-offs',
};
const asked = (concerns: Concern[], waits: string[]) => [
  planned(concerns),
  { is: 'asked', question: 's1', about: { is: 'start', names: concerns.map(({ name }) => name), waits } } as const,
];
const run = (...more: Parameters<typeof runOf>[0]) => runOf([{ ...requested, quiet: [...quiet, oneOffs] }, ...more]);

describe('what can be waited for', () => {
  test('has a button of its own, which says for how long and what is accepted with it', () => {
    const [drawn] = note(
      run(...asked([running, exceptScheduler], ['one-offs'])),
      { kind: 'question', question: 's1' },
      at,
    );
    expectSlackTakes(drawn);
    expect(labels(drawn)).toEqual(['Wait for it', 'Start, accepting this', 'Cancel']);
    const says = buttons(drawn)[0]?.confirm?.text.text;
    expect(says).toContain('15 min at most; past that everything is put back');
    expect(says).toContain('accepting the rest: scheduler');
    expect(says).not.toContain('one-offs-ab12');
  });

  test('is on the card as waited for, by whom, and among the steps; accepted, it is neither', () => {
    const answered = (answer: 'wait' | 'accept') =>
      run(...asked([running, exceptScheduler], ['one-offs']), { is: 'answered', question: 's1', answer, by: grace });
    const waits = shown(card(answered('wait'), at));
    expect(waits).toMatch(/Waited for: One-off dynos in flight, as .*grace.* said/);
    expect(waits).toMatch(/Accepted: scheduler by/);
    expect(waits).toContain('▫️ *One-off dynos in flight*: to do');
    const accepts = shown(card(answered('accept'), at));
    expect(accepts).toContain('one-offs-ab12 by');
    expect(accepts).not.toContain('One-off dynos in flight');
  });
});
