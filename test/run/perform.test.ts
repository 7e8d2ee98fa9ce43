import { describe, expect, test } from 'vitest';
import { MOST_MOVES } from '../../src/model/next/trying.ts';
import { phase } from '../../src/model/phase.ts';
import { ann, bob, concern } from '../helpers/make-run.ts';
import { Maintenance } from './maintenance.ts';
import { Crash } from './toy-driver.ts';

describe('I1: nothing is sent before its "before" and its intent are committed', () => {
  test('at every write the log holds both', async () => {
    const m = new Maintenance();
    let writes = 0;
    m.world.onWrite = ({ step, changes }) => {
      for (const { key, value } of changes) {
        writes += 1;
        const captured = m.driver.run.items.find((item) => item.step === step && item.key === key);
        expect(captured?.before).toEqual(m.world.get(step, key));
        expect(captured?.sent).toContainEqual(value);
      }
    };
    await m.goOn();
    expect(phase(m.driver.run)).toBe('holding');
    expect(writes).toBe(6);
  });

  test('an item that changed between the plan and the first write is corrected, and put back so', async () => {
    const m = await new Maintenance().until('done');
    m.world.of('workers').set('alpha', 6);
    await (await m.goOn()).approve();
    await m.goOn();
    expect(m.item('alpha').before).toBe(6);
    expect(m.world.get('workers', 'alpha')).toBe(6);
  });

  test('an item that appeared after the plan is captured, quieted and put back', async () => {
    const m = await new Maintenance().until('done');
    m.world.of('workers').set('new', 3);
    await m.goOn();
    expect(m.world.get('workers', 'new')).toBe(0);
    await (await m.approve()).goOn();
    expect(m.world.get('workers', 'new')).toBe(3);
  });

  test('a run that moved between look and write writes nothing', async () => {
    const m = await new Maintenance().until('done');
    m.world.onAnswer = ({ does }) => {
      if (does === 'look') m.driver.command({ do: 'abort' }, ann);
    };
    await m.goOn();
    expect(m.world.writes).toEqual([]);
    expect(m.driver.run.ended?.as).toBe('cancelled');
  });
});

describe('I4: only our own change', () => {
  test('what is quiet already is neither written nor restored', async () => {
    const m = new Maintenance({ door: { door: true }, variable: { MAINTENANCE: 'true' }, intake: { http: 'paused' } });
    await (await m.goOn()).approve();
    await m.goOn();
    expect(m.driver.run.ended?.as).toBe('restored');
    expect(m.world.writes.filter((w) => w.key === 'beta')).toEqual([]);
    for (const step of ['door', 'variable', 'intake']) expect(m.written(step)).toEqual([]);
    expect(m.world.get('door', 'door')).toBe(true);
  });

  test.each([null, '', 'false'])('a variable that was %j is put back so', async (before) => {
    const m = new Maintenance({ variable: { MAINTENANCE: before } });
    await (await m.goOn()).approve();
    await m.goOn();
    expect(m.written('variable')).toEqual(['true', before]);
  });

  test('an app in which all is quiet is held, and ends cancelled: nothing was ever sent', async () => {
    const m = new Maintenance({
      door: { door: true },
      intake: { http: 'paused' },
      jobs: {},
      workers: { beta: 0 },
      variable: { MAINTENANCE: 'true' },
    });
    await m.goOn();
    expect(phase(m.driver.run)).toBe('holding');
    await (await m.approve()).goOn();
    expect(m.driver.run.ended?.as).toBe('cancelled');
    expect(m.world.writes).toEqual([]);
  });

  test("somebody else's change to what we have quieted turns the run, and is asked about, not overwritten", async () => {
    const m = await new Maintenance().until('sending', (e) => e.is === 'sending' && e.step === 'jobs');
    const [{ key } = { key: '' }] = m.world.writes.filter((w) => w.step === 'jobs');
    m.world.of('jobs').set(key, 'rake theirs');
    await m.goOn();
    expect(m.driver.run.way).toBe('back');
    expect(m.world.get('jobs', key)).toBe('rake theirs');
    expect(m.asked()).toBe('drift');
  });
});

describe('what cannot be held still', () => {
  test('is left out where a person accepted it by name', async () => {
    const m = new Maintenance({}, { accepted: ['intake'] });
    m.world.unusable = true;
    await m.goOn();
    expect(phase(m.driver.run)).toBe('holding');
    expect(m.written('intake')).toEqual([]);
  });

  test('is asked about where nobody has accepted it', async () => {
    const m = new Maintenance();
    m.world.unusable = true;
    await m.goOn();
    expect(m.open().map((q) => q.about)).toEqual([{ is: 'start', names: ['intake'] }]);
    expect(m.world.writes).toEqual([]);
  });

  test('turns the run where it gets out of reach after the plan, once patience is at its end', async () => {
    const m = await new Maintenance().until('done');
    m.world.unusable = true;
    await m.goOn();
    expect(m.driver.run.turned).toMatchObject({ by: null, why: expect.stringContaining('intake') });
    expect(m.driver.run.ended?.as).toBe('restored');
  });

  test('a no-go sends nothing', async () => {
    const m = new Maintenance();
    m.world.concerns = [concern({ is: 'refuse', says: 'the last release failed' })];
    await m.goOn();
    expect(m.driver.run.ended).toMatchObject({ as: 'cancelled', why: 'no-go: the last release failed. accept it' });
    expect(m.world.writes).toEqual([]);
  });
});

describe('I7: doubt looks first', () => {
  test('a crash right after a write: the next one looks, and does not write again', async () => {
    const m = await new Maintenance().until('done');
    let crashes = 0;
    m.world.onAnswer = ({ step, does }) => {
      if (step !== 'workers' || does !== 'write' || crashes > 0) return;
      crashes += 1;
      throw new Crash();
    };
    await expect(m.goOn()).rejects.toThrow(Crash);
    await m.goOn();
    expect(m.written('workers')).toEqual([0]);
    expect(phase(m.driver.run)).toBe('holding');
  });

  test('a crash between intent and write: the item counts as touched, and is written once', async () => {
    const m = await new Maintenance().until('done');
    let crashes = 0;
    m.world.onWrite = ({ step }) => {
      if (step !== 'workers' || crashes > 0) return;
      crashes += 1;
      throw new Crash();
    };
    await expect(m.goOn()).rejects.toThrow(Crash);
    expect(m.item('alpha').sent).toEqual([0]);
    await m.goOn();
    expect(m.written('workers')).toEqual([0]);
  });

  test.each(['unclear-done', 'unclear-not-done'] as const)(
    'an answer that never came (%s) is looked up',
    async (fault) => {
      const m = await new Maintenance().until('done');
      let faults = 0;
      m.world.onCall = ({ step, does }) => {
        if (step !== 'workers' || does !== 'write' || faults > 0) return null;
        faults += 1;
        return fault;
      };
      await m.goOn();
      expect(faults).toBe(1);
      expect(m.written('workers')).toEqual([0]);
      await (await m.approve()).goOn();
      expect(m.driver.run.ended?.as).toBe('restored');
      expect(m.world.get('workers', 'alpha')).toBe(4);
    },
  );
});

describe('I11: an approval opens what it showed', () => {
  test('it shows every item that we touched: before, now, after', async () => {
    const m = await new Maintenance().goOn();
    m.world.of('workers').set('alpha', 7);
    m.world.of('jobs').delete('hourly');
    m.driver.command({ do: 'resume' }, bob);
    await m.goOn();
    const rows = m.open()[0]?.shown?.rows.map((r) => [r.key, r.before, r.now, r.after]);
    expect(rows).toEqual([
      ['MAINTENANCE', 'null', '"true"', 'null'],
      ['alpha', '4', '7', 'will be asked'],
      ['nightly', 'a command of 12 characters', 'paused of 14 characters', 'a command of 12 characters'],
      ['hourly', 'a command of 11 characters', 'gone', 'stays gone'],
      ['http', '"open"', '"paused"', '"open"'],
      ['door', 'false', 'true', 'false'],
    ]);
  });

  test('what changes between the list and its approval is shown anew, and nothing opens', async () => {
    const m = await (await new Maintenance().goOn()).approve();
    m.world.of('workers').set('alpha', 7);
    await m.goOn();
    expect(m.driver.run.way).toBe('quiet');
    expect(m.asked()).toBe('resume, violation');
    m.answer('approve');
    await m.goOn();
    expect(m.driver.run.turned).toMatchObject({ by: bob, why: 'approved' });
  });

  test('a hiccup of a source voids no approval', async () => {
    const m = await (await new Maintenance().goOn()).approve();
    m.world.unusable = true;
    await m.driver.turn();
    m.world.unusable = false;
    await m.goOn();
    expect(m.driver.run.turned).toMatchObject({ by: bob, why: 'approved' });
    expect(m.events('asked')).toHaveLength(1);
  });

  test('what cannot be read is shown as that, so that the app can be opened all the same', async () => {
    const m = await new Maintenance().goOn();
    m.world.unusable = true;
    m.driver.command({ do: 'resume' }, bob);
    await m.goOn();
    expect(m.open()[0]?.shown?.rows.find((r) => r.key === 'http')?.now).toBe('cannot be read');
    m.answer('approve');
    await m.goOn();
    expect(m.driver.run.way).toBe('back');
  });
});

test('I8: what people are shown carries no command of a job, and so no secret of one', async () => {
  const m = await new Maintenance({ jobs: { nightly: 'rake sync --token s3cret' } }).goOn();
  await m.approve();
  m.world.of('jobs').set('nightly', 'rake sync --token s3cret2');
  await m.goOn();
  m.answer('approve');
  await m.goOn();
  expect(m.asked()).toBe('drift');
  const rows = m.events('shown').flatMap((event) => event.rows);
  const shows = m.events('asked').flatMap(({ about }) => (about.is === 'drift' ? [about.shows] : []));
  expect(rows.length).toBeGreaterThan(0);
  expect(shows).toHaveLength(1);
  expect(JSON.stringify([rows, shows])).not.toContain('s3cret');
});

test('a step that asks for ever comes to an end: the run turns', async () => {
  const m = await new Maintenance().until('done');
  m.world.onAnswer = ({ step, does }) => {
    if (step === 'jobs' && does === 'write') m.world.of('jobs').set('nightly', 'rake nightly');
  };
  await m.goOn();
  expect(m.events('again').length).toBeLessThanOrEqual(MOST_MOVES);
  expect(m.driver.run.way).toBe('back');
});

test('an app that is renamed in the middle is called by its new name', async () => {
  const m = await new Maintenance().goOn();
  m.world.name = 'store';
  await (await m.approve()).goOn();
  expect(m.driver.run.app).toEqual({ id: 'app-1', name: 'store' });
  expect(m.events('renamed')).toHaveLength(1);
});
