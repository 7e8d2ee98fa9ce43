import { describe, expect, test } from 'vitest';
import { parse } from '../../../src/slack/commands/parse.ts';

const schedule = (app: string | null, typed: string | null = null, because: string | null = null) => ({
  is: 'schedule',
  app,
  typed,
  because,
});

describe('/maint schedule', () => {
  test.each([
    ['schedule', schedule(null)],
    ['schedule shop', schedule('shop')],
    ['schedule shop sunday 1am for 2h', schedule('shop', 'sunday 1am for 2h')],
    ['schedule --app shop, every 2nd tuesday 02:00', schedule('shop', 'every 2nd tuesday 02:00')],
    [
      'schedule shop 2026-12-01 01:00 Europe/Berlin for 90m because moving &lt;tables&gt; for 1h',
      schedule('shop', '2026-12-01 01:00 Europe/Berlin for 90m', 'moving <tables> for 1h'),
    ],
    ['schedule <#C123|shop> tomorrow 1am because: upgrade', schedule('shop', 'tomorrow 1am', 'upgrade')],
    ['schedule shop because upgrade', schedule('shop', null, 'upgrade')],
    ['schedule shop because', schedule('shop')],
    ['windows', { is: 'windows', app: null }],
    ['windows shop', { is: 'windows', app: 'shop' }],
  ])('%j', (text, meant) => {
    expect(parse(text)).toEqual(meant);
  });

  test.each([
    ['schedule <@U123> sunday 1am', /\/maint schedule shop sunday 1am for 2h/],
    ['shedule shop', /Did you mean "\/maint schedule shop"/],
    ['upcoming', /Did you mean "\/maint windows"/],
    ['windows shop sunday', /\/maint windows \[APP\]/],
  ])('%j says what would be right', (text, right) => {
    const parsed = parse(text);
    expect(parsed.is === 'wrong' ? parsed.remedy : parsed).toMatch(right);
  });

  test('a reason of a thousand words is cut to what a window takes', () => {
    const parsed = parse(`schedule shop sunday 1am because ${'🙂 word '.repeat(1000)}`);
    expect(parsed.is === 'schedule' ? parsed.because?.length : 0).toBeLessThanOrEqual(500);
  });
});
