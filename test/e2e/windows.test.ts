import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { silentLog } from '../../src/log.ts';
import type { Person } from '../../src/model/person.ts';
import { open as isOpen } from '../../src/model/questions.ts';
import type { Run } from '../../src/model/run.ts';
import { type Sandbox, SandboxClock, startSandbox } from '../../src/sandbox/index.ts';
import { current } from '../../src/sandbox/slack/index.ts';
import { type Maint, startMaint } from '../../src/wire.ts';
import { emptyPostgres, postgres } from '../helpers/database.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A Saturday. */
const START = Date.UTC(2026, 10, 21, 12, 34);
const WINDOW = Date.UTC(2026, 10, 24, 1);

/** Several whole processes of maint, on one Postgres, between a Heroku and a Slack on this machine; only the test moves the time. */
class Several {
  readonly sandbox: Sandbox;
  readonly clock: SandboxClock;
  readonly url: string;
  readonly ada: Person;
  readonly #processes = new Set<Maint>();

  constructor(sandbox: Sandbox, clock: SandboxClock, url: string) {
    this.sandbox = sandbox;
    this.clock = clock;
    this.url = url;
    this.ada = { id: sandbox.slack.workspace.user('ada').id, name: 'ada', via: 'slack' };
  }

  async process(withSlack = true): Promise<Maint> {
    const { SLACK_SIGNING_SECRET, ...env } = this.sandbox.env;
    const channel = this.sandbox.slack.workspace.channel('ops').id;
    const read = readConfig({ ...env, DATABASE_URL: this.url, MAINT_CHANNEL: channel }, withSlack ? 'bot' : 'terminal');
    const { settings } = read;
    const quick = { observe: { for: 0, samples: 1 }, canary: 0, watchAfter: 0, emergencyWait: MINUTE };
    const config = { ...read, settings: { ...settings, ...quick } };
    const maint = await startMaint({ config, clock: this.clock, log: silentLog, withSlack });
    this.#processes.add(maint);
    return maint;
  }

  async stop(maint: Maint): Promise<void> {
    this.#processes.delete(maint);
    await maint.stop();
  }

  /** What the channel reads of windows, in order. */
  said(): readonly string[] {
    const { slack } = this.sandbox;
    const all = slack.messages.list({ channel: slack.workspace.channel('ops').id, deleted: false, ephemeral: false });
    return all.map((message) => current(message).text).filter((text) => words.test(text));
  }

  async says(word: string, times = 1): Promise<void> {
    await this.sandbox.slack.until(
      () => this.said().filter((text) => text.includes(word)).length >= times,
      PATIENCE_MS,
    );
  }

  to(at: number): void {
    this.clock.advance(at - this.clock.now());
  }

  /** Lets the time pass, twenty times as fast as ours, until it is so. */
  async passes<T>(look: () => Promise<T | null | false> | T | null | false): Promise<T> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const found = await look();
      if (found !== null && found !== false) return found;
      if (performance.now() > deadline)
        throw new Error(`Expected it to come: ${String(look)}; ${this.said().join(' | ')}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      this.clock.advance(SECOND);
    }
  }

  hears(word: string): Promise<boolean> {
    return this.passes(() => this.said().some((text) => text.includes(word)));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#processes].map((maint) => maint.stop()));
    await this.sandbox.close();
    this.clock.close();
  }
}

/** The first words of announcements: cards have others. */
const words = /Maintenance of|is quiet since|is being brought back since|is back since/u;

async function several(): Promise<Several> {
  const clock = new SandboxClock({ manual: true, start: START });
  const sandbox = await startSandbox({ clock, examples: true, slack: { rates: 'off', ackMs: PATIENCE_MS } });
  return new Several(sandbox, clock, await emptyPostgres());
}

async function planned(maint: Maint, by: Person, typed: string): Promise<string> {
  const proposal = await maint.commands.proposeWindow(by, {
    ...{ apps: ['shop'], typed, zone: 'UTC', own: 'UTC', answers: {}, now: null, lengthMs: null, reason: 'new disks' },
    ...{ channels: [], leads: [], startsBy: 'itself', announceBefore: null, changes: null },
  });
  if (proposal.is !== 'window-proposal') throw new Error(JSON.stringify(proposal));
  const saved = await maint.commands.schedule(by, proposal.draft, 'UTC');
  if (saved.is !== 'window-changed') throw new Error(JSON.stringify(saved));
  return proposal.draft.id;
}

async function theRun(maint: Maint, window: string): Promise<Run> {
  const [stored] = await maint.store.windows.occurrencesOf(window);
  const run = await maint.store.load(stored?.occurrence.runs[0] ?? '');
  if (run === null) throw new Error('Expected the window to have a run');
  return run;
}

describe.skipIf(postgres().missing !== null)('a window, with two processes on one Postgres', () => {
  it('is announced, begins at its time, and its run goes to the end, each told once; processes come and go', async () => {
    const all = await several();
    try {
      const before = all.sandbox.world.settings('shop');
      const [one, other] = await Promise.all([all.process(), all.process()]);
      const id = await planned(one, all.ada, '2026-11-24 01:00 UTC for 2h');
      await all.says('is planned');
      for (const [times, ms] of [DAY, HOUR, 10 * MINUTE].entries()) {
        all.to(WINDOW - ms);
        await all.says(' begins ', times + 1);
      }
      await all.stop(one);
      const third = await all.process();
      all.to(WINDOW);
      await all.says('has begun');
      await all.hears('is quiet since');
      expect(all.sandbox.world.settings('shop')).toMatchObject({ maintenance: true });
      const run = await theRun(other, id);
      expect(run).toMatchObject({ endsAt: WINDOW + 2 * HOUR, askedBy: all.ada });

      await all.stop(third);
      await other.commands.resume(all.ada, 'shop');
      const asked = await all.passes(
        async () => (await theRun(other, id)).questions.find((one) => isOpen(one) && one.shown !== null) ?? null,
      );
      const hash = asked.shown?.hash ?? '';
      await other.commands.answer(all.ada, { run: run.id, question: asked.id, answer: 'approve', hash });
      await all.hears('is back since');
      await all.passes(async () => (await other.store.windows.occurrencesOf(id))[0]?.occurrence.state === 'ended');
      expect((await theRun(other, id)).ended?.as).toBe('restored');
      expect(all.sandbox.world.settings('shop')).toEqual(before);
      const inOrder = ['planned', 'begins', 'begins', 'begins', 'begun', 'quiet since', 'brought back', 'back since'];
      expect(all.said()).toEqual(inOrder.map((word) => expect.stringContaining(word)));
    } finally {
      await all.close();
    }
  });

  it('is left alone by a process without Slack, which could tell nobody', async () => {
    const all = await several();
    try {
      const terminal = await all.process(false);
      const id = await planned(terminal, all.ada, '2026-11-24 01:00 UTC for 2h');
      all.to(START + DAY);
      const request = { app: 'reports', length: null, because: null, channel: null, accepted: [] };
      expect((await terminal.commands.start(all.ada, request)).is).toBe('started');
      // It drives, and has had time to.
      await all.passes(async () => (await terminal.store.unfinished()).some(({ questions }) => questions.length > 0));
      expect(await terminal.store.windows.due(all.clock.now())).toHaveLength(1);
      await all.process();
      await all.says('is planned');
      expect(await terminal.store.windows.occurrencesOf(id)).toMatchObject([{ occurrence: { state: 'planned' } }]);
    } finally {
      await all.close();
    }
  });
});
