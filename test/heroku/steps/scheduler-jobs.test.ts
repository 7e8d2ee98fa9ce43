import { describe, expect, it } from 'vitest';
import { markedByOthers } from '../../../src/heroku/steps/scheduler-jobs.ts';
import { START, shop } from '../../helpers/engine.ts';
import { capture, changes, RUN, type Stage, stages } from './stage.ts';

const stageFor = stages();
const daily = (id: string, command = `rake job:${id}`) => ({ id, command, every: 1440, at: 60 }) as const;

function patched(stage: Stage): string[] {
  return stage.sandbox.requests
    .list({ service: 'scheduler', method: 'PATCH' })
    .map(({ path }) => path.split('/').at(-1) ?? '');
}

describe('Scheduler jobs', () => {
  it('are not asked for where the app has no Scheduler', async () => {
    const stage = await stageFor(shop());
    expect(await stage.hold('scheduler').look(stage.cx())).toEqual({ is: 'seen', items: [], warnings: [] });
    expect(stage.sandbox.requests.list({ service: 'scheduler' })).toEqual([]);
  });

  it('are written one first, read back, and then the rest', async () => {
    const stage = await stageFor(shop({ jobs: ['1', '2', '3'].map((id) => daily(id)) }));
    const hold = stage.hold('scheduler');
    await hold.write(stage.cx(), changes(stage, hold, await capture(stage, hold), 'quiet'));
    const order = stage.sandbox.requests.list({ service: 'scheduler' }).map(({ method }) => method);
    expect(order.slice(-4)).toEqual(['PATCH', 'GET', 'PATCH', 'PATCH']);
  });

  it('are changed in nothing but their command', async () => {
    const stage = await stageFor(shop({ jobs: [{ ...daily('1'), size: 'performance-l' }] }));
    const hold = stage.hold('scheduler');
    await hold.write(stage.cx(), changes(stage, hold, await capture(stage, hold), 'quiet'));
    const [request] = stage.sandbox.requests.list({ service: 'scheduler', method: 'PATCH' });
    expect(request?.body).toEqual({
      data: { type: 'jobs', id: '1', attributes: { command: `: # maint-paused ${RUN} "rake job:1"` } },
    });
    expect(stage.settings().jobs).toMatchObject([{ every: 1440, at: 60, size: 'Performance-L' }]);
  });

  it('are left alone by a write for one that was deleted', async () => {
    const stage = await stageFor(shop({ jobs: [daily('1'), daily('2')] }));
    const hold = stage.hold('scheduler');
    const wanted = changes(stage, hold, await capture(stage, hold), 'quiet');
    stage.world.removeJob('shop', '1');
    await hold.write(stage.cx(), wanted);
    expect(patched(stage)).toEqual(['2']);
  });

  it.each([
    { seconds: -121, ran: false, written: true },
    { seconds: -119, ran: false, written: false },
    { seconds: 30, ran: false, written: false },
    { seconds: 30, ran: true, written: true },
    { seconds: 61, ran: false, written: true },
  ])('$seconds s after their tick, started: $ran, are written: $written', async ({ seconds, ran, written }) => {
    const stage = await stageFor(shop({ jobs: [{ id: '1', command: 'rake x', every: 60, at: 34 }] }));
    stage.world.job('shop', '1').ranAt = ran ? START : START - 3_600_000;
    const hold = stage.hold('scheduler');
    const wanted = changes(stage, hold, await capture(stage, hold), 'quiet');
    await hold.write({ ...stage.cx(), now: START + seconds * 1_000 }, wanted);
    expect(patched(stage)).toEqual(written ? ['1'] : []);
  });

  it('that run from before are waited for no longer than the drain may take: then it is said which, and for how long', async () => {
    const times = { startMs: 0, stopMs: 0, scheduledRunMs: 10 * 3_600_000 };
    const jobs = [{ id: '1', command: 'rake x', every: 60, at: 35 }] as const;
    const stage = await stageFor(shop({ jobs: [...jobs], times }), { drainCap: 5 * 60_000 });
    stage.clock.advance(10 * 60_000);
    const hold = stage.hold('scheduler');
    const items = await capture(stage, hold);
    await hold.write(stage.cx(), changes(stage, hold, items, 'quiet'));
    const since = stage.clock.now();
    stage.clock.advance(5 * 60_000);
    const verdict = await hold.settle(stage.cx(since), 'quiet', items, null);
    expect(verdict).toMatchObject({
      is: 'failed',
      why: expect.stringMatching(
        /^scheduler\.\d+ \(rake …, for 14 min\) still runs a job that started before the pause$/,
      ),
    });
  });

  it('that reach the age that no job should are not waited for any more', async () => {
    const times = { startMs: 0, stopMs: 0, scheduledRunMs: 10 * 3_600_000 };
    const jobs = [{ id: '1', command: 'rake x', every: 60, at: 35 }] as const;
    const stage = await stageFor(shop({ jobs: [...jobs], times }), { abortIfOlderThan: 15 * 60_000 });
    stage.clock.advance(10 * 60_000);
    const hold = stage.hold('scheduler');
    const items = await capture(stage, hold);
    await hold.write(stage.cx(), changes(stage, hold, items, 'quiet'));
    const since = stage.clock.now();
    expect(await hold.settle(stage.cx(since), 'quiet', items, null)).toMatchObject({ is: 'waiting' });
    stage.clock.advance(6 * 60_000);
    expect(await hold.settle(stage.cx(since), 'quiet', items, null)).toMatchObject({
      is: 'failed',
      why: expect.stringMatching(
        /^scheduler\.\d+ \(rake …, for 15 min\) still runs, and no job should for more than 15 min$/,
      ),
    });
  });

  it('are put back even at their tick: nothing is better than a job that does not run', async () => {
    const stage = await stageFor(
      shop({ jobs: [{ id: '1', command: `: # maint-paused ${RUN} "rake x"`, every: 60, at: 35 }] }),
    );
    await stage.hold('scheduler').write(stage.cx(), [{ key: '1', value: 'rake x' }]);
    expect(stage.world.job('shop', '1').command).toBe('rake x');
  });

  it.each([
    { kind: 'status', status: 403, why: /403/ },
    { kind: 'status', status: 500, why: /500/ },
    { kind: 'wrong-shape', status: 200, why: /another shape/ },
    { kind: 'reset-before', status: 0, why: /no answer|reset|connection/i },
  ] as const)('that cannot be read ($kind $status) are unusable, not absent', async ({ kind, status, why }) => {
    const stage = await stageFor(shop({ jobs: [daily('1')] }));
    stage.sandbox.faults.add({ service: 'scheduler', path: '**', kind, status, times: 'always' });
    const look = await stage.hold('scheduler').look(stage.cx());
    expect(look).toMatchObject({ is: 'unusable', exception: 'Heroku Scheduler', why: expect.stringMatching(why) });
  });

  it.each([
    ': # maint-paused m9 "rake x"',
    ': # maint-paused m9 "rake',
    ': # maint-paused',
    `: # maint-paused ${RUN} "cut`,
  ])(
    'are seen as they are, and never paused once more, where one carries a marker that is not ours: %s',
    async (command) => {
      const stage = await stageFor(shop({ jobs: [daily('1'), daily('2', command)] }));
      const hold = stage.hold('scheduler');
      const items = await capture(stage, hold);
      expect(items.map(({ before }) => before)).toEqual(['rake job:1', command]);
      expect(markedByOthers(stage.cx(), await hold.look(stage.cx()))).toMatchObject({
        says: expect.stringMatching(/^job 2 .*(damaged marker|paused already)/),
        remedy: expect.stringMatching(/Put its command back first/),
      });
      await expect(hold.write(stage.cx(), changes(stage, hold, items, 'quiet'))).rejects.toMatchObject({
        kind: 'fatal',
        message: expect.stringMatching(/^job 2 /),
      });
      expect(patched(stage)).toEqual([]);
    },
  );

  it('are put back, and paused again, over a marker that has taken the place of ours', async () => {
    const stage = await stageFor(shop({ jobs: [daily('1')] }));
    const hold = stage.hold('scheduler');
    const items = await capture(stage, hold);
    for (const way of ['quiet', 'back'] as const) {
      stage.world.job('shop', '1').command = ': # maint-paused m9 "rake x"';
      const wanted = changes(stage, hold, items, way);
      await hold.write(stage.cx(), wanted);
      expect(stage.world.job('shop', '1').command).toBe(wanted[0]?.value);
    }
  });

  it('show the program and a fingerprint, never the command', async () => {
    const stage = await stageFor(shop());
    const { show } = stage.hold('scheduler');
    expect(show('rake push TOKEN=s3cret')).toMatch(/^rake … \[[0-9a-f]{6}\]$/);
    expect(show('TOKEN=s3cret rake push')).toMatch(/^… \[[0-9a-f]{6}\]$/);
    expect(show('')).toMatch(/^… \[[0-9a-f]{6}\]$/);
    expect(show('rake a')).not.toBe(show('rake b'));
  });

  it('show who has paused them, and what they will do again, so that two markers can be told apart', async () => {
    const stage = await stageFor(shop());
    const { show } = stage.hold('scheduler');
    const shown = show(`: # maint-paused ${RUN} "rake push s3cret"`);
    expect(shown).toBe(`paused by maint (${RUN}): ${show('rake push s3cret')}`);
    expect(show(`: # maint-paused m9 "rake push s3cret"`)).not.toBe(shown);
    expect(show(`: # maint-paused ${RUN} "rake push other"`)).not.toBe(shown);
    expect(show(': # maint-paused m9 "rake push s3cret')).toMatch(/^a damaged marker of maint \[[0-9a-f]{6}\]$/);
  });

  it('are labelled by when they fire', async () => {
    const stage = await stageFor(
      shop({ jobs: [daily('1'), { id: '2', command: 'x', every: 60, at: 5 }, { id: '3', command: 'x', every: 10 }] }),
    );
    expect((await capture(stage, stage.hold('scheduler'))).map(({ label }) => label)).toEqual([
      'job 1 (daily at 01:00 UTC)',
      'job 2 (hourly at :05)',
      'job 3 (every 10 minutes)',
    ]);
  });
});
