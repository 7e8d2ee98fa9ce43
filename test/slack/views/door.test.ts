import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/model/event.ts';
import type { Run } from '../../../src/model/run.ts';
import { card } from '../../../src/slack/views/card.ts';
import { users } from '../../../src/slack/views/door.ts';
import { note } from '../../../src/slack/views/note.ts';
import { buttons, expectSlackTakes, shown } from '../drawn.ts';
import { approved, at, drifted, grace, item, items, planned, runOf, stuck, toQuiet } from '../runs.ts';

const holding = [planned(), ...toQuiet];
const back: readonly Event[] = [...holding, ...approved];
const opening: Event = { is: 'sending', way: 'back', step: 'door', changes: [{ key: 'maintenance', value: false }] };
const opened: readonly Event[] = [
  opening,
  { is: 'sent', way: 'back', step: 'door' },
  { is: 'settled', step: 'door', key: 'maintenance', as: 'before', now: false, by: null },
];
/** The app was in maintenance mode before. */
const closedBefore: readonly Event[] = [
  planned([], [item('door', 'maintenance', true, true), ...items.slice(1)]),
  ...toQuiet.filter((event) => !('step' in event && event.step === 'door')),
];
const doorStuck: Event = {
  is: 'asked',
  question: 'stuck-1',
  about: { is: 'stuck', step: 'door', why: 'Heroku answered 403', remedy: 'See to the token.', byHand: ['heroku x'] },
};
const lastLook: Event = {
  is: 'asked',
  question: 'stuck-1',
  about: { is: 'stuck', step: 'watch', why: 'Heroku answered 503', remedy: 'It is tried again.', byHand: [] },
};

describe('the users of the app', () => {
  test.each<[string, readonly Event[], ReturnType<typeof users>]>([
    ['before the plan', [], 'unknown'],
    ['before the door is touched', [planned()], 'let in'],
    ['while the door is closing', [planned(), ...toQuiet.slice(0, 3)], 'being kept out'],
    ['while holding', holding, 'kept out'],
    ['on the way back', back, 'kept out'],
    ['while the door is opening', [...back, opening], 'being let in'],
    ['once it is open', [...back, ...opened], 'let in'],
    ['where the app was in maintenance mode before', closedBefore, 'kept out as before'],
    [
      'where opening was given up',
      [...back, { is: 'settled', step: 'door', key: 'maintenance', as: 'left', now: null, by: grace }],
      'left as it is',
    ],
  ])('%s', (_, events, expected) => {
    expect(users(runOf(events))).toBe(expected);
  });

  test('are on the card, in the words of the same fact', () => {
    expect(shown(card(runOf(holding), at))).toContain('*Users*: kept out\n');
    expect(shown(card(runOf([...back, ...opened]), at))).toContain('*Users*: let in');
    expect(shown(card(runOf(closedBefore), at))).toContain('*Users*: kept out, as before the maintenance');
  });
});

describe('a question says of the door only what is so', () => {
  const asked = (events: readonly Event[], question: string) => {
    const [drawn] = note(runOf(events), { kind: 'question', question }, at);
    expectSlackTakes(drawn);
    return drawn;
  };
  const dialog = (events: readonly Event[], question: string, label: string) =>
    buttons(asked(events, question)).find((b) => b.text.text === label)?.confirm?.text.text;

  test('about drift: closed until it is answered', () => {
    expect(shown(asked([...back, drifted], 'drift-1'))).toContain(
      'users of the app are kept out until this is answered',
    );
    expect(dialog([...back, drifted], 'drift-1', 'Later')).toContain('kept out until this is answered');
  });

  test('once it is answered, nothing: its message stays as it was while the door opens', () => {
    const answered: Event = { is: 'answered', question: 'drift-1', answer: 'restore', by: grace };
    const events = [...back, drifted, answered];
    expect(shown(asked(events, 'drift-1'))).not.toMatch(/kept out|users of the app|open/u);
    expect(asked([...events, ...opened], 'drift-1')).toEqual(asked(events, 'drift-1'));
  });

  test('about drift that the last look found: open already, and "maint set it to" what may be the restored value', () => {
    const text = shown(asked([...back, ...opened, drifted], 'drift-1'));
    expect(text).toContain('The app is open to its users already.');
    expect(text).toContain('*maint set it to*  `0`');
    expect(text).not.toMatch(/opens when|kept out/u);
    expect(dialog([...back, ...opened, drifted], 'drift-1', 'Later')).not.toContain('kept out');
  });

  test('about drift of an app that was in maintenance mode before: it stays so', () => {
    const events = [...closedBefore, ...approved, drifted];
    expect(shown(asked(events, 'drift-1'))).toContain('The app was in maintenance mode before, and stays so.');
    expect(dialog(events, 'drift-1', 'Later')).toContain('was in maintenance mode before');
  });

  test('the approval: opens last, is open already, or stays closed', () => {
    const shownTo = approved.slice(0, 2);
    const isOpen = shownTo.map(
      (event): Event =>
        event.is !== 'shown'
          ? event
          : { ...event, rows: event.rows.map((row) => (row.step === 'door' ? { ...row, now: row.after } : row)) },
    );
    expect(dialog([...holding, ...shownTo], 'resume-1', 'Approve')).toContain('opens to its users last');
    expect(dialog([...holding, ...isOpen], 'resume-1', 'Approve')).toContain('open to its users already');
    expect(
      dialog([...closedBefore, ...shownTo.slice(0, 1), shownWithoutDoor(shownTo)], 'resume-1', 'Approve'),
    ).toContain('stays in maintenance mode, as it was before');
  });

  test('a last look that could not be made does not say that something is not back', () => {
    const text = shown(asked([...back, ...opened, lastLook], 'stuck-1'));
    expect(text).toContain('everything was put back and the app is open; that it stays so could not be confirmed');
    expect(text).not.toContain('is not back');
    expect(shown(card(runOf([...back, ...opened, lastLook]), at))).not.toContain('is not back');
    expect(shown(asked([...closedBefore, ...approved, lastLook], 'stuck-1'))).toContain(
      'everything was put back and the app is in maintenance mode, as before;',
    );
  });

  test('giving up says what stays as it is, and what comes of the door', () => {
    const job = dialog([...back, stuck], 'stuck-1', 'Leave it as it is');
    expect(job).toContain('rake nightly: maint does not put it back any more, it stays as it is now.');
    expect(job).toContain('The app opens to its users afterwards.');
    const door = dialog([...back, doorStuck], 'stuck-1', 'Leave it as it is');
    expect(door).toContain('its users may stay kept out');
    expect(door).not.toContain('afterwards');
    expect(dialog([...back, ...opened, lastLook], 'stuck-1', 'Leave it as it is')).toContain(
      'ends without the last look',
    );
  });

  function shownWithoutDoor(events: readonly Event[]): Event {
    const event = events.find((one) => one.is === 'shown');
    if (event?.is !== 'shown') throw new Error('Expected a list to be shown');
    return { ...event, rows: event.rows.filter((row) => row.step !== 'door') };
  }
});

test('a button that leaves something as it is, is a dangerous one', () => {
  const run: Run = runOf([...back, stuck]);
  const [drawn] = note(run, { kind: 'question', question: 'stuck-1' }, at);
  expect(buttons(drawn).find((b) => b.text.text === 'Leave it as it is')?.style).toBe('danger');
});
