// Any interleaving of failures, crashes, answers, somebody else's changes and time. A failure prints its seed and the
// smallest scene that shows it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Logged } from '../../src/model/event.ts';
import type { Json } from '../../src/model/json.ts';
import { type Happening, play, type Scene } from './interleaving.ts';

const SECONDS = 1_000;
const MINUTES = 60 * SECONDS;

const fault = fc.constantFrom(
  'retryable',
  'retryable',
  'fatal',
  'needs-human',
  'wide',
  'unclear-done',
  'unclear-not-done',
);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ is: fc.constant('person'), pick: fc.nat(23) }) },
  { weight: 4, arbitrary: fc.record({ is: fc.constant('world'), which: fc.nat(7), to: fc.nat(4) }) },
  { weight: 3, arbitrary: fc.record({ is: fc.constant('fault'), fault }) },
  { weight: 3, arbitrary: fc.record({ is: fc.constant('crash') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      is: fc.constant('time'),
      ms: fc.constantFrom(1 * SECONDS, 40 * SECONDS, 3 * MINUTES, 31 * MINUTES),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Happening>({ is: 'told' }, { is: 'reach' }, { is: 'renamed' }, { is: 'ends' }),
  },
);
const before: fc.Arbitrary<Scene['before']> = fc.record({
  door: fc.record({ door: fc.boolean() }),
  intake: fc.record({ http: fc.constantFrom('open', 'paused') }),
  jobs: fc.record({ nightly: fc.constant('rake nightly'), hourly: fc.constantFrom('rake hourly', '') }),
  workers: fc.record({ alpha: fc.constantFrom(4, 1, 0), beta: fc.constantFrom(0, 2) }),
  variable: fc.record({ MAINTENANCE: fc.constantFrom<Json>(null, '', 'false', 'true') }),
});

function scene(length: number, skip: number): fc.Arbitrary<Scene> {
  return fc.record({
    happenings: fc.array(fc.record({ skip: fc.nat(skip), what: happening }), { maxLength: length }),
    from: fc.constantFrom('start', 'holding', 'back', 'watched'),
    drift: fc.constantFrom('restore', 'keep'),
    asks: fc.boolean(),
    restless: fc.boolean(),
    before,
  });
}

/** What the scenes must have reached together: a property over paths that nothing ever takes would say nothing. */
const paths = [
  'restored',
  'cancelled',
  'corrected',
  'appeared',
  'renamed',
  'again',
  'turned by nobody',
  'turned by a person',
  'reopened',
  'withdrawn',
  'asked start',
  'asked resume',
  'asked drift',
  'asked stuck',
  'asked violation',
  'asked work',
  'work-started',
  'work-gone',
  'work-ended',
  'glass-broken',
  'begun anew',
  'asked step',
  'patrolled',
  'settled before',
  'settled gone',
  'settled kept',
];

function taken({ event }: Logged): string {
  switch (event.is) {
    case 'ended':
    case 'settled':
      if (event.is === 'settled') return `settled ${event.as}`;
      return /began another maintenance/.test(event.why) ? 'begun anew' : event.as;
    case 'turned':
      return event.by === null ? 'turned by nobody' : 'turned by a person';
    case 'asked':
      return `asked ${event.about.is}`;
    default:
      return event.is;
  }
}

describe('whatever happens', () => {
  test('every path ends, restored or with nothing sent, and breaks no invariant on its way', async () => {
    const reached = new Set<string>();
    await fc.assert(
      fc.asyncProperty(scene(30, 12), async (each) => {
        const { run, driver } = await play(each);
        expect(run.ended?.as).toMatch(/^(restored|cancelled)$/);
        for (const logged of driver.log) reached.add(taken(logged));
      }),
      { numRuns: Number(process.env['RUNS'] ?? 600), seed: Number(process.env['SEED'] ?? 20260105) },
    );
    expect(paths.filter((path) => !reached.has(path))).toEqual([]);
  });

  test('left alone and unharmed, it comes back as it was without asking for anything but the approval', async () => {
    await fc.assert(
      fc.asyncProperty(scene(0, 0), async (each) => {
        const { run, world, driver } = await play({ ...each, asks: false, restless: false });
        const asked = driver.log.flatMap(({ event }) => (event.is === 'asked' ? [event.about.is] : []));
        expect(asked).toEqual(['resume']);
        expect(run.ended?.as).toBe(world.writes.length > 0 ? 'restored' : 'cancelled');
        const now = [...world.values].map(([step, of]) => [step, Object.fromEntries(of)]);
        expect(Object.fromEntries(now)).toEqual(each.before);
      }),
      { numRuns: 60, seed: 20260105 },
    );
  });
});
