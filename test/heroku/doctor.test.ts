import { describe, expect, it } from 'vitest';
import { herokuDoctor } from '../../src/heroku/doctor.ts';
import type { Json } from '../../src/model/json.ts';
import type { Check } from '../../src/model/platform.ts';
import type { Look } from '../../src/model/step.ts';
import { ada, type Engine, type EngineOptions, engines, shop } from '../helpers/engine.ts';
import { stages } from './steps/stage.ts';

const engineFor = engines();
const stageFor = stages();
const jobs = [{ id: '7', command: 'rake nightly TOKEN=s3cret', every: 1440, at: 0 }] as const;

async function checks(
  options: Partial<EngineOptions>,
  prepare: (engine: Engine) => void = () => {},
): Promise<Map<string, Check>> {
  const engine = await engineFor({ apps: [shop({ jobs: [...jobs] })], ...options });
  prepare(engine);
  const diagnosis = await engine.commands.doctor(ada, 'shop');
  if (diagnosis.is === 'refused') throw new Error(diagnosis.says);
  expect(engine.writes()).toEqual([]);
  expect(JSON.stringify(diagnosis.checks)).not.toContain('s3cret');
  return new Map(diagnosis.checks.map((check) => [check.subject, check]));
}

describe('the doctor', () => {
  it('finds nothing wrong with a good token and a Scheduler that can be read', async () => {
    const found = await checks({});
    expect([...found.values()].map(({ is }) => is)).toEqual(['good', 'good', 'good', 'good']);
    expect(found.get('Heroku Scheduler')).toMatchObject({
      says: '1 job can be read',
      remedy: expect.stringMatching(/unofficial/),
    });
    expect(found.get('Heroku token')?.says).toBe('accepted, for ada@example.com');
  });

  it('says of an add-on that the app uses that its service was never tried, and of no other', async () => {
    const stage = await stageFor(shop({ jobs: [] }));
    const enabled = { key: 'm1', label: 'manager of worker', value: true };
    const found = await herokuDoctor(
      stage.heroku,
      stage.cx(),
      new Map<string, Look<Json>>([
        ['hirefire', { is: 'seen', items: [enabled], warnings: [] }],
        ['cron-to-go', { is: 'unusable', exception: 'Cron To Go', why: 'no key' }],
        ['heroku-autoscaling', { is: 'seen', items: [], warnings: [] }],
      ]),
    );
    const untried = found.filter(({ says }) => /never (tried )?against/u.test(says));
    expect(untried.map(({ subject, is }) => [subject, is])).toEqual([
      ['Cron To Go', 'unknown'],
      ['HireFire', 'unknown'],
    ]);
  });

  it('names the scope that is missing, and the command that makes a better token', async () => {
    const found = await checks({ scopes: ['read-protected', 'write'] });
    expect(found.get('Token scopes')).toMatchObject({
      is: 'bad',
      says: 'no scope write-protected',
      remedy: expect.stringMatching(/authorizations:create/),
    });
  });

  it('says that the Scheduler cannot be read, and what a maintenance can then be', async () => {
    const found = await checks({}, (engine) => {
      engine.world.app('shop').schedulerApi = 'refuses';
    });
    expect(found.get('Heroku Scheduler')).toMatchObject({
      is: 'bad',
      remedy: expect.stringMatching(/quiet except Heroku Scheduler/),
    });
  });

  it('says that a job carries the marker of a maintenance that nobody knows', async () => {
    const found = await checks({}, (engine) => {
      engine.world.job('shop', '7').command = ': # maint-paused m1 "rake x"';
    });
    expect(found.get('Heroku Scheduler')).toMatchObject({
      is: 'bad',
      remedy: expect.stringMatching(/Put its command back first/),
    });
  });

  it('says that the account has few calls left', async () => {
    const found = await checks({}, (engine) => {
      engine.world.bucket.remaining = 300;
    });
    expect(found.get('Rate limit')).toMatchObject({
      is: 'bad',
      says: expect.stringMatching(/^\d+ of 4,500 calls left$/),
    });
  });
});
