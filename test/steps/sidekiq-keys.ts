// What processes of Sidekiq leave in their Redis, written by the test in their place: its heartbeat is ten seconds of real time.
import type { RealRedis } from '../helpers/redis.ts';

export interface Process {
  readonly quiet?: boolean;
  /** How long its jobs have been running, seconds. */
  readonly jobs?: readonly number[];
}

/** Beats as `host`, a dyno's name, says. */
export async function beats(redis: RealRedis, host: string, { quiet = false, jobs = [] }: Process = {}): Promise<void> {
  const id = `${host}:4:abc`;
  const now = Date.now() / 1_000;
  const info = JSON.stringify({ hostname: host, version: '7.3.0', identity: id });
  await redis.client.sadd('processes', id);
  await redis.client.hset(id, { info, busy: String(jobs.length), beat: String(now), quiet: String(quiet) });
  await redis.client.del(`${id}:work`);
  for (const [thread, seconds] of jobs.entries()) {
    const payload = JSON.stringify({ class: 'ReportJob', args: ['secret'] });
    const work = JSON.stringify({ queue: 'default', payload, run_at: Math.floor(now) - seconds });
    await redis.client.hset(`${id}:work`, { [`t${thread}`]: work });
  }
}

export async function ends(redis: RealRedis, host: string): Promise<void> {
  const id = `${host}:4:abc`;
  await redis.client.srem('processes', id);
  await redis.client.del(id, `${id}:work`);
}

export async function signals(redis: RealRedis, host: string): Promise<readonly string[]> {
  return redis.client.lrange(`${host}:4:abc-signals`, 0, -1);
}

export async function waits(redis: RealRedis, jobs: number): Promise<void> {
  await redis.client.sadd('queues', 'default');
  await redis.client.del('queue:default');
  for (let i = 0; i < jobs; i += 1) await redis.client.lpush('queue:default', '{"class":"ReportJob"}');
}
