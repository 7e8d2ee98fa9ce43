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
      // In an empty Redis BullMQ and Bull know no queue of their own, and so none that they could pause.
      expect(opened).toBe(queue.intake !== null || ['bullmq', 'bull'].includes(name));
    },
  );
});
