// Every message that was ever posted, with all its versions. Whether one may be posted is decided in methods/; what a
// version looks like to a person in render.ts.
import type { Block } from './blocks/blocks.ts';
import type { Changes } from './changes.ts';

export interface Metadata {
  readonly event_type: string;
  readonly event_payload: Readonly<Record<string, unknown>>;
}

export interface Version {
  readonly text: string;
  /** Each block and element has its id here, as Slack gives one to those that came without. */
  readonly blocks: readonly Block[];
  readonly metadata: Metadata | null;
  /** Milliseconds since the epoch, on the sandbox's clock. */
  readonly at: number;
}

export interface Message {
  readonly channel: string;
  readonly ts: string;
  /** The thread's first message, where this is a reply. */
  readonly threadTs: string | null;
  /** A reply that is shown in the channel too. */
  readonly broadcast: boolean;
  readonly user: string;
  readonly byBot: boolean;
  /** Where only one person sees it. */
  readonly onlyFor: string | null;
  /** At least one, oldest first. */
  readonly versions: readonly Version[];
  /** When it was deleted; its versions stay. */
  readonly deletedAt: number | null;
  readonly files: readonly string[];
}

export type NewMessage = Pick<Message, 'channel' | 'user' | 'byBot'> &
  Partial<Pick<Message, 'threadTs' | 'broadcast' | 'onlyFor' | 'files'>> & {
    readonly text: string;
    readonly blocks?: readonly Block[];
    readonly metadata?: Metadata | null;
  };

type Stored = { -readonly [key in keyof Message]: Message[key] };

/** How a message reads now. */
export function current(message: Message): Version {
  const last = message.versions.at(-1);
  if (last === undefined) throw new Error('Expected a message with at least one version, got none');
  return last;
}

export class Messages {
  readonly #changes: Changes;
  readonly #now: () => number;
  readonly #all: Stored[] = [];
  #lastMicroseconds = 0;

  /** `now` is the sandbox's clock, in milliseconds. */
  constructor(changes: Changes, now: () => number) {
    this.#changes = changes;
    this.#now = now;
  }

  /** Oldest first: deleted ones and those for one person's eyes too, unless left out. */
  list(filter: { channel?: string; threadTs?: string; deleted?: boolean; ephemeral?: boolean } = {}): Message[] {
    return this.#all.filter(
      (message) =>
        (filter.channel === undefined || message.channel === filter.channel) &&
        (filter.threadTs === undefined || message.threadTs === filter.threadTs) &&
        (filter.deleted === undefined || (message.deletedAt !== null) === filter.deleted) &&
        (filter.ephemeral === undefined || (message.onlyFor !== null) === filter.ephemeral),
    );
  }

  /** Null where there is none, or it was deleted. */
  find(channel: string, ts: string): Message | null {
    return this.#all.find((one) => one.channel === channel && one.ts === ts && one.deletedAt === null) ?? null;
  }

  post(message: NewMessage): Message {
    const { text, blocks = [], metadata = null, ...rest } = message;
    const ts = this.#nextTs();
    const posted: Stored = {
      threadTs: null,
      broadcast: false,
      onlyFor: null,
      files: [],
      ...rest,
      ts,
      versions: [{ text, blocks: withIds(blocks, ts), metadata, at: this.#now() }],
      deletedAt: null,
    };
    this.#all.push(posted);
    this.#changes.tell({ kind: posted.onlyFor === null ? 'posted' : 'ephemeral', message: posted });
    return posted;
  }

  update(message: Message, to: { text: string; blocks: readonly Block[]; metadata: Metadata | null }): void {
    const stored = this.#stored(message);
    const blocks = withIds(to.blocks, `${stored.ts}-${stored.versions.length}`);
    stored.versions = [...stored.versions, { ...to, blocks, at: this.#now() }];
    this.#changes.tell({ kind: 'updated', message: stored });
  }

  remove(message: Message): void {
    const stored = this.#stored(message);
    stored.deletedAt = this.#now();
    this.#changes.tell({ kind: 'deleted', message: stored });
  }

  #stored(message: Message): Stored {
    const stored = this.#all.find((one) => one.channel === message.channel && one.ts === message.ts);
    if (stored === undefined) throw new Error(`Expected a message of this store, got ${message.channel} ${message.ts}`);
    return stored;
  }

  /** Slack's `seconds.microseconds`, unique and rising even while the clock stands still. */
  #nextTs(): string {
    this.#lastMicroseconds = Math.max(this.#lastMicroseconds + 1, Math.floor(this.#now()) * 1_000);
    const seconds = Math.floor(this.#lastMicroseconds / 1_000_000);
    return `${seconds}.${String(this.#lastMicroseconds % 1_000_000).padStart(6, '0')}`;
  }
}

/** Gives an id to each block and element that has none. */
export function withIds(blocks: readonly Block[], seed: string): Block[] {
  return blocks.map((block, i) => {
    const named = { ...block, block_id: block.block_id ?? `b${i}-${seed}` };
    switch (named.type) {
      case 'actions':
        return { ...named, elements: named.elements.map((element, j) => withActionId(element, `a${j}-${seed}`)) };
      case 'section':
        return named.accessory === undefined || named.accessory.type === 'image'
          ? named
          : { ...named, accessory: withActionId(named.accessory, `a-${seed}`) };
      case 'input':
        return { ...named, element: withActionId(named.element, `a-${seed}`) };
      default:
        return named;
    }
  });
}

function withActionId<E extends { action_id?: string | undefined }>(element: E, id: string): E {
  return { ...element, action_id: element.action_id ?? id };
}
