// The sandbox's Sidekiq, as maint itself looks into one: over Redis' own protocol.
import { expect, onTestFinished, test } from 'vitest';
import { sidekiq } from '../../src/queues/sidekiq.ts';
import { SandboxClock, startSandbox } from '../../src/sandbox/index.ts';

async function stage() {
  const clock = new SandboxClock({ manual: true, start: Date.UTC(2026, 10, 21, 12) });
  const { world, close } = await startSandbox({ clock, examples: true });
  onTestFinished(async () => {
    await close();
    clock.close();
  });
  const url = world.settings('studio').configVars['REDIS_URL'] ?? '';
  const open = () => sidekiq.open({ url, options: {}, signal: new AbortController().signal });
  const look = async () => {
    await using queue = await open();
    return await queue.read();
  };
  return { clock, world, open, look, app: world.app('studio') };
}

test('says what waits, what runs and since when, as the queue of the app has it', async () => {
  const { clock, look, app } = await stage();
  clock.advance(3_000);
  const reading = await look();
  const running = app.dynos.flatMap(({ work }) => (work === null ? [] : [work.startedAt ?? 0]));
  expect(running).toHaveLength(2);
  expect(reading).toMatchObject({
    queues: [{ name: 'media', queued: app.queue?.waiting.length }],
    running: 2,
    oldest: { ageMs: clock.now() - Math.min(...running), what: 'RenderJob' },
    waiting: { ageMs: clock.now() - (app.queue?.waiting[0]?.addedAt ?? 0) },
    doubt: null,
  });
  expect(reading.queued).toBeGreaterThan(0);
});

test('a process that is told to take nothing more ends what it has, and takes nothing more', async () => {
  const { clock, look, open, app } = await stage();
  clock.advance(3_000);
  await using queue = await open();
  const ids = async () => (await queue.processes?.list()) ?? [];
  expect((await ids()).map(({ host, quiet, busy }) => [host, quiet, busy])).toEqual([
    ['worker.1', false, 1],
    ['worker.2', false, 1],
  ]);
  await queue.processes?.quiet((await ids()).map(({ id }) => id));
  clock.advance(60_000);
  expect((await ids()).map(({ quiet, busy }) => [quiet, busy])).toEqual([
    [true, 0],
    [true, 0],
  ]);
  const { queued, running } = await look();
  expect([queued, running]).toEqual([app.queue?.waiting.length, 0]);
  expect(queued).toBeGreaterThan(0);
});
