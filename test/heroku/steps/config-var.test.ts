import { describe, expect, it } from 'vitest';
import type { AppDescription } from '../../../src/sandbox/index.ts';
import { shop } from '../../helpers/engine.ts';
import { capture, changes, settled, stages } from './stage.ts';

const stageFor = stages();
const MINUTE = 60_000;
const withPhase = { formation: { web: {}, release: { command: 'rake db:migrate' } } };

async function set(over: Partial<AppDescription>) {
  const stage = await stageFor(shop(over));
  const hold = stage.hold('variable');
  const items = (await capture(stage, hold)).map((item) => ({ ...item, sent: ['true'] }));
  await hold.write(stage.cx(), changes(stage, hold, items, 'quiet'));
  return { stage, hold, items };
}

describe('the config var', () => {
  it('is live when its release has succeeded, not when Heroku shows it', async () => {
    const { stage, hold, items } = await set({ ...withPhase, times: { startMs: 0, releasePhaseMs: 20_000 } });
    expect(stage.settings().configVars['MAINTENANCE']).toBe('true');
    const { verdict, whys } = await settled(stage, hold, 'quiet', items);
    expect(verdict.is).toBe('done');
    expect(whys).toContain('release v13 is not through yet: its release phase is running');
    expect(stage.world.app('shop').releases.at(-1)?.status).toBe('succeeded');
  });

  it('is live with a later release of somebody else, which carries it too', async () => {
    const { stage, hold, items } = await set({
      ...withPhase,
      releasePhaseFails: 1,
      times: { startMs: 0, releasePhaseMs: 0, buildMs: 0 },
    });
    expect((await settled(stage, hold, 'quiet', items)).verdict).toMatchObject({
      is: 'failed',
      why: expect.stringMatching(/release v13, which carries MAINTENANCE, has failed/),
    });
    stage.world.deploy('shop');
    expect((await settled(stage, hold, 'quiet', items)).verdict.is).toBe('done');
  });

  it('waits for a release phase of an hour, and not for ever', async () => {
    const { stage, hold, items } = await set({ ...withPhase, times: { startMs: 0, releasePhaseMs: 100 * MINUTE } });
    const since = stage.clock.now();
    stage.clock.advance(64 * MINUTE);
    expect((await hold.settle(stage.cx(since), 'quiet', items, null)).is).toBe('waiting');
    stage.clock.advance(MINUTE);
    expect(await hold.settle(stage.cx(since), 'quiet', items, null)).toMatchObject({
      is: 'failed',
      why: expect.stringMatching(/for over an hour/),
    });
  });

  it('waits half a minute for a release that is not listed yet, then has another look', async () => {
    const { stage, hold, items } = await set({});
    const { app } = { app: stage.world.app('shop') };
    app.releases = app.releases.slice(0, -1);
    const { verdict, whys } = await settled(stage, hold, 'quiet', items);
    expect(whys[0]).toBe('no release carries MAINTENANCE as it was set yet');
    expect(verdict.is).toBe('again');
  });

  it('needs no release where the app has none', async () => {
    const { stage, hold } = await set({ releases: 0, formation: {} });
    stage.world.app('shop').releases = [];
    expect(
      (await hold.settle(stage.cx(), 'quiet', [{ key: 'MAINTENANCE', label: '', before: null, sent: ['true'] }], null))
        .is,
    ).toBe('done');
  });

  it('is on the way back as soon as the release that is live has it as before', async () => {
    const { stage, hold, items } = await set({
      ...withPhase,
      releasePhaseFails: 'always',
      times: { startMs: 0, releasePhaseMs: 0 },
    });
    await hold.write(stage.cx(), changes(stage, hold, items, 'back'));
    // Neither release went live: the dynos never had the variable.
    expect((await settled(stage, hold, 'back', items)).verdict.is).toBe('done');
  });

  it.each(['constructor', 'toString', '__proto__'])('called %s is absent where nobody has set it', async (name) => {
    const stage = await stageFor(shop(), { variable: { name, value: 'true' } });
    expect((await capture(stage, stage.hold('variable'))).map(({ before }) => before)).toEqual([null]);
  });
});
