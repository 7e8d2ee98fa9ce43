// Whatever a person tries and is refused is in the audit trail, once, and no longer than it has to be.
import { describe, expect, it } from 'vitest';
import { ada, engines, shop } from '../../helpers/engine.ts';

const engineFor = engines();
const request = { length: null, because: null, channel: null, accepted: [] };

describe('a refusal is written down', () => {
  it.each([
    ['an app that is not there', 'shp', {}, 'start shp', 'There is no app called "shp"'],
    ['a length that is none', 'shop', { length: 1 }, 'start shop', 'a minute to 24 hours'],
  ])('of %s', async (_, app, over, what, why) => {
    const engine = await engineFor({ apps: [shop()] });
    expect((await engine.commands.start(ada, { ...request, app, ...over })).is).toBe('refused');
    const [entry, ...others] = await engine.store.audited(10);
    expect(entry).toMatchObject({ person: ada, what, outcome: 'refused', why: expect.stringContaining(why) });
    expect(others).toEqual([]);
  });

  it('of a command for an app that has no maintenance', async () => {
    const engine = await engineFor({ apps: [shop()] });
    await engine.commands.abort(ada, 'shop');
    expect(await engine.store.audited(10)).toMatchObject([{ what: 'abort', outcome: 'refused' }]);
  });

  it('of 10 kB, cut', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const long = 'x'.repeat(10_000);
    await engine.store.audit({ at: 0, person: ada, what: long, outcome: 'refused', why: `${long}\0` });
    const [entry] = await engine.store.audited(10);
    expect([entry?.what.length, entry?.why?.length].every((length) => (length ?? 0) < 600)).toBe(true);
    expect(entry?.what).toContain('(10000 characters)');
  });
});
