import { describe, expect, test } from 'vitest';
import { silentLog } from '../../../src/log.ts';
import type { Event } from '../../../src/model/event.ts';
import { current, type Message } from '../../../src/sandbox/slack/index.ts';
import { createPost } from '../../../src/slack/notifier/post.ts';
import { tell } from '../../../src/slack/notifier/telling.ts';
import { createWarnings } from '../../../src/slack/notifier/warning.ts';
import { type Bot, bots, toHolding } from '../bot.ts';
import { approved, drifted, item, planned, stuck, toQuiet } from '../runs.ts';

const start = bots();

const inChannel = (b: Bot, name = 'ops'): Message[] =>
  b.slack.messages.list({ channel: b.slack.workspace.channel(name).id, ephemeral: false, deleted: false });
const cards = (b: Bot, name = 'ops') => inChannel(b, name).filter((message) => message.threadTs === null);
const post = (kind: 'reset-before' | 'reset-after' | '429' | 'status', more: object = {}) =>
  ({ service: 'slack', path: '/chat.postMessage', kind, ...more }) as const;

/** Until nothing is left to tell, and nobody is telling: what has not been posted by then never will be. */
async function allTold(b: Bot): Promise<void> {
  for (let still = 0; still < 3; ) {
    await new Promise((resolve) => setTimeout(resolve, 15));
    const runs = await b.store.unfinished();
    const messages = (await Promise.all(runs.map((run) => b.store.messages(run.id)))).flat();
    const waiting = messages.some((message) => message.state === 'pending' || message.state === 'sending');
    still = waiting || (await b.store.untold()).length > 0 ? 0 : still + 1;
  }
}

/** The same for one run, which may have ended. */
async function nothingWaits(b: Bot, runId: string): Promise<void> {
  const waiting = async () =>
    (await b.store.messages(runId)).some(({ state }) => state === 'pending' || state === 'sending');
  while (await waiting()) await new Promise((resolve) => setTimeout(resolve, 15));
}

/** Until something of Slack's has been found not to work. */
async function failing(b: Bot): Promise<void> {
  while (!b.logged.some((line) => line.includes('could not be told'))) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('a message that may have been posted', () => {
  test('is looked for before it is sent again: the card is there once', async () => {
    const b = await start();
    b.slack.faults.add(post('reset-after'));
    await b.types('start shop');
    await b.reads(/planning/u);
    await allTold(b);
    expect(cards(b)).toHaveLength(1);
    const [run] = await b.store.unfinished();
    const [card] = await b.store.messages(run?.id ?? '');
    expect(card).toMatchObject({ state: 'sent', ts: cards(b)[0]?.ts, tries: 2 });
  });

  test('is sent where it was not found', async () => {
    const b = await start();
    b.slack.faults.add(post('reset-before'));
    await b.types('start shop');
    await b.reads(/planning/u);
    await allTold(b);
    expect(cards(b)).toHaveLength(1);
  });

  test('is looked for in the thread where it is a note, and each note is there once', async () => {
    const b = await start();
    await b.types('start shop');
    await b.reads(/planning/u);
    b.slack.faults.add(post('reset-after'));
    await b.happens([planned()]);
    await b.reads(/Emergency card/u);
    await allTold(b);
    expect(inChannel(b).filter((message) => message.threadTs !== null)).toHaveLength(1);
    expect((await b.store.unfinished())[0]?.emergencyToldAt).not.toBeNull();
  });

  test('is sent twice rather than not at all where Slack does not let us look', async () => {
    const b = await start();
    b.slack.faults.add(post('reset-before'));
    b.slack.faults.add({
      service: 'slack',
      path: '/conversations.history',
      kind: 'status',
      status: 200,
      body: { ok: false, error: 'missing_scope' },
    });
    await b.types('start shop');
    await b.reads(/planning/u);
    expect(b.logged.join('\n')).toContain('a message may be posted twice');
  });

  test('is looked for by the process that comes after one that died in the middle', async () => {
    const b = await start();
    await toHolding(b);
    await allTold(b);
    const [run] = await b.store.unfinished();
    const id = run?.id ?? '';
    const note = (await b.store.messages(id)).find((m) => m.kind === 'quieted');
    const before = inChannel(b).length;
    // As it was left by a process that was killed after Slack had taken the message.
    await b.store.setMessage(id, note?.key ?? '', { state: 'sending', ts: null, drawn: null });
    await b.restart();
    await allTold(b);
    expect(inChannel(b)).toHaveLength(before);
    expect((await b.store.messages(id)).find((m) => m.kind === 'quieted')).toMatchObject({
      state: 'sent',
      ts: note?.ts,
    });
  });

  test('shows what has become of it since, where the run has moved on', async () => {
    const b = await start();
    await toHolding(b);
    const [asked, shown] = approved;
    if (asked === undefined || shown === undefined) throw new Error('Expected an approval that is asked for and shown');
    await b.happens([asked]);
    await allTold(b);
    const [run] = await b.store.unfinished();
    const id = run?.id ?? '';
    const question = (await b.store.messages(id)).find((m) => m.kind === 'question');
    // Its sender died when Slack had taken it, and before that was known; what the approval shows came then.
    await b.app.close();
    await b.store.setMessage(id, question?.key ?? '', { state: 'sending', ts: null, drawn: null });
    await b.happens([shown]);
    await b.restart();
    await allTold(b);
    const posted = inChannel(b).find((message) => message.ts === question?.ts);
    expect(JSON.stringify(posted === undefined ? null : current(posted).blocks)).toContain('Approve');
  });

  test('is posted by one of two processes', async () => {
    const b = await start();
    await b.another();
    await b.types('start shop');
    await b.reads(/planning/u);
    await b.happens([planned(), ...toQuiet]);
    await b.reads(/holding/u);
    await allTold(b);
    expect(cards(b)).toHaveLength(1);
    expect(inChannel(b).filter((m) => m.threadTs !== null)).toHaveLength(2);
  });
});

describe('while Slack is down', () => {
  test('nothing is held up, and everything is told in its order when it is back', async () => {
    const b = await start();
    const fault = b.slack.faults.add({
      service: 'slack',
      path: '/chat.*',
      kind: 'status',
      status: 503,
      times: 'always',
    });
    await b.types('start shop');
    await failing(b);
    await b.happens([planned(), ...toQuiet]);
    b.slack.faults.remove(fault);
    await b.reads(/holding/u);
    await allTold(b);
    const [card, emergency, quieted] = inChannel(b);
    expect(b.slack.render(card as Message)).toContain('holding');
    expect(b.slack.render(emergency as Message)).toContain('Emergency card');
    expect(b.slack.render(quieted as Message)).toContain('The way back starts with Resume');
  });

  test('too many requests are waited out as long as Slack says', async () => {
    const b = await start();
    b.slack.faults.add(post('429', { retryAfter: 1 }));
    const since = performance.now();
    await b.types('start shop');
    await b.reads(/planning/u);
    expect(performance.now() - since).toBeGreaterThan(990);
    expect(cards(b)).toHaveLength(1);
  });

  test('a revoked token drops nothing', async () => {
    const b = await start();
    b.slack.faults.add(post('status', { status: 200, body: { ok: false, error: 'token_revoked' } }));
    await b.types('start shop');
    await b.reads(/planning/u);
    expect(b.logged.join('\n')).toContain('token_revoked');
  });
});

describe('what is there already', () => {
  test('is posted anew where somebody deleted the card, and its thread goes on there', async () => {
    const b = await start();
    await b.types('start shop');
    const first = await b.reads(/planning/u);
    b.slack.messages.remove(first);
    await b.happens([planned(), ...toQuiet]);
    const second = await b.reads(/holding/u);
    expect(second.ts).not.toBe(first.ts);
    const note = await b.reads(/The way back starts with Resume/u);
    expect(note.threadTs).toBe(second.ts);
  });

  test('moves to the default channel where the channel is archived in the middle', async () => {
    const b = await start({ defaultChannel: 'C0GENERAL' });
    await b.types('start shop');
    await b.reads(/planning/u);
    b.slack.workspace.archive('ops');
    await b.happens([planned(), ...toQuiet]);
    await b.reads(/holding/u, 'general');
    await b.reads(/Emergency card/u, 'general');
  });

  test('is left alone where it shows what it should: nothing is updated without need', async () => {
    const b = await start();
    await toHolding(b);
    await allTold(b);
    const versions = inChannel(b).map((message) => message.versions.length);
    await b.restart();
    await b.happens([{ is: 'emergency-told' }]);
    await allTold(b);
    expect(inChannel(b).map((message) => message.versions.length)).toEqual(versions);
  });
});

describe('a channel that takes no message', () => {
  test('gets the card as soon as maint is let in, and the run has been told that nobody sees it', async () => {
    const b = await start();
    await b.types('start shop', { channel: 'random' });
    await b.isTold(/could\s+not\s+be\s+posted\s+here:\s+not_in_channel/u);
    const [run] = await b.store.unfinished();
    expect(run?.unheard).toBe('not_in_channel');
    expect((await b.store.messages(run?.id ?? ''))[0]).toMatchObject({ state: 'pending', why: 'not_in_channel' });
    b.slack.workspace.join('random', 'maint');
    await b.reads(/shop · planning/u, 'random');
    expect(cards(b, 'random')).toHaveLength(1);
  });

  test('is given up when the maintenance has ended', async () => {
    const b = await start();
    await b.types('start shop', { channel: 'random' });
    await b.isTold(/could\s+not\s+be\s+posted\s+here/u);
    const id = (await b.store.unfinished())[0]?.id ?? '';
    await b.happens([{ is: 'ended', as: 'cancelled', why: 'no channel takes the card' }]);
    await nothingWaits(b, id);
    expect((await b.store.messages(id)).map(({ state }) => state)).toEqual(['dropped', 'dropped']);
  });

  test('keeps no question: what is asked while maint is out is posted once it is in again, each once', async () => {
    const b = await start();
    await toHolding(b);
    await allTold(b);
    b.slack.workspace.leave('ops', 'maint');
    await b.happens([{ is: 'turned', by: null, why: 'approved' }, drifted, stuck]);
    await failing(b);
    const [run] = await b.store.unfinished();
    const states = async () => (await b.store.messages(run?.id ?? '')).map(({ state }) => state);
    expect(await states()).toEqual(['sent', 'sent', 'sent', 'pending', 'pending', 'pending']);
    b.slack.workspace.join('ops', 'maint');
    await b.reads(/was changed by somebody else/u);
    await b.reads(/is not back/u);
    await allTold(b);
    expect(inChannel(b)).toHaveLength(6);
  });
});

test('every part of the emergency card is void once the maintenance has ended, and shows no command any more', async () => {
  const b = await start();
  await b.types('start shop');
  await b.reads(/planning/u);
  const many = Array.from({ length: 90 }, (_, i) => item('scheduler', `rake ${'x'.repeat(150)} ${i}`, 'on', 'off'));
  await b.happens([planned([], many)]);
  await b.reads(/part 3 of 3/u);
  await allTold(b);
  const parts = inChannel(b).filter((message) => /Emergency card/u.test(b.slack.render(message)));
  expect(parts).toHaveLength(3);
  await b.happens([{ is: 'ended', as: 'cancelled', why: 'no-go' }]);
  await b.reads(/cancelled, no-go/u);
  await b.slack.until(() => parts.every((part) => /is void since/u.test(b.slack.render(part))));
  for (const part of parts) expect(JSON.stringify(current(part))).not.toContain('heroku set');
});

test('an emergency card that could not be posted before the end is not posted after it', async () => {
  const b = await start();
  await b.types('start shop');
  await b.reads(/planning/u);
  b.slack.workspace.leave('ops', 'maint');
  await b.happens([planned()]);
  await failing(b);
  await b.happens([{ is: 'ended', as: 'cancelled', why: 'no-go' }]);
  b.slack.workspace.join('ops', 'maint');
  await b.reads(/cancelled, no-go/u);
  expect(inChannel(b).filter((message) => /mergency/u.test(b.slack.render(message)))).toEqual([]);
});

test('a card is updated at most once a second, and ends up showing the last of many changes', async () => {
  const b = await start({ paceMs: null });
  const times: number[] = [];
  const begun = performance.now();
  b.slack.onChange((change) => {
    if (change.kind !== 'view' && change.message.threadTs === null && change.message.onlyFor === null)
      times.push(performance.now());
  });
  await b.types('start shop');
  await b.reads(/planning/u);
  const waiting = (n: number): Event => ({
    is: 'waiting',
    way: 'quiet',
    step: 'workers',
    why: `${n} dynos stopping`,
    memo: null,
  });
  for (let n = 9; n > 0; n -= 1) await b.happens([waiting(n)]);
  await b.reads(/: 1 dynos stopping/u);
  expect(times.length).toBeGreaterThan(1);
  // Counted over all of them: on a busy machine one may arrive late and the next on time. A timer may fire a millisecond early.
  expect((times.at(-1) ?? 0) - begun).toBeGreaterThan((times.length - 1) * 990);
});

test('of several emergency cards that wait, only the last is posted', async () => {
  const b = await start();
  const fault = b.slack.faults.add({ service: 'slack', path: '/chat.*', kind: 'status', status: 503, times: 'always' });
  await b.types('start shop');
  await failing(b);
  await b.happens([planned(), { is: 'appeared', item: item('workers', 'late', 3, 0) }]);
  b.slack.faults.remove(fault);
  await b.reads(/late=3/u);
  await allTold(b);
  expect(inChannel(b).filter((message) => /Emergency card/u.test(b.slack.render(message)))).toHaveLength(1);
});

test('content that Slack does not take is sent as plain text: better than not at all', async () => {
  const b = await start();
  await b.types('start shop');
  await b.reads(/planning/u);
  b.slack.faults.add(post('status', { status: 200, body: { ok: false, error: 'invalid_blocks' } }));
  await b.happens([planned()]);
  const emergency = await b.reads(/heroku set worker=4 --app shop/u);
  expect(current(emergency).blocks).toEqual([]);
  expect(b.logged.join('\n')).toContain('invalid_blocks');
});

test('questions, reminders and the receipt are shown in the channel too, other notes only in the thread', async () => {
  const b = await start();
  await toHolding(b);
  await b.happens([{ is: 'reminded', question: null }]);
  await b.reads(/the planned end was/u);
  await b.happens([...approved, drifted, stuck]);
  await b.reads(/was changed by somebody else/u);
  await b.reads(/is not back/u);
  await b.happens([{ is: 'done', way: 'back', step: 'watch', findings: [], watched: true }]);
  await b.reads(/It is watched for/u);
  await b.happens([{ is: 'ended', as: 'restored', why: 'all as before' }]);
  await b.reads(/is restored/u);
  await b.reads(/emergency card for .?shop.? is void/u);
  await allTold(b);
  const thread = inChannel(b).filter((message) => message.threadTs !== null);
  const first = (broadcast: boolean) =>
    thread
      .filter((m) => m.broadcast === broadcast)
      .map(
        (m) =>
          /emergency card|way back starts|planned end was|put everything back|on its way back|changed by|is not back|is watched for|is restored/u.exec(
            b.slack.render(m),
          )?.[0],
      );
  // The approval was answered before it could be posted: there is nothing left to call people for.
  expect(first(false)).toEqual(['emergency card', 'way back starts', 'put everything back', 'on its way back']);
  expect(first(true)).toEqual(['planned end was', 'changed by', 'is not back', 'is watched for', 'is restored']);
});

test('a reminder that comes too late is not posted', async () => {
  const b = await start();
  await toHolding(b);
  await allTold(b);
  const fault = b.slack.faults.add({ service: 'slack', path: '/chat.*', kind: 'status', status: 503, times: 'always' });
  await b.happens([{ is: 'reminded', question: null }]);
  await failing(b);
  await b.happens([{ is: 'turned', by: null, why: 'approved' }]);
  b.slack.faults.remove(fault);
  await b.reads(/on its way back/u);
  await allTold(b);
  expect(inChannel(b).filter((message) => /planned end was/u.test(b.slack.render(message)))).toEqual([]);
});

test('a note is never drawn from a run that its event has not reached', async () => {
  const b = await start();
  await b.types('start shop');
  await b.reads(/planning/u);
  await allTold(b);
  await b.app.notifier.close();
  const id = (await b.store.unfinished())[0]?.id ?? '';
  // The plan comes in the middle of a pass, between its two looks at the store.
  let plan = async (): Promise<void> => {
    plan = async () => {};
    await b.happens([planned()]);
  };
  const { load, messages } = b.store;
  const afterwards = async <T>(looked: Promise<T>): Promise<T> => {
    const seen = await looked;
    await plan();
    return seen;
  };
  const store = {
    ...b.store,
    load: (run: string) => afterwards(load(run)),
    messages: (run: string) => afterwards(messages(run)),
  };
  const post = createPost(b.slack.botToken, { slackApiUrl: b.slack.apiUrl });
  const telling = {
    store,
    post,
    clock: b.clock,
    log: silentLog,
    defaultChannel: null,
    warnings: createWarnings(post, silentLog),
    claimed: async () => true,
    pace: () => 0,
    settled: () => {},
  };
  await tell(telling, id);
  await tell(telling, id);
  expect(b.slack.render(await b.reads(/Emergency card|nothing to undo/u))).toContain('heroku set worker=4 --app shop');
});
