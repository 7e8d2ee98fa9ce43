import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SandboxClock } from '../../src/sandbox/clock.ts';
import { type SandboxSlack, startSlack } from '../../src/sandbox/slack/index.ts';
import { groupsOf } from '../../src/slack/groups.ts';
import { ada } from './runs.ts';

let slack: SandboxSlack;
beforeEach(async () => {
  slack = await startSlack({ clock: new SandboxClock({ manual: true }), rates: 'off' });
});
afterEach(() => slack.close());
const client = () => new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
const calls = () => slack.requests.list({ path: '/usergroups.users.list' }).length;

test('names the groups that a person is in, and asks once for a burst of clicks', async () => {
  const of = groupsOf(client(), ['S0ONCALL']);
  expect(await Promise.all([of(ada), of(ada), of({ ...ada, id: 'U0LINUS' })])).toEqual([
    ['S0ONCALL'],
    ['S0ONCALL'],
    [],
  ]);
  expect(calls()).toBe(1);
});

test('asks nothing where there are no groups, or the person is at a terminal', async () => {
  expect(await groupsOf(client(), [])(ada)).toEqual([]);
  expect(await groupsOf(client(), ['S0ONCALL'])({ ...ada, via: 'terminal' })).toEqual([]);
  expect(calls()).toBe(0);
});

test('gives nobody a right by an outage, and asks again the next time', async () => {
  const of = groupsOf(client(), ['S0ONCALL']);
  slack.faults.add({ service: 'slack', path: '/usergroups.users.list', kind: 'status' });
  await expect(of(ada)).rejects.toThrow(/did not say who is in the user group S0ONCALL/u);
  expect(await of(ada)).toEqual(['S0ONCALL']);
});
