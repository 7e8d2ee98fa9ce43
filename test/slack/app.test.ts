import { describe, expect, test } from 'vitest';
import type { Row } from '../../src/model/event.ts';
import { current, type Message } from '../../src/sandbox/slack/index.ts';
import { type Bot, bots, toHolding } from './bot.ts';
import { approved, at, drifted, exceptScheduler, grace, planned, requested, toQuiet } from './runs.ts';

const start = bots();

/** However the words are broken into lines. */
const spaced = (words: string) => new RegExp(words.replaceAll(' ', '[\\s·]+'), 'su');

const rows: Row[] = approved.flatMap((event) => (event.is === 'shown' ? event.rows : []));
const labelsOf = (message: Message): string[] =>
  current(message).blocks.flatMap((block) =>
    block.type === 'actions' ? block.elements.flatMap((e) => (e.type === 'button' ? [e.text.text] : [])) : [],
  );
const inOps = (b: Bot) => b.slack.messages.list({ channel: 'C0OPS', ephemeral: false });

/** The engine has looked everything up that the open approval has to show. */
async function showsTheList(b: Bot): Promise<Message> {
  await b.reads(/looking up what would be put back/u);
  const asked = (await b.store.unfinished())[0]?.questions.findLast((q) => q.about.is === 'resume');
  await b.happens([{ is: 'shown', question: asked?.id ?? '', rows, hash: 'h1' }]);
  return b.reads(/now .?0.? · after .?4/u);
}

describe.each(['socket', 'http'] as const)('over %s', (mode) => {
  test('a whole maintenance is one card that changes in place, and its thread', async () => {
    const b = await start({ mode });
    await b.types('start shop for 30m because “migration” &lt;42&gt;');
    const card = await b.reads(/shop · planning/u);
    expect(current(card).text).toBe('shop: planning');
    expect(labelsOf(card)).toEqual(['Abort']);
    expect(JSON.stringify(current(card).blocks)).toContain('migration” &lt;42&gt;');

    await b.happens([planned()]);
    const emergency = await b.reads(/Emergency card/u);
    expect(emergency).toMatchObject({ threadTs: card.ts, broadcast: false });
    expect(b.slack.render(emergency)).toContain('heroku set worker=4 --app shop');

    await b.happens(toQuiet.slice(1));
    await b.reads(/is .?quiet.?\. The way back starts with Resume/u);
    await b.reads(/shop · holding: quiet/u);
    expect(labelsOf(card)).toEqual(['Resume', 'Extend 15 min']);

    await b.presses('Resume', 'grace');
    const approval = await b.reads(/looking up what would be put back/u);
    expect(approval).toMatchObject({ threadTs: card.ts, broadcast: true });
    expect(labelsOf(approval)).toEqual([]);
    await showsTheList(b);
    expect(labelsOf(approval)).toEqual(['Approve', 'Layer by layer', 'Not yet']);
    await b.presses('Approve', 'grace');
    await b.reads(/grace.*: .?approved/u);
    expect(labelsOf(approval)).toEqual([]);

    await b.happens([
      { is: 'turned', by: grace, why: 'approved' },
      { is: 'ended', as: 'restored', why: 'all as before' },
    ]);
    expect(await b.reads(/is restored: everything is as it was before/u)).toMatchObject({
      threadTs: card.ts,
      broadcast: true,
    });
    await b.reads(/shop · restored/u);
    expect(labelsOf(card)).toEqual([]);
    expect(inOps(b).filter((message) => message.threadTs === null)).toEqual([card]);
    expect(b.slack.messages.list({ ephemeral: true })).toEqual([]);
    expect(b.logged).toEqual([expect.stringContaining('MAINT_OPERATORS is not set: everybody')]);
  });

  test('the settings of an app are shown to the one who asks, and to nobody else', async () => {
    const b = await start({ mode });
    await b.types('settings shop');
    const told = await b.isTold(/Settings of shop/u);
    expect(told.onlyFor).not.toBeNull();
    expect(b.slack.render(told)).toMatch(/drainCap.? 15m/u);
    expect(inOps(b)).toEqual([]);
  });

  test('a command is acknowledged before it is worked on, however long that takes', async () => {
    const looking = Promise.withResolvers<void>();
    const b = await start({ mode, lookup: () => looking.promise });
    const acks = await Promise.all(
      Array.from({ length: 50 }, () => b.slack.command({ user: 'ada', channel: 'ops', text: 'plan shop' })),
    );
    // How many milliseconds it takes is the benchmark's business: this machine does other things at the same time.
    expect(acks).toHaveLength(50);
    expect(b.slack.messages.list({ ephemeral: true })).toEqual([]);
    looking.resolve();
    await b.slack.until(() => b.slack.messages.list({ ephemeral: true }).length === 50);
  });
});

describe('a command', () => {
  test('that is not understood is answered to the one who typed it, with what would be right', async () => {
    const b = await start();
    await b.types('sart shop');
    expect(b.slack.render(await b.isTold(/got\s+"sart"/u))).toContain('Did you mean "/maint start shop"?');
    expect(inOps(b)).toEqual([]);
  });

  test('for an app that is not there names the nearest', async () => {
    const b = await start();
    await b.types('start shoop');
    await b.isTold(/no app called "shoop"[\s\S]*Did you mean shop\?/u);
  });

  test('for a plan is answered with what would be done, and changes nothing', async () => {
    const b = await start({ concerns: [exceptScheduler] });
    await b.types('plan shop');
    const plan = b.slack.render(await b.isTold(/Workers/u));
    expect(plan).toContain('go, if a person accepts');
    expect(plan).toContain('scale worker to 0');
    expect(plan).toContain('Nothing has been changed');
    expect(await b.store.unfinished()).toEqual([]);
  });

  test('to start what is started already says who was first', async () => {
    const b = await start();
    await b.types('start shop');
    await b.reads(/planning/u);
    await b.types('start shop', { user: 'grace' });
    await b.isTold(/ada was first/u, 'grace');
    expect(inOps(b)).toHaveLength(1);
  });

  test('for help lists every verb', async () => {
    const b = await start();
    await b.types('help');
    const help = b.slack.render(await b.isTold(/maint start APP/u));
    for (const verb of ['plan', 'status', 'resume', 'abort', 'extend', 'help'])
      expect(help).toContain(`/maint ${verb}`);
  });

  test('status, resume, abort and extend do what the buttons do', async () => {
    const b = await start();
    await b.types('status');
    await b.isTold(/No maintenance is under way/u);
    await toHolding(b);
    await b.types('status shop');
    await b.isTold(/shop · holding/u);
    await b.types('abort shop');
    await b.isTold(/not opened without an approval/u);
    await b.types('extend shop by 1h');
    await b.isTold(/1 h more/u);
    await b.reads(/extended: the planned end is now/u);
    await b.types('resume shop');
    await b.isTold(/approval for .?shop.? is being prepared in the thread of its card/u);
    await b.reads(/looking up/u);
  });

  test('of somebody who is no operator is refused, and changes nothing', async () => {
    const b = await start({ who: { operators: ['U0GRACE'], viewers: ['everybody'] } });
    await b.types('start shop');
    await b.isTold(/not among the operators/u);
    expect(await b.store.unfinished()).toEqual([]);
    await b.types('status');
    await b.isTold(/No maintenance/u);
  });

  test('of which Slack does not say whether the person may says so to them, and its token reaches no log', async () => {
    const b = await start({ operators: ['S0ONCALL'] });
    b.slack.faults.add({ service: 'slack', path: '/usergroups.users.list', kind: 'status', times: 'always' });
    await b.types('start shop');
    await b.isTold(/Slack does not say who you are, or which groups/u);
    expect(b.logged.join('\n')).toContain('Slack did not say who is in a user group');
    expect(b.logged.join('\n')).not.toContain(b.slack.botToken);
    expect(await b.store.unfinished()).toEqual([]);
  });
});

describe('who may', () => {
  test('is asked of the user group at the command', async () => {
    const b = await start({ operators: ['S0ONCALL'] });
    await b.types('start shop', { user: 'linus' });
    await b.isTold(/not among the operators/u, 'linus');
    await b.types('start shop', { user: 'grace' });
    await b.reads(/shop · planning/u);
  });

  test('is the same for a button as for a command', async () => {
    const b = await start({ operators: ['U0ADA'] });
    await toHolding(b);
    await b.presses('Resume', 'grace');
    await b.isTold(/not among the operators/u, 'grace');
    expect((await b.store.unfinished())[0]?.questions).toEqual([]);
  });
});

describe('a button', () => {
  test('says in Slack’s dialog what it will do', async () => {
    const b = await start();
    await b.types('start shop');
    const card = await b.reads(/planning/u);
    const { confirmed } = await b.slack.click({ user: 'ada', channel: 'ops', messageTs: card.ts, label: 'Abort' });
    expect(confirmed).toMatchObject({ title: 'Abort the maintenance of shop?', confirm: 'Abort' });
    await b.reads(/on the way back|restoring/iu);
    expect(labelsOf(card)).toEqual([]);
  });

  test('pressed a second time by another says who was first, and the answer stands', async () => {
    const b = await start();
    await toHolding(b);
    await b.presses('Resume');
    const approval = await showsTheList(b);
    const [approve] = current(approval).blocks.flatMap((x) => (x.type === 'actions' ? x.elements : []));
    const clicks = ['ada', 'grace'].map((user) =>
      b.slack.click({ user, channel: 'ops', messageTs: approval.ts, actionId: approve?.action_id ?? '' }),
    );
    await Promise.all(clicks);
    const told = await b.slack.until(() => b.slack.messages.list({ ephemeral: true })[0]);
    expect(b.slack.render(told)).toMatch(/(ada|grace) was first, with "approve"/u);
    const [run] = await b.store.unfinished();
    expect(run?.questions.filter((q) => q.answered !== null)).toHaveLength(1);
  });

  test('of a maintenance that has ended does nothing to the next one of the same app', async () => {
    const b = await start();
    await toHolding(b);
    const old = await b.reads(/holding/u);
    const stale = current(old);
    await b.happens([
      { is: 'turned', by: null, why: 'approved' },
      { is: 'ended', as: 'restored', why: 'all as before' },
    ]);
    await b.reads(/shop · restored/u);
    await b.types('start shop');
    const next = await b.reads(/shop · planning/u);
    await b.happens([planned(), ...toQuiet]);
    await b.reads(/shop · holding/u);
    // Somebody's Slack still shows the old card as it was.
    b.slack.messages.update(old, { text: stale.text, blocks: stale.blocks, metadata: stale.metadata });
    await b.slack.click({ user: 'ada', channel: 'ops', messageTs: old.ts, label: 'Resume' });
    await b.isTold(/This button is dead: this maintenance of shop has ended/u);
    expect((await b.store.unfinished())[0]?.questions).toEqual([]);
    expect(labelsOf(next)).toContain('Resume');
  });

  test('that maint does not know is answered, not left to Slack’s error sign', async () => {
    const b = await start();
    for (const [action_id, value] of [
      ['other:thing', 'x'],
      ['maint:answer:gone', '{"do":"what"}'],
      ['maint:abort', 'not JSON'],
    ]) {
      const posted = b.slack.messages.post({
        channel: 'C0OPS',
        user: 'U0MAINT',
        byBot: true,
        text: 'old',
        blocks: [
          {
            type: 'actions',
            elements: [{ type: 'button', action_id, value, text: { type: 'plain_text', text: 'Press' } }],
          },
        ],
      });
      await b.slack.click({ user: 'ada', channel: 'ops', messageTs: posted.ts, label: 'Press' });
    }
    await b.slack.until(() => b.slack.messages.list({ ephemeral: true }).length === 3);
    for (const told of b.slack.messages.list({ ephemeral: true }))
      expect(b.slack.render(told)).toContain('This button is dead');
  });

  test('gives its command to the run it is of, even where that ends and the next one holds at that very moment', async () => {
    const b = await start();
    await toHolding(b);
    const card = await b.reads(/shop · holding/u);
    const old = (await b.store.unfinished())[0]?.id ?? '';
    b.onceLoaded(async () => {
      await b.happens([
        { is: 'turned', by: null, why: 'approved' },
        { is: 'ended', as: 'restored', why: 'all as before' },
      ]);
      await b.store.create({ id: 'm2', app: { id: 'id-of-shop', name: 'shop' }, channel: 'C0OPS', at, requested });
      await b.happens([planned(), ...toQuiet]);
    }, old);
    await b.slack.click({ user: 'ada', channel: 'ops', messageTs: card.ts, label: 'Resume' });
    await b.slack.until(() => b.slack.messages.list({ ephemeral: true })[0]);
    expect(await b.store.load('m2')).toMatchObject({ ended: null, questions: [] });
  });

  test('answers a drift question and is gone', async () => {
    const b = await start();
    await toHolding(b);
    await b.happens([{ is: 'turned', by: null, why: 'approved' }, drifted]);
    const question = await b.reads(/was changed by somebody else/u);
    expect(labelsOf(question)).toEqual(['Restore', 'Keep', 'Later']);
    await b.presses('Keep', 'grace');
    await b.reads(/grace.*: .?keep it as it is now/u);
    expect(labelsOf(question)).toEqual([]);
  });

  test('starts what has to be accepted by name', async () => {
    const b = await start();
    await b.types('start shop');
    await b.reads(/planning/u);
    await b.happens([
      planned([exceptScheduler]),
      { is: 'asked', question: 'start-3', about: { is: 'start', names: ['scheduler'] } },
    ]);
    await b.reads(/start although this stands against it/u);
    await b.presses('Start, accepting this', 'grace');
    await b.reads(/Accepted: scheduler by .?grace/u);
  });
});

describe('the card goes', () => {
  test('to the default channel where the bot is not let into the channel of the command, and the person is told', async () => {
    const b = await start({ defaultChannel: 'C0GENERAL' });
    await b.types('start shop', { channel: 'old-ops' });
    await b.reads(/shop · planning/u, 'general');
    await b.isTold(/its card is in .*general/u);
    await b.happens([planned()]);
    await b.reads(/Emergency card/u, 'general');
  });

  test('nowhere where there is no other channel: the person and the run are told, so that nothing begins unseen', async () => {
    const b = await start();
    await b.types('start shop', { channel: 'old-ops' });
    const told = b.slack.render(
      await b.isTold(spaced('card of the maintenance of shop could not be posted here: is_archived')),
    );
    expect(told).toMatch(/Invite\s+maint\s+into\s+this\s+channel/u);
    expect((await b.store.unfinished())[0]?.unheard).toBe('is_archived');
    await b.types('status shop');
    await b.isTold(spaced('Its card is not in Slack \\(is_archived\\)\\..*npm run maint -- status shop'));
  });
});

describe('where the question cannot be seen in Slack', () => {
  test('/maint resume, refused or not, and /maint status name the terminal, not a thread that is not there', async () => {
    const b = await start();
    await toHolding(b);
    await b.types('status shop');
    await b.isTold(/The card is in .*ops/u);
    b.slack.workspace.leave('ops', 'maint');
    await b.types('resume shop');
    await b.isTold(
      spaced(
        'approval for .?shop.? is open, but it could not be posted to Slack: not_in_channel.*npm run maint -- resume shop',
      ),
    );
    await b.types('resume shop', { user: 'grace' });
    const refused = b.slack.render(await b.isTold(spaced('is open already'), 'grace'));
    expect(refused).toMatch(spaced('npm run maint -- resume shop at a terminal'));
    expect(refused).not.toContain('in the thread');
    await b.types('status shop', { user: 'grace' });
    await b.isTold(spaced('What is asked has not reached Slack.*npm run maint -- resume shop'), 'grace');
    b.slack.workspace.join('ops', 'maint');
    await b.reads(/looking up what would be put back/u);
  });

  test('the button that opens it says so too, to the one who pressed it', async () => {
    const b = await start();
    await toHolding(b);
    b.slack.workspace.leave('ops', 'maint');
    await b.presses('Resume');
    await b.isTold(spaced('approval for .?shop.? is open, but it could not be posted to Slack: not_in_channel'));
  });

  test('of a run without a card, from a terminal, too', async () => {
    const b = await start();
    await b.store.create({
      id: 'm9',
      app: { id: 'id-of-shop', name: 'shop' },
      channel: null,
      at,
      requested: { ...requested, by: { id: 'root', name: 'root', via: 'terminal' } },
    });
    await b.happens([planned(), ...toQuiet]);
    await b.types('status shop');
    await b.isTold(spaced('it has no card in Slack.*npm run maint -- resume shop'));
    await b.types('resume shop');
    await b.isTold(spaced('is open, but it has no card in Slack'));
  });
});

test('who may is said at the start where everybody may, and not where operators are named', async () => {
  const open = await start();
  expect(open.logged.join()).toContain('everybody in the Slack workspace may start, approve and abort');
  await open.close();
  expect((await start({ operators: ['U0ADA'] })).logged).toEqual([]);
});

describe('HTTP', () => {
  test('a wrong signature is refused with 401, and so is an old one', async () => {
    const b = await start({ mode: 'http' });
    const body = 'command=%2Fmaint&text=start+shop&user_id=U0ADA&user_name=ada&channel_id=C0OPS';
    expect((await b.slack.deliverRaw({ body, secret: 'guessed' })).status).toBe(401);
    expect((await b.slack.deliverRaw({ body, signature: null })).status).toBe(401);
    const old = Math.floor(Date.now() / 1000) - 6 * 60;
    expect((await b.slack.deliverRaw({ body, timestamp: old })).status).toBe(401);
    expect(await b.store.unfinished()).toEqual([]);
  });

  test('GET /health says ok', async () => {
    const b = await start({ mode: 'http' });
    const answer = await fetch(`http://127.0.0.1:${b.app.port}/health`);
    expect([answer.status, await answer.text()]).toEqual([200, 'ok']);
  });
});

describe('Socket Mode', () => {
  test.each(['asked', 'cut'] as const)('comes back when the connection is %s', async (how) => {
    const b = await start();
    const seen = b.slack.connectedSockets();
    expect(seen).toBe(1);
    b.slack.disconnectSockets(how);
    await b.slack.connected();
    await b.types('help');
    await b.isTold(/maint start APP/u);
  });

  test('outlives a Slack that opens no connections for a while', async () => {
    const b = await start();
    b.slack.faults.add({ service: 'slack', path: '/apps.connections.open', kind: 'reset-before', times: 2 });
    b.slack.disconnectSockets('cut');
    await b.slack.connected();
    await b.types('help');
    await b.isTold(/maint start APP/u);
    expect(b.logged.join('\n')).toContain('Slack cannot be reached');
    expect(b.logged.join('\n')).not.toContain(b.slack.appToken);
  });
});

test('a token that Slack refuses for good ends the start, and says what to do', async () => {
  const b = await start();
  b.slack.faults.add({
    service: 'slack',
    path: '/apps.connections.open',
    kind: 'status',
    status: 200,
    body: { ok: false, error: 'invalid_auth' },
    times: 'always',
  });
  await expect(b.another()).rejects.toThrow(/SLACK_APP_TOKEN: invalid_auth/u);
});

test('a run that was asked for at a terminal without a channel is told to nobody', async () => {
  const b = await start();
  await b.store.create({
    id: 'm9',
    app: { id: 'x', name: 'x' },
    channel: null,
    at,
    requested: { ...requested, by: { id: 'root', name: 'root', via: 'terminal' } },
  });
  await b.types('start shop');
  await b.reads(/shop · planning/u);
  expect(inOps(b)).toHaveLength(1);
});
