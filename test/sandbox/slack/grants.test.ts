// How long and how often a trigger and a response URL are good, on a time that the test moves.
import { expect, it } from 'vitest';
import { Grants } from '../../../src/sandbox/slack/grants.ts';

function grants() {
  let now = 1_000;
  const limits = { triggerMs: 3_000, responseUrlMs: 30 * 60_000, responseUrlUses: 5 };
  return {
    grants: new Grants(limits, () => now),
    pass: (ms: number) => {
      now += ms;
    },
  };
}

const target = { user: 'U0ADA', channel: 'C0OPS', threadTs: null, messageTs: null };

it('opens a view for three seconds after the interaction', () => {
  const { grants: given, pass } = grants();
  const id = given.trigger({ user: 'U0ADA', fromView: null });
  pass(2_999);
  expect(given.checkTrigger(id)).toMatchObject({ user: 'U0ADA' });
  pass(1);
  expect(() => given.checkTrigger(id)).toThrow('expired_trigger_id');
});

it('opens one view only', () => {
  const { grants: given } = grants();
  const id = given.trigger({ user: 'U0ADA', fromView: null });
  given.useTrigger(id);
  expect(() => given.checkTrigger(id)).toThrow('exchanged_trigger_id');
  expect(() => given.checkTrigger('guessed')).toThrow('invalid_trigger_id');
});

it('responds five times', () => {
  const { grants: given } = grants();
  const id = given.responseUrl(target);
  for (let use = 0; use < 5; use += 1) expect(given.useResponseUrl(id)).toBe(target);
  expect(() => given.useResponseUrl(id)).toThrow('used_url');
});

it('responds for half an hour', () => {
  const { grants: given, pass } = grants();
  const id = given.responseUrl(target);
  pass(30 * 60_000);
  expect(() => given.useResponseUrl(id)).toThrow('expired_url');
});
