import { describe, expect, test } from 'vitest';
import { type Command, decide } from '../../src/model/decide.ts';
import type { About, Event } from '../../src/model/event.ts';
import { next } from '../../src/model/next.ts';
import { notesOf } from '../../src/model/notes.ts';
import { phase } from '../../src/model/phase.ts';
import { workWords } from '../../src/model/work.ts';
import { ann, approvalShown, asked, back, bob, holding, quieting, type Story } from '../helpers/make-run.ts';

const migrate = { do: 'work', command: 'rails db:migrate', shows: 'rails …', size: null } as const;
const dyno = { id: 'd1', name: 'run.1', at: 0, stop: 'heroku ps:stop run.1 --app shop' };

function wanted(story: Story = holding()): Story {
  return does(story, migrate);
}

function does(story: Story, command: Parameters<typeof decide>[1]): Story {
  const decision = decide(story.run, command, bob, story.now);
  if (decision.is === 'refused') throw new Error(decision.says);
  return story.and(...decision.events);
}

function refusal(story: Story, command: Parameters<typeof decide>[1] = migrate): string {
  const decision = decide(story.run, command, bob, story.now);
  if (decision.is !== 'refused') throw new Error(`Expected a refusal, got ${JSON.stringify(decision.events)}`);
  return `${decision.says} ${decision.remedy}`;
}

const starting: Event = { is: 'work-starting', id: 'work-1', there: ['old'] };
const started: Event = { is: 'work-started', id: 'work-1', dyno };
const ended = (exit: number | null, lines = 0): Event => ({
  is: 'work-ended',
  id: 'work-1',
  exit,
  says: exit === null ? 'its dyno is gone' : null,
  lines,
  cut: 0,
});
const unclear: Event = { is: 'asked', question: 'q1', about: { is: 'work', id: 'work-1', says: 'not known' } };

describe('A command is run', () => {
  test('only in an app that is quiet', () => {
    expect(refusal(asked().planned())).toContain('not quiet yet');
    expect(refusal(quieting())).toContain('not quiet yet');
    expect(refusal(back())).toContain('on its way back');
    expect(next(wanted().run, wanted().now)).toEqual({ do: 'work', work: 'work-1' });
  });

  test('not while something is being made quiet again, and then after it', () => {
    const about = { before: '4', wanted: '0', now: '7' };
    const loud = holding()
      .and({
        is: 'asked',
        question: 'v1',
        about: { is: 'violation', step: 'workers', key: 'alpha', label: 'alpha', now: 7, shows: about },
      })
      .and({ is: 'answered', question: 'v1', answer: 'quiet-again', by: ann });
    expect(refusal(loud)).toContain('being made quiet again (Workers)');
    const quiet = loud.done('quiet', 'workers', 'proof');
    expect(next(wanted(quiet).run, quiet.now)).toEqual({ do: 'work', work: 'work-1' });
  });

  test('not while an approval is open', () => {
    expect(refusal(approvalShown())).toContain('An approval for shop is open');
    const declined = approvalShown().and({ is: 'answered', question: 'r1', answer: 'not-yet', by: ann });
    expect(wanted(declined).run.works).toHaveLength(1);
  });

  test('one at a time', () => {
    expect(refusal(wanted())).toBe(
      'One command at a time: rails … is being started, asked for by Bob. Say it again when that has ended.',
    );
    expect(refusal(wanted().and(starting, started))).toContain('rails … runs as run.1, asked for by Bob');
    const second = does(wanted().and(starting, started, ended(1)), { ...migrate, command: 'rake other' });
    expect(second.run.works.map(({ id, command }) => [id, command])).toEqual([
      ['work-1', 'rails db:migrate'],
      ['work-2', 'rake other'],
    ]);
  });
});

describe('While a command runs', () => {
  test('the app is patrolled, and no approval can be asked for: it says how to stop the dyno', () => {
    const running = wanted().and(starting, started);
    expect(next(running.run, running.now)).toMatchObject({ do: 'patrol' });
    expect(refusal(running, { do: 'resume' })).toContain(
      'Wait until it has ended, or stop it yourself: heroku ps:stop run.1 --app shop',
    );
    expect(refusal(wanted(), { do: 'resume' })).toContain('is being started');
    expect(does(running.and(ended(0)), { do: 'resume' }).run.questions).toHaveLength(1);
  });

  test('an abort without an approval is refused like it', () => {
    const cannot = holding()
      .and({ is: 'asked', question: 'r1', about: { is: 'resume' } })
      .failed('quiet', 'approval')
      .and({ is: 'withdrawn', question: 'r1', why: 'it could not be looked up' });
    expect(does(cannot, { do: 'abort' }).run.way).toBe('back');
    expect(refusal(wanted(cannot), { do: 'abort' })).toContain('rails …');
  });
});

describe('An app that has to be opened in the middle of a command', () => {
  const running = () => wanted().and(starting, started);
  const glass = (because: string): Command => ({ do: 'break-glass', because });
  const blind = () =>
    running()
      .and({ is: 'asked', question: 'r1', about: { is: 'resume' } })
      .failed('quiet', 'approval')
      .and({ is: 'withdrawn', question: 'r1', why: 'it could not be looked up' });
  const left = {
    exit: null,
    says: 'still running as run.1 when the app was opened; maint does not watch it any more',
  };

  test.each([
    ['there is a list', running],
    ['nothing can be looked up', blind],
  ])('is opened by nobody who does not name the command, where %s', (_, story) => {
    const refused = refusal(story(), glass('it burns'));
    expect(refused).toContain('rails …, asked for by Bob, is running as run.1');
    expect(refused).toContain('/maint break-glass shop because run.1 …');
    expect(refused).toContain('heroku ps:stop run.1 --app shop');
  });

  test('is opened by the list, by breaking the glass and not by an approval; the command ends in the log', () => {
    const looking = does(running(), glass('it burns, run.1 hangs'));
    const question = looking.run.questions[0]?.id ?? '';
    const shown = looking.and({
      is: 'shown',
      question,
      rows: [],
      hash: 'h1',
    });
    const approve: Command = { do: 'answer', question, answer: 'approve', hash: 'h1' };
    expect(refusal(shown, approve)).toContain('into the middle of it');
    expect(refusal(shown, glass('it burns'))).toContain('run.1 …');
    const opened = does(shown, glass('it burns, run.1 hangs'));
    expect(next(opened.run, opened.now).do).toBe('confirm');
  });

  test('is opened at once where nothing can be looked up, and the command ends in the log', () => {
    const opened = does(blind(), glass('it burns, run.1 hangs'));
    expect(opened.run).toMatchObject({ way: 'back', works: [{ ended: left }] });
  });

  test('can be left as it is, and the command ends in the log', () => {
    const about: About = { is: 'stuck', step: 'patrol', why: 'refused', remedy: '', byHand: [], wide: true };
    const stuck = running().and({ is: 'asked', question: 's1', about });
    const given = does(stuck, { do: 'answer', question: 's1', answer: 'give-up', hash: null });
    expect(given.run).toMatchObject({ ended: { as: 'restored' }, works: [{ ended: left }] });
  });

  test('where it may have begun, by its number', () => {
    const unknown = wanted().and(starting);
    expect(refusal(unknown, glass('it burns'))).toContain('because work-1 …');
    expect(does(unknown, glass('work-1 may run')).run.questions).toHaveLength(1);
  });
});

describe('Where nobody knows whether it has begun', () => {
  const asking = () => wanted().and(starting, unclear);

  test('it is looked for until somebody is asked, and then nothing is started', () => {
    const sent = wanted().and(starting);
    expect(next(sent.run, sent.now)).toEqual({ do: 'work', work: 'work-1' });
    expect(next(asking().run, asking().now)).toMatchObject({ do: 'patrol' });
    expect(phase(asking().run)).toBe('needs a person');
    expect(refusal(asking(), { do: 'resume' })).toContain('may be running: nobody knows');
  });

  test('"try again" starts it, and what was there before the first start stays known', () => {
    const again = does(asking(), { do: 'answer', question: 'q1', answer: 'try-again', hash: null });
    expect(next(again.run, again.now)).toEqual({ do: 'work', work: 'work-1' });
    expect(again.run.works[0]).toMatchObject({ startingAt: null, there: ['old'] });
    const twice = again.and({ ...starting, there: ['old', 'new'] });
    expect(twice.run.works[0]?.there).toEqual(['old']);
  });

  test('"done by hand" leaves it, by name, and the app can be opened', () => {
    const left = does(asking(), { do: 'answer', question: 'q1', answer: 'done-by-hand', hash: null });
    expect(left.run.works[0]?.ended).toMatchObject({ exit: null, says: 'it has run, as Bob says' });
    expect(does(left, { do: 'resume' }).run.questions).toHaveLength(2);
  });

  test('a person is reminded of it', () => {
    const later = asking().after(15 * 60_000);
    expect(next(later.run, later.now)).toEqual({ do: 'record', events: [{ is: 'reminded', question: 'q1' }] });
  });
});

describe('What people did meanwhile', () => {
  const saw = (id: string): Event => ({
    is: 'patrolled',
    every: 60_000,
    by: 'polls',
    mark: null,
    activity: [{ key: `one-off-${id}`, says: `run.${id} bash`, at: 0, dyno: id }],
    unseen: [],
  });
  const listed = (story: Story) => story.run.patrol?.activity.map(({ dyno: id }) => id);

  test('is not what maint runs, whether it was seen before it was known to be that or after', () => {
    expect(listed(wanted().and(starting, started, saw('d1'), saw('theirs')))).toEqual(['theirs']);
    expect(listed(wanted().and(starting, unclear, saw('d1'), saw('theirs')))).toEqual(['d1', 'theirs']);
    expect(listed(wanted().and(starting, unclear, saw('d1'), saw('theirs'), started))).toEqual(['theirs']);
  });
});

describe('The thread is told', () => {
  const notes = (event: Event) => notesOf({ seq: 9, at: 0, event }).map(({ key, question }) => [key, question]);

  test('that a command begins and ends, and gets what it printed where it printed anything', () => {
    expect(notes(starting)).toEqual([]);
    expect(notes(started)).toEqual([['work-started-9', 'work-1']]);
    expect(notes(ended(0))).toEqual([['work-ended-9', 'work-1']]);
    expect(notes(ended(0, 3))).toEqual([
      ['work-ended-9', 'work-1'],
      ['work-output-9', 'work-1'],
    ]);
  });

  test('how it ended', () => {
    const words = (event: Event) =>
      wanted()
        .and(starting, started, event)
        .run.works.map((work) => workWords(work));
    expect(words(ended(0))).toEqual(['ended well (exit status 0)']);
    expect(words(ended(137))).toEqual(['FAILED with exit status 137']);
    expect(words(ended(null))).toEqual(['its dyno is gone']);
  });
});
