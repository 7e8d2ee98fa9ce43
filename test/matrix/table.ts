// What the runner prints: a line that shows how far it is, and at the end the table and every cell that ended otherwise.
import Table from 'cli-table3';
import type { RowOutcome } from './row.ts';

const WIDTH = 40;

export interface Bar {
  /** For each of several things that go on at once: together they are the whole. */
  part(): (row: string, done: number, of: number) => void;
  /** A line above it. */
  wrong(cell: string, why: string): void;
  end(): void;
}

export function bar(): Bar {
  const { stderr } = process;
  const began = performance.now();
  const parts: { done: number; of: number }[] = [];
  let last = 0;
  const draw = (row: string): void => {
    const done = parts.reduce((sum, part) => sum + part.done, 0);
    const of = parts.reduce((sum, part) => sum + part.of, 0);
    const now = performance.now();
    const often = stderr.isTTY ? 100 : 15_000;
    if (now - last < often && done < of) return;
    last = now;
    const full = Math.round((WIDTH * done) / of);
    const left = Math.round((((now - began) / done) * (of - done)) / 1_000);
    const line = `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${done} of ${of}, about ${left} s more · ${row}`;
    stderr.write(stderr.isTTY ? `\r\u001b[K${line}` : `${line}\n`);
  };
  return {
    part() {
      const part = { done: 0, of: 0 };
      parts.push(part);
      return (row, done, of) => {
        Object.assign(part, { done, of });
        draw(row);
      };
    },
    wrong(cell, why) {
      stderr.write(`${stderr.isTTY ? '\r\u001b[K' : ''}✗ ${cell}: ${why}\n`);
    },
    end() {
      if (stderr.isTTY) stderr.write('\r\u001b[K');
    },
  };
}

export function table(troubles: ReadonlyMap<string, string>, outcomes: readonly RowOutcome[], ms: number): string {
  const drawn = new Table({
    head: ['row', 'trouble', 'cells'],
    style: { head: [], border: [] },
    colAligns: ['left', 'left', 'right'],
  });
  for (const { row, cells, wrong } of outcomes) {
    drawn.push([row, troubles.get(row) ?? '', `${cells - wrong.length} of ${cells}`]);
  }
  const all = outcomes.reduce((sum, { cells }) => sum + cells, 0);
  const bad = outcomes.flatMap(({ wrong }) => wrong);
  const lines = bad.map(({ cell, why }) => `✗ ${cell}\n    ${why}`);
  const again =
    bad[0] === undefined ? '' : `\nOne again, with its log: npm run matrix -- --cell ${JSON.stringify(bad[0].cell)}`;
  return `${drawn.toString()}\n${lines.join('\n')}${again}\n${all - bad.length} of ${all} cells ended as they should, in ${Math.round(ms / 1_000)} s.\n`;
}
