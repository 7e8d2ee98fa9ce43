// While an app is held, at the real HTTP: what is not quiet any more is told once, what people do is listed, and looking costs
// little.
import { describe, expect, it } from 'vitest';
import { open } from '../../src/model/questions.ts';
import type { Question } from '../../src/model/run.ts';
import { type Engine, engines, grace, shop } from '../helpers/engine.ts';
import { everything } from './everything.ts';

const engineFor = engines();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

async function holding(): Promise<{ engine: Engine; id: string; before: object }> {
  const engine = await engineFor({ apps: [shop(everything)] });
  const before = engine.world.settings('shop');
  const { id } = await engine.start('shop');
  expect((await engine.holding(id)).ended).toBeNull();
  await engine.pass(id, MINUTE);
  return { engine, id, before };
}

async function opened(engine: Engine, id: string): Promise<readonly Question[]> {
  return (await engine.the(id)).questions.filter(open);
}

async function back(engine: Engine, id: string, before: object): Promise<void> {
  await engine.approve(id);
  expect((await engine.ended(id)).ended?.as).toBe('restored');
  expect(engine.world.settings('shop')).toEqual(before);
}

const violations: readonly (readonly [string, string, (engine: Engine) => void])[] = [
  ['maintenance mode is switched off', 'maintenance', ({ world }) => world.setMaintenance('shop', false)],
  ['workers are revived', 'worker', ({ world }) => world.scale('shop', 'worker', 2)],
  ['a process type that stood at zero is started', 'mailer', ({ world }) => world.scale('shop', 'mailer', 1)],
  ['the variable is removed', 'MAINTENANCE', ({ world }) => world.setConfig('shop', { MAINTENANCE: null })],
  [
    "a paused job's command is changed",
    '1',
    ({ world }) => {
      world.job('shop', '1').command = 'rake nightly';
    },
  ],
];

describe.each(violations)('%s', (_, key, happens) => {
  it('is told once, and changes nothing by itself', async () => {
    const { engine, id } = await holding();
    happens(engine);
    const writes = engine.writes().length;
    await engine.pass(id, 5 * MINUTE);
    expect(await opened(engine, id)).toMatchObject([{ about: { is: 'violation', key } }]);
    expect(engine.writes()).toHaveLength(writes);
    expect(await engine.the(id)).toMatchObject({ way: 'quiet', ended: null });
  });

  it('is made quiet again when a person says so, proved, and restored at the end', async () => {
    const { engine, id, before } = await holding();
    happens(engine);
    await engine.pass(id, 2 * MINUTE);
    const [question] = await opened(engine, id);
    if (question === undefined) throw new Error('Expected a question');
    const proved = (await engine.the(id)).proof?.at ?? 0;
    await engine.answer(id, question, 'quiet-again');
    await engine.pass(id, 5 * MINUTE);
    expect(await opened(engine, id)).toEqual([]);
    const run = await engine.the(id);
    expect(run.proof?.at).toBeGreaterThan(proved);
    expect(run.proof?.findings.filter((finding) => finding.is === 'violated')).toEqual([]);
    expect(engine.world.settings('shop')).toMatchObject({
      maintenance: true,
      formation: { worker: { quantity: 0 }, mailer: { quantity: 0 } },
      configVars: { MAINTENANCE: 'true' },
    });
    await back(engine, id, before);
  });
});

describe('while holding', () => {
  it('deploys, one-offs and a rename are listed, redacted, and held against nobody', async () => {
    const { engine, id, before } = await holding();
    engine.world.deploy('shop', { commit: 'abc1234' });
    engine.world.runOneOff('shop', 'rake sync --token s3cret', 10 * MINUTE);
    await engine.pass(id, 2 * MINUTE);
    engine.world.rename('shop', 'store');
    await engine.pass(id, 2 * MINUTE);
    const run = await engine.the(id);
    const says = run.patrol?.activity.map((one) => one.says).join('\n') ?? '';
    expect(says).toMatch(/v\d+ Deploy abc1234/);
    expect(says).toMatch(/run\.\d+ rake/);
    expect(says).toContain('renamed from shop to store');
    expect(says).not.toContain('s3cret');
    expect(run.questions).toEqual([]);
    await engine.approve(id);
    expect((await engine.ended(id)).ended?.as).toBe('restored');
    expect(engine.world.settings('store')).toEqual(before);
  });

  it('an hour of looking at it takes a tenth of the calls that flow back in an hour', async () => {
    const { engine, id } = await holding();
    const from = engine.sandbox.requests.list({ service: 'heroku' }).length;
    await engine.pass(id, HOUR);
    const calls = engine.sandbox.requests.list({ service: 'heroku' }).length - from;
    expect(calls).toBeGreaterThan(60);
    expect(calls).toBeLessThanOrEqual((75 * 60) / 10);
    expect((await engine.the(id)).patrol).toMatchObject({ every: MINUTE, by: 'polls' });
  });

  it('two apps are looked at less often each', async () => {
    const engine = await engineFor({ apps: [shop(everything), shop({ ...everything, name: 'store' })] });
    const one = await engine.start('shop');
    const other = await engine.start('store');
    await engine.holding(one.id);
    await engine.holding(other.id);
    await engine.pass(one.id, 2 * MINUTE);
    expect((await engine.the(one.id)).patrol?.every).toBe(112_000);
  });

  it('a deleted app is told once; leaving it ends the maintenance by name', async () => {
    const { engine, id } = await holding();
    engine.world.removeApp('shop');
    await engine.pass(id, 5 * MINUTE);
    const asked = await opened(engine, id);
    expect(asked).toMatchObject([{ about: { is: 'stuck', step: 'patrol', wide: true } }]);
    const [question] = asked;
    if (question === undefined) throw new Error('Expected a question');
    await engine.answer(id, question, 'give-up', grace);
    expect((await engine.ended(id)).ended?.why).toContain('Grace decided to leave everything as it is');
  });
});

describe('on the way back', () => {
  it('a deleted app is asked about once, not once a step', async () => {
    const { engine, id } = await holding();
    await engine.answer(id, await engine.resume(id), 'approve');
    await engine.run(id, (run) => run.way === 'back');
    engine.world.removeApp('shop');
    await engine.pass(id, 5 * MINUTE);
    expect(await opened(engine, id)).toMatchObject([{ about: { is: 'stuck', wide: true } }]);
  });
});

describe('near an empty bucket', () => {
  it('an app is brought back, and one that is to be quieted waits until a time that it says', async () => {
    // Nothing that gives the bucket time to fill again.
    const engine = await engineFor({ apps: [shop(), shop({ name: 'store' })], settings: { canary: 0, watchAfter: 0 } });
    const before = engine.world.settings('shop');
    const { id } = await engine.start('shop');
    await engine.holding(id);
    const question = await engine.resume(id);
    engine.world.bucket.remaining = 45;
    const other = await engine.start('store');
    await engine.driver.drive(other.id);
    const trouble = (await engine.the(other.id)).steps.quiet[0]?.trouble;
    expect(trouble?.why).toMatch(/Heroku allows the next in \d+ s/);
    expect(trouble?.notBefore).toBeGreaterThan(engine.clock.now());
    await engine.answer(id, question, 'approve');
    expect((await engine.ended(id)).ended?.as).toBe('restored');
    expect(engine.world.settings('shop')).toEqual(before);
    expect((await engine.events(id)).filter(({ is }) => is === 'failed')).toEqual([]);
    expect((await engine.the(other.id)).items).toEqual([]);
  });
});
