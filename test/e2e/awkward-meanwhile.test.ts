// What others do to the app in the middle of a maintenance: deploys, renames, scaling, work in the Scheduler's dashboard.
import { describe, expect, it } from 'vitest';
import type { Person } from '../../src/model/person.ts';
import type { Run } from '../../src/model/run.ts';
import type { AppDescription } from '../../src/sandbox/index.ts';
import { ada, type Engine, engines, grace, shop } from '../helpers/engine.ts';

const engineFor = engines();
const jobs: AppDescription['jobs'] = [
  { id: '7', command: 'rake nightly', every: 1440, at: 180 },
  { id: '8', command: 'rake hourly', every: 60, at: 5 },
];

type Before = ReturnType<Engine['world']['settings']>;

async function holding(app: AppDescription, settings = {}): Promise<{ engine: Engine; id: string; before: Before }> {
  const engine = await engineFor({ apps: [app], settings: { variable: 'off', ...settings } });
  const before = engine.world.settings('shop');
  const { id } = await engine.start('shop');
  expect((await engine.holding(id)).ended).toBeNull();
  return { engine, id, before };
}

async function back(engine: Engine, id: string): Promise<Run> {
  await engine.approve(id);
  const run = await engine.ended(id);
  expect(run.ended?.as).toBe('restored');
  return run;
}

/** Who decided what about an item, as the receipt has it. */
function settled(run: Run, key: string): [string | undefined, Person | null | undefined] {
  const item = run.items.find((one) => one.key === key);
  return [item?.settled?.as, item?.settled?.by];
}

describe('Scheduler jobs', () => {
  it('gives back a command that somebody had paused by hand just as it was', async () => {
    const paused = [{ id: '7', command: ': # rake nightly', every: 1440, at: 180 } as const];
    const { engine, id, before } = await holding(shop({ jobs: paused }));
    await back(engine, id);
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('asks about a job that somebody changed, and restores it if told so', async () => {
    const { engine, id, before } = await holding(shop({ jobs }));
    engine.world.job('shop', '7').command = 'rake nightly --all';
    await engine.approve(id);
    const question = await engine.asked(id, 'drift');
    expect(question.about).toMatchObject({ step: 'scheduler', key: '7' });
    await engine.answer(id, question, 'restore');
    expect((await engine.ended(id)).ended?.as).toBe('restored');
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('keeps what somebody made of a job if told so, and says by whose decision', async () => {
    const { engine, id, before } = await holding(shop({ jobs }));
    engine.world.job('shop', '7').command = 'rake nightly --all';
    await engine.approve(id, ada);
    await engine.answer(id, await engine.asked(id, 'drift'), 'keep', grace);
    const run = await engine.ended(id);
    expect(settled(run, '7')).toEqual(['kept', grace]);
    const [nightly, hourly] = before.jobs;
    expect(engine.world.settings('shop')).toEqual({
      ...before,
      jobs: [{ ...nightly, command: 'rake nightly --all' }, hourly],
    });
  });

  it('keeps the door shut while a question about a job is open, and puts everything else back', async () => {
    const { engine, id, before } = await holding(shop({ jobs }));
    engine.world.job('shop', '7').command = 'rake nightly --all';
    await engine.approve(id);
    const question = await engine.asked(id, 'drift');
    await engine.pass(id, 3_600_000);
    expect(engine.world.settings('shop')).toMatchObject({ maintenance: true, formation: before.formation });
    expect(engine.world.job('shop', '8').command).toBe('rake hourly');
    await engine.answer(id, question, 'restore');
    await engine.ended(id);
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('accepts that a job was deleted, and says so in the receipt', async () => {
    const { engine, id, before } = await holding(shop({ jobs }));
    engine.world.removeJob('shop', '8');
    const run = await back(engine, id);
    expect(settled(run, '8')).toEqual(['gone', null]);
    expect(engine.world.settings('shop')).toEqual({ ...before, jobs: before.jobs.slice(0, 1) });
  });

  it('leaves a job alone that was added meanwhile', async () => {
    const { engine, id, before } = await holding(shop({ jobs }));
    const {
      id: added,
      command,
      every,
      at,
      size,
    } = engine.world.addJob('shop', { command: 'rake new', every: 60, at: 50 });
    await back(engine, id);
    expect(engine.world.settings('shop')).toEqual({
      ...before,
      jobs: [...before.jobs, { id: added, command, every, at, size }],
    });
  });
});

describe('the formation', () => {
  it('asks about a worker that somebody scaled up while it was held', async () => {
    const { engine, id, before } = await holding(shop());
    engine.world.scale('shop', 'worker', 1);
    await engine.approve(id);
    const question = await engine.asked(id, 'drift');
    expect(question.about).toMatchObject({ shows: { before: '2', sent: '0', now: '1' } });
    await engine.answer(id, question, 'restore');
    await engine.ended(id);
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('asks anew where the value has changed again since it was asked about', async () => {
    const { engine, id, before } = await holding(shop());
    engine.world.scale('shop', 'worker', 1);
    await engine.approve(id);
    const first = await engine.asked(id, 'drift');
    engine.world.scale('shop', 'worker', 5);
    await engine.answer(id, first, 'keep');
    const second = await engine.asked(id, 'drift');
    expect(second.about).toMatchObject({ shows: { now: '5' } });
    await engine.answer(id, second, 'keep');
    const run = await engine.ended(id);
    expect(settled(run, 'worker')).toEqual(['kept', grace]);
    const worker = { quantity: 5, size: 'Performance-M' };
    expect(engine.world.settings('shop')).toEqual({ ...before, formation: { ...before.formation, worker } });
  });

  it('puts back what a person had put back already without writing it again', async () => {
    const { engine, id, before } = await holding(shop());
    engine.world.scale('shop', 'worker', 2);
    engine.sandbox.requests.clear();
    await back(engine, id);
    expect(engine.writes().filter(({ path }) => path.endsWith('/formation'))).toEqual([]);
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('asks about a worker that somebody stops while it is being started again', async () => {
    const formation = { web: {}, worker: { quantity: 3 } };
    const slow = shop({ formation, times: { startMs: 60_000, stopMs: 0 } });
    const { engine, id, before } = await holding(slow, { drainCap: 60_000 });
    await engine.approve(id);
    await engine.run(id, (run) => run.items.some(({ key, settled: as }) => key === 'worker' && as?.as === 'before'));
    // One would be as maint itself has set it on the way.
    engine.world.scale('shop', 'worker', 2);
    // It waits for the third dyno until its cap, and asks then; trying again finds what has happened.
    await engine.answer(id, await engine.asked(id, 'stuck'), 'try-again');
    await engine.answer(id, await engine.asked(id, 'drift'), 'restore');
    await engine.ended(id);
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('accepts that a deploy took a process type away while it was held', async () => {
    const formation = { web: {}, worker: { quantity: 2 }, old: { quantity: 1 } };
    const { engine, id, before } = await holding(shop({ formation, times: { startMs: 0, stopMs: 0, buildMs: 0 } }));
    engine.world.deploy('shop', { processTypes: { web: 'bin/web', worker: 'bin/worker' } });
    const run = await back(engine, id);
    expect(settled(run, 'old')).toEqual(['gone', null]);
    const { old: _, ...left } = before.formation;
    expect(engine.world.settings('shop')).toEqual({ ...before, formation: left });
  });

  it('leaves a process type alone that a deploy added while it was held', async () => {
    const { engine, id, before } = await holding(shop({ times: { startMs: 0, stopMs: 0, buildMs: 0 } }));
    engine.world.deploy('shop', { processTypes: { web: 'bin/web', worker: 'bin/worker', fresh: 'bin/fresh' } });
    await back(engine, id);
    const fresh = { quantity: 0, size: 'Standard-2X' };
    expect(engine.world.settings('shop')).toEqual({ ...before, formation: { ...before.formation, fresh } });
  });

  it('holds a process type still that a deploy added between the plan and the workers', async () => {
    const { engine, before } = await meanwhile((world) => {
      world.deploy('shop', {
        processTypes: { web: 'bin/web', clock: 'bin/clock', worker: 'bin/worker', fresh: 'bin/fresh' },
      });
      world.scale('shop', 'fresh', 3);
    });
    const fresh = { quantity: 3, size: 'Standard-1X' };
    expect(engine.world.settings('shop')).toEqual({ ...before, formation: { ...before.formation, fresh } });
    expect(engine.writes().filter(({ path }) => path.endsWith('/formation'))[1]?.body).toEqual({
      updates: expect.arrayContaining([{ type: 'fresh', quantity: 0 }]),
    });
  });

  it('takes the quantity that a worker had just before it was stopped, not that of the plan', async () => {
    const { engine, before } = await meanwhile((world) => world.scale('shop', 'worker', 7));
    const worker = { quantity: 7, size: 'Standard-1X' };
    expect(engine.world.settings('shop')).toEqual({ ...before, formation: { ...before.formation, worker } });
  });

  it('forgets a process type that a deploy took away between the plan and the workers', async () => {
    const { engine, before } = await meanwhile((world) =>
      world.deploy('shop', { processTypes: { web: 'bin/web', clock: 'bin/clock' } }),
    );
    const { worker: _, ...left } = before.formation;
    expect(engine.world.settings('shop')).toEqual({ ...before, formation: left });
  });
});

describe('the app', () => {
  it('may be renamed while it is being quieted', async () => {
    const { engine, before, id } = await meanwhile((world) => world.rename('shop', 'store'), 'store');
    expect(engine.world.settings('store')).toEqual(before);
    expect((await engine.the(id)).app.name).toBe('store');
  });

  it('may be renamed while it holds', async () => {
    const { engine, id, before } = await holding(shop({ jobs }));
    engine.world.rename('shop', 'store');
    const run = await back(engine, id);
    expect(run.app.name).toBe('store');
    expect(engine.world.settings('store')).toEqual(before);
  });

  it('may be let in by somebody else before the approval: then the door is not touched', async () => {
    const { engine, id, before } = await holding(shop());
    engine.world.setMaintenance('shop', false);
    engine.sandbox.requests.clear();
    await back(engine, id);
    // One worker, and then both.
    expect(engine.writes().map(({ path }) => path.split('/').at(-1))).toEqual(['formation', 'formation']);
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('asks about a config var that somebody set to something else', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const before = engine.world.settings('shop');
    const { id } = await engine.start('shop');
    await engine.holding(id);
    engine.world.setConfig('shop', { MAINTENANCE: 'until noon' });
    await engine.approve(id);
    const question = await engine.asked(id, 'drift');
    expect(question.about).toMatchObject({ shows: { before: 'absent', sent: '"true"', now: '"until noon"' } });
    await engine.answer(id, question, 'restore');
    await engine.ended(id);
    expect(engine.world.settings('shop')).toEqual(before);
  });
});

describe('an approval', () => {
  it('is asked for anew where something changed between its list and its answer', async () => {
    const { engine, id, before } = await holding(shop());
    const question = await engine.resume(id);
    engine.world.scale('shop', 'worker', 1);
    await engine.answer(id, question, 'approve');
    const anew = await engine.asked(id, 'resume');
    expect(anew.shown?.rows).toContainEqual(
      expect.objectContaining({ key: 'worker', now: '1', after: 'will be asked' }),
    );
    expect((await engine.the(id)).way).toBe('quiet');
    engine.world.scale('shop', 'worker', 0);
    await engine.answer(id, anew, 'approve');
    await engine.answer(id, await engine.asked(id, 'resume'), 'approve');
    expect((await engine.ended(id)).ended?.as).toBe('restored');
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('of another list is refused, and turns nothing', async () => {
    const { engine, id } = await holding(shop());
    const question = await engine.resume(id);
    const old = { run: id, question: question.id, answer: 'approve', hash: 'of yesterday' } as const;
    expect(await engine.commands.answer(grace, old)).toMatchObject({ is: 'refused' });
    expect((await engine.pass(id, 60_000)).way).toBe('quiet');
  });
});

/** A whole maintenance in which something happens while the clock process is still stopping, before the workers' turn. */
async function meanwhile(
  happens: (world: Engine['world']) => void,
  name = 'shop',
): Promise<{ engine: Engine; id: string; before: Before }> {
  const formation = { web: {}, clock: {}, worker: { quantity: 2 } };
  const app = shop({ formation, times: { startMs: 0, stopMs: 5_000, buildMs: 0 } });
  const engine = await engineFor({ apps: [app], settings: { variable: 'off' } });
  const before = engine.world.settings('shop');
  const { id } = await engine.start('shop');
  await engine.run(id, (run) => run.steps.quiet.some((step) => step.name === 'clocks' && step.state === 'moving'));
  happens(engine.world);
  expect((await engine.holding(id)).ended).toBeNull();
  expect(engine.world.settings(name).maintenance).toBe(true);
  await back(engine, id);
  return { engine, id, before };
}

describe('a process type that is taken away while its dynos start', () => {
  it('is gone, and is not waited for until the cap', async () => {
    const { engine, id } = await holding(
      shop({ formation: { web: {}, worker: { quantity: 2 } }, times: { startMs: 60_000, stopMs: 0 } }),
    );
    await engine.answer(id, await engine.resume(id), 'approve');
    await engine.run(id, (run) => run.steps.back.some(({ name, state }) => name === 'workers' && state === 'moving'));
    engine.world.deploy('shop', { processTypes: { web: 'run web' } });
    const run = await engine.ended(id);
    expect(run.ended?.as).toBe('restored');
    expect(settled(run, 'worker')[0]).toBe('gone');
    expect(run.questions.filter(({ about }) => about.is === 'stuck')).toEqual([]);
  });
});
