import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/model/proof.ts';
import type { AppDescription } from '../../../src/sandbox/index.ts';
import { START, shop } from '../../helpers/engine.ts';
import { RUN, type Stage, stages } from './stage.ts';

const stageFor = stages();

/** Quiet in every respect, but for what `over` says. */
const quiet = (over: Partial<AppDescription> = {}): AppDescription =>
  shop({ maintenance: true, formation: { web: { quantity: 2 }, worker: { quantity: 0 } }, ...over });

async function prove(stage: Stage, waited = 0) {
  const proof = stage.steps.quiet.find(({ name }) => name === 'proof');
  if (proof?.kind !== 'wait') throw new Error('Expected the proof to be a wait');
  const verdict = await proof.settle(stage.cx(stage.clock.now() - waited), 'quiet', null);
  const findings = verdict.is === 'done' ? (verdict.findings ?? []) : [];
  return {
    verdict,
    findings: findings.map(({ subject, is }: Finding) => `${subject}: ${is}`),
    says: findings.map(({ says }) => says).join('\n'),
  };
}

describe('the proof', () => {
  it('proves what it has seen, and says of web that it cannot be seen', async () => {
    const { findings, says } = await prove(await stageFor(quiet()));
    expect(findings).toEqual(['Maintenance mode: proved', 'Dynos: proved', 'Web: not provable']);
    expect(says).toContain('2 web dynos keep running');
  });

  it('has nothing that is not provable where not even web runs', async () => {
    const { findings } = await prove(await stageFor(quiet({ formation: { web: { quantity: 0 } } })));
    expect(findings).toEqual(['Maintenance mode: proved', 'Dynos: proved']);
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
      why: /still running: worker\.1; scaled up again: worker/,
    },
    {
      what: 'a job that is not paused',
      happens: ({ world }: Stage) => void world.addJob('shop', { id: '9', command: 'rake x', every: 60, at: 0 }),
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
  ])('waits for $what, and is violated by it after two minutes', async ({ happens, why }) => {
    const stage = await stageFor(quiet({ jobs: [] }));
    happens(stage);
    expect((await prove(stage, 119_000)).verdict).toMatchObject({ is: 'waiting', why: expect.stringMatching(why) });
    expect((await prove(stage, 120_000)).verdict).toMatchObject({ is: 'failed', why: expect.stringMatching(why) });
  });

  it('reads the jobs back, and allows the dyno of a paused one', async () => {
    const job = { id: '9', command: `: # maint-paused ${RUN} "rake x"`, every: 60, at: 35 } as const;
    const stage = await stageFor(quiet({ jobs: [job], times: { startMs: 60_000 } }));
    stage.clock.advance(61_000);
    expect(stage.world.dynoCounts('shop')).toMatchObject({ scheduler: 1 });
    const { findings, says } = await prove(stage);
    expect(findings).toContain('Heroku Scheduler: proved');
    expect(says).toContain('1 of 1 jobs carry the marker of this maintenance');
  });

  it('calls a Scheduler that cannot be read not provable, and its dynos too', async () => {
    const job = { id: '9', command: 'rake x', every: 60, at: 35 } as const;
    const stage = await stageFor(quiet({ jobs: [job], schedulerApi: 'refuses' }));
    stage.clock.advance(START + 61_000 - stage.clock.now());
    const { findings, says } = await prove(stage);
    expect(findings.filter((finding) => finding === 'Heroku Scheduler: not provable')).toHaveLength(2);
    expect(says).toMatch(/jobs are running: scheduler\.\d+/);
  });

  it('says which one-offs may write', async () => {
    const stage = await stageFor(quiet());
    stage.world.runOneOff('shop', 'rails console');
    const { findings, says } = await prove(stage);
    expect(findings).toContain('One-off dynos: not provable');
    expect(says).toMatch(/run\.\d+ may write/);
  });

  it('looks for itself, whatever was read in this turn before', async () => {
    const stage = await stageFor(quiet());
    const cx = stage.cx();
    await stage.hold('workers').look(cx);
    stage.world.scale('shop', 'worker', 1);
    const proof = stage.steps.quiet.find(({ name }) => name === 'proof');
    const verdict = proof?.kind === 'wait' ? await proof.settle(cx, 'quiet', null) : null;
    expect(verdict?.is).toBe('waiting');
  });
});
