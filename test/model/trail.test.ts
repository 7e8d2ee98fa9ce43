// The trail of a run in words, over real events: who did each, nothing left out, and no value that was only stored to be put back.
import { describe, expect, test } from 'vitest';
import type { Event, Logged } from '../../src/model/event.ts';
import { trailOf } from '../../src/model/trail.ts';
import {
  ada,
  approved,
  at,
  backlog,
  blind,
  drifted,
  exceptScheduler,
  grace,
  item,
  items,
  loud,
  MINUTE,
  patrolled,
  planned,
  requested,
  runOf,
  tokenRefused,
  toQuiet,
} from '../slack/runs.ts';

function trail(events: readonly Event[]) {
  const all = [requested, ...events];
  const log = all.map((event, i): Logged => ({ seq: i + 1, at: at + i * MINUTE, event }));
  return trailOf(runOf(all), log);
}
const words = (events: readonly Event[]): string[] =>
  trail(events).map(({ by, what }) => (by === null ? what : `${by.name} ${what}`));

describe('the trail of a run', () => {
  test('tells the whole of it, in order, with who did what', () => {
    const told = words([
      planned([exceptScheduler]),
      { is: 'answered', question: 'start-1', answer: 'accept', by: grace },
      ...toQuiet,
      { is: 'extended', by: ada, endsAt: at + 90 * MINUTE },
      ...approved,
      { is: 'ended', as: 'restored', why: 'everything is as it was before' },
    ]);
    expect(told).toEqual([
      'ada asked for it until 2026-11-21 12:30 UTC: “migration 42”',
      'looked at everything: 4 items captured; found scheduler (ask)',
      'grace answered “accept” to: start-1',
      'the commands that undo everything are in the thread',
      'Preflight: done',
      'Maintenance mode: about to set maintenance to true',
      'Maintenance mode: sent, and taken',
      'Maintenance mode: done',
      'Heroku Scheduler: about to set rake nightly to paused',
      'Heroku Scheduler: sent, and taken',
      'Heroku Scheduler: done',
      'Workers: about to set worker to 0',
      'Workers: sent, and taken',
      'Workers: done',
      'proved quiet: it is held from here on',
      'ada moved the planned end to 2026-11-21 13:30 UTC',
      'asked: approve what will be put back?',
      'showed what would be put back: 3 items, list h1',
      'grace answered “approve” to: approve what will be put back?',
      'grace turned it back: approved',
      'ended, restored: everything is as it was before',
    ]);
  });

  test('names what was asked, what people did meanwhile, and what failed', () => {
    const activity = { key: 'v42', says: 'v42 Deploy 1a2b3c by grace', at: at + MINUTE };
    const told = words([
      planned(),
      ...toQuiet,
      { ...patrolled, activity: [activity], unseen: [{ title: 'Workers', why: 'Heroku answered 500' }] },
      loud,
      { is: 'answered', question: 'violation-1', answer: 'accept', by: grace },
      tokenRefused,
      blind,
      backlog,
      drifted,
    ]).join('\n');
    expect(told).toContain('v42 Deploy 1a2b3c by grace; Workers cannot be looked at: Heroku answered 500');
    expect(told).toContain('asked: Workers: worker is not quiet any more (now 2, quiet wants 0)');
    expect(told).toContain('grace answered “accept” to: Workers: worker is not quiet any more');
    expect(told).toContain('Patrol: failed (needs-human): Heroku answered 401');
    expect(told).toContain('Workers: worker was changed by somebody else, from 0 to 2 (before: 4)');
    expect(told).toContain('Workers: 12,340 jobs wait in Sidekiq');
  });

  test('a part of the way back is not told as the whole, and the values that were stored are not in it', () => {
    const secret = item('scheduler', 'job', 'rake sync --token=hunter2', 'paused');
    const hidden = {
      ...secret,
      label: 'rake sync …',
      quiet: { will: 'pause rake sync …', byHand: 'secret' },
      back: { will: 'put rake sync … back', byHand: 'heroku … hunter2' },
    };
    const told = trail([
      planned([], [...items, hidden]),
      ...toQuiet,
      { is: 'turned', by: grace, why: 'approved' },
      { is: 'sending', way: 'back', step: 'workers', changes: [{ key: 'worker', value: 1 }] },
      { is: 'sending', way: 'back', step: 'workers', changes: [{ key: 'worker', value: 4 }] },
      {
        is: 'sending',
        way: 'back',
        step: 'scheduler',
        changes: [{ key: 'job', value: 'rake sync --token=hunter2' }],
      },
    ]);
    expect(told.slice(-3).map(({ what }) => what)).toEqual([
      'Workers: about to set worker back to 4, a part of it first',
      'Workers: about to set worker back to 4',
      'Heroku Scheduler: about to put rake sync … back',
    ]);
    expect(JSON.stringify(told)).not.toContain('hunter2');
  });
});
