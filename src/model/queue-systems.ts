// The job queues that maint can read: their names are part of an app's settings, and so of every run.

export const systems = [
  'sidekiq',
  'resque',
  'bullmq',
  'bull',
  'rq',
  'celery',
  'solid-queue',
  'good-job',
  'delayed-job',
  'que',
  'pg-boss',
  'graphile-worker',
  'http',
] as const;
export type SystemName = (typeof systems)[number];
