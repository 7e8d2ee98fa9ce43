import { describe, expect, it } from 'vitest';
import { sharedReads } from '../../src/run/reads.ts';

describe('reads shared within a turn', () => {
  const counting = () => {
    let count = 0;
    return async () => {
      count += 1;
      return count;
    };
  };

  it('ask once for what is wanted at the same time', async () => {
    const reads = sharedReads();
    const load = counting();
    expect(await Promise.all([reads.once('app:1', load), reads.once('app:1', load)])).toEqual([1, 1]);
  });

  it('are forgotten by how their keys begin, as a write says what it changes', async () => {
    const reads = sharedReads();
    const [app, dynos] = [counting(), counting()];
    await reads.once('app:1', app);
    await reads.once('dynos:1', dynos);
    reads.forget('dynos:');
    expect(await reads.once('app:1', app)).toBe(1);
    expect(await reads.once('dynos:1', dynos)).toBe(2);
    reads.forget();
    expect(await reads.once('app:1', app)).toBe(2);
  });

  it('are not kept where they failed', async () => {
    const reads = sharedReads();
    await expect(reads.once('app:1', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(await reads.once('app:1', async () => 'up')).toBe('up');
  });

  it('are not believed any longer than they are said to be', async () => {
    const reads = sharedReads();
    const load = counting();
    await reads.once('app:1', load, 0);
    expect(await reads.once('app:1', load, 0)).toBe(2);
  });
});
