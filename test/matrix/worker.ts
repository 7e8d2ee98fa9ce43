// A process of the runner: plays the cells that it is given, one after the other, on the database that it is given, if any. One ends
// with the runner that began it.
import { startRunner } from './runner.ts';

const runner = await startRunner(process.argv[2] ?? null);

async function next(cell: string): Promise<void> {
  try {
    const { played: _, ...outcome } = await runner.play(cell);
    process.send?.(outcome);
  } catch (error) {
    const why = `the matrix itself failed: ${error instanceof Error ? error.stack : String(error)}`;
    process.send?.({ cell, why, end: null, began: null, ms: 0 });
  }
}

process.on('message', (cell) => {
  if (typeof cell === 'string') void next(cell);
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
