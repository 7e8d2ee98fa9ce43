// The matrix's second tier: real bots as processes of their own, killed, stopped and told to end, on PGlite and on Postgres.
// Several maintenances at a time, for they mostly wait; whatever becomes of them, every process is gone at the end.
import type { RowOutcome } from '../row.ts';
import { playMaintenance } from './maintenance.ts';
import { record } from './record.ts';
import { type Unit, units } from './rows.ts';
import { type Server, startServer } from './server.ts';
import { playBothStart, playNewer, playSecond } from './special.ts';
import { openStage, type Stage, type StageOptions } from './stage.ts';
import type { Trouble } from './trouble.ts';

export interface ProcessOptions {
  /** Every row, a cell or two of each, on a machine that may have much else to do: everything is waited for longer. */
  readonly short: boolean;
  readonly seed?: number;
  /** All where not said. */
  readonly rows?: readonly string[];
  /** Maintenances at the same time. */
  readonly atOnce?: number;
  readonly progress: (row: string, done: number, of: number) => void;
}

/** Of the short form: see `Stage.patience`. */
const PATIENT = 5;

/** The most connections of one bot. */
const POOL = 8;

interface Wrong {
  readonly cell: string;
  readonly why: string;
}

/** A row for which no Postgres can be started here has no cells. */
export async function playProcesses(options: ProcessOptions): Promise<readonly RowOutcome[]> {
  const all = units({ short: options.short, seed: options.seed ?? 1 });
  const chosen = all.filter(({ row }) => options.rows?.includes(row) ?? true);
  const outcomes = new Map(chosen.map(({ row }) => [row, { cells: 0, wrong: [] as Wrong[] }]));
  const of = chosen.reduce((sum, { plays }) => sum + plays.cells, 0);
  let done = 0;
  const patience = options.short ? PATIENT : 1;
  const server = await startServer();
  const waiting = [...chosen];
  const worker = async (): Promise<void> => {
    for (let unit = waiting.shift(); unit !== undefined; unit = waiting.shift()) {
      const { row, plays } = unit;
      const wrong = await playUnit(unit, server, patience);
      const outcome = outcomes.get(row);
      if (wrong === 'no Postgres' || outcome === undefined) continue;
      outcome.cells += plays.cells;
      outcome.wrong.push(...wrong);
      done += plays.cells;
      options.progress(row, done, of);
    }
  };
  try {
    await Promise.all(Array.from({ length: options.atOnce ?? 6 }, worker));
  } finally {
    await server?.stop();
  }
  return [...outcomes].map(([row, outcome]) => ({ row, ...outcome }));
}

/** What is wrong with its cells. Never throws. */
async function playUnit(
  unit: Unit,
  shared: Server | null,
  patience: number,
): Promise<readonly Wrong[] | 'no Postgres'> {
  try {
    return await played(unit, shared, patience);
  } catch (error) {
    // None of its cells was played to its end.
    const why = error instanceof Error ? error.message : String(error);
    return Array.from({ length: unit.plays.cells }, (_, i) => ({ cell: `${unit.name}/${i + 1}`, why }));
  }
}

async function played(
  { name, plays }: Unit,
  shared: Server | null,
  patience: number,
): Promise<readonly Wrong[] | 'no Postgres'> {
  switch (plays.is) {
    case 'second':
      return whole(name, await playSecond(patience));
    case 'directory': {
      const troubles = plays.troubles();
      return withBots(null, { places: 1, patience }, (stage) => judged(name, stage, troubles));
    }
    case 'both-start':
      return shared === null
        ? 'no Postgres'
        : whole(name, await playBothStart((await shared.database()).url, patience));
    case 'newer':
      return shared === null
        ? 'no Postgres'
        : whole(name, await playNewer((await shared.database()).url, plays.cut, patience));
    case 'postgres': {
      const server = plays.alone ? await startServer() : shared;
      if (server === null) return 'no Postgres';
      try {
        const database = await server.database();
        const troubles = plays.troubles(server, database);
        return await withBots(database.url, { places: 2, patience }, async (stage) => {
          const wrong = await judged(name, stage, troubles);
          const { all, forgotten } = await server.connections(database);
          if (all <= 2 * POOL && forgotten === 0) return wrong;
          return [...wrong, { cell: name, why: `${all} connections are open, ${forgotten} forgot a transaction` }];
        });
      } finally {
        if (plays.alone) await server.stop();
      }
    }
  }
}

async function withBots<T>(
  url: string | null,
  many: Pick<StageOptions, 'places' | 'patience'>,
  play: (stage: Stage) => Promise<T>,
): Promise<T> {
  const stage = await openStage({ url, ...many });
  try {
    await Promise.all(stage.places.map((place) => stage.start(place)));
    return await play(stage);
  } finally {
    await stage.close();
  }
}

function whole(cell: string, why: string | null): readonly Wrong[] {
  return why === null ? [] : [{ cell, why }];
}

async function judged(name: string, stage: Stage, troubles: readonly Trouble[]): Promise<readonly Wrong[]> {
  const { wrong, why } = await playMaintenance(stage, troubles);
  if (wrong.length === 0 && why === null) return [];
  const where = `its log: ${await record(name, stage)}`;
  const single = wrong.map(({ trouble, why: one }) => ({ cell: trouble.cell, why: `${one} (${where})` }));
  if (why === null) return single;
  const met = troubles.map(({ cell }) => cell).join(', ');
  return [...single, { cell: name, why: `${why} (its troubles: ${met}; ${where})` }];
}
