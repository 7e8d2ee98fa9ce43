import { describe, expect, test } from 'vitest';
import { type Parsed, parse } from '../../../src/slack/commands/parse.ts';

const MINUTE = 60_000;
const start = (length: number | null = null, because: string | null = null, app = 'shop'): Parsed => ({
  is: 'start',
  app,
  length: length === null ? null : length * MINUTE,
  because,
});

describe('what a person types after /maint', () => {
  test.each<[string, Parsed]>([
    ['', { is: 'help' }],
    ['   ', { is: 'help' }],
    ['help', { is: 'help' }],
    ['HELP', { is: 'help' }],
    ['?', { is: 'help' }],
    ['plan shop', { is: 'plan', app: 'shop' }],
    ['Plan  Shop ', { is: 'plan', app: 'shop' }],
    ['status', { is: 'status', app: null }],
    ['status shop', { is: 'status', app: 'shop' }],
    ['history shop', { is: 'history', app: 'shop' }],
    ['history shop last', { is: 'trail', app: 'shop', run: 'last' }],
    ['history shop m01a2b3c4d5', { is: 'trail', app: 'shop', run: 'm01a2b3c4d5' }],
    ['resume shop', { is: 'resume', app: 'shop' }],
    ['abort shop', { is: 'abort', app: 'shop' }],
    ['settings shop', { is: 'settings', app: 'shop' }],
    ['extend shop', { is: 'extend', app: 'shop', by: 15 * MINUTE }],
    ['extend shop by 30m', { is: 'extend', app: 'shop', by: 30 * MINUTE }],
    ['extend shop 1h', { is: 'extend', app: 'shop', by: 60 * MINUTE }],
    ['start shop', start()],
    ['start shop for 30m', start(30)],
    ['start shop 45m', start(45)],
    ['start shop for 1h30m', start(90)],
    ['start shop for 1h30', start(90)],
    ['start shop for 1 h 30 min', start(90)],
    ['start shop for 1 hour and 30 minutes', start(90)],
    ['start shop for 90 min', start(90)],
    ['start shop for 2 hours', start(120)],
    ['start shop for 1.5h', start(90)],
    ['start shop for 24h', start(24 * 60)],
    ['start shop for 1m', start(1)],
    ['start shop because migration 42', start(null, 'migration 42')],
    ['start shop for 30m because migration', start(30, 'migration')],
    ['start shop because migration for 30m', start(30, 'migration')],
    ['start shop because: migration', start(null, 'migration')],
    ['start shop for 10m because the index takes for 30m', start(10, 'the index takes for 30m')],
    ['start shop because "we said so"', start(null, 'we said so')],
    ['start shop because “we said so” for 1 hour', start(60, 'we said so')],
    ['start shop because it is down for maintenance', start(null, 'it is down for maintenance')],
    ['start shop because a &amp; b &lt;!channel&gt;', start(null, 'a & b <!channel>')],
    ['start shop because &amp;lt;', start(null, '&lt;')],
    ['start shop because <@U1|ada> said so in <#C1|ops>', start(null, '@ada said so in #ops')],
    ['start shop because <https://x.example/a|x.example> broke', start(null, 'x.example broke')],
    ['start\u00a0shop\u00a0for\u00a030m', start(30)],
    ['start `shop`', start()],
    ['start “shop”', start()],
    ["start 'shop'", start()],
    ['start https://shop.herokuapp.com/', start()],
    ['start <https://shop.herokuapp.com|shop.herokuapp.com>', start()],
    ['start <http://shop-0123456789ab.herokuapp.com>', start()],
    ['start shop.herokuapp.com', start()],
    ['start <https://dashboard.heroku.com/apps/shop/resources>', start()],
    ['start <#C123|shop>', start()],
    ['start #shop', start()],
    ['start --app shop for 30m', start(30)],
    ['start -a shop', start()],
    ['plan 01234567-89ab-cdef-0123-456789abcdef', { is: 'plan', app: '01234567-89ab-cdef-0123-456789abcdef' }],
  ])('%j', (text, meant) => {
    expect(parse(text)).toEqual(meant);
  });
});

describe('what is not understood says what would be right', () => {
  test.each([
    ['sart shop', /Did you mean "\/maint start shop"/],
    ['strat shop for 30m', /Did you mean "\/maint start shop for 30m"/],
    ['setings shop', /Did you mean "\/maint settings shop"/],
    ['config shop', /Did you mean "\/maint settings shop"/],
    ['history shop yesterday', /\/maint history \[APP\] \[RUN\]/],
    ['history shop last one', /\/maint history \[APP\] \[RUN\]/],
    ['log', /Did you mean "\/maint history"/],
    ['settings', /\/maint settings APP/],
    ['settings shop web zero', /\/maint settings APP/],
    ['statsu', /Did you mean "\/maint status"/],
    ['pause shop', /Did you mean "\/maint start shop"/],
    ['stop shop', /Did you mean "\/maint resume shop"/],
    ['shop start', /Did you mean "\/maint start shop"/],
    ['frobnicate', /\/maint help/],
    ['plan', /\/maint plan APP/],
    ['start', /\/maint start APP/],
    ['start for 30m', /\/maint start APP/],
    ['start because of it', /\/maint start APP/],
    ['extend by 15m', /\/maint extend APP/],
    ['resume', /\/maint resume APP/],
    ['start shop for', /30m, 1h30m/],
    ['start shop for 30', /30m, 1h30m/],
    ['start shop for ever', /30m, 1h30m/],
    ['start shop for 30s', /30m, 1h30m/],
    ['start shop for 30m for 1h', /one length|\/maint start APP/],
    ['start shop because', /\/maint start APP/],
    ['start shop tomorrow', /\/maint start APP/],
    ['plan shop now', /\/maint plan APP/],
    ['extend shop by', /30m, 1h30m/],
    ['extend shop by 5m please', /\/maint extend APP/],
    ['start <#C123>', /without a sign/],
    ['start <@U123>', /without a sign/],
    ['start <!channel>', /without a sign/],
    ['start sh_op', /3 to 30/],
    ['start ../etc', /3 to 30/],
  ])('%j', (text, right) => {
    const parsed = parse(text);
    expect(parsed).toMatchObject({ is: 'wrong' });
    if (parsed.is === 'wrong') expect(parsed.remedy).toMatch(right);
  });

  test.each(['start shop for 0m', 'start shop for 25h', 'extend shop by 2000 hours', 'start shop because x for 48h'])(
    '%j is out of bounds, and says which',
    (text) => {
      expect(parse(text)).toMatchObject({
        is: 'wrong',
        says: expect.stringContaining('between 1 minute and 24 hours'),
      });
    },
  );

  test('a reason of a thousand words is cut, not refused', () => {
    const parsed = parse(`start shop because ${'🙂 word '.repeat(1000)}`);
    expect(parsed.is === 'start' ? parsed.because?.length : 0).toBeLessThanOrEqual(1000);
  });
});
