// The settings of an app changed in Slack, through real Bolt: opened by a button, complaints beside the fields, saved once.
import { describe, expect, test } from 'vitest';
import { type Bot, bots } from '../bot.ts';
import { patiently, top } from '../seen.ts';

const start = bots();

async function opens(b: Bot, user = 'ada'): Promise<void> {
  await b.types('settings shop', { user });
  const told = await b.isTold(/Settings of shop/u, user);
  await b.slack.click({ user, channel: 'ops', messageTs: told.ts, label: 'Change settings' });
  await patiently(() => expect(top(b, user)).toMatch(/How the next maintenance of|🚫/u));
}

const kept = async (b: Bot) => (await b.store.settingsOf('id-of-shop'))?.body ?? {};
const audited = async (b: Bot, what: RegExp) => (await b.store.audited(50)).filter((entry) => what.test(entry.what));

describe.each(['socket', 'http'] as const)('over %s', (mode) => {
  test('what is changed in the form is saved, and shown back; closing it closes the form too', async () => {
    const b = await start({ mode });
    await opens(b);
    const submitted = await b.slack.submit({ user: 'ada', values: { drainCap: '20m', web: 'Scaled to zero' } });
    expect(submitted.result).toBe('pushed');
    expect(top(b)).toContain('2 settings of *shop* changed');
    expect(top(b)).toMatch(/web.*keep \(default\) → .?zero.*drainCap.*15m \(default\) → .?20m/u);
    expect(await kept(b)).toEqual({ drainCap: 1_200_000, web: 'zero' });
    await b.slack.dismiss({ user: 'ada' });
    expect(b.slack.openViews('ada')).toEqual([]);
  });

  test('what is wrong is said beside its field, and nothing is saved', async () => {
    const b = await start({ mode });
    await opens(b);
    const values = { drainCap: 'soon', 'observe.samples': '99', canary: '1m' };
    const submitted = await b.slack.submit({ user: 'ada', values });
    expect(submitted.result === 'errors' ? Object.keys(submitted.errors) : submitted.result).toEqual([
      'drainCap',
      'observe.samples',
    ]);
    expect(await kept(b)).toEqual({});
    // The form is still there, with what is right in it.
    await b.slack.submit({ user: 'ada', values: { drainCap: '1h', 'observe.samples': '5' } });
    expect(Object.keys(await kept(b)).toSorted()).toEqual(['canary', 'drainCap', 'observe']);
  });

  test('a form that comes twice is carried out once, and both are answered alike', async () => {
    const b = await start({ mode });
    await opens(b);
    b.slack.repeatNext();
    const submitted = await b.slack.submit({ user: 'ada', values: { canary: '1m' } });
    expect(submitted.result).toBe('pushed');
    expect(top(b)).toContain('1 setting of *shop* changed');
    await patiently(async () => expect(await audited(b, /came twice/u)).toHaveLength(1));
    expect(await audited(b, /^settings shop: canary/u)).toHaveLength(1);
  });
});

test('what somebody else has saved meanwhile is not written over', async () => {
  const b = await start();
  await opens(b);
  await opens(b, 'grace');
  await b.slack.submit({ user: 'grace', values: { canary: '1m' } });
  await b.slack.submit({ user: 'ada', values: { canary: '2m' } });
  expect(top(b)).toMatch(/grace has changed the settings of shop since you looked: nothing of yours was saved/u);
  expect(await kept(b)).toEqual({ canary: 60_000 });
});

test('whoever may only look sees the form, and is refused what they change', async () => {
  const b = await start({ operators: ['U0GRACE'], who: { viewers: ['U0ADA'] } });
  await opens(b);
  await b.slack.submit({ user: 'ada', values: { canary: '2m' } });
  expect(top(b)).toMatch(/🚫/u);
  expect(await kept(b)).toEqual({});
  await b.slack.dismiss({ user: 'ada' });
  expect(top(b)).toContain('How the next maintenance of');
});

test('a form that is answered late is acknowledged all the same, and shows what came of it as soon as it is known', async () => {
  let busy = Promise.resolve();
  const b = await start({
    lateMs: 1,
    lookup: () => busy,
  });
  await opens(b);
  const going = Promise.withResolvers<void>();
  busy = going.promise;
  const submitted = await b.slack.submit({ user: 'ada', values: { canary: '1m' } });
  expect(submitted.result).toBe('pushed');
  expect(top(b)).toContain('One moment');
  expect(await kept(b)).toEqual({});
  going.resolve();
  await patiently(() => expect(top(b)).toContain('1 setting of *shop* changed'));
  expect(await kept(b)).toEqual({ canary: 60_000 });
});

test('of a form that is answered late what is wrong is told by field, and the form lies under it', async () => {
  let busy = Promise.resolve();
  const b = await start({
    lateMs: 1,
    lookup: () => busy,
  });
  await opens(b);
  const going = Promise.withResolvers<void>();
  busy = going.promise;
  await b.slack.submit({ user: 'ada', values: { canary: 'soon' } });
  going.resolve();
  await patiently(() => expect(top(b)).toMatch(/Nothing was saved\. • \*?canary\*?: should be a length of time/u));
  await b.slack.dismiss({ user: 'ada' });
  expect(top(b)).toContain('How the next maintenance of');
});

test('a form of somebody from elsewhere is refused in its place, and so is one that maint does not know', async () => {
  const b = await start();
  await opens(b);
  await b.slack.submit({ user: 'ada', values: { canary: '1m' } });
  const body = { ok: true, team_id: 'T0ELSEWHERE' };
  b.slack.faults.add({ service: 'slack', path: '/auth.test', kind: 'status', status: 200, body, times: 'always' });
  await b.restart();
  await b.slack.dismiss({ user: 'ada' });
  b.slack.views.openFirst('U0ADA', {
    type: 'modal',
    callback_id: 'of another version',
    title: { type: 'plain_text', text: 'Old' },
    blocks: [],
  });
  await b.slack.submit({ user: 'ada' });
  expect(top(b)).toContain('You are of another workspace than maint is');
  b.slack.faults.clear();
  await b.restart();
  await b.slack.submit({ user: 'ada' });
  expect(top(b)).toContain('This form is not one of this version of maint');
});
