// The job queues of an app as the steps use them: those that its settings name, opened for one look or one write and closed
// again. Where their addresses come from is the platform's business.
import { createHash } from 'node:crypto';
import type { QueueSetting } from '../model/settings.ts';
import type { Cx } from '../model/step.ts';
import type { Queue, QueueSystem, Reading } from '../queues/queue.ts';

export interface QueueOf {
  readonly setting: QueueSetting;
  readonly system: QueueSystem;
  /** Unique among an app's: "sidekiq REDIS_URL". Persisted in the keys of items. */
  readonly key: string;
  /** For people: "Sidekiq", and "Sidekiq (REDIS_URL)" where there are two. */
  readonly title: string;
}

/** What a person accepts who starts although a queue cannot be read: a name that can be typed, whatever the queue is called. */
export function unreadableName({ key }: QueueOf): string {
  return `queue-${createHash('sha256').update(key).digest('hex').slice(0, 4)}`;
}

export interface Looked extends QueueOf {
  /** `unreadable`: why it could not be read, with no secret in it (I10: it is not quiet then, and not empty). */
  readonly found:
    | { readonly is: 'read'; readonly reading: Reading }
    | { readonly is: 'unreadable'; readonly why: string };
}

export interface Queues {
  /** Those of the settings of this run; asks nobody. */
  of(cx: Cx): readonly QueueOf[];
  /** Reads all of them side by side, or only `these`; one that cannot be read keeps nobody from the others. */
  look(cx: Cx, these?: readonly QueueOf[]): Promise<readonly Looked[]>;
  /** Opens one. Throws Trouble, which names no address. */
  use<T>(cx: Cx, queue: QueueOf, work: (open: Queue) => Promise<T>): Promise<T>;
}
