// BullMQ 5 and 6. A queue is paused by the library of the version that the app itself uses, for 5 moves the waiting jobs to
// another list and 6 does not; where the queue does not say its version, or says one that was not tried, it is not paused.
import type { Standing } from './bull-keys.ts';
import { type Kind, openBull } from './bull-queue.ts';
import type { QueueSystem } from './queue.ts';

export const bullmq: QueueSystem = {
  system: 'bullmq',
  title: 'BullMQ',
  over: 'redis',
  tested: 'BullMQ 6.7.0 and 5.47.3 with Redis 7.0, real workers',
  beat: 0,
  open: (source) => openBull(source, kind),
};

const kind: Kind = {
  title: 'BullMQ',
  mine: (queue) => queue.mq,
  cannot: (queue) => {
    if (queue.version === null) return 'it does not say which version of BullMQ made it';
    if (majorOf(queue) === null) return `it was made by ${shown(queue.version)}, and only BullMQ 5 and 6 are known`;
    return queue.name.includes(':') ? 'there is a colon in its name, which BullMQ refuses' : null;
  },
  // Renamed over whatever has the other name: in BullMQ 5 alone.
  losesJobs: (queue) => majorOf(queue) === 5 && queue.bothLists,
  pause: async (redis, prefix, queue, paused) => {
    // Without these it writes its own version into `meta`, and asks for the version of Redis.
    const options = { connection: redis, prefix, skipMetasUpdate: true, skipVersionCheck: true };
    // Loaded only here, for they are large and a look needs none.
    const handle =
      majorOf(queue) === 5
        ? new (await import('bullmq-5')).Queue(queue.name, options)
        : new (await import('bullmq')).Queue(queue.name, options);
    handle.on('error', () => {});
    try {
      await (paused ? handle.pause() : handle.resume());
    } finally {
      // Leaves the connection open, which is not its own.
      await handle.close();
    }
  },
};

/** By what the app's library says of itself in `meta`; BullMQ Pro says `bullmq-pro`, and keeps groups that are not seen here. */
function majorOf({ version }: Pick<Standing, 'version'>): 5 | 6 | null {
  const major = /^bullmq:(\d+)\.\d+\.\d+/.exec(version ?? '')?.[1];
  return major === '5' ? 5 : major === '6' ? 6 : null;
}

function shown(version: string): string {
  return /^[\w.:-]{1,40}$/.test(version) ? version : 'something else';
}
