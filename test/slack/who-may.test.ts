// Who may do what, as people meet it: typed and pressed in Slack, over Socket Mode and over HTTP, with Slack asked each time.
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/model/event.ts';
import { type Bot, bots, toHolding } from './bot.ts';
import { approved } from './runs.ts';

const start = bots();

/** What the driver would do: the list of the open approval is looked up. */
async function listed(b: Bot): Promise<void> {
  const question = (await b.store.unfinished())[0]?.questions.at(-1)?.id ?? 'none';
  const [, shown] = approved;
  if (shown?.is !== 'shown') throw new Error('Expected a list');
  const event: Event = { ...shown, question };
  await b.happens([event]);
  await b.reads(/put everything back like this/u);
}

async function given(b: Bot) {
  const question = (await b.store.unfinished())[0]?.questions.at(-1);
  return [
    ...(question?.approvals.map(({ by }) => by.id) ?? []),
    ...(question?.answered ? [question.answered.by.id] : []),
  ];
}

describe.each(['socket', 'http'] as const)('over %s', (mode) => {
  test('two people approve the same list, and it says who has and who is missing', async () => {
    const b = await start({ mode, approvals: { count: 2, asker: false } });
    await toHolding(b);
    await b.types('resume shop');
    await b.reads(/looking up/u);
    await listed(b);
    await b.reads(/2\s+different\s+people\s+have\s+to\s+approve\s+it,\s+and\s+not\s.*ada.*2\s+more\s+are\s+missing/su);
    await b.presses('Approve', 'ada');
    await b.isTold(/approval\s+of\s+the\s+one\s+who\s+asked\s+does\s+not\s+count/u);
    await b.presses('Approve', 'grace');
    await b.reads(/grace.*approved.*1\s+more\s+is\s+missing/su);
    await b.presses('Approve', 'grace');
    await b.isTold(/You have approved it already/u, 'grace');
    expect(await given(b)).toEqual(['U0GRACE']);
    await b.presses('Approve', 'linus');
    await expect.poll(() => given(b)).toEqual(['U0GRACE', 'U0LINUS']);
  });

  test('who has left the group since the button was drawn is refused at the click, and it is written down', async () => {
    const b = await start({ mode, operators: ['S0ONCALL'] });
    await toHolding(b);
    b.slack.workspace.addGroup({ handle: 'oncall', users: ['ada'] });
    await b.presses('Resume', 'grace');
    await b.isTold(/not among the operators/u, 'grace');
    expect(await b.store.audited(1)).toMatchObject([
      { person: { id: 'U0GRACE' }, what: 'resume shop', outcome: 'refused' },
    ]);
    b.slack.workspace.addGroup({ handle: 'oncall', users: ['ada', 'grace'] });
    await b.presses('Resume', 'grace');
    await b.reads(/looking up/u);
  });

  test('who is named by a channel may as long as they are in it', async () => {
    const b = await start({ mode, operators: ['C0OPS'] });
    b.slack.workspace.leave('ops', 'linus');
    await b.types('start shop', { user: 'linus', channel: 'general' });
    await b.isTold(/not among the operators/u, 'linus');
    await b.types('start shop', { user: 'grace', channel: 'general' });
    await b.reads(/shop · planning/u, 'general');
  });

  test.each([
    ['of another workspace', /of\s+another\s+workspace/u, { teamId: 'T0ELSEWHERE' }],
    ['a guest who is not named', /You\s+are\s+a\s+guest/u, { guest: true }],
  ])('who is %s may nothing, also where nobody is named', async (_, says, to) => {
    const b = await start({ mode });
    await toHolding(b);
    b.slack.workspace.change('grace', to);
    await b.presses('Resume', 'grace');
    await b.isTold(says, 'grace');
    expect((await b.store.unfinished())[0]?.questions).toEqual([]);
    await expect
      .poll(() => b.store.audited(50))
      .toContainEqual(
        expect.objectContaining({ person: expect.objectContaining({ id: 'U0GRACE' }), outcome: 'refused' }),
      );
  });

  test('who is deactivated while their click is on its way may nothing', async () => {
    const b = await start({ mode });
    await toHolding(b);
    const body = { ok: true, user: { id: 'U0GRACE', team_id: 'T0SANDBOX', deleted: true } };
    b.slack.faults.add({ service: 'slack', path: '/users.info', kind: 'status', status: 200, body });
    await b.presses('Resume', 'grace');
    await b.isTold(/account\s+in\s+Slack\s+is\s+deactivated/u, 'grace');
    expect((await b.store.unfinished())[0]?.questions).toEqual([]);
  });

  test('while Slack does not say who somebody is, who is named by id breaks the glass, and everybody hears of it', async () => {
    const b = await start({ mode, operators: ['U0ADA'], approvals: { count: 2, asker: true } });
    await toHolding(b);
    for (const path of ['/users.info', '/usergroups.users.list']) {
      b.slack.faults.add({ service: 'slack', path, kind: 'status', times: 'always' });
    }
    await b.types('resume shop');
    await b.isTold(/Slack\s+does\s+not\s+say\s+who\s+you\s+are/u);
    await b.types('break-glass shop');
    await b.isTold(/takes\s+a\s+reason/u);
    await b.types('break-glass shop because nobody <!here> answers');
    await b.isTold(/Nothing\s+is\s+opened\s+yet/u);
    await listed(b);
    await b.types('break-glass shop because nobody <!here> answers');
    await b.isTold(/You\s+open\s+.*shop.*\s+alone/u);
    await b.reads(
      /broke\s+the\s+glass.*opens.*shop.*alone,\s+without\s+the\s+2\s+approvals\s+that\s+it\s+needs.*nobody\s+@here\s+answers/su,
    );
    expect(await given(b)).toEqual(['U0ADA']);
    expect(await b.store.audited(1)).toMatchObject([
      { person: { id: 'U0ADA' }, what: 'break the glass of shop', outcome: 'changed', why: 'nobody @here answers' },
    ]);
  });
});
