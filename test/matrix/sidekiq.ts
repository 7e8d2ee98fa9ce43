// An app whose workers are Sidekiq's processes: told to take no more they are quiet for good, and only a restart lets them work
// again. A worker that is stopped with a job in its hands kills it after two seconds.

import { isQuiet } from '../../src/sandbox/heroku/queue.ts';
import type { World } from '../../src/sandbox/index.ts';
import { startSidekiq } from '../../src/sandbox/sidekiq.ts';
import { APP, description } from './app.ts';
import type { Gate } from './gate.ts';
import type { JobsOfApp } from './queues.ts';
import { startRedisFront } from './redis-front.ts';

const CONFIG_VAR = 'REDIS_URL';

/** `gate`: of the process that is there now. */
export async function startSidekiqJobs(world: World, gate: () => Gate | null): Promise<JobsOfApp> {
  const redis = await startSidekiq({ world, app: APP });
  const front = await startRedisFront(redis.url, gate);
  const { formation, times } = description;
  return {
    url: '',
    description: {
      ...description,
      formation: { ...formation, worker: { ...formation?.['worker'], command: 'bundle exec sidekiq' } },
      config: { ...description.config, [CONFIG_VAR]: front.url },
      // More than are done by the end, so that the first worker that is back has one.
      queue: { waiting: 500, jobMs: [8_000, 3_000], consumers: ['worker'] },
      times: { ...times, graceMs: 2_000 },
    },
    settings: () => ({ queues: [{ system: 'sidekiq', at: CONFIG_VAR }] }),
    async standing() {
      const app = world.findApp(APP) ?? world.apps[0];
      const workers = app?.dynos.filter(({ type, stopping }) => type === 'worker' && !stopping) ?? [];
      return { quiet: workers.filter(isQuiet).map(({ name }) => name), killed: app?.queue?.killed ?? 0 };
    },
    work: () => Promise.resolve(),
    async close() {
      await front.close();
      await redis.close();
    },
  };
}
