import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Config, readConfig } from '../../src/config.ts';
import { silentLog } from '../../src/log.ts';
import { type Sandbox, SandboxClock, startSandbox } from '../../src/sandbox/index.ts';
import { buttonsIn, current, type Message } from '../../src/sandbox/slack/index.ts';
import { type Maint, startMaint } from '../../src/wire.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { pglite } from '../helpers/pglite.ts';
import { freePort } from '../helpers/port.ts';

const databases = pglite();

/** The whole of maint, as `npm start` puts it together, between a Heroku and a Slack on this machine. */
class Ops {
  readonly sandbox: Sandbox;
  readonly clock: SandboxClock;
  readonly maint: Maint;
  constructor(sandbox: Sandbox, clock: SandboxClock, maint: Maint) {
    this.sandbox = sandbox;
    this.clock = clock;
    this.maint = maint;
  }

  async type(text: string, user = 'ada'): Promise<void> {
    await this.sandbox.slack.command({ user, channel: '#ops', text });
  }

  messages(): readonly Message[] {
    return this.sandbox.slack.messages.list({ channel: 'C0OPS', ephemeral: false });
  }

  /** Resolves with the newest message in the channel that says this, as soon as there is one. */
  says(text: string | RegExp): Promise<Message> {
    const has = (message: Message): boolean => this.sandbox.slack.render(message, 10_000).match(text) !== null;
    return this.sandbox.slack.until(() => this.messages().findLast(has));
  }

  /** What only this person sees. */
  tells(text: string | RegExp): Promise<Message> {
    const has = (message: Message): boolean => this.sandbox.slack.render(message, 10_000).match(text) !== null;
    return this.sandbox.slack.until(() => this.sandbox.slack.messages.list({ ephemeral: true }).findLast(has));
  }

  async press(label: string, user = 'ada') {
    const { slack } = this.sandbox;
    const message = await slack.until(() => this.messages().findLast((m) => labels(m).includes(label)));
    return { message, ...(await slack.click({ user, channel: '#ops', messageTs: message.ts, label })) };
  }

  async close(): Promise<void> {
    await this.maint.stop();
    await this.sandbox.close();
    this.clock.close();
  }
}

function labels(message: Message): readonly string[] {
  return buttonsIn(current(message).blocks).map(({ element }) => element.text.text);
}

async function open(mode: 'socket' | 'http', more: Partial<Config> = {}): Promise<Ops> {
  // Runs fast enough that nobody waits for a dyno, and slowly enough that Slack's real second a card is not an age.
  const clock = new SandboxClock({ speed: 30, start: Date.UTC(2026, 10, 21, 12, 34) });
  const sandbox = await startSandbox({ clock, examples: true, slack: { rates: 'off', ackMs: PATIENCE_MS } });
  const { SLACK_SIGNING_SECRET, SLACK_APP_TOKEN, ...rest } = sandbox.env;
  const port = await freePort();
  const way = mode === 'socket' ? { SLACK_APP_TOKEN } : { SLACK_SIGNING_SECRET };
  const read = readConfig({ ...rest, ...way, PORT: String(port) }, 'bot');
  const config = { ...read, ...more, settings: { ...read.settings, emergencyWait: 60_000, watchAfter: 60_000 } };
  const maint = await startMaint({ config, clock, log: silentLog, withSlack: true, database: await databases.open() });
  if (mode === 'http') sandbox.slack.setRequestUrl(`http://127.0.0.1:${port}/slack/events`);
  else await sandbox.slack.connected();
  return new Ops(sandbox, clock, maint);
}

describe.each(['socket', 'http'] as const)('in Slack, over %s', (mode) => {
  let ops: Ops;
  beforeEach(async () => {
    ops = await open(mode);
  });
  afterEach(() => ops.close());

  it('a maintenance is started, held, approved by button, and everything is back', async () => {
    const before = ops.sandbox.world.settings('shop');
    await ops.type('start shop for 30m because the orders table moves');
    const card = await ops.says(/holding: quiet/);
    expect(ops.sandbox.slack.render(card)).toContain('the orders table moves');
    expect(ops.sandbox.world.settings('shop')).toMatchObject({
      maintenance: true,
      formation: { worker: { quantity: 0 } },
    });

    const resumed = await ops.press('Resume');
    expect(resumed.confirmed?.text).toContain('Nothing is changed yet');
    const approved = await ops.press('Approve', 'grace');
    expect(approved.confirmed).not.toBeNull();
    await ops.says(/shop\* is restored/);
    expect(ops.sandbox.world.settings('shop')).toEqual(before);

    const receipt = ops.sandbox.slack.render(await ops.says(/Frozen/));
    expect(receipt).toMatch(/Approved.*grace/);
    expect(receipt).toMatch(/Asked for.*ada/);
    await ops.says(/shop · restored/);
    // Every button is gone when it has been used.
    expect(ops.messages().flatMap(labels)).toEqual([]);
  });

  it('the thread has the commands that undo everything before the first change', async () => {
    // The first change waits a minute at most for the card: on a busy machine two seconds would be over first.
    ops.clock.speed = 1;
    await ops.type('start shop');
    await ops.says(/heroku ps:scale worker=4 --app shop/);
    ops.clock.speed = 30;
    await ops.says(/holding: quiet/);
    const emergency = ops.sandbox.requests.list({ service: 'slack', path: '/chat.postMessage' })[1];
    const firstWrite = ops.sandbox.requests.list().find((r) => r.method === 'PATCH' && r.service !== 'slack');
    expect(JSON.stringify(emergency?.body)).toContain('heroku maintenance:off --app shop');
    expect(emergency?.n).toBeLessThan(firstWrite?.n ?? 0);
  });
});

describe('in Slack', () => {
  let ops: Ops;
  afterEach(() => ops.close());

  it('what stands against starting is asked by name, and is in the words for quiet afterwards', async () => {
    ops = await open('socket');
    await ops.type('start reports');
    await ops.says(/Heroku Scheduler cannot be read/);
    expect(ops.sandbox.requests.list().filter((r) => r.service !== 'slack' && r.method !== 'GET')).toEqual([]);
    await ops.press('Start, accepting this', 'grace');
    await ops.says(/quiet except Heroku Scheduler/);
  });

  it('an abort while quieting turns it round, and everything is back', async () => {
    ops = await open('socket');
    const before = ops.sandbox.world.settings('shop');
    ops.sandbox.faults.add({
      service: 'heroku',
      method: 'GET',
      path: '/apps/*/dynos',
      nth: 2,
      kind: 'slow',
      delayMs: 1_500,
    });
    await ops.type('start shop');
    await ops.press('Abort', 'grace');
    await ops.says(/shop · (restored|cancelled)/);
    expect(ops.sandbox.world.settings('shop')).toEqual(before);
  });

  it('who is not an operator may look, and is refused everything else, by button and by command', async () => {
    ops = await open('socket', { who: { operators: ['U0ADA'], approvers: [], viewers: ['everybody'] } });
    await ops.type('start shop', 'linus');
    await ops.tells(/not among the operators/);
    expect(ops.messages()).toEqual([]);
    await ops.type('plan shop', 'linus');
    await ops.tells(/would be quiet/);
    await ops.type('start shop', 'ada');
    await ops.says(/holding: quiet/);
    await ops.press('Resume', 'linus');
    await ops.sandbox.slack.until(() => ops.sandbox.slack.messages.list({ ephemeral: true }).length >= 3);
    const [run] = await ops.maint.store.unfinished();
    expect(run?.questions).toEqual([]);
    const refusals = await ops.maint.store.audited(10);
    expect(refusals.filter((entry) => entry.outcome === 'refused').map((entry) => entry.person?.name)).toEqual([
      'linus',
      'linus',
    ]);
  });

  it('members of a user group are operators for as long as they are in it', async () => {
    ops = await open('socket', { who: { operators: ['S0ONCALL'], approvers: [], viewers: [] } });
    await ops.type('start shop', 'linus');
    await ops.tells(/not among the operators/);
    await ops.type('start shop', 'grace');
    await ops.says(/shop · /);
  });

  it('a mistyped app suggests the nearest, and an unknown word says what would be right', async () => {
    ops = await open('socket');
    await ops.type('start shp');
    await ops.tells(/Did you mean shop\?/);
    await ops.type('strat shop');
    await ops.tells(/Did you mean .*start shop/);
    await ops.type('help');
    await ops.tells(/\/maint start/);
  });

  it('what a person typed pings nobody', async () => {
    ops = await open('socket');
    await ops.type('start shop because <!channel> *look* `here`');
    const card = await ops.says(/shop · /);
    expect(JSON.stringify(current(card).blocks)).not.toContain('<!channel>');
  });

  it('the planned end only reminds, and an extension moves it', async () => {
    ops = await open('socket');
    await ops.type('start shop for 2m');
    await ops.says(/holding: quiet/);
    ops.clock.speed = 300;
    await ops.says(/nothing opens by itself/);
    ops.clock.speed = 30;
    expect(ops.sandbox.world.settings('shop').maintenance).toBe(true);
    await ops.press('Extend 15 min', 'grace');
    await ops.says(/extended: the planned end is now/);
    expect(ops.sandbox.world.settings('shop').maintenance).toBe(true);
  });

  it('a worker that somebody starts is told once, and Quiet again makes it quiet; deploys are only listed', async () => {
    ops = await open('socket');
    const before = ops.sandbox.world.settings('shop');
    await ops.type('start shop for 2h');
    await ops.says(/holding: quiet/);
    await ops.says(/Watched by polls every/);
    ops.sandbox.world.scale('shop', 'worker', 2);
    ops.sandbox.world.deploy('shop');
    await ops.says(/holding: not quiet any more/);
    await ops.says(/Workers: .?worker.? is not quiet any more/);
    await ops.says(/Meanwhile, done by people/);
    const pressed = await ops.press('Quiet again', 'grace');
    expect(pressed.confirmed?.text).toContain('worker is set to 0 again.');
    await ops.says(/grace.*quiet again/);
    await ops.says(/holding: quiet/);
    expect(ops.sandbox.world.settings('shop').formation).toMatchObject({ worker: { quantity: 0 } });
    const asked = ops.messages().filter((m) => m.threadTs !== null && /is not quiet any more/.test(textOf(m)));
    expect(asked).toHaveLength(1);
    await ops.press('Resume');
    await ops.press('Approve', 'grace');
    await ops.says(/shop\* is restored/);
    expect(ops.sandbox.world.settings('shop')).toEqual(before);
  });

  it('what could not be made quiet is put back, and the channel is told what failed and that all is back', async () => {
    ops = await open('socket');
    const before = ops.sandbox.world.settings('shop');
    ops.sandbox.faults.add({
      service: 'heroku',
      method: 'PATCH',
      path: '/apps/*/formation',
      kind: 'status',
      status: 422,
      body: { id: 'invalid_params', message: 'Cannot scale now.' },
      times: 'always',
    });
    await ops.type('start shop');
    const turned = await ops.says(/it could not be made quiet: .*Cannot scale now/);
    expect(turned.broadcast).toBe(true);
    const receipt = await ops.says(/shop\* is restored: everything is as it was before. It could not be made quiet: /);
    expect(receipt.broadcast).toBe(true);
    expect(ops.sandbox.world.settings('shop')).toEqual(before);
  });
});

function textOf(message: Message): string {
  return JSON.stringify(current(message).blocks);
}
