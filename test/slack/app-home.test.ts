// The Home tab, through real Bolt: what is under way and what was last, and the forms that begin something from there.
import { describe, expect, test } from 'vitest';
import { type Bot, bots, toHolding } from './bot.ts';
import { approved, MINUTE } from './runs.ts';
import { patiently, spaced, top } from './seen.ts';

const start = bots();

const home = (b: Bot, user = 'ada'): string => {
  const view = b.slack.homeView(user);
  return view === null ? '' : spaced(b.slack.renderView(view));
};

async function reads(b: Bot, pattern: RegExp, user = 'ada'): Promise<void> {
  await b.slack.openHome(user);
  await patiently(() => expect(home(b, user)).toMatch(pattern));
}

async function presses(b: Bot, label: string, opens: RegExp): Promise<void> {
  const view = b.slack.homeView('ada');
  await b.slack.click({ user: 'ada', viewId: view?.id ?? 'none', label });
  await patiently(() => expect(top(b)).toMatch(opens));
}

describe.each(['socket', 'http'] as const)('over %s', (mode) => {
  test('it shows what is under way, what waits for somebody, and what was last', async () => {
    const b = await start({ mode });
    await reads(b, /Nothing is under way/u);
    await toHolding(b);
    await b.types('resume shop');
    await b.reads(/looking up what would be put back/u);
    await reads(
      b,
      /1 maintenance under way.*shop · holding: quiet.*migration 42.*Looking up what would be put back.*Its card is in .?#ops/u,
    );
    b.clock.advance(25 * MINUTE);
    await b.happens(approved.slice(3));
    await b.happens([{ is: 'ended', as: 'restored', why: 'everything is as it was before' }]);
    await reads(b, /Nothing is under way.*The last ones.*shop · restored.*Quiet for 25 min/u);
  });

  test('a maintenance is started from there, and what one would do is looked at', async () => {
    const b = await start({ mode });
    await reads(b, /Nothing is under way/u);
    await presses(b, 'See what one would do', /=== Plan/u);
    await b.slack.submit({ user: 'ada', values: { app: 'shop' } });
    expect(top(b)).toMatch(/scale worker to 0/u);
    await b.slack.dismiss({ user: 'ada' });
    expect(b.slack.openViews('ada')).toEqual([]);
    await presses(b, 'Start a maintenance', /=== Start/u);
    const wrong = await b.slack.submit({ user: 'ada', values: { app: 'shop', length: 'long', channel: 'ops' } });
    expect(wrong.result === 'errors' ? wrong.errors : wrong.result).toEqual({
      length: 'Expected a length of time, such as 30m, 1h30m or 2 hours.',
    });
    await b.slack.submit({ user: 'ada', values: { length: '20m', reason: 'from <!here>' } });
    expect(top(b)).toMatch(/The maintenance of .?shop.? has begun; its card is in .?#ops/u);
    await b.reads(/shop · planning/u);
    expect((await b.store.unfinished())[0]).toMatchObject({ because: 'from <!here>', askedBy: { id: 'U0ADA' } });
  });

  test('the settings of an app are opened from there', async () => {
    const b = await start({ mode });
    await reads(b, /Nothing is under way/u);
    await presses(b, 'Settings', /=== Settings.*App/u);
    const wrong = await b.slack.submit({ user: 'ada', values: { app: 'sh_op' } });
    expect(wrong.result).toBe('errors');
    await b.slack.submit({ user: 'ada', values: { app: 'shop' } });
    expect(top(b)).toContain('How the next maintenance of *shop* behaves');
    await b.slack.submit({ user: 'ada', values: { canary: '1m' } });
    expect(top(b)).toContain('1 setting of *shop* changed');
    expect((await b.store.settingsOf('id-of-shop'))?.body).toEqual({ canary: 60_000 });
  });
});

test('whoever may see nothing is told so', async () => {
  const b = await start({ operators: ['U0GRACE'] });
  await reads(b, /not among those who may look/u);
  await reads(b, /Nothing is under way/u, 'grace');
});
