// Where a queue is, for tests.
import type { QueueOptions, Source } from '../../src/queues/queue.ts';

export function sourceOf(url: string, options: QueueOptions = {}, signal = new AbortController().signal): Source {
  return { url, options, signal };
}
