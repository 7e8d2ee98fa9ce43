// Planning windows in Slack, through real Bolt and behind the real door: by message and by modal, what was understood is shown
// before it is saved, and what has two readings is asked.
import { describe, expect, test } from 'vitest';
import { current } from '../../src/sandbox/slack/index.ts';
import { type Bot, bots } from './bot.ts';
import { patiently, spaced, told, top } from './seen.ts';

const start = bots();

const windows = async (b: Bot) => (await b.store.windows.toCome()).map(({ window }) => window);

const press = (b: Bot, messageTs: string, label: string, user = 'ada') =>
  b.slack.click({ user, channel: 'ops', messageTs, label });

async function planned(b: Bot, text = 'schedule shop sunday 1am for 2h because moving a table', user = 'ada') {
  await b.types(text, { user });
  const asked = await told(b, /Save this window\?/u, user);
  await press(b, asked.ts, 'Save', user);
  await told(b, /The window is saved/u, user);
  const [window] = await windows(b);
  if (window === undefined) throw new Error('Expected a window to be saved');
  return window;
}

describe.each(['socket', 'http'] as const)('over %s', (mode) => {
  test('a window that was typed is shown back in the zone of who typed it, and saved by a button, once', async () => {
    const b = await start({ mode });
    await b.types('schedule shop 2026-12-01 01:00 Europe/Berlin for 90m because moving &lt;tables&gt;');
    const asked = await told(b, /Save this window\?/u);
    const shown = spaced(b.slack.render(asked));
    expect(shown).toContain('Tuesday 1 December 2026, 01:00 to 02:30 in Europe/Berlin (UTC+1)');
    expect(shown).toMatch(/For you Tuesday 1 December 2026, 00:00 to 01:30 in Europe\/London/u);
    expect(shown).toContain('Announced in #ops');
    expect(await windows(b)).toEqual([]);
    b.slack.repeatNext();
    await press(b, asked.ts, 'Save');
    await patiently(() => expect(spaced(b.slack.render(asked))).toContain('The window is saved'));
    expect(await windows(b)).toMatchObject([
      { apps: [{ name: 'shop' }], zone: 'Europe/Berlin', lengthMs: 5_400_000, reason: 'moving <tables>' },
    ]);
  });

  test('a typed time with two readings is asked, and read as it was answered', async () => {
    const b = await start({ mode });
    await b.types('schedule shop every 2nd tuesday 02:00 for 1h');
    const asked = await told(b, /can be one of two\. Which one\?/u);
    await press(b, asked.ts, 'A Tuesday every 2 weeks');
    await patiently(() => expect(spaced(b.slack.render(asked))).toMatch(/Every 2 weeks on Tuesday at 02:00/u));
    await press(b, asked.ts, 'Save');
    await patiently(async () => expect(await windows(b)).toHaveLength(1));
    expect((await windows(b))[0]?.when).toMatchObject({ is: 'rule', rule: { days: { every: 'week', n: 2 } } });
  });

  test('alone it opens a form, which asks about clocks that change, shows what it understood, and saves that', async () => {
    const b = await start({ mode });
    await b.types('schedule');
    await patiently(() => expect(top(b)).toContain('Plan a window'));
    expect(top(b)).toContain('Europe/London');
    const values = {
      apps: 'shop, store-front',
      date: '2027-03-28',
      time: '01:30',
      length: '1h',
      reason: 'big',
      leads: ['grace'],
    };
    await b.slack.submit({ user: 'ada', values });
    expect(top(b)).toMatch(/there is no 01:30 in Europe\/London: the clocks jump over it/u);
    const question = b.slack.openViews('ada').at(-1);
    const later = /(02:30 [^,]*, 01:30 in UTC)/u.exec(top(b))?.[1] ?? 'none';
    const answered = await b.slack.submit({ user: 'ada', viewId: question?.id ?? '', values: { answer: later } });
    expect(answered.result).toBe('updated');
    expect(top(b)).toMatch(
      /Save this window\?.*shop, store-front.*Sunday 28 March 2027, 02:30 to 03:30 in Europe\/London/u,
    );
    expect(top(b)).toMatch(/What was found/u);
    expect(await windows(b)).toEqual([]);
    await b.slack.submit({ user: 'ada' });
    expect(top(b)).toContain('The window is saved');
    expect(await windows(b)).toMatchObject([
      {
        apps: [{ name: 'shop' }, { name: 'store-front' }],
        when: { is: 'once', startAt: Date.UTC(2027, 2, 28, 1, 30) },
        leads: ['U0GRACE'],
        startsBy: 'asking',
        channels: [{ id: 'C0OPS', notices: 'full' }],
      },
    ]);
    await b.slack.dismiss({ user: 'ada' });
    expect(b.slack.openViews('ada')).toEqual([]);
  });

  test('what is wrong in the form is said beside its field; what stands against it on top, with the form under it', async () => {
    const b = await start({ mode });
    await b.types('schedule shop');
    await patiently(() => expect(top(b)).toContain('Plan a window'));
    const wrong = await b.slack.submit({ user: 'ada', values: { zone: 'CET', length: 'long' } });
    expect(wrong.result === 'errors' ? Object.keys(wrong.errors).toSorted() : wrong.result).toEqual([
      'date',
      'length',
      'time',
      'zone',
    ]);
    await b.slack.submit({ user: 'ada', values: { zone: 'UTC', length: '', typed: 'when it suits' } });
    expect(top(b)).toContain('🚫');
    await b.slack.dismiss({ user: 'ada' });
    await b.slack.submit({ user: 'ada', values: { typed: 'sunday 1am for 2h' } });
    expect(top(b)).toContain('Save this window?');
    await b.slack.dismiss({ user: 'ada' });
    expect(top(b)).toContain('Plan a window');
    expect(await windows(b)).toEqual([]);
  });

  test('planned windows are listed with what can be done: one is changed, skipped once, cancelled', async () => {
    const b = await start({ mode });
    await b.types('windows');
    await told(b, /Nothing is planned/u);
    await planned(b, 'schedule shop every sunday 04:00 for 2h');
    await b.types('windows shop');
    const list = await told(b, /1 window planned for shop/u);
    await press(b, list.ts, 'Change');
    await patiently(() => expect(top(b)).toMatch(/Change a window.*It is/u));
    await b.slack.submit({ user: 'ada', values: { length: '3h', startsBy: 'It begins by itself' } });
    expect(top(b)).toContain('Save this change?');
    await b.slack.submit({ user: 'ada' });
    expect(top(b)).toContain('The window is edited');
    expect(await windows(b)).toMatchObject([{ lengthMs: 3 * 3_600_000, startsBy: 'itself', when: { is: 'rule' } }]);
    await press(b, list.ts, 'Skip once');
    await told(b, /is skipped this time\. The next one/u);
    await press(b, list.ts, 'Cancel');
    await told(b, /is cancelled: none of it comes any more/u);
    expect(await windows(b)).toEqual([]);
    await press(b, list.ts, 'Cancel');
    await told(b, /This window was cancelled already/u);
  });
});

test('Change, under what was understood, opens the form with all that was typed', async () => {
  const b = await start();
  await b.types('schedule shop sunday 1am for 2h because moving a table');
  const asked = await told(b, /Save this window\?/u);
  await press(b, asked.ts, 'Change');
  await patiently(() => expect(top(b)).toMatch(/Plan a window.*shop.*sunday 1am for 2h.*moving a table/u));
  await b.slack.submit({ user: 'ada', values: { typed: 'sunday 2am for 2h' } });
  expect(top(b)).toContain('02:00 to 04:00');
});

test('a window in the way is told, and nothing is saved', async () => {
  const b = await start();
  await planned(b);
  await b.types('schedule shop sunday 2am for 2h', { user: 'grace' });
  // In New York that is five hours later.
  await told(b, /Save this window\?/u, 'grace');
  await b.types('schedule shop sunday 2am UTC for 2h', { user: 'grace' });
  await told(b, /🚫/u, 'grace');
  expect(await windows(b)).toHaveLength(1);
});

test('whoever may not plan is refused, typed or pressed, and somebody else who looks has no buttons to change it', async () => {
  const b = await start({ operators: ['U0GRACE'], who: { viewers: ['U0ADA'] } });
  await planned(b, 'schedule shop sunday 1am UTC for 2h', 'grace');
  await b.types('schedule shop monday 1am for 2h');
  await told(b, /🚫/u);
  await b.types('windows');
  const list = await told(b, /1 window planned/u);
  expect(JSON.stringify(current(list).blocks)).not.toContain('"button"');
  expect(await windows(b)).toHaveLength(1);
});

test('the Home tab shows what is planned, and plans', async () => {
  const b = await start();
  await planned(b);
  await b.slack.openHome('ada');
  const home = await patiently(() => {
    const view = b.slack.homeView('ada');
    if (view === null) throw new Error('Expected the Home tab to be filled');
    return view;
  });
  expect(spaced(b.slack.renderView(home))).toMatch(/1 window planned.*shop.*moving a table.*Next: /u);
  await b.slack.click({ user: 'ada', viewId: home.id, label: 'Plan a window' });
  await patiently(() => expect(top(b)).toContain('Plan a window'));
});
