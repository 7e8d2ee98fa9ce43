import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { playProcesses } from './processes/index.ts';
import { units } from './processes/rows.ts';
import type { RowOutcome } from './row.ts';

const named = [...new Set(units({ short: true, seed: 1 }).map(({ row }) => row))];

test('every row of real processes that was written down is played', async () => {
  const text = await readFile(join(import.meta.dirname, 'expected.md'), 'utf8');
  const [, section = ''] = text.split('## Real processes');
  const rows = [...section.matchAll(/^\| ([a-z-]+) \|/gm)].flatMap(([, row]) => (row === 'row' ? [] : [row]));
  expect(named.toSorted()).toEqual(rows.toSorted());
});

describe('Real processes', () => {
  let outcomes: readonly RowOutcome[] = [];
  beforeAll(async () => {
    outcomes = await playProcesses({ short: true, progress: () => {} });
  }, 2_000_000);

  test.for(named)('%s: everything is back, and nobody does harm', (row, { expect: expects, skip }) => {
    const outcome = outcomes.find((one) => one.row === row);
    // No Postgres can be started here.
    if (outcome?.cells === 0) skip();
    expects(outcome).toMatchObject({ row, wrong: [] });
  });
});
