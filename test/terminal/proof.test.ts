// The proof of a run at the terminal, against a real engine.
import { expect, test } from 'vitest';
import * as verbs from '../../src/terminal/verbs.ts';
import { engines, shop } from '../helpers/engine.ts';
import { terminal } from './at-terminal.ts';

const engineFor = engines();
const ISO = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

test('the proof of a held app has its findings, with the numbers and times that each rests on', async () => {
  const engine = await engineFor({ apps: [shop()] });
  const { id } = await engine.start('shop');
  await engine.holding(id);
  const { screen, reached, text } = terminal(engine, true);
  expect(await verbs.proof(reached, screen, 'shop'), text()).toBe(0);
  const printed = JSON.parse(text('out'));
  const when = expect.stringMatching(ISO);
  expect(printed).toMatchObject({ run: id, app: { name: 'shop' }, at: when, quiet: when });
  const dynos = printed.findings.find((one: { subject: string }) => one.subject === 'Dynos');
  expect(dynos).toEqual({
    subject: 'Dynos',
    step: 'proof',
    is: 'proved',
    says: expect.stringContaining('in 3 samples over 30 s'),
    from: expect.stringMatching(ISO),
    at: expect.stringMatching(ISO),
    what: [],
    accepted: null,
    rests: [0, 1, 2].map(() => ({ at: expect.stringMatching(ISO), on: { web: 1, other: 0 } })),
  });
});

test('it can still be read when the maintenance has ended, and for people', async () => {
  const engine = await engineFor({ apps: [shop()] });
  const { id } = await engine.start('shop');
  await engine.holding(id);
  await engine.approve(id);
  await engine.ended(id);
  const { screen, reached, text } = terminal(engine);
  expect(await verbs.proof(reached, screen, 'shop'), text()).toBe(0);
  expect(text('out')).toMatch(/^ {2}ok {2}Dynos, proved: 1 running/m);
  expect(text('out')).toMatch(/^ {2}\? {3}Web, not provable: /m);
});

test('where there is none it says so, and the exit code is 1', async () => {
  const engine = await engineFor({ apps: [shop()] });
  const none = terminal(engine);
  expect(await verbs.proof(none.reached, none.screen, 'shop')).toBe(1);
  expect(none.text('err')).toContain('shop has had no maintenance yet');
  await engine.start('shop');
  const early = terminal(engine, true);
  expect(await verbs.proof(early.reached, early.screen, 'shop')).toBe(1);
  expect(JSON.parse(early.text('out')).refused.says).toMatch(/has no proof/);
});

test('it says who has accepted what', async () => {
  const engine = await engineFor({ apps: [shop()], settings: { demands: ['Web'] } });
  const { id } = await engine.start('shop');
  const question = await engine.asked(id, 'step');
  await engine.answer(id, question, 'accept');
  await engine.holding(id);
  const { screen, reached, text } = terminal(engine, true);
  await verbs.proof(reached, screen, 'shop');
  const web = JSON.parse(text('out')).findings.find((one: { subject: string }) => one.subject === 'Web');
  expect(web).toMatchObject({
    is: 'not provable',
    accepted: { by: { name: 'Grace' }, at: expect.stringMatching(ISO) },
  });
});

test('a person who turns back instead ends with the app as it was', async () => {
  const engine = await engineFor({ apps: [shop()], settings: { demands: ['Web'] } });
  const before = engine.world.settings('shop');
  const { id } = await engine.start('shop');
  await engine.answer(id, await engine.asked(id, 'step'), 'turn-back');
  expect((await engine.ended(id)).ended?.as).toBe('restored');
  expect(engine.world.settings('shop')).toEqual(before);
});
