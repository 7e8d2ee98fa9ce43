// One-off dynos that a person has said to wait for.
import { describe, expect, it } from 'vitest';
import { oneOffs } from '../../../src/heroku/steps/one-offs.ts';
import type { Json } from '../../../src/model/json.ts';
import type { Settings } from '../../../src/model/settings.ts';
import { type Cx, waited } from '../../../src/model/step.ts';
import { shop } from '../../helpers/engine.ts';
import { PATIENCE_MS } from '../../helpers/patience.ts';
import { type Stage, stages } from './stage.ts';

const MINUTE = 60_000;
const stageFor = stages();

async function waiting(settings: Partial<Settings> = {}) {
  const stage = await stageFor(shop(), settings);
  const step = waited(oneOffs(stage.heroku, PATIENCE_MS));
  return {
    stage,
    settle: (memo: Json, over: Partial<Cx> = {}) => step.settle({ ...stage.cx(), ...over }, 'quiet', memo),
  };
}

const sessions = ({ sandbox }: Stage) =>
  sandbox.requests.list().filter(({ path }) => path.endsWith('/log-sessions')).length;

describe('one-off dynos in flight', () => {
  it('are waited for with their number, the oldest, who started it and the time that is left', async () => {
    const { stage, settle } = await waiting();
    const { name } = stage.world.runOneOff('shop', 'rake import KEY=s3cret', 20 * MINUTE);
    stage.clock.advance(4 * MINUTE);
    stage.world.runOneOff('shop', 'rails console', 5 * MINUTE);
    const first = await settle(null);
    expect(first).toMatchObject({
      is: 'waiting',
      why: `2 running, the oldest ${name} (rake …, by ada@example.com, for 4 min); 11 min left of the drain`,
      drains: true,
    });
    expect(JSON.stringify(first)).not.toContain('s3cret');
    if (first.is !== 'waiting') throw new Error('Expected it to wait');
    stage.clock.advance(6 * MINUTE);
    expect(await settle(first.memo)).toMatchObject({
      why: `${name} (rake …, by ada@example.com, for 10 min); 5 min left of the drain`,
    });
    stage.clock.advance(11 * MINUTE);
    expect(await settle(first.memo)).toEqual({ is: 'done' });
    // Who they are is in the log, and looked up once.
    expect(sessions(stage)).toBe(1);
  });

  it('past the cap of the drain turn the run, which says which, by whom and how old', async () => {
    const { stage, settle } = await waiting();
    const { name } = stage.world.runOneOff('shop', 'rake import KEY=s3cret', 60 * MINUTE);
    stage.clock.advance(20 * MINUTE);
    const now = stage.clock.now();
    expect(await settle(null, { since: now - MINUTE, drainingSince: now - 14 * MINUTE })).toMatchObject({
      is: 'waiting',
    });
    expect(await settle(null, { since: now - MINUTE, drainingSince: now - 15 * MINUTE })).toEqual({
      is: 'failed',
      why: `after 15 min: ${name} (rake …, by ada@example.com, for 20 min) still runs`,
    });
  });

  it('that become older than any job should turn it at once', async () => {
    const { stage, settle } = await waiting({ abortIfOlderThan: 30 * MINUTE });
    const { name } = stage.world.runOneOff('shop', 'rake import', 60 * MINUTE);
    stage.clock.advance(29 * MINUTE);
    const now = stage.clock.now();
    expect(await settle(null, { since: now })).toMatchObject({ is: 'waiting' });
    stage.clock.advance(MINUTE);
    expect(await settle(null, { since: now })).toEqual({
      is: 'failed',
      why: `${name} (rake …, by ada@example.com, for 30 min) still runs, and no job should for more than 30 min`,
    });
  });

  it('by nobody who is known are waited for all the same', async () => {
    const { stage, settle } = await waiting();
    stage.world.runOneOff('shop', 'rake import', 60 * MINUTE);
    stage.world.logs.refuse = 'streams';
    expect(await settle(null)).toMatchObject({ is: 'waiting', why: expect.stringContaining('by whom is not known') });
  });

  it('that somebody runs while the app is held are their work', async () => {
    const { stage, settle } = await waiting();
    stage.world.runOneOff('shop', 'rake import', 60 * MINUTE);
    expect(await settle(null, { holding: true })).toEqual({ is: 'done' });
  });
});
