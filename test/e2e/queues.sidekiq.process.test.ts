// A whole maintenance of an app whose worker is a process of Sidekiq itself, with a job in its hands. The sandbox has no dynos that
// run anything, so the process is started, ended and restarted here whenever the app's formation says so.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Run } from '../../src/model/run.ts';
import { sidekiq } from '../../src/queues/sidekiq.ts';
import { ada, type Engine, engines, shop } from '../helpers/engine.ts';
import { noRedis, realRedis } from '../helpers/redis.ts';
import { type Child, having, type Jobs, jobsOf, run, start } from '../queues/apps/child.ts';

const redis = (await realRedis()) ?? noRedis;
const ruby = having(['ruby'], '-rsidekiq', '-e', '');
const engineFor = engines();
const env = { REDIS_URL: redis.url, ASIDE_URL: redis.aside, DYNO: 'worker.1' };

const restarts = (engine: Engine): number =>
  engine.writes().filter(({ method, path }) => method === 'DELETE' && path.endsWith('/formations/worker')).length;

/** The dyno worker.1, as Heroku would have it: one process as long as there is one worker, and a new one at each restart. */
class Dyno {
  readonly #engine: Engine;
  #process: Child | null = null;
  #restarted = 0;
  /** How many processes there were. */
  started = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Brings it to where the app's formation is; a process that is told to end gives back what it has in hand. */
  async follow(): Promise<void> {
    const { formation } = this.#engine.world.settings('shop');
    const wanted = formation['worker']?.quantity ?? 0;
    const again = restarts(this.#engine) > this.#restarted;
    this.#restarted = restarts(this.#engine);
    if (this.#process !== null && (wanted === 0 || again)) await this.end('SIGTERM');
    if (this.#process !== null || wanted === 0) return;
    this.#process = start(ruby, ['-S', 'sidekiq', '-r', './sidekiq_jobs.rb', '-c', '2', '-t', '1'], env);
    this.started += 1;
    await vi.waitFor(async () => expect(await processes()).toMatchObject([{ quiet: false }]), WAIT);
  }

  async end(signal?: 'SIGTERM'): Promise<void> {
    if (signal !== undefined) {
      this.#process?.kill(signal);
      await vi.waitFor(async () => expect(await processes()).toEqual([]), WAIT);
    }
    await this.#process?.[Symbol.asyncDispose]();
    this.#process = null;
    // It beats so often here that it may have done so once more after it had signed off.
    await redis.client.del('processes');
  }
}

/** As Sidekiq tells of them. */
async function processes() {
  await using queue = await sidekiq.open({ url: redis.url, options: {}, signal: new AbortController().signal });
  return (await queue.processes?.list()) ?? [];
}

describe.skipIf(redis === noRedis || ruby === '')('a maintenance of an app with a process of Sidekiq', () => {
  const closing: (() => Promise<unknown>)[] = [];
  beforeEach(() => redis.empty());
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  const add = (name: string) => run(ruby, ['-r./sidekiq_jobs.rb', '-e', `HoldJob.perform_async("${name}")`], env);
  const waits = (way: 'quiet' | 'back', name: string) => (of: Run) =>
    of.steps[way].find((step) => step.name === name)?.why != null || of.ended !== null;
  const done = (way: 'quiet' | 'back', name: string) => (of: Run) =>
    of.steps[way].find((step) => step.name === name)?.state === 'done' || of.ended !== null;

  /** Quieted, with a job in its hands that the drain waits for, and one that nobody takes. */
  async function draining(): Promise<{ engine: Engine; id: string; dyno: Dyno; jobs: Jobs }> {
    const worker = { quantity: 1, command: 'bundle exec sidekiq' };
    const engine = await engineFor({
      apps: [shop({ formation: { web: {}, worker }, config: { REDIS_URL: redis.url } })],
      settings: { queues: [{ system: 'sidekiq', at: 'REDIS_URL' }] },
    });
    const jobs = jobsOf(redis);
    closing.push(async () => jobs[Symbol.asyncDispose]());
    const dyno = new Dyno(engine);
    closing.push(() => dyno.end());
    await dyno.follow();
    await add('a');
    await jobs.begun(1);
    await vi.waitFor(async () => expect(await processes()).toMatchObject([{ busy: 1 }]), WAIT);
    const { id } = await engine.start('shop');
    // It may have heard of it before it was asked the first time.
    await engine.run(id, (of) => waits('quiet', 'quieted')(of) || waits('quiet', 'drain')(of));
    // What it is waited for takes its own time, and the engine's stands still meanwhile.
    await vi.waitFor(async () => expect(await processes()).toMatchObject([{ quiet: true, busy: 1 }]), WAIT);
    await add('b');
    const says = /^Sidekiq: 1 running, 1 queued, the oldest for \d+ s \(HoldJob\); \d+ min left of the drain$/;
    const drain = (of: Run) => of.steps.quiet.find(({ name }) => name === 'drain')?.why ?? '';
    expect(drain(await engine.run(id, (of) => says.test(drain(of)) || of.ended !== null))).toMatch(says);
    expect(engine.world.settings('shop')).toMatchObject({ formation: { worker: { quantity: 1 } } });
    return { engine, id, dyno, jobs };
  }

  it('quiets it, waits for its job, and has a new one on the way back, which takes what waited', async () => {
    const { engine, id, dyno, jobs } = await draining();
    await engine.pass(id, 60_000);
    expect(engine.world.settings('shop')).toMatchObject({ formation: { worker: { quantity: 1 } } });
    await jobs.letGo('a');
    await vi.waitFor(async () => expect(await processes()).toMatchObject([{ busy: 0, quiet: true }]), WAIT);
    await engine.run(id, done('quiet', 'workers'));
    await dyno.follow();
    const held = await engine.holding(id);
    expect(held.ended).toBeNull();
    expect(held.proof?.findings.filter(({ subject }) => subject === 'Sidekiq')).toMatchObject([
      { step: 'drain', is: 'proved', says: expect.stringMatching(/^drained: .*, 1 waiting$/) },
      { step: 'proof', is: 'proved', says: expect.stringMatching(/^0 running, 1 waiting/) },
    ]);
    await engine.approve(id);
    // The first worker is watched until it has taken a job.
    await engine.run(id, waits('back', 'workers'));
    await dyno.follow();
    expect(await jobs.begun(1)).toEqual(['b']);
    await vi.waitFor(async () => expect(await processes()).toMatchObject([{ busy: 1, quiet: false }]), WAIT);
    const ended = await engine.ended(id);
    expect(ended.ended?.as).toBe('restored');
    expect(ended.questions.map(({ about }) => about.is)).toEqual(['resume']);
    // One that came back by being scaled up is not restarted as well.
    expect([dyno.started, restarts(engine)]).toEqual([2, 0]);
  });

  it('restarts it where it turns in the middle of the drain: it takes jobs again, and the one in its hands is not lost', async () => {
    const { engine, id, dyno, jobs } = await draining();
    const aborted = await engine.commands.abort(ada, 'shop');
    expect(aborted.is).toBe('changed');
    await engine.run(id, waits('back', 'quieted'));
    expect(restarts(engine)).toBe(1);
    await dyno.follow();
    const ended = await engine.ended(id);
    expect(ended.ended?.as).toBe('restored');
    expect(ended.items.find(({ step }) => step === 'quieted')?.settled?.as).toBe('before');
    expect([dyno.started, restarts(engine)]).toEqual([2, 1]);
    expect(await processes()).toMatchObject([{ quiet: false }]);
    expect(await jobs.begun(2)).toEqual(['a', 'b']);
  });
});

const WAIT = { timeout: 90_000, interval: 50 };
