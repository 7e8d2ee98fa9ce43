import { rm } from 'node:fs/promises';
import pg from 'pg';
import { describe, type TestContext, test, vi } from 'vitest';
import { startSandbox } from '../src/sandbox/index.ts';
import { current } from '../src/sandbox/slack/index.ts';
import { emptyPostgres, postgres } from './helpers/database.ts';
import { shop } from './helpers/engine.ts';
import { PATIENCE_MS } from './helpers/patience.ts';
import { Bot } from './matrix/processes/bot.ts';
import { layCable } from './matrix/processes/cable.ts';
import { dataDirectory } from './matrix/processes/directory.ts';

/** A sandbox with the app `shop`, a data directory, and bots, all gone after the test. */
async function stage({ expect, onTestFinished }: TestContext) {
  const sandbox = await startSandbox({ slack: { rates: 'off', ackMs: PATIENCE_MS } });
  sandbox.world.addApp(shop());
  const directory = await dataDirectory();
  onTestFinished(async () => {
    await sandbox.close();
    await rm(directory, { recursive: true });
  });
  const { SLACK_SIGNING_SECRET: _, ...env } = sandbox.env;
  const { slack, faults } = sandbox;

  /** Resolves when a card says so. */
  const says = (what: string) =>
    slack.until(
      () => slack.messages.list({ ephemeral: false }).find((m) => current(m).text.includes(what)),
      PATIENCE_MS,
    );

  return {
    sandbox,
    start(over: Readonly<Record<string, string>> = {}): Bot {
      const bot = new Bot({ ...env, MAINT_DATA_DIR: directory, ...over });
      onTestFinished(() => bot.kill());
      return bot;
    },
    /** The bot is up, and hangs in the middle of scaling: the request has its effect, and never an answer. */
    async inTheMiddle(bot: Bot): Promise<void> {
      await bot.up();
      const id = faults.add({ service: 'heroku', method: 'PATCH', path: '/apps/*/formation', kind: 'hang-after' });
      await slack.command({ user: 'ada', channel: '#ops', text: 'start shop' });
      await vi.waitFor(() => expect(faults.list().find((fault) => fault.id === id)?.seen).toBe(1), PATIENCE_MS);
    },
    /**
     * Ten seconds are promised to whoever tells it to end, which the matrix holds it to; where the machine has much else to do
     * it still ends by itself, before Heroku would kill it.
     */
    async ended(bot: Bot): Promise<void> {
      const exit = await bot.exited();
      expect([exit.code, exit.signal, bot.said()]).toEqual([0, null, expect.stringContaining('handing over')]);
      expect(exit.after).toBeLessThan(30_000);
    },
    /** Had it to wait until what the one before had claimed runs out, this would take 15 s. */
    async goesOnAtOnce(next: Bot): Promise<void> {
      const so = sandbox.requests.list({ service: 'heroku' }).at(-1)?.n ?? 0;
      await next.up();
      const up = performance.now();
      const asked = () => sandbox.requests.list({ service: 'heroku', path: '/formation', after: so });
      await vi.waitFor(() => expect(asked()).not.toEqual([]), PATIENCE_MS);
      expect(performance.now() - up).toBeLessThan(12_000);
      await says('holding: quiet');
    },
  };
}

const missing = postgres().missing !== null;

describe.concurrent('A bot', () => {
  test('that is told to end hands over although Heroku and Slack never answer', async (context) => {
    const { start, inTheMiddle, ended, goesOnAtOnce, sandbox } = await stage(context);
    const bot = start();
    await inTheMiddle(bot);
    const silent = sandbox.faults.add({ service: 'slack', path: '**', kind: 'hang', times: 'always' });
    bot.signal('SIGTERM');
    bot.signal('SIGTERM');
    await ended(bot);

    sandbox.faults.remove(silent);
    const next = start();
    await goesOnAtOnce(next);
    next.signal('SIGINT');
    await ended(next);
  });

  test('that is told to end while it is still starting ends all the same', async (context) => {
    const { start, ended, sandbox } = await stage(context);
    sandbox.faults.add({ service: 'slack', path: '/apps.connections.open', kind: 'hang', times: 'always' });
    const bot = start();
    const asked = () => sandbox.requests.list({ service: 'slack' }).length;
    await vi.waitFor(() => context.expect(asked()).toBeGreaterThan(0), PATIENCE_MS);
    bot.signal('SIGTERM');
    await ended(bot);
  });

  test('that was killed leaves a directory in which the next one goes on at once', async (context) => {
    const { start, inTheMiddle, goesOnAtOnce } = await stage(context);
    const bot = start();
    await inTheMiddle(bot);
    await bot.kill();
    await goesOnAtOnce(start());
  });

  test.skipIf(missing)('that is told to end does so although the database has gone silent', async (context) => {
    const { start, inTheMiddle, ended } = await stage(context);
    const url = new URL(await emptyPostgres());
    const cable = await layCable(Number(url.port));
    context.onTestFinished(() => cable.close());
    url.port = String(cable.port);
    const bot = start({ DATABASE_URL: url.href });
    await inTheMiddle(bot);
    cable.goDead();
    bot.signal('SIGTERM');
    await ended(bot);
  });

  test.skipIf(missing)('that is started while its database is away waits for it', async (context) => {
    const { start } = await stage(context);
    const url = new URL(await emptyPostgres());
    const to = Number(url.port);
    const before = await layCable(to);
    await before.close();
    url.port = String(before.port);
    const bot = start({ DATABASE_URL: url.href });
    await vi.waitFor(() => context.expect(bot.said()).toContain('the database cannot be reached'), PATIENCE_MS);
    const cable = await layCable(to, before.port);
    context.onTestFinished(() => cable.close());
    await bot.up();
  });

  test('that is told to end while it waits for its database does not wait any more', async (context) => {
    const { start, ended } = await stage(context);
    const bot = start({ DATABASE_URL: 'postgres://u:p@127.0.0.1:1/x' });
    await vi.waitFor(() => context.expect(bot.said()).toContain('the database cannot be reached'), PATIENCE_MS);
    bot.signal('SIGTERM');
    await ended(bot);
  });

  test.skipIf(missing)('older than its database says which one to deploy, and ends with an error', async (context) => {
    const { start } = await stage(context);
    const url = await emptyPostgres();
    const newer = start({ DATABASE_URL: url });
    await newer.up();
    await newer.kill();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query("insert into maint.kysely_migration values ('999-of-tomorrow', now()::text)");
    await client.end();
    const older = start({ DATABASE_URL: url });
    const { code } = await older.exited();
    context.expect([code, older.said()]).toEqual([1, context.expect.stringContaining('(999-of-tomorrow)')]);
  });
});
