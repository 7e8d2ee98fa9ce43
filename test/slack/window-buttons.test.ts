import { describe, expect, test } from 'vitest';
import { type Fact, planned, type Window } from '../../src/model/window.ts';
import { runIdOf } from '../../src/run/windows/beginning.ts';
import { HOUR, sundays } from '../windows/windows.ts';
import { type Bot, bots, type Mode } from './bot.ts';

const start = bots();

const announcement = { key: 'asked-1', kind: 'asked', due: 0 } as const;

/** A window of shop whose time has come, and #ops is asked to start it. */
async function asked(b: Bot): Promise<string> {
  const now = b.clock.now();
  const channel = b.slack.workspace.channel('ops').id;
  const window: Window = sundays({
    when: { is: 'once', startAt: now },
    channels: [{ id: channel, notices: 'full' }],
  });
  const occurrence = planned(window, '2026-11-29', 1, now, now - HOUR);
  const fact: Fact = { is: 'asked', at: now };
  const saved = await b.store.windows.change(window.id, { expected: 0, at: now }, () => ({
    is: 'change',
    window,
    cancelledAt: null,
    facts: [],
    plan: () => occurrence,
  }));
  expect(saved.is).toBe('changed');
  const changed = await b.store.windows.happened(occurrence.id, now, () => fact);
  if (changed.is !== 'changed') throw new Error(`Expected it to be asked, got ${changed.is}`);
  const said = await b.app.announcer.say({
    window,
    occurrence: changed.stored.occurrence,
    announcement: { ...announcement, fact },
    late: null,
    channel,
    notices: 'full',
    thread: null,
    checklist: [{ app: { id: 'app-1', name: 'shop' }, about: 'jobs', level: 'warning', found: 'One falls into it.' }],
  });
  expect(said.is).toBe('said');
  return occurrence.id;
}

describe.each<Mode>(['socket', 'http'])('the button of a window that waits, in %s mode', (mode) => {
  test('starts it, once, in the name of who pressed it', async () => {
    const bot = await start({ mode });
    const id = await asked(bot);
    const message = await bot.reads(/waits for somebody to start it/u);
    expect(bot.slack.render(message)).toContain('Jobs that fall into it');
    await bot.presses('Start now');
    while (!(await bot.store.anyRun())) await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await bot.store.unfinished())[0]).toMatchObject({
      id: runIdOf({ id }, { id: 'app-1' }),
      askedBy: { name: 'ada' },
    });
    await bot.presses('Start now');
    await bot.isTold(/has begun|under way already/u);
    expect(await bot.store.unfinished()).toHaveLength(1);
  });

  test('tells a person who may not', async () => {
    const bot = await start({ mode, operators: ['U0NOBODY'] });
    const id = await asked(bot);
    await bot.reads(/waits for somebody to start it/u);
    await bot.presses('Start now');
    await bot.isTold(/operator/u);
    expect((await bot.store.windows.occurrence(id))?.occurrence.state).toBe('asked');
  });
});

test('What was posted without an answer is found in the channel by its mark', async () => {
  const bot = await start();
  const id = await asked(bot);
  const stored = await bot.store.windows.occurrence(id);
  if (stored === null) throw new Error('Expected the occurrence');
  const channel = bot.slack.workspace.channel('ops').id;
  const where = { occurrence: stored.occurrence, channel, thread: null };
  expect(await bot.app.announcer.find({ ...where, announcement: { ...announcement, fact: null } })).toMatchObject({
    is: 'said',
  });
  expect(
    await bot.app.announcer.find({ ...where, announcement: { ...announcement, key: 'asked-2', fact: null } }),
  ).toEqual({ is: 'absent' });
});
