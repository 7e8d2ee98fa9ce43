// `npm run matrix`: plays every row of expected.md in all its cells and prints what came of them. `--row NAME` plays one row,
// `--tier 1` or `2` one of the two, `--short` a few cells of each row, `--most N` so many, `--cell NAME` one cell again with
// its whole log, `--seed N` other random ones, `--part 1/2` the first half of tier 1, for two machines or two times (tier 2 goes with the
// first).
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { readProcessRows, readRows } from './expected.ts';
import { playMatrix } from './matrix.ts';
import { playProcesses } from './processes/index.ts';
import { replay } from './replay.ts';
import type { RowOutcome } from './row.ts';
import { type Bar, bar, table } from './table.ts';

const FEW = 4;

const { values } = parseArgs({
  options: {
    row: { type: 'string', multiple: true },
    tier: { type: 'string' },
    cell: { type: 'string' },
    short: { type: 'boolean', default: false },
    most: { type: 'string' },
    seed: { type: 'string', default: '1' },
    part: { type: 'string', default: '1/1' },
    workers: { type: 'string' },
  },
});

const [, part = 0, parts = 0] = (/^([1-9]\d*)\/([1-9]\d*)$/.exec(values.part) ?? []).map(Number);
if (part < 1 || part > parts) refuse(`Expected a part like 1/2, got ${values.part}`);

if (values.cell !== undefined) process.exitCode = (await replay(values.cell)) ? 0 : 1;
else process.exitCode = (await playBoth()) ? 0 : 1;

/** What was typed makes no sense. */
function refuse(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(2);
}

async function playBoth(): Promise<boolean> {
  const began = performance.now();
  const troubles = new Map((await readRows()).map(({ name, trouble }) => [name, trouble]));
  const processes = await readProcessRows();
  const wanted = values.row ?? null;
  const unknown = wanted?.find((name) => !troubles.has(name) && !processes.has(name));
  if (unknown !== undefined) {
    refuse(`Expected a row, one of ${[...troubles.keys(), ...processes.keys()].join(', ')}; got ${unknown}`);
  }
  const of = (tier: string, rows: ReadonlyMap<string, string>): readonly string[] =>
    (values.tier === undefined || values.tier === tier) && (tier === '1' || part === 1)
      ? [...rows.keys()].filter((name) => wanted?.includes(name) ?? true)
      : [];
  const progress = bar();
  // Real processes mostly wait: they are played beside the others.
  const tiers = await Promise.all([
    inOneProcess(of('1', troubles), progress),
    withProcesses(of('2', processes), progress),
  ]);
  progress.end();
  const outcomes = tiers.flat();
  process.stdout.write(table(new Map([...troubles, ...processes]), outcomes, performance.now() - began));
  return outcomes.every(({ wrong }) => wrong.length === 0);
}

async function inOneProcess(rows: readonly string[], progress: Bar): Promise<readonly RowOutcome[]> {
  if (rows.length === 0) return [];
  return playMatrix({
    rows,
    most: values.short ? FEW : values.most === undefined ? null : Number(values.most),
    seed: Number(values.seed),
    part: { is: part, of: parts },
    workers: values.workers === undefined ? workersHere() : Number(values.workers),
    progress: progress.part(),
    wrong: progress.wrong,
  });
}

/** One more than there are cores, for some cells wait for calls that hang; each takes most of a gigabyte. */
function workersHere(): number {
  return Math.min(5, availableParallelism() + 1);
}

async function withProcesses(rows: readonly string[], progress: Bar): Promise<readonly RowOutcome[]> {
  if (rows.length === 0) return [];
  return playProcesses({ short: values.short, seed: Number(values.seed), rows, progress: progress.part() });
}
