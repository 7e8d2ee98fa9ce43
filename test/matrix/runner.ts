// Plays cells by name, and says of each what is wrong with it. One of these a worker.
import type { Logger } from '../../src/log.ts';
import { type Bed, makeBed } from './bed.ts';
import type { RowOfCells } from './cells.ts';
import type { Crossing } from './crossing.ts';
import { endOf, wrongIn } from './end.ts';
import { type End, type Row, readRows } from './expected.ts';
import { type Played, play } from './play.ts';
import { rows } from './rows/index.ts';
import { untroubled } from './trouble.ts';

export interface CellOutcome {
  readonly cell: string;
  /** Null where it is right. */
  readonly why: string | null;
  readonly end: End | null;
  readonly began: string | null;
  readonly ms: number;
}

export interface Runner {
  /** The crossings of a run that meets no trouble. */
  undisturbed(): Promise<readonly Crossing[]>;
  /** `cell`: with the row's name before it. */
  play(cell: string, log?: Logger): Promise<CellOutcome & { readonly played: Played | null }>;
  close(): Promise<void>;
}

/** The place is searched a little earlier where a run was through before it came to it. */
const TRIES = 3;

/** `database`: the url of one that is its own, or null: see `bed`. */
export async function startRunner(database: string | null): Promise<Runner> {
  const bed: Bed = await makeBed(database);
  const expected = await readRows();

  return {
    async undisturbed() {
      const crossings: Crossing[] = [];
      const cell = await play(bed, { trouble: untroubled, onCrossing: (crossing) => crossings.push(crossing) });
      if (endOf(cell) !== 'restored' || cell.wrong.length > 0 || cell.differences.length > 0) {
        throw new Error(
          `Expected a run without trouble to be restored, got ${endOf(cell)}: ${[...cell.wrong, ...cell.differences].join('; ')}`,
        );
      }
      return crossings;
    },
    async play(cell, log) {
      const began = performance.now();
      const [row, of] = rowOf(cell, expected);
      let name = cell.slice(row.name.length + 1);
      for (let tries = 0; tries < TRIES; tries += 1) {
        const { allows, went, ...playable } = of.play(name);
        const outcome = await play(bed, { ...playable, ...(log === undefined ? {} : { log }) });
        const phase = playable.trouble.began();
        if (phase === null) {
          name = earlier(name);
          continue;
        }
        const astray = went?.(outcome) === false ? 'it went another way than its row says' : null;
        const why = wrongIn(row, phase, outcome, allows ?? (() => false)) ?? astray;
        const ms = performance.now() - began;
        return { cell, why, end: endOf(outcome), began: phase, ms, played: outcome };
      }
      const why = 'the run was through before its trouble began';
      return { cell, why, end: null, began: null, ms: performance.now() - began, played: null };
    },
    close: () => bed.close(),
  };
}

function rowOf(cell: string, expected: readonly Row[]): readonly [Row, RowOfCells] {
  const name = cell.split('/')[0] ?? '';
  const row = expected.find((one) => one.name === name);
  const of = rows.find((one) => one.name === name);
  if (row === undefined || of === undefined) {
    throw new Error(`Expected a cell of one of the rows ${rows.map((one) => one.name).join(', ')}; got ${cell}`);
  }
  return [row, of];
}

function earlier(name: string): string {
  return name.replace(
    /^(\w+)\/(\d+)/,
    (_, phase: string, n: string) => `${phase}/${Math.max(1, Math.floor(Number(n) * 0.9) - 1)}`,
  );
}
