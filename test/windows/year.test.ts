import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Occurrence, type Window, withFact } from '../../src/model/window.ts';
import { type Announcement, nextAnnouncement } from '../../src/windows/announce.ts';
import { following } from '../../src/windows/following.ts';
import { nextMove } from '../../src/windows/next-move.ts';
import { names, turnsBetween } from '../../src/windows/recurrence.ts';
import { when } from '../../src/windows/when.ts';
import { DAY, HOUR, MINUTE, noon, rules, sundays } from './windows.ts';
import { shownAt, wall, zones } from './zones.ts';

const end = noon + 365 * DAY;

const kinds = [
  ...rules,
  'every 2 months on the 15th 12:00 for 24h',
  '2027-03-28 02:30 for 1h',
  '2027-10-31 02:30 for 1h',
] as const;

/** Of all kinds in all zones, answered this way or that. */
function windows(): readonly Window[] {
  return Array.from({ length: 200 }, (_, n): Window => {
    const zone = zones[n % zones.length] ?? 'UTC';
    const missing = n % 3 === 0 ? 'earlier' : 'later';
    const answers = {
      'rule-missing': n % 3 === 1 ? 'skip' : missing,
      'rule-twice': n % 2 === 0 ? 'first' : 'second',
      ...{ missing, twice: n % 2 === 0 ? 'first' : 'second', short: n % 2 === 0 ? 'last' : 'skip' },
    };
    const understood = when(kinds[n % kinds.length] ?? '', { now: noon, zone, answers });
    if (understood.is !== 'understood') throw new Error(`Expected a plan, got ${JSON.stringify(understood)}`);
    const { plan } = understood;
    const startsBy = n % 4 === 0 ? 'asking' : 'itself';
    return sundays({ id: `w${n}`, when: plan.when, zone, lengthMs: plan.lengthMs ?? HOUR, startsBy });
  });
}

interface Told extends Announcement {
  readonly at: number;
}

/** One window's year, woken when it wants to be, by whichever process is up; what is kept is what the store keeps. */
function lived(window: Window, downs: readonly (readonly [number, number])[]) {
  const occurrences: Occurrence[] = [];
  const told = new Map<string, Told[]>();
  const awake = (at: number): number => downs.find(([from, to]) => at >= from && at < to)?.[1] ?? at;
  let now = awake(noon);
  while (now < end) {
    const next = following(window, occurrences, now);
    if (next !== null) occurrences.push(next);
    const wakes: number[] = [];
    for (const [i, one] of occurrences.entries()) {
      // Nothing comes of it any more.
      if (i < occurrences.length - 3) continue;
      let occurrence = one;
      const move = nextMove(occurrence, window, now);
      if (move.is === 'wait') wakes.push(move.until);
      if (move.is === 'happened') occurrence = withFact(occurrence, move.fact);
      if (move.is === 'start') occurrence = withFact(occurrence, { is: 'started', at: now, runs: ['run'] });
      // Nobody has to be asked what to do in the end: it is over in time, or answered at once.
      if (occurrence.state === 'asked') occurrence = withFact(occurrence, { is: 'started', at: now, runs: ['run'] });
      if (occurrence.state === 'started' && now >= occurrence.endAt) {
        occurrence = withFact(occurrence, { is: 'ended', at: now });
      }
      if (occurrence !== one) {
        occurrences[i] = occurrence;
        wakes.push(now);
      }
      const heard = told.get(occurrence.id) ?? [];
      told.set(occurrence.id, heard);
      const said = new Map(heard.map(({ key, at }) => [key, at]));
      const say = nextAnnouncement(occurrence, window, said, now);
      if (say.is === 'wait') wakes.push(say.until);
      if (say.is === 'say') {
        heard.push({ ...say.announcement, at: now });
        wakes.push(now);
      }
    }
    const following2 = following(window, occurrences, now);
    if (following2 !== null) wakes.push(now);
    const wake = Math.min(...wakes.filter((at) => at >= now));
    if (wake === Number.POSITIVE_INFINITY) break;
    now = awake(wake);
  }
  return { occurrences, told };
}

test('in a year 200 windows come round as they should, and each announcement is made once at its time', {
  timeout: 300_000,
}, () => {
  let count = 0;
  for (const window of windows()) {
    const { occurrences, told } = lived(window, []);
    const expected = turnsBetween(window, noon, end);
    const begun = occurrences.filter(({ state }) => state !== 'planned');
    expect(begun.map(({ date }) => date)).toEqual(expected.map(({ date }) => date));
    for (const { id, state, startAt, plannedAt, date } of begun) {
      expect(['started', 'ended']).toContain(state);
      const heard = told.get(id) ?? [];
      expect(new Set(heard.map(({ key }) => key)).size).toBe(heard.length);
      const before = window.announceBefore.filter((ms) => startAt - ms > plannedAt).sort((a, b) => b - a);
      expect(heard.filter(({ kind }) => kind === 'before').map(({ at }) => startAt - at)).toEqual(before);
      expect(heard.filter(({ kind }) => kind === 'planned').map(({ at }) => at)).toEqual([plannedAt]);
      expect(heard.filter(({ kind }) => kind === 'started').map(({ at }) => at)).toEqual([startAt]);
      count += heard.length;
      if (window.when.is !== 'rule') continue;
      // The local time, by another clock than the one that is tested.
      const { rule } = window.when;
      expect(names(rule, date)).toBe(true);
      const shows = (at: number): boolean => wall(window.zone).format(at) === `${date} ${rule.at}`;
      const shown = [-60, -30, 0, 30, 60].map((minutes) => startAt + minutes * MINUTE).filter(shows);
      if (shown.length > 0) expect(shown[rule.twice === 'first' ? 0 : shown.length - 1]).toBe(startAt);
      else expect([rule.missing, shownAt(window.zone, date, rule.at)]).toEqual([rule.missing, []]);
      if (shown.length === 0) expect(rule.missing).not.toBe('skip');
    }
  }
  expect(count).toBeGreaterThan(50_000);
});

test('whenever nobody is there, no window begins late and no announcement is made twice', () => {
  const all = windows();
  const down = fc
    .tuple(fc.integer({ min: 0, max: 364 * 24 }), fc.integer({ min: 1, max: 4 * 24 * 60 }))
    .map(([hours, minutes]): readonly [number, number] => [
      noon + hours * HOUR,
      noon + hours * HOUR + minutes * MINUTE,
    ]);
  fc.assert(
    fc.property(fc.constantFrom(...all), fc.array(down, { maxLength: 40 }), (window, downs) => {
      // Being down twice at once is being down until the later end.
      const apart = [...downs]
        .sort(([a], [b]) => a - b)
        .reduce<(readonly [number, number])[]>((list, [from, to]) => {
          const last = list.at(-1);
          if (last === undefined || from > last[1]) list.push([from, to]);
          else list[list.length - 1] = [last[0], Math.max(last[1], to)];
          return list;
        }, []);
      const { occurrences, told } = lived(window, apart);
      for (const { id, state, startAt, facts } of occurrences) {
        const started = facts.find(({ is }) => is === 'started');
        if (started !== undefined) expect(started.at - startAt).toBeLessThanOrEqual(5 * MINUTE);
        else expect(['planned', 'missed']).toContain(state);
        const heard = told.get(id) ?? [];
        expect(new Set(heard.map(({ key }) => key)).size).toBe(heard.length);
        for (const { kind, at } of heard) if (kind === 'before') expect(at).toBeLessThan(startAt);
        if (state === 'missed') expect(heard.filter(({ kind }) => kind === 'missed')).toHaveLength(1);
      }
      // What should have come came, or is counted where it was missed.
      const passed = occurrences.flatMap(({ facts }) =>
        facts.flatMap((fact) => (fact.is === 'missed' ? [fact.also] : [])),
      );
      const until = Math.max(...occurrences.map(({ startAt }) => startAt));
      const expected = turnsBetween(
        window,
        apart.find(([from, to]) => noon >= from && noon < to)?.[1] ?? noon,
        until + 1,
      );
      expect(occurrences.length + passed.reduce((sum, also) => sum + also, 0)).toBe(expected.length);
    }),
    { numRuns: 60, seed: 21 },
  );
});
