// One cell again, with everything that happened in it: its log, its events, and how it ended.
import { createLog } from '../../src/log.ts';
import { startServer } from './processes/server.ts';
import { startRunner } from './runner.ts';

/** Whether it ended as it should. */
export async function replay(cell: string): Promise<boolean> {
  const server = await startServer();
  const runner = await startRunner((await server?.empty()) ?? null);
  try {
    const { why, end, began, played } = await runner.play(cell, createLog('debug'));
    for (const { seq, at, event } of played?.log ?? []) {
      const { is, ...rest } = event;
      const says = JSON.stringify(rest);
      process.stdout.write(
        `${String(seq).padStart(4)} ${new Date(at).toISOString().slice(11, 19)} ${is} ${is === 'requested' || is === 'planned' ? '' : says.slice(0, 400)}\n`,
      );
    }
    process.stdout.write(
      `${cell}\n  began while ${began}, ended ${end} after ${played?.minutes} min and ${played?.deaths} deaths\n  ${why === null ? 'as it should' : `✗ ${why}`}\n`,
    );
    return why === null;
  } finally {
    await runner.close();
    await server?.stop();
  }
}
