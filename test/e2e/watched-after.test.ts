// After the door has opened the app is watched for a while, with the whole engine: what people do to it then is theirs, what is
// found is told, and the run ends when the watch does.
import { describe, expect, it } from 'vitest';
import { notesOf } from '../../src/model/notes.ts';
import { phase } from '../../src/model/phase.ts';
import { ada, type Engine, engines, grace, shop } from '../helpers/engine.ts';

const engineFor = engines();
const MINUTE = 60_000;

async function opened() {
  const engine = await engineFor({ apps: [shop()] });
  const started = await engine.commands.start(ada, {
    app: 'shop',
    length: null,
    because: 'the orders table moves',
    channel: null,
    accepted: [],
  });
  if (started.is === 'refused') throw new Error(started.says);
  const { id } = started.run;
  await engine.holding(id);
  await engine.approve(id);
  await engine.run(id, ({ steps }) => steps.back.some(({ name, state }) => name === 'watching' && state === 'moving'));
  return { engine, id, from: engine.clock.now() };
}

describe('an app that is open again', () => {
  it('is watched for ten minutes, and then its run ends as restored', async () => {
    const { engine, id, from } = await opened();
    expect(engine.world.settings('shop').maintenance).toBe(false);
    const run = await engine.ended(id);
    expect(run.ended?.as).toBe('restored');
    expect(engine.clock.now() - from).toBe(10 * MINUTE);
    // The channel hears of it when the watch begins, once.
    const notes = (await engine.store.log(id)).flatMap(notesOf).filter(({ kind }) => kind === 'watched');
    expect(notes).toHaveLength(1);
    expect(run.questions.filter(({ about }) => about.is !== 'resume')).toEqual([]);
  });

  it('is its people’s: what they set meanwhile stays, and is asked about by nobody', async () => {
    const { engine, id } = await opened();
    engine.world.scale('shop', 'worker', 7);
    const run = await engine.ended(id);
    expect(run.questions.filter(({ about }) => about.is !== 'resume')).toEqual([]);
    expect(engine.world.settings('shop').formation).toMatchObject({ worker: { quantity: 7 } });
  });

  it('is asked about where a worker crashes, and ends all the same when nobody answers', async () => {
    const { engine, id, from } = await opened();
    engine.world.crash('shop', 'worker.1');
    const question = await engine.asked(id, 'step');
    expect(question.about).toMatchObject({
      step: 'watching',
      says: 'worker.1 crashed',
      answers: ['accept', 'quiet-again'],
    });
    const run = await engine.ended(id);
    expect(run.ended?.as).toBe('restored');
    expect(engine.clock.now() - from).toBe(10 * MINUTE);
    expect(run.questions.find(({ id: one }) => one === question.id)?.withdrawn).toBe('the watch is over');
  });

  it('is only watched: that is its phase, and what was frozen is over', async () => {
    const { engine, id } = await opened();
    expect(phase(await engine.the(id))).toBe('watching');
  });
});

describe('an app that is not well after it was opened', () => {
  const crashed = async () => {
    const at = await opened();
    at.engine.world.crash('shop', 'worker.1');
    const question = await at.engine.asked(at.id, 'step');
    return { ...at, question };
  };
  const another = async (engine: Engine, id: string) => {
    const [run, ...more] = await engine.store.unfinished();
    if (run === undefined || run.id === id || more.length > 0) throw new Error('Expected one other run');
    return run;
  };

  it('is made quiet again by another maintenance, in the name of who pressed and for the same reason', async () => {
    const { engine, id, question } = await crashed();
    const before = engine.world.settings('shop');
    await engine.answer(id, question, 'quiet-again', grace);
    const first = await engine.the(id);
    expect(first.ended?.as).toBe('restored');
    expect(first.ended?.why).toContain('Grace began another maintenance');
    expect(first.questions.find(({ id: one }) => one === question.id)?.answered).toMatchObject({ by: grace });
    const second = await another(engine, id);
    expect(second).toMatchObject({ askedBy: grace, because: 'the orders table moves' });
    expect((await engine.holding(second.id)).quietAt).not.toBeNull();
    expect(engine.world.settings('shop')).toMatchObject({ maintenance: true, formation: { worker: { quantity: 0 } } });
    await engine.approve(second.id);
    await engine.ended(second.id);
    expect(engine.world.settings('shop')).toEqual(before);
  });

  it('is made quiet again once, however many press at once', async () => {
    const { engine, id, question } = await crashed();
    const press = () =>
      engine.commands.answer(grace, { run: id, question: question.id, answer: 'quiet-again', hash: null });
    const said = await Promise.all([press(), press(), press()]);
    expect(said.filter((one) => one.is === 'changed')).toHaveLength(1);
    await another(engine, id);
  });

  it('is kept quiet by nobody who may only look', async () => {
    const engine = await engineFor({ apps: [shop()], operators: [ada.id] });
    const { id } = await engine.start('shop');
    await engine.holding(id);
    await engine.approve(id, ada);
    await engine.run(id, (run) => phase(run) === 'watching');
    engine.world.crash('shop', 'worker.1');
    const question = await engine.asked(id, 'step');
    const request = { run: id, question: question.id, answer: 'quiet-again', hash: null } as const;
    expect((await engine.commands.answer(grace, request)).is).toBe('refused');
    expect((await engine.the(id)).ended).toBeNull();
  });

  it('can be started anew while it is watched, and not a moment before', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const { id } = await engine.start('shop');
    await engine.holding(id);
    await engine.approve(id);
    await engine.run(id, ({ way, steps }) => way === 'back' && steps.back.some(({ state }) => state === 'moving'));
    await expect(engine.start('shop')).rejects.toThrow('under way already (restoring)');
    await engine.run(id, (run) => phase(run) === 'watching');
    const second = await engine.start('shop', grace);
    expect((await engine.the(id)).ended?.as).toBe('restored');
    expect(second.id).not.toBe(id);
    expect((await engine.holding(second.id)).quietAt).not.toBeNull();
  });
});
