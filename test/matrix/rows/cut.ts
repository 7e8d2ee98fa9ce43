// The process dies: at every write to the store, every request and every call to Slack, before it or after its effect, once
// or several times. Another one takes over each time.

import { randomFrom } from '../../../src/sandbox/random.ts';
import { named, placeOf, type RowOfCells } from '../cells.ts';
import { type Crossing, type Fate, type Phase, pass, type Via } from '../crossing.ts';
import { Aim, type Trouble } from '../trouble.ts';

export const cuts: readonly RowOfCells[] = [
  cut('cut-store-before', 'store', 'before'),
  cut('cut-store-after', 'store', 'after'),
  cut('cut-request-before', 'heroku', 'before'),
  cut('cut-request-after', 'heroku', 'after'),
  cut('cut-slack-before', 'slack', 'before'),
  cut('cut-slack-after', 'slack', 'after'),
  often(),
];

function cut(name: string, via: Via, when: 'before' | 'after'): RowOfCells {
  // What a read of the store changes nobody can see.
  const takes = (crossing: Crossing): boolean => via !== 'store' || crossing.writes;
  return {
    name,
    cells: (crossings) =>
      crossings.filter((c, i) => c.via === via && takes(c) && !elsewhere(crossings, i, when)).map((c) => named(c)),
    play(cell) {
      const { phase, n } = placeOf(cell);
      const aim = new Aim(via, phase, n, takes);
      return { trouble: once(aim, { is: 'die', when }) };
    },
  };
}

/**
 * Whether another cell finds the world just as this one does: nothing happens to it between one write to the store and the next, or
 * in a read of Heroku's.
 */
function elsewhere(crossings: readonly Crossing[], i: number, when: 'before' | 'after'): boolean {
  const { via, writes } = crossings[i] ?? {};
  if (via === 'heroku') return when === 'after' && writes === false;
  if (via !== 'store' || when === 'after') return false;
  return crossings.slice(0, i).findLast((c) => c.writes)?.via === 'store';
}

/** One fate, at one place. */
export function once(aim: Aim, fate: Fate): Trouble {
  return { meet: (crossing) => (aim.hit(crossing) ? fate : pass), began: () => aim.met?.phase ?? null };
}

function often(): RowOfCells {
  const CELLS = 90;
  return {
    name: 'cut-often',
    cells: (_, seed) => Array.from({ length: CELLS }, (__, i) => `seed/${seed * 1_000 + i}`),
    play(cell) {
      const random = randomFrom(Number(cell.split('/')[1]));
      const whole = (below: number): number => Math.floor(random() * below);
      let left = 2 + whole(4);
      let until = whole(250);
      let began: Phase | null = null;
      return {
        trouble: {
          meet(crossing) {
            until -= 1;
            if (left === 0 || until > 0) return pass;
            left -= 1;
            // Soon after another, or a good deal later.
            until = random() < 0.5 ? 1 + whole(20) : whole(300);
            began ??= crossing.phase;
            return { is: 'die', when: random() < 0.5 ? 'before' : 'after' };
          },
          began: () => began,
        },
      };
    },
  };
}
