import { describe, expect, it } from 'vitest';
import { pausedCommand } from '../../src/heroku/schedulers/marker.ts';
import { herokuStrays } from '../../src/heroku/strays.ts';
import type { AppDescription } from '../../src/sandbox/index.ts';
import { shop } from '../helpers/engine.ts';
import { RUN, type Stage, stages } from './steps/stage.ts';

const stageFor = stages();

const nightly = (command: string): Partial<AppDescription> => ({
  // Due a minute after the beginning; a dyno takes a minute to start, and then runs for an hour.
  jobs: [{ id: '7', command, every: 60, at: 35 }],
  times: { startMs: 60_000, stopMs: 0, scheduledRunMs: 3_600_000, schedulerLagMs: 0 },
});

const types = (stage: Stage) =>
  stage.world
    .app('shop')
    .dynos.filter(({ listed, stopping }) => listed && !stopping)
    .map(({ type }) => type)
    .toSorted();

describe('strays', () => {
  const held = async (over: Partial<AppDescription>) => {
    const stage = await stageFor(shop(over));
    const since = stage.clock.now();
    stage.clock.advance(65_000);
    const strays = herokuStrays(stage.heroku);
    return { stage, since, strays, find: (from = since) => strays.find(stage.cx(), from) };
  };

  it('are found as they start, with what they are and no secret, and stopped', async () => {
    const { stage, strays, find } = await held(nightly('rake nightly TOKEN=s3cret'));
    expect(types(stage)).toContain('scheduler');
    const found = await find();
    expect(found.map(({ activity }) => activity)).toEqual([
      {
        key: expect.stringMatching(/^stray-/),
        says: expect.stringMatching(/^being stopped: scheduler\.\d+ rake …, started 12:35:00 UTC$/),
        stopped: 'the Scheduler',
        at: stage.clock.now(),
      },
    ]);
    expect(JSON.stringify(found)).not.toContain('s3cret');
    // Twice: it may have ended by itself as well.
    for (const _ of [1, 2]) for (const stray of found) await strays.stop(stage.cx(), stray);
    expect(types(stage)).toEqual(['web', 'worker', 'worker']);
    expect(await find()).toEqual([]);
  });

  it('are not what ran before the app was quiet, which somebody has accepted', async () => {
    const { stage, find } = await held(nightly('rake nightly'));
    expect(await find(stage.clock.now())).toEqual([]);
    expect(types(stage)).toContain('scheduler');
  });

  it('are not jobs that are paused in place, by whomever, nor people’s own work', async () => {
    for (const run of [RUN, 'm0another']) {
      const { stage, find } = await held(nightly(pausedCommand(run, 'rake nightly')));
      stage.world.runOneOff('shop', 'rails console', 3_600_000);
      stage.clock.advance(5_000);
      expect(types(stage)).toEqual(['run', 'scheduler', 'web', 'worker', 'worker']);
      expect(await find()).toEqual([]);
    }
  });

  it('are not dynos of a process type, even of one that is called scheduler', async () => {
    const { stage, find } = await held({ formation: { web: {}, scheduler: { command: 'bin/scheduler' } } });
    stage.world.scale('shop', 'scheduler', 2);
    stage.clock.advance(5_000);
    expect(types(stage)).toEqual(['scheduler', 'scheduler', 'web']);
    expect(await find()).toEqual([]);
  });
});
