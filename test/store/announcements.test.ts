import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { announceBeforeDefault } from '../../src/model/window.ts';
import type { AnnouncementClaim, AnnouncementToSay } from '../../src/store/announcements.ts';
import { clearClaims } from '../../src/store/claims.ts';
import { openStore } from '../../src/store/store.ts';
import { nextAnnouncement } from '../../src/windows/announce.ts';
import { onEveryDatabase } from '../helpers/database.ts';
import { ann, DAY, HOUR, MINUTE, noon, occurrence, start, sundays } from '../windows/windows.ts';
import { freshStore, there } from './fixtures.ts';

const first = 'w1/2026-11-29';
const planned: AnnouncementToSay = {
  occurrence: first,
  channel: 'C1',
  key: 'planned',
  kind: 'planned',
  due: noon,
  at: noon,
  seq: 1,
};
const before: AnnouncementToSay = { ...planned, key: 'before-1', kind: 'before', due: noon + HOUR, at: noon + HOUR };
const mine: AnnouncementClaim = { is: 'mine', again: false, thread: null, tries: 0 };

onEveryDatabase('An announcement', (databases) => {
  const at = freshStore(databases);
  const begin = () =>
    at.store.windows.change('w1', { expected: 0, at: noon }, () => ({
      is: 'change',
      window: sundays(),
      cancelledAt: null,
      facts: [],
      plan: () => occurrence(),
    }));
  const claim = (what = planned, owner = 'a') => at.store.windows.claim(what, owner, 30_000);
  const runOut = () => sql`update maint.announcement set owner_until = clock_timestamp()`.execute(at.database.db);
  const sent = (what = planned, owner = 'a', ts = '1.1') => at.store.windows.settle(what, owner, { is: 'sent', ts });

  test('is one process’s of many that ask for it at once', async () => {
    await begin();
    const stores = [at.store, openStore(at.database)];
    const claims = await Promise.all(
      Array.from({ length: 10 }, (_, n) => there(stores[n % 2]).windows.claim(planned, `process-${n}`, 30_000)),
    );
    expect(claims.filter(({ is }) => is === 'mine')).toEqual([mine]);
    expect(claims.filter(({ is }) => is === 'busy')).toHaveLength(9);
    const owner = `process-${claims.findIndex(({ is }) => is === 'mine')}`;
    expect(await sent(planned, 'process-none')).toBe(false);
    expect(await sent(planned, owner)).toBe(true);
    expect(await claim()).toEqual({ is: 'said' });
    expect(await at.store.windows.announcements(first)).toEqual([
      {
        ...{ occurrence: first, channel: 'C1', key: 'planned', kind: 'planned', due: noon, at: noon },
        ...{ state: 'sent', ts: '1.1', tries: 0, why: null },
      },
    ]);
  });

  test('goes into the thread of the first one, and waits until that is there', async () => {
    await begin();
    await claim();
    expect(await claim(before, 'b')).toEqual({ is: 'busy' });
    // Another channel has its own.
    expect(await claim({ ...planned, channel: 'C2' }, 'b')).toEqual(mine);
    await sent();
    expect(await claim(before, 'b')).toEqual({ ...mine, thread: '1.1' });
  });

  test('that a dead process had taken may be in the channel, and is looked for by the next', async () => {
    await begin();
    await claim();
    expect(await claim(planned, 'b')).toEqual({ is: 'busy' });
    await runOut();
    expect(await at.store.windows.announcements(first)).toMatchObject([{ key: 'planned', state: 'sending' }]);
    expect(await claim(planned, 'b')).toEqual({ ...mine, again: true });
    // The first one was not dead.
    expect(await sent(planned, 'a')).toBe(false);
    expect(await sent(planned, 'b')).toBe(true);
    expect(await at.store.windows.announcements(first)).toMatchObject([{ key: 'planned', state: 'sent' }]);
  });

  test('that a dead process had taken is free at once where nobody else can be using the database', async () => {
    await begin();
    await claim();
    await clearClaims(at.database.db);
    expect(await claim(planned, 'b')).toEqual({ ...mine, again: true });
  });

  test('that was refused is tried again, not looked for; and dropped it is not said any more', async () => {
    await begin();
    await claim();
    await at.store.windows.settle(planned, 'a', { is: 'pending', why: 'Slack \0 is down' });
    expect(await at.store.windows.announcements(first)).toMatchObject([
      { state: 'pending', why: 'Slack \u{fffd} is down', tries: 1 },
    ]);
    expect(await claim(before, 'b')).toEqual({ is: 'busy' });
    expect(await claim(planned, 'b')).toEqual({ ...mine, tries: 1 });
    await at.store.windows.settle(planned, 'b', { is: 'dropped', why: 'no such channel' });
    expect(await claim(planned, 'c')).toEqual({ is: 'said' });
    // What comes next is the first one in the channel.
    expect(await claim(before, 'c')).toEqual(mine);
  });

  test('of a window that has been cancelled since is not made any more, but one that was taken is said to its end', async () => {
    await begin();
    await claim();
    await at.store.windows.happened(first, noon, () => ({ is: 'cancelled', at: noon, by: ann }));
    await runOut();
    expect(await claim(planned, 'b')).toMatchObject({ is: 'mine', again: true });
    await sent(planned, 'b');
    expect(await claim(before, 'b')).toEqual({ is: 'moved' });
    expect(await claim({ ...before, key: 'cancelled-1', kind: 'cancelled', seq: 2 }, 'b')).toMatchObject({
      is: 'mine',
    });
  });

  test('is never deleted, and one of an occurrence that is not there is a mistake', async () => {
    await begin();
    await claim();
    await expect(sql`delete from maint.announcement`.execute(at.database.db)).rejects.toThrow('never deleted');
    await expect(claim({ ...planned, occurrence: 'w9/2026-11-29' })).rejects.toThrow('there is none');
  });

  test('all of a window are made once each, by two processes that die again and again', async () => {
    await begin();
    const posted: string[] = [];
    const stores = [at.store, openStore(at.database)];
    let lives = 0;
    /** As a process does it: finds what is next, takes it, posts it. Every third one dies before or after posting. */
    const turn = async (n: number, now: number): Promise<boolean> => {
      const { windows } = there(stores[n % 2]);
      const { occurrence: one, seq } = there(await windows.occurrence(first));
      const rows = await windows.announcements(first);
      const taken = rows.find(({ state }) => state === 'pending' || state === 'sending');
      const said = new Map(rows.map(({ key, at: when }) => [key, when]));
      const next = nextAnnouncement(one, sundays(), said, now);
      const found = next.is === 'say' ? next.announcement : null;
      const key = taken ?? found;
      if (key === undefined || key === null) return false;
      const owner = `life-${lives}`;
      const { kind, due } = key;
      const claimed = await windows.claim(
        { occurrence: first, channel: 'C1', key: key.key, kind, due, at: now, seq },
        owner,
        30_000,
      );
      if (claimed.is !== 'mine') return true;
      lives += 1;
      if (lives % 3 === 1) return true;
      const id = key.key;
      // Posting is seen by whoever looks for it in the channel.
      if (!claimed.again || !posted.includes(id)) posted.push(id);
      if (lives % 3 === 2) return true;
      await windows.settle({ occurrence: first, channel: 'C1', key: id }, owner, {
        is: 'sent',
        ts: `${posted.length}.1`,
      });
      return true;
    };
    for (const now of [noon, start - DAY, start - HOUR, start - 10 * MINUTE]) {
      for (let n = 0; n < 40; n += 1) {
        const [a, b] = await Promise.all([turn(n, now), turn(n + 1, now)]);
        if (!a && !b) break;
        // The dead ones' claims run out.
        await runOut();
      }
    }
    const before = announceBeforeDefault.map((ms) => `before-${ms}-${start}`);
    expect(posted).toEqual(['planned', ...before]);
    expect((await at.store.windows.announcements(first)).map(({ key, state }) => [key, state])).toEqual(
      posted.map((key) => [key, 'sent']),
    );
  });
});
