// Stuck on the way back: nothing can be done at all, or it was done by hand.
import { describe, expect, test } from 'vitest';
import { bob, MINUTE } from '../helpers/make-run.ts';
import type { Fault } from '../helpers/toy-platform.ts';
import { Maintenance } from './maintenance.ts';

/** Approved, with every call about this step failing so. */
async function stuckAt(step: string, fault: Fault): Promise<Maintenance> {
  const m = await (await new Maintenance().goOn()).approve();
  await m.until('turned');
  m.world.onCall = (call) => (call.step === step || step === '*' ? fault : null);
  return m.goOn();
}

describe('done by hand', () => {
  test('is believed after a look, and nothing is written', async () => {
    const m = await stuckAt('workers', 'fatal');
    m.world.onCall = () => null;
    const writes = m.written('workers').length;
    m.world.of('workers').set('alpha', 4);
    m.answer('done-by-hand');
    await m.goOn();
    expect(m.written('workers')).toHaveLength(writes);
    expect(m.item('alpha').settled).toMatchObject({ as: 'before' });
    expect(m.driver.run.ended?.as).toBe('restored');
  });

  test('is not believed where it is not so: it is asked again, with what is there', async () => {
    const m = await stuckAt('workers', 'fatal');
    m.world.onCall = () => null;
    const writes = m.written('workers').length;
    m.answer('done-by-hand');
    await m.goOn();
    expect(m.written('workers')).toHaveLength(writes);
    expect(m.open()[0]?.about).toMatchObject({ is: 'stuck', why: 'it is not done yet: alpha is 0, not 4' });
    m.answer('try-again');
    await m.goOn();
    expect(m.world.get('workers', 'alpha')).toBe(4);
    expect(m.driver.run.ended?.as).toBe('restored');
  });

  test('is not believed where what was set has not come to be', async () => {
    const m = await (await new Maintenance().goOn()).approve();
    await m.until('turned');
    m.world.onCall = ({ step, does }) => (step === 'workers' && does === 'settle' ? 'fatal' : null);
    await m.goOn();
    expect(m.world.get('workers', 'alpha')).not.toBe(0);
    const [asked] = m.open();
    expect(asked?.about.is === 'stuck' ? asked.about.byHand.length : 0).toBe(1);
    m.answer('done-by-hand');
    await m.goOn();
    expect(m.asked()).toBe('stuck');
    expect(m.driver.run.ended).toBeNull();
  });

  test('something else than it was before is drift, as always', async () => {
    const m = await stuckAt('workers', 'fatal');
    m.world.onCall = () => null;
    m.world.of('workers').set('alpha', 3);
    m.answer('done-by-hand');
    await m.goOn();
    expect(m.asked()).toBe('drift');
  });
});

test('what is waited for is counted from the write that Heroku took, not from a first try an hour ago', async () => {
  const m = await stuckAt('workers', 'retryable');
  m.driver.now += 60 * MINUTE;
  m.world.onCall = ({ step, does }) => (step === 'workers' && does === 'write' ? 'retryable' : null);
  await m.goOn();
  const since = () => m.driver.run.steps.back.find(({ name }) => name === 'workers')?.since;
  m.world.onCall = () => null;
  m.driver.now += 5 * MINUTE;
  const at = m.driver.now;
  await m.driver.turn();
  await m.until('sent');
  expect(since()).toBeGreaterThanOrEqual(at);
});

describe('where nothing at all can be done', () => {
  test('it is asked once for all steps, and goes on by itself when it can', async () => {
    const m = await stuckAt('*', 'wide');
    m.driver.now += 5 * MINUTE;
    await m.goOn();
    expect(m.events('asked').filter(({ about }) => about.is === 'stuck')).toHaveLength(1);
    const [asked] = m.open();
    expect(asked?.about).toMatchObject({ wide: true });
    expect(asked?.about.is === 'stuck' ? asked.about.byHand.length : 0).toBe(6);
    m.world.onCall = () => null;
    m.driver.now += MINUTE;
    await m.goOn();
    expect(m.driver.run.ended?.as).toBe('restored');
    expect(m.item('alpha').settled).toMatchObject({ as: 'before' });
  });

  test('leave it as it is: everything, by name', async () => {
    const m = await stuckAt('*', 'wide');
    m.answer('give-up');
    expect(m.driver.run.ended).toMatchObject({ as: 'restored', why: 'Bob decided to leave everything as it is' });
    for (const { sent, settled } of m.driver.run.items) {
      if (sent.length > 0) expect(settled).toMatchObject({ as: 'left', by: bob });
    }
  });

  test('its question does not stay open for anything less', async () => {
    const m = await stuckAt('*', 'wide');
    m.world.onCall = ({ step }) => (step === 'workers' ? 'fatal' : null);
    m.driver.now += MINUTE;
    await m.goOn();
    expect(m.events('withdrawn').map(({ why }) => why)).toContain('the platform can be reached again');
    expect(m.open().map((q) => q.about)).toMatchObject([{ is: 'stuck', step: 'workers' }]);
    expect(m.open()[0]?.about).not.toHaveProperty('wide');
    m.answer('give-up');
    await m.goOn();
    expect(m.item('nightly').settled).toMatchObject({ as: 'before' });
  });
});
