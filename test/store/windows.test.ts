import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { type Fact, type Occurrence, type Window, withFact } from '../../src/model/window.ts';
import { openStore } from '../../src/store/store.ts';
import type { Known, WindowChange } from '../../src/store/windows.ts';
import { afterEdit, following } from '../../src/windows/following.ts';
import { refusal } from '../../src/windows/overlaps.ts';
import { onEveryDatabase } from '../helpers/database.ts';
import { ann, DAY, HOUR, noon, occurrence, start, sundays } from '../windows/windows.ts';
import { freshStore, there } from './fixtures.ts';

/** As people save, edit and cancel: what is decided above the store. */
function saving(window: Window, at: number, cancelledAt: number | null = null) {
  return (known: Known): WindowChange | NonNullable<ReturnType<typeof refusal>> => {
    const running = known.running.map((one) => ({ window: one.window, apps: window.apps, endAt: one.endAt }));
    const refused = cancelledAt === null ? refusal(window, known.windows, running, at) : null;
    if (refused !== null) return refused;
    const toCome = known.occurrences.filter(({ state }) => state === 'planned' || state === 'asked');
    const facts =
      cancelledAt === null
        ? afterEdit(window, known.occurrences, ann, at)
        : toCome.map(({ id }) => ({ occurrence: id, fact: { is: 'cancelled', at, by: ann } satisfies Fact }));
    return {
      is: 'change',
      window,
      cancelledAt,
      facts,
      plan: (occurrences) => (cancelledAt === null ? following(window, occurrences, at) : null),
    };
  };
}

onEveryDatabase('Planned windows', (databases) => {
  const at = freshStore(databases);
  const first = 'w1/2026-11-29';
  const save = (window: Window, expected = 0, when = noon, cancelledAt: number | null = null) =>
    at.store.windows.change(window.id, { expected, at: when }, saving(window, when, cancelledAt));
  const happened = (fact: Fact, id = first) => at.store.windows.happened(id, fact.at, () => fact);
  const started: Fact = { is: 'started', at: start, runs: ['run-1'] };

  test('are there as they were saved, with the time that they come round next', async () => {
    expect(await at.store.windows.load('w1')).toBeNull();
    const stored = { window: sundays(), version: 1, cancelledAt: null };
    expect(await save(sundays())).toEqual({ is: 'changed', stored, occurrences: [occurrence()] });
    expect(await at.store.windows.load('w1')).toEqual(stored);
    expect(await at.store.windows.toCome()).toEqual([stored]);
    expect(await at.store.windows.occurrence(first)).toEqual({ occurrence: occurrence(), seq: 1 });
    expect(await at.store.windows.occurrence('w1/2026-11-30')).toBeNull();
  });

  test('are refused with the reason, and nothing is saved', async () => {
    await save(sundays());
    const other = sundays({ id: 'w2', lengthMs: HOUR });
    expect(await save(other)).toMatchObject({ is: 'refused', says: expect.stringContaining('another window then') });
    expect(await at.store.windows.load('w2')).toBeNull();
  });

  test('of two that overlap, saved at once from two processes, one is saved', async () => {
    const stores = [at.store, openStore(at.database)];
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, n) => {
        const window = sundays({ id: `w${n}`, createdAt: noon + n });
        return there(stores[n % 2]).windows.change(window.id, { expected: 0, at: noon }, saving(window, noon));
      }),
    );
    expect(all.filter(({ is }) => is === 'changed')).toHaveLength(1);
    expect(all.filter(({ is }) => is === 'refused')).toHaveLength(7);
    expect(await at.store.windows.toCome()).toHaveLength(1);
  });

  test.each([0, 2])('are left alone by who has seen version %i where there is the first', async (expected) => {
    await save(sundays());
    expect(await save(sundays({ reason: 'late' }), expected)).toMatchObject({ is: 'moved', stored: { version: 1 } });
    expect((await at.store.windows.load('w1'))?.window.reason).toBe('new disks');
  });

  test('are edited by exactly one of many at once who have seen the same', async () => {
    await save(sundays());
    const edits = await Promise.all(Array.from({ length: 6 }, (_, n) => save(sundays({ reason: `${n}` }), 1)));
    expect(edits.filter(({ is }) => is === 'changed')).toHaveLength(1);
    expect((await at.store.windows.load('w1'))?.version).toBe(2);
  });

  test('that are edited move what is to come, wake it, and plan another where it is taken back', async () => {
    await save(sundays());
    await at.store.windows.rest(first, 1, null);
    await save(sundays({ lengthMs: HOUR }), 1, noon + 1);
    expect(await at.store.windows.occurrence(first)).toMatchObject({
      occurrence: { endAt: start + HOUR, facts: [{ is: 'moved' }] },
      seq: 2,
    });
    expect(await at.store.windows.due(noon + 1)).toEqual([first]);
    const once = sundays({ when: { is: 'once', startAt: start + DAY } });
    expect(await save(once, 2, noon + 2)).toMatchObject({ is: 'changed' });
    expect((await at.store.windows.occurrence(first))?.occurrence.startAt).toBe(start + DAY);
    const skipping = sundays({ exceptions: [{ is: 'skipped', date: '2026-11-29' }] });
    expect(await save(skipping, 3, noon + 3)).toMatchObject({
      occurrences: [
        { id: first, state: 'skipped' },
        { id: 'w1/2026-12-06', state: 'planned', plannedAt: noon + 3 },
      ],
    });
  });

  test('that are cancelled take back what was to come, and not what has begun', async () => {
    await save(sundays());
    await happened(started);
    await at.store.windows.plan('w1', start, (window, known) => following(window, known, start));
    const cancelled = await save(sundays(), 1, start + 1, start + 1);
    expect(cancelled).toMatchObject({
      is: 'changed',
      stored: { cancelledAt: start + 1 },
      occurrences: [{ state: 'started' }, { state: 'cancelled', date: '2026-12-06' }],
    });
    expect(await at.store.windows.toCome()).toEqual([]);
    expect(await at.store.windows.load('w1')).toMatchObject({ cancelledAt: start + 1 });
    const plan = at.store.windows.plan('w1', start + 2, () => occurrence());
    expect(await plan).toBeNull();
  });

  test('take a reason with what Postgres cannot store', async () => {
    await save(sundays({ reason: 'new\0 disks \ud800' }));
    expect((await at.store.windows.load('w1'))?.window.reason).toBe('new\u{fffd} disks \u{fffd}');
  });

  test('are never deleted, nor what came of them', async () => {
    await save(sundays());
    const { db } = at.database;
    await expect(sql`delete from maint.occurrence`.execute(db)).rejects.toThrow(
      'never deleted, got DELETE of occurrence',
    );
    await expect(sql`delete from maint.planned_window`.execute(db)).rejects.toThrow('never deleted');
  });
});

onEveryDatabase('An occurrence', (databases) => {
  const at = freshStore(databases);
  const first = 'w1/2026-11-29';
  const started: Fact = { is: 'started', at: start, runs: ['run-1'] };
  const begin = () => at.store.windows.change('w1', { expected: 0, at: noon }, saving(sundays(), noon));
  const plan = (store = at.store) =>
    store.windows.plan('w1', start, (window, known) => following(window, known, start));

  test('is what has happened to it, each under a lock and seeing what came before', async () => {
    await begin();
    const stores = [at.store, openStore(at.database)];
    const starts = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        there(stores[n % 2]).windows.happened(first, start, ({ state }) =>
          state === 'planned' ? { ...started, runs: [`run-${n}`] } : null,
        ),
      ),
    );
    const seen = starts.map((one) => (one.is === 'changed' ? one.stored.occurrence.runs[0] : one.is));
    expect(new Set(seen).size).toBe(1);
    const stored = there(await at.store.windows.occurrence(first));
    expect(stored).toEqual({ occurrence: withFact(occurrence(), { ...started, runs: [`${seen[0]}`] }), seq: 2 });
    expect(await at.store.windows.occurrencesThatAre(['started', 'missed'])).toEqual([stored]);
    expect(await at.store.windows.occurrencesThatAre(['planned'])).toEqual([]);
  });

  test('takes nothing that cannot be, refuses what is refused, and is unknown where there is none', async () => {
    await begin();
    await at.store.windows.happened(first, start, () => started);
    const cancel = at.store.windows.happened(first, start, () => ({ is: 'cancelled', at: start, by: ann }));
    await expect(cancel).rejects.toThrow('got one that is started');
    const refused = { is: 'refused', says: 'It has begun.', remedy: 'End it.' } as const;
    expect(await at.store.windows.happened(first, start, () => refused)).toEqual(refused);
    expect(await at.store.windows.happened('w9/2026-11-29', start, () => started)).toEqual({ is: 'unknown' });
    expect((await at.store.windows.occurrence(first))?.seq).toBe(2);
  });

  test('that follows is planned once, by however many processes', async () => {
    await begin();
    await at.store.windows.happened(first, start, () => started);
    const other = openStore(at.database);
    const all = await Promise.all([plan(), plan(other), plan(), plan(other)]);
    expect(all.filter((one) => one !== null).map(({ id }) => id)).toEqual(['w1/2026-12-06']);
    // Even where who plans has not seen it.
    const again: Occurrence = { ...occurrence(), id: 'w1/2026-12-06/2', date: '2026-12-06' };
    expect(await at.store.windows.plan('w1', start, () => again)).toBeNull();
  });

  // PGlite has one session: nothing happens there beside a transaction.
  if (databases.name === 'Postgres') {
    test('is not planned for a window that is being cancelled meanwhile', async () => {
      await begin();
      await at.store.windows.happened(first, start, () => started);
      const { db } = at.database;
      let planning: Promise<Occurrence | null> = Promise.resolve(null);
      await db.transaction().execute(async (tx) => {
        await tx
          .updateTable('planned_window')
          .set({ cancelled_at: new Date(start) })
          .execute();
        let settled = false;
        planning = plan().finally(() => {
          settled = true;
        });
        for (let waiting = false; !waiting && !settled; ) {
          const { rows } = await sql<{ n: number }>`select count(*)::int as n from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'`.execute(tx);
          waiting = (rows[0]?.n ?? 0) > 0;
          // pg_stat_activity is read once a transaction.
          await sql`select pg_stat_clear_snapshot()`.execute(tx);
        }
      });
      expect(await planning).toBeNull();
      expect(await at.store.windows.occurrencesOf('w1')).toHaveLength(1);
    });
  }

  test('sleeps until its time, or until it changes', async () => {
    await begin();
    expect(await at.store.windows.due(noon - 1)).toEqual([]);
    expect(await at.store.windows.due(noon)).toEqual([first]);
    expect(await at.store.windows.rest(first, 1, start)).toBe(true);
    expect(await at.store.windows.rest(first, 1, start)).toBe(true);
    expect(await at.store.windows.due(start - 1)).toEqual([]);
    expect([await at.store.windows.nextDue(), await at.store.windows.nextDue(start)]).toEqual([start, null]);
    await at.store.windows.happened(first, noon + 1, () => ({
      is: 'moved',
      at: noon + 1,
      startAt: start + 1,
      endAt: start + HOUR,
    }));
    expect(await at.store.windows.due(noon + 1)).toEqual([first]);
    // Whoever had looked at it before that does not put it to sleep.
    expect(await at.store.windows.rest(first, 1, null)).toBe(false);
    expect(await at.store.windows.due(noon + 1)).toEqual([first]);
    expect(await at.store.windows.rest(first, 2, null)).toBe(true);
    expect(await at.store.windows.nextDue()).toBeNull();
  });
});
