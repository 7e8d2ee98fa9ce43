// What is shown of a log is without secrets (I8): the app's own values, and what looks like one.
import { describe, expect, it } from 'vitest';
import { redactedLine } from '../../src/heroku/last-lines.ts';

describe('a line of a log', () => {
  it.each([
    ['could not connect to postgres://u:hunter22@db/x', 'could not connect to postgres://…@db/x'],
    ['GET https://example.com/hook?token=abc', 'GET https://example.com/hook?…'],
    ['Authorization: Bearer abcdef123456', 'Authorization: … …'],
    ['API_KEY=abc', 'API_KEY=…'],
    ['{"password":"x y"}', '{"password":…}'],
    ['key 0123456789abcdef0123456789abcdef is bad', 'key … is bad'],
    ['the value s3cr3t-value is wrong', 'the value … is wrong'],
    ['undefined method `total’ for nil', 'undefined method `total’ for nil'],
  ])('%s', (line, shown) => {
    expect(redactedLine(line, ['s3cr3t-value', 'for', ''])).toBe(shown);
  });

  it('is not longer than can be read', () => {
    expect(redactedLine('no such table '.repeat(100), [])).toHaveLength(200);
  });

  it('has nothing left of a value that is part of another', () => {
    expect(redactedLine('a secret-longer b', ['secret', 'secret-longer'])).toBe('a … b');
  });
});
