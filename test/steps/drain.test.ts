import { beforeEach, describe, expect, it } from 'vitest';
import { herokuQueues } from '../../src/heroku/queues.ts';
import type { Settings } from '../../src/model/settings.ts';
import type { Answered } from '../../src/model/step.ts';
import { unreadableName } from '../../src/steps/queues.ts';
import { grace } from '../helpers/engine.ts';
import { noRedis, realRedis } from '../helpers/redis.ts';
import { scenes } from './scene.ts';
import { beats, ends, waits } from './sidekiq-keys.ts';

const redis = (await realRedis()) ?? noRedis;
const sceneFor = scenes();
const MINUTE = 60_000;

describe.skipIf(redis === noRedis)('the drain', () => {
  beforeEach(() => redis.empty());

  const scene = async (settings: Partial<Settings> = {}) =>
    sceneFor({ queues: [{ system: 'sidekiq', at: 'REDIS_URL' }], ...settings }, { config: { REDIS_URL: redis.url } });

  it('asks nobody where the settings name no queue', async () => {
    const stage = await sceneFor({});
    expect((await stage.waits('drain')).verdict).toEqual({ is: 'done' });
    expect(stage.sandbox.requests.list()).toEqual([]);
  });

  it('waits for the jobs in flight, saying how many and how old, then for one more heartbeat, and not for what waits', async () => {
    const stage = await scene();
    await waits(redis, 120);
    await beats(redis, 'worker.1', { quiet: true, jobs: [240, 5] });
    const began = stage.clock.now();
    let freed = 0;
    const { verdict, whys, memo } = await stage.waits('drain', async (waited) => {
      if (waited < 10_000 || freed > 0) return;
      freed = stage.clock.now();
      await beats(redis, 'worker.1', { quiet: true });
    });
    expect(verdict).toMatchObject({
      is: 'done',
      findings: [
        {
          subject: 'Sidekiq',
          is: 'proved',
          says: expect.stringMatching(
            /^drained: nothing has run since \d\d:\d\d:\d\d UTC, last asked at \d\d:\d\d:\d\d UTC, 120 waiting$/,
          ),
          rests: [{ on: { queued: 120, running: 0, oldestMs: null } }],
        },
      ],
    });
    expect(whys[0]).toBe('Sidekiq: 2 running, 120 queued, the oldest for 4 min (ReportJob); 15 min left of the drain');
    expect(whys.at(-1)).toBe('Sidekiq: nothing runs, looked at once more');
    expect(memo).toMatchObject({ longest: { ms: 4 * MINUTE, what: 'ReportJob of Sidekiq' } });
    expect(freed).toBe(began + 10_000);
    expect(stage.clock.now() - freed).toBeGreaterThanOrEqual(15_000);
    expect(stage.clock.now() - freed).toBeLessThan(20_000);
  });

  it('waits for the jobs of the app’s own workers, and not for those that others go on taking', async () => {
    const stage = await scene();
    await waits(redis, 120);
    await beats(redis, 'worker.1', { quiet: true, jobs: [240] });
    await beats(redis, 'web.1', { jobs: [3] });
    await beats(redis, 'laptop', { jobs: [4, 5] });
    const { verdict, whys } = await stage.waits('drain', async (waited) => {
      if (waited === 10_000) await beats(redis, 'worker.1', { quiet: true });
    });
    expect(whys[0]).toMatch(
      /^Sidekiq: 1 running, 120 queued, .* \(ReportJob\), but nobody told laptop, web\.1 to take no more jobs: no worker of the app; 15 min left of the drain$/,
    );
    const says = expect.stringMatching(
      /^drained: .*, but nobody told laptop, web\.1 to take no more jobs: no worker of the app$/,
    );
    expect(verdict).toMatchObject({ is: 'done', findings: [{ subject: 'Sidekiq', is: 'not provable', says }] });
  });

  it('waits for what others have in hand where nothing follows it', async () => {
    const stage = await scene();
    await beats(redis, 'laptop', { jobs: [4] });
    const { verdict, whys } = await stage.waits('drain', async (waited) => {
      if (waited === 10_000) await beats(redis, 'laptop');
    });
    expect(whys[0]).toMatch(/^Sidekiq: 1 running, 0 queued/);
    expect(verdict).toMatchObject({ is: 'done', findings: [{ is: 'proved' }] });
  });

  it('waits for a worker of the app that has not been told, whatever follows', async () => {
    const stage = await scene({ drainCap: MINUTE });
    await waits(redis, 120);
    await beats(redis, 'worker.1', { jobs: [4] });
    const { verdict } = await stage.waits('drain', () => beats(redis, 'worker.1', { jobs: [4] }));
    expect(verdict).toMatchObject({
      is: 'failed',
      why: expect.stringMatching(
        /Sidekiq: 1 running, 120 queued, .*, but worker\.1 took jobs again, as after a restart$/,
      ),
    });
  });

  it('begins its heartbeat anew when a job turns up meanwhile', async () => {
    const stage = await scene();
    await beats(redis, 'worker.1');
    let late = 0;
    const { verdict } = await stage.waits('drain', async (waited) => {
      if (waited === 10_000) await beats(redis, 'worker.1', { jobs: [1] });
      if (waited === 14_000) {
        late = stage.clock.now();
        await beats(redis, 'worker.1');
      }
    });
    expect(verdict).toMatchObject({ is: 'done' });
    expect(stage.clock.now() - late).toBeGreaterThanOrEqual(15_000);
  });

  it('asks Heroku for the config vars, and for nothing else, once a look', async () => {
    const stage = await scene({
      queues: [
        { system: 'sidekiq', at: 'REDIS_URL' },
        { system: 'celery', at: 'REDIS_URL', queues: ['celery'] },
      ],
    });
    await beats(redis, 'worker.1');
    await stage.held('quieted').look(stage.cx());
    stage.sandbox.requests.clear();
    const drain = stage.lists.quiet.find(({ name }) => name === 'drain');
    if (drain?.kind !== 'wait') throw new Error('Expected a wait');
    await drain.settle(stage.cx(), 'quiet', null);
    expect(stage.sandbox.requests.list().map(({ path }) => path.split('/').at(-1))).toEqual(['config-vars']);
  });

  it('past its longest wait turns the run, and says which job, how old', async () => {
    const stage = await scene({ drainCap: 3 * MINUTE });
    await beats(redis, 'worker.1', { quiet: true, jobs: [7_200] });
    const { verdict } = await stage.waits('drain', () => beats(redis, 'worker.1', { quiet: true, jobs: [7_200] }));
    expect(verdict).toEqual({
      is: 'failed',
      why: 'after 3 min: Sidekiq: 1 running, 0 queued, the oldest for 2 h 0 min (ReportJob)',
    });
  });

  it('says of a job whose worker died with it that nobody holds on to it, and turns for that', async () => {
    const queue = { system: 'bullmq' as const, at: 'REDIS_URL' };
    const stage = await scene({ queues: [queue], drainCap: 3 * MINUTE });
    await redis.client.hset('bull:mails:meta', 'version', 'bullmq:6.7.0');
    await redis.client.lpush('bull:mails:active', '7');
    await redis.client.hset('bull:mails:7', { name: 'welcome', processedOn: String(Date.now() - 7_200_000) });
    const { verdict, whys } = await stage.waits('drain');
    const says =
      /BullMQ: 1 running, .*, but mails: welcome \(job 7\): counted as running, but no worker holds its lock/;
    expect(whys[0]).toMatch(says);
    expect(verdict).toMatchObject({ is: 'failed', why: expect.stringMatching(says) });
  });

  it('waits for no job that is older than any should be', async () => {
    const stage = await scene({ abortIfOlderThan: 30 * MINUTE });
    await beats(redis, 'worker.1', { quiet: true, jobs: [1_900] });
    const { verdict, whys } = await stage.waits('drain');
    expect(whys).toEqual([]);
    expect(verdict).toEqual({
      is: 'failed',
      why: 'Sidekiq: ReportJob has been running for 32 min, and no job should for more than 30 min',
    });
  });

  it('waits for the jobs that are younger than any should be, and for none where nothing runs', async () => {
    const stage = await scene({ abortIfOlderThan: 30 * MINUTE });
    await beats(redis, 'worker.1', { quiet: true, jobs: [1_700] });
    const { verdict, whys } = await stage.waits('drain', async (waited) => {
      if (waited === 10_000) await beats(redis, 'worker.1', { quiet: true });
    });
    expect(whys[0]).toMatch(/^Sidekiq: 1 running, 0 queued, the oldest for 28 min \(ReportJob\)/);
    expect(verdict).toMatchObject({ is: 'done', findings: [{ is: 'proved' }] });
  });

  it('waits for nothing of a system that does not say what runs', async () => {
    const stage = await scene({ queues: [{ system: 'celery', at: 'REDIS_URL', queues: ['celery'] }] });
    // Nor has it found anything: what is not known is the proof's to say.
    expect((await stage.waits('drain')).verdict).toEqual({ is: 'done', findings: [] });
  });

  it('asks a person about a queue that cannot be read for a minute; what is accepted holds it up no more', async () => {
    const url = 'redis://:s3cret@127.0.0.1:1';
    const stage = await sceneFor({ queues: [{ system: 'sidekiq', at: 'REDIS_URL' }] }, { config: { REDIS_URL: url } });
    const since = stage.clock.now();
    const { verdict } = await stage.waits('drain');
    if (verdict.is !== 'ask') throw new Error(`Expected a question, got ${verdict.is}`);
    expect(stage.clock.now() - since).toBe(60_000);
    expect(verdict.ask).toMatchObject({
      key: 'unreadable',
      says: 'Sidekiq cannot be read: nobody knows whether jobs are still running',
      answers: ['look-again', 'accept', 'turn-back'],
    });
    expect(JSON.stringify(verdict)).not.toMatch(/s3cret|127\.0\.0\.1/);
    const drain = stage.lists.quiet.find(({ name }) => name === 'drain');
    if (drain?.kind !== 'wait') throw new Error('Expected a wait');
    const { key, says } = verdict.ask;
    const given: Answered = { key, says, answer: 'accept', by: grace, at: stage.clock.now() };
    const settle = (...answered: Answered[]) => drain.settle({ ...stage.cx(since), answered }, 'quiet', verdict.memo);
    expect(await settle(given)).toMatchObject({
      is: 'done',
      findings: [
        {
          subject: 'Sidekiq',
          is: 'not provable',
          says: expect.stringMatching(/^it cannot be read, so nobody knows .*; accepted by Grace$/),
          accepted: { by: grace, at: stage.clock.now() },
        },
      ],
    });
    expect(await settle({ ...given, answer: 'look-again' })).toMatchObject({ is: 'ask' });
    expect(await settle({ ...given, answer: 'look-again' }, given)).toMatchObject({ is: 'done' });
    expect(await settle(given, { ...given, answer: 'look-again' })).toMatchObject({ is: 'ask' });
    expect(await settle({ ...given, at: since - 1 })).toMatchObject({ is: 'ask' });
  });

  it.each(['quieted', 'queue-'])(
    'asks nobody a second time about what was accepted as unreadable by %s',
    async (as) => {
      const config = { REDIS_URL: 'redis://127.0.0.1:1' };
      const setting = { system: 'sidekiq' as const, at: 'REDIS_URL' };
      const stage = await sceneFor({ queues: [setting] }, { config });
      const [queue] = herokuQueues(stage.heroku).of(stage.cx());
      if (queue === undefined) throw new Error('Expected a queue');
      const drain = stage.lists.quiet.find(({ name }) => name === 'drain');
      if (drain?.kind !== 'wait') throw new Error('Expected a wait');
      const settle = (accepted: string[]) => drain.settle({ ...stage.cx(), accepted }, 'quiet', null);
      const says = expect.stringMatching(/^it cannot be read, so nobody knows .*, as was accepted before the start$/);
      expect(await settle([as === 'queue-' ? unreadableName(queue) : as])).toMatchObject({
        is: 'done',
        findings: [{ subject: 'Sidekiq', is: 'not provable', says }],
      });
      expect(await settle(['intake', 'one-offs'])).toMatchObject({ is: 'waiting' });
    },
  );

  it('that was accepted as unreadable is waited for as any other where it can be read', async () => {
    const stage = await scene();
    await beats(redis, 'worker.1', { jobs: [5] });
    const drain = stage.lists.quiet.find(({ name }) => name === 'drain');
    if (drain?.kind !== 'wait') throw new Error('Expected a wait');
    const said = await drain.settle({ ...stage.cx(), accepted: ['quieted'] }, 'quiet', null);
    expect(said).toMatchObject({ is: 'waiting', why: expect.stringContaining('1 running') });
  });

  it('is not accepted for what runs: only for what cannot be read', async () => {
    const stage = await scene({
      queues: [
        { system: 'sidekiq', at: 'REDIS_URL' },
        { system: 'sidekiq', at: 'OTHER_URL' },
      ],
    });
    await beats(redis, 'worker.1', { jobs: [5] });
    const { verdict } = await stage.waits('drain', async (waited) => {
      if (waited >= 2 * MINUTE) await ends(redis, 'worker.1');
    });
    expect(verdict).toMatchObject({ is: 'ask', ask: { says: expect.stringMatching(/^Sidekiq \(OTHER_URL\) cannot/) } });
    expect(verdict.is === 'ask' && verdict.ask.details).toEqual([
      'Sidekiq (OTHER_URL) cannot be read: shop has no config var OTHER_URL, which its settings name',
    ]);
  });
});
