// The Heroku Scheduler in the middle of things: ticks, dynos, an API that is not official, markers of other runs.
import { describe, expect, it } from 'vitest';
import type { AppDescription } from '../../src/sandbox/index.ts';
import { type Engine, engines, START, shop } from '../helpers/engine.ts';

const engineFor = engines();
const MINUTE = 60_000;

async function stage(
  over: Partial<AppDescription>,
): Promise<{ engine: Engine; before: ReturnType<Engine['world']['settings']> }> {
  const engine = await engineFor({ apps: [shop(over)], settings: { variable: 'off' } });
  return { engine, before: engine.world.settings('shop') };
}

async function backFrom(engine: Engine, id: string): Promise<void> {
  await engine.approve(id);
  expect((await engine.ended(id)).ended?.as).toBe('restored');
}

/** The commands of the jobs that have started, in order. */
function started(engine: Engine): string[] {
  return engine.world
    .app('shop')
    .events.flatMap((event) => (event.what === 'scheduled-started' ? [event.command] : []));
}

const daily = (id: string, command = `rake job:${id}`) => ({ id, command, every: 1440, at: 180 }) as const;

describe('jobs near their tick', () => {
  it('lets a job start that is due within two minutes, pauses it then, and waits for its dyno', async () => {
    const times = { startMs: 2_000, stopMs: 0, scheduledRunMs: 90_000 };
    const { engine, before } = await stage({ times, jobs: [{ id: '8', command: 'rake hourly', every: 60, at: 35 }] });
    const { id } = await engine.start('shop');
    const waiting = await engine.run(id, (run) =>
      run.steps.quiet.some((s) => s.name === 'scheduler' && s.why !== null),
    );
    expect(waiting.steps.quiet.find((s) => s.name === 'scheduler')?.why).toMatch(
      /due at 12:35 UTC.*let start, then paused/,
    );
    expect(engine.world.job('shop', '8').command).toBe('rake hourly');
    const held = await engine.holding(id);
    expect(started(engine)).toEqual(['rake hourly']);
    expect(held.quietAt).toBeGreaterThanOrEqual(START + MINUTE + 92_000);
    await backFrom(engine, id);
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('holds nothing for proved while a dyno may still start that its tick has asked for', async () => {
    const times = { startMs: 0, stopMs: 0, scheduledRunMs: 5_000, schedulerLagMs: 40_000 };
    const { engine, before } = await stage({ times, jobs: [{ id: '8', command: 'rake hourly', every: 60, at: 35 }] });
    const { id } = await engine.start('shop');
    const held = await engine.holding(id);
    expect(started(engine)).toEqual(['rake hourly']);
    expect(held.quietAt).toBeGreaterThanOrEqual(START + MINUTE + 45_000);
    await backFrom(engine, id);
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('pauses the jobs that are not due at once, and only waits for the others', async () => {
    const { engine } = await stage({ jobs: [daily('7'), { id: '8', command: 'rake hourly', every: 60, at: 35 }] });
    const { id } = await engine.start('shop');
    await engine.run(id, (run) => run.steps.quiet.some((s) => s.name === 'scheduler' && s.why !== null));
    expect(engine.world.job('shop', '7').command).toBe(`: # maint-paused ${id} "rake job:7"`);
    expect(engine.world.job('shop', '8').command).toBe('rake hourly');
  });

  it('lets no job be killed half way', async () => {
    const formation = { web: {}, worker: { quantity: 3 }, clock: {} };
    const queue = { waiting: 40, jobMs: [2_000, 29_000, 12_000], consumers: ['worker'] };
    const { engine, before } = await stage({
      formation,
      queue,
      times: {},
      jobs: [{ id: '9', command: 'rake sync', every: 10 }],
    });
    const { id } = await engine.start('shop');
    await engine.holding(id);
    const held = engine.world.app('shop').queue;
    expect(held).toMatchObject({ killed: 0 });
    expect(held?.waiting.every(({ startedAt }) => startedAt === null)).toBe(true);
    await backFrom(engine, id);
    expect(engine.world.app('shop').queue?.killed).toBe(0);
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('allows the dyno of a paused job, which still fires and does nothing', async () => {
    const formation = { web: {}, worker: {} };
    // The workers take three minutes to stop, and so the job fires in the middle of quieting.
    const times = { startMs: 20_000, stopMs: 180_000, graceMs: 180_000, scheduledRunMs: 3_600_000 };
    const { engine, before } = await stage({ formation, times, jobs: [{ id: '9', command: 'rake sync', every: 10 }] });
    engine.clock.advance(3 * MINUTE + 30_000); // 12:37:30: the next tick is at 12:40
    const { id } = await engine.start('shop');
    const held = await engine.holding(id);
    expect(started(engine)).toEqual([`: # maint-paused ${id} "rake sync"`]);
    await engine.pass(id, 65 * MINUTE);
    expect(started(engine)).toHaveLength(7);
    expect(new Set(started(engine))).toEqual(new Set([`: # maint-paused ${id} "rake sync"`]));
    expect(held.proof?.findings.filter(({ is }) => is === 'violated')).toEqual([]);
    await backFrom(engine, id);
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('waits for the dyno of a job that was running when the maintenance began', async () => {
    const times = { startMs: 0, stopMs: 0, scheduledRunMs: 10 * MINUTE };
    const { engine } = await stage({ times, jobs: [{ id: '8', command: 'rake hourly', every: 60, at: 35 }] });
    engine.clock.advance(4 * MINUTE); // 12:38, and it has run since 12:35
    const { id } = await engine.start('shop');
    expect((await engine.holding(id)).quietAt).toBeGreaterThanOrEqual(START + 11 * MINUTE);
  });

  it('does not take the dyno of a process type called scheduler for a job', async () => {
    const formation = { web: {}, worker: {}, scheduler: { command: 'bin/scheduler' } };
    const { engine, before } = await stage({ formation, jobs: [daily('7')] });
    const { id } = await engine.start('shop');
    const held = await engine.holding(id);
    expect(held.ended).toBeNull();
    expect(held.quietAt).toBeLessThan(START + MINUTE);
    expect(engine.world.dynoCounts('shop')).toEqual({ web: 1 });
    await backFrom(engine, id);
    expect(engine.world.settings('shop')).toEqual(before);
  });
});

describe('an API that is not to be relied on', () => {
  it('is asked about by name where it refuses, and quiet is quiet except it', async () => {
    const { engine, before } = await stage({ jobs: [daily('7')], schedulerApi: 'refuses' });
    const { id } = await engine.start('shop');
    const question = await engine.asked(id, 'start');
    expect(question.about).toEqual({ is: 'start', names: ['scheduler'] });
    expect(engine.writes()).toEqual([]);
    await engine.answer(id, question, 'accept');
    const held = await engine.holding(id);
    expect(held.proof?.findings).toContainEqual(
      expect.objectContaining({ subject: 'Heroku Scheduler', is: 'not provable' }),
    );
    expect(engine.world.job('shop', '7').command).toBe('rake job:7');
    await backFrom(engine, id);
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('cancels the run where it is not accepted, and nothing was sent', async () => {
    const { engine, before } = await stage({ jobs: [daily('7')], schedulerApi: 'refuses' });
    const { id } = await engine.start('shop');
    await engine.answer(id, await engine.asked(id, 'start'), 'cancel');
    expect((await engine.ended(id)).ended?.as).toBe('cancelled');
    expect(engine.writes()).toEqual([]);
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('cancels the run where nobody answers in half an hour', async () => {
    const { engine } = await stage({ jobs: [daily('7')], schedulerApi: 'another-shape' });
    const { id } = await engine.start('shop');
    await engine.asked(id, 'start');
    const run = await engine.ended(id);
    expect(run.ended).toMatchObject({ as: 'cancelled', at: START + 30 * MINUTE });
    expect(engine.writes()).toEqual([]);
  });

  it('says that a job runs, and does not turn for it, where the Scheduler was accepted', async () => {
    const jobs = [{ id: '8', command: 'rake hourly', every: 60, at: 33 } as const];
    const times = { startMs: 0, stopMs: 0, scheduledRunMs: 20 * MINUTE };
    const { engine, before } = await stage({ jobs, times, schedulerApi: 'refuses' });
    engine.clock.advance(60 * MINUTE); // 13:34: it runs until 13:53
    const { id } = await engine.start('shop', undefined, ['scheduler']);
    const held = await engine.holding(id);
    expect(held.ended).toBeNull();
    expect(held.turned).toBeNull();
    expect(held.proof?.findings.map(({ is, says }) => `${is}: ${says}`)).toContainEqual(
      expect.stringMatching(/^not provable: .*scheduler\.\d+/),
    );
    await backFrom(engine, id);
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('turns round where the Scheduler does not keep the command as it was sent, and puts it back', async () => {
    const long = `rake import ${'x'.repeat(300)}`;
    const engine = await engineFor({
      apps: [shop({ jobs: [daily('7', long), daily('8')] })],
      through: {
        // Cut off, as a column of 255 characters would.
        after({ method, path }) {
          const job = engine.world.job('shop', '7');
          if (method === 'PATCH' && path.endsWith('/jobs/7') && job.command.startsWith(': #')) {
            job.command = job.command.slice(0, 255);
          }
          return true;
        },
      },
    });
    const before = engine.world.settings('shop');
    const { id } = await engine.start('shop');
    const run = await engine.ended(id);
    expect(run.turned?.why).toMatch(/did not keep the command of job 7/);
    expect(engine.world.settings('shop')).toEqual(before);
    expect(engine.writes().filter(({ path }) => path.endsWith('/8'))).toEqual([]);
  });

  it('asks for a person where it refuses on the way back, goes on by itself when it answers again, and opens the door last', async () => {
    const { engine, before } = await stage({ jobs: [daily('7')] });
    const { id } = await engine.start('shop');
    await engine.holding(id);
    engine.world.app('shop').schedulerApi = 'refuses';
    await engine.approve(id);
    const question = await engine.asked(id, 'stuck');
    expect(question.about).toMatchObject({ step: 'scheduler' });
    expect(engine.world.settings('shop')).toMatchObject({ maintenance: true, formation: before.formation });
    engine.world.app('shop').schedulerApi = 'works';
    expect((await engine.ended(id)).ended?.as).toBe('restored');
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it.each(['reset-after', 'status'] as const)(
    'pauses each job in the end though the batch broke half way (%s)',
    async (kind) => {
      const jobs = ['1', '2', '3', '4'].map((id) => daily(id));
      const { engine, before } = await stage({ jobs });
      engine.sandbox.faults.add({ service: 'scheduler', method: 'PATCH', path: '**/jobs/3', kind, times: 4 });
      const { id } = await engine.start('shop');
      const held = await engine.holding(id);
      expect(held.proof?.findings).toContainEqual(
        expect.objectContaining({ is: 'proved', says: expect.stringMatching(/4 of 4/) }),
      );
      engine.sandbox.faults.add({ service: 'scheduler', method: 'PATCH', path: '**/jobs/2', kind, times: 4 });
      await backFrom(engine, id);
      expect(engine.world.settings('shop')).toEqual(before);
    },
  );
});

describe('markers', () => {
  it('of another maintenance is refused with nothing sent', async () => {
    const { engine, before } = await stage({ jobs: [daily('7'), daily('8', ': # maint-paused m123 "rake x"')] });
    const { id } = await engine.start('shop');
    const run = await engine.ended(id);
    expect(run.ended).toMatchObject({
      as: 'cancelled',
      why: expect.stringMatching(/paused already, by the maintenance m123/),
    });
    expect(engine.writes()).toEqual([]);
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('that is damaged is refused with nothing sent', async () => {
    const { engine } = await stage({ jobs: [daily('8', ': # maint-paused m123 "rake x')] });
    const { id } = await engine.start('shop');
    expect((await engine.ended(id)).ended?.why).toMatch(/damaged marker/);
    expect(engine.writes()).toEqual([]);
  });

  const foreign = { another: ': # maint-paused m123 "rake x"', damaged: ': # maint-paused m123 "rake x' };

  describe.each(Object.entries(foreign))('%s, put in the place of ours while the app is held,', (_which, command) => {
    async function marked() {
      const { engine, before } = await stage({ jobs: [daily('7'), daily('8')] });
      const { id } = await engine.start('shop');
      await engine.holding(id);
      engine.world.job('shop', '8').command = command;
      return { engine, before, id };
    }

    it('is told by the next patrol, and made quiet again', async () => {
      const { engine, before, id } = await marked();
      const question = await engine.asked(id, 'violation');
      expect(question.about).toMatchObject({ step: 'scheduler', key: '8' });
      await engine.answer(id, question, 'quiet-again');
      await engine.pass(id, 5 * MINUTE);
      expect(engine.world.job('shop', '8').command).toBe(`: # maint-paused ${id} "rake job:8"`);
      await backFrom(engine, id);
      expect(engine.world.settings('shop')).toEqual(before);
    });

    it.each(['restore', 'keep'] as const)('is one drifted job on the way back: %s', async (given) => {
      const { engine, before, id } = await marked();
      await engine.approve(id);
      const question = await engine.asked(id, 'drift');
      if (question.about.is !== 'drift') throw new Error('Expected a question about drift');
      const { shows } = question.about;
      expect(question.about).toMatchObject({ step: 'scheduler', key: '8', now: command });
      expect(new Set(Object.values(shows)).size).toBe(3);
      await engine.pass(id, MINUTE);
      const meanwhile = engine.world.settings('shop');
      expect(meanwhile.formation).toEqual(before.formation);
      expect(meanwhile.maintenance).toBe(true);
      expect(engine.world.job('shop', '7').command).toBe('rake job:7');
      expect((await engine.the(id)).questions.filter(({ about }) => about.is === 'stuck')).toEqual([]);
      await engine.answer(id, question, given);
      expect((await engine.ended(id)).ended?.as).toBe('restored');
      expect(engine.world.job('shop', '8').command).toBe(given === 'keep' ? command : 'rake job:8');
      expect({ ...engine.world.settings('shop'), jobs: [] }).toEqual({ ...before, jobs: [] });
    });
  });

  it('of another maintenance that comes after the plan is not carried inside ours: the run turns', async () => {
    const { engine, before } = await stage({
      jobs: [daily('7'), daily('8')],
      addons: [{ service: 'scheduler' }, { service: 'judoscale' }],
    });
    const { id } = await engine.start('shop');
    const question = await engine.asked(id, 'start');
    engine.world.job('shop', '8').command = foreign.another;
    await engine.answer(id, question, 'accept');
    const run = await engine.ended(id);
    expect(run.turned?.why).toMatch(/job 8 .* is paused already, by the maintenance m123/);
    expect(run.ended?.as).toBe('restored');
    expect(engine.writes().filter(({ path }) => path.includes('/jobs/'))).toEqual([]);
    expect(engine.world.job('shop', '8').command).toBe(foreign.another);
    expect({ ...engine.world.settings('shop'), jobs: [] }).toEqual({ ...before, jobs: [] });
  });
});

describe('a job that is made while the app is held, with a marker of another maintenance,', () => {
  it('is asked about, never carried inside ours, and left as it is where it is accepted', async () => {
    const { engine, before } = await stage({ jobs: [daily('7')] });
    const { id } = await engine.start('shop');
    await engine.holding(id);
    const made = daily('8', ': # maint-paused m123 "rake x"');
    engine.world.addJob('shop', made);
    const question = await engine.asked(id, 'violation');
    await engine.answer(id, question, 'quiet-again');
    const again = await engine.asked(id, 'violation');
    expect(again.id).not.toBe(question.id);
    expect(engine.world.job('shop', '8').command).toBe(made.command);
    await engine.answer(id, again, 'accept');
    await backFrom(engine, id);
    expect(engine.world.job('shop', '8').command).toBe(made.command);
    engine.world.removeJob('shop', '8');
    expect(engine.world.settings('shop')).toEqual(before);
  });
});

describe('a job that is deleted the moment before it is put back', () => {
  it.each(['7', '8'])('is gone, whichever it is (%s): nobody is asked, and the others are back', async (key) => {
    let armed = false;
    const engine = await engineFor({
      apps: [shop({ jobs: [daily('7'), daily('8'), daily('9')] })],
      settings: { variable: 'off' },
      through: {
        before({ method, path }) {
          if (!armed || method !== 'PATCH' || !path.endsWith(`/jobs/${key}`)) return;
          armed = false;
          engine.world.removeJob('shop', key);
        },
      },
    });
    const { id } = await engine.start('shop');
    await engine.holding(id);
    armed = true;
    await engine.approve(id);
    const run = await engine.ended(id);
    expect(run.ended?.as).toBe('restored');
    expect(run.items.find((item) => item.key === key)?.settled).toMatchObject({ as: 'gone' });
    expect(run.questions.map(({ about }) => about.is)).toEqual(['resume']);
    const left = ['7', '8', '9'].filter((one) => one !== key);
    expect(engine.world.settings('shop').jobs.map(({ command }) => command)).toEqual(
      left.map((one) => `rake job:${one}`),
    );
  });
});
