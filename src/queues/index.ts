// The literal list of the queue systems that maint can read. One more is one file and one line here.
import type { SystemName } from '../model/queue-systems.ts';
import { bull } from './bull.ts';
import { bullmq } from './bullmq.ts';
import { celery } from './celery.ts';
import { delayedJob } from './delayed-job.ts';
import { goodJob } from './good-job.ts';
import { graphileWorker } from './graphile-worker.ts';
import { httpContract } from './http.ts';
import { pgBoss } from './pg-boss.ts';
import { que } from './que.ts';
import type { QueueSystem } from './queue.ts';
import { resque } from './resque.ts';
import { rq } from './rq.ts';
import { sidekiq } from './sidekiq.ts';
import { solidQueue } from './solid-queue.ts';

export const queueSystems: Readonly<Record<SystemName, QueueSystem>> = {
  sidekiq,
  resque,
  bullmq,
  bull,
  rq,
  celery,
  'solid-queue': solidQueue,
  'good-job': goodJob,
  'delayed-job': delayedJob,
  que,
  'pg-boss': pgBoss,
  'graphile-worker': graphileWorker,
  http: httpContract,
};
