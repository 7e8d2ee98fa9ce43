// A planned window as people have it, in the whole of maint: typed and saved in Slack, asked about when its time has come, begun and
// extended by buttons, and brought back.
import { afterEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { silentLog } from '../../src/log.ts';
import { type Sandbox, SandboxClock, startSandbox } from '../../src/sandbox/index.ts';
import { buttonsIn, current, type Message } from '../../src/sandbox/slack/index.ts';
import { type Maint, startMaint } from '../../src/wire.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { pglite } from '../helpers/pglite.ts';
import { freePort } from '../helpers/port.ts';

const databases = pglite();
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** A Saturday. */
const START = Date.UTC(2026, 10, 21, 12, 34);
const WINDOW = Date.UTC(2026, 10, 24, 1);

class Ops {
  readonly sandbox: Sandbox;
  readonly clock: SandboxClock;
  readonly maint: Maint;
  constructor(sandbox: Sandbox, clock: SandboxClock, maint: Maint) {
    this.sandbox = sandbox;
    this.clock = clock;
    this.maint = maint;
  }

  async type(text: string): Promise<void> {
    await this.sandbox.slack.command({ user: 'ada', channel: '#ops', text });
  }

  /** The newest that reads so, of what everybody sees or of what ada alone does. */
  #found(pattern: RegExp, ephemeral: boolean): Message | undefined {
    const { slack } = this.sandbox;
    const all = slack.messages.list({ channel: 'C0OPS', deleted: false, ephemeral });
    return all.findLast((message) => pattern.test(slack.render(message, 10_000).replace(/\s+/gu, ' ')));
  }

  /** What the channel reads without any time passing. */
  says(pattern: RegExp): Promise<Message> {
    return this.sandbox.slack.until(() => this.#found(pattern, false), PATIENCE_MS);
  }

  /** The same for what ada alone sees. */
  tells(pattern: RegExp): Promise<Message> {
    return this.sandbox.slack.until(() => this.#found(pattern, true), PATIENCE_MS);
  }

  /** What takes its time. */
  hears(pattern: RegExp): Promise<Message> {
    return this.passes(() => this.#found(pattern, false), pattern);
  }

  /** Lets the time pass, twenty times as fast as ours, until it is so. */
  async passes<T>(look: () => T | undefined | Promise<T | undefined>, what: RegExp | string): Promise<T> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (performance.now() > deadline) throw new Error(`Expected ${what}, got:\n${this.read()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      this.clock.advance(SECOND);
    }
  }

  read(): string {
    const { slack } = this.sandbox;
    return slack.messages
      .list({ channel: 'C0OPS' })
      .map((message) => slack.render(message))
      .join('\n');
  }

  async press(message: Message, label: string, user = 'ada'): Promise<void> {
    await this.sandbox.slack.click({ user, channel: '#ops', messageTs: message.ts, label });
  }

  to(at: number): void {
    this.clock.advance(at - this.clock.now());
  }

  async close(): Promise<void> {
    await this.maint.stop();
    await this.sandbox.close();
    this.clock.close();
  }
}

async function open(mode: 'socket' | 'http'): Promise<Ops> {
  const clock = new SandboxClock({ manual: true, start: START });
  const sandbox = await startSandbox({ clock, examples: true, slack: { rates: 'off', ackMs: PATIENCE_MS } });
  const { SLACK_SIGNING_SECRET, SLACK_APP_TOKEN, ...rest } = sandbox.env;
  const port = await freePort();
  const way = mode === 'socket' ? { SLACK_APP_TOKEN } : { SLACK_SIGNING_SECRET };
  const read = readConfig({ ...rest, ...way, PORT: String(port) }, 'bot');
  const quick = { observe: { for: 0, samples: 1 }, canary: 0, watchAfter: 0, emergencyWait: MINUTE };
  const config = { ...read, settings: { ...read.settings, ...quick } };
  const maint = await startMaint({ config, clock, log: silentLog, withSlack: true, database: await databases.open() });
  if (mode === 'http') sandbox.slack.setRequestUrl(`http://127.0.0.1:${port}/slack/events`);
  else await sandbox.slack.connected();
  return new Ops(sandbox, clock, maint);
}

describe.each(['socket', 'http'] as const)('a planned window, over %s', (mode) => {
  let ops: Ops | null = null;
  afterEach(async () => {
    await ops?.close();
    ops = null;
  });

  it('is typed, saved, announced, begun when its time has come, extended from the list, and brought back', async () => {
    ops = await open(mode);
    const { world } = ops.sandbox;
    const before = world.settings('shop');
    await ops.type('schedule shop 2026-11-24 01:00 UTC for 2h because new disks');
    await ops.press(await ops.tells(/Save this window\?.*Tuesday 24 November 2026, 01:00 to 03:00/u), 'Save');
    await ops.says(/Maintenance of .?shop.? is planned/u);
    ops.to(WINDOW - 10 * MINUTE);
    await ops.says(/shop.? begins /u);
    expect(world.settings('shop')).toEqual(before);

    ops.to(WINDOW);
    const asked = await ops.says(/waits for somebody to start it/u);
    expect(world.settings('shop')).toEqual(before);
    await ops.press(asked, 'Start now');
    await ops.hears(/is quiet since/u);
    expect(world.settings('shop')).toMatchObject({ maintenance: true, formation: { worker: { quantity: 0 } } });

    await ops.type('windows shop');
    const list = await ops.tells(/Under way, planned end .*shop · holding.*Resume/u);
    expect(buttonsIn(current(list).blocks).map(({ element }) => element.text.text)).toEqual([
      'Resume',
      'Extend 15 min',
    ]);
    await ops.press(list, 'Extend 15 min');
    await ops.hears(/extended/u);
    await ops.press(list, 'Resume');
    await ops.press(await ops.hears(/put everything back like this/u), 'Approve', 'grace');
    await ops.hears(/is back since/u);
    expect(world.settings('shop')).toEqual(before);
    const { windows } = ops.maint.store;
    const over = async () => ((await windows.occurrencesThatAre(['started'])).length === 0 ? true : undefined);
    await ops.passes(over, 'its end to be written down');
    await ops.type('windows shop');
    await ops.tells(/Nothing is planned for shop/u);
    await ops.type('history shop last');
    await ops.tells(
      /ada.? asked for it until .*new disks.*moved the planned end to .*grace.? answered “approve”.*restored/u,
    );
  });
});
