// An app with something to hold still of every kind, and a whole maintenance of it.
import { expect } from 'vitest';
import type { AppDescription } from '../../src/sandbox/index.ts';
import type { Engine } from '../helpers/engine.ts';

export const everything: Partial<AppDescription> = {
  formation: {
    web: {},
    clock: {},
    worker: { quantity: 3 },
    mailer: { quantity: 0 },
    release: { command: 'rake db:migrate' },
  },
  config: { LANG: 'C', MAINTENANCE: 'false' },
  jobs: [
    { id: '1', command: 'rake nightly', every: 1440, at: 0 },
    { id: '2', command: "rake 'hourly'", every: 60, at: 15 },
  ],
  times: { startMs: 1_000, stopMs: 1_000, releasePhaseMs: 2_000 },
};
/** How many writes its cycle takes: six there and seven back, for one worker comes before the others. */
export const WRITES = 13;

/** A whole maintenance; the app must be as it was. */
export async function cycle(engine: Engine): Promise<string> {
  const before = engine.world.settings('shop');
  const { id } = await engine.start('shop');
  const held = await engine.holding(id);
  expect([held.way, held.ended]).toEqual(['quiet', null]);
  expect(engine.world.settings('shop')).toMatchObject({
    maintenance: true,
    formation: { worker: { quantity: 0 }, clock: { quantity: 0 } },
    configVars: { MAINTENANCE: 'true' },
  });
  await engine.approve(id);
  expect((await engine.ended(id)).ended?.as).toBe('restored');
  expect(engine.world.settings('shop')).toEqual(before);
  return id;
}
