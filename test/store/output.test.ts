import { expect, test } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { onEveryDatabase } from '../helpers/database.ts';
import { cancelled, freshStore, noon, requested, there } from './fixtures.ts';

const ref = { run: 'm1', work: 'work-1' };
const HOUR = 3_600_000;

onEveryDatabase('What a command prints', (databases) => {
  const at = freshStore(databases);
  const begun = async () => {
    await at.store.create(requested('m1'));
    expect(await at.store.claimOutput(ref, 'a', 10_000)).toBe(true);
  };
  const add = (lines: readonly string[], owner = 'a') => at.store.addOutput(ref, owner, { lines, mark: ['m'] });
  const kept = async () => (await at.store.outputParts(ref, 0)).map(({ text }) => text).join('');

  test('is kept in parts, with how much of it there was', async () => {
    expect(await at.store.outputOf(ref)).toBeNull();
    await begun();
    await add(['one', 'two']);
    await add(['three \0\ud800']);
    await add([]);
    expect(await at.store.outputParts(ref, 1)).toEqual([{ n: 2, text: 'three \ufffd\ufffd\n' }]);
    expect(await kept()).toBe('one\ntwo\nthree \ufffd\ufffd\n');
    expect(await at.store.outputOf(ref)).toEqual({ exit: null, lines: 3, cut: 0, mark: ['m'] });
  });

  test('is heard by one process at a time', async () => {
    await begun();
    const other = openStore(at.database);
    expect(await other.claimOutput(ref, 'b', 10_000)).toBe(false);
    expect(await other.addOutput(ref, 'b', { lines: ['twice'], mark: [] })).toBe(false);
    expect(await at.store.claimOutput(ref, 'a', 10_000)).toBe(true);
    await at.store.endOutput(ref, 'b', 1);
    await at.store.endOutput(ref, 'a', null);
    expect(await other.claimOutput(ref, 'b', 10_000)).toBe(true);
    expect(await add(['late'])).toBe(false);
    expect(await at.store.outputOf(ref)).toMatchObject({ exit: null, lines: 0 });
    await other.endOutput(ref, 'b', 3);
    expect(await at.store.outputOf(ref)).toMatchObject({ exit: 3 });
  });

  test('is heard by another one as soon as the claim has run out', async () => {
    await at.store.create(requested('m1'));
    expect(await at.store.claimOutput(ref, 'a', 0)).toBe(true);
    expect(await at.store.claimOutput(ref, 'b', 10_000)).toBe(true);
  });

  test('is bounded: the beginning and the end are kept, and what went is counted', async () => {
    await begun();
    const line = 'x'.repeat(63 * 1024);
    for (let n = 1; n <= 24; n += 1) await add([`${n} ${line}`, 'short']);
    const numbers = [...(await kept()).matchAll(/^(\d+) x/gmu)].map(([, n]) => Number(n));
    expect(numbers).toEqual([1, 2, 3, 4, ...numbers.slice(4)]);
    expect(numbers.at(-1)).toBe(24);
    const { lines, cut } = there(await at.store.outputOf(ref));
    expect(lines).toBe(48);
    expect(cut).toBe(2 * (24 - numbers.length));
    expect(cut).toBeGreaterThan(0);
    expect(Buffer.byteLength(await kept())).toBeLessThanOrEqual(1024 * 1024);
    expect(Buffer.byteLength(await kept())).toBeGreaterThan(900 * 1024);
  });

  test('is forgotten a day after the run has ended, and not before', async () => {
    await begun();
    await add(['one']);
    expect(await at.store.forgetOutput(noon + 48 * HOUR)).toBe(0);
    await at.store.decide('m1', noon + HOUR, () => ({ is: 'events', events: [cancelled] }));
    expect(await at.store.forgetOutput(noon + HOUR)).toBe(0);
    expect(await kept()).toBe('one\n');
    expect(await at.store.forgetOutput(noon + HOUR + 1)).toBe(1);
    expect([await at.store.outputOf(ref), await kept()]).toEqual([null, '']);
  });
});
