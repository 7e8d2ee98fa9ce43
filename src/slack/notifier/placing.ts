// Lets a command wait until what it has caused is to be seen in Slack, or until it is clear that no channel takes it.
import type { Message, Store } from '../../store/store.ts';

export type Placed =
  | { readonly is: 'posted'; readonly channel: string }
  /** No channel takes it at this moment. */
  | { readonly is: 'refused'; readonly why: string }
  | { readonly is: 'not yet' };

/** The card of a run, or the message of one of its questions. */
export type Awaited = { readonly is: 'card' } | { readonly is: 'question'; readonly id: string };

/** Real time. */
const PATIENCE = 8_000;

interface Waiter {
  readonly what: Awaited;
  readonly resolve: (placed: Placed) => void;
}

export class Placing {
  readonly #store: Pick<Store, 'load' | 'messages'>;
  readonly #waiting = new Map<string, Set<Waiter>>();

  constructor(store: Pick<Store, 'load' | 'messages'>) {
    this.#store = store;
  }

  /** "not yet" after some seconds without an answer. */
  async wait(runId: string, what: Awaited): Promise<Placed> {
    const waiters = this.#waiting.get(runId) ?? new Set();
    this.#waiting.set(runId, waiters);
    let waiter: Waiter | null = null;
    let timer: NodeJS.Timeout | undefined;
    try {
      const told = new Promise<Placed>((resolve) => {
        waiter = { what, resolve };
        waiters.add(waiter);
        timer = setTimeout(() => resolve({ is: 'not yet' }), PATIENCE);
      });
      const early = await this.#known(runId, what);
      if (early.is !== 'not yet') return early;
      const later = await told;
      // Another process may have posted it.
      return later.is === 'not yet' ? await this.#known(runId, what) : later;
    } finally {
      clearTimeout(timer);
      if (waiter !== null) waiters.delete(waiter);
      if (waiters.size === 0) this.#waiting.delete(runId);
    }
  }

  settled(runId: string, message: Message, placed: Placed): void {
    for (const { what, resolve } of this.#waiting.get(runId) ?? []) {
      // Without a card there is no thread for anything.
      const unplaced = message.kind === 'card' && placed.is === 'refused';
      if (unplaced || isIt(message, what)) resolve(placed);
    }
  }

  async end(): Promise<void> {
    for (const [runId, waiters] of this.#waiting) {
      for (const { what, resolve } of waiters) resolve(await this.#known(runId, what));
    }
  }

  async #known(runId: string, what: Awaited): Promise<Placed> {
    const messages = await this.#store.messages(runId);
    const message = messages.find((one) => isIt(one, what));
    if (message?.state === 'sent' && message.channel !== null) return { is: 'posted', channel: message.channel };
    if (message?.state === 'dropped') return { is: 'refused', why: message.why ?? 'it could not be posted' };
    const card = messages.find((one) => one.kind === 'card');
    if (card?.state === 'sent') return { is: 'not yet' };
    const unheard = (await this.#store.load(runId))?.unheard ?? null;
    return unheard === null ? { is: 'not yet' } : { is: 'refused', why: unheard };
  }
}

function isIt(message: Message, what: Awaited): boolean {
  return what.is === 'card' ? message.kind === 'card' : message.kind === 'question' && message.question === what.id;
}
