// Slack's rate limits, on a time that the test moves.
import { expect, it } from 'vitest';
import { Buckets, slacksRates } from '../../../src/sandbox/slack/rates.ts';

function buckets() {
  let now = 1_000;
  return {
    buckets: new Buckets(() => now),
    pass: (ms: number) => {
      now += ms;
    },
  };
}

it('lets a burst of posts through, then one a second a channel', () => {
  const { buckets: limits, pass } = buckets();
  const post = (channel: string) => limits.take(channel, slacksRates.post);
  expect([1, 2, 3, 4, 5].map(() => post('ops'))).toEqual([0, 0, 0, 0, 0]);
  expect(post('ops')).toBe(1_000);
  expect(post('general')).toBe(0);
  pass(400);
  expect(post('ops')).toBe(600);
  pass(600);
  expect([post('ops'), post('ops')]).toEqual([0, 1_000]);
});

it('lets 50 updates a minute through', () => {
  const { buckets: limits, pass } = buckets();
  const update = () => limits.take('ops', slacksRates.update);
  expect(Array.from({ length: 50 }, update).every((wait) => wait === 0)).toBe(true);
  expect(update()).toBe(1_200);
  pass(60_000);
  expect(Array.from({ length: 51 }, update).filter((wait) => wait > 0)).toEqual([1_200]);
});

it('counts nothing while it is off', () => {
  const { buckets: limits } = buckets();
  expect(Array.from({ length: 100 }, () => limits.take('ops', 'off')).every((wait) => wait === 0)).toBe(true);
});
