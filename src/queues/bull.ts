// Bull 4, BullMQ's predecessor, which leaves fewer traces: a counter of jobs, and nothing of its version. Its pause has been the
// same since Bull 3: the waiting jobs are moved to another list.
import { type Kind, openBull } from './bull-queue.ts';
import type { QueueSystem } from './queue.ts';

export const bull: QueueSystem = {
  system: 'bull',
  title: 'Bull',
  over: 'redis',
  tested: 'Bull 4.16.5 with Redis 7.0, real workers',
  beat: 0,
  open: (source) => openBull(source, kind),
};

const kind: Kind = {
  title: 'Bull',
  mine: (queue) => queue.counted && !queue.mq,
  cannot: () => null,
  losesJobs: (queue) => queue.bothLists,
  pause: async (redis, prefix, queue, paused) => {
    // Loaded only here, for a look needs none of it.
    const { default: Queue } = await import('bull');
    const handle = new Queue(queue.name, { prefix, createClient: () => redis });
    // Not closed: it was given its connection, opened none of its own, and has no timers as long as it works on nothing.
    await (paused ? handle.pause() : handle.resume());
  },
};
