// One cap for all that is waited for on the way to quiet, counted from the events: whoever drives it, and whichever step it is.
import { describe, expect, it } from 'vitest';
import { engines, shop } from '../helpers/engine.ts';

const MINUTE = 60_000;
const engineFor = engines();

/** A job of the Scheduler runs for four minutes more, and workers that are told to stop take four. */
const slow = (drainCap: number) => ({
  apps: [
    shop({
      jobs: [{ id: '1', command: 'rake x', every: 60, at: 35 }],
      times: { startMs: 0, scheduledRunMs: 10 * MINUTE, stopMs: 4 * MINUTE, graceMs: 10 * MINUTE },
    }),
  ],
  settings: { drainCap },
});

describe('the drain of a maintenance', () => {
  it('shows the time that is left, and gives the second step only what the first has left of it', async () => {
    const engine = await engineFor(slow(6 * MINUTE));
    // 12:41: the job of 12:35 has four minutes to go.
    engine.clock.advance(7 * MINUTE);
    const { id } = await engine.start('shop');
    const waiting = await engine.run(id, (run) => run.drainingSince !== null);
    const why = (name: string) => waiting.steps.quiet.find((step) => step.name === name)?.why;
    expect(why('scheduler')).toMatch(/^scheduler\.\d+ still runs a job .*; 6 min left of the drain$/);
    const run = await engine.ended(id);
    expect(run.turned).toMatchObject({ by: null, why: 'Workers: after 6 min: 2 worker dynos still stopping' });
    expect(run.ended).toMatchObject({ as: 'restored' });
    expect((run.turned?.at ?? 0) - (waiting.drainingSince ?? 0)).toBeLessThan(7 * MINUTE);
    expect(engine.world.settings('shop')).toMatchObject({ maintenance: false, formation: { worker: { quantity: 2 } } });
  });

  it('has room for both where the cap has', async () => {
    const engine = await engineFor(slow(9 * MINUTE));
    engine.clock.advance(7 * MINUTE);
    const { id } = await engine.start('shop');
    expect((await engine.holding(id)).quietAt).not.toBeNull();
  });
});
