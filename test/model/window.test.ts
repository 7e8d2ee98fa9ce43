import { describe, expect, test } from 'vitest';
import { type Fact, Window, withFact } from '../../src/model/window.ts';
import { ann, HOUR, noon, occurrence, start, sundays } from '../windows/windows.ts';

const end = start + 2 * HOUR;
const started: Fact = { is: 'started', at: start, runs: ['run-1', 'run-2'] };
const facts: readonly Fact[] = [
  { is: 'asked', at: start },
  started,
  { is: 'quiet', at: start, app: 'app-1' },
  { is: 'extended', at: start, endAt: end + HOUR },
  { is: 'moved', at: noon, startAt: start + HOUR, endAt: end + HOUR },
  { is: 'overrun', at: end },
  { is: 'skipped', at: noon, by: ann },
  { is: 'cancelled', at: noon, by: ann },
  { is: 'missed', at: end, why: 'down', also: 0 },
  { is: 'ended', at: end },
];

describe('An occurrence of a window', () => {
  test('is what its facts make of it', () => {
    expect(occurrence(started)).toMatchObject({ state: 'started', runs: ['run-1', 'run-2'], endAt: end });
    expect(occurrence(started, { is: 'extended', at: start, endAt: end + HOUR })).toMatchObject({ endAt: end + HOUR });
    const moved = occurrence({ is: 'moved', at: noon, startAt: start + HOUR, endAt: end + HOUR });
    expect(moved).toMatchObject({ state: 'planned', startAt: start + HOUR, endAt: end + HOUR, date: '2026-11-29' });
    expect(occurrence({ is: 'asked', at: start }).state).toBe('asked');
  });

  test.each<[string, readonly Fact[], readonly Fact['is'][]]>([
    ['planned', [], ['asked', 'started', 'moved', 'skipped', 'cancelled', 'missed']],
    ['asked', [{ is: 'asked', at: start }], ['started', 'skipped', 'cancelled', 'missed']],
    ['started', [started], ['quiet', 'extended', 'overrun', 'ended']],
    ['missed', [{ is: 'missed', at: end, why: 'down', also: 0 }], ['started', 'cancelled']],
    ['skipped', [{ is: 'skipped', at: noon, by: ann }], []],
    ['cancelled', [{ is: 'cancelled', at: noon, by: ann }], []],
    ['ended', [started, { is: 'ended', at: end }], []],
  ])('that is %s takes no fact that cannot be', (state, before, possible) => {
    const one = occurrence(...before);
    expect(one.state).toBe(state);
    const taken = facts.filter((fact) => {
      try {
        withFact(one, fact);
        return true;
      } catch {
        return false;
      }
    });
    expect(taken.map(({ is }) => is).sort()).toEqual([...possible].sort());
  });
});

describe('A window', () => {
  test('is stored and read as it is', () => {
    expect(Window.parse(JSON.parse(JSON.stringify(sundays())))).toEqual(sundays());
  });

  test.each([
    ['no app', { apps: [] }],
    ['no length', { lengthMs: 0 }],
    ['more than a day', { lengthMs: 25 * HOUR }],
    ['an announcement at its start', { announceBefore: [0] }],
  ])('with %s is none', (_, over) => {
    expect(Window.safeParse({ ...sundays(), ...over }).success).toBe(false);
  });
});
