// What a step cannot decide by itself, and a way back that is gone layer by layer.
import { describe, expect, test } from 'vitest';
import type { Ask } from '../../src/model/step.ts';
import { MINUTE, T0 } from '../helpers/make-run.ts';
import { Maintenance } from './maintenance.ts';

const loud: Ask = {
  key: 'violated',
  says: 'orders is still written to',
  details: ['orders: 12 rows in 30 s'],
  answers: ['look-again', 'accept', 'turn-back'],
};

async function asking(ask: Ask = loud): Promise<Maintenance> {
  const m = new Maintenance();
  m.world.ask = ask;
  return m.goOn();
}

describe('a step that cannot go on without a person', () => {
  test('asks once, however often it is settled', async () => {
    const m = await asking();
    m.driver.now += 5 * MINUTE;
    await m.goOn();
    expect(m.events('asked').map((event) => event.about)).toEqual([
      { is: 'step', way: 'quiet', step: 'proof', ...loud },
    ]);
    expect(m.driver.run.quietAt).toBeNull();
    expect(m.asked()).toBe('step');
  });

  test('says what is so now, in the same question', async () => {
    const m = await asking();
    m.world.ask = { ...loud, says: 'orders and carts are still written to' };
    m.driver.now += MINUTE;
    await m.goOn();
    expect(m.open().map((q) => q.about)).toMatchObject([{ says: 'orders and carts are still written to' }]);
    expect(m.events('asked')).toHaveLength(1);
    m.driver.now += MINUTE;
    await m.goOn();
    expect(m.events('restated')).toHaveLength(1);
  });

  test('takes the question back when it has passed by itself, and goes on', async () => {
    const m = await asking();
    m.world.ask = null;
    m.driver.now += MINUTE;
    await m.goOn();
    expect(m.open()).toEqual([]);
    expect(m.events('withdrawn')).toMatchObject([{ why: 'it is not so any more' }]);
    expect(m.driver.run.quietAt).not.toBeNull();
  });

  test('goes on with what a person accepted', async () => {
    const m = await asking();
    m.answer('accept');
    await m.goOn();
    expect(m.driver.run.quietAt).not.toBeNull();
    expect(m.open()).toEqual([]);
  });

  test('turns where a person says so, for the reason that was asked about', async () => {
    const m = await asking();
    m.answer('turn-back');
    expect(m.driver.run.turned).toMatchObject({ by: { name: 'Bob' }, why: 'orders is still written to' });
    await m.goOn();
    expect(m.driver.run.ended?.as).toBe('restored');
  });

  test('reminds as long as nobody answers, after a quarter of an hour and then hourly', async () => {
    const m = await asking();
    const from = m.driver.now;
    while (m.driver.now < T0 + 59 * MINUTE) {
      const turn = await m.driver.turn();
      if (turn.is === 'rests') m.driver.now = Math.max(m.driver.now + 1_000, turn.until ?? 0);
    }
    const reminders = m.driver.log.filter(({ event }) => event.is === 'reminded').map(({ at }) => at - from);
    expect(reminders.map((ms) => Math.round(ms / MINUTE))).toEqual([15]);
  });

  test('that is held already does not open by the answer of a proof made again', async () => {
    const m = new Maintenance();
    await m.goOn();
    m.world.of('workers').set('alpha', 3);
    m.driver.now += 2 * MINUTE;
    await m.until('asked');
    m.answer('quiet-again');
    m.world.ask = loud;
    await m.until('asked', (event) => event.is === 'asked' && event.about.is === 'step');
    const question = m.open().find((q) => q.about.is === 'step');
    const said = m.driver.command(
      { do: 'answer', question: question?.id ?? '', answer: 'turn-back', hash: null },
      { id: 'U2', name: 'Bob', via: 'slack' },
    );
    expect(said).toBe('refused');
    expect(m.driver.run.way).toBe('quiet');
  });
});

describe('layer by layer', () => {
  async function layered(): Promise<Maintenance> {
    const m = new Maintenance();
    await m.goOn();
    m.driver.command({ do: 'resume' }, { id: 'U2', name: 'Bob', via: 'slack' });
    await m.goOn();
    m.answer('approve-layers');
    return m.goOn();
  }
  const next = (m: Maintenance): string =>
    m
      .open()
      .map((q) => (q.about.is === 'step' ? q.about.step : q.about.is))
      .join();

  test('a person is asked before each step that has something to put back, in the order of the way back', async () => {
    const m = await layered();
    const order: string[] = [];
    while (m.driver.run.ended === null) {
      order.push(next(m));
      const before = m.world.writes.length;
      m.driver.now += 10 * MINUTE;
      await m.goOn();
      expect(m.world.writes).toHaveLength(before);
      m.answer('go-on');
      await m.goOn();
    }
    expect(order).toEqual(['variable', 'workers', 'jobs', 'intake', 'door']);
    expect(m.driver.run.ended.as).toBe('restored');
  });

  test('all the rest comes without being asked when a person says so', async () => {
    const m = await layered();
    m.answer('go-on');
    await m.goOn();
    expect(next(m)).toBe('workers');
    m.answer('all-the-rest');
    await m.goOn();
    expect(m.driver.run.ended?.as).toBe('restored');
  });
});
