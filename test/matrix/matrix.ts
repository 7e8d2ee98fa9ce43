// The matrix as a whole: which cells there are, all of them or a few of each row spread over the run, and what came of them.
import type { RowOfCells } from './cells.ts';
import { type Server, startServer } from './processes/server.ts';
import type { RowOutcome } from './row.ts';
import { rows } from './rows/index.ts';
import { startRunner } from './runner.ts';
import { playAll } from './workers.ts';

export interface MatrixOptions {
  /** All where null. */
  readonly rows: readonly string[] | null;
  /** At most so many cells of each row, chosen evenly; all where null. */
  readonly most: number | null;
  readonly seed: number;
  /** Every so many-th cell, from that one on: parts that are played at several places are the whole. */
  readonly part?: { readonly is: number; readonly of: number };
  readonly workers: number;
  readonly progress: (row: string, done: number, of: number) => void;
  /** Told of each cell that ended otherwise, as soon as it has. */
  readonly wrong?: (cell: string, why: string) => void;
}

export async function playMatrix(options: MatrixOptions): Promise<readonly RowOutcome[]> {
  const chosen = rows.filter(({ name }) => options.rows?.includes(name) ?? true);
  const unknown = options.rows?.find((name) => !rows.some((row) => row.name === name));
  if (unknown !== undefined)
    throw new Error(`Expected a row, one of ${rows.map((row) => row.name).join(', ')}; got ${unknown}`);
  const server = await startServer();
  try {
    return await playOn(server, chosen, options);
  } finally {
    await server?.stop();
  }
}

async function playOn(
  server: Server | null,
  chosen: readonly RowOfCells[],
  options: MatrixOptions,
): Promise<readonly RowOutcome[]> {
  const { is, of } = options.part ?? { is: 1, of: 1 };
  const cells = (await enumerate(server, chosen, options)).filter((_, i) => i % of === is - 1);
  const outcomes = new Map<string, { cells: number; wrong: { cell: string; why: string }[] }>(
    chosen.map(({ name }) => [name, { cells: 0, wrong: [] }]),
  );
  let done = 0;
  const database = async (): Promise<string | null> => (await server?.empty()) ?? null;
  await playAll(cells, options.workers, database, ({ cell, why }) => {
    done += 1;
    const row = cell.split('/')[0] ?? '';
    const outcome = outcomes.get(row);
    if (outcome !== undefined) {
      outcome.cells += 1;
      if (why !== null) {
        outcome.wrong.push({ cell, why });
        options.wrong?.(cell, why);
      }
    }
    options.progress(row, done, cells.length);
  });
  return [...outcomes].map(([row, outcome]) => ({ row, ...outcome }));
}

async function enumerate(
  server: Server | null,
  chosen: readonly RowOfCells[],
  options: MatrixOptions,
): Promise<readonly string[]> {
  const runner = await startRunner((await server?.empty()) ?? null);
  try {
    const crossings = await runner.undisturbed();
    const here = chosen.filter((row) => server !== null || row.server !== true);
    return here.flatMap((row) =>
      few(row.cells(crossings, options.seed), options.most).map((cell) => `${row.name}/${cell}`),
    );
  } finally {
    await runner.close();
  }
}

/** Evenly, the first and the last among them. */
function few(cells: readonly string[], most: number | null): readonly string[] {
  if (most === null || cells.length <= most) return cells;
  return Array.from(
    { length: most },
    (_, i) => cells[Math.round((i * (cells.length - 1)) / Math.max(1, most - 1))] ?? '',
  );
}
