// Jobs of a Scheduler that could not be paused, started while the app is held: stopped where the app's settings say so.
import { expect, it } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import { stoppedWords } from '../../src/model/phase.ts';
import { card } from '../../src/slack/views/card.ts';
import { receipt } from '../../src/slack/views/receipt.ts';
import { runJson } from '../../src/terminal/json.ts';
import { statusText } from '../../src/terminal/words.ts';
import { type Engine, engines, shop } from '../helpers/engine.ts';

const engineFor = engines();
const MINUTE = 60_000;

async function held(stopStrays: boolean): Promise<{ engine: Engine; id: string; before: object }> {
  const jobs = [{ id: '7', command: 'rake every:ten', every: 10, at: 5 } as const];
  const times = { startMs: 0, stopMs: 0, scheduledRunMs: 60 * MINUTE, schedulerLagMs: 0 };
  const engine = await engineFor({
    apps: [shop({ jobs, times, schedulerApi: 'refuses' })],
    settings: { variable: 'off', stopStrays },
  });
  const before = engine.world.settings('shop');
  const { id } = await engine.start('shop', undefined, ['scheduler']);
  expect((await engine.holding(id)).ended).toBeNull();
  // It has looked once, so that there is a list of what people do.
  await engine.pass(id, 0);
  return { engine, id, before };
}

const running = (engine: Engine) =>
  engine.world.app('shop').dynos.filter(({ type, stopping }) => type === 'scheduler' && !stopping).length;
const stops = (engine: Engine) => engine.writes().filter(({ path }) => path.endsWith('/actions/stop'));

it('are stopped as they start, told once each and counted, and the app comes back as it was', async () => {
  const { engine, id, before } = await held(true);
  const accepted = running(engine);
  await engine.pass(id, 25 * MINUTE);
  const run = await engine.the(id);
  const stopped = run.patrol?.activity.filter((one) => one.stopped !== undefined) ?? [];
  expect(stopped.length).toBeGreaterThanOrEqual(2);
  expect(stops(engine)).toHaveLength(stopped.length);
  expect(running(engine)).toBe(accepted);
  expect(stoppedWords(run)).toBe(`${stopped.length} runs of the Scheduler`);
  const drawn: Json = JSON.parse(JSON.stringify(card(run, engine.clock.now())));
  expect(JSON.stringify(drawn)).toContain(`Stopped ${stopped.length} runs of the Scheduler`);
  expect(statusText(run, engine.clock.now())).toContain(`Stopped ${stopped.length} runs of the Scheduler`);
  expect(runJson(run).patrol).toMatchObject({ stopped: { 'the Scheduler': stopped.length } });
  await engine.approve(id);
  const ended = await engine.ended(id);
  if (ended.ended === null) throw new Error('Expected it to have ended');
  expect(JSON.stringify(receipt(ended, ended.ended))).toContain('runs of the Scheduler');
  expect(engine.world.settings('shop')).toEqual(before);
  // From then on they are the app's own again.
  const all = stops(engine).length;
  engine.clock.advance(15 * MINUTE);
  expect(running(engine)).toBeGreaterThan(accepted);
  expect(stops(engine)).toHaveLength(all);
});

it('are left alone by default', async () => {
  const { engine, id } = await held(false);
  const accepted = running(engine);
  await engine.pass(id, 25 * MINUTE);
  expect(running(engine)).toBeGreaterThan(accepted);
  expect(stops(engine)).toEqual([]);
  expect(stoppedWords(await engine.the(id))).toBeNull();
});

it('that cannot be stopped are told as that, and stopped as soon as it can be, counted once', async () => {
  const { engine, id } = await held(true);
  const accepted = running(engine);
  engine.sandbox.faults.add({
    service: 'heroku',
    method: 'POST',
    path: '**/actions/stop',
    kind: 'status',
    status: 500,
    times: 6,
  });
  await engine.run(id, (run) => run.patrol?.trouble != null);
  const blind = await engine.run(id, (run) => run.patrol?.trouble === null);
  await engine.pass(id, 2 * MINUTE);
  expect(running(engine)).toBe(accepted);
  expect(stoppedWords(blind)).toBe('1 run of the Scheduler');
  expect(stoppedWords(await engine.the(id))).toBe('1 run of the Scheduler');
});
