// The whole of maint with a public address, over a Heroku on this machine that really delivers: what changes in an app that
// is held is known long before the next patrol.
import { afterEach, describe, expect, it } from 'vitest';
import { type Config, readConfig } from '../../../src/config.ts';
import { serveHealth } from '../../../src/health.ts';
import { silentLog } from '../../../src/log.ts';
import { open } from '../../../src/model/questions.ts';
import type { Run } from '../../../src/model/run.ts';
import { type Sandbox, SandboxClock, startSandbox } from '../../../src/sandbox/index.ts';
import { type Maint, startMaint } from '../../../src/wire.ts';
import { shop } from '../../helpers/engine.ts';
import { PATIENCE_MS } from '../../helpers/patience.ts';
import { pglite } from '../../helpers/pglite.ts';
import { freePort } from '../../helpers/port.ts';
import { ada, grace } from '../../slack/runs.ts';

const databases = pglite();
const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Stage {
  readonly sandbox: Sandbox;
  readonly maint: Maint;
  readonly url: string;
}

async function setUp(mode: 'socket' | 'http', faulty: (sandbox: Sandbox) => void = () => {}): Promise<Stage> {
  const clock = new SandboxClock({ speed: 15, start: Date.UTC(2026, 10, 21, 12, 34) });
  const sandbox = await startSandbox({ clock, slack: { rates: 'off', ackMs: PATIENCE_MS } });
  sandbox.world.addApp(shop({ jobs: [] }));
  faulty(sandbox);
  const { SLACK_SIGNING_SECRET, SLACK_APP_TOKEN, ...rest } = sandbox.env;
  // The address has to be known before anything listens there.
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const way = mode === 'socket' ? { SLACK_APP_TOKEN } : { SLACK_SIGNING_SECRET };
  // How it comes back is told elsewhere.
  const quick = { MAINT_CANARY: '0', MAINT_WATCH: '0' };
  const config: Config = readConfig({ ...rest, ...way, ...quick, PORT: String(port), MAINT_URL: url }, 'bot');
  const maint = await startMaint({ config, clock, log: silentLog, withSlack: true, database: await databases.open() });
  closing.push(() => clock.close(), sandbox.close, maint.stop);
  if (mode === 'socket') {
    const health = await serveHealth(port, maint.webhooks === null ? [] : [maint.webhooks]);
    closing.push(health.close);
  }
  return { sandbox, maint, url };
}

/** The run as soon as it is so. Real time, and so a limit. */
async function until({ maint }: Stage, id: string, is: (run: Run) => boolean): Promise<Run> {
  const last = performance.now() + PATIENCE_MS;
  for (;;) {
    const run = await maint.store.load(id);
    if (run !== null && is(run)) return run;
    if (performance.now() > last) throw new Error(`Expected run ${id} to get there: ${JSON.stringify(run?.steps)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function held(stage: Stage): Promise<string> {
  const asked = { app: 'shop', length: null, because: null, channel: null, accepted: [] };
  const started = await stage.maint.commands.start(ada, asked);
  if (started.is === 'refused') throw new Error(started.says);
  await until(stage, started.run.id, (run) => run.patrol !== null);
  return started.run.id;
}

describe.each(['socket', 'http'] as const)('with a public address, in %s mode', (mode) => {
  it('a violation is told when it happens, and the subscription is gone afterwards', async () => {
    const stage = await setUp(mode);
    const { world } = stage.sandbox;
    const before = world.settings('shop');
    const id = await held(stage);
    expect(world.app('shop').webhooks.map(({ url }) => url)).toEqual([
      expect.stringContaining(`${stage.url}/heroku/webhooks/${id}.`),
    ]);
    expect((await stage.maint.store.load(id))?.patrol).toMatchObject({ by: 'webhooks', every: 300_000 });
    // A patrol was made when it began to be held; the next one, in five minutes, is later than anything is waited for here.
    stage.sandbox.clock.speed = 1;
    world.setMaintenance('shop', false);
    const run = await until(stage, id, ({ questions }) => questions.some((q) => open(q) && q.about.is === 'violation'));
    stage.sandbox.clock.speed = 15;
    const question = run.questions.find((q) => q.about.is === 'violation');
    expect(question?.about).toMatchObject({ key: 'maintenance' });
    await stage.maint.commands.answer(grace, {
      run: id,
      question: question?.id ?? '',
      answer: 'quiet-again',
      hash: null,
    });
    await until(stage, id, () => world.settings('shop').maintenance);

    const opened = await stage.maint.commands.resume(grace, 'shop');
    expect(opened.is).not.toBe('refused');
    const shown = await until(stage, id, ({ questions }) => questions.some((q) => open(q) && q.shown !== null));
    const resume = shown.questions.find((q) => open(q) && q.about.is === 'resume');
    const hash = resume?.shown?.hash ?? null;
    await stage.maint.commands.answer(grace, { run: id, question: resume?.id ?? '', answer: 'approve', hash });
    expect((await until(stage, id, ({ ended }) => ended !== null)).ended?.as).toBe('restored');
    expect(world.settings('shop')).toEqual(before);
    expect(world.app('shop').deliveries.filter(({ status }) => status !== null && status !== 204)).toEqual([]);
  });

  it('a forged one changes nothing, and is in the audit trail', async () => {
    const stage = await setUp(mode);
    const forged = await fetch(`${stage.url}/heroku/webhooks/m0nobody`, {
      method: 'POST',
      headers: { 'heroku-webhook-hmac-sha256': 'bm9uc2Vuc2U=' },
      body: '{}',
    });
    expect(forged.status).toBe(401);
    await expect
      .poll(() => stage.maint.store.audited(5))
      .toMatchObject([{ person: null, outcome: 'refused', why: 'a webhook with a wrong signature' }]);
  });
});

describe('where Heroku refuses the subscription', () => {
  it.each([403, 422])(
    'with %i, the app is held all the same, watched by polls, and nobody is asked anything',
    async (status) => {
      const stage = await setUp('http', ({ faults }) => {
        faults.add({ service: 'heroku', path: '**/webhooks', method: 'POST', kind: 'status', status, times: 'always' });
      });
      const { world } = stage.sandbox;
      const before = world.settings('shop');
      const id = await held(stage);
      const run = await until(stage, id, ({ patrol }) => patrol?.by === 'polls' && patrol.every < 300_000);
      expect(run.questions).toEqual([]);
      const opened = await stage.maint.commands.resume(grace, 'shop');
      expect(opened.is).not.toBe('refused');
      const shown = await until(stage, id, ({ questions }) => questions.some((q) => open(q) && q.shown !== null));
      const [resume] = shown.questions;
      const hash = resume?.shown?.hash ?? null;
      await stage.maint.commands.answer(grace, { run: id, question: resume?.id ?? '', answer: 'approve', hash });
      const back = await until(stage, id, ({ ended }) => ended !== null);
      expect(back.questions.map(({ about }) => about.is)).toEqual(['resume']);
      expect(world.settings('shop')).toEqual(before);
    },
  );
});
