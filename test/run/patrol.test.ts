// While an app is held: what is not quiet any more, what people do in it, and what cannot be seen.
import { describe, expect, test } from 'vitest';
import { cannotBeApproved } from '../../src/model/decide.ts';
import { ann, MINUTE, SECOND } from '../helpers/make-run.ts';
import { Maintenance } from './maintenance.ts';

const held = async (values = {}): Promise<Maintenance> => new Maintenance(values).goOn();

/** The next patrol, and what comes of it. */
async function patrolled(m: Maintenance): Promise<Maintenance> {
  m.driver.now += m.driver.run.patrol?.every ?? 0;
  return m.goOn();
}

describe('an approval that could not be looked up', () => {
  const failing = async (times: number): Promise<Maintenance> => {
    const m = await held();
    expect(m.driver.command({ do: 'resume' }, ann)).toBe('done');
    let left = times;
    m.world.onCall = ({ does }) => {
      if (does !== 'app' || left === 0) return null;
      left -= 1;
      return 'fatal';
    };
    await m.until('withdrawn');
    expect(cannotBeApproved(m.driver.run)).toBe(true);
    return m;
  };

  test('leaves whoever asked for it a minute to abort, and is asked for again once all can be seen', async () => {
    const m = await failing(1);
    await m.goOn();
    expect(cannotBeApproved(m.driver.run)).toBe(true);
    await patrolled(m);
    await patrolled(m);
    expect(cannotBeApproved(m.driver.run)).toBe(false);
    expect(m.driver.command({ do: 'abort' }, ann)).toBe('refused');
    await (await m.approve()).goOn();
    expect(m.driver.run.ended?.as).toBe('restored');
  });

  test('stays open to an abort as long as something cannot be seen', async () => {
    const m = await failing(1);
    m.world.onCall = ({ step, does }) => (step === 'workers' && does === 'look' ? 'retryable' : null);
    for (let i = 0; i < 3; i += 1) await patrolled(m);
    expect(m.driver.run.patrol?.unseen).not.toEqual([]);
    expect(cannotBeApproved(m.driver.run)).toBe(true);
  });
});

describe('what is not quiet any more', () => {
  test.each([
    ['the door is opened', 'door', 'door', false, { before: 'false', wanted: 'true', now: 'false' }],
    ['workers are brought back', 'workers', 'alpha', 4, { before: '4', wanted: '0', now: '4' }],
    ['a worker that stood at zero is started', 'workers', 'beta', 2, { before: '0', wanted: '0', now: '2' }],
    ['the variable is removed', 'variable', 'MAINTENANCE', null, { before: 'null', wanted: '"true"', now: 'null' }],
  ] as const)('%s: it is told once', async (_, step, key, value, shows) => {
    const m = await held();
    m.world.of(step).set(key, value);
    const writes = m.world.writes.length;
    await patrolled(m);
    expect(m.open().map((q) => q.about)).toMatchObject([{ is: 'violation', step, key, shows }]);
    for (let i = 0; i < 5; i += 1) await patrolled(m);
    expect(m.events('asked')).toHaveLength(1);
    expect(m.world.writes).toHaveLength(writes);
    expect(m.driver.run.way).toBe('quiet');
  });

  test('what was accepted before the start, for it could not be held, is not told when it can be seen', async () => {
    const m = new Maintenance({}, { accepted: ['intake'] });
    m.world.unusable = true;
    await m.goOn();
    expect(m.driver.run.quietAt).not.toBeNull();
    m.world.unusable = false;
    for (let i = 0; i < 3; i += 1) await patrolled(m);
    expect(m.events('asked')).toEqual([]);
  });

  test('quiet again: it is set as quiet wants it, proved, and restored at the end as it was before', async () => {
    const m = await held();
    m.world.of('workers').set('alpha', 7);
    await patrolled(m);
    const proofs = m.events('done').filter((event) => event.step === 'proof').length;
    m.answer('quiet-again');
    await m.goOn();
    expect(m.world.get('workers', 'alpha')).toBe(0);
    expect(m.events('done').filter((event) => event.step === 'proof')).toHaveLength(proofs + 1);
    await patrolled(m);
    expect(m.open()).toEqual([]);
    await (await m.approve()).goOn();
    expect(m.world.get('workers', 'alpha')).toBe(4);
    expect(m.driver.run.ended?.as).toBe('restored');
  });

  test('quiet again is for the value that was shown: another one is asked about anew', async () => {
    const m = await held();
    m.world.of('workers').set('alpha', 7);
    await patrolled(m);
    m.world.of('workers').set('alpha', 9);
    m.answer('quiet-again');
    await m.goOn();
    expect(m.world.get('workers', 'alpha')).toBe(9);
    expect(m.open().map((q) => q.about)).toMatchObject([{ is: 'violation', now: 9 }]);
    m.answer('quiet-again');
    await m.goOn();
    expect(m.world.get('workers', 'alpha')).toBe(0);
  });

  test('what nobody wants quiet again is left alone, beside what is', async () => {
    const m = await held();
    m.world.of('workers').set('alpha', 7);
    m.world.of('workers').set('beta', 1);
    await patrolled(m);
    expect(m.open()).toHaveLength(2);
    m.answer('accept');
    m.answer('quiet-again');
    await m.goOn();
    expect([m.world.get('workers', 'alpha'), m.world.get('workers', 'beta')]).toEqual([7, 0]);
    await patrolled(m);
    expect(m.open()).toEqual([]);
  });

  test('one that goes on changing is one question, about what is there now', async () => {
    const m = await held();
    for (const quantity of [1, 2, 3, 5]) {
      m.world.of('workers').set('alpha', quantity);
      await patrolled(m);
    }
    expect(m.events('asked')).toHaveLength(1);
    expect(m.open().map((q) => q.about)).toMatchObject([{ now: 5, shows: { now: '5' } }]);
  });

  test('accepted, it is accepted until it changes: quiet in between and loud again, it is told again', async () => {
    const m = await held();
    m.world.of('workers').set('alpha', 7);
    await patrolled(m);
    m.answer('accept');
    await patrolled(m);
    m.world.of('workers').set('alpha', 0);
    await patrolled(m);
    m.world.of('workers').set('alpha', 7);
    await patrolled(m);
    expect(m.asked()).toBe('violation');
    expect(m.events('asked')).toHaveLength(2);
  });

  test('made quiet by somebody else, the question is taken back', async () => {
    const m = await held();
    m.world.of('jobs').set('nightly', 'rake other');
    await patrolled(m);
    expect(m.asked()).toBe('violation');
    m.world.of('jobs').set('nightly', '# rake nightly');
    await patrolled(m);
    expect(m.open()).toEqual([]);
    expect(m.events('withdrawn')).toMatchObject([{ why: 'it is quiet again' }]);
  });

  test('a process type that a deploy adds is told, captured, and put back as it was found', async () => {
    const m = await held();
    m.world.of('workers').set('gamma', 3);
    await patrolled(m);
    expect(m.open()[0]?.about).toMatchObject({ shows: { before: 'was not there', wanted: '0', now: '3' } });
    m.answer('quiet-again');
    await m.goOn();
    expect(m.world.get('workers', 'gamma')).toBe(0);
    await (await m.approve()).goOn();
    expect(m.world.get('workers', 'gamma')).toBe(3);
  });

  test('a job that is deleted is nothing loud, and a question about it is taken back', async () => {
    const m = await held();
    m.world.of('jobs').set('nightly', 'rake other');
    await patrolled(m);
    m.world.of('jobs').delete('nightly');
    await patrolled(m);
    expect(m.events('withdrawn')).toMatchObject([{ why: 'it is not there any more' }]);
    expect(m.open()).toEqual([]);
  });

  test('what cannot be made quiet again turns nothing: it is asked again', async () => {
    const m = await held();
    m.world.of('workers').set('alpha', 7);
    await patrolled(m);
    m.world.onCall = ({ step, does }) => (step === 'workers' && does === 'write' ? 'fatal' : null);
    m.answer('quiet-again');
    await m.goOn();
    expect(m.driver.run.way).toBe('quiet');
    m.world.onCall = () => null;
    await patrolled(m);
    expect(m.asked()).toBe('violation');
    m.answer('quiet-again');
    await m.goOn();
    expect(m.world.get('workers', 'alpha')).toBe(0);
  });

  test('on the way back its question is taken back, and the item is judged as every other', async () => {
    const m = await held();
    m.world.of('workers').set('alpha', 7);
    await patrolled(m);
    await (await m.approve()).goOn();
    expect(m.asked()).toBe('drift');
    m.answer('keep');
    await m.goOn();
    expect(m.driver.run.ended?.as).toBe('restored');
    expect(m.world.get('workers', 'alpha')).toBe(7);
  });
});

describe('what was quiet already, and is not any more', () => {
  const already = { door: { door: true }, workers: { alpha: 4, beta: 0 }, variable: { MAINTENANCE: 'true' } };

  test('I1, I4: quiet again does not touch its snapshot: at the end it is as it was before', async () => {
    const m = await held(already);
    m.world.of('door').set('door', false);
    m.world.of('workers').set('beta', 2);
    m.world.of('variable').set('MAINTENANCE', null);
    await patrolled(m);
    for (let i = 0; i < 3; i += 1) {
      m.answer('quiet-again');
      await m.goOn();
    }
    expect(m.events('corrected')).toEqual([]);
    await (await m.approve()).goOn();
    expect(m.driver.run.ended?.as).toBe('restored');
    expect([m.world.get('door', 'door'), m.world.get('workers', 'beta')]).toEqual([true, 0]);
    expect(m.world.get('variable', 'MAINTENANCE')).toBe('true');
  });

  test('I3: left alone it is shown by the approval and asked about on the way back, though nothing was sent for it', async () => {
    const m = await held(already);
    m.world.of('workers').set('beta', 2);
    await patrolled(m);
    m.driver.command({ do: 'resume' }, ann);
    await m.goOn();
    const shown = m.open().find((q) => q.about.is === 'resume')?.shown?.rows;
    expect(shown?.find(({ key }) => key === 'beta')).toMatchObject({ before: '0', now: '2', after: 'will be asked' });
    m.answer('approve');
    await m.goOn();
    expect(m.open().map((q) => q.about)).toMatchObject([
      { is: 'drift', key: 'beta', shows: { sent: 'left as it was' } },
    ]);
    m.answer('restore');
    await m.goOn();
    expect(m.driver.run.ended?.as).toBe('restored');
    expect(m.world.get('workers', 'beta')).toBe(0);
  });
});

describe('while it is being made quiet again', () => {
  test('an approval does not wait for it, and other changes are told', async () => {
    const m = await held();
    m.world.slowness = 30 * MINUTE;
    m.world.of('workers').set('alpha', 7);
    await patrolled(m);
    m.answer('quiet-again');
    for (let i = 0; i < 6; i += 1) await m.driver.turn();
    expect(m.driver.run.steps.quiet.find(({ name }) => name === 'workers')?.state).toBe('moving');
    m.world.of('door').set('door', false);
    m.driver.now += 15 * SECOND;
    await m.driver.turn();
    expect(m.open().map((q) => q.about)).toMatchObject([{ is: 'violation', step: 'door' }]);
    m.driver.command({ do: 'resume' }, ann);
    await m.driver.turn();
    expect(m.open().find((q) => q.about.is === 'resume')?.shown).not.toBeNull();
    m.answer('approve');
    await m.driver.turn();
    expect(m.driver.run.way).toBe('back');
  });

  test('what has changed once more is asked about at once, as it is now', async () => {
    const m = await held();
    m.world.of('workers').set('alpha', 7);
    await patrolled(m);
    m.world.of('workers').set('alpha', 9);
    m.answer('quiet-again');
    await m.goOn();
    expect(m.open().map((q) => q.about)).toMatchObject([{ is: 'violation', now: 9 }]);
  });
});

describe('what people do', () => {
  test('is listed once each; what was there before is not', async () => {
    const m = new Maintenance();
    m.world.activity.push({ key: 'v41', says: 'v41 by ada', at: 1 });
    await m.goOn();
    m.world.activity.push({ key: 'v42', says: 'v42 by ada', at: 2 });
    await patrolled(m);
    await patrolled(m);
    expect(m.driver.run.patrol?.activity.map(({ says }) => says)).toEqual(['v42 by ada']);
    expect(m.events('patrolled')).toHaveLength(2);
    expect(m.asked()).toBe('');
  });

  test('a rename is among it, and the commands are said anew', async () => {
    const m = await held();
    m.world.name = 'store';
    await patrolled(m);
    expect(m.driver.run.app.name).toBe('store');
    expect(m.driver.run.patrol?.activity).toMatchObject([{ says: 'renamed from shop to store' }]);
    expect(m.events('renamed')).toHaveLength(1);
  });

  test('a patrol that finds everything as it was writes nothing down', async () => {
    const m = await held();
    const seq = m.driver.run.seq;
    for (let i = 0; i < 20; i += 1) await patrolled(m);
    expect(m.driver.run.seq).toBe(seq);
  });
});

describe('what cannot be seen', () => {
  test('one source that cannot be read is named, until it can', async () => {
    const m = await held();
    m.world.unusable = true;
    await patrolled(m);
    expect(m.driver.run.patrol?.unseen).toEqual([{ title: 'intake', why: 'the intake cannot be read' }]);
    m.world.unusable = false;
    await patrolled(m);
    expect(m.driver.run.patrol?.unseen).toEqual([]);
  });

  test('one source that fails keeps nobody from looking at the others', async () => {
    const m = await held();
    m.world.onCall = ({ step, does }) => (step === 'jobs' || does === 'activity' ? 'fatal' : null);
    m.world.of('door').set('door', false);
    await patrolled(m);
    expect(m.asked()).toBe('violation');
    expect(m.driver.run.patrol?.unseen.map(({ title }) => title)).toEqual(['jobs', 'Deploys and one-off dynos']);
  });

  test('a failure that may pass does not say that it can be looked at again', async () => {
    const m = await held();
    m.world.onCall = () => 'wide';
    for (const ms of [2 * MINUTE, 2 * SECOND, 0]) {
      m.driver.now += ms;
      await m.driver.turn();
    }
    m.world.onCall = () => 'retryable';
    m.driver.now += MINUTE;
    await m.driver.turn();
    await m.driver.turn();
    expect(m.asked()).toBe('stuck');
    expect(m.events('withdrawn')).toEqual([]);
  });

  test('a platform that does not answer is looked at again, and it shows since when', async () => {
    const m = await held();
    const since = m.driver.now + (m.driver.run.patrol?.every ?? 0);
    m.world.onCall = () => 'retryable';
    m.driver.now = since;
    await m.driver.turn();
    expect(m.driver.run.patrol?.trouble).toMatchObject({ since, kind: 'retryable' });
    m.world.onCall = () => null;
    m.driver.now += 2 * SECOND;
    await m.goOn();
    expect(m.driver.run.patrol?.trouble).toBeNull();
  });

  test('where nothing at all can be done a person is asked once, and leaving it ends the run with a name', async () => {
    const m = await held();
    m.world.onCall = () => 'wide';
    for (let i = 0; i < 8; i += 1) {
      m.driver.now += MINUTE;
      await m.driver.turn();
      await m.driver.turn();
    }
    expect(m.open()).toMatchObject([{ about: { is: 'stuck', step: 'patrol', wide: true } }]);
    expect(m.events('asked')).toHaveLength(1);
    m.answer('give-up');
    expect(m.driver.run.ended?.as).toBe('restored');
    expect(m.item('alpha').settled).toMatchObject({ as: 'left' });
    expect(m.driver.command({ do: 'resume' }, ann)).toBe('refused');
  });

  test('it passes by itself when it can be looked at again', async () => {
    const m = await held();
    m.world.onCall = () => 'wide';
    for (const ms of [2 * MINUTE, 2 * SECOND]) {
      m.driver.now += ms;
      await m.driver.turn();
    }
    await m.driver.turn();
    expect(m.asked()).toBe('stuck');
    m.world.onCall = () => null;
    m.driver.now += MINUTE;
    await m.goOn();
    expect(m.open()).toEqual([]);
  });
});
