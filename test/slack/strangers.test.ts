// Whose workspace a person is of, where nobody says who the operators are; and what comes again, signed, to another
// process.
import { App } from '@slack/bolt';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { formAnswers } from '../../src/slack/modals/forms.ts';
import { watchForStrangers } from '../../src/slack/strangers.ts';
import { openStore } from '../../src/store/store.ts';
import { pglite } from '../helpers/pglite.ts';
import { type Bot, bots, toHolding } from './bot.ts';
import { typed } from './raw.ts';

const start = bots();

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
    await b.isTold(/of another workspace/u, 'grace');
    await noted(b, 'refused');
    const told = b.slack.messages.list({ ephemeral: true }).length;
    await b.presses('Resume', 'grace');
    await b.slack.until(() => b.slack.messages.list({ ephemeral: true }).length > told);
    const runs = await b.store.unfinished();
    expect(runs.map(({ app, questions }) => [app.name, questions])).toEqual([['shop', []]]);
  });

  test('nor does it help them to be named', async () => {
    const b = await start({ mode, operators: ['U0GRACE'] });
    await elsewhere(b);
    await b.types('start shop', { user: 'grace' });
    await b.isTold(/of another workspace/u, 'grace');
    // Nobody waits for the answer to which workspace is ours: what came before it is refused behind the door.
    await b.types('status', { user: 'grace' });
    await noted(b, 'refused');
    expect(await b.store.unfinished()).toEqual([]);
  });

  test('as long as Slack does not say which workspace is ours nobody gets in, and is told so within a second or so', async () => {
    const b = await start({ mode, patienceMs: 1_000 });
    const fault = { service: 'slack', path: '/auth.test', kind: 'hang', times: 'always' } as const;
    const silent = b.slack.faults.add(fault);
    await b.restart();
    await b.types('start shop');
    await b.isTold(/not\s+told\s+maint\s+yet/u);
    expect(await b.store.unfinished()).toEqual([]);
    // The questions that hang keep nobody waiting: another one is asked.
    b.slack.faults.remove(silent);
    await b.types('start shop');
    await b.reads(/shop · planning/u);
  });
});

describe('a signed request that was carried out', () => {
  test.each<[string, (b: Bot) => Promise<void>]>([
    ['another process', (b) => b.another()],
    ['the process that comes after a restart', (b) => b.restart()],
  ])('is not carried out by %s, and is written down', async (_name, then) => {
    const b = await start({ mode: 'http' });
    await toHolding(b);
    const planned = async () => (await b.store.unfinished())[0]?.endsAt;
    const lines = async (what: RegExp) => (await b.store.audited(50)).filter((entry) => what.test(entry.what));
    const before = (await planned()) ?? 0;
    const request = { body: typed('extend shop by 1h'), timestamp: Math.floor(Date.now() / 1_000) };
    expect((await b.slack.deliverRaw(request)).status).toBe(200);
    await b.reads(/extended: the planned end is now/u);
    await then(b);
    expect((await b.slack.deliverRaw(request)).status).toBe(200);
    await expect.poll(() => lines(/came twice/u)).toHaveLength(1);
    expect(await lines(/came twice/u)).toMatchObject([{ person: null, outcome: 'refused' }]);
    expect(await planned()).toBe(before + 3_600_000);
    // The same words typed again are another request.
    expect((await b.slack.deliverRaw({ body: typed('extend shop by 1h') })).status).toBe(200);
    await expect.poll(planned).toBe(before + 7_200_000);
    expect(await lines(/^extend/u)).toHaveLength(2);
  });
});

describe('a request of which the database does not say whether it came before', () => {
  const databases = pglite();

  /** The door alone. */
  async function door() {
    const database = await databases.open();
    const store = openStore(database);
    const asked: number[] = [];
    const logged: string[] = [];
    const noted: string[] = [];
    const log = { debug() {}, info() {}, error() {}, warn: (_: object, message: string) => void logged.push(message) };
    const app = new App({
      receiver: { init() {}, start: async () => {}, stop: async () => {} },
      authorize: async () => ({ botToken: 'none' }),
    });
    watchForStrangers(app, {
      home: { known: () => null, soon: async () => null },
      trail: { note: ({ what }) => void noted.push(what), close: async () => {} },
      log,
      store: {
        firstTime: (id) => {
          asked.push(performance.now());
          return store.firstTime(id);
        },
      },
      answers: formAnswers(),
      onlyOurs: false,
    });
    let through = 0;
    app.command(/^\//u, async () => {
      through += 1;
    });
    /** Resolves when all is done. */
    const comes = async (acknowledged = (): void => {}): Promise<void> => {
      const body = Object.fromEntries(new URLSearchParams(typed('status')));
      await app.processEvent({ body, ack: async () => acknowledged() });
    };
    return { database, comes, logged, noted, through: () => through, asked };
  }

  test('because it hangs is let through after a second, and was acknowledged before', async () => {
    const { database, comes, logged, noted, through } = await door();
    const hangs = Promise.withResolvers<void>();
    const busy = database.db.transaction().execute(() => hangs.promise);
    const began = performance.now();
    const seen: number[] = [];
    await comes(() => seen.push(through()));
    expect(performance.now() - began).toBeGreaterThan(900);
    hangs.resolve();
    await busy;
    // Once, and before anything else was done with it.
    expect(seen).toEqual([0]);
    expect([through(), noted]).toEqual([1, []]);
    expect(logged).toEqual(['the database did not say in time whether a Slack request came before']);
    await comes();
    expect([through(), logged.length]).toEqual([2, 1]);
  });

  test('keeps no other one waiting: of fifty at once it is asked about one every ten milliseconds', async () => {
    const { comes, asked, through } = await door();
    await Promise.all(Array.from({ length: 50 }, () => comes()));
    expect([asked.length, through()]).toEqual([50, 50]);
    // A tenth of a second is enough for all of them where nobody holds them back.
    expect((asked.at(-1) ?? 0) - (asked[0] ?? 0)).toBeGreaterThan(400);
  });

  test('because it fails is let through', async () => {
    const { database, comes, logged, noted, through } = await door();
    await sql`alter table maint.heard rename to away`.execute(database.db);
    await comes().finally(() => sql`alter table maint.away rename to heard`.execute(database.db));
    expect([through(), noted]).toEqual([1, []]);
    expect(logged).toEqual(['the database did not say whether a Slack request came before']);
  });
});
