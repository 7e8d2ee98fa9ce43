// A channel that takes nothing any more when the maintenance ends: whoever lets maint in again afterwards still gets to read
// how it ended, for a day.
import { describe, expect, test } from 'vitest';
import type { Message } from '../../../src/sandbox/slack/index.ts';
import { type Bot, bots, toHolding } from '../bot.ts';
import { drifted, grace, stuck } from '../runs.ts';

const start = bots();

const inOps = (b: Bot): Message[] => b.slack.messages.list({ channel: 'C0OPS', ephemeral: false, deleted: false });
const words = (b: Bot, message: Message | undefined) => (message === undefined ? '' : b.slack.render(message, 200));
const idOf = async (b: Bot) => (await b.store.unfinished())[0]?.id ?? '';
/** Everything of a run has been posted, or left out. */
async function settled(b: Bot, id: string): Promise<void> {
  for (let still = 0; still < 3; ) {
    await new Promise((resolve) => setTimeout(resolve, 15));
    still = (await b.store.untold()).includes(id) ? 0 : still + 1;
  }
}
async function failing(b: Bot, times = 1): Promise<void> {
  const lines = () => b.logged.filter((line) => line.includes('could not be told')).length;
  for (const since = lines(); lines() < since + times; ) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Domain time. */
const DAY = 24 * 3_600_000;
/** Ends while maint is out of the channel, with much to catch up with. */
const endsUnseen = async (b: Bot): Promise<string> => {
  await toHolding(b);
  await settled(b, await idOf(b));
  const id = await idOf(b);
  b.slack.workspace.leave('ops', 'maint');
  await b.happens([
    { is: 'reminded', question: null },
    { is: 'turned', by: null, why: 'approved' },
    drifted,
    { is: 'answered', question: 'drift-1', answer: 'keep', by: grace },
    stuck,
    { is: 'withdrawn', question: 'stuck-1', why: 'the platform can be reached again' },
  ]);
  await failing(b);
  await b.happens([{ is: 'ended', as: 'restored', why: 'all as before' }]);
  await b.restart();
  await failing(b);
  return id;
};

describe('a channel that takes nothing at the end', () => {
  test('catches up after the end too, with what still informs, once maint is let in again', async () => {
    const b = await start();
    const id = await endsUnseen(b);
    const before = inOps(b).length;
    b.clock.advance(DAY - 1);
    b.slack.workspace.join('ops', 'maint');
    await b.reads(/is restored/u);
    await b.reads(/shop · restored/u);
    await settled(b, id);
    const late = inOps(b).slice(before);
    expect(late.map((m) => /on its way back|changed by somebody|is restored/u.exec(words(b, m))?.[0])).toEqual([
      'on its way back',
      'changed by somebody',
      'is restored',
    ]);
    // Nobody is called for what has been answered.
    expect(late.map(({ broadcast }) => broadcast)).toEqual([false, false, true]);
    const dropped = (await b.store.messages(id)).filter(({ state }) => state === 'dropped');
    expect(dropped.map(({ kind }) => kind)).toEqual(['reminded', 'question']);
  });

  test('gets its card brought up to date after the end', async () => {
    const b = await start();
    await toHolding(b);
    const id = await idOf(b);
    await settled(b, id);
    const body = { ok: false, error: 'is_archived' };
    const shut = {
      service: 'slack',
      path: '/chat.update',
      kind: 'status',
      status: 200,
      body,
      times: 'always',
    } as const;
    const fault = b.slack.faults.add(shut);
    await b.happens([
      { is: 'turned', by: null, why: 'approved' },
      { is: 'ended', as: 'restored', why: 'all as before' },
    ]);
    await b.reads(/is restored/u);
    await failing(b);
    expect(words(b, inOps(b)[0])).toContain('holding');
    b.slack.faults.remove(fault);
    await b.reads(/shop · restored/u);
    await settled(b, id);
  });

  test('keeps no receipt for ever: a day after the end a refused note is dropped', async () => {
    const b = await start();
    const id = await endsUnseen(b);
    const ended = async () => (await b.store.messages(id)).find(({ kind }) => kind === 'ended');
    expect(await ended()).toMatchObject({ state: 'pending' });
    expect(await b.store.untold()).toEqual([id]);
    b.clock.advance(DAY);
    await b.restart();
    // The one before may hold its claim on the telling a little longer, and try once more meanwhile.
    while ((await ended())?.state !== 'dropped') await new Promise((resolve) => setTimeout(resolve, 15));
    expect(await ended()).toMatchObject({ why: 'not_in_channel' });
    // Nobody is sent to a card that shows how things stood.
    expect((await b.store.messages(id))[0]).toMatchObject({ kind: 'card', why: 'not_in_channel' });
  });

  test('is asked ever less often after the end', async () => {
    const b = await start();
    await endsUnseen(b);
    const since = b.slack.requests.list({ service: 'slack' }).length;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    // After half a second and after another one; each time the note, the card, and the questions that are there.
    expect(b.slack.requests.list({ service: 'slack' }).length - since).toBeLessThan(9);
  });
});
