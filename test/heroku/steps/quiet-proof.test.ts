import { describe, expect, it } from 'vitest';
import { START } from '../../helpers/engine.ts';
import { named, observing, quiet, says } from './observing.ts';
import { RUN, type Stage, stages } from './stage.ts';

const stageFor = stages();

/** A dyno of that type starts and ends, and no sample sees it. */
async function betweenSamples(
  { clock, world }: Stage,
  proof: ReturnType<typeof observing>,
  type: string,
): Promise<void> {
  await proof.settle();
  clock.advance(5_000);
  world.scale('shop', type, 1);
  clock.advance(1_000);
  world.scale('shop', type, 0);
  clock.advance(9_000);
}

describe('the proof', () => {
  it('observes for half a minute, in three samples, and says so meanwhile', async () => {
    const stage = await stageFor(quiet());
    const proof = observing(stage);
    const first = await proof.settle();
    expect(first).toMatchObject({ is: 'waiting', why: 'observed 0 of 30 s, 1 sample: 2 dynos', look: 15_000 });
    stage.clock.advance(15_000);
    expect(await proof.settle()).toMatchObject({ why: 'observed 15 of 30 s, 2 samples: 2 dynos', look: 15_000 });
    stage.clock.advance(15_000);
    const verdict = await proof.settle();
    const findings = verdict.is === 'done' ? (verdict.findings ?? []) : [];
    expect(named(findings)).toEqual([
      'Maintenance mode: proved',
      'Dynos: proved',
      'Dyno starts: proved',
      'Web: not provable',
    ]);
    expect(findings.find(({ subject }) => subject === 'Dynos')).toMatchObject({ from: START, at: START + 30_000 });
    expect(says(findings)).toContain('2 web dynos keep running');
  });

  it('costs few calls', async () => {
    const stage = await stageFor(
      quiet({ jobs: [{ id: '9', command: `: # maint-paused ${RUN} "x"`, every: 1440, at: 0 }] }),
    );
    await observing(stage).proved();
    const calls = stage.sandbox.requests
      .list()
      .map(({ method, path }) => `${method} ${path.replace(/[0-9a-f-]{36}/, '*')}`);
    const times = (call: string) => calls.filter((one) => one === call).length;
    expect({ dynos: times('GET /apps/*/dynos'), formation: times('GET /apps/*/formation') }).toEqual({
      dynos: 3,
      formation: 3,
    });
    expect({
      app: times('GET /apps/*'),
      jobs: times('GET /apps/*/jobs'),
      log: times('POST /apps/*/log-sessions'),
    }).toEqual({
      app: 2,
      jobs: 3,
      log: 1,
    });
  });

  it('takes one look where the settings want no more, as runs of an older version do', async () => {
    const stage = await stageFor(quiet(), { observe: { for: 0, samples: 1 } });
    expect((await observing(stage).settle()).is).toBe('done');
  });

  it('leaves nothing connected behind', async () => {
    const stage = await stageFor(quiet());
    const proof = observing(stage);
    await proof.settle();
    expect(stage.world.logs.streams).toBe(1);
    await proof.proved();
    await expect.poll(() => stage.world.logs.streams, { interval: 5 }).toBe(0);
  });

  it('has nothing that is not provable where not even web runs', async () => {
    const findings = await observing(await stageFor(quiet({ formation: { web: { quantity: 0 } } }))).proved();
    expect(new Set(findings.map(({ is }) => is))).toEqual(new Set(['proved']));
  });

  it('sees a dyno that started and ended between two samples, in the log', async () => {
    const stage = await stageFor(quiet());
    const proof = observing(stage);
    await betweenSamples(stage, proof, 'worker');
    await expect
      .poll(async () => JSON.stringify(await proof.settle()), { interval: 5 })
      .toMatch(/not quiet: Dyno starts: started, by the log: worker\.1 at/);
    expect(stage.world.dynoCounts('shop')).toEqual({ web: 2 });
    // It has ended, and the next observation has nothing of it.
    expect(named(await proof.proved())).toContain('Dyno starts: proved');
  });

  it.each([
    {
      what: 'maintenance mode that is off',
      happens: ({ world }: Stage) => world.setMaintenance('shop', false),
      why: /maintenance mode is off/,
    },
    {
      what: 'a worker that runs',
      happens: ({ world }: Stage) => world.scale('shop', 'worker', 1),
      why: /still running: worker\.1; Formation: scaled up again: worker/,
    },
    {
      what: 'a job that is not paused',
      happens: ({ world }: Stage) => void world.addJob('shop', { id: '9', command: 'rake x', every: 1440, at: 0 }),
      why: /not paused: job 9/,
    },
    {
      what: 'a dyno that runs a job',
      happens: ({ world, clock }: Stage) => {
        world.addJob('shop', { id: '9', command: 'rake x', every: 60, at: 35 });
        clock.advance(60_000);
        world.job('shop', '9').command = `: # maint-paused ${RUN} "rake x"`;
      },
      why: /still running: scheduler\.\d+/,
    },
  ])('looks again for two minutes because of $what, and then asks', async ({ happens, why }) => {
    const stage = await stageFor(quiet({ jobs: [], times: { startMs: 0, stopMs: 0, scheduledRunMs: 3_600_000 } }));
    happens(stage);
    const proof = observing(stage);
    expect(await proof.settle()).toMatchObject({ is: 'waiting', why: expect.stringMatching(why) });
    const began = stage.clock.now();
    const { ask } = await proof.asked();
    expect(stage.clock.now() - began).toBeGreaterThanOrEqual(120_000);
    expect(stage.clock.now() - began).toBeLessThan(130_000);
    expect(ask).toMatchObject({
      key: 'violated',
      says: expect.stringMatching(why),
      answers: ['look-again', 'accept', 'turn-back'],
    });
  });

  it('calls web a violation where it is to be at zero as well, though it ran between two samples only', async () => {
    const none = { formation: { web: { quantity: 0 } } };
    const stage = await stageFor(quiet(none), { web: 'zero' });
    stage.world.scale('shop', 'web', 1);
    const { ask } = await observing(stage).asked();
    expect(ask.says).toMatch(/Dynos: still running: web\.1; Formation: scaled up again: web/);

    const other = await stageFor(quiet(none), { web: 'zero' });
    const proof = observing(other);
    await betweenSamples(other, proof, 'web');
    await expect
      .poll(async () => JSON.stringify(await proof.settle()), { interval: 5 })
      .toMatch(/not quiet: Dyno starts: started, by the log: web\.1 at/);
  });

  it('says that a deploy in the middle may write', async () => {
    const formation = { web: {}, release: { command: 'rake db:migrate' } };
    const stage = await stageFor(quiet({ formation, times: { startMs: 0, buildMs: 0, releasePhaseMs: 20_000 } }));
    const findings = await observing(stage).proved((looks) => {
      if (looks === 1) stage.world.deploy('shop');
    });
    expect(says(findings)).toMatch(/release\.\d+ may write/);
  });

  it('overlooks no worker behind any number of one-offs', async () => {
    const stage = await stageFor(quiet({ times: { startMs: 0, stopMs: 0, oneOffMs: 3_600_000 } }));
    for (let i = 0; i < 101; i += 1) stage.world.runOneOff('shop', 'rake x');
    stage.world.scale('shop', 'worker', 1);
    const { ask } = await observing(stage).asked();
    expect(ask.says).toMatch(/Dynos: still running: worker\.1;/);
  });

  it('writes the same down each time that it looks again', async () => {
    const stage = await stageFor(quiet());
    stage.world.scale('shop', 'worker', 1);
    const proof = observing(stage);
    await proof.settle();
    const memo = proof.memo();
    stage.clock.advance(1_000);
    await proof.settle();
    expect(proof.memo()).toBe(memo);
  });

  it('does not make a log session with each look while it waits for a dyno to go', async () => {
    const stage = await stageFor(quiet());
    stage.world.scale('shop', 'worker', 1);
    await observing(stage).asked();
    expect(stage.sandbox.requests.list({ method: 'POST' })).toHaveLength(1);
  });

  it('waits for a dyno on its way out, and begins the observation when it has gone', async () => {
    const stage = await stageFor(quiet());
    stage.world.scale('shop', 'worker', 1);
    const findings = await observing(stage).proved((looks) => {
      if (looks === 10) stage.world.scale('shop', 'worker', 0);
    });
    const dynos = findings.find(({ subject }) => subject === 'Dynos');
    expect(dynos?.is).toBe('proved');
    expect((dynos?.at ?? 0) - (dynos?.from ?? 0)).toBe(30_000);
    expect(dynos?.from).toBeGreaterThan(START + 5_000);
  });

  it('reads the jobs back, and allows the dyno of a paused one', async () => {
    const job = { id: '9', command: `: # maint-paused ${RUN} "rake x"`, every: 60, at: 35 } as const;
    const stage = await stageFor(quiet({ jobs: [job], times: { startMs: 60_000 } }));
    stage.clock.advance(50_000);
    const findings = await observing(stage).proved();
    expect(named(findings)).toContain('Heroku Scheduler: proved');
    expect(named(findings)).toContain('Dyno starts: proved');
    expect(says(findings)).toContain('1 of 1 jobs carry the marker of this maintenance');
    expect(says(findings)).toContain('1 dyno of paused jobs');
  });

  it('goes on until a minute after a tick that was just before it: its dyno may still start', async () => {
    const job = { id: '9', command: `: # maint-paused ${RUN} "rake x"`, every: 60, at: 35 } as const;
    const stage = await stageFor(quiet({ jobs: [job] }));
    stage.clock.advance(65_000);
    const findings = await observing(stage).proved();
    const scheduler = findings.find(({ subject }) => subject === 'Heroku Scheduler');
    expect(scheduler).toMatchObject({ is: 'proved', at: START + 120_000 });
  });

  it('calls a Scheduler that cannot be read at all not provable, and its dynos too, as it was accepted', async () => {
    const job = { id: '9', command: 'rake x', every: 60, at: 35 } as const;
    const times = { startMs: 0, stopMs: 0, scheduledRunMs: 3_600_000 };
    const stage = await stageFor(quiet({ jobs: [job], schedulerApi: 'refuses', times }));
    stage.clock.advance(61_000);
    const findings = await observing(stage).proved();
    expect(named(findings).filter((finding) => finding === 'Heroku Scheduler: not provable')).toHaveLength(2);
    expect(says(findings)).toMatch(/jobs are running: scheduler\.\d+/);
  });

  it('says which one-offs may write', async () => {
    const stage = await stageFor(quiet({ times: { startMs: 0, stopMs: 0, oneOffMs: 3_600_000 } }));
    stage.world.runOneOff('shop', 'rails console');
    const findings = await observing(stage).proved();
    expect(named(findings)).toContain('One-off dynos: not provable');
    expect(says(findings)).toMatch(/run\.\d+ may write/);
  });

  it('looks for itself, whatever was read in this turn before', async () => {
    const stage = await stageFor(quiet());
    const cx = stage.cx();
    await stage.hold('workers').look(cx);
    stage.world.scale('shop', 'worker', 1);
    const proof = stage.steps.quiet.find(({ name }) => name === 'proof');
    const verdict = proof?.kind === 'wait' ? await proof.settle(cx, 'quiet', null) : null;
    expect(verdict).toMatchObject({ is: 'waiting', why: expect.stringMatching(/still running: worker\.1/) });
  });
});

describe('the observation', () => {
  it('begins anew in another process', async () => {
    const stage = await stageFor(quiet());
    const proof = observing(stage);
    await proof.settle();
    stage.clock.advance(15_000);
    await proof.settle();
    proof.restart();
    stage.clock.advance(15_000);
    expect(await proof.settle()).toMatchObject({ is: 'waiting', why: 'observed 0 of 30 s, 1 sample: 2 dynos' });
    const findings = await proof.proved();
    expect(findings.find(({ subject }) => subject === 'Dynos')?.from).toBe(START + 30_000);
  });

  it('begins anew after a gap in which nobody looked', async () => {
    const stage = await stageFor(quiet());
    const proof = observing(stage);
    await proof.settle();
    stage.clock.advance(10 * 60_000);
    expect(await proof.settle()).toMatchObject({ why: 'observed 0 of 30 s, 1 sample: 2 dynos' });
  });

  it('ends all the same where every sample comes late', async () => {
    const stage = await stageFor(quiet());
    const findings = await observing(stage).proved(() => stage.clock.advance(10 * 60_000));
    expect(named(findings)).toContain('Dynos: proved');
  });

  it('begins anew when it is proved once more', async () => {
    const stage = await stageFor(quiet());
    const proof = observing(stage);
    await proof.proved();
    stage.clock.advance(1_000);
    proof.again();
    expect(await proof.settle()).toMatchObject({ is: 'waiting', why: 'observed 0 of 30 s, 1 sample: 2 dynos' });
  });

  it('is not hurried by who wakes the run meanwhile', async () => {
    const stage = await stageFor(quiet());
    const proof = observing(stage);
    await proof.settle();
    stage.clock.advance(2_000);
    expect(await proof.settle()).toMatchObject({
      is: 'waiting',
      why: 'observed 0 of 30 s, 1 sample: 2 dynos',
      look: 13_000,
    });
  });

  it('is not over before its time, although there are as many samples as the settings say', async () => {
    const stage = await stageFor(quiet());
    const proof = observing(stage);
    for (const ms of [8_000, 8_000]) {
      await proof.settle();
      stage.clock.advance(ms);
    }
    expect(await proof.settle()).toMatchObject({ is: 'waiting', why: 'observed 16 of 30 s, 3 samples: 2 dynos' });
  });

  it('is not over with fewer samples than the settings say, although its time is', async () => {
    const stage = await stageFor(quiet());
    const proof = observing(stage);
    await proof.settle();
    stage.clock.advance(40_000);
    expect(await proof.settle()).toMatchObject({ is: 'waiting', why: 'observed 40 of 30 s, 2 samples: 2 dynos' });
    stage.clock.advance(15_000);
    expect((await proof.settle()).is).toBe('done');
  });

  it('keeps no secret in what it stores', async () => {
    const stage = await stageFor(
      quiet({ jobs: [{ id: '9', command: `: # maint-paused ${RUN} "rake s3cret"`, every: 1440, at: 0 }] }),
    );
    stage.world.runOneOff('shop', 'psql postgres://s3cret', 3_600_000);
    const proof = observing(stage);
    await proof.settle();
    expect(proof.memo()).not.toMatch(/s3cret|logplex/);
  });
});

describe('a proof that found something', () => {
  const violated = async (settings = {}) => {
    const stage = await stageFor(quiet(), settings);
    stage.world.scale('shop', 'worker', 1);
    const proof = observing(stage);
    return { stage, proof, asking: await proof.asked() };
  };

  it('keeps asking the same, and writes nothing down each time', async () => {
    const { stage, proof, asking } = await violated();
    const memo = proof.memo();
    stage.clock.advance(30_000);
    expect(await proof.settle()).toMatchObject({ is: 'ask', ask: asking.ask });
    expect(proof.memo()).toBe(memo);
  });

  it('finds by itself that it has become quiet', async () => {
    const { stage, proof } = await violated();
    stage.world.scale('shop', 'worker', 0);
    const verdict = await proof.until(({ is }) => is !== 'ask');
    expect(verdict).toMatchObject({ is: 'done' });
    expect(verdict.is === 'done' && verdict.findings?.filter(({ is }) => is === 'violated')).toEqual([]);
  });

  it('looks less and less often while nobody answers', async () => {
    const { stage, proof } = await violated();
    const looked: number[] = [];
    await proof.until(
      () => looked.length === 8,
      () => void looked.push(stage.clock.now()),
    );
    expect(stage.clock.now() - (looked[0] ?? 0)).toBeGreaterThan(45 * 60_000);
  });

  it('goes on when a person accepts it, by name, and says what was accepted', async () => {
    const { stage, proof, asking } = await violated();
    stage.clock.advance(20_000);
    proof.answer(asking, 'accept');
    const findings = await proof.proved();
    expect(findings.find(({ subject }) => subject === 'Dynos')).toMatchObject({
      is: 'violated',
      says: 'still running: worker.1; accepted by Grace',
      accepted: { by: { name: 'Grace' }, at: stage.clock.now() },
    });
    expect(findings.filter(({ is, accepted }) => is === 'proved' && accepted !== undefined)).toEqual([]);
  });

  it('asks again where something else is violated by then', async () => {
    const { stage, proof, asking } = await violated();
    stage.world.scale('shop', 'worker', 2);
    proof.answer(asking, 'accept');
    const anew = await proof.settle();
    expect(anew).toMatchObject({ is: 'ask', ask: { says: expect.stringContaining('worker.1, worker.2') } });
    if (anew.is === 'ask') proof.answer(anew, 'accept');
    expect(says(await proof.proved())).toContain('worker.1, worker.2; accepted by Grace');
  });

  it('takes no acceptance of what it did not ask', async () => {
    const { proof, asking } = await violated();
    proof.answer({ ...asking, ask: { ...asking.ask, says: 'shop is not quiet: something else' } }, 'accept');
    expect((await proof.settle()).is).toBe('ask');
  });

  it('is accepted in another process too', async () => {
    const { proof, asking } = await violated();
    proof.restart();
    proof.answer(asking, 'accept');
    expect(says(await proof.proved())).toContain('accepted by Grace');
  });

  it('keeps asking in another process', async () => {
    const { proof, asking } = await violated();
    proof.restart();
    expect(await proof.settle()).toMatchObject({ is: 'ask', ask: asking.ask });
  });

  it('observes at once when a person wants it looked at again', async () => {
    const { stage, proof, asking } = await violated();
    stage.world.scale('shop', 'worker', 0);
    proof.answer(asking, 'look-again');
    expect(await proof.settle()).toMatchObject({ is: 'waiting', why: 'observed 0 of 30 s, 1 sample: 2 dynos' });
    expect(named(await proof.proved())).toContain('Dynos: proved');
  });

  it('is not remembered by the next proof of the same run', async () => {
    const { stage, proof, asking } = await violated();
    proof.answer(asking, 'accept');
    await proof.proved();
    stage.clock.advance(60_000);
    stage.world.scale('shop', 'worker', 0);
    proof.again();
    expect((await proof.settle()).is).toBe('waiting');
    expect(named(await proof.proved())).toContain('Dynos: proved');
  });
});

describe('an app that is held already', () => {
  it('is not turned back by an answer: an approval does that', async () => {
    const stage = await stageFor(quiet());
    stage.world.scale('shop', 'worker', 1);
    const { ask } = await observing(stage, {}, true).asked();
    expect(ask.answers).toEqual(['look-again', 'accept']);
  });
});

describe('what the settings demand', () => {
  it('is asked about where it is not proved', async () => {
    const stage = await stageFor(quiet(), { demands: ['web'] });
    const { ask } = await observing(stage).asked();
    expect(ask.details).toEqual([expect.stringMatching(/^Web, not provable: 2 web dynos keep running/)]);
  });

  it('goes through where it is proved', async () => {
    const stage = await stageFor(quiet(), { demands: ['Dynos', 'dyno starts'] });
    expect(named(await observing(stage).proved())).toContain('Dyno starts: proved');
  });

  it('is asked about where nothing of that name was looked at', async () => {
    const stage = await stageFor(quiet(), { demands: ['Sidekiq'] });
    const { ask } = await observing(stage).asked();
    expect(ask.says).toContain('Sidekiq: the settings demand that it is proved');
  });
});
