// The database goes wrong: one call to it, before it is carried out or after, or all of them for half a minute.
import { named, placeOf, type RowOfCells } from '../cells.ts';
import { type Crossing, pass } from '../crossing.ts';
import { Aim } from '../trouble.ts';
import { once } from './cut.ts';

const DOWN = 30_000;
/** A process that dies there is in the rows `cut-store`, at each of them: here every other write, and few reads, which are like one another. */
const EACH_READ = 8;

export const storeRows: readonly RowOfCells[] = [
  fails('store-fails-before', 'before', (crossings) => [
    ...crossings.filter((c) => c.writes).filter((_, i) => i % 2 === 0),
    ...crossings.filter((c) => !c.writes).filter((_, i) => i % EACH_READ === 0),
  ]),
  // What a read of the database changes nobody can see.
  fails('store-fails-after', 'after', (crossings) => crossings.filter((c) => c.writes).filter((_, i) => i % 2 === 1)),
  {
    name: 'store-down',
    cells: (crossings) =>
      ofStore(crossings)
        .filter((_, i) => i % EACH_READ === 0)
        .map((c) => named(c)),
    play(cell) {
      const { phase, n } = placeOf(cell);
      const aim = new Aim('store', phase, n);
      let until: number | null = null;
      return {
        trouble: {
          meet(crossing, { clock }) {
            if (aim.hit(crossing)) until = clock.now() + DOWN;
            const down = until !== null && clock.now() < until;
            return down && crossing.via === 'store' ? { is: 'fail', when: 'before' } : pass;
          },
          endsAt: () => until,
          began: () => aim.met?.phase ?? null,
        },
      };
    },
  },
];

function fails(
  name: string,
  when: 'before' | 'after',
  chosen: (crossings: readonly Crossing[]) => readonly Crossing[],
): RowOfCells {
  return {
    name,
    cells: (crossings) => chosen(ofStore(crossings)).map((c) => named(c)),
    play(cell) {
      const { phase, n } = placeOf(cell);
      return { trouble: once(new Aim('store', phase, n), { is: 'fail', when }) };
    },
  };
}

function ofStore(crossings: readonly Crossing[]): readonly Crossing[] {
  return crossings.filter(({ via }) => via === 'store');
}
