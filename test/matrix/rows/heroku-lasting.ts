// Heroku goes wrong for longer: one call fails until the run turns, asks or gives up, or every call does for minutes, for an
// hour, or until a new token is there.
import { named, placeOf, type RowOfCells } from '../cells.ts';
import { type Crossing, type Fate, pass, phases } from '../crossing.ts';
import { Aim, answered, type Trouble } from '../trouble.ts';

const MINUTE = 60_000;

export const herokuLasting: readonly RowOfCells[] = [
  oneCall('heroku-500-lasting', { is: 'status', status: 500 }),
  oneCall('heroku-reset-after-lasting', { is: 'reset', when: 'after' }),
  oneCall('heroku-422-lasting', { is: 'status', status: 422 }),
  everyCall('heroku-down-minutes', 3 * MINUTE, 2, { is: 'status', status: 503 }),
  everyCall('heroku-down-hour', 60 * MINUTE, 3, { is: 'reset', when: 'before' }),
  everyCall('token-revoked', 60 * MINUTE, 3, { is: 'status', status: 401 }),
];

function oneCall(name: string, fate: Fate): RowOfCells {
  return {
    name,
    cells: (crossings) => eachCall(crossings).map((c) => named(c)),
    play(cell) {
      const { phase, n } = placeOf(cell);
      const aim = new Aim('heroku', phase, n);
      return {
        trouble: {
          meet(crossing, scene) {
            if (crossing.via !== 'heroku') return pass;
            const hit = aim.hit(crossing);
            if (aim.met === null || (!hit && crossing.what !== aim.met.what)) return pass;
            return answered(scene.run(), aim.met.phase) ? pass : fate;
          },
          began: () => aim.met?.phase ?? null,
        },
      };
    },
  };
}

/** Every call of its kind in each phase: the first time it is made, the last, and one in the middle. */
function eachCall(crossings: readonly Crossing[]): readonly Crossing[] {
  return phases.flatMap((phase) => {
    const calls = new Map<string, Crossing[]>();
    for (const crossing of crossings.filter((c) => c.via === 'heroku' && c.phase === phase)) {
      calls.set(crossing.what, [...(calls.get(crossing.what) ?? []), crossing]);
    }
    return [...calls.values()].flatMap((same) => {
      const chosen = [same[0], same[Math.floor(same.length / 2)], same.at(-1)];
      return [...new Set(chosen)].filter((crossing) => crossing !== undefined);
    });
  });
}

/** `each`: at every so many-th call, for these cells are long. */
function everyCall(name: string, ms: number, each: number, fate: Fate): RowOfCells {
  return {
    name,
    cells: (crossings) =>
      crossings
        .filter((c) => c.via === 'heroku')
        .filter((_, i) => i % each === 0)
        .map((c) => named(c)),
    play(cell) {
      const { phase, n } = placeOf(cell);
      return { trouble: down(new Aim('heroku', phase, n), ms, fate) };
    },
  };
}

function down(aim: Aim, ms: number, fate: Fate): Trouble {
  let until: number | null = null;
  return {
    meet(crossing, { clock }) {
      if (aim.hit(crossing)) until = clock.now() + ms;
      return crossing.via === 'heroku' && until !== null && clock.now() < until ? fate : pass;
    },
    endsAt: () => until,
    began: () => aim.met?.phase ?? null,
  };
}
