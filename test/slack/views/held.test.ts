import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/model/event.ts';
import type { Run } from '../../../src/model/run.ts';
import { readPress } from '../../../src/slack/buttons.ts';
import { card } from '../../../src/slack/views/card.ts';
import { users } from '../../../src/slack/views/door.ts';
import { note } from '../../../src/slack/views/note.ts';
import { status } from '../../../src/slack/views/status.ts';
import { buttons, expectSlackTakes, labels, shown } from '../drawn.ts';
import {
  ada,
  approved,
  at,
  blind,
  doorOpened,
  grace,
  loud,
  MINUTE,
  patrolled,
  planned,
  requested,
  runOf,
  stuckWide,
  tokenRefused,
  toQuiet,
} from '../runs.ts';

const holding = [planned(), ...toQuiet];
const accept = (question: string): Event => ({ is: 'answered', question, answer: 'accept', by: ada });
const again = (question: string): Event => ({ is: 'answered', question, answer: 'quiet-again', by: ada });
const drawn = (events: readonly Event[]) => {
  const message = card(runOf(events), at);
  expectSlackTakes(message);
  return message;
};
const text = (events: readonly Event[]) => shown(drawn(events));
const asked = (run: Run, question: string) => {
  const [message] = note(run, { kind: 'question', question }, at);
  expectSlackTakes(message);
  return message;
};
const confirmOf = (message: ReturnType<typeof asked>, answer: string): string => {
  const found = buttons(message).find((b) => {
    const press = readPress(b.value);
    return press?.do === 'answer' && press.answer === answer;
  });
  return found?.confirm?.text.text ?? '';
};

describe('the card of an app that is held', () => {
  test('says how it is watched', () => {
    expect(text([...holding, patrolled])).toContain('Watched by polls every 48 s.');
    expect(text([...holding, { ...patrolled, by: 'webhooks', every: 10 * MINUTE }])).toContain(
      'Watched by webhooks, and a look every 10 min.',
    );
  });

  test('says nothing of being watched before the first patrol, nor on the way back', () => {
    expect(text(holding)).not.toContain('Watched');
    expect(text([...holding, patrolled, ...approved])).not.toContain('Watched');
  });

  test('does not claim quiet while something is not, and says what', () => {
    const says = text([...holding, patrolled, loud]);
    expect(says).toContain('holding: not quiet any more');
    expect(says).not.toContain('holding: quiet');
    expect(says).toContain('❌ *Workers*: NOT quiet any more: `worker` `2` (wanted `0`)');
    expect(says).not.toContain('✅ *Workers*');
    expect(says).toContain(
      '❓ Workers: `worker` is not quiet any more (now `2`, quiet wants `0`): quiet again, or accept it?',
    );
  });

  test('says quiet except what a named person has accepted', () => {
    const says = text([...holding, patrolled, loud, accept('violation-1')]);
    expect(says).toContain('holding: quiet except worker (accepted by ada)');
    expect(says).toContain('➖ *Workers*: done, but `worker` at `2`, accepted by *ada*');
  });

  test('says so while it is made quiet again, and is quiet again once it is proved', () => {
    const quieting = [...holding, patrolled, loud, again('violation-1')];
    expect(text(quieting)).toContain('holding: being made quiet again');
    expect(text(quieting)).toContain('*Workers* is being made quiet again');
    expect(text([...quieting, { is: 'done', way: 'quiet', step: 'workers', findings: [] }])).toContain(
      'holding: quiet',
    );
  });

  test('says that its users are in where somebody has opened the app, until it is closed again', () => {
    expect(text([...holding, doorOpened])).toContain('*Users*: let in: somebody has opened the app');
    expect(users(runOf([...holding, doorOpened, accept('violation-2')]))).toBe('let in meanwhile');
    const withdrawn: Event = { is: 'withdrawn', question: 'violation-2', why: 'it is quiet again' };
    expect(users(runOf([...holding, doorOpened, withdrawn]))).toBe('kept out');
  });

  test('names what cannot be looked at, in the title too', () => {
    const unseen = [{ title: 'Heroku Scheduler', why: 'it answers 500' }];
    const says = text([...holding, { ...patrolled, unseen }]);
    expect(says).toContain('holding: quiet except Heroku Scheduler');
    expect(says).toContain('*Heroku Scheduler* cannot be looked at: it answers 500');
  });

  test('says since when it was not looked at, and claims no more than that', () => {
    const trouble = { ...tokenRefused, wide: false, kind: 'retryable' as const };
    const says = text([...holding, patrolled, trouble, trouble]);
    expect(says).toContain('holding: quiet, when last looked at');
    expect(says).toMatch(/Not looked at since <!date\S* .*>: Heroku answered 401/u);
    expect(text([...holding, patrolled, trouble, patrolled])).not.toContain('Not looked at');
  });

  test('lists what people do, the newest first, and counts the rest', () => {
    const activity = Array.from({ length: 12 }, (_, i) => ({ key: `${i}`, says: `v${i} Deploy by grace`, at: at + i }));
    const says = text([...holding, { ...patrolled, activity }]);
    expect(says.match(/v\d+ Deploy/gu)).toEqual(['v11 Deploy', 'v10 Deploy', 'v9 Deploy', 'v8 Deploy', 'v7 Deploy']);
    expect(says).toContain('… and 7 more');
  });

  test('says what was stopped, apart from what people do, and counts all of it', () => {
    const activity = Array.from({ length: 7 }, (_, i) => ({
      key: `${i}`,
      says: `being stopped: scheduler.${i} rake …`,
      at: at + i,
      stopped: i === 0 ? 'nightly' : 'the Scheduler',
    }));
    const deploy = { key: 'v13', says: 'v13 Deploy by grace', at };
    const says = text([...holding, { ...patrolled, activity: [...activity, deploy] }, { ...patrolled, activity }]);
    expect(says).toContain('*Stopped 1 run of nightly, 6 runs of the Scheduler* that began while it was held');
    expect(says.match(/being stopped: scheduler\.\d/gu)).toEqual(
      [6, 5, 4, 3, 2].map((i) => `being stopped: scheduler.${i}`),
    );
    expect(says.indexOf('v13 Deploy')).toBeGreaterThan(says.indexOf('done by people'));
  });

  test('is a person’s to decide while it cannot be looked at at all', () => {
    const says = text([...holding, patrolled, tokenRefused, blind]);
    expect(says).toContain('needs a person, while holding');
    expect(says).toContain('Whether it is still quiet is not known, it cannot be looked at: Heroku answered 401');
    expect(labels(drawn([...holding, patrolled, tokenRefused, blind]))).toContain('Resume');
  });

  test('calls nobody and is taken by Slack whatever the names are', () => {
    const nasty = '<!channel> `*_~ <@U0ADA> &\u202e\n``` '.repeat(200);
    const activity = [{ key: 'a', says: nasty, at }];
    const unseen = Array.from({ length: 30 }, () => ({ title: nasty, why: nasty }));
    const odd: Event = {
      ...loud,
      about: { ...aboutOf(loud), label: nasty, shows: { before: nasty, wanted: nasty, now: nasty } },
    };
    const by = { ...ada, name: nasty };
    const events: Event[] = [...holding, { ...patrolled, activity, unseen }, odd];
    text(events);
    text([...events, { is: 'answered', question: 'violation-1', answer: 'accept', by }]);
    expectSlackTakes(
      status([{ run: runOf(events), at: { card: { is: 'not sent', why: null }, questions: new Set() } }], at),
    );
  });
});

function aboutOf(event: Event & { is: 'asked' }) {
  if (event.about.is !== 'violation') throw new Error('Expected a violation');
  return event.about;
}

describe('status', () => {
  const where = { card: { is: 'sent', channel: 'C0OPS', stale: null } as const, questions: new Set<string>() };

  test('says how each app is watched', () => {
    const one = { run: runOf([...holding, patrolled]), at: where };
    expect(shown(status([one], at))).toContain('Watched by polls every 48 s.');
    expect(shown(status([one, one], at)).match(/Watched by polls every 48 s/gu)).toHaveLength(2);
  });

  test('says until when a run waits', () => {
    const one = { run: runOf([planned(), ...toQuiet.slice(0, 4), emptied]), at: where };
    expect(shown(status([one, one], at))).toContain('Heroku allows the next call at');
  });
});

const emptied: Event = {
  is: 'failed',
  way: 'quiet',
  step: 'scheduler',
  why: 'no calls are left',
  remedy: '',
  kind: 'retryable',
  notBefore: Date.UTC(2026, 10, 21, 13, 23, 45),
};

test('a run that waits for an empty bucket says until when, to the second, on the card and in its step', () => {
  const says = text([planned(), ...toQuiet.slice(0, 4), emptied]);
  const until =
    'Heroku allows the next call at <!date^1795267425^{date_short_pretty} {time_secs}|2026-11-21 13:23:45 UTC>.';
  expect(says).toContain(`⏸️ *It waits*: ${until}`);
  expect(says.match(/⚠️ \*Heroku Scheduler\*: .*/u)?.[0]).toContain(until);
  expect(text([planned(), ...toQuiet.slice(0, 4)])).not.toContain('It waits');
});

describe('a question about what is not quiet any more', () => {
  test('shows before, what quiet wants and now, and is answered by Quiet again or Accept it', () => {
    const message = asked(runOf([...holding, loud]), 'violation-1');
    expect(shown(message)).toContain('Workers: `worker` is not quiet any more');
    expect(shown(message)).toContain('*before the maintenance*  `4`\n• *quiet wants*  `0`\n• *now*  `2`');
    expect(labels(message)).toEqual(['Quiet again', 'Accept it']);
    expect(confirmOf(message, 'quiet-again')).toContain('worker is set to 0 again.');
    expect(confirmOf(message, 'accept')).toContain('"quiet except worker"');
  });

  test('about the door says that the users are in, and that they are kept out again', () => {
    const message = asked(runOf([...holding, doorOpened]), 'violation-2');
    expect(shown(message)).toContain('the users of the app are let in');
    expect(confirmOf(message, 'quiet-again')).toContain('The users of the app are kept out again.');
  });

  test('about the config var says what setting it means: a release that restarts every dyno', () => {
    const about = { ...aboutOf(loud), step: 'variable', key: 'MAINTENANCE', label: 'MAINTENANCE' };
    const events: Event[] = [requested, planned(), ...toQuiet, { ...loud, about }];
    expect(confirmOf(asked(runOf(events), 'violation-1'), 'quiet-again')).toContain(
      'That makes a release, which restarts every dyno',
    );
  });

  test('has no buttons once it is answered, or moot', () => {
    const done = asked(runOf([...holding, loud, again('violation-1')]), 'violation-1');
    expect(labels(done)).toEqual([]);
    expect(shown(done)).toMatch(/\*ada\* .*: \*quiet again\*/u);
    const moot: Event = { is: 'withdrawn', question: 'violation-1', why: 'it is quiet again' };
    expect(shown(asked(runOf([...holding, loud, moot]), 'violation-1'))).toContain(
      'Not asked any more: it is quiet again.',
    );
  });
});

describe('a question about nothing that can be done at all', () => {
  test('on the way back says so, shows every command, and that giving up leaves everything', () => {
    const message = asked(runOf([...holding, ...approved, stuckWide]), 'stuck-1');
    expect(shown(message)).toContain('nothing at all can be done');
    expect(shown(message)).toContain('It is tried again each minute by itself.');
    expect(shown(message)).toContain('heroku set maintenance=false --app shop');
    expect(labels(message)).toEqual(['Try again', 'Done by hand', 'Leave it as it is']);
    expect(confirmOf(message, 'give-up')).toContain(
      'EVERYTHING stays as it is now: maint puts nothing back any more (3 items)',
    );
    expect(confirmOf(message, 'done-by-hand')).toContain('believes what it sees; nothing is written');
  });

  test('while holding says that it is not known whether it is quiet, and opens nothing by itself', () => {
    const message = asked(runOf([...holding, patrolled, tokenRefused, blind]), 'stuck-1');
    expect(shown(message)).toContain('whether it is still quiet is not known');
    expect(shown(message)).toContain('nothing opens by itself');
    expect(confirmOf(message, 'try-again')).toContain('It changes nothing');
    expect(confirmOf(message, 'give-up')).toContain('EVERYTHING stays as it is now');
    expect(shown(message)).not.toContain('Not back yet');
  });

  test('says who claims that it was done by hand, while it is looked at', () => {
    const claimed: Event = { is: 'answered', question: 'stuck-1', answer: 'done-by-hand', by: grace };
    expect(text([...holding, ...approved, stuckWide, claimed])).toContain(
      '*Workers*: looking, for *grace* says that it was done by hand',
    );
  });
});
