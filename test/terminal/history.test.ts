// The history at the terminal, against a real engine: a list, one maintenance's whole trail, and both as JSON and as CSV.
import { expect, test } from 'vitest';
import { history } from '../../src/terminal/history.ts';
import { ada, engines, shop } from '../helpers/engine.ts';
import { terminal } from './at-terminal.ts';

const engineFor = engines();
const ISO = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

test('a maintenance from its request to its end, as a list, as its trail, as JSON and as CSV', async () => {
  const engine = await engineFor({ apps: [shop()] });
  const because = '=cmd|migration "42"';
  const begun = await engine.commands.start(ada, { app: 'shop', length: null, because, channel: null, accepted: [] });
  if (begun.is === 'refused') throw new Error(begun.says);
  const { id } = begun.run;
  await engine.holding(id);
  await engine.approve(id);
  await engine.ended(id);
  const printed = async (asked: { app: string | null; run: string | null }, as: 'text' | 'json' | 'csv') => {
    const { screen, reached, text } = terminal(engine, as === 'json');
    expect(await history(reached, screen, asked, as === 'csv'), text()).toBe(0);
    return text('out');
  };

  expect(await printed({ app: 'shop', run: null }, 'text')).toMatch(
    new RegExp(`shop \\[${id}\\] restored; quiet for \\d+ min; approved by `, 'u'),
  );
  const list = JSON.parse(await printed({ app: null, run: null }, 'json'));
  expect(list).toMatchObject({
    app: null,
    runs: [{ id, phase: 'restored', because, quietAt: expect.stringMatching(ISO) }],
  });
  const [head, row, ...none] = (await printed({ app: 'shop', run: null }, 'csv')).split('\r\n');
  expect(head).toMatch(/^"run","app_id","app","phase",/u);
  expect(row).toContain(`"'=cmd|migration ""42"""`);
  expect(none).toEqual([]);

  const told = await printed({ app: 'shop', run: id }, 'text');
  expect(told).toMatch(/asked for it until .*migration "42".*proved quiet.*answered “approve”.*ended, restored/su);
  const { run, trail } = JSON.parse(await printed({ app: 'shop', run: 'last' }, 'json'));
  expect(run).toMatchObject({ id, phase: 'restored' });
  expect(trail.map(({ seq }: { seq: number }) => seq)).toEqual(trail.map((_: unknown, i: number) => i + 1));
  expect(trail[0]).toMatchObject({ event: 'requested', at: expect.stringMatching(ISO), by: { id: 'UADA' } });
  const records = (await printed({ app: 'shop', run: id }, 'csv')).split('\r\n');
  expect(records).toHaveLength(trail.length + 1);
  expect(records[0]).toBe('"run","app","seq","at","event","by","by_id","via","what"');
});

test('what is not known is refused with what would be right, and the exit code is 1', async () => {
  const engine = await engineFor({ apps: [shop(), shop({ name: 'other' })] });
  const refusedFor = async (app: string, run: string): Promise<string> => {
    const { screen, reached, text } = terminal(engine);
    expect(await history(reached, screen, { app, run }, true)).toBe(1);
    return text('err');
  };
  expect(await refusedFor('shop', 'm0000000000')).toMatch(/This maintenance is not known\. .*history shop/u);
  expect(await refusedFor('shop', 'last')).toContain('shop has had no maintenance yet');
  const { id } = await engine.start('shop');
  expect(await refusedFor('other', id)).toContain(`The maintenance ${id} is of shop, not of "other"`);
});
