// The one door: whoever comes through it, by whatever command, is asked about at that moment, for that app.
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../src/model/json.ts';
import type { Person } from '../../../src/model/person.ts';
import type { Who } from '../../../src/policy/may.ts';
import { ada, type Engine, engines, grace, shop } from '../../helpers/engine.ts';

const engineFor = engines();
const eve: Person = { id: 'UEVE', name: 'Eve', via: 'slack' };
const root: Person = { id: 'root', name: 'root', via: 'terminal' };

async function setting(engine: Engine, by: Person, set: Record<string, Json>, app = 'shop') {
  const seen = await engine.commands.settings(root, app);
  const version = seen.is === 'settings' ? seen.version : 0;
  return engine.commands.changeSettings(by, app, { set, reset: [] }, version);
}

const refusals = async (engine: Engine) =>
  (await engine.store.audited(50))
    .filter(({ outcome }) => outcome === 'refused')
    .map(({ person, what }) => `${person?.name}: ${what}`);

const refused = (says: string) => expect.objectContaining({ is: 'refused', says: expect.stringContaining(says) });

describe('People who are named for one app', () => {
  async function named() {
    const engine = await engineFor({ apps: [shop(), shop({ name: 'blog' })], who: { operators: [ada.id] } });
    expect(await setting(engine, ada, { who: { operators: [grace.id], viewers: [eve.id] } })).toMatchObject({
      saved: true,
    });
    return engine;
  }

  test('may there what they are named for, and nothing elsewhere', async () => {
    const engine = await named();
    const started = await engine.start('shop', grace);
    expect(await engine.commands.extend(grace, 'shop', 60_000)).toMatchObject({ is: 'changed' });
    await expect(engine.start('blog', grace)).rejects.toThrow('not among the operators');
    expect(await engine.commands.plan(grace, 'blog')).toEqual(refused('not among those who may look'));
    expect(await engine.commands.plan(eve, 'shop')).toMatchObject({ is: 'plan' });
    expect(await engine.commands.extend(eve, 'shop', 60_000)).toEqual(refused('not among the operators'));
    expect(await engine.commands.run(eve, started.id)).toMatchObject({ is: 'status' });
    expect(await refusals(engine)).toEqual(['Eve: extend shop', 'Grace: plan blog', 'Grace: start blog']);
  });

  test('see of all maintenances those that they may look at', async () => {
    const engine = await named();
    await engine.start('shop', ada);
    await engine.start('blog', ada);
    const seen = async (by: Person) => {
      const reply = await engine.commands.status(by, null);
      return reply.is === 'status' ? reply.runs.map(({ app }) => app.name).toSorted() : reply.says;
    };
    expect(await seen(ada)).toEqual(['blog', 'shop']);
    expect(await seen(eve)).toEqual(['shop']);
    expect(await seen({ ...eve, id: 'UMARY' })).toMatch('not among those who may look');
    expect(await engine.commands.resume(eve, 'blgo')).toMatchObject({ remedy: 'Under way: shop.' });
  });

  test('are taken from at once, in the middle of a maintenance', async () => {
    const engine = await named();
    await engine.start('shop', grace);
    expect(await setting(engine, ada, { who: { viewers: [grace.id] } })).toMatchObject({ saved: true });
    expect(await engine.commands.extend(grace, 'shop', 60_000)).toEqual(refused('not among the operators'));
  });

  test('cannot name themselves or others, nor say how many approve; who is named for all apps can', async () => {
    const engine = await named();
    for (const set of [{ who: { operators: [grace.id, eve.id] } }, { approvals: { count: 1, asker: false } }]) {
      expect(await setting(engine, grace, set)).toEqual(refused('not among the operators of all apps'));
      expect(await engine.commands.proposeSettings(grace, 'shop', { set, reset: [] })).toEqual(refused('of all apps'));
      expect(await setting(engine, ada, set)).toMatchObject({ saved: true });
    }
    expect(await setting(engine, grace, { web: 'zero' })).toMatchObject({ saved: true });
  });

  test('are not known any more where what was saved cannot be read: then nobody may who is not named for all', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const seen = await engine.commands.settings(ada, 'shop');
    if (seen.is !== 'settings') throw new Error(seen.says);
    const { app } = seen;
    await engine.store.saveSettings({ app, body: { who: { operators: 'all' } }, by: root, at: 0, expected: 0 });
    expect(await engine.commands.status(ada, null)).toEqual(refused('not among those who may look'));
    expect(await engine.commands.status(root, null)).toMatchObject({ is: 'status' });
  });
});

test('as long as nobody is named for all apps, nobody can be named for one', async () => {
  const engine = await engineFor({ apps: [shop()] });
  for (const by of [ada, root]) {
    expect(await setting(engine, by, { who: { operators: [ada.id] } })).toEqual(
      refused('Nobody is named for all apps yet'),
    );
  }
  expect(await setting(engine, ada, { approvals: { count: 2, asker: true } })).toMatchObject({ saved: true });
});

describe('What Slack says of a person at this moment', () => {
  const said = new Map<string, Partial<Who>>();
  const whoIs = async (person: Person): Promise<Who> => ({
    person,
    standing: 'member',
    in: [],
    unsure: false,
    ...said.get(person.id),
  });

  test('is asked anew at every command', async () => {
    said.clear();
    const engine = await engineFor({ apps: [shop()], who: { operators: ['S0ONCALL'] }, whoIs });
    await expect(engine.start('shop', ada)).rejects.toThrow('not among the operators');
    said.set(ada.id, { in: ['S0ONCALL'] });
    await engine.start('shop', ada);
    said.set(ada.id, { in: [] });
    expect(await engine.commands.abort(ada, 'shop')).toEqual(refused('not among the operators'));
    said.set(ada.id, { in: ['S0ONCALL'], standing: 'deactivated' });
    expect(await engine.commands.abort(ada, 'shop')).toEqual(refused('deactivated'));
  });

  test('can be nothing at all: then nothing is done but to break the glass, by who is named by id', async () => {
    said.clear();
    const engine = await engineFor({ apps: [shop()], who: { operators: [ada.id, 'S0ONCALL'] }, whoIs });
    const { id } = await engine.start('shop', ada);
    await engine.holding(id);
    for (const by of [ada.id, grace.id]) said.set(by, { standing: 'unknown', unsure: true });
    expect(await engine.commands.resume(ada, 'shop')).toEqual(refused('Slack does not say who you are'));
    expect(await engine.commands.breakGlass(grace, 'shop', 'it burns')).toEqual(
      refused('Slack does not say who you are'),
    );
    expect(await engine.commands.breakGlass(ada, 'shop', 'it burns')).toMatchObject({
      is: 'changed',
      run: { glass: null },
    });
    await engine.asked(id, 'resume');
    expect(await engine.commands.breakGlass(ada, 'shop', 'it burns')).toMatchObject({
      run: { glass: { because: 'it burns' } },
    });
    expect((await engine.ended(id)).ended?.as).toBe('restored');
    expect(await engine.store.audited(1)).toMatchObject([
      { person: ada, what: 'break the glass of shop', outcome: 'changed', why: 'it burns' },
    ]);
  });
});

describe('Where two others than the one who asked have to approve', () => {
  const approvals = { count: 2, asker: false };

  test('nothing opens before both have, and every try is written down', async () => {
    const engine = await engineFor({ apps: [shop()], settings: { approvals } });
    const { id } = await engine.start('shop', ada);
    await engine.holding(id);
    const question = await engine.resume(id, ada);
    await expect(engine.answer(id, question, 'approve', ada)).rejects.toThrow('of the one who asked does not count');
    await engine.answer(id, question, 'approve', grace);
    await expect(engine.answer(id, question, 'approve', grace)).rejects.toThrow('You have approved it already');
    await expect(engine.answer(id, question, 'approve', root)).rejects.toThrow(
      'a user name at a terminal does not say',
    );
    expect((await engine.pass(id, 60_000)).way).toBe('quiet');
    await engine.answer(id, question, 'approve', eve);
    expect((await engine.ended(id)).ended?.as).toBe('restored');
    const tries = (await engine.store.audited(50)).filter(({ what }) => what === 'approve shop');
    expect(tries.map(({ person, outcome }) => [person?.name, outcome])).toEqual([
      ['Eve', 'changed'],
      ['root', 'refused'],
      ['Grace', 'refused'],
      ['Grace', 'changed'],
      ['Ada', 'refused'],
    ]);
  });

  test('both at the same moment count as two, and one who presses twice as one', async () => {
    const engine = await engineFor({ apps: [shop()], settings: { approvals } });
    const { id } = await engine.start('shop', ada);
    await engine.holding(id);
    const question = await engine.resume(id, ada);
    const request = { run: id, question: question.id, answer: 'approve', hash: question.shown?.hash ?? null } as const;
    const replies = await Promise.all([grace, grace, eve, eve].map((by) => engine.commands.answer(by, request)));
    expect(replies.filter(({ is }) => is === 'changed')).toHaveLength(2);
    const [asked] = (await engine.the(id)).questions;
    expect(new Set([...(asked?.approvals ?? []).map(({ by }) => by.id), asked?.answered?.by.id])).toEqual(
      new Set([grace.id, eve.id]),
    );
  });

  test('settings that are changed meanwhile hold for the next maintenance, not for this one', async () => {
    const engine = await engineFor({ apps: [shop()], settings: { approvals } });
    const { id } = await engine.start('shop', ada);
    await engine.holding(id);
    expect(await setting(engine, ada, { approvals: { count: 1, asker: true } })).toMatchObject({ saved: true });
    const question = await engine.resume(id, ada);
    await expect(engine.answer(id, question, 'approve', ada)).rejects.toThrow('of the one who asked does not count');
  });
});
