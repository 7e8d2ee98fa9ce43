// The list that an approval is bound to, in lines that a phone can show: each item before, now and after. Rows that
// change nothing are folded into a count, and long lists are cut by step, never in silence.
import type { Row } from '../../model/event.ts';
import type { Run } from '../../model/run.ts';
import { fitting } from './blocks.ts';
import { code, count, said } from './text.ts';
import { stepTitle } from './words.ts';

/** Names that are listed of the rows that change nothing. */
const NAMED = 12;

/** Escaped. The values are cut as far as it takes to show every row. */
export function rowLines(run: Run, rows: readonly Row[]): string[] {
  return fitting([80, 40, 24, 16, 10].map((most) => () => draft(run, rows, most)));
}

function draft(run: Run, rows: readonly Row[], most: number): string[] {
  const changing = rows.filter((row) => row.now !== row.after);
  const steps = [...new Set(changing.map((row) => row.step))];
  const listed = steps.flatMap((step) => [
    `*${stepTitle(run, step)}*`,
    ...changing.filter((row) => row.step === step).map((row) => rowLine(row, most)),
  ]);
  if (changing.length === 0) listed.push('Nothing has to be put back.');
  return [
    ...listed,
    ...folded(
      run,
      rows.filter((row) => row.now === row.after),
      most,
    ),
  ];
}

function rowLine(row: Row, most: number): string {
  const differs = row.before === row.after ? '' : ' ⚠️ not as before';
  const label = code(row.label, Math.max(20, most));
  const [before, now, after] = [row.before, row.now, row.after].map((value) => code(value, most));
  return `• ${label}  before ${before} · now ${now} · after ${after}${differs}`;
}

function folded(run: Run, same: readonly Row[], most: number): string[] {
  if (same.length === 0) return [];
  const odd = same.filter((row) => row.before !== row.now);
  const plainly = same.filter((row) => row.before === row.now);
  const lines = odd.map(
    (row) =>
      `• ${stepTitle(run, row.step)}: ${code(row.label, Math.max(20, most))}  before ${code(row.before, most)} · stays ${code(row.now, most)} ⚠️ not as before`,
  );
  if (plainly.length > 0) {
    const names = plainly.slice(0, NAMED).map((row) => said(row.label, 30));
    const more = plainly.length > NAMED ? ` and ${plainly.length - NAMED} more` : '';
    lines.push(`${count(plainly.length, 'item')} as before already: ${names.join(', ')}${more}`);
  }
  return lines;
}
