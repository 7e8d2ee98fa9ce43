// What the preflight says, and to whom; that a run keeps to it is in e2e.
import { describe, expect, it } from 'vitest';
import { herokuPreflight } from '../../src/heroku/preflight.ts';
import type { Concern } from '../../src/model/preflight.ts';
import type { Settings } from '../../src/model/settings.ts';
import type { AppDescription } from '../../src/sandbox/index.ts';
import { shop } from '../helpers/engine.ts';
import { holdsOf, type Stage, stages } from './steps/stage.ts';

const stageFor = stages();

async function concerns(
  over: Partial<AppDescription>,
  settings: Partial<Settings> = {},
  prepare: (stage: Stage) => void = () => {},
): Promise<Map<string, Concern>> {
  const stage = await stageFor(shop(over), settings);
  prepare(stage);
  const cx = stage.cx();
  const looking = holdsOf(stage.steps.quiet).map(async (hold) => [hold.name, await hold.look(cx)] as const);
  const looks = Promise.all(looking).then((all) => new Map(all));
  const found = await herokuPreflight(stage.heroku, { app: null, databaseUrl: null }, cx, looks);
  expect(stage.sandbox.requests.list().filter(({ method }) => method !== 'GET')).toEqual([]);
  return new Map(found.map((concern) => [concern.name, concern]));
}

describe('the preflight', () => {
  it('of an ordinary app warns of the release that the variable makes, and of web', async () => {
    const found = await concerns({});
    expect([...found.keys()]).toEqual(['variable', 'web']);
    expect([...found.values()].map(({ is }) => is)).toEqual(['warn', 'warn']);
  });

  it('shows the release-phase command that the variable runs, and the setting that leaves it out', async () => {
    const found = await concerns({ formation: { web: {}, release: { command: 'rake db:migrate' } } });
    expect(found.get('variable')).toMatchObject({
      says: 'setting MAINTENANCE makes a release, on both ways: it restarts every dyno, and runs the release phase: rake db:migrate',
      remedy: 'MAINT_VARIABLE=off leaves the config var out.',
    });
  });

  it('says nothing of a variable that is left out', async () => {
    expect([...(await concerns({}, { variable: 'off' })).keys()]).toEqual(['web']);
  });

  it('asks where the variable is what it would be set to: it would stay so', async () => {
    const found = await concerns({ config: { MAINTENANCE: 'true' } });
    expect(found.get('already-set')).toMatchObject({
      is: 'ask',
      says: 'MAINTENANCE is set already: it stays set afterwards',
      remedy: 'If it is left over from another maintenance, run `heroku config:unset MAINTENANCE --app shop` first.',
      except: null,
    });
    expect((await concerns({ config: { MAINTENANCE: 'soon' } })).has('already-set')).toBe(false);
    expect((await concerns({ config: { MAINTENANCE: 'true' } }, { variable: 'off' })).has('already-set')).toBe(false);
  });

  it('says that an app in maintenance mode stays in it', async () => {
    expect((await concerns({ maintenance: true })).get('already-closed')?.says).toMatch(/stays in it afterwards/);
  });

  const hourly: Partial<AppDescription> = {
    times: { startMs: 0, stopMs: 0, scheduledRunMs: 10 * 3_600_000 },
    jobs: [{ id: '8', command: 'rake import:all', every: 60, at: 35 }],
  };
  const threeHours = ({ clock }: Stage) => clock.advance(3 * 3_600_000);

  it('refuses where a job of the Scheduler has been running longer than any should, and says which', async () => {
    const found = await concerns(hourly, { abortIfOlderThan: 150 * 60_000 }, threeHours);
    expect(found.get('old-scheduler-job')).toMatchObject({
      is: 'refuse',
      says: expect.stringMatching(
        /^scheduler\.\d+ \(rake …\) has been running for 2 h 59 min, and no job should for more than 2 h 30 min$/,
      ),
    });
    expect([...(await concerns(hourly, { abortIfOlderThan: 180 * 60_000 }, threeHours)).keys()]).not.toContain(
      'old-scheduler-job',
    );
    expect([...(await concerns(hourly, {}, threeHours)).keys()]).not.toContain('old-scheduler-job');
  });

  it('takes a process type called scheduler for no job', async () => {
    const formation = { web: {}, scheduler: { command: 'bin/scheduler' } };
    const found = await concerns({ formation }, { abortIfOlderThan: 60_000 }, threeHours);
    expect([...found.keys()]).not.toContain('old-scheduler-job');
  });

  it('names five one-off dynos, and counts the others', async () => {
    const found = await concerns({}, {}, ({ world }) => {
      for (let i = 0; i < 7; i += 1) world.runOneOff('shop', 'rails console');
    });
    expect([...found.values()].find(({ name }) => name.startsWith('one-offs-'))).toMatchObject({
      is: 'ask',
      except: 'one-off dynos',
      says: expect.stringMatching(/(run\.\d+ \(since 12:34 UTC\), ){4}run\.\d+ \(since 12:34 UTC\) and 2 more$/),
    });
  });

  it('lets one-off dynos be waited for, but for one that has been running longer than any job should', async () => {
    const found = async (abortIfOlderThan: number | null) => {
      const all = await concerns({}, { abortIfOlderThan }, ({ world, clock }) => {
        world.runOneOff('shop', 'rake import', 10 * 3_600_000);
        clock.advance(3 * 3_600_000);
      });
      return [...all.values()].find(({ name }) => name.startsWith('one-offs-'));
    };
    expect(await found(null)).toMatchObject({
      waits: 'one-offs',
      remedy: expect.stringMatching(/^Wait for them, or /),
    });
    expect(await found(4 * 3_600_000)).toMatchObject({ waits: 'one-offs' });
    const old = await found(2 * 3_600_000);
    expect(old?.waits).toBeUndefined();
    expect(old?.says).toMatch(
      /; run\.\d+ has been running for longer than 2 h 0 min, as no job should, so that it is not waited for$/,
    );
  });

  it('does not take the dyno of a scheduled job for a one-off of somebody', async () => {
    const found = await concerns({ jobs: [{ id: '7', command: 'rake x', every: 60, at: 35 }] }, {}, ({ clock }) =>
      clock.advance(65_000),
    );
    expect([...found.keys()].filter((name) => name.startsWith('one-offs'))).toEqual([]);
  });

  it('says how to see why the last release failed, for just this app', async () => {
    const times = { startMs: 0, stopMs: 0, releasePhaseMs: 0 };
    const over = { formation: { web: {}, release: { command: 'rake db:migrate' } }, releasePhaseFails: 1, times };
    const found = await concerns(over, {}, ({ world }) => void world.setConfig('shop', { A: 'b' }));
    expect(found.get('last-release')).toMatchObject({
      is: 'ask',
      remedy: expect.stringContaining('heroku releases:output v13 --app shop'),
    });
  });

  it('warns that Eco dynos fall asleep behind the maintenance page', async () => {
    expect((await concerns({ formation: { web: { size: 'eco' } } })).has('eco')).toBe(true);
    expect((await concerns({ formation: { web: { size: 'basic' } } })).has('eco')).toBe(false);
  });

  it('tells no value of a config var', async () => {
    const found = await concerns({ config: { DYNOSCALE_URL: 's3cret', JUDOSCALE_URL: 'https://s3cret.example.com' } });
    expect(found.has('dynoscale') && found.has('judoscale')).toBe(true);
    expect(JSON.stringify([...found])).not.toContain('s3cret');
  });

  it('asks Heroku each thing once, whatever the holds have looked at already', async () => {
    const stage = await stageFor(shop({ jobs: [] }));
    const cx = stage.cx();
    const looking = holdsOf(stage.steps.quiet).map(async (hold) => [hold.name, await hold.look(cx)] as const);
    await herokuPreflight(
      stage.heroku,
      { app: null, databaseUrl: null },
      cx,
      Promise.all(looking).then((all) => new Map(all)),
    );
    const paths = stage.sandbox.requests.list().map(({ service, path }) => `${service} ${path}`);
    expect(paths).toEqual([...new Set(paths)]);
  });
});
