import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { examples } from '../../src/sandbox/index.ts';
import { type Engine, startEngine } from '../helpers/engine.ts';
import { pglite } from '../helpers/pglite.ts';

const databases = pglite();

describe('a whole maintenance', () => {
  let engine: Engine;
  beforeEach(async () => {
    engine = await startEngine({ database: await databases.open(), apps: examples });
  });
  afterEach(() => engine.close());

  it('quiets an app with workers, a clock, jobs and a release phase, and puts every single thing back', async () => {
    const before = engine.world.settings('shop');
    const { id } = await engine.start('shop');
    const quiet = await engine.holding(id);
    expect(quiet.ended).toBeNull();
    expect(engine.world.settings('shop')).toMatchObject({
      maintenance: true,
      formation: { web: { quantity: 2 }, worker: { quantity: 0 }, mailer: { quantity: 0 }, clock: { quantity: 0 } },
      configVars: { MAINTENANCE: 'true' },
    });
    expect(quiet.proof?.findings.filter((finding) => finding.is === 'violated')).toEqual([]);
    await engine.approve(id);
    const run = await engine.ended(id);
    expect(run.ended?.as).toBe('restored');
    expect(engine.world.settings('shop')).toEqual(before);
  });
});
