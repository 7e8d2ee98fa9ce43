// The list that an approval is bound to, in lines that a phone can show: each item before, now and after. Rows that
// change nothing are folded into a count; where the rows do not all fit, what is as usual is counted by step, and what is
// not is still listed. A list that cannot even be shown so is not one to approve in Slack.
import type { Row } from '../../model/event.ts';
import type { Run } from '../../model/run.ts';
import { fits } from './blocks.ts';
import { doorOf, users } from './door.ts';
import { code, count, said } from './text.ts';
import { stepTitle } from './words.ts';

export interface Listing {
  /** Escaped. */
  readonly lines: readonly string[];
  /** Everything that has to be seen before approving is there. */
  readonly whole: boolean;
}

/** Names that are listed of the rows that change nothing. */
const NAMED = 12;
/** Kinds of change that are told apart in a counted step. */
const KINDS = 5;
const WIDTHS = [80, 40, 24, 16, 10];

/** The values are cut as far as it takes to show every row. */
export function listing(run: Run, rows: readonly Row[]): Listing {
  for (const draft of [listed, counted]) {
    for (const most of WIDTHS) {
      const lines = draft(run, rows, most);
      if (fits(lines)) return { lines, whole: true };
    }
  }
  const odd = rows.filter((row) => !usual(run, row));
  return {
    lines: [
      ...rows.filter((row) => row.step === doorOf(run)).map((row) => rowLine(row, 40)),
      `*${count(odd.length, 'row')} of ${rows.length} need a look each*, more than one Slack message can hold: ${code(`npm run maint -- resume ${run.app.name}`)} at a terminal shows all of them, and asks for the approval.`,
    ],
    whole: false,
  };
}

/** Every row that changes something, one by one. */
function listed(run: Run, rows: readonly Row[], most: number): string[] {
  const door = doorOf(run);
  const changing = rows.filter((row) => row.now !== row.after || row.step === door);
  const all = stepsOf(changing).flatMap((step) => [
    `*${stepTitle(run, step)}*`,
    ...changing.filter((row) => row.step === step).map((row) => rowLine(row, most)),
  ]);
  if (changing.every((row) => row.now === row.after)) all.push('Nothing has to be put back.');
  return [
    ...all,
    ...untouchedDoor(run, rows),
    ...folded(
      run,
      rows.filter((row) => !changing.includes(row)),
      most,
    ),
  ];
}

/** A line for what is as usual in a step; what is not, and the door, one by one. */
function counted(run: Run, rows: readonly Row[], most: number): string[] {
  const singly = (row: Row) => row.step === doorOf(run) || !usual(run, row);
  const changing = rows.filter((row) => row.now !== row.after || singly(row));
  return [
    ...stepsOf(changing).flatMap((step) => {
      const mine = changing.filter((row) => row.step === step);
      const single = mine.filter(singly);
      const others = mine.length - single.length;
      return [
        others === 0
          ? `*${stepTitle(run, step)}*`
          : `*${stepTitle(run, step)}*: ${kinds(
              run,
              mine.filter((row) => !singly(row)),
            )}`,
        ...single.map((row) => rowLine(row, most)),
      ];
    }),
    ...untouchedDoor(run, rows),
    ...folded(
      run,
      rows.filter((row) => !changing.includes(row)),
      most,
    ),
    'Not every row fits into a Slack message: what is as maint set it is counted, and everything else is listed. ' +
      `${code(`npm run maint -- resume ${run.app.name}`)} at a terminal shows every row.`,
  ];
}

/** "250 items: its own command again". */
function kinds(run: Run, rows: readonly Row[]): string {
  const wills = Map.groupBy(rows, (row) => itemOf(run, row)?.back.will ?? `back to ${row.after}`);
  if (wills.size > KINDS) return `${count(rows.length, 'item')}, each back to what it was before`;
  return [...wills].map(([will, of]) => `${count(of.length, 'item')}: ${said(will, 100)}`).join('; ');
}

/** As maint set it, and put back to what it was. */
function usual(run: Run, row: Row): boolean {
  if (row.before !== row.after) return false;
  if (row.now === row.after) return true;
  return row.now !== 'cannot be read' && (itemOf(run, row)?.sent.length ?? 0) > 0;
}

function itemOf(run: Run, row: Row) {
  return run.items.find((item) => item.step === row.step && item.key === row.key);
}

function stepsOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.map((row) => row.step))];
}

/** What maint never set is in no row; of the door it is said all the same. */
function untouchedDoor(run: Run, rows: readonly Row[]): string[] {
  const door = doorOf(run);
  if (door === null || rows.some((row) => row.step === door) || users(run) !== 'kept out as before') return [];
  return [`*${stepTitle(run, door)}* was on before and stays on: users are kept out, as before the maintenance.`];
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
