// The operators' work on the card, the approval, the receipt and in notes: whatever is in it, Slack takes it and nobody is called.
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/model/event.ts';
import { card } from '../../../src/slack/views/card.ts';
import { note } from '../../../src/slack/views/note.ts';
import { outputElsewhere, working } from '../../../src/slack/views/work.ts';
import { expectSlackTakes, labels, shown } from '../drawn.ts';
import { ada, approved, at, planned, runOf, toQuiet } from '../runs.ts';

const HOSTILE = '<!channel> `a` *b* & <@U0ADA> \u202e';
const dyno = { id: 'd1', name: 'run.1', at, stop: 'heroku ps:stop run.1 --app shop' };

function works(count: number, text = 'rails …', last: Event[] = []): Event[] {
  const all = Array.from({ length: count }, (_, i): Event[] => {
    const id = `work-${i + 1}`;
    return [
      { is: 'work-asked', id, by: { ...ada, name: text }, command: `${text} secret`, shows: text, size: text },
      { is: 'work-starting', id, there: [] },
      { is: 'work-started', id, dyno: { ...dyno, name: text } },
      { is: 'work-ended', id, exit: i % 2 === 0 ? i : null, says: text, lines: 7, cut: 3 },
    ];
  });
  return [planned(), ...toQuiet, ...all.flat(), ...last];
}

describe('the operators’ work', () => {
  test.each([0, 1, 5, 60])('%i of them leave room for what has to be pressed', (count) => {
    const drawn = card(runOf(works(count, HOSTILE.repeat(20))), at);
    expectSlackTakes(drawn);
    expect(labels(drawn)).toEqual(['Resume', 'Extend 15 min']);
    expect(shown(drawn)).not.toContain('secret');
    expect(shown(drawn).includes('Run by maint')).toBe(count > 0);
    expect(shown(drawn).includes('55 commands before')).toBe(count === 60);
  });

  test('is on the approval in one line, with how it ended', () => {
    const [asked, shows] = approved;
    if (asked === undefined || shows === undefined) throw new Error('Expected an approval');
    const run = runOf(works(5, HOSTILE.repeat(20), [asked, shows]));
    const [drawn] = note(run, { kind: 'question', question: 'resume-1' }, at);
    expectSlackTakes(drawn);
    expect(shown(drawn)).toMatch(/Run by maint:.* exit status 4 and 2 before/u);
    expect(labels(drawn)).toEqual(['Approve', 'Layer by layer', 'Not yet']);
  });

  test('is on the receipt', () => {
    const run = runOf([...works(1), ...approved, { is: 'ended', as: 'restored', why: 'everything is back' }]);
    const [drawn] = note(run, { kind: 'ended', question: null }, at);
    expectSlackTakes(drawn);
    expect(shown(drawn)).toContain('✅ `rails …` ended well (exit status 0)');
  });

  test.each(['work-started', 'work-ended', 'work-output'] as const)('its note %s calls nobody', (kind) => {
    const [drawn] = note(runOf(works(2, HOSTILE)), { kind, question: 'work-2' }, at);
    expectSlackTakes(drawn);
    expectSlackTakes(note(runOf(works(0)), { kind, question: 'work-9' }, at)[0]);
  });

  test('of which lines were not kept says how many', () => {
    const [drawn] = note(runOf(works(1)), { kind: 'work-ended', question: 'work-1' }, at);
    expect(shown(drawn)).toContain('It printed 7 lines, of which 3 in the middle were not kept.');
  });

  test('is shown back to whoever asked, exactly, up to the longest that is taken', () => {
    const run = runOf(works(1));
    const [work] = run.works;
    if (work === undefined) throw new Error('Expected a work');
    const command = `rails runner "${'<!here> & `x`'.repeat(190)}"`.slice(0, 2_500);
    const drawn = working(run, { ...work, command });
    expectSlackTakes(drawn);
    expect(shown(drawn)).toContain(command);
    expectSlackTakes(outputElsewhere(run, { ...work, shows: HOSTILE }, HOSTILE));
  });

  test('that runs and cannot be seen asks whether it has ended, and offers no second start', () => {
    const asked: Event = { is: 'asked', question: 'q1', about: { is: 'work', id: 'work-1', says: HOSTILE } };
    const run = runOf([...works(1, HOSTILE).slice(0, -1), asked]);
    const [drawn] = note(run, { kind: 'question', question: 'q1' }, at);
    expectSlackTakes(drawn);
    expect(labels(drawn)).toEqual(['Look again', 'It has ended']);
    expectSlackTakes(card(run, at));
  });

  test('that may not have begun asks, with what each answer means', () => {
    const asked: Event = { is: 'asked', question: 'q1', about: { is: 'work', id: 'work-1', says: HOSTILE } };
    const run = runOf(works(0, '', [...works(1, HOSTILE).slice(toQuiet.length + 1, -2), asked]));
    const [drawn] = note(run, { kind: 'question', question: 'q1' }, at);
    expectSlackTakes(drawn);
    expect(labels(drawn)).toEqual(['It has not begun: start it', 'It runs or has run: leave it']);
    expectSlackTakes(card(run, at));
  });
});
