// The settings of an app through the one door, over a real engine.
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../src/model/json.ts';
import { defaultSettings } from '../../../src/model/settings.ts';
import type { SettingsChange } from '../../../src/run/commands/reply.ts';
import { ada, type Engine, engines, grace, shop } from '../../helpers/engine.ts';

const engineFor = engines();
const MINUTE = 60_000;

async function shown(engine: Engine, app = 'shop', by = ada) {
  const reply = await engine.commands.settings(by, app);
  if (reply.is === 'refused') throw new Error(`${reply.says} ${reply.remedy}`);
  return reply;
}

async function set(
  engine: Engine,
  values: Record<string, Json>,
  reset: readonly string[] = [],
  app = 'shop',
): Promise<SettingsChange> {
  const { version } = await shown(engine, app);
  const reply = await engine.commands.changeSettings(ada, app, { set: values, reset }, version);
  if (reply.is === 'refused') throw new Error(`${reply.says} ${reply.remedy}`);
  return reply;
}

async function idOf(engine: Engine): Promise<string> {
  return (await shown(engine)).app.id;
}

/** What stands in the audit trail about settings, the newest first. */
async function trail(engine: Engine) {
  const entries = await engine.store.audited(50);
  return entries.filter(({ what }) => what.startsWith('settings'));
}

describe('The settings of an app', () => {
  test('are the defaults of maint until somebody sets them', async () => {
    const engine = await engineFor({ apps: [shop()], settings: { variable: { name: 'DOWN', value: 'yes' } } });
    const reply = await shown(engine);
    expect(reply).toMatchObject({ version: 0, changed: null, underWay: false });
    expect(reply.settings).toEqual({ ...defaultSettings, variable: { name: 'DOWN', value: 'yes' } });
    expect(reply.lines.filter(({ own }) => own)).toEqual([]);
    expect(reply.lines.find(({ key }) => key === 'variable')?.shows).toBe('DOWN=yes');
    expect(await trail(engine)).toEqual([]);
  });

  test('are shown before they are changed, and then are so, and everything else follows the defaults', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const input = { set: { web: 'zero', drainCap: '20m', patience: '5m' }, reset: [] };
    const changes = [
      { key: 'web', from: 'keep (default)', to: 'zero' },
      { key: 'drainCap', from: '15m (default)', to: '20m' },
    ];
    const proposed = await engine.commands.proposeSettings(ada, 'shop', input);
    expect(proposed).toMatchObject({ is: 'settings-change', saved: false, version: 0, changes });
    expect((await shown(engine)).version).toBe(0);
    const done = await engine.commands.changeSettings(ada, 'shop', input, 0);
    expect(done).toMatchObject({ is: 'settings-change', saved: true, version: 1, changes });
    const reply = await shown(engine);
    expect(reply.settings).toEqual({ ...defaultSettings, web: 'zero', drainCap: 20 * MINUTE });
    expect(reply.changed).toEqual({ by: ada, at: engine.clock.now() });
    expect(reply.lines.filter(({ own }) => own).map(({ key }) => key)).toEqual(['web', 'drainCap']);
    expect((await engine.store.settingsOf(reply.app.id))?.body).toEqual({ web: 'zero', drainCap: 20 * MINUTE });
  });

  test('go back to the default one by one', async () => {
    const engine = await engineFor({ apps: [shop()] });
    await set(engine, { web: 'zero', drainCap: '20m' });
    const back = await set(engine, {}, ['web']);
    expect(back).toMatchObject({ version: 2, changes: [{ key: 'web', from: 'zero', to: 'keep (default)' }] });
    expect((await shown(engine)).settings).toEqual({ ...defaultSettings, drainCap: 20 * MINUTE });
  });

  test('as JSON, handed in again, change nothing; handed to another app, make it the same', async () => {
    const engine = await engineFor({ apps: [shop(), shop({ name: 'depot' })] });
    await set(engine, { variable: 'off', backlog: null, queues: [{ system: 'rq', at: 'REDIS_URL' }] });
    await set(engine, { web: 'zero', variable: 'off' }, [], 'depot');
    const { settings } = await shown(engine);
    const json: Record<string, Json> = JSON.parse(JSON.stringify(settings));
    expect(await set(engine, json)).toMatchObject({ saved: false, changes: [], version: 1 });
    await set(engine, json, [], 'depot');
    expect((await shown(engine, 'depot')).settings).toEqual(settings);
    expect((await shown(engine)).version).toBe(1);
  });

  test('stay with an app that is renamed, and do not go to the one that gets its old name', async () => {
    const engine = await engineFor({ apps: [shop()] });
    await set(engine, { web: 'zero' });
    const id = await idOf(engine);
    engine.world.rename('shop', 'store');
    engine.world.addApp(shop());
    expect((await shown(engine, 'store')).settings.web).toBe('zero');
    expect((await shown(engine, id)).app.name).toBe('store');
    expect((await shown(engine, 'shop')).settings.web).toBe('keep');
  });

  test('of an app that is not there cannot be shown or changed', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const says = expect.stringContaining('There is no app called "shp"');
    expect(await engine.commands.settings(ada, 'shp')).toMatchObject({ is: 'refused', says });
    const input = { set: { web: 'zero' }, reset: [] };
    expect(await engine.commands.proposeSettings(ada, 'shp', input)).toMatchObject({ is: 'refused', says });
    expect(await engine.commands.changeSettings(ada, 'shp', input, 0)).toMatchObject({ is: 'refused', says });
    expect(await trail(engine)).toMatchObject([{ what: 'settings shp', outcome: 'refused' }]);
  });
});

describe('A change of settings', () => {
  test('is refused where somebody else was faster, and says who; nothing of it is saved', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const seen = await shown(engine);
    await engine.commands.changeSettings(grace, 'shop', { set: { web: 'zero' }, reset: [] }, seen.version);
    const late = await engine.commands.changeSettings(ada, 'shop', { set: { canary: '5m' }, reset: [] }, seen.version);
    expect(late).toMatchObject({
      is: 'refused',
      says: expect.stringMatching(/^Grace has changed the settings of shop/),
    });
    expect((await shown(engine)).settings).toEqual({ ...defaultSettings, web: 'zero' });
    expect((await trail(engine))[0]).toMatchObject({ person: ada, outcome: 'refused' });
  });

  test('of many at once is made exactly once', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const many = Array.from({ length: 8 }, (_, n) =>
      engine.commands.changeSettings(ada, 'shop', { set: { canary: n }, reset: [] }, 0),
    );
    expect((await Promise.all(many)).filter(({ is }) => is === 'settings-change')).toHaveLength(1);
    expect((await shown(engine)).version).toBe(1);
  });

  test('is for operators; others may look, and see no token', async () => {
    const engine = await engineFor({ apps: [shop()], who: { operators: ['UADA'], viewers: ['everybody'] } });
    await set(engine, { health: 'https://shop.example.com/up?token=secret' });
    const input = { set: { web: 'zero' }, reset: [] };
    for (const no of [
      await engine.commands.proposeSettings(grace, 'shop', input),
      await engine.commands.changeSettings(grace, 'shop', input, 1),
    ]) {
      expect(no).toMatchObject({ is: 'refused', says: expect.stringContaining('not among the operators') });
    }
    expect(JSON.stringify(await shown(engine, 'shop', grace))).not.toContain('secret');
    expect((await shown(engine)).settings.health).toContain('secret');
    expect(JSON.stringify((await shown(engine)).lines)).not.toContain('secret');
    expect((await trail(engine)).map(({ person, outcome }) => [person?.name, outcome])).toEqual([
      ['Grace', 'refused'],
      ['Grace', 'refused'],
      ['Ada', 'changed'],
    ]);
  });

  test('stands in the audit trail with its keys and without a value', async () => {
    const engine = await engineFor({ apps: [shop()] });
    await set(engine, { health: 'https://shop.example.com/secret?token=secret', canary: '1m' });
    await engine.commands.changeSettings(ada, 'shop', { set: { health: 'ftp://secret' }, reset: [] }, 1);
    const entries = await trail(engine);
    expect(entries).toMatchObject([
      { person: ada, what: 'settings shop', outcome: 'refused', why: 'not as they should be: health' },
      { person: ada, what: 'settings shop: canary, health', outcome: 'changed', why: null },
    ]);
    expect(JSON.stringify(entries)).not.toContain('secret');
  });

  test('that cannot be is refused with everything that is wrong, for people and for a form', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const reply = await engine.commands.changeSettings(
      ada,
      'shop',
      { set: { web: 'off', watchAfter: 'x' }, reset: ['x'] },
      0,
    );
    expect(reply).toMatchObject({
      is: 'refused',
      says: expect.stringMatching(
        /^The settings of shop were not changed: x is not .*; watchAfter should be .*; web should be "keep" or "zero", got "off"/,
      ),
      problems: [{ key: 'x' }, { key: 'watchAfter' }, { key: 'web' }],
    });
    expect((await shown(engine)).version).toBe(0);
  });
});

describe('A maintenance', () => {
  test('is planned and begun with the settings of its app', async () => {
    const engine = await engineFor({ apps: [shop(), shop({ name: 'depot' })] });
    await set(engine, { variable: 'off', length: '90m', clocks: ['worker'] });
    const plan = await engine.commands.plan(ada, 'shop');
    if (plan.is === 'refused') throw new Error(plan.says);
    expect(plan.items.map(({ step, key }) => `${step} ${key}`)).toContain('clocks worker');
    expect(plan.items.map(({ step }) => step)).not.toContain('variable');
    const run = await engine.start('shop');
    expect(run.settings).toEqual({ ...defaultSettings, variable: 'off', length: 90 * MINUTE, clocks: ['worker'] });
    expect(run.endsAt - run.askedAt).toBe(90 * MINUTE);
    expect((await engine.start('depot')).settings).toEqual(defaultSettings);
    const doctor = await engine.commands.doctor(ada, 'shop');
    if (doctor.is === 'refused') throw new Error(doctor.says);
    expect(doctor.plan.items).toEqual(plan.items);
  });

  test('goes on with what it was begun with, and says so where they are changed meanwhile', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const { id } = await engine.start('shop');
    expect(await set(engine, { drainCap: '20m' })).toMatchObject({ saved: true, underWay: true });
    expect(await shown(engine)).toMatchObject({ underWay: true });
    expect((await engine.holding(id)).settings).toEqual(defaultSettings);
    expect((await engine.the(id)).quietAt).not.toBeNull();
  });

  test('is not begun with settings that cannot be read, and they can be put right', async () => {
    const engine = await engineFor({ apps: [shop()] });
    await set(engine, { web: 'zero', health: 'https://shop.example.com/?token=secret' });
    const raw = JSON.stringify({ web: 'half', health: 'secret', drainCap: 1 });
    await sql`update maint.settings set body = ${raw}::jsonb`.execute(engine.database.db);
    const request = { app: 'shop', length: null, because: null, channel: null, accepted: [] };
    for (const no of [
      await engine.commands.start(ada, request),
      await engine.commands.plan(ada, 'shop'),
      await engine.commands.doctor(ada, 'shop'),
      await engine.commands.settings(ada, 'shop'),
    ]) {
      expect(no).toMatchObject({ is: 'refused', says: expect.stringMatching(/cannot be read: .*web should be/) });
      expect(no).toMatchObject({ remedy: expect.stringMatching(/--reset .*web/) });
      expect(JSON.stringify(no)).not.toContain('secret');
    }
    expect(await engine.store.unfinished()).toEqual([]);
    const input = { set: {}, reset: ['web', 'health'] };
    const repaired = await engine.commands.changeSettings(ada, 'shop', input, 1);
    expect(repaired).toMatchObject({
      saved: true,
      changes: [
        { key: 'web', from: 'what cannot be read', to: 'keep (default)' },
        { key: 'health', from: 'what cannot be read', to: 'none (default)' },
      ],
    });
    expect((await engine.start('shop')).settings).toEqual({ ...defaultSettings, drainCap: 1 });
  });

  test('is begun although a newer version has set what this one does not know; that is kept', async () => {
    const engine = await engineFor({ apps: [shop()] });
    await set(engine, { web: 'zero' });
    await sql`update maint.settings set body = body || '{"moon": "full"}'::jsonb`.execute(engine.database.db);
    await set(engine, { canary: 0 });
    const stored = await engine.store.settingsOf(await idOf(engine));
    expect(stored?.body).toEqual({ web: 'zero', canary: 0, moon: 'full' });
    expect((await engine.start('shop')).settings).toEqual({ ...defaultSettings, web: 'zero', canary: 0 });
    const without = await set(engine, {}, ['moon']);
    expect(without.changes).toEqual([{ key: 'moon', from: 'what this version does not know', to: 'nothing' }]);
  });
});
