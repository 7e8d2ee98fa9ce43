// What is started while an app is held and was not asked for: stopped where the settings say so, once told, whatever dies.
import { describe, expect, test } from 'vitest';
import { stoppedWords } from '../../src/model/phase.ts';
import { defaultSettings } from '../../src/model/settings.ts';
import { Maintenance } from './maintenance.ts';

const held = (stopStrays = true): Promise<Maintenance> =>
  new Maintenance({}, { settings: { ...defaultSettings, stopStrays } }).goOn();

async function patrolled(m: Maintenance): Promise<Maintenance> {
  m.driver.now += m.driver.run.patrol?.every ?? 0;
  return m.goOn();
}

describe('what is started while the app is held', () => {
  test('is stopped, told and counted once', async () => {
    const m = await held();
    m.world.strays.set('nightly', m.driver.now + 1);
    await patrolled(m);
    expect([...m.world.strays]).toEqual([]);
    expect(stoppedWords(m.driver.run)).toBe('1 run of toys');
    await patrolled(m);
    expect(m.events('patrolled').flatMap(({ activity }) => activity)).toHaveLength(1);
  });

  test('is left alone where the settings do not say so', async () => {
    const m = await held(false);
    m.world.strays.set('nightly', m.driver.now + 1);
    await patrolled(m);
    expect([...m.world.strays.keys()]).toEqual(['nightly']);
  });

  test('is not what was there before it was quiet', async () => {
    const m = await held();
    m.world.strays.set('nightly', (m.driver.run.quietAt ?? 0) - 1);
    await patrolled(m);
    expect([...m.world.strays.keys()]).toEqual(['nightly']);
  });

  test('is told before it is stopped: a death in between leaves it told once, and stopped by whoever goes on', async () => {
    const m = await held();
    m.world.strays.set('nightly', m.driver.now + 1);
    let died = 0;
    m.world.onCall = ({ does }) => {
      if (does !== 'stop' || died > 0) return null;
      died += 1;
      throw new Error('killed');
    };
    await expect(patrolled(m)).rejects.toThrow('killed');
    expect(stoppedWords(m.driver.run)).toBe('1 run of toys');
    expect([...m.world.strays.keys()]).toEqual(['nightly']);
    await m.goOn();
    expect([...m.world.strays]).toEqual([]);
    expect(m.events('patrolled').flatMap(({ activity }) => activity)).toHaveLength(1);
    expect(stoppedWords(m.driver.run)).toBe('1 run of toys');
  });

  test('that cannot be stopped is told as what keeps it from being looked at, and tried again', async () => {
    const m = await held();
    m.world.strays.set('nightly', m.driver.now + 1);
    m.world.strays.set('hourly', m.driver.now + 1);
    m.world.onCall = ({ does }) => (does === 'stop' && m.world.strays.has('nightly') ? 'retryable' : null);
    m.driver.now += m.driver.run.patrol?.every ?? 0;
    await m.until('failed');
    expect(m.driver.run.patrol?.trouble?.why).toContain('stop');
    m.world.onCall = () => null;
    m.driver.now += 60_000;
    await m.goOn();
    expect([...m.world.strays]).toEqual([]);
    expect(m.driver.run.patrol?.trouble).toBeNull();
    expect(stoppedWords(m.driver.run)).toBe('2 runs of toys');
  });

  test('is stopped as well while something else is made quiet again', async () => {
    const m = await held();
    m.world.slowness = 30 * 60_000;
    m.world.of('workers').set('alpha', 7);
    await patrolled(m);
    m.answer('quiet-again');
    for (let i = 0; i < 4; i += 1) await m.driver.turn();
    m.world.strays.set('nightly', m.driver.now + 1);
    for (let i = 0; i < 6 && m.world.strays.size > 0; i += 1) {
      const turn = await m.driver.turn();
      if (turn.is === 'rests') m.driver.now = turn.until ?? m.driver.now;
    }
    expect([...m.world.strays]).toEqual([]);
    expect(stoppedWords(m.driver.run)).toBe('1 run of toys');
  });
});
