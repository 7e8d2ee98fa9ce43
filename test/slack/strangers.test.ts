// Whose workspace a person is of, where nobody says who the operators are.
import { afterEach, describe, expect, test } from 'vitest';
import { type Bot, type Setup, startBot, toHolding } from './bot.ts';

let bot: Bot | null = null;
afterEach(async () => {
  await bot?.close();
  bot = null;
});
const start = async (setup: Setup): Promise<Bot> => {
  bot = await startBot(setup);
  return bot;
};

/** From now on maint is told that it is at home elsewhere, so that everybody here is a stranger to it. */
async function elsewhere(b: Bot): Promise<void> {
  const body = { ok: true, team_id: 'T0ELSEWHERE' };
  b.slack.faults.add({ service: 'slack', path: '/auth.test', kind: 'status', status: 200, body, times: 'always' });
  await b.restart();
}

/** The trail is written while the answer is on its way. */
async function noted(b: Bot, outcome: string): Promise<void> {
  const expected = { person: { id: 'U0GRACE' }, what: 'a Slack request from another workspace', outcome };
  await expect
    .poll(() => b.store.audited(50))
    .toContainEqual(expect.objectContaining({ ...expected, person: expect.objectContaining(expected.person) }));
}

const asked = (b: Bot) => b.slack.requests.list({ path: '/auth.test' }).length;

describe.each(['socket', 'http'] as const)('over %s', (mode) => {
  test('our own workspace is asked for at the start, before anybody has typed', async () => {
    const b = await start({ mode });
    await expect.poll(() => asked(b)).toBe(1);
    await b.types('status');
    await b.isTold(/No maintenance is under way/u);
    expect(asked(b)).toBe(1);
  });

  test('a command and a click of another workspace are refused, and written down', async () => {
    const b = await start({ mode });
    await toHolding(b);
    await elsewhere(b);
    await b.types('start store-front', { user: 'grace' });
    await b.isTold(/of another workspace:\s+until\s+MAINT_OPERATORS\s+names\s+you/u, 'grace');
    await noted(b, 'refused');
    const told = b.slack.messages.list({ ephemeral: true }).length;
    await b.presses('Resume', 'grace');
    await b.slack.until(() => b.slack.messages.list({ ephemeral: true }).length > told);
    const runs = await b.store.unfinished();
    expect(runs.map(({ app, questions }) => [app.name, questions])).toEqual([['shop', []]]);
  });

  test('where operators are named they decide, whatever the workspace', async () => {
    const b = await start({ mode, operators: ['U0GRACE'] });
    await elsewhere(b);
    await b.types('start shop', { user: 'grace' });
    await b.reads(/shop · planning/u);
    // Nobody waits for the answer to which workspace is ours: what came before it is not known to be another's.
    await b.types('status', { user: 'grace' });
    await noted(b, 'let through');
  });

  test('as long as Slack does not say which workspace is ours nobody gets in, and is told so within a second or so', async () => {
    const b = await start({ mode });
    const fault = { service: 'slack', path: '/auth.test', kind: 'hang', times: 'always' } as const;
    const silent = b.slack.faults.add(fault);
    await b.restart();
    const ack = await b.slack.command({ user: 'ada', channel: 'ops', text: 'start shop' });
    expect(ack.ms).toBeLessThan(2_000);
    await b.isTold(/not\s+told\s+maint\s+yet/u);
    expect(await b.store.unfinished()).toEqual([]);
    // The questions that hang keep nobody waiting: another one is asked.
    b.slack.faults.remove(silent);
    await b.types('start shop');
    await b.reads(/shop · planning/u);
  });
});
