// Planned windows at the terminal, against a real engine.
import { describe, expect, test } from 'vitest';
import { Call } from '../../src/terminal/protocol.ts';
import { schedule, type WindowAction, window, windows } from '../../src/terminal/windows.ts';
import type { Scheduling } from '../../src/terminal/windows-text.ts';
import { ada, type Engine, engines, shop } from '../helpers/engine.ts';
import { terminal } from './at-terminal.ts';

const engineFor = engines();

interface How {
  readonly json?: boolean;
  readonly types?: readonly string[];
}

async function plan(engine: Engine, over: Partial<Scheduling>, { json = false, types }: How = {}) {
  const { screen, reached, text } = terminal(engine, json, types ?? null);
  const asked = { apps: 'shop', typed: ['2026-11-24', '01:00', 'for', '2h'], zone: 'UTC', because: null, channels: [] };
  const all = { ...asked, byItself: false, answers: [], asOf: null, yes: false, ...over };
  const checked = { ...reached, call: (call: Call) => reached.call(Call.parse(JSON.parse(JSON.stringify(call)))) };
  const code = await schedule(checked, screen, all);
  return { code, out: text('out'), err: text('err') };
}

async function does(engine: Engine, action: WindowAction, id: string, yes = true, json = false) {
  const { screen, reached, text } = terminal(engine, json);
  return { code: await window(reached, screen, action, id, yes), out: text('out'), err: text('err') };
}

async function listed(engine: Engine, app: string | null = null) {
  const { screen, reached, text } = terminal(engine, true);
  expect(await windows(reached, screen, app)).toBe(0);
  return JSON.parse(text('out')).windows;
}

async function planned(engine: Engine, over: Partial<Scheduling> = {}): Promise<string> {
  expect((await plan(engine, { ...over, yes: true })).code).toBe(0);
  return (await listed(engine))[0].id;
}

describe('schedule at the terminal', () => {
  test('shows what was understood and what was found, asks, and saves', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const { code, out } = await plan(engine, { zone: 'Europe/Berlin', because: 'new disks' }, { types: ['y'] });
    expect(code).toBe(0);
    expect(out).toContain('Tuesday 24 November 2026, 01:00 to 03:00 in Europe/Berlin (UTC+1)');
    expect(out).toContain('Tuesday 24 November 2026, 00:00 to 02:00 UTC');
    expect(out).toContain('Nobody is told of it: no channel is named');
    expect(out).toContain('shop: Jobs that fall into it, good. No scheduled jobs were found.');
    expect(out).toMatch(/Planned: the window of shop \[w[0-9a-f]+\]\. It comes 2026-11-24 00:00 UTC\.$/);
    expect(await listed(engine)).toMatchObject([
      { apps: [{ name: 'shop' }], reason: 'new disks', startsBy: 'asking', may: ['edit', 'cancel'] },
    ]);
  });

  test.each([
    ['said no', ['n']],
    ['is not there', undefined],
  ])('saves nothing where somebody %s', async (_, types) => {
    const engine = await engineFor({ apps: [shop()] });
    expect((await plan(engine, {}, types === undefined ? {} : { types })).code).toBe(1);
    expect(await listed(engine)).toEqual([]);
  });

  test('asks about a time that clocks show twice, with the commands that answer', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const asked = await plan(engine, { typed: ['2027-10-31 02:30 for 1h'], zone: 'Europe/Berlin', yes: true });
    expect(asked.code).toBe(3);
    expect(asked.err).toContain('--answer twice=first --as-of 2026-11-21T12:34:00.000Z');
    expect(await listed(engine)).toEqual([]);
    const over = { typed: ['2027-10-31 02:30 for 1h'], zone: 'Europe/Berlin', answers: ['twice=second'], yes: true };
    const answered = await plan(engine, { ...over, asOf: '2026-11-21T12:34:00.000Z' });
    expect(answered.out).toContain('It comes 2027-10-31 01:30 UTC.');
  });

  test.each([
    [{ typed: ['when it suits'] }, /for 2h/],
    [{ apps: 'shopp' }, /no app called "shopp"/],
    [{ zone: 'Mars/Olympus' }, /no time zone called/],
    [{ answers: ['tomorrow'] }, /Expected --answer like twice=first, got "tomorrow"/],
    [{ asOf: 'yesterday' }, /Expected --as-of like/],
  ])('refuses %j with a remedy, also as JSON', async (over, says) => {
    const engine = await engineFor({ apps: [shop()] });
    const refused = await plan(engine, { ...over, yes: true });
    expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(says)]);
    const { refused: json } = JSON.parse((await plan(engine, { ...over, yes: true }, { json: true })).out);
    expect(json.remedy).not.toBe('');
  });
});

describe('windows at the terminal', () => {
  test('are listed with their ids, and with the commands that there are for each', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const id = await planned(engine, { typed: ['every day 01:00 for 1h'] });
    const { screen, reached, text } = terminal(engine);
    expect(await windows(reached, screen, 'shop')).toBe(0);
    expect(text('out')).toContain(`shop [${id}]`);
    expect(text('out')).toContain('next 2026-11-22 01:00 UTC');
    expect(text('out')).toContain(`npm run maint -- window skip ${id}`);
  });

  test('none: that is said', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const { screen, reached, text } = terminal(engine);
    expect(await windows(reached, screen, null)).toBe(0);
    expect(text('out')).toBe('No window is planned.');
  });

  test('are skipped once, and cancelled, by their id; not without a yes', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const id = await planned(engine, { typed: ['every day 01:00 for 1h'] });
    expect((await does(engine, 'skip', id, false)).code).toBe(1);
    expect((await listed(engine))[0].occurrence.startAt).toBe('2026-11-22T01:00:00.000Z');
    expect((await does(engine, 'skip', id)).out).toContain('It comes 2026-11-23 01:00 UTC.');
    expect(JSON.parse((await does(engine, 'cancel', id, true, true)).out)).toMatchObject({ what: 'cancelled' });
    expect(await listed(engine)).toEqual([]);
    const gone = await does(engine, 'cancel', id);
    expect([gone.code, gone.err]).toEqual([1, expect.stringContaining('maint windows lists what is planned')]);
  });

  test('are started now, in the name of who is at the terminal', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const id = await planned(engine, { typed: ['2026-11-21 20:00 for 2h'] });
    const started = await does(engine, 'start', id);
    expect([started.code, started.out]).toEqual([0, expect.stringContaining('The maintenance of shop has begun.')]);
    expect(await engine.store.unfinished()).toMatchObject([{ askedBy: { name: 'ada', via: 'terminal' } }]);
    const cancel = await does(engine, 'cancel', id);
    expect([cancel.code, cancel.err]).toEqual([1, expect.stringContaining('This window has begun.')]);
    expect(await engine.commands.windows(ada, null, 'UTC')).toMatchObject({
      windows: [{ occurrence: { state: 'started' } }],
    });
  });
});
