import { describe, expect, onTestFinished, test } from 'vitest';
import { type BucketOptions, createBucket, HEROKU_BUCKET } from '../../../src/heroku/api/bucket.ts';
import { createHeroku } from '../../../src/heroku/api/client.ts';
import { HerokuError } from '../../../src/heroku/api/heroku-error.ts';
import { aCall, failureOf } from './call.ts';
import { json, serve } from './server.ts';

const app = { id: 'id', name: 'shop', maintenance: false };

function bucketAt(options: BucketOptions = HEROKU_BUCKET) {
  let time = 0;
  const bucket = createBucket(options, () => time);
  return {
    bucket,
    pass: (ms: number) => {
      time += ms;
    },
    /** How many are given before one is refused. */
    drain: (priority: 'person' | 'run' | 'poll') => {
      let taken = 0;
      while (bucket.take(priority) === 0) taken += 1;
      return taken;
    },
  };
}

describe('the bucket', () => {
  test('gives 4,500 tokens, and then one every 800 ms', () => {
    const { bucket, pass, drain } = bucketAt();
    expect(drain('person')).toBe(4_500);
    expect(bucket.take('person')).toBe(800);
    pass(799);
    expect(bucket.take('person')).toBe(1);
    pass(1);
    expect(bucket.take('person')).toBe(0);
  });

  test('polls leave nine tenths of it, runs leave some for people', () => {
    const { drain } = bucketAt();
    expect([drain('poll'), drain('run'), drain('person')]).toEqual([450, 4_000, 50]);
  });

  test('never holds more than it can', () => {
    const { pass, drain } = bucketAt();
    pass(86_400_000);
    expect(drain('person')).toBe(4_500);
  });

  test('believes what Heroku says is left, less and more, and counts what is still under way', () => {
    const { bucket, drain } = bucketAt();
    bucket.take('person');
    bucket.take('person');
    bucket.settle(10);
    expect(drain('person')).toBe(9);
    bucket.settle(1_000);
    expect(drain('person')).toBeGreaterThan(900);
  });

  test('is empty when Heroku says 429, whatever was counted', () => {
    const { bucket } = bucketAt();
    bucket.drained();
    expect(bucket.take('person')).toBe(800);
    expect(bucket.take('run')).toBe(51 * 800);
  });

  test('a small bucket shuts nobody out for ever', () => {
    const { bucket, pass } = bucketAt({ capacity: 10, perMinute: 60, reserve: { person: 0, run: 50, poll: 450 } });
    expect(bucket.take('poll')).toBe(0);
    expect(bucket.take('poll')).toBe(1_000);
    pass(1_000);
    expect(bucket.take('poll')).toBe(0);
  });
});

describe('a call', () => {
  async function against(remaining: number, bucket: BucketOptions = HEROKU_BUCKET) {
    const server = await serve(({ path }, response) =>
      path === '/account/rate-limits'
        ? json(response, 200, { remaining })
        : json(response, 200, app, { 'RateLimit-Remaining': String(remaining) }),
    );
    const heroku = createHeroku({ apiUrl: server.url, token: 't', bucket });
    onTestFinished(() => heroku.close());
    return { server, heroku };
  }

  test('of a run that would wait for minutes says from when on, and is not sent', async () => {
    const { server, heroku } = await against(20);
    await heroku.apps.info(aCall(), 'shop');
    const error = await failureOf(heroku.apps.info(aCall({ priority: 'run' }), 'shop'), HerokuError);
    expect(error).toMatchObject({ kind: 'retryable', unclear: false, status: null });
    expect(error.notBefore).toBeGreaterThan(15_000);
    expect(error.notBefore).toBeLessThanOrEqual(24_800);
    expect(error.message).toMatch(/in [12]\d s\./);
    expect(server.received).toHaveLength(1);
  });

  test('of a person goes first, from what runs and polls have left', async () => {
    const { server, heroku } = await against(20);
    await heroku.apps.info(aCall(), 'shop');
    await failureOf(heroku.apps.info(aCall({ priority: 'poll' }), 'shop'), HerokuError);
    await heroku.apps.info(aCall({ priority: 'person' }), 'shop');
    expect(server.received).toHaveLength(2);
  });

  test('of a person overtakes runs, and runs polls, when all wait for a connection', async () => {
    const order: string[] = [];
    const waiting: (() => void)[] = [];
    const server = await serve(({ path }, response) => {
      order.push(path);
      waiting.push(() => json(response, 200, app));
      if (order.length > 1) json(response, 200, app);
    });
    const heroku = createHeroku({ apiUrl: server.url, token: 't', concurrency: 1 });
    onTestFinished(() => heroku.close());
    const calls = [heroku.apps.info(aCall(), 'first')];
    await expect.poll(() => order.length).toBe(1);
    for (const priority of ['poll', 'run', 'person'] as const) {
      calls.push(heroku.apps.info(aCall({ priority }), priority));
    }
    waiting[0]?.();
    await Promise.all(calls);
    expect(order).toEqual(['/apps/first', '/apps/person', '/apps/run', '/apps/poll']);
  });

  test('waits up to two seconds for a token, and then goes through', async () => {
    const bucket = { capacity: 1, perMinute: 600, reserve: { person: 0, run: 0, poll: 0 } };
    const server = await serve((_, response) => json(response, 200, app));
    const heroku = createHeroku({ apiUrl: server.url, token: 't', bucket });
    onTestFinished(() => heroku.close());
    await heroku.apps.info(aCall(), 'shop');
    const began = performance.now();
    await heroku.apps.info(aCall(), 'shop');
    expect(performance.now() - began).toBeGreaterThan(50);
    expect(server.received).toHaveLength(2);
  });

  test('that is answered 429 is told when it may go on', async () => {
    const server = await serve((_, response) => json(response, 429, { id: 'rate_limit', message: 'Slow down.' }));
    const heroku = createHeroku({ apiUrl: server.url, token: 't' });
    onTestFinished(() => heroku.close());
    const error = await failureOf(heroku.apps.update(aCall(), 'id', { maintenance: true }), HerokuError);
    expect(error).toMatchObject({ status: 429, id: 'rate_limit', kind: 'retryable', unclear: false });
    expect(error.notBefore).toBeGreaterThan(40_000);
    expect(server.received).toHaveLength(1);
  });

  test('for the rate limits takes no token', async () => {
    const bucket = { capacity: 1, perMinute: 0.001, reserve: { person: 0, run: 0, poll: 0 } };
    const { heroku } = await against(0, bucket);
    await heroku.apps.info(aCall(), 'shop');
    expect(await heroku.account.rateLimits(aCall())).toEqual({ remaining: 0 });
    await failureOf(heroku.apps.info(aCall(), 'shop'), HerokuError);
  });
});
