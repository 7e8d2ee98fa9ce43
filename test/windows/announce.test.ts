import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { announceBeforeDefault, type Fact, type Occurrence, withFact } from '../../src/model/window.ts';
import { type AnnouncementKind, LATE, nextAnnouncement } from '../../src/windows/announce.ts';
import { ann, DAY, HOUR, MINUTE, noon, occurrence, start } from './windows.ts';

interface Heard {
  readonly kind: AnnouncementKind;
  readonly key: string;
  readonly at: number;
  readonly late: number | null;
}

/** A channel, and whoever tells it things: `until(time)` says all that is to be said by then, as one process would. */
function channel(announceBefore: readonly number[] = announceBeforeDefault, changedAt = noon) {
  const said = new Map<string, number>();
  const heard: Heard[] = [];
  let now = noon;
  const tell = (one: Occurrence): number | null => {
    for (let i = 0; i < 100; i += 1) {
      const next = nextAnnouncement(one, { announceBefore: [...announceBefore], changedAt }, said, now);
      if (next.is === 'wait') return next.until;
      if (next.is === 'nothing') return null;
      const { key, kind } = next.announcement;
      expect(said.has(key)).toBe(false);
      said.set(key, now);
      heard.push({ key, kind, at: now, late: next.late });
    }
    throw new Error('Expected an end of what is to be said');
  };
  return {
    heard,
    said,
    kinds: () => heard.map(({ kind }) => kind),
    /** Wakes when it asked to be woken, as long as that is before `time`. */
    until(one: Occurrence, time: number): void {
      for (let wake = tell(one); wake !== null && wake < time; wake = tell(one)) now = wake;
      now = Math.max(now, time);
    },
    /** Nobody is there until then. */
    down(time: number): void {
      now = time;
    },
    tell,
  };
}

const at = (time: number, is: 'started' | 'asked' | 'overrun' | 'ended' | 'cancelled' | 'skipped'): Fact => {
  if (is === 'started') return { is, at: time, runs: ['run-1'] };
  return is === 'cancelled' || is === 'skipped' ? { is, at: time, by: ann } : { is, at: time };
};
const of = (time: number, is: 'quiet' | 'restoring' | 'restored'): Fact => ({ is, at: time, app: 'app-1' });

describe('A channel hears', () => {
  test('everything once, each at its time', () => {
    const there = channel();
    there.until(occurrence(), start);
    expect(there.heard).toEqual([
      { kind: 'planned', key: 'planned', at: noon, late: null },
      { kind: 'before', key: `before-${DAY}-${start}`, at: start - DAY, late: null },
      { kind: 'before', key: `before-${HOUR}-${start}`, at: start - HOUR, late: null },
      { kind: 'before', key: `before-${10 * MINUTE}-${start}`, at: start - 10 * MINUTE, late: null },
    ]);
    const end = start + 2 * HOUR;
    const facts: readonly Fact[] = [
      at(start, 'started'),
      of(start + 2 * MINUTE, 'quiet'),
      { is: 'extended', at: start + HOUR, endAt: end + HOUR },
      at(end + HOUR, 'overrun'),
      { is: 'extended', at: end + HOUR + 1, endAt: end + 2 * HOUR },
      of(end + HOUR + 2, 'restoring'),
      of(end + HOUR + 3, 'restored'),
      at(end + HOUR + 3, 'ended'),
    ];
    let one = occurrence();
    for (const fact of facts) {
      one = withFact(one, fact);
      there.until(one, fact.at);
      there.tell(one);
    }
    expect(there.kinds().slice(4)).toEqual([
      'started',
      'quiet',
      'extended',
      'overrun',
      'extended',
      'restoring',
      'restored',
    ]);
  });

  test('only what is still to come of a window that is planned shortly before', () => {
    const there = channel();
    there.down(start - HOUR);
    there.until({ ...occurrence(), plannedAt: start - HOUR }, start);
    expect(there.heard.map(({ kind, at: when, late }) => [kind, start - when, late])).toEqual([
      ['planned', HOUR, null],
      ['before', 10 * MINUTE, null],
    ]);
  });

  test('what is late as late, and of what was due meanwhile the last', () => {
    const there = channel();
    there.until(occurrence(), noon + 1);
    there.down(start - 30 * MINUTE);
    there.until(occurrence(), start);
    expect(there.heard.map(({ kind, at: when, late }) => [kind, start - when, late])).toEqual([
      ['planned', start - noon, null],
      ['before', 30 * MINUTE, 30 * MINUTE],
      ['before', 10 * MINUTE, null],
    ]);
  });

  test('of a window that it never heard of in time: when it is, once', () => {
    const there = channel();
    there.down(start - 5 * MINUTE);
    there.until(occurrence(), start);
    expect(there.heard).toEqual([
      { kind: 'planned', key: 'planned', at: start - 5 * MINUTE, late: start - 5 * MINUTE - noon },
    ]);
  });

  test('two minutes are not late yet', () => {
    const next = (late: number) =>
      nextAnnouncement(occurrence(), { announceBefore: [], changedAt: noon }, new Map(), noon + late);
    expect(next(LATE)).toMatchObject({ is: 'say', late: null });
    expect(next(LATE + 1)).toMatchObject({ is: 'say', late: LATE + 1 });
  });

  test('nothing before the start once it has begun, and everything that happened, in its order', () => {
    const there = channel();
    there.down(start + HOUR);
    there.tell(occurrence(at(start - HOUR, 'started'), of(start - HOUR + 1, 'quiet')));
    expect(there.heard.map(({ kind, late }) => [kind, late])).toEqual([
      ['started', 2 * HOUR],
      ['quiet', 2 * HOUR - 1],
    ]);
  });

  test.each(['cancelled', 'skipped'] as const)('that it was %s, and nothing after that', (is) => {
    const there = channel();
    there.until(occurrence(), start - 2 * HOUR);
    const over = occurrence(at(start - 2 * HOUR, is));
    there.until(over, start + DAY);
    expect(there.kinds()).toEqual(['planned', 'before', is]);
    expect(there.tell(over)).toBeNull();
  });

  test('nothing of a window that was taken back before it had heard of it', () => {
    const there = channel();
    there.until(occurrence(at(noon, 'cancelled')), start);
    expect(there.heard).toEqual([]);
  });

  test('that a window was missed, even one that it never heard of, and that it is begun after all', () => {
    const missed: Fact = { is: 'missed', at: start + HOUR, why: 'down', also: 0 };
    const there = channel();
    there.down(start + HOUR);
    there.tell(occurrence(missed));
    there.tell(occurrence(missed, at(start + HOUR + 1, 'started')));
    expect(there.kinds()).toEqual(['missed', 'started']);
  });

  test('the new time of a window that is moved, and then all that comes before that', () => {
    const there = channel();
    there.until(occurrence(), start - 30 * MINUTE);
    const later = start + DAY + HOUR;
    const moved = occurrence({ is: 'moved', at: start - 30 * MINUTE, startAt: later, endAt: later + HOUR });
    there.until(moved, later);
    expect(there.heard.slice(3).map(({ kind, at: when }) => [kind, later - when])).toEqual([
      ['moved', DAY + HOUR + 30 * MINUTE],
      ['before', DAY],
      ['before', HOUR],
      ['before', 10 * MINUTE],
    ]);
  });

  test('nothing beforehand where nothing is set, and no time twice', () => {
    const none = channel([]);
    none.until(occurrence(), start);
    expect(none.kinds()).toEqual(['planned']);
    const twice = channel([HOUR, HOUR]);
    twice.until(occurrence(), start);
    expect(twice.kinds()).toEqual(['planned', 'before']);
  });

  test('nothing of what an edit would have announced before it was made', () => {
    const edited = channel([2 * DAY, HOUR], start - DAY);
    edited.said.set('planned', noon);
    edited.down(start - DAY);
    edited.until(occurrence(), start);
    expect(edited.heard.map(({ kind, at: when, late }) => [kind, start - when, late])).toEqual([
      ['before', HOUR, null],
    ]);
    // A channel that has come with it is not told that this is late.
    const added = channel([HOUR], start - DAY);
    added.down(start - DAY);
    added.until(occurrence(), start);
    expect(added.heard.map(({ kind, late }) => [kind, late])).toEqual([
      ['planned', null],
      ['before', null],
    ]);
  });

  test('each thing at most once and none at a wrong time, however often nobody is there to say it', () => {
    const moment = fc.integer({ min: 0, max: 8 * 24 * 60 }).map((minutes) => noon + minutes * MINUTE);
    const scene = fc.record({
      downs: fc.array(fc.tuple(moment, fc.integer({ min: 1, max: 3_000 })), { maxLength: 6 }),
      change: fc.option(fc.tuple(moment, fc.constantFrom('cancelled', 'skipped', 'started', 'moved')), { nil: null }),
    });
    fc.assert(
      fc.property(scene, ({ downs, change }) => {
        const there = channel();
        let one = occurrence();
        const isDown = (time: number) =>
          downs.some(([from, minutes]) => time >= from && time < from + minutes * MINUTE);
        const to = noon + 9 * DAY;
        let changedAt: number | null = null;
        for (let time = noon; time < to; time += 5 * MINUTE) {
          if (change !== null && changedAt === null && time >= change[0]) {
            const [, is] = change;
            one = withFact(
              one,
              is === 'moved' ? { is, at: time, startAt: start + HOUR, endAt: start + 2 * HOUR } : at(time, is),
            );
            changedAt = time;
          }
          if (!isDown(time)) {
            there.down(time);
            there.tell(one);
          }
        }
        // At the end somebody is there.
        there.down(to);
        there.tell(one);
        // `channel` sees to it that none comes twice.
        for (const { kind, key, at: when, late } of there.heard) {
          if (kind !== 'before') continue;
          const [, ms = '', startAt = ''] = key.split('-');
          expect(when).toBeLessThan(Number(startAt));
          expect(when - (Number(startAt) - Number(ms))).toBe(late ?? when - (Number(startAt) - Number(ms)));
          expect(when).toBeGreaterThanOrEqual(Number(startAt) - Number(ms));
          if (changedAt !== null && one.state !== 'planned') expect(when).toBeLessThan(changedAt);
        }
        const undisturbed = downs.length === 0 && change === null;
        if (undisturbed) expect(there.kinds()).toEqual(['planned', 'before', 'before', 'before']);
        const kinds = there.kinds();
        if (change?.[1] === 'started') expect(kinds.at(-1)).toBe('started');
        if (one.state === 'cancelled') expect(kinds.length === 0 || kinds.at(-1) === 'cancelled').toBe(true);
      }),
      { numRuns: 120, seed: 3 },
    );
  });
});
