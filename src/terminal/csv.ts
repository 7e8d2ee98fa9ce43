// A table as CSV (RFC 4180): each field quoted, one line a record. A spreadsheet takes what begins with one of these signs for a
// formula and would carry it out, so it gets an apostrophe before it: anybody can put such a thing into a reason.
import { clean } from './screen.ts';

const FORMULA = /^\s*[=+\-@＝＋－＠]/u;

export function csv(head: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string[] {
  return [head, ...rows].map((row) => row.map(field).join(','));
}

function field(value: string | number | null): string {
  // A number of ours is none that anybody typed.
  if (typeof value === 'number') return String(value);
  const text = clean(value ?? '').trim();
  return `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}
