// Slack's own troubles in the middle of a maintenance: what the channel, and whoever asked, get to see in the end.
import { describe, expect, test } from 'vitest';
import { current, type Message } from '../../../src/sandbox/slack/index.ts';
import { type Bot, bots, toHolding } from '../bot.ts';
import { approved, at, drifted, grace, item, items, loud, planned, stuck, toQuiet } from '../runs.ts';

const start = bots();

const inOps = (b: Bot): Message[] => b.slack.messages.list({ channel: 'C0OPS', ephemeral: false, deleted: false });
const words = (b: Bot, message: Message | undefined) =>
  message === undefined ? '' : b.slack.render(message, 200).replace(/\s+/gu, ' ');
/** Everything of a run has been posted, or left out. */
async function settled(b: Bot, id: string): Promise<void> {
  for (let still = 0; still < 3; ) {
    await new Promise((resolve) => setTimeout(resolve, 15));
    const waiting = (await b.store.messages(id)).some(({ state }) => state === 'pending' || state === 'sending');
    still = waiting || (await b.store.untold()).includes(id) ? 0 : still + 1;
  }
}
async function failing(b: Bot, times = 1): Promise<void> {
  while (b.logged.filter((line) => line.includes('could not be told')).length < times) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
const idOf = async (b: Bot) => (await b.store.unfinished())[0]?.id ?? '';
const dms = (b: Bot) =>
  b.slack.messages.list({ deleted: false, ephemeral: false }).filter((m) => /^D/u.test(m.channel));

describe('Slack that is down for a whole maintenance', () => {
  test('gets the card as it ended and each note once, without those that time has passed over', async () => {
    const b = await start();
    const down = ['/chat.*', '/conversations.*'].map((path) =>
      b.slack.faults.add({ service: 'slack', path, kind: 'status', status: 503, times: 'always' }),
    );
    await b.types('start shop');
    await failing(b);
    const id = await idOf(b);
    await b.happens([planned()], id);
    await b.happens(toQuiet.slice(1), id);
    await b.happens([loud, { is: 'reminded', question: null }], id);
    await b.happens([{ is: 'answered', question: 'violation-1', answer: 'accept', by: grace }, ...approved], id);
    await b.happens([drifted, { is: 'answered', question: 'drift-1', answer: 'keep', by: grace }], id);
    await b.happens([{ is: 'ended', as: 'restored', why: 'all as before' }], id);
    // A telling that is under way still has the run as it was; and the longer Slack was down, the longer it is left alone.
    await b.app.notifier.close();
    for (const fault of down) b.slack.faults.remove(fault);
    await b.restart();
    await b.reads(/is restored/u);
    await settled(b, id);
    const all = inOps(b);
    expect(words(b, all[0])).toContain('shop · restored');
    const heads = [
      /is quiet\. The way back starts/u,
      /worker is not quiet any more.*accepted/u,
      /put everything back.*approved/u,
      /approved by grace: it is on its way back/u,
      /was changed by somebody else.*keep it as it is now/u,
      /shop is restored/u,
    ];
    expect(all.slice(1).map((message, i) => heads[i]?.test(words(b, message).replaceAll(/[*`]/gu, '')))).toEqual(
      heads.map(() => true),
    );
    // Nobody is called for what was answered long ago, nor given commands that are void.
    expect(all.filter(({ broadcast }) => broadcast)).toEqual([all.at(-1)]);
    expect(all.every((message) => message.threadTs === (message === all[0] ? null : all[0]?.ts))).toBe(true);
    const dropped = (await b.store.messages(id)).filter(({ state }) => state === 'dropped');
    expect(dropped.map(({ kind }) => kind)).toEqual(['emergency', 'reminded']);
  });

  test('holds up nothing but the first change, and that no longer than the settings say', async () => {
    const b = await start();
    b.slack.faults.add({ service: 'slack', path: '/chat.*', kind: 'status', status: 503, times: 'always' });
    await b.types('start shop');
    await b.happens([planned()]);
    await failing(b, 2);
    expect((await b.store.unfinished())[0]).toMatchObject({ emergencyToldAt: null, unheard: null });
  });
});

describe('a message that somebody has deleted', () => {
  test('is posted anew when it has to change: a question that is answered says by whom', async () => {
    const b = await start();
    await toHolding(b);
    await b.happens([loud]);
    const question = await b.reads(/is\s+not\s+quiet\s+any\s+more[\s\S]*Quiet again/u);
    await settled(b, await idOf(b));
    b.slack.messages.remove(question);
    await b.happens([{ is: 'answered', question: 'violation-1', answer: 'accept', by: grace }]);
    const again = await b.reads(/grace[\s\S]*accepted/u);
    expect(again.ts).not.toBe(question.ts);
    expect(again.broadcast).toBe(false);
    await settled(b, await idOf(b));
    expect(inOps(b).filter((m) => /is not quiet any more/u.test(words(b, m)) && m.threadTs !== null)).toEqual([again]);
  });

  test('takes, where it was the card, open questions and the commands along, and what it leaves in the old thread counts no more', async () => {
    const b = await start();
    await b.types('start shop');
    const first = await b.reads(/planning/u);
    const many = Array.from({ length: 60 }, (_, i) => item('scheduler', `rake ${'x'.repeat(150)} ${i}`, 'on', 'off'));
    await b.happens([planned([], [...items, ...many])]);
    await b.happens([...toQuiet.slice(1), ...approved, drifted, stuck]);
    await b.happens([{ is: 'answered', question: 'drift-1', answer: 'keep', by: grace }]);
    await settled(b, await idOf(b));
    const old = inOps(b).filter((m) => m.threadTs === first.ts);
    b.slack.messages.remove(first);
    await b.happens([{ is: 'emergency-told' }, { is: 'extended', by: grace, endsAt: at + 3_600_000 }]);
    await b.reads(/extended: the planned end/u);
    await settled(b, await idOf(b));
    const card = inOps(b).find((m) => m.threadTs === null);
    expect(card?.ts).not.toBe(first.ts);
    const shown = (thread: string | undefined) =>
      inOps(b)
        .filter((m) => m.threadTs === thread)
        .map((m) => /Emergency card|is not back|has moved|changed by/u.exec(words(b, m))?.[0] ?? 'note');
    expect(shown(card?.ts).toSorted()).toEqual(['Emergency card', 'Emergency card', 'is not back', 'note']);
    const behind = old.filter((m) => /has moved/u.test(words(b, m)));
    expect(behind).toHaveLength(3);
    for (const m of behind) expect(JSON.stringify(current(m).blocks)).not.toMatch(/heroku set|"button"/u);
    expect(shown(first.ts)).toContain('changed by');
  });

  test.each([
    ['asks to wait', '/chat.update', 2, { kind: '429', retryAfter: 1 }],
    ['answers nothing', '/chat.update', 2, { kind: 'reset-before' }],
    ['cannot look for it', '/conversations.replies', 1, { kind: 'status', status: 503 }],
  ] as const)('counts no more in the old thread also where Slack %s just then', async (_, path, nth, fault) => {
    const b = await start();
    await b.types('start shop');
    const first = await b.reads(/planning/u);
    const many = Array.from({ length: 60 }, (__, i) => item('scheduler', `rake ${'x'.repeat(150)} ${i}`, 'on', 'off'));
    await b.happens([planned([], [...items, ...many])]);
    await b.happens(toQuiet.slice(1));
    await settled(b, await idOf(b));
    const old = inOps(b).filter((m) => m.threadTs === first.ts && /Emergency card/u.test(words(b, m)));
    expect(old).toHaveLength(2);
    b.slack.messages.remove(first);
    // The first update finds the card gone.
    b.slack.faults.add({ service: 'slack', path, nth, times: 1, ...fault });
    await b.happens([{ is: 'extended', by: grace, endsAt: at + 3_600_000 }]);
    await b.reads(/extended: the planned end/u);
    await settled(b, await idOf(b));
    expect(old.map((m) => /has moved|Emergency card/u.exec(words(b, m))?.[0])).toEqual(['has moved', 'has moved']);
  });

  test('is not missed where it was a note that never changes', async () => {
    const b = await start();
    await toHolding(b);
    await settled(b, await idOf(b));
    const note = inOps(b).find((m) => /The way back starts with Resume/u.test(words(b, m)));
    if (note !== undefined) b.slack.messages.remove(note);
    await b.happens([...approved]);
    await b.reads(/on its way back/u);
    await settled(b, await idOf(b));
    expect(inOps(b).some((m) => /The way back starts with Resume/u.test(words(b, m)))).toBe(false);
  });
});

describe('a channel that takes nothing any more in the middle, where there is no other', () => {
  test('is told to whoever asked, once, and to whoever asks for the status; the card catches up', async () => {
    const b = await start();
    await toHolding(b);
    await settled(b, await idOf(b));
    b.slack.workspace.leave('ops', 'maint');
    await b.happens([loud]);
    await failing(b, 2);
    await b.slack.until(() => dms(b).length > 0);
    expect(dms(b).map((m) => words(b, m))).toEqual([
      expect.stringMatching(
        /shop.?: maint cannot write into #ops any more \(not_in_channel\)\. The maintenance goes on/u,
      ),
    ]);
    await b.types('status shop');
    expect(words(b, await b.isTold(/Its\s+card\s+is\s+in/u))).toMatch(
      /cannot write there any more \(not_in_channel\), so it only shows how things stood/u,
    );
    b.slack.workspace.join('ops', 'maint');
    await b.reads(/holding:\s+not\s+quiet\s+any\s+more/u);
    await settled(b, await idOf(b));
    await b.types('status');
    await b.isTold(/The\s+card\s+is\s+in\s+#ops/u);
    expect(dms(b)).toHaveLength(1);
  });

  test('is told once for an archived channel too', async () => {
    const b = await start();
    await toHolding(b);
    await settled(b, await idOf(b));
    b.slack.workspace.archive('ops');
    await b.happens([loud]);
    await failing(b, 3);
    expect(dms(b).map((m) => words(b, m))).toEqual([expect.stringContaining('is_archived')]);
  });

  test('does not get a note twice that may have been posted before', async () => {
    const b = await start();
    await toHolding(b);
    const id = await idOf(b);
    await settled(b, id);
    const before = inOps(b).length;
    b.slack.faults.add({ service: 'slack', path: '/chat.postMessage', kind: 'reset-after' });
    // It is posted, its answer is lost, and before anybody can look for it maint is out of the channel.
    const gone = new Promise<void>((resolve) => {
      const off = b.slack.onChange((change) => {
        if (change.kind === 'view' || change.message.threadTs === null) return;
        off();
        b.slack.workspace.leave('ops', 'maint');
        resolve();
      });
    });
    await b.happens([loud]);
    await gone;
    await failing(b, 3);
    b.slack.workspace.join('ops', 'maint');
    await b.reads(/holding:\s+not\s+quiet\s+any\s+more/u);
    await settled(b, id);
    expect(inOps(b)).toHaveLength(before + 1);
  });
});

test('a run that was turned by a failure tells the whole channel what failed, and at the end that all is back', async () => {
  const b = await start();
  await b.types('start shop');
  await b.reads(/planning/u);
  await b.happens([planned(), ...toQuiet.slice(0, 5)]);
  await b.happens([{ is: 'turned', by: null, why: 'Workers: 2 dynos of worker do not stop' }]);
  const turned = await b.reads(/could\s+not\s+be\s+made\s+quiet:\s+Workers:\s+2\s+dynos/u);
  expect(turned.broadcast).toBe(true);
  await b.happens([{ is: 'ended', as: 'restored', why: 'all as before' }]);
  const receipt = await b.reads(/is restored/u);
  expect(receipt.broadcast).toBe(true);
  expect(words(b, receipt)).toContain(
    'everything is as it was before. It could not be made quiet: Workers: 2 dynos of worker do not stop.',
  );
});
