// What a row of the matrix is to the runner: the cells that it has, by name, and how one is played. A cell's name says all
// that is needed to play it again: "heroku-500-once/quieting/17".
import type { Run } from '../../src/model/run.ts';
import type { Crossing, Phase } from './crossing.ts';
import type { Cell, Played } from './play.ts';

export type Playable = Omit<Cell, 'onCrossing' | 'log'> & {
  /** Whether a difference from before is as the row wants it; none is, where not said. */
  readonly allows?: (run: Run, difference: string) => boolean;
  /** Whether it went the way that its row is about: one that did not says nothing of it. */
  readonly went?: (played: Played) => boolean;
};

export interface RowOfCells {
  readonly name: string;
  /** Whether it takes a real Postgres: where there is none it has no cells. */
  readonly server?: boolean;
  /** The cells, without the row's name, from the crossings of an undisturbed run. `seed` moves those that are chosen at random. */
  cells(crossings: readonly Crossing[], seed: number): readonly string[];
  /** The name of a cell at any place, where that takes more than the place. */
  example?(phase: Phase, n: number, random: () => number): string;
  /** Throws where there is no such cell. */
  play(cell: string): Playable;
}

/** Every so many-th, another one for another seed: for what is met by the same code as something that is met everywhere. */
export function each<T>(of: number, list: readonly T[], seed: number): readonly T[] {
  return list.filter((_, i) => (i + seed) % of === 0);
}

/** "quieting/17/what else": the place, and what the row adds to it. */
export interface Place {
  readonly phase: Phase;
  readonly n: number;
  readonly more: string;
}

export function placeOf(cell: string): Place {
  const [phase, n, ...more] = cell.split('/');
  if (phase !== 'planning' && phase !== 'quieting' && phase !== 'holding' && phase !== 'back') {
    throw new Error(`Expected a cell to begin with its phase, got ${cell}`);
  }
  if (!/^\d+$/.test(n ?? '')) throw new Error(`Expected the number of a call after the phase, got ${cell}`);
  return { phase, n: Number(n), more: more.join('/') };
}

export function named({ phase, n }: Pick<Crossing, 'phase' | 'n'>, more = ''): string {
  return more === '' ? `${phase}/${n}` : `${phase}/${n}/${more}`;
}
