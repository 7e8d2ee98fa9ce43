// Which systems have something to pause is said by each of them; the step only saves itself from opening the others.

import { describe, expect, it } from 'vitest';
import { systems } from '../../src/model/queue-systems.ts';
import { queueSystems } from '../../src/queues/index.ts';
import { emptyPostgres, postgres } from '../helpers/database.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { realRedis } from '../helpers/redis.ts';
import { look } from '../heroku/steps/stage.ts';
import { scenes } from './scene.ts';

const redis = await realRedis();
const sceneFor = scenes();

describe.skipIf(redis === null || postgres().missing !== null)('the intake of queues', () => {
  it.each(systems.filter((name) => name !== 'http'))(
    'opens %s exactly where it has something to pause',
    async (name) => {
      const system = queueSystems[name];
      const url = system.over === 'redis' ? (redis?.url ?? '') : await emptyPostgres();
      await using queue = await system.open({ url, options: {}, signal: AbortSignal.timeout(PATIENCE_MS) });
      const stage = await sceneFor({ queues: [{ system: name, at: 'URL' }] }, { config: { URL: url } });
      await look(stage, stage.held('intake')).catch(() => {});
      const opened = stage.sandbox.requests.list().length > 0;
      expect(opened).toBe(queue.intake !== null);
    },
  );

  it('opens GoodJob where its settings say that the app heeds its pauses', async () => {
    const queues = [{ system: 'good-job' as const, at: 'URL', pauses: true }];
    const stage = await sceneFor({ queues }, { config: { URL: await emptyPostgres() } });
    expect(await stage.held('intake').look(stage.cx())).toMatchObject({ is: 'unusable' });
    expect(stage.sandbox.requests.list().map(({ path }) => path.split('/').at(-1))).toEqual(['config-vars']);
  });
});
