import { describe, expect, test } from 'vitest';
import { MOST_MOVES } from '../../src/model/next/trying.ts';
import { bob, MINUTE } from '../helpers/make-run.ts';
import { Maintenance } from './maintenance.ts';

async function approved(): Promise<Maintenance> {
  return (await (await new Maintenance().goOn()).approve()).until('turned');
}

/** On the way back with alpha at 7, by somebody else. */
async function drifted(): Promise<Maintenance> {
  const m = await approved();
  m.world.of('workers').set('alpha', 7);
  return m.goOn();
}

describe('the way back', () => {
  test('puts every single thing back as it was, one dyno first, the door last', async () => {
    const m = await (await approved()).goOn();
    expect(m.driver.run.ended?.as).toBe('restored');
    expect(m.written('workers')).toEqual([0, 1, 4]);
    expect(m.world.writes.at(-1)).toEqual({ step: 'door', key: 'door', value: false });
    expect(Object.fromEntries(m.world.of('jobs'))).toEqual({ nightly: 'rake nightly', hourly: 'rake hourly' });
  });

  test('what is gone stays gone, and is not written', async () => {
    const m = await approved();
    m.world.of('workers').delete('alpha');
    await m.goOn();
    expect(m.item('alpha').settled?.as).toBe('gone');
    expect(m.written('workers')).toEqual([0]);
    expect(m.driver.run.ended?.as).toBe('restored');
  });

  test.each([
    { step: 'workers', key: 'alpha', other: ['jobs', 'nightly', 'rake nightly'] },
    { step: 'jobs', key: 'nightly', other: ['jobs', 'hourly', 'rake hourly'] },
  ] as const)(
    '$key, deleted between the look and its write, is gone: nobody is asked, the rest goes on',
    async (row) => {
      const { step, key, other } = row;
      const m = await approved();
      m.world.onCall = (call) => {
        if (call.step !== step || call.does !== 'write' || !m.world.of(step).delete(key)) return null;
        return 'fatal';
      };
      await m.goOn();
      expect(m.events('asked').map(({ about }) => about.is)).toEqual(['resume']);
      expect(m.events('failed')).toEqual([]);
      expect(m.item(key).settled?.as).toBe('gone');
      expect(m.world.get(other[0], other[1])).toBe(other[2]);
      expect(m.driver.run.ended?.as).toBe('restored');
    },
  );

  test('a write that is refused while its item is there is asked about, as is one where another look fails', async () => {
    for (const blind of [false, true]) {
      const m = await approved();
      let refused = false;
      m.world.onCall = ({ step, does }) => {
        if (step !== 'jobs') return null;
        if (does === 'look') return refused ? 'retryable' : null;
        if (does !== 'write') return null;
        refused = blind;
        return 'fatal';
      };
      await m.goOn();
      expect(m.open().map((q) => q.about)).toMatchObject([{ is: 'stuck', step: 'jobs', why: 'jobs write: fatal' }]);
    }
  });

  test('an item that is deleted at each write and made anew after it ends with a question', async () => {
    const m = await approved();
    m.world.onCall = ({ step, does }) => {
      if (step !== 'jobs' || does !== 'write') return null;
      m.world.of('jobs').delete('nightly');
      return 'fatal';
    };
    let looks = 0;
    m.world.onAnswer = ({ step, does }) => {
      if (step !== 'jobs' || does !== 'look' || m.world.of('jobs').has('nightly')) return;
      looks += 1;
      m.world.of('jobs').set('nightly', '# rake nightly');
    };
    await m.goOn();
    expect(looks).toBeGreaterThan(1);
    expect(m.open().map((q) => q.about)).toMatchObject([{ is: 'stuck', step: 'jobs' }]);
  });

  test('what somebody has put back already is not written', async () => {
    const m = await approved();
    m.world.of('workers').set('alpha', 4);
    let asked = 0;
    m.world.onCall = ({ step, does }) => {
      if (step === 'workers' && does === 'write') asked += 1;
      return null;
    };
    await m.goOn();
    expect(m.written('workers')).toEqual([0]);
    // Not even a call that would change nothing.
    expect(asked).toBe(0);
    expect(m.driver.run.ended?.as).toBe('restored');
  });

  test('a fight with somebody else ends with a question, and Try again goes on', async () => {
    const m = await approved();
    m.world.onAnswer = ({ step, does }) => {
      if (step === 'jobs' && does === 'write') m.world.of('jobs').set('nightly', '# rake nightly');
    };
    await m.goOn();
    expect(m.asked()).toBe('stuck');
    expect(m.written('jobs').length).toBeLessThanOrEqual(2 + MOST_MOVES);
    expect(m.written('door')).toEqual([true]);
    m.world.onAnswer = () => {};
    m.answer('try-again');
    await m.goOn();
    expect(m.driver.run.ended?.as).toBe('restored');
    expect(m.world.get('jobs', 'nightly')).toBe('rake nightly');
  });

  test('an item that was put back and is changed before its step is done is judged again', async () => {
    const m = await approved();
    let wrote = 0;
    m.world.onAnswer = ({ step, does }) => {
      if (step !== 'jobs' || does !== 'write') return;
      wrote += 1;
      if (wrote === 2) m.world.of('jobs').set('nightly', 'rake other');
    };
    await m.goOn();
    expect(m.asked()).toBe('drift');
    m.answer('restore');
    await m.goOn();
    expect(m.driver.run.ended?.as).toBe('restored');
    expect(m.world.get('jobs', 'nightly')).toBe('rake nightly');
  });
});

describe('drift', () => {
  test('is asked about, never overwritten; the rest goes on, the door waits', async () => {
    const m = await drifted();
    expect(m.asked()).toBe('drift');
    expect(m.open()[0]?.about).toMatchObject({ shows: { before: '4', sent: '0', now: '7' } });
    expect(m.world.get('workers', 'alpha')).toBe(7);
    expect(m.world.get('jobs', 'nightly')).toBe('rake nightly');
    expect(m.world.get('door', 'door')).toBe(true);
  });

  test('restore puts back what was before', async () => {
    const m = await drifted();
    m.answer('restore');
    await m.goOn();
    expect(m.world.get('workers', 'alpha')).toBe(4);
    expect(m.driver.run.ended?.as).toBe('restored');
  });

  test('I3: keep leaves it, and the one who decided is named', async () => {
    const m = await drifted();
    m.answer('keep');
    await m.goOn();
    expect(m.world.get('workers', 'alpha')).toBe(7);
    expect(m.item('alpha').settled).toEqual({ as: 'kept', now: 7, by: bob });
    expect(m.driver.run.ended?.as).toBe('restored');
  });

  test('later leaves the question open and the app shut', async () => {
    const m = await drifted();
    m.answer('later');
    await m.goOn();
    expect(m.asked()).toBe('drift');
    expect(m.world.get('door', 'door')).toBe(true);
    m.answer('keep');
    await m.goOn();
    expect(m.driver.run.ended?.as).toBe('restored');
  });

  test('an answer is about the value that it was shown: another one is asked about anew', async () => {
    const m = await drifted();
    m.world.of('workers').set('alpha', 9);
    m.answer('keep');
    await m.goOn();
    expect(m.open().map((q) => q.about)).toMatchObject([{ is: 'drift', now: 9 }]);
    expect(m.item('alpha').settled).toBeNull();
  });

  test.each(['restore', 'keep'] as const)(
    'an answer, %s, that comes while its step is being settled is not lost, and the door waits for it',
    async (answer) => {
      const m = await approved();
      m.world.of('jobs').set('nightly', 'rake other');
      let answered = false;
      m.world.onAnswer = ({ step, does }) => {
        if (step !== 'jobs' || does !== 'settle' || answered) return;
        answered = true;
        m.answer(answer);
      };
      m.world.onWrite = ({ step }) => {
        if (step === 'door') expect(m.item('nightly').settled).not.toBeNull();
      };
      await m.goOn();
      expect(answered).toBe(true);
      expect(m.driver.run.ended?.as).toBe('restored');
      expect(m.world.get('jobs', 'nightly')).toBe(answer === 'keep' ? 'rake other' : 'rake nightly');
      expect(m.events('reopened')).toEqual([]);
    },
  );
});

describe('I3: the last look', () => {
  test('finds what was changed back to ours after its step was done, and restores it', async () => {
    const m = await (await approved()).until('done', (e) => e.is === 'done' && e.way === 'back' && e.step === 'door');
    m.world.of('workers').set('alpha', 0);
    await m.goOn();
    expect(m.events('reopened')).toEqual([{ is: 'reopened', step: 'workers', keys: ['alpha'] }]);
    expect(m.world.get('workers', 'alpha')).toBe(4);
    expect(m.driver.run.ended?.as).toBe('restored');
  });

  test('asks about what somebody else changed after its step was done', async () => {
    const m = await (await approved()).until('done', (e) => e.is === 'done' && e.way === 'back' && e.step === 'door');
    m.world.of('workers').set('alpha', 7);
    await m.goOn();
    expect(m.driver.run.ended).toBeNull();
    expect(m.asked()).toBe('drift');
  });

  test('asks anew about what was kept and is something else by now', async () => {
    const m = await drifted();
    m.answer('keep');
    await m.until('done', (e) => e.is === 'done' && e.way === 'back' && e.step === 'door');
    m.world.of('workers').set('alpha', 9);
    await m.goOn();
    expect(m.open().map((q) => q.about)).toMatchObject([{ is: 'drift', now: 9 }]);
  });

  test('an item that was gone and is there again is judged again', async () => {
    const m = await approved();
    m.world.of('workers').delete('alpha');
    await m.until('done', (e) => e.is === 'done' && e.way === 'back' && e.step === 'door');
    m.world.of('workers').set('alpha', 0);
    await m.goOn();
    expect(m.world.get('workers', 'alpha')).toBe(4);
    expect(m.driver.run.ended?.as).toBe('restored');
  });

  test('does not end while a source cannot be read: it asks, and goes on trying', async () => {
    const m = await (await approved()).until('done', (e) => e.is === 'done' && e.way === 'back' && e.step === 'door');
    m.world.unusable = true;
    await m.until('asked');
    expect(m.open().map((q) => q.about)).toMatchObject([{ is: 'stuck', step: 'watch' }]);
    m.world.unusable = false;
    await m.goOn(MINUTE);
    expect(m.driver.run.ended?.as).toBe('restored');
    expect(m.open()).toEqual([]);
  });

  test('asks a person where what was put back keeps changing', async () => {
    const m = await approved();
    m.world.onAnswer = ({ does }) => {
      if (m.driver.doing?.do === 'check' && does === 'app') m.world.of('workers').set('alpha', 0);
    };
    await m.goOn();
    expect(m.driver.run.ended).toBeNull();
    expect(m.open().map((q) => q.about)).toMatchObject([{ is: 'stuck', step: 'watch' }]);
    expect(m.events('reopened').length).toBe(MOST_MOVES);
  });
});
