import { describe, expect, test } from 'vitest';
import { called, code, cut, duration, named, plain, said } from '../../../src/slack/views/text.ts';

describe('text that people typed', () => {
  test('calls nobody and links nothing', () => {
    expect(said('<!channel> & <@U123>')).toBe('&lt;!channel&gt; &amp; &lt;@U123&gt;');
  });

  test('stays on its line, whatever is in it', () => {
    expect(said('a\r\nb\tc\u2028d')).toBe('a b c d');
  });

  test('loses the signs that turn it round or hide in it', () => {
    expect(plain('a\u202eb\u2066c\u200bd\ufeffe\u0000f')).toBe('abcdef');
  });

  test.each([1, 2, 5, 6, 7, 8, 11, 12])('is never cut in the middle of an entity (%i)', (most) => {
    const text = said('&&&', most);
    expect(text.length).toBeLessThanOrEqual(Math.max(1, most));
    expect(text.replaceAll('&amp;', '').replace('…', '')).toBe('');
  });

  test('is never cut in the middle of a character', () => {
    expect(cut('🙂🙂🙂', 4)).toBe('🙂…');
    expect(said('🙂🙂🙂', 4)).toBe('🙂…');
  });

  test('does not break out of inline code', () => {
    expect(code('a`b``c')).toBe("`a'b''c`");
    expect(code('')).toBe('` `');
    expect(code('x'.repeat(500), 20)).toHaveLength(22);
  });

  test('does not open code that nothing closes', () => {
    expect(said('a `b')).toBe("a 'b");
  });
});

test('a person is called by id only where Slack knows the id', () => {
  expect(called({ id: 'U0ADA', name: 'ada', via: 'slack' })).toBe('<@U0ADA>');
  expect(called({ id: '<!here>', name: '<!here>', via: 'slack' })).toBe('*&lt;!here&gt;*');
  expect(called({ id: 'root', name: 'root', via: 'terminal' })).toBe('*root*');
  expect(named({ id: 'x', name: 'a*b', via: 'terminal' })).toBe('*ab*');
});

test.each([
  [0, '0 s'],
  [59_400, '59 s'],
  [60_000, '1 min'],
  [3_600_000, '1 h'],
  [3_900_000, '1 h 5 min'],
  [-5, '0 s'],
])('%i ms are said as %s', (ms, words) => {
  expect(duration(ms)).toBe(words);
});
