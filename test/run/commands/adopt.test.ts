// Taking up an exported run in a database that does not know it.
import { expect, test } from 'vitest';
import type { ExportFile } from '../../../src/run/commands/export-file.ts';
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
  expect(messages.map(({ kind }) => kind)).toEqual(['card', 'turned']);
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
