import { describe, expect, test } from 'vitest';
import { answers, type Captured, type Event, type Row } from '../../../src/model/event.ts';
import type { NoteKind } from '../../../src/model/notes.ts';
import type { Run } from '../../../src/model/run.ts';
import { readPress } from '../../../src/slack/buttons.ts';
import { mootness } from '../../../src/slack/notifier/moot.ts';
import { broadcasts, note } from '../../../src/slack/views/note.ts';
import type { Message } from '../../../src/store/messages.ts';
import { buttons, expectSlackTakes, labels, shown } from '../drawn.ts';
import {
  approved,
  at,
  backlog,
  drifted,
  exceptScheduler,
  grace,
  item,
  items,
  loud,
  MINUTE,
  planned,
  runOf,
  stuck,
  toQuiet,
} from '../runs.ts';

const holding = [planned(), ...toQuiet];
const start: Event & { is: 'asked' } = {
  is: 'asked',
  question: 'start-1',
  about: { is: 'start', names: ['scheduler'] },
};
const ended: Event = { is: 'ended', as: 'restored', why: 'everything is as before' };
/** The app was in maintenance mode before: its door is not touched. */
const withoutDoor = toQuiet.filter((event) => !('step' in event && event.step === 'door'));
const nasty = '<!channel> `*_~ <@U0ADA> &\u202e\n``` ';

const emergencyNote: Message = {
  key: 'emergency-2',
  kind: 'emergency',
  question: null,
  seq: 2,
  state: 'pending',
  channel: null,
  ts: null,
  drawn: null,
  tries: 0,
  why: null,
  file: null,
  createdAt: at,
};
const told = (run: Run, kind: NoteKind, question: string | null = null, now = at) => {
  const parts = note(run, { kind, question }, now);
  for (const part of parts) expectSlackTakes(part);
  return parts;
};
const one = (run: Run, kind: NoteKind, question: string | null = null, now = at) => told(run, kind, question, now)[0];

describe('the emergency card', () => {
  test('has the exact commands, in the order of the way back, and only of what is changed', () => {
    const drawn = one(runOf([planned()]), 'emergency');
    expect(shown(drawn).match(/^heroku .*$/gmu)).toEqual([
      'heroku set worker=4 --app shop',
      'heroku set rake nightly=every day --app shop',
      'heroku set maintenance=false --app shop',
    ]);
    expect(shown(drawn)).toContain('work with maint dead');
  });

  test('gives each command as it is, to be copied: Slack interprets nothing in it', () => {
    const command = "heroku run 'a `b` <c> && d | e' --app shop";
    const odd: Captured = { ...item('workers', 'w', 1, 0), back: { will: 'x', byHand: command } };
    const drawn = one(runOf([planned([], [odd])]), 'emergency');
    expect(drawn.blocks).toContainEqual({
      type: 'rich_text',
      elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: command }] }],
    });
  });

  test('leaves out no command of 40 process types and 60 jobs: it takes several messages where one is too short', () => {
    const many = [
      ...Array.from({ length: 40 }, (_, i) => item('workers', `worker-with-a-long-name-${i}`, i + 1, 0)),
      ...Array.from({ length: 60 }, (_, i) =>
        item('scheduler', `bundle exec rake some:long:task[${'x'.repeat(120)},${i}]`, 'on', 'off'),
      ),
    ];
    const parts = told(runOf([planned([], many)]), 'emergency');
    const commands = parts.flatMap((part) => shown(part).match(/^heroku .*$/gmu) ?? []);
    expect(commands).toEqual(many.map((one) => one.back.byHand));
    expect(parts.length).toBeGreaterThan(1);
    expect(shown(parts[0])).toContain(`Part 1 of ${parts.length}`);
  });

  test('says first that maint has to be stopped, or it may set this again', () => {
    expect(shown(one(runOf([planned()]), 'emergency')).split('\n')[0]).toMatch(
      /^🧯 \*First stop maint, or press Abort\* \(once it is quiet: Resume, then Approve\).*may set this again/u,
    );
  });

  test('says in its head what is missing where a command is too long for Slack, and where it is to be had', () => {
    const long: Captured = { ...item('workers', 'huge', 1, 0), back: { will: 'x', byHand: 'y'.repeat(7_000) } };
    const drawn = one(runOf([planned([], [long, item('workers', 'small', 1, 0)])]), 'emergency');
    expect(shown(drawn)).toContain(
      '*NOT complete*: Workers: `huge` is missing, too long for a Slack message; `npm run maint -- status shop` at a terminal prints it.',
    );
    expect(shown(drawn)).not.toContain('put back everything');
    expect(shown(drawn)).toContain('heroku set small=1 --app shop');
    expect(shown(one(runOf([planned()]), 'emergency'))).not.toContain('NOT complete');
  });

  test('is void once the maintenance has ended, and has no command any more', () => {
    const text = shown(one(runOf([...holding, ...approved, ended]), 'emergency'));
    expect(text).toMatch(/void since <!date.*: the maintenance has ended/u);
    expect(text).not.toContain('heroku');
  });

  test('keeps, once it has ended, the commands of what was left as it is, and says that only those count', () => {
    const left: Event = { is: 'settled', step: 'workers', key: 'worker', as: 'left', now: 0, by: grace };
    const run = runOf([...holding, ...approved, left, ended]);
    const text = shown(one(run, 'emergency'));
    expect(text).toContain('Only the commands below still count');
    expect(text.match(/^heroku .*$/gmu)).toEqual(['heroku set worker=4 --app shop']);
    expect(mootness(run, emergencyNote, [emergencyNote])).toBeNull();
    const back = runOf([...holding, ...approved, ended]);
    expect(mootness(back, emergencyNote, [emergencyNote])).toContain('would be void');
  });

  test('says so where nothing would have to be undone', () => {
    expect(shown(one(runOf([planned([], [item('workers', 'idle', 0, 0)])]), 'emergency'))).toContain('nothing to undo');
  });
});

describe('the question before the start', () => {
  const run = runOf([planned([exceptScheduler]), start]);

  test('names what starting means accepting, and what it would not be quiet about', () => {
    const drawn = one(run, 'question', 'start-1');
    expect(shown(drawn)).toContain('The Scheduler cannot be paused. It would be quiet *except Heroku Scheduler*.');
    expect(labels(drawn)).toEqual(['Start, accepting this', 'Cancel']);
  });

  test('has no buttons once it is answered, and says by whom', () => {
    const drawn = one(
      runOf([planned([exceptScheduler]), start, { is: 'answered', question: 'start-1', answer: 'accept', by: grace }]),
      'question',
      'start-1',
    );
    expect(labels(drawn)).toEqual([]);
    expect(shown(drawn)).toMatch(/\*grace\* .*: \*accepted\*/u);
  });
});

describe('the approval', () => {
  const shownRun = runOf([...holding, ...approved.slice(0, 2)]);

  test('has no buttons before the list is there', () => {
    const drawn = one(runOf([...holding, ...approved.slice(0, 1)]), 'question', 'resume-1');
    expect(labels(drawn)).toEqual([]);
    expect(shown(drawn)).toContain('looking up');
  });

  test('shows each item before, now and after, and folds what changes nothing', () => {
    const text = shown(one(shownRun, 'question', 'resume-1'));
    expect(text).toContain('*Workers*\n• `worker`  before `4` · now `0` · after `4`');
    expect(text).toContain('*Maintenance mode*\n• `maintenance`  before `off` · now `on` · after `off`');
    expect(text).toContain('1 item as before already: idle');
  });

  test('is bound to the list: its buttons carry the hash', () => {
    const drawn = one(shownRun, 'question', 'resume-1');
    expect(labels(drawn)).toEqual(['Approve', 'Layer by layer', 'Not yet']);
    expect(buttons(drawn).map((b) => readPress(b.value))).toEqual([
      { do: 'answer', run: 'm1', question: 'resume-1', answer: 'approve', hash: 'h1' },
      { do: 'answer', run: 'm1', question: 'resume-1', answer: 'approve-layers', hash: 'h1' },
      { do: 'answer', run: 'm1', question: 'resume-1', answer: 'not-yet', hash: 'h1' },
    ]);
  });

  test('marks what will not be as before', () => {
    const rows: Row[] = [
      { step: 'workers', key: 'a', label: 'a', before: '4', now: '0', after: '2' },
      { step: 'workers', key: 'b', label: 'b', before: '4', now: '9', after: '9' },
    ];
    const run = runOf([
      ...holding,
      { is: 'asked', question: 'r', about: { is: 'resume' } },
      { is: 'shown', question: 'r', rows, hash: 'h' },
    ]);
    const text = shown(one(run, 'question', 'r'));
    expect(text).toContain('`a`  before `4` · now `0` · after `2` ⚠️ not as before');
    expect(text).toContain('`b`  before `4` · stays `9` ⚠️ not as before');
  });

  test('shows every one of 40 process types and 60 jobs, with its buttons', () => {
    const rows: Row[] = [
      ...Array.from({ length: 40 }, (_, i) => ({
        step: 'workers',
        key: `w${i}`,
        label: `background_${i}`,
        before: '12',
        now: '0',
        after: '12',
      })),
      ...Array.from({ length: 60 }, (_, i) => ({
        step: 'scheduler',
        key: `j${i}`,
        label: `${i} bundle exec rake reports:${'x'.repeat(60)}`,
        before: 'every day at 03:00 UTC, bundle exec …',
        now: 'paused by maint, every day at 03:00',
        after: 'every day at 03:00 UTC, bundle exec …',
      })),
    ];
    const run = runOf([
      ...holding,
      { is: 'asked', question: 'r', about: { is: 'resume' } },
      { is: 'shown', question: 'r', rows, hash: 'h' },
    ]);
    const drawn = one(run, 'question', 'r');
    const text = shown(drawn);
    for (const row of rows) expect(text).toContain(row.label.slice(0, 14));
    expect(text.match(/ before `/gu)).toHaveLength(100);
    expect(text).not.toContain('more than one Slack message can hold');
    expect(labels(drawn)).toEqual(['Approve', 'Layer by layer', 'Not yet']);
  });

  describe('of more rows than one message can hold', () => {
    const job = (i: number, more: Partial<Row> = {}): Row => ({
      step: 'scheduler',
      key: `j${i}`,
      label: `${i} bundle exec rake reports:${'x'.repeat(60)}`,
      before: 'bundle exec rake reports, every day',
      now: 'paused by maint',
      after: 'bundle exec rake reports, every day',
      ...more,
    });
    const jobs = Array.from({ length: 250 }, (_, i) => ({
      ...item('scheduler', `j${i}`, 'on', 'off'),
      back: { will: 'its own command again', byHand: 'x' },
    }));
    const door: Row = {
      step: 'door',
      key: 'maintenance',
      label: 'maintenance mode',
      before: 'off',
      now: 'on',
      after: 'off',
    };
    const worker: Row = { step: 'workers', key: 'worker', label: 'worker', before: '4', now: '0', after: '4' };
    const pausing: Event = {
      is: 'sending',
      way: 'quiet',
      step: 'scheduler',
      changes: jobs.map(({ key }) => ({ key, value: 'off' })),
    };
    const asking = (rows: readonly Row[]): Run =>
      runOf([
        planned([], [...items, ...jobs]),
        ...toQuiet.slice(0, -1),
        pausing,
        { is: 'quieted' },
        { is: 'asked', question: 'r', about: { is: 'resume' } },
        { is: 'shown', question: 'r', rows: [...rows], hash: 'h' },
      ]);

    test('counts 250 jobs that are as maint set them, and lists the door and whatever is not as usual', () => {
      const rows = [
        worker,
        ...Array.from({ length: 250 }, (_, i) => job(i)),
        { ...job(250), key: 'j1', label: 'edited', now: 'rake other', after: 'will be asked' },
        { ...job(251), key: 'j2', label: 'vanished', now: 'gone', after: 'stays gone' },
        { ...job(252), key: 'j3', label: 'hidden', now: 'cannot be read' },
        door,
      ];
      const drawn = one(asking(rows), 'question', 'r');
      const text = shown(drawn);
      expect(text).toContain('*Heroku Scheduler*: 250 items: its own command again');
      for (const label of ['edited', 'vanished', 'hidden', 'maintenance mode'])
        expect(text).toContain(`• \`${label}\``);
      expect(text).toContain('Not every row fits');
      expect(text).not.toContain('more than one Slack message can hold');
      expect(labels(drawn)).toEqual(['Approve', 'Layer by layer', 'Not yet']);
    });

    test('has no Approve over rows that need a look each and cannot be seen', () => {
      const rows = [
        ...Array.from({ length: 250 }, (_, i) => job(i, { now: 'rake other', after: 'will be asked' })),
        worker,
        door,
      ];
      const drawn = one(asking(rows), 'question', 'r');
      expect(labels(drawn)).toEqual(['Not yet']);
      expect(shown(drawn)).toContain('*250 rows of 252 need a look each*');
      expect(shown(drawn)).toContain('`npm run maint -- resume shop` at a terminal');
      expect(shown(drawn)).toContain('• `maintenance mode`  before `off` · now `on` · after `off`');
    });
  });

  test('always lists the door, also where it is open already or was closed before', () => {
    const open: Row = { step: 'door', key: 'maintenance', label: 'mode', before: 'off', now: 'off', after: 'off' };
    const asked: Event = { is: 'asked', question: 'r', about: { is: 'resume' } };
    const run = runOf([...holding, asked, { is: 'shown', question: 'r', rows: [open], hash: 'h' }]);
    expect(shown(one(run, 'question', 'r'))).toContain('• `mode`  before `off` · now `off` · after `off`');
    const closed = [planned([], [item('door', 'maintenance', true, true), ...items.slice(1)]), ...withoutDoor];
    const worker: Row = { step: 'workers', key: 'worker', label: 'worker', before: '4', now: '0', after: '4' };
    const before = runOf([...closed, asked, { is: 'shown', question: 'r', rows: [worker], hash: 'h' }]);
    expect(shown(one(before, 'question', 'r'))).toContain('*Maintenance mode* was on before and stays on');
  });

  test('says when it was answered but not carried out', () => {
    const run = runOf([
      ...holding,
      ...approved.slice(0, 3),
      { is: 'withdrawn', question: 'resume-1', why: 'worker has changed since' },
    ]);
    const text = shown(one(run, 'question', 'resume-1'));
    expect(text).toContain('*approved*. Not carried out: worker has changed since');
  });
});

describe('a question on the way back', () => {
  test('about drift shows before, sent and now, and calls who asked for the maintenance', () => {
    const drawn = one(runOf([...holding, ...approved, drifted]), 'question', 'drift-1');
    expect(labels(drawn)).toEqual(['Restore', 'Keep', 'Later']);
    expect(shown(drawn)).toContain('*before*  `4`');
    expect(shown(drawn)).toContain('*now*  `2`');
    expect(shown(drawn)).toContain('<@U0ADA>');
  });

  test('that was put off keeps its buttons', () => {
    const drawn = one(
      runOf([...holding, ...approved, drifted, { is: 'answered', question: 'drift-1', answer: 'later', by: grace }]),
      'question',
      'drift-1',
    );
    expect(labels(drawn)).toEqual(['Restore', 'Keep', 'Later']);
    expect(shown(drawn)).toContain('*later*');
  });

  test('about a stuck step shows what is not back and the commands by hand', () => {
    const drawn = one(runOf([...holding, ...approved, stuck]), 'question', 'stuck-1');
    expect(labels(drawn)).toEqual(['Try again', 'Done by hand', 'Leave it as it is']);
    expect(shown(drawn)).toContain('`rake nightly`: set rake nightly back to every day');
    expect(shown(drawn)).toContain('heroku addons:open scheduler --app shop');
  });

  test('has no buttons once the maintenance has ended', () => {
    expect(labels(one(runOf([...holding, ...approved, drifted, ended]), 'question', 'drift-1'))).toEqual([]);
  });
});

test('the note of quiet gives the evidence, and who accepted what it is not quiet about', () => {
  const findings = [
    { subject: 'Dynos', is: 'proved' as const, says: 'no worker dyno for 20 s', at },
    { subject: 'Web', is: 'not provable' as const, says: 'web dynos keep running', at },
  ];
  const run = runOf([
    planned([exceptScheduler]),
    start,
    { is: 'answered', question: 'start-1', answer: 'accept', by: grace },
    ...toQuiet.slice(0, -1),
    { is: 'done', way: 'quiet', step: 'workers', findings },
    { is: 'quieted' },
  ]);
  const text = shown(one(run, 'quieted'));
  expect(text).toContain('*quiet except Heroku Scheduler*');
  expect(text).toContain('✅ *Dynos*, proved: no worker dyno for 20 s');
  expect(text).toContain('❔ *Web*, not provable: web dynos keep running');
  expect(text).toContain('scheduler: accepted by *grace*');
});

describe('the receipt', () => {
  test('says how long it was frozen, who asked and who approved', () => {
    const text = shown(one(runOf([...holding, ...approved, ended]), 'ended'));
    expect(text).toContain('everything is as it was before');
    // From the first `sending`, the fifth event, to the end, the nineteenth: one event a minute.
    expect(text).toContain('*Frozen* for 14 min');
    expect(text).toContain('*Asked for* by *ada*: “migration 42”');
    expect(text).toContain('*Approved* by *grace*');
  });

  test('says what was kept different and by whose decision, and what was gone', () => {
    const run = runOf([
      ...holding,
      ...approved,
      drifted,
      { is: 'answered', question: 'drift-1', answer: 'keep', by: grace },
      { is: 'settled', step: 'workers', key: 'worker', as: 'kept', now: 2, by: grace },
      { is: 'settled', step: 'scheduler', key: 'rake nightly', as: 'gone', now: null, by: null },
      ended,
    ]);
    const text = shown(one(run, 'ended'));
    expect(text).toContain('except 1 thing kept different and 1 thing gone');
    expect(text).toContain('Workers: `worker`: before `4`, kept at `2`, by the decision of *grace*');
    expect(text).toContain('Heroku Scheduler: `rake nightly` was gone');
  });

  test('says what was given up and by whom, with the command that does it by hand', () => {
    const run = runOf([
      ...holding,
      ...approved,
      stuck,
      { is: 'answered', question: 'stuck-1', answer: 'give-up', by: grace },
      { is: 'settled', step: 'scheduler', key: 'rake nightly', as: 'left', now: null, by: grace },
      ended,
    ]);
    const text = shown(one(run, 'ended'));
    expect(text).toContain('except 1 thing not put back');
    expect(text).toContain('`rake nightly` was not put back and stays as it is, by the decision of *grace*');
    expect(text).toContain('heroku set rake nightly=every day --app shop');
  });

  test('says so where the last look was not waited for', () => {
    const look: Event = {
      is: 'asked',
      question: 's',
      about: { is: 'stuck', step: 'watch', why: 'x', remedy: 'y', byHand: [] },
    };
    const gone: Event = { is: 'answered', question: 's', answer: 'give-up', by: grace };
    const text = shown(one(runOf([...holding, ...approved, look, gone, ended]), 'ended'));
    expect(text).toContain('*Not confirmed* that it stays so: *grace* decided not to wait');
  });

  test('of an aborted run says who turned it round', () => {
    const run = runOf([planned(), ...toQuiet.slice(0, 5), { is: 'turned', by: grace, why: 'aborted' }, ended]);
    expect(shown(one(run, 'ended'))).toMatch(/\*Turned round\* by \*grace\* .*: aborted/u);
  });

  test('of a run that could not be made quiet names what failed, and that everything is as before', () => {
    const failed: Event = { is: 'turned', by: null, why: 'Workers: 2 dynos of worker do not stop' };
    const run = runOf([planned(), ...toQuiet.slice(0, 8), failed, ended]);
    const drawn = one(run, 'ended');
    const says = 'everything is as it was before. It could not be made quiet: Workers: 2 dynos of worker do not stop.';
    expect(shown(drawn)).toContain(says);
    expect(drawn.text).toContain(says);
    expect(shown(one(run, 'turned'))).toContain(
      'it could not be made quiet: Workers: 2 dynos of worker do not stop. Everything that was changed is put back',
    );
    expect(broadcasts(run, 'turned')).toBe(true);
    expect(broadcasts(runOf([...holding, ...approved]), 'turned')).toBe(false);
  });

  test('names what was not quiet in the middle, and who decided what about it', () => {
    const accepted: Event = { is: 'answered', question: 'violation-1', answer: 'accept', by: grace };
    const text = shown(one(runOf([...holding, loud, accepted, ...approved, ended]), 'ended'));
    expect(text).toMatch(
      /\*Accepted that it was not quiet\* by \*grace\* .*: Workers: `worker` was `2` instead of `0`/u,
    );
  });

  test('does not speak of putting back where everything was left as it is', () => {
    const left = (step: string, key: string): Event => ({
      is: 'settled',
      step,
      key,
      as: 'left',
      now: null,
      by: grace,
    });
    const all = [left('door', 'maintenance'), left('scheduler', 'rake nightly'), left('workers', 'worker')];
    const text = shown(one(runOf([...holding, ...approved, ...all, ended]), 'ended'));
    expect(text).toContain('maint put nothing back, 3 things stay as they are.');
    expect(text).not.toContain('everything is as it was');
  });

  test('of a cancelled run says why, and that nothing was changed', () => {
    const refuse = { ...exceptScheduler, is: 'refuse' as const, says: 'A release is running.' };
    const why = 'no-go: A release is running. Look at its jobs first.';
    const run = runOf([planned([refuse]), { is: 'ended', as: 'cancelled', why }]);
    const text = shown(one(run, 'ended'));
    expect(text).toContain('A release is running. Look at its jobs first. Nothing was changed.');
    expect(text.match(/Look at its jobs first/gu)).toHaveLength(1);
  });
});

test('a reminder calls who asked, says how late it is, and that nothing opens by itself', () => {
  const text = shown(one(runOf(holding), 'reminded', null, at + 45 * MINUTE));
  expect(text).toContain('<@U0ADA>');
  expect(text).toContain('15 min ago');
  expect(text).toContain('nothing opens by itself');
});

test('a reminder of a question says what still waits', () => {
  expect(shown(one(runOf([...holding, ...approved, drifted]), 'reminded', 'drift-1'))).toContain(
    'Workers: `worker` was changed by somebody else',
  );
});

describe('whatever is in a run', () => {
  const long = nasty + '<&>🙂 word '.repeat(1_000);
  const awkward = [
    planned(
      [{ ...exceptScheduler, name: nasty, says: long, remedy: long, except: nasty }],
      [...items, { ...item('workers', nasty, long, 0), label: long }],
    ),
    { ...start, about: { is: 'start' as const, names: [nasty, 'scheduler'] } },
    ...toQuiet,
    {
      is: 'asked' as const,
      question: 'd',
      about: { is: 'drift' as const, step: nasty, key: nasty, now: 1, shows: { before: long, sent: long, now: nasty } },
    },
    {
      is: 'asked' as const,
      question: 's',
      about: { is: 'stuck' as const, step: nasty, why: long, remedy: long, byHand: [long, nasty] },
    },
    {
      is: 'asked' as const,
      question: 'v',
      about: {
        is: 'violation' as const,
        step: nasty,
        key: nasty,
        label: long,
        now: 1,
        shows: { before: long, wanted: long, now: nasty },
      },
    },
    {
      is: 'asked' as const,
      question: 'w',
      about: { is: 'stuck' as const, step: 'patrol', why: long, remedy: nasty, byHand: [], wide: true },
    },
    { is: 'asked' as const, question: 'r', about: { is: 'resume' as const } },
    {
      is: 'shown' as const,
      question: 'r',
      hash: 'h',
      rows: Array.from({ length: 300 }, (_, i) => ({
        step: nasty,
        key: `${i}`,
        label: long,
        before: long,
        now: nasty,
        after: long,
      })),
    },
  ] satisfies Event[];

  test.each<[NoteKind, string | null]>([
    ['emergency', null],
    ['question', 'start-1'],
    ['question', 'd'],
    ['question', 's'],
    ['question', 'v'],
    ['question', 'w'],
    ['question', 'r'],
    ['question', 'unknown'],
    ['quieted', null],
    ['turned', null],
    ['extended', null],
    ['reminded', null],
    ['reminded', 'd'],
    ['ended', null],
  ])('a note of kind %s (%s) is taken by Slack and calls nobody', (kind, question) => {
    told(runOf(awkward, { app: { id: 'a', name: nasty } }), kind, question);
    told(
      runOf(
        [
          ...awkward,
          { is: 'turned', by: { ...grace, name: long }, why: long },
          { is: 'ended', as: 'restored', why: long },
        ],
        { app: { id: 'a', name: nasty } },
      ),
      kind,
      question,
    );
  });
});

test('every answer of the model has a button with a confirm dialog somewhere', () => {
  const drawn = [
    one(runOf([planned([exceptScheduler]), start]), 'question', 'start-1'),
    one(
      runOf([planned(), { ...start, about: { is: 'start', names: ['one-offs-1'], waits: ['one-offs'] } }]),
      'question',
      'start-1',
    ),
    one(runOf([...holding, ...approved.slice(0, 2)]), 'question', 'resume-1'),
    one(runOf([...holding, ...approved, drifted]), 'question', 'drift-1'),
    one(runOf([...holding, loud]), 'question', 'violation-1'),
    one(runOf([...holding, ...approved, stuck]), 'question', 'stuck-1'),
    one(runOf([...holding, ...approved, backlog]), 'question', 'step-1'),
  ];
  const offered = drawn.flatMap(buttons).map((b) => {
    const press = readPress(b.value);
    return press?.do === 'answer' ? press.answer : null;
  });
  expect([...new Set(offered)].toSorted()).toEqual([...answers].toSorted());
});
