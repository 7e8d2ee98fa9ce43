// Reads `expected.md`: what must come of every trouble, by the phase in which it began. The page is the contract; what
// cannot be read in it stops the runner.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Phase, phases } from './crossing.ts';

export const ends = [
  'restored',
  'turned',
  'cancelled',
  'stuck',
  'stuck by itself',
  'approval',
  'drift',
  'violation',
  'gone',
  'asked',
  'any',
] as const;
export type End = (typeof ends)[number];

export interface Row {
  readonly name: string;
  readonly trouble: string;
  /** Empty where it cannot happen in that phase. */
  readonly ends: Readonly<Record<Phase, readonly End[]>>;
}

/** What happens in each row of the second tier, by its name. */
export async function readProcessRows(): Promise<ReadonlyMap<string, string>> {
  const [, ...lines] = await tableIn(/## Real processes[^\n]*\n([\s\S]*)$/);
  return new Map(
    lines.map(cells).map(([name = '', database = '', trouble = '']) => [name, `${trouble} (${database})`]),
  );
}

export async function readRows(): Promise<readonly Row[]> {
  const [head, ...lines] = await tableIn(/## In one process[^\n]*\n([\s\S]*?)\n## /);
  const titles = cells(head ?? '');
  if (titles.slice(2).join() !== phases.join()) {
    throw new Error(`Expected the columns row, trouble, ${phases.join(', ')}, got ${titles.join(', ')}`);
  }
  return lines.map((line) => {
    const [name = '', trouble = '', ...rest] = cells(line);
    const of = (phase: Phase): readonly End[] => endsOf(name, rest[phases.indexOf(phase)] ?? '');
    return {
      name,
      trouble,
      ends: { planning: of('planning'), quieting: of('quieting'), holding: of('holding'), back: of('back') },
    };
  });
}

/** The lines of the table in a section, without the one that underlines its head. */
async function tableIn(section: RegExp): Promise<readonly string[]> {
  const page = await readFile(join(import.meta.dirname, 'expected.md'), 'utf8');
  const lines = (section.exec(page)?.[1] ?? '').split('\n').filter((line) => line.startsWith('|'));
  return lines.filter((line) => !/^\|[-| ]+$/.test(line));
}

function cells(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

function endsOf(row: string, text: string): readonly End[] {
  if (text === '-') return [];
  return text.split(' or ').map((word) => {
    const end = ends.find((known) => known === word.trim());
    if (end === undefined) throw new Error(`Expected one of ${ends.join(', ')} in the row ${row}, got "${word}"`);
    return end;
  });
}
