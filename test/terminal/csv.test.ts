import { describe, expect, test } from 'vitest';
import { csv } from '../../src/terminal/csv.ts';

const one = (value: string): string | undefined => csv(['what'], [[value]])[1];

describe('a table as CSV', () => {
  test('quotes every text, doubles the quotes in it, and leaves numbers alone', () => {
    expect(
      csv(
        ['a', 'b'],
        [
          ['x, "y"', 3],
          [null, -2],
        ],
      ),
    ).toEqual(['"a","b"', '"x, ""y""",3', '"",-2']);
  });

  test('keeps a record on one line, whatever was typed', () => {
    expect(one('two\r\nlines\u2028and\u0000more')).toBe('"two lines and more"');
  });

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', ' =cmd', '\t=cmd', '\n@x', '＝1', '\u200b=1'])(
    'no spreadsheet takes %j for a formula',
    (typed) => {
      expect(one(typed)).toMatch(/^"'[=+\-@＝]/u);
    },
  );

  test('what only has such a sign inside is left as it was typed', () => {
    expect(one('a=b, 1-2, ada@example.com')).toBe('"a=b, 1-2, ada@example.com"');
  });
});
