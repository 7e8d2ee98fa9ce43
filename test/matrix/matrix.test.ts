// The matrix in short: every row of expected.md that is played in one process, in a few cells spread over the run. All of
// them are `npm run matrix`.
import { beforeAll, describe, expect, it } from 'vitest';
import { readRows } from './expected.ts';
import { playMatrix } from './matrix.ts';
import type { RowOutcome } from './row.ts';
import { rows } from './rows/index.ts';

const CELLS = 4;
/** Alone on two cores it takes a twentieth of this. */
const PATIENCE = 2_000_000;

const expected = await readRows();

describe('whatever happens, the app comes back', () => {
  let outcomes: readonly RowOutcome[] = [];

  beforeAll(async () => {
    outcomes = await playMatrix({ rows: null, most: CELLS, seed: 1, workers: 2, progress: () => {} });
  }, PATIENCE);

  it('has a way to play every row that is expected, and no other', () => {
    expect(rows.map(({ name }) => name)).toEqual(expected.map(({ name }) => name));
  });

  for (const { name, trouble } of expected) {
    it(`${name}: ${trouble}`, ({ skip }) => {
      const outcome = outcomes.find(({ row }) => row === name);
      expect(outcome?.wrong).toEqual([]);
      // No Postgres can be started here.
      if (outcome?.cells === 0 && rows.find((row) => row.name === name)?.server === true) skip();
      expect(outcome?.cells).toBeGreaterThan(0);
    });
  }
});
