// Two to four troubles of the other rows in one run, chosen by a seed: whatever they do to one another, the run ends, and
// every item is as it was or as a named person has decided.
import { randomFrom } from '../../../src/sandbox/random.ts';
import type { RowOfCells } from '../cells.ts';
import { type Phase, phases } from '../crossing.ts';
import { together } from '../trouble.ts';

const CELLS = 200;

/** How many calls there are of each kind in each phase, roughly: a place beyond the last is the first of the next phase. */
const MOST: Readonly<Record<Phase, number>> = { planning: 10, quieting: 30, holding: 45, back: 28 };
const STORE = 5;

export function several(rows: readonly RowOfCells[]): RowOfCells {
  return {
    name: 'several',
    cells: (_, seed) => Array.from({ length: CELLS }, (__, i) => `seed/${seed * 1_000 + i}`),
    play(cell) {
      const random = randomFrom(Number(cell.split('/')[1]));
      const one = <T>(list: readonly T[]): T => {
        const chosen = list[Math.floor(random() * list.length)];
        if (chosen === undefined) throw new Error('Expected something to choose from, got nothing');
        return chosen;
      };
      const parts = Array.from({ length: 2 + Math.floor(random() * 3) }, () => {
        const row = one(rows);
        const phase = one(phases);
        const n = 1 + Math.floor(random() * MOST[phase] * (/store/.test(row.name) ? STORE : 1));
        return row.play(row.example?.(phase, n, random) ?? `${phase}/${n}`);
      });
      const patience = Math.min(...parts.map((part) => part.patience ?? Number.POSITIVE_INFINITY));
      return {
        trouble: together(parts.map(({ trouble }) => trouble)),
        habits: Object.assign({}, ...parts.map(({ habits }) => habits)),
        allows: (run, difference) => parts.some(({ allows }) => allows?.(run, difference) ?? false),
        settings: Object.assign({}, ...parts.map(({ settings }) => settings)),
        unseen: (run, step, key) => parts.some((part) => part.unseen?.(run, step, key) ?? false),
        ...(Number.isFinite(patience) ? { patience } : {}),
      };
    },
  };
}
