import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { decide } from '../../src/model/decide.ts';
import { openStore } from '../../src/store/store.ts';
import { onEveryDatabase } from '../helpers/database.ts';
import { ann, bob, cancelled, drift, extended, freshStore, noon, requested, there } from './fixtures.ts';

onEveryDatabase('Runs', (databases) => {
  const at = freshStore(databases);

  test('I2: of fifty people who start a maintenance of one app at once, one does, and all get the same run', async () => {
    const many = Array.from({ length: 50 }, (_, i) => at.store.create(requested(`run-${i}`)));
    const answers = await Promise.all(many);
    expect(answers.filter((answer) => answer.is === 'created')).toHaveLength(1);
    expect(new Set(answers.map((answer) => answer.run.id)).size).toBe(1);
    expect(await at.store.unfinished()).toHaveLength(1);
  });

  test('a run that was begun before is not begun again, by one process or another, even where it has ended', async () => {
    await at.store.create(requested('run-1'));
    expect(await at.store.create(requested('run-1'))).toMatchObject({ is: 'taken', run: { id: 'run-1' } });
    await at.store.decide('run-1', noon + 1, () => ({ is: 'events', events: [cancelled] }));
    const again = await at.store.create(requested('run-1'));
    expect(again).toMatchObject({ is: 'taken', run: { id: 'run-1', ended: { as: 'cancelled' } } });
  });

  test('I2: the database itself refuses a second unfinished run of an app', async () => {
    await at.store.create(requested('run-1'));
    const second = sql`insert into maint.run (id, app_id, app_name, asked_at, seq) values ('run-2', 'app-1', 'shop', now(), 1)`;
    await expect(second.execute(at.database.db)).rejects.toThrow('run_one_unfinished');
  });

  test('an app whose maintenance has ended can have another one', async () => {
    await at.store.create(requested('run-1'));
    await at.store.decide('run-1', noon + 1, () => ({ is: 'events', events: [cancelled] }));
    expect((await at.store.create(requested('run-2', { at: noon + 2 }))).is).toBe('created');
    expect((await at.store.unfinishedOf('app-1'))?.id).toBe('run-2');
  });

  test('a run that is replaced ends with the beginning of the other one, or neither does', async () => {
    await at.store.create(requested('run-1'));
    const refused = { is: 'refused', says: 'no', remedy: 'wait' } as const;
    expect(await at.store.replace('run-1', () => refused, requested('run-2'))).toEqual(refused);
    const without = at.store.replace('run-1', () => ({ is: 'events', events: [extended] }), requested('run-2'));
    await expect(without).rejects.toThrow('the app has another one');
    expect(await at.store.load('run-2')).toBeNull();
    expect((await at.store.load('run-1'))?.seq).toBe(1);
    const moved: string[] = [];
    at.store.onChange((id) => void moved.push(id));
    const replaced = await at.store.replace(
      'run-1',
      () => ({ is: 'events', events: [cancelled] }),
      requested('run-2', { at: noon + 2 }),
    );
    expect(replaced).toMatchObject({ is: 'changed', run: { id: 'run-2', seq: 1 } });
    expect((await at.store.load('run-1'))?.ended?.at).toBe(noon + 2);
    expect((await at.store.unfinished()).map(({ id }) => id)).toEqual(['run-2']);
    expect(moved).toEqual(['run-1', 'run-2']);
  });

  test('other apps are not in the way', async () => {
    await at.store.create(requested('run-1'));
    await at.store.create(requested('run-2', { app: { id: 'app-2', name: 'api' } }));
    expect((await at.store.unfinished()).map((run) => run.app.name)).toEqual(['shop', 'api']);
  });

  test('a run reads back as it was written, in this process and in another', async () => {
    const { run } = await at.store.create(requested('run-1'));
    const changed = await at.store.decide('run-1', noon + 5, () => ({ is: 'events', events: [extended, drift] }));
    if (changed.is !== 'changed') throw new Error(changed.is);
    expect(changed.run).toMatchObject({ seq: 3, endsAt: noon + 3_600_000, askedBy: ann });
    expect(await at.store.load('run-1')).toEqual(changed.run);
    expect(await openStore(at.database).load('run-1')).toEqual(changed.run);
    expect((await at.store.log('run-1')).map(({ seq, at: when, event }) => [seq, when, event.is])).toEqual([
      [1, noon, 'requested'],
      [2, noon + 5, 'extended'],
      [3, noon + 5, 'asked'],
    ]);
    expect(run.seq).toBe(1);
  });

  test('a value is kept exactly, whatever characters it has', async () => {
    await at.store.create(requested('run-1'));
    const before = { text: 'a\u0000b "quoted" \ud800 ü 🛠', zebra: 1, ant: [0.1, 1e21, null, false] };
    const item = {
      step: 'config-var',
      key: 'MAINTENANCE',
      label: 'MAINTENANCE',
      before,
      aim: 'true',
      quiet: { will: '', byHand: '' },
      back: { will: '', byHand: '' },
    };
    await at.store.decide('run-1', noon, () => ({
      is: 'events',
      events: [{ is: 'planned', concerns: [], items: [item] }],
    }));
    const read = there(await openStore(at.database).load('run-1'));
    expect(JSON.stringify(read.items[0]?.before)).toBe(JSON.stringify(before));
  });

  test('a store that has seen a run sees what another store has added', async () => {
    const other = openStore(at.database);
    await at.store.create(requested('run-1'));
    expect((await other.load('run-1'))?.seq).toBe(1);
    await at.store.decide('run-1', noon + 1, () => ({ is: 'events', events: [extended] }));
    expect((await other.load('run-1'))?.endsAt).toBe(extended.is === 'extended' ? extended.endsAt : 0);
    await other.decide('run-1', noon + 2, () => ({ is: 'events', events: [drift] }));
    expect(await at.store.load('run-1')).toEqual(await other.load('run-1'));
  });

  test('what is not an event is not stored', async () => {
    await at.store.create(requested('run-1'));
    const nonsense = at.store.decide('run-1', noon, () => ({
      is: 'events',
      events: [extended, { is: 'extended', by: ann, endsAt: Number.NaN }],
    }));
    await expect(nonsense).rejects.toThrow();
    expect(await at.store.log('run-1')).toHaveLength(1);
    expect((await at.store.load('run-1'))?.seq).toBe(1);
  });

  test('I1: stored events can be neither changed nor deleted', async () => {
    await at.store.create(requested('run-1'));
    const { db } = at.database;
    await expect(sql`update maint.event set body = '{}'`.execute(db)).rejects.toThrow('(I1)');
    await expect(sql`delete from maint.event`.execute(db)).rejects.toThrow('(I1)');
    await expect(sql`delete from maint.run`.execute(db)).rejects.toThrow();
    expect(await at.store.log('run-1')).toHaveLength(1);
  });

  test('I1: a "before" that was sent for already cannot be corrected, and nothing of the attempt stays', async () => {
    await at.store.create(requested('run-1'));
    const said = { will: '', byHand: '' };
    const item = { step: 'workers', key: 'worker', label: 'worker', before: 4, aim: 0, quiet: said, back: said };
    await at.store.decide('run-1', noon, () => ({
      is: 'events',
      events: [
        { is: 'planned', concerns: [], items: [item] },
        { is: 'sending', way: 'quiet', step: 'workers', changes: [{ key: 'worker', value: 0 }] },
      ],
    }));
    const correction = at.store.decide('run-1', noon, () => ({
      is: 'events',
      events: [extended, { is: 'corrected', item: { ...item, before: 0 } }],
    }));
    await expect(correction).rejects.toThrow('(I1)');
    expect(await at.store.load('run-1')).toMatchObject({ seq: 3, endsAt: noon + 1_800_000, items: [{ before: 4 }] });
  });

  test('of twenty people who answer one question at once, one is heard and nineteen learn who was first', async () => {
    await at.store.create(requested('run-1'));
    await at.store.decide('run-1', noon, () => ({ is: 'events', events: [drift] }));
    const stores = [at.store, openStore(at.database)];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        there(stores[i % 2]).decide('run-1', noon + 1, (run) =>
          decide(run, { do: 'answer', question: 'drift-1', answer: 'restore', hash: null }, i === 0 ? ann : bob, noon),
        ),
      ),
    );
    expect(answers.filter((answer) => answer.is === 'changed')).toHaveLength(1);
    const refusals = answers.filter((answer) => answer.is === 'refused');
    expect(refusals).toHaveLength(19);
    expect(refusals.every((refusal) => refusal.says.includes('was first'))).toBe(true);
    expect((await at.store.log('run-1')).filter(({ event }) => event.is === 'answered')).toHaveLength(1);
  });

  test('a decision that fails changes nothing', async () => {
    await at.store.create(requested('run-1'));
    const failing = at.store.decide('run-1', noon, () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await at.store.decide('run-1', noon, () => ({ is: 'events', events: [extended] }))).toMatchObject({
      is: 'changed',
    });
  });

  test('a run that nobody has started is unknown', async () => {
    expect(await at.store.load('run-9')).toBeNull();
    expect(await at.store.lastOf('app-9')).toBeNull();
    expect((await at.store.decide('run-9', noon, () => ({ is: 'events', events: [] }))).is).toBe('unknown');
  });

  test('a run is found by the name that its app has last had', async () => {
    await at.store.create(requested('run-1'));
    await at.store.decide('run-1', noon, () => ({
      is: 'events',
      events: [{ is: 'renamed', name: 'store', items: [] }],
    }));
    expect((await at.store.byAppName('store'))?.app).toEqual({ id: 'app-1', name: 'store' });
    expect(await at.store.byAppName('shop')).toBeNull();
    expect((await openStore(at.database).byAppName('store'))?.app.name).toBe('store');
  });

  test('the last run of an app is its unfinished one, or the newest', async () => {
    for (const [id, when] of [
      ['run-1', noon],
      ['run-2', noon + 10],
    ] as const) {
      await at.store.create(requested(id, { at: when }));
      await at.store.decide(id, when + 1, () => ({ is: 'events', events: [cancelled] }));
    }
    expect((await at.store.lastOf('app-1'))?.id).toBe('run-2');
    await at.store.create(requested('run-3', { at: noon - 10 }));
    expect((await at.store.lastOf('app-1'))?.id).toBe('run-3');
    expect((await at.store.byAppName('shop'))?.id).toBe('run-3');
  });

  test('listeners hear of every commit that moved a run, and of nothing else', async () => {
    const heard: string[] = [];
    const stop = at.store.onChange((id, by) => heard.push(`${id} ${by}`));
    await at.store.create(requested('run-1'));
    await at.store.create(requested('run-2'));
    await at.store.decide('run-1', noon, () => ({ is: 'refused', says: 'no', remedy: '' }));
    await at.store.decide('run-1', noon, () => ({ is: 'events', events: [] }));
    await at.store.decide('run-1', noon, () => ({ is: 'events', events: [extended] }));
    const lease = there(await at.store.takeLease('run-1', 'here'));
    await at.store.append(lease, noon, [extended]);
    await at.store.emergencyTold('run-1', noon);
    await at.store.emergencyTold('run-1', noon);
    stop();
    await at.store.decide('run-1', noon, () => ({ is: 'events', events: [extended] }));
    expect(heard).toEqual(['run-1 other', 'run-1 other', 'run-1 driver', 'run-1 other']);
  });

  test('the record of commands keeps the newest first, whatever people type', async () => {
    await at.store.audit({ at: noon, person: ann, what: '/maint start shop', outcome: 'started', why: null });
    await at.store.audit({ at: noon + 1, person: bob, what: "'; drop \0", outcome: 'refused', why: 'not an operator' });
    await at.store.audit({ at: noon + 2, person: bob, what: '/maint help', outcome: 'answered', why: null });
    expect(await at.store.audited(2)).toEqual([
      { at: noon + 2, person: bob, what: '/maint help', outcome: 'answered', why: null },
      { at: noon + 1, person: bob, what: "'; drop \u{fffd}", outcome: 'refused', why: 'not an operator' },
    ]);
  });
});
