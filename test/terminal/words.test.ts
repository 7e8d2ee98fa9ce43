import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/model/event.ts';
import { runJson } from '../../src/terminal/json.ts';
import { byHandOf } from '../../src/terminal/undo.ts';
import { maintCommand, statusText } from '../../src/terminal/words.ts';
import { ada, asked, at, items, lookFailed, planned, runOf, steps, stuck } from './runs.ts';

const undo = ['set MAINTENANCE=absent', 'set worker=4', 'set maintenance=off'];
const turned: Event = { is: 'turned', by: ada, why: 'aborted' };

describe('The status of a run at the terminal', () => {
  test('ends with every command that undoes it, the variable first and the door last, while it is unfinished', () => {
    const run = runOf([planned]);
    expect(statusText(run, at)).toMatch(
      /If maint were gone, these would undo everything:\n {2}set MAINTENANCE=absent\n {2}set worker=4\n {2}set maintenance=off$/,
    );
    expect(runJson(run).undo).toEqual(undo);
  });

  test('shows all of them, however many there are', () => {
    const many = Array.from({ length: 300 }, (_, i) => ({
      ...items[1],
      step: 'workers',
      key: `t${i}`,
      label: `t${i}`,
      before: 1,
      aim: 0,
      quiet: { will: 'stops', byHand: `set t${i}=0` },
      back: { will: 'starts', byHand: `set t${i}=1` },
    }));
    const text = statusText(runOf([{ is: 'planned', concerns: [], items: many }]), at);
    expect(text.match(/^ {2}set t\d+=1$/gm)).toEqual(many.map(({ back }) => `  ${back.byHand}`));
  });

  test('leaves out the command for what is as before already, or was kept by a decision', () => {
    const kept: Event = { is: 'settled', step: 'workers', key: 'worker', as: 'kept', now: 7, by: ada };
    const done: Event = { is: 'settled', step: 'variable', key: 'MAINTENANCE', as: 'before', now: 'absent', by: null };
    const run = runOf([planned, turned, kept, done]);
    expect(runJson(run).undo).toEqual(['set maintenance=off']);
    expect(statusText(run, at)).not.toContain('set worker=4');
  });

  test('names what somebody gave up on, with its command, when it has ended', () => {
    const run = runOf([
      planned,
      { is: 'sending', way: 'quiet', step: 'workers', changes: [{ key: 'worker', value: 0 }] },
      turned,
      { is: 'settled', step: 'workers', key: 'worker', as: 'left', now: 0, by: ada },
      { is: 'ended', as: 'restored', why: 'done' },
    ]);
    const text = statusText(run, at);
    expect(text).toContain('worker: not put back, left so by ada');
    expect(text).toContain('By hand: set worker=4');
    expect(text).not.toContain('these would undo everything');
    expect(runJson(runOf([{ is: 'ended', as: 'cancelled', why: 'no' }])).undo).toEqual([]);
  });

  test('says why an approval cannot be shown, what would help, and how it is given', () => {
    const run = runOf([planned, { is: 'quieted' }, asked, lookFailed]);
    const text = statusText(run, at);
    expect(text).toContain('Heroku answered 401. Give maint a new token.');
    expect(text).toContain('To answer:\n  npm run maint -- resume shop');
    const json = runJson(run);
    expect(json.approvalTrouble).toMatchObject({ why: 'Heroku answered 401', remedy: 'Give maint a new token.' });
    expect(json.questions).toMatchObject([{ open: true, how: ['npm run maint -- resume shop'] }]);
    expect(runJson(runOf([planned])).approvalTrouble).toBeNull();
  });

  test('shows every answer that a question takes as a command, giving up among them', () => {
    const text = statusText(runOf([planned, turned, stuck]), at);
    expect(text).toContain('npm run maint -- answer shop stuck-9 try-again\n');
    expect(text).toContain('npm run maint -- answer shop stuck-9 give-up\n');
  });

  test('done by hand is one of them', () => {
    const text = statusText(runOf([planned, turned, stuck]), at);
    expect(text).toContain('npm run maint -- answer shop stuck-9 done-by-hand\n');
  });

  test('says how it is watched while it is held, what cannot be seen, and what people did meanwhile', () => {
    const seen = { key: 'v42', says: 'v42 Deploy 1a2b3c\u001b[2J by ada', at };
    const patrolled: Event = {
      is: 'patrolled',
      every: 90_000,
      by: 'polls',
      mark: 'secret-mark',
      activity: [seen],
      unseen: [{ title: 'Heroku Scheduler', why: 'it answered 500' }],
    };
    const run = runOf([planned, { is: 'quieted' }, patrolled]);
    const text = statusText(run, at);
    expect(text).toContain('maint looks every 1 minute 30 seconds whether it is still quiet.');
    expect(text).toContain('Not seen: Heroku Scheduler: it answered 500.');
    expect(text).toMatch(/Meanwhile:\n {2}12:00 UTC v42 Deploy 1a2b3c +\[2J by ada/);
    expect(runJson(run).patrol).toEqual({
      everySeconds: 90,
      by: 'polls',
      activity: [{ says: seen.says, at: new Date(at).toISOString() }],
      stopped: {},
      unseen: patrolled.unseen,
      trouble: null,
    });
    const told = statusText(runOf([planned, { is: 'quieted' }, { ...patrolled, by: 'webhooks' }]), at);
    expect(told).toContain('Heroku tells of changes, and maint looks every 1 minute 30 seconds.');
    expect(statusText(runOf([planned, { is: 'quieted' }, patrolled, turned]), at)).not.toContain('maint looks every');
  });

  test('says what is not quiet any more, and how it is made quiet again; what it is now is not printed raw', () => {
    const violation: Event = {
      is: 'asked',
      question: 'violation-9',
      about: {
        is: 'violation',
        step: 'scheduler',
        key: '1',
        label: 'job 1',
        now: 'rake nightly TOKEN=hush',
        shows: { before: 'rake …', wanted: 'paused by maint', now: 'rake … [abc]' },
      },
    };
    const run = runOf([planned, { is: 'quieted' }, violation]);
    const text = statusText(run, at);
    expect(text).toContain('Not quiet any more: job 1 should be paused by maint, and is rake … [abc].');
    expect(text).toContain('npm run maint -- answer shop violation-9 quiet-again\n');
    expect(JSON.stringify(runJson(run))).not.toContain('hush');
  });

  test('quotes a name for the shell, and shows nothing that could move the cursor or turn the text round', () => {
    const evil = "a'; rm -rf ~ \u001b[2J\u202e\u2066\u009b";
    const run = runOf([planned, turned, { ...stuck, question: 'q $(id)' }], {
      app: evil,
      by: { ...ada, name: `ada${evil}` },
      because: evil,
    });
    const text = statusText(run, at);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(text).toContain("'q $(id)' give-up");
    expect(maintCommand('resume', 'a; b')).toBe("npm run maint -- resume 'a; b'");
  });
});

describe('A plan', () => {
  test('has the commands that undo it in the order of the way back, as far as it is known', () => {
    const plan = {
      is: 'plan',
      app: { id: 'app-1', name: 'shop' },
      at,
      go: { is: 'go' },
      words: 'quiet',
      concerns: [],
      inventory: { window: { from: at, to: at }, entries: [], limits: null },
      items,
      steps,
      run: null,
    } as const;
    expect(byHandOf(plan)).toEqual(undo);
  });
});
