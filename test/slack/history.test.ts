// /maint history, through real Bolt: the last maintenances, from the store, to whoever may see them.
import { describe, expect, test, vi } from 'vitest';
import { type Bot, bots, toHolding } from './bot.ts';
import { approved, MINUTE } from './runs.ts';

const start = bots();

const words = async (b: Bot, pattern: RegExp, user = 'ada'): Promise<string> =>
  b.slack.render(await b.isTold(pattern, user)).replace(/\s+/gu, ' ');

describe.each(['socket', 'http'] as const)('over %s', (mode) => {
  test('the last maintenances are told, the newest first, with how long the app was quiet and who let it be opened', async () => {
    const b = await start({ mode });
    await toHolding(b);
    b.clock.advance(25 * MINUTE);
    await b.happens(approved);
    await b.happens([{ is: 'ended', as: 'restored', why: 'everything is as it was before' }]);
    b.clock.advance(MINUTE);
    await b.types('start shop because once more');
    await b.reads(/once more/u);
    await b.types('history shop');
    const told = await words(b, /The last 2 maintenances/u);
    expect(told).toMatch(
      /The last 2 maintenances of shop .*shop · planning.*“once more”.*shop · restored.*“migration 42”/u,
    );
    expect(told).toMatch(/Quiet for 25 min from .*open again .*\. Approved by .?grace/u);
    const [under, first] = await b.store.history('id-of-shop', 2);
    expect(told).toContain(first?.id);
    await b.types(`history shop ${first?.id}`);
    expect(await words(b, /maintenance m[0-9a-z]{10}: restored/u)).toMatch(
      /ada.? asked for it until .*“migration 42”.*Workers: about to.*proved quiet.*grace.? answered “approve” to.*ended, restored/u,
    );
    await b.types('history shop last');
    await b.isTold(new RegExp(`maintenance ${under?.id}: planning`, 'u'));
    await b.types('history');
    expect(await words(b, /The last 2 maintenances(?! of)/u)).toContain('migration 42');
  });

  test('of an app that had none it says so, and of one that is not there which ones are', async () => {
    const b = await start({ mode });
    await b.types('history');
    await b.isTold(/There has been no maintenance yet/u);
    await b.types('history shop');
    await b.isTold(/shop has had no maintenance yet/u);
    await b.types('history shop m0000000000');
    await b.isTold(/This maintenance is not known/u);
    await b.types('history shp');
    await b.isTold(/There is no app called "shp"/u);
  });
});

test('whoever may see one app only sees that one, and whoever may see none is refused', async () => {
  const b = await start({ operators: ['U0GRACE'] });
  await b.types('start shop because migration 42', { user: 'grace' });
  await b.reads(/shop · planning/u);
  await b.types('start store-front because another', { user: 'grace' });
  await b.reads(/store-front · planning/u);
  await b.types('history');
  await b.isTold(/not among those who may look/u);
  await b.store.saveSettings({
    app: { id: 'id-of-shop', name: 'shop' },
    body: { who: { operators: [], approvers: [], viewers: ['U0ADA'] } },
    by: { id: 'U0GRACE', name: 'grace', via: 'slack' },
    at: b.clock.now(),
    expected: 0,
  });
  await b.types('history');
  const told = await words(b, /The last 1 maintenance/u);
  expect(told).toContain('migration 42');
  expect(told).not.toContain('store-front');
  const grace = (await b.store.history('id-of-store-front', 1))[0];
  await b.types(`history store-front ${grace?.id}`);
  await vi.waitFor(
    async () =>
      expect(await b.store.audited(5)).toContainEqual(
        expect.objectContaining({ what: `history store-front ${grace?.id}`, outcome: 'refused' }),
      ),
    { timeout: 60_000 },
  );
});
