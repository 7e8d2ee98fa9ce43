// `maint settings` against a real engine.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLog } from '../../src/log.ts';
import { defaultSettings } from '../../src/model/settings.ts';
import { Call, socketPath } from '../../src/terminal/protocol.ts';
import { overSocket } from '../../src/terminal/reach.ts';
import { listen } from '../../src/terminal/server.ts';
import { type Handed, settings } from '../../src/terminal/settings.ts';
import { ada, type Engine, engines, shop } from '../helpers/engine.ts';
import { terminal } from './at-terminal.ts';

const engineFor = engines();

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'maint-settings-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function file(content: string): Promise<string> {
  const path = join(directory, `${Math.random()}.json`);
  await writeFile(path, content);
  return path;
}

async function say(
  engine: Engine,
  handed: Partial<Handed> = {},
  { json = false, types = null as readonly string[] | null, piped = '' } = {},
) {
  const { screen, reached, text } = terminal(engine, json, types);
  const all = { from: null, reset: [], yes: false, ...handed };
  const code = await settings(reached, screen, 'shop', all, async () => piped);
  return { code, out: text('out'), err: text('err') };
}

async function held(engine: Engine) {
  const reply = await engine.commands.settings(ada, 'shop');
  if (reply.is === 'refused') throw new Error(reply.says);
  return reply;
}

describe('settings at the terminal', () => {
  test('shows every setting, which are defaults, and how to change them', async () => {
    const engine = await engineFor({ apps: [shop()] });
    await say(engine, { from: await file('{"drainCap": "20m"}'), yes: true });
    const { code, out } = await say(engine);
    expect(code).toBe(0);
    expect(out).toMatch(/^The settings of shop for its next maintenance; version 1, by ada at 2026-11-21 12:34 UTC\./);
    expect(out).toMatch(/drainCap +│ 20m +│ set +│/);
    expect(out).toMatch(/web +│ keep +│ default +│/);
    expect(out).toContain('npm run --silent maint -- settings shop --json > settings.json');
    expect(out).toContain('npm run maint -- settings shop --from settings.json');
  });

  test('with --json prints what it takes again', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const set = {
      variable: 'off',
      observe: { for: '1m', samples: 9 },
      backlog: null,
      health: 'https://a.example/?t=1',
    };
    await say(engine, { from: await file(JSON.stringify(set)), yes: true });
    const { out } = await say(engine, {}, { json: true });
    const { settings: now } = await held(engine);
    expect(JSON.parse(out)).toEqual(now);
    expect(now).toEqual({ ...defaultSettings, ...set, observe: { for: 60_000, samples: 9 } });
    const again = await say(engine, { from: '-' }, { piped: out });
    expect(again).toMatchObject({ code: 0, out: 'The settings of shop are like this already: nothing was changed.' });
    await say(engine, { reset: ['variable', 'observe', 'backlog', 'health'], yes: true });
    expect((await held(engine)).settings).toEqual(defaultSettings);
    await say(engine, { from: '-', yes: true }, { piped: `\u{feff}${out}` });
    expect((await held(engine)).settings).toEqual(now);
  });

  test('shows what would change and asks; only yes changes it', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const from = await file('{"web": "zero"}');
    const no = await say(engine, { from }, { types: ['n'] });
    expect(no.code).toBe(1);
    expect(no.out).toMatch(/would be changed[\s\S]*web +│ keep \(default\) +│ zero/);
    expect(no.err).toBe('Change the settings of shop? [y/N] ');
    expect((await held(engine)).version).toBe(0);
    const nobody = await say(engine, { from });
    expect(nobody).toMatchObject({ code: 1, err: expect.stringContaining('say --yes to go on') });
    expect((await held(engine)).version).toBe(0);
    const yes = await say(engine, { from }, { types: ['y'] });
    expect(yes.code).toBe(0);
    expect(yes.out).toMatch(/Saved: version 1 of the settings of shop\.$/);
    expect((await held(engine)).settings.web).toBe('zero');
  });

  test('sets and resets at once; --json says what was changed', async () => {
    const engine = await engineFor({ apps: [shop()] });
    await say(engine, { from: await file('{"web": "zero"}'), yes: true });
    const both = { from: await file('{"canary": "1m"}'), reset: ['web'], yes: true };
    const { code, out } = await say(engine, both, { json: true });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      app: { name: 'shop' },
      saved: true,
      version: 2,
      changes: [
        { key: 'web', from: 'zero', to: 'keep (default)' },
        { key: 'canary', from: '30s (default)', to: '1m' },
      ],
    });
  });

  test('is not changed where others have changed them between the look and the yes', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const { screen, reached, text } = terminal(engine, false, []);
    const meanwhile = {
      ...screen,
      ask: async () => {
        await engine.commands.changeSettings(ada, 'shop', { set: { canary: 0 }, reset: [] }, 0);
        return 'y';
      },
    };
    const from = await file('{"web": "zero"}');
    expect(await settings(reached, meanwhile, 'shop', { from, reset: [], yes: false })).toBe(1);
    expect(text('err')).toContain('Ada has changed the settings of shop since you looked');
    expect((await held(engine)).settings).toEqual({ ...defaultSettings, canary: 0 });
  });

  test.each([
    ['{"web": "off"}', /web should be "keep" or "zero", got "off"/],
    ['{"wep": "zero"}', /wep is not a setting: did you mean web\?/],
    ['{"drainCap": "soon"}', /drainCap should be a length of time such as "30s"/],
    ['{"web": ', /should be JSON, such as .*: /],
    ['[]', /should hold an object of settings/],
    ['null', /should hold an object of settings/],
    ['', /should be JSON/],
    [`{"demands": ["${'x'.repeat(200_000)}"]}`, /should be at most 200000 bytes/],
  ])('refuses %.30s and says what is wrong', async (content, says) => {
    const engine = await engineFor({ apps: [shop()] });
    const { code, out, err } = await say(engine, { from: await file(content), yes: true });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(says);
    expect((await held(engine)).version).toBe(0);
  });

  test('with --json a refusal has its problems one by one', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const refused = await say(engine, { from: await file('{"web": 1, "canary": "x"}'), yes: true }, { json: true });
    expect(refused.code).toBe(1);
    const problems = [{ key: 'canary' }, { key: 'web', should: 'should be "keep" or "zero"', got: '1' }];
    expect(JSON.parse(refused.out)).toMatchObject({ refused: { problems } });
  });

  test('says that there is no such file, and no such key to reset', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const none = await say(engine, { from: join(directory, 'none.json') });
    expect(none).toMatchObject({ code: 1, err: expect.stringMatching(/none\.json cannot be read \(ENOENT\)/) });
    const key = await say(engine, { reset: ['drain'] });
    expect(key).toMatchObject({ code: 1, err: expect.stringContaining('drain is not a setting') });
  });

  test('goes over the socket of a running bot', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const door = await listen(engine, directory, silentLog);
    const { screen, text } = terminal(engine, true);
    const reached = overSocket(socketPath(directory), 'ada');
    const from = await file('{"web": "zero", "queues": [{"system": "rq", "at": "REDIS_URL"}]}');
    expect(await settings(reached, screen, 'shop', { from, reset: ['canary'], yes: true })).toBe(0);
    expect(await settings(reached, screen, 'shop', { from, reset: ['canary'], yes: true })).toBe(0);
    await door.close();
    expect((await held(engine)).settings).toMatchObject({ web: 'zero', queues: [{ system: 'rq', at: 'REDIS_URL' }] });
    expect((await held(engine)).version).toBe(1);
    expect(text('out')).toContain('"saved": false');
  });

  test('takes over the socket only what can be meant', () => {
    const call = (over: object) =>
      Call.safeParse({ method: 'change-settings', app: 'shop', version: 0, ...over }).success;
    expect(call({ input: { set: { web: null }, reset: [] } })).toBe(true);
    expect([call({ input: { set: [], reset: [] } }), call({ input: { set: {}, reset: [] }, version: -1 })]).toEqual([
      false,
      false,
    ]);
  });
});
