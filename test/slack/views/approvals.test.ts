// What the thread shows of several approvals, and of one person who opens the app alone.
import { expect, test } from 'vitest';
import type { Event } from '../../../src/model/event.ts';
import { defaultSettings } from '../../../src/model/settings.ts';
import { broadcasts, note } from '../../../src/slack/views/note.ts';
import { expectSlackTakes, labels, shown } from '../drawn.ts';
import { ada, approved, at, grace, planned, requested, runOf, toQuiet } from '../runs.ts';

const asked = approved.slice(0, 2);
const first: Event = { is: 'approval', question: 'resume-1', answer: 'approve-layers', by: ada };
const begun = (count: number, asker: boolean): Event => ({
  ...requested,
  settings: { ...defaultSettings, approvals: { count, asker } },
});

function drawn(events: readonly Event[], kind: 'question' | 'turned' | 'glass') {
  const run = runOf([...events]);
  const [one] = note(run, { kind, question: 'resume-1' }, run.askedAt);
  // The one message of all that calls the whole channel: nothing else in it may.
  const [top] = one.blocks;
  if (kind === 'glass' && top?.type === 'section' && top.text !== undefined) {
    const text = top.text.text.replace('<!channel> ', '');
    expectSlackTakes({ ...one, blocks: [{ ...top, text: { ...top.text, text } }, ...one.blocks.slice(1)] });
  } else expectSlackTakes(one);
  return one;
}

test('one approval of anybody needs no words', () => {
  expect(shown(drawn([begun(1, true), planned(), ...toQuiet, ...asked], 'question'))).not.toMatch(/missing/u);
});

test('the list says how many have to approve, who has, and how many are missing', () => {
  const none = drawn([begun(2, false), planned(), ...toQuiet, ...asked], 'question');
  expect(shown(none)).toMatch(/2 different people have to approve it, and not .*ada.*, who asked for the maintenance/u);
  expect(shown(none)).toMatch(/2 more are missing/u);
  const one = drawn([begun(2, true), planned(), ...toQuiet, ...asked, first], 'question');
  expect(shown(one)).toMatch(/✅ .*ada.*approved, layer by layer/u);
  expect(shown(one)).toMatch(/1 more is missing/u);
  expect(labels(one)).toEqual(['Approve', 'Layer by layer', 'Not yet']);
});

test('once it is enough all of them are named, and nothing is missing', () => {
  const events = [begun(2, true), planned(), ...toQuiet, ...asked, first, ...approved.slice(2)];
  expect(shown(drawn(events, 'question'))).not.toMatch(/missing/u);
  expect(shown(drawn(events, 'turned'))).toMatch(/approved by .*ada.* and .*grace/u);
});

test('who opens it alone is told to the whole channel, with the reason, which pings nobody', () => {
  const glass: Event = { is: 'glass-broken', by: grace, because: 'nobody is up <!here> `x`' };
  const events = [begun(3, false), planned(), ...toQuiet, ...asked, glass, ...approved.slice(2)];
  const one = drawn(events, 'glass');
  expect(broadcasts(runOf(events), 'glass')).toBe(true);
  expect(JSON.stringify(one.blocks)).toContain('<!channel>');
  expect(JSON.stringify(one)).not.toContain('<!here>');
  expect(shown(one)).toMatch(/grace.*broke the glass.*opens.*shop.*alone, without the 3 approvals that it needs/u);
  expect(shown(one)).toContain('nobody is up');
});

test('who opens it alone in the middle of a command has it named to the whole channel', () => {
  const dyno = { id: 'd1', name: 'run.1', at: 0, stop: 'heroku ps:stop run.1 --app shop' };
  const work: Event[] = [
    { is: 'work-asked', id: 'work-1', by: ada, command: 'rails db:migrate', shows: 'rails …', size: null },
    { is: 'work-started', id: 'work-1', dyno },
  ];
  const glass: Event = { is: 'glass-broken', by: grace, because: 'run.1 hangs' };
  const left: Event = { is: 'work-ended', id: 'work-1', exit: null, says: 'left', lines: 0, cut: 0 };
  const over: Event = { is: 'work-ended', id: 'work-1', exit: 0, says: null, lines: 0, cut: 0 };
  const before = [begun(3, false), planned(), ...toQuiet];
  const named = /In the middle of .*rails ….*ada.*run\.1.*heroku ps:stop run\.1 --app shop/u;
  expect(shown(drawn([...before, ...work, glass], 'glass'))).toMatch(named);
  expect(shown(drawn([...before, ...work, glass, left], 'glass'))).toMatch(named);
  expect(shown(drawn([...before, ...work, over, glass], 'glass'))).not.toContain('rails');
});

test('that it was opened by one person alone is not called an approval afterwards', () => {
  const run = runOf([begun(3, false), planned(), ...toQuiet, ...approved]);
  const answered = run.questions[0]?.answered?.at ?? 0;
  const alone = { ...run, glass: { by: grace, because: 'nobody is up', at: answered } };
  expect(shown(note(alone, { kind: 'turned', question: null }, at)[0])).toMatch(/opened by .*grace.* alone/u);
  const earlier = { ...run, glass: { by: grace, because: 'nobody is up', at: answered - 1 } };
  expect(shown(note(earlier, { kind: 'turned', question: null }, at)[0])).toMatch(/approved by .*grace/u);
});
