import { LogLevel, WebClient } from '@slack/web-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../src/log.ts';
import { SandboxClock } from '../../src/sandbox/clock.ts';
import { type SandboxSlack, startSlack } from '../../src/sandbox/slack/index.ts';
import { homeOf } from '../../src/slack/home.ts';
import { whoIsIn } from '../../src/slack/standing.ts';
import { ada } from './runs.ts';

let slack: SandboxSlack;
beforeEach(async () => {
  slack = await startSlack({ clock: new SandboxClock({ manual: true }), rates: 'off' });
});
afterEach(() => slack.close());

function whoIs() {
  const client = new WebClient(slack.botToken, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    logLevel: LogLevel.ERROR,
  });
  return whoIsIn(client, homeOf(client, silentLog), silentLog);
}

const gatherings = ['S0ONCALL', 'C0OPS', 'C0RANDOM'];
const linus = { ...ada, id: 'U0LINUS' };

test('says which of the named user groups and channels a person is in', async () => {
  expect(await whoIs()(ada, gatherings)).toEqual({ person: ada, standing: 'member', in: gatherings, unsure: false });
  expect(await whoIs()(linus, gatherings)).toMatchObject({ in: ['C0OPS', 'C0RANDOM'] });
});

test('finds a person on the last page of a big channel', async () => {
  const many = Array.from({ length: 450 }, (_, n) => `person${n}`);
  for (const name of many) slack.workspace.addUser({ name });
  slack.workspace.addChannel({ name: 'big', members: [...many, 'ada'] });
  expect(await whoIs()(ada, ['C0BIG'])).toMatchObject({ in: ['C0BIG'] });
  expect(slack.requests.list({ path: '/conversations.members' })).toHaveLength(3);
});

test('remembers nothing: who has left is not in it any more at the next click', async () => {
  const asked = whoIs();
  expect(await asked(ada, gatherings)).toMatchObject({ in: gatherings });
  slack.workspace.addGroup({ handle: 'oncall', users: ['grace'] });
  slack.workspace.leave('ops', 'ada');
  expect(await asked(ada, gatherings)).toMatchObject({ in: ['C0RANDOM'] });
  slack.workspace.deactivate('ada');
  expect(await asked(ada, gatherings)).toMatchObject({ standing: 'deactivated' });
});

test('tells guests, strangers and those whom nobody knows apart from members', async () => {
  const asked = whoIs();
  slack.workspace.change('linus', { guest: true });
  slack.workspace.change('grace', { teamId: 'T0ELSEWHERE' });
  const ids = ['U0ADA', 'U0LINUS', 'U0GRACE', 'U0ALAN', 'U0NOBODY'];
  const who = await Promise.all(ids.map((id) => asked({ ...ada, id }, [])));
  expect(who.map(({ standing }) => standing)).toEqual(['member', 'guest', 'stranger', 'deactivated', 'stranger']);
});

test('a group or a channel that is not there has nobody in it', async () => {
  expect(await whoIs()(ada, ['S0GONE', 'C0GONE', 'S0ONCALL'])).toMatchObject({ in: ['S0ONCALL'], unsure: false });
});

test('where Slack does not answer it is unsure, of what it did not say', async () => {
  slack.faults.add({ service: 'slack', path: '/usergroups.users.list', kind: 'status', times: 'always' });
  expect(await whoIs()(ada, gatherings)).toEqual({
    person: ada,
    standing: 'member',
    in: ['C0OPS', 'C0RANDOM'],
    unsure: true,
  });
  slack.faults.add({ service: 'slack', path: '/users.info', kind: 'status', times: 'always' });
  expect(await whoIs()(ada, [])).toMatchObject({ standing: 'unknown', unsure: false });
});

test('as long as Slack does not say which workspace maint is in, it is not known who is of it', async () => {
  slack.faults.add({ service: 'slack', path: '/auth.test', kind: 'status', times: 'always' });
  expect(await whoIs()(ada, [])).toMatchObject({ standing: 'unknown' });
});
