// What the tests of Bull and BullMQ have in common: one Redis, the connections and workers that a test opens, jobs that are held,
// and what maint says of it all.

import { Redis } from 'ioredis';
import { expect } from 'vitest';
import type { Intake, Queue, QueueOptions, QueueSystem, Reading } from '../../src/queues/queue.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import type { RealRedis } from '../helpers/redis.ts';

interface Closing {
  close(force?: boolean): Promise<void>;
}

export class Bench {
  readonly #real: RealRedis | null;
  readonly #system: QueueSystem;
  readonly #opened: Closing[] = [];
  readonly #clients: Redis[] = [];

  constructor(real: RealRedis | null, system: QueueSystem) {
    this.#real = real;
    this.#system = system;
  }

  get real(): RealRedis {
    if (this.#real === null) throw new Error('Expected a redis-server on this machine, found none');
    return this.#real;
  }

  /** For what a test wants to see or to do by itself. */
  get redis(): Redis {
    return this.real.client;
  }

  async close(): Promise<void> {
    for (const each of this.#opened.splice(0).reverse()) await each.close(true);
    for (const client of this.#clients.splice(0)) client.disconnect();
  }

  /** A connection of its own, as the libraries' workers want it. */
  client(): Redis {
    const client = new Redis(this.real.url, { maxRetriesPerRequest: null, enableReadyCheck: false });
    client.on('error', () => {});
    this.#clients.push(client);
    return client;
  }

  closing<T extends Closing>(each: T): T {
    this.#opened.push(each);
    return each;
  }

  /** Work that goes on until it is told. */
  held(): { readonly started: Promise<void>; work(): Promise<void>; end(): void } {
    const started = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const work = async (): Promise<void> => {
      started.resolve();
      await release.promise;
    };
    return { started: started.promise, work, end: () => release.resolve() };
  }

  open(options: QueueOptions = {}): Promise<Queue> {
    return this.#system.open({ url: this.real.url, options, signal: AbortSignal.timeout(PATIENCE_MS) });
  }

  async read(options: QueueOptions = {}): Promise<Reading> {
    await using queue = await this.open(options);
    return await queue.read();
  }

  /** The same, where the oldest that waits, or that runs, is as old as since then: within the time that the asking took. */
  async readSince(which: 'waiting' | 'oldest', then: number): Promise<Reading> {
    const before = Date.now();
    const said = await this.read();
    expect(said[which]?.ageMs).toBeGreaterThanOrEqual(before - then - 1);
    expect(said[which]?.ageMs).toBeLessThanOrEqual(Date.now() - then + 1);
    return said;
  }

  async look(options: QueueOptions = {}): ReturnType<Intake['look']> {
    await using queue = await this.open(options);
    return (await queue.intake?.look()) ?? [];
  }

  /** What is not as Bull or BullMQ keeps it, of a queue "mails" with a job in flight. */
  readonly garbage = {
    'a list that is a text': async () => {
      await this.redis.del('bull:mails:wait');
      await this.redis.set('bull:mails:wait', '7');
    },
    'a counter that is a hash': async () => {
      await this.redis.del('bull:mails:id');
      await this.redis.hset('bull:mails:id', 'a', '1');
    },
    'a job that is said to begin tomorrow': () => this.#begins(Date.now() + 86_400_000),
    'a job that began at no time': () => this.#begins('yesterday'),
  };

  async #begins(at: number | string): Promise<void> {
    const [id] = await this.redis.lrange('bull:mails:active', 0, 0);
    await this.redis.hset(`bull:mails:${id}`, 'processedOn', at);
  }

  set(key: string, paused: boolean, options: QueueOptions = {}): Promise<void> {
    return this.setAll([{ key, paused }], options);
  }

  async setAll(changes: Parameters<Intake['set']>[0], options: QueueOptions = {}): Promise<void> {
    await using queue = await this.open(options);
    if (queue.intake === null) throw new Error('Expected an intake, got none');
    await queue.intake.set(changes);
  }
}
