// The short-lived permissions that Slack hands out with each interaction: a trigger to open a view with, and a URL to
// respond to. They run out in real time, because they bound how long a real network may take.
import { randomUUID } from 'node:crypto';
import { Refusal } from './refusal.ts';

export interface Limits {
  /** How long a trigger_id is good for: 3,000 in Slack. */
  readonly triggerMs: number;
  /** How long a response_url is good for: 30 minutes in Slack. */
  readonly responseUrlMs: number;
  /** How often it may be used: 5 times in Slack. */
  readonly responseUrlUses: number;
}

export interface Trigger {
  readonly user: string;
  /** The view that it came from, where it came from one: only from there a view can be pushed. */
  readonly fromView: string | null;
}

export interface ResponseUrl {
  readonly user: string;
  readonly channel: string;
  readonly threadTs: string | null;
  /** The message that was clicked in, which `replace_original` and `delete_original` mean. */
  readonly messageTs: string | null;
}

export class Grants {
  readonly #limits: Limits;
  readonly #now: () => number;
  readonly #triggers = new Map<string, { trigger: Trigger; until: number; used: boolean }>();
  readonly #urls = new Map<string, { target: ResponseUrl; until: number; uses: number }>();

  /** `now` is real milliseconds. */
  constructor(limits: Limits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  trigger(trigger: Trigger): string {
    const id = `${this.#triggers.size + 1}.${randomUUID()}`;
    this.#triggers.set(id, { trigger, until: this.#now() + this.#limits.triggerMs, used: false });
    return id;
  }

  /** Looks without using it up: a refused view leaves the trigger as it was. */
  checkTrigger(id: string): Trigger {
    const known = this.#triggers.get(id);
    if (known === undefined) throw new Refusal('invalid_trigger_id');
    if (known.used) throw new Refusal('exchanged_trigger_id');
    if (this.#now() >= known.until) throw new Refusal('expired_trigger_id');
    return known.trigger;
  }

  useTrigger(id: string): void {
    const known = this.#triggers.get(id);
    if (known !== undefined) known.used = true;
  }

  responseUrl(target: ResponseUrl): string {
    const id = randomUUID();
    this.#urls.set(id, { target, until: this.#now() + this.#limits.responseUrlMs, uses: 0 });
    return id;
  }

  /** Counts the use. Refuses with `used_url` or `expired_url`. */
  useResponseUrl(id: string): ResponseUrl {
    const known = this.#urls.get(id);
    if (known === undefined || this.#now() >= known.until) throw new Refusal('expired_url');
    if (known.uses >= this.#limits.responseUrlUses) throw new Refusal('used_url');
    known.uses += 1;
    return known.target;
  }
}
