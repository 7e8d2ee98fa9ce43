import { describe, expect, test } from 'vitest';
import { clean, cleanLines, jsonText } from '../../src/terminal/screen.ts';

const unseen = '\u001b[31m\u007f\u0085\u009b\u200b\u202e\u2066\u2028\ufeff\u{e0041}';

describe('What is printed', () => {
  test('has no control, direction or invisible characters in it', () => {
    expect(clean(`a${unseen}b\nc`)).toBe('a [31m b c');
    expect(cleanLines(`a\u001b\nb\r\nc\td`)).toBe('a \nb \nc d');
    expect(clean('Grüße, 東京 ✓')).toBe('Grüße, 東京 ✓');
  });

  test('as JSON says the same with every such character escaped', () => {
    const value = { name: unseen, list: ['a\nb'], ['k\u202e']: 1 };
    const text = jsonText(value);
    expect(JSON.parse(text)).toEqual(value);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    for (const escaped of ['\\u007f', '\\u0085', '\\u009b', '\\u202e', '\\u2066', '\\udb40\\udc41']) {
      expect(text).toContain(escaped);
    }
    expect(text).toContain('{\n  "name"');
  });
});
