// "Wait for it": what people have running is waited for behind the door, within the cap of the drain, and never stopped.
import { describe, expect, it } from 'vitest';
import { quietSays } from '../../src/model/phase.ts';
import { type Engine, engines, grace, shop } from '../helpers/engine.ts';

const MINUTE = 60_000;
/** The log is read for five seconds of the machine's time at most; that it tells is the step's own test. */
const WHO = 'by (ada@example\\.com|whom is not known)';
const engineFor = engines();

async function askedAbout(runs: number): Promise<{ engine: Engine; id: string; name: string }> {
  const engine = await engineFor({ apps: [shop()] });
  const { name } = engine.world.runOneOff('shop', 'rake import KEY=s3cret', runs);
  const { id } = await engine.start('shop');
  await engine.answer(id, await engine.asked(id, 'start'), 'wait');
  return { engine, id, name };
}

describe('a one-off dyno that a person says to wait for', () => {
  it('is waited for with the workers still there, and the app is quiet without exception of it', async () => {
    const { engine, id, name } = await askedAbout(8 * MINUTE);
    const waiting = await engine.run(id, (run) => run.drainingSince !== null);
    const step = waiting.steps.quiet.find((one) => one.name === 'one-offs');
    expect(step?.why).toMatch(new RegExp(`^${name.replace('.', '\\.')} \\(rake …, ${WHO}, for .*15 min left`));
    expect(engine.world.settings('shop')).toMatchObject({ maintenance: true, formation: { worker: { quantity: 2 } } });
    const held = await engine.holding(id);
    expect(held.quietAt).not.toBeNull();
    expect(quietSays(held)).toBe('quiet');
    expect(held.awaited).toEqual([{ step: 'one-offs', by: grace }]);
    expect(held.accepted).toEqual([]);
    // By itself.
    expect(engine.writes().filter(({ path }) => path.includes('/actions/stop'))).toEqual([]);
  });

  it('that takes longer than the drain may turns the run, which says which, by whom and how long', async () => {
    const { engine, id, name } = await askedAbout(24 * 60 * MINUTE);
    const before = { ...engine.world.settings('shop'), maintenance: false };
    const run = await engine.ended(id);
    const which = `${name.replace('.', '\\.')} \\(rake …, ${WHO}, for 15 min\\) still runs`;
    expect(run.turned?.why).toMatch(new RegExp(`^One-off dynos in flight: after 15 min: ${which}$`));
    expect(run.turned?.by).toBeNull();
    expect(run.ended).toMatchObject({ as: 'restored' });
    expect(engine.world.settings('shop')).toEqual(before);
    expect(JSON.stringify(await engine.events(id))).not.toContain('s3cret');
    expect(engine.writes().filter(({ path }) => path.includes('/actions/stop'))).toEqual([]);
  });
});
