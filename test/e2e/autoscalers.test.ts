// Autoscalers in a whole maintenance, over the real engine: off before anything is scaled, found when somebody switches one on
// again, and on at the end with all that they had.
import { describe, expect, it, onTestFinished } from 'vitest';
import { createHeroku } from '../../src/heroku/api/client.ts';
import { createHerokuAutoscaling } from '../../src/heroku/autoscalers/heroku-autoscaling.ts';
import { createHireFire } from '../../src/heroku/autoscalers/hirefire.ts';
import { herokuPlatform } from '../../src/heroku/platform.ts';
import { createHerokuScheduler } from '../../src/heroku/schedulers/heroku-scheduler.ts';
import { herokuAutoscaling } from '../../src/heroku/steps/heroku-autoscaling.ts';
import { hirefire } from '../../src/heroku/steps/hirefire.ts';
import { silentLog } from '../../src/log.ts';
import type { Answer } from '../../src/model/event.ts';
import type { Platform } from '../../src/model/platform.ts';
import { open } from '../../src/model/questions.ts';
import type { Question, Run } from '../../src/model/run.ts';
import { defaultSettings } from '../../src/model/settings.ts';
import { type AnyStep, held } from '../../src/model/step.ts';
import { nobody } from '../../src/policy/policy.ts';
import { createCommands } from '../../src/run/commands/index.ts';
import { createDriver } from '../../src/run/driver.ts';
import { startAutoscaling } from '../../src/sandbox/autoscaling.ts';
import { startHireFire } from '../../src/sandbox/hirefire.ts';
import type { AppDescription } from '../../src/sandbox/index.ts';
import { ada, engines, grace, shop } from '../helpers/engine.ts';
import { members } from '../helpers/members.ts';

const engineFor = engines();
const MINUTE = 60_000;

const scaled: Partial<AppDescription> = {
  formation: { web: { quantity: 3, size: 'performance-m' }, worker: { quantity: 3 } },
  config: { LANG: 'C', HIREFIRE_TOKEN: 'hirefire-token', HIREFIRE_API_KEY: 'hirefire-key' },
};

/** The engine with the two holds in their places: after the door has closed, and before it opens. */
async function maintenance(app: Partial<AppDescription> = scaled) {
  const { clock, sandbox, world, store } = await engineFor({ apps: [shop(app)] });
  const heros = await startAutoscaling({ clock, world });
  const fire = await startHireFire({ clock, world });
  const { url, schedulerUrl, token } = sandbox.heroku;
  const now = (): number => performance.now() + clock.now();
  const heroku = createHeroku({ apiUrl: url, token, pauses: [1, 1], now });
  const scheduler = createHerokuScheduler({ url: schedulerUrl, token, pauses: [1, 1], now });
  const autoscaling = createHerokuAutoscaling({ url: heros.url, token, pauses: [1, 1] });
  const client = createHireFire({ url: fire.url, pauses: [1, 1] });
  const holds = [held(herokuAutoscaling(heroku, autoscaling)), held(hirefire(heroku, client))];
  const plain = herokuPlatform(heroku, scheduler, { app: null, databaseUrl: null });
  const others = (steps: readonly AnyStep[]) => steps.filter((step) => !holds.some(({ name }) => name === step.name));
  const put = (steps: readonly AnyStep[], at: number): AnyStep[] => steps.toSpliced(at, 0, ...holds);
  const door = (steps: readonly AnyStep[]) => steps.findIndex(({ name }) => name === 'maintenance');
  const [quiet, back] = [others(plain.quiet), others(plain.back)];
  const platform: Platform = { ...plain, quiet: put(quiet, door(quiet) + 1), back: put(back, door(back)) };
  const driver = createDriver({ store, platform, clock, log: silentLog, owner: 'test' });
  const commands = createCommands({
    store,
    platform,
    clock,
    log: silentLog,
    who: nobody,
    whoIs: members,
    wake: () => {},
    settings: { ...defaultSettings, variable: 'off' },
    defaultChannel: null,
  });
  onTestFinished(async () => {
    await driver.stop(1_000);
    for (const one of [heroku, scheduler, autoscaling, client]) one.close();
    await Promise.all([heros.close(), fire.close()]);
  });

  async function the(id: string): Promise<Run> {
    const run = await store.load(id);
    if (run === null) throw new Error(`Expected a run ${id}`);
    return run;
  }

  /** Drives, and moves the time, until `done`, or for `ms`. */
  async function until(id: string, done: (run: Run) => boolean, ms = 24 * 60 * MINUTE): Promise<Run> {
    const end = clock.now() + ms;
    for (let turns = 0; turns < 500; turns += 1) {
      await driver.drive(id);
      const run = await the(id);
      const next = (await store.nextDue()) ?? end;
      if (done(run)) return run;
      if (next > end) {
        clock.advance(end - clock.now());
        return run;
      }
      if (next > clock.now()) clock.advance(next - clock.now());
    }
    throw new Error(`Expected run ${id} to get there: ${JSON.stringify((await the(id)).steps)}`);
  }

  const pass = (id: string, ms: number): Promise<Run> => until(id, () => false, ms);

  async function answer(id: string, question: Question | undefined, given: Answer): Promise<void> {
    if (question === undefined) throw new Error(`Expected a question to answer with ${given}`);
    const hash = question.shown?.hash ?? null;
    const answered = await commands.answer(grace, { run: id, question: question.id, answer: given, hash });
    if (answered.is === 'refused') throw new Error(`${answered.says} ${answered.remedy}`);
  }

  return {
    clock,
    world,
    store,
    heros,
    fire,
    until,
    pass,
    answer,
    opened: async (id: string) => (await the(id)).questions.filter(open),
    async start(): Promise<string> {
      const request = { app: 'shop', length: null, because: null, channel: null, accepted: [] };
      const started = await commands.start(ada, request);
      if (started.is === 'refused') throw new Error(`${started.says} ${started.remedy}`);
      return started.run.id;
    },
    holding: (id: string) => until(id, (run) => run.quietAt !== null || run.ended !== null),
    async back(id: string, name = 'shop'): Promise<Run> {
      const asked = await commands.resume(grace, name);
      if (asked.is === 'refused') throw new Error(`${asked.says} ${asked.remedy}`);
      const isShown = (q: Question) => q.about.is === 'resume' && open(q) && q.shown !== null;
      const run = await until(id, (r) => r.questions.some(isShown));
      await answer(id, run.questions.find(isShown), 'approve');
      return until(id, (r) => r.ended !== null);
    },
    /** The steps in the order in which something was sent for them; one that sends in several rounds once. */
    async sent(id: string): Promise<readonly string[]> {
      const log = await store.log(id);
      const sent = log.flatMap(({ event }) => (event.is === 'sending' ? [`${event.way} ${event.step}`] : []));
      return sent.filter((step, i) => step !== sent[i - 1]);
    },
  };
}

// Seconds by itself; a busy machine takes its time over as many calls.
describe('an app with autoscalers', () => {
  it('is brought back under another name as well: nobody is asked about it', async () => {
    const on = await maintenance();
    const manager = on.fire.manage(on.fire.add('shop'), 'worker');
    const id = await on.start();
    expect((await on.holding(id)).ended).toBeNull();
    expect(manager.values.enabled).toBe(false);
    on.world.rename('shop', 'store');
    await on.pass(id, 5 * MINUTE);
    expect(await on.opened(id)).toEqual([]);
    const ended = await on.back(id, 'store');
    expect(ended.ended?.as).toBe('restored');
    expect(ended.questions.map(({ about }) => about.is)).toEqual(['resume']);
    expect(manager.values.enabled).toBe(true);
  });

  it('is quiet for as long as it is held, and has them on again as they were', async () => {
    const on = await maintenance();
    const monitor = on.heros.add('shop', { min_quantity: 2, max_quantity: 6 });
    const application = on.fire.add('shop');
    const manager = on.fire.manage(application, 'worker', { new_relic_api_key: 'nr-secret' });
    const off = on.fire.manage(application, 'web', { enabled: false });
    const before = structuredClone([
      { ...monitor, updatedAt: 0 },
      manager.values,
      off.values,
      on.world.settings('shop'),
    ]);
    const id = await on.start();
    expect((await on.holding(id)).ended).toBeNull();
    // Longer than HireFire believes in the formation that it has read.
    on.clock.advance(12 * MINUTE);
    await on.pass(id, MINUTE);
    expect([monitor.is_active, manager.values.enabled]).toEqual([false, false]);
    expect(on.world.settings('shop').formation).toMatchObject({ web: { quantity: 3 }, worker: { quantity: 0 } });
    expect(await on.opened(id)).toEqual([]);
    expect((await on.back(id)).ended?.as).toBe('restored');
    expect([{ ...monitor, updatedAt: 0 }, manager.values, off.values, on.world.settings('shop')]).toEqual(before);
    expect(JSON.stringify(await on.store.log(id))).not.toMatch(/nr-secret|hirefire-key|hirefire-token/);
  });

  it('has them off before anything is scaled, and on when the workers are back, in few calls', async () => {
    const on = await maintenance();
    on.heros.add('shop');
    on.fire.manage(on.fire.add('shop'), 'worker');
    const id = await on.start();
    for (const { requests } of [on.heros, on.fire]) requests.clear();
    await on.until(id, (run) => run.steps.quiet.some(({ name, state }) => name === 'workers' && state === 'done'));
    expect(await on.sent(id)).toEqual([
      'quiet maintenance',
      'quiet heroku-autoscaling',
      'quiet hirefire',
      'quiet workers',
    ]);
    for (const { requests } of [on.heros, on.fire]) expect(requests.list().length).toBeLessThanOrEqual(3 + 3);
    await on.holding(id);
    await on.back(id);
    expect((await on.sent(id)).slice(4)).toEqual([
      'back workers',
      'back heroku-autoscaling',
      'back hirefire',
      'back maintenance',
    ]);
  });

  it('that somebody switches on again while it is held is asked about, and quiet again when a person says so', async () => {
    const on = await maintenance();
    const monitor = on.heros.add('shop');
    const manager = on.fire.manage(on.fire.add('shop'), 'worker');
    const id = await on.start();
    await on.holding(id);
    await on.pass(id, MINUTE);
    on.heros.set(monitor, { is_active: true, max_quantity: 9 });
    manager.values = { ...manager.values, enabled: true };
    await on.pass(id, 2 * MINUTE);
    const asked = await on.opened(id);
    expect(asked.map(({ about }) => about)).toMatchObject([
      { is: 'violation', step: 'heroku-autoscaling', key: monitor.id },
      { is: 'violation', step: 'hirefire', key: manager.id },
      // It has done so already: the workers are back.
      { is: 'violation', step: 'workers', key: 'worker' },
    ]);
    for (const question of asked) await on.answer(id, question, 'quiet-again');
    await on.pass(id, 5 * MINUTE);
    expect(await on.opened(id)).toEqual([]);
    expect([monitor.is_active, manager.values.enabled]).toEqual([false, false]);
    expect(on.world.settings('shop').formation).toMatchObject({ worker: { quantity: 0 } });
    expect((await on.back(id)).ended?.as).toBe('restored');
    expect(monitor).toMatchObject({ is_active: true, max_quantity: 4 });
    expect(manager.values.enabled).toBe(true);
  });

  it('that cannot be read is begun with only when that was accepted by name; then it revives workers, which is told', async () => {
    const on = await maintenance({ ...scaled, config: { HIREFIRE_TOKEN: 'hirefire-token' } });
    on.fire.manage(on.fire.add('shop'), 'worker');
    const id = await on.start();
    const [question] = (await on.until(id, (run) => run.questions.length > 0)).questions;
    expect(question?.about).toEqual({ is: 'start', names: ['hirefire'] });
    await on.answer(id, question, 'accept');
    expect((await on.holding(id)).ended).toBeNull();
    await on.pass(id, 3 * MINUTE);
    expect(on.world.settings('shop').formation).toMatchObject({ worker: { quantity: 3 } });
    expect(await on.opened(id)).toMatchObject([{ about: { is: 'violation', step: 'workers', key: 'worker' } }]);
  });
});
