import { describe, expect, it } from 'vitest';
import { sharesDatabase } from '../../src/heroku/itself.ts';

const own = 'postgres://maint:secret@db.example.com:5432/d1';

describe('an app that shares our database', () => {
  it.each([
    ['the very same', own],
    ['another user', 'postgres://app:other@db.example.com:5432/d1'],
    ['the other name of the scheme', 'postgresql://app:other@db.example.com/d1'],
    ['the port left out', 'postgres://app:other@db.example.com/d1'],
    ['the port of a pool', 'postgres://app:other@db.example.com:5433/d1'],
    ['capitals in the host', 'postgres://app:other@DB.Example.com/d1'],
    ['parameters', 'postgres://app:other@db.example.com/d1?sslmode=require'],
  ])('is found with %s', (_what, value) => {
    expect(sharesDatabase(own, ['C', value])).toBe(true);
  });

  it.each([
    ['another database on the host', 'postgres://maint:secret@db.example.com/d2'],
    ['another host', 'postgres://maint:secret@db2.example.com/d1'],
    ['another kind of store', 'rediss://maint:secret@db.example.com:5432/d1'],
    ['nonsense', 'postgres://'],
    ['nothing', ''],
  ])('is none with %s', (_what, value) => {
    expect(sharesDatabase(own, [value])).toBe(false);
  });

  it('is none where our records are in a directory, or our address is nonsense', () => {
    expect(sharesDatabase(null, [own])).toBe(false);
    expect(sharesDatabase('somewhere', ['somewhere'])).toBe(false);
  });
});
