import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Json, same } from '../../src/model/json.ts';

describe('two JSON values', () => {
  test.each<[Json, Json]>([
    [null, null],
    [0, 0],
    ['', ''],
    [
      [1, 'a'],
      [1, 'a'],
    ],
    [
      { a: 1, b: [2] },
      { b: [2], a: 1 },
    ],
  ])('%j is the same as %j', (a, b) => {
    expect(same(a, b)).toBe(true);
    expect(same(b, a)).toBe(true);
  });

  test.each<[Json, Json]>([
    [null, ''],
    [null, false],
    [null, 0],
    ['', false],
    ['false', false],
    ['4', 4],
    [0, false],
    [
      [1, 2],
      [2, 1],
    ],
    [[], {}],
    [{}, null],
    [[null], []],
    [{ a: null }, {}],
    [{ a: null }, { b: null }],
    [{ a: { b: 1 } }, { a: { b: 2 } }],
  ])('%j is not the same as %j', (a, b) => {
    expect(same(a, b)).toBe(false);
    expect(same(b, a)).toBe(false);
  });

  test('are the same after a way through the store', () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(json, (value) => {
        const there = value as Json;
        expect(same(there, JSON.parse(JSON.stringify(there)))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
