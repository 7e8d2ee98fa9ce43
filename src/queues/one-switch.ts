// An intake that is one switch for the whole system, kept under one key in Redis.
import type { Redis } from 'ioredis';
import { Trouble } from '../errors.ts';
import type { Intake } from './queue.ts';
import type { RedisConnection } from './redis.ts';

export interface Switch {
  readonly key: string;
  readonly label: string;
  paused(redis: Redis): Promise<boolean>;
  set(redis: Redis, paused: boolean): Promise<void>;
}

/** What is as wanted already is not written: somebody else may have paused it, and for how long is theirs to say. */
export function onlyOne(connection: RedisConnection, { key, label, paused, set }: Switch): Intake {
  return {
    look: () => connection.read(async (redis) => [{ key, label, paused: await paused(redis) }]),
    set: (changes) =>
      connection.write(async (redis) => {
        for (const change of changes) {
          if (change.key !== key) throw unknown(label);
          if ((await paused(redis)) !== change.paused) await set(redis, change.paused);
        }
      }),
  };
}

function unknown(label: string): Trouble {
  return new Trouble('fatal', `Expected ${label} as a whole to be paused, got one part of it.`, {
    remedy: `${label} can only be paused as a whole.`,
  });
}
