// The Web API of the sandbox's Slack, called by the real client and by hand: what it answers, keeps and refuses.
import { LogLevel, WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { current, type SandboxSlack } from '../../../src/sandbox/slack/index.ts';
import { buttons, plain, section, slackAlone } from './bolt.ts';

let slack: SandboxSlack;
let client: WebClient;
const ops = 'C0OPS';

function clientOf(token: string | undefined): WebClient {
  return new WebClient(token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: LogLevel.ERROR,
    logger: {
      debug() {},
      info() {},
      warn() {},
      error() {},
      setLevel() {},
      getLevel: () => LogLevel.ERROR,
      setName() {},
    },
  });
}

/** The error code that the call is refused with. */
async function refusal(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'not refused',
    (error: { data?: { error?: unknown } }) => error.data?.error ?? error,
  );
}

async function raw(method: string, body: unknown, token: string | null = slack.botToken): Promise<unknown> {
  const response = await fetch(`${slack.apiUrl}${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  return response.json();
}

async function posted(text = 'x', more: { thread_ts?: string; channel?: string } = {}): Promise<string> {
  const { ts } = await client.chat.postMessage({ channel: ops, text, ...more });
  return ts ?? '';
}

beforeEach(async () => {
  slack = await slackAlone();
  client = clientOf(slack.botToken);
});
afterEach(() => slack.close());

describe('who may call', () => {
  it('the bot, by its token', async () => {
    expect(await client.auth.test()).toMatchObject({
      ok: true,
      user_id: 'U0MAINT',
      bot_id: 'B0MAINT',
      team_id: 'T0SANDBOX',
    });
  });

  it('nobody without a token, with another one, or with the one of the other kind', async () => {
    expect(await refusal(clientOf(undefined).auth.test())).toBe('not_authed');
    expect(await refusal(clientOf('xoxb-other').auth.test())).toBe('invalid_auth');
    expect(await refusal(clientOf(slack.appToken).auth.test())).toBe('not_allowed_token_type');
    expect(await refusal(client.apps.connections.open({}))).toBe('not_allowed_token_type');
  });

  it('hears of a method that does not exist', async () => {
    expect(await raw('chat.shout', {})).toMatchObject({ ok: false, error: 'unknown_method' });
  });

  it('is answered the same whether it asks by JSON or by a form', async () => {
    expect(await raw('chat.postMessage', { channel: ops, blocks: [section('by JSON')] })).toMatchObject({ ok: true });
    await client.chat.postMessage({ channel: ops, text: '', blocks: [section('by form')] });
    expect(slack.messages.list().map((message) => slack.render(message))).toEqual([
      'maint\n  by JSON',
      'maint\n  by form',
    ]);
  });

  it('hears which argument is missing', async () => {
    expect(await raw('chat.postMessage', { text: 'x' })).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: { messages: ['[ERROR] missing required field: channel'] },
    });
  });
});

describe('posting', () => {
  it.each([
    ['C0NOWHERE', 'channel_not_found'],
    ['#random', 'not_in_channel'],
    ['old-ops', 'is_archived'],
  ])('to %s is refused: %s', async (channel, error) => {
    expect(await refusal(client.chat.postMessage({ channel, text: 'x' }))).toBe(error);
  });

  it('of nothing, of too much, and into no thread is refused', async () => {
    expect(await refusal(client.chat.postMessage({ channel: ops, text: '' }))).toBe('no_text');
    expect(await refusal(client.chat.postMessage({ channel: ops, text: 'x'.repeat(40_001) }))).toBe('msg_too_long');
    expect(await refusal(client.chat.postMessage({ channel: ops, text: 'x', thread_ts: '1.000001' }))).toBe(
      'thread_not_found',
    );
    const long = Array.from({ length: 4 }, () => section('x'.repeat(2_600)));
    expect(await refusal(client.chat.postMessage({ channel: ops, text: 'x', blocks: long }))).toBe(
      'msg_blocks_too_long',
    );
    expect(await raw('chat.postMessage', { channel: ops, blocks: 'not a list' })).toMatchObject({
      error: 'invalid_blocks_format',
    });
    expect(slack.messages.list()).toEqual([]);
  });

  it('goes to a person directly when their id is given', async () => {
    await client.chat.postMessage({ channel: 'U0ADA', text: 'psst' });
    expect(slack.messages.list()[0]?.channel).toBe('D0ADA');
  });

  it('gets a rising ts while the clock stands still', async () => {
    const [first, second] = [await posted(), await posted()];
    expect(Number(second)).toBeGreaterThan(Number(first));
    expect(Math.floor(Number(first)) * 1_000).toBe(slack.clock.now());
  });

  it('is slowed down, with the seconds to wait', async () => {
    slack.setRates({ post: { each: 1, perMs: 10_000, burst: 1 }, update: 'off' });
    await posted();
    await expect(client.chat.postMessage({ channel: ops, text: 'x' })).rejects.toMatchObject({ retryAfter: 10 });
    await client.chat.postMessage({ channel: 'C0GENERAL', text: 'x' });
  });
});

describe('a message', () => {
  it('keeps all its versions, and when each came', async () => {
    const ts = await posted('one');
    slack.clock.advance(5_000);
    await client.chat.update({ channel: ops, ts, text: 'two', blocks: [buttons('Go')] });
    slack.clock.advance(5_000);
    await client.chat.update({ channel: ops, ts, text: 'three' });
    const start = slack.clock.now() - 10_000;
    expect(
      slack.messages.find(ops, ts)?.versions.map(({ text, blocks, at }) => [text, blocks.length, at - start]),
    ).toEqual([
      ['one', 0, 0],
      ['two', 1, 5_000],
      // Text without blocks takes the blocks away.
      ['three', 0, 10_000],
    ]);
  });

  it('keeps its metadata through an update, until an empty object takes it away', async () => {
    const metadata = { event_type: 'maint_note', event_payload: { note: 'n1' } };
    const { ts = '' } = await client.chat.postMessage({ channel: ops, text: 'x', metadata });
    await client.chat.update({ channel: ops, ts, text: 'y' });
    const told = await client.conversations.history({ channel: ops, include_all_metadata: true });
    expect(told.messages?.[0]?.metadata).toEqual(metadata);
    const untold = await client.conversations.history({ channel: ops });
    expect(untold.messages?.[0]?.metadata).toEqual({ event_type: 'maint_note' });
    await raw('chat.update', { channel: ops, ts, text: 'z', metadata: {} });
    const gone = await client.conversations.history({ channel: ops, include_all_metadata: true });
    expect(gone.messages?.[0]?.metadata).toBeUndefined();
  });

  it('cannot be changed or deleted where it is not there or not the bot’s', async () => {
    const { ts } = slack.say({ user: 'ada', channel: 'ops', text: 'mine' });
    expect(await refusal(client.chat.update({ channel: ops, ts: '1.000001', text: 'x' }))).toBe('message_not_found');
    expect(await refusal(client.chat.update({ channel: ops, ts, text: 'x' }))).toBe('cant_update_message');
    expect(await refusal(client.chat.delete({ channel: ops, ts }))).toBe('cant_delete_message');
  });

  it('is gone for all once deleted, and remembered here', async () => {
    const ts = await posted();
    await client.chat.delete({ channel: ops, ts });
    expect(await refusal(client.chat.update({ channel: ops, ts, text: 'x' }))).toBe('message_not_found');
    expect((await client.conversations.history({ channel: ops })).messages).toEqual([]);
    expect(slack.messages.list({ deleted: true })).toHaveLength(1);
  });

  it('for one person is not in the history, and cannot be updated', async () => {
    const { message_ts: ts = '' } = await client.chat.postEphemeral({ channel: ops, user: 'U0ADA', text: 'psst' });
    expect((await client.conversations.history({ channel: ops })).messages).toEqual([]);
    expect(await refusal(client.chat.update({ channel: ops, ts, text: 'x' }))).toBe('message_not_found');
    expect(await refusal(client.chat.postEphemeral({ channel: ops, user: 'U0ALAN', text: 'x' }))).toBe(
      'user_not_in_channel',
    );
  });

  it('has a thread, told in order by replies and counted in the history', async () => {
    const ts = await posted('card');
    const reply = await posted('first', { thread_ts: ts });
    await posted('second', { thread_ts: reply });
    await posted('another');
    const thread = await client.conversations.replies({ channel: ops, ts });
    expect(thread.messages?.map(({ text }) => text)).toEqual(['card', 'first', 'second']);
    const history = await client.conversations.history({ channel: ops });
    expect(history.messages?.map(({ text, reply_count }) => [text, reply_count])).toEqual([
      ['another', undefined],
      ['card', 2],
    ]);
  });

  it('is found by paging, and by the time after which it came', async () => {
    const stamps = [await posted('1'), await posted('2'), await posted('3')];
    const texts: (string | undefined)[] = [];
    let cursor = '';
    do {
      const part = await client.conversations.history({ channel: ops, limit: 2, cursor });
      texts.push(...(part.messages ?? []).map(({ text }) => text));
      cursor = part.response_metadata?.next_cursor ?? '';
    } while (cursor !== '');
    expect(texts).toEqual(['3', '2', '1']);
    const since = await client.conversations.history({ channel: ops, oldest: stamps[1] ?? '' });
    expect(since.messages?.map(({ text }) => text)).toEqual(['3']);
  });

  it('has a link', async () => {
    const ts = await posted();
    const { permalink } = await client.chat.getPermalink({ channel: ops, message_ts: ts });
    expect(permalink).toContain(`/archives/C0OPS/p${ts.replace('.', '')}`);
  });
});

describe('the workspace', () => {
  it('knows its people, with time zones, and who left', async () => {
    const { members = [] } = await client.users.list({});
    expect(members.map(({ name, deleted, is_bot }) => [name, deleted, is_bot])).toEqual([
      ['maint', false, true],
      ['ada', false, false],
      ['grace', false, false],
      ['linus', false, false],
      ['alan', true, false],
      ['deploybot', false, true],
    ]);
    expect((await client.users.info({ user: 'U0GRACE' })).user).toMatchObject({ tz: 'America/New_York' });
    expect((await client.users.lookupByEmail({ email: 'ada@sandbox.example' })).user?.id).toBe('U0ADA');
    expect(await refusal(client.users.info({ user: 'U0NOBODY' }))).toBe('user_not_found');
  });

  it('says who is a guest, who was deactivated, and who is of another workspace', async () => {
    slack.workspace.change('linus', { guest: true });
    slack.workspace.change('grace', { teamId: 'T0ELSEWHERE' });
    slack.workspace.deactivate('ada');
    const users = await Promise.all(['U0ADA', 'U0GRACE', 'U0LINUS'].map((user) => client.users.info({ user })));
    expect(users.map(({ user }) => [user?.deleted, user?.team_id, user?.is_restricted])).toEqual([
      [true, 'T0SANDBOX', false],
      [false, 'T0ELSEWHERE', false],
      [false, 'T0SANDBOX', true],
    ]);
  });

  it('knows who is in a channel, page by page', async () => {
    const first = await client.conversations.members({ channel: 'C0OPS', limit: 3 });
    expect(first.members).toEqual(['U0ADA', 'U0GRACE', 'U0LINUS']);
    const cursor = first.response_metadata?.next_cursor ?? '';
    expect((await client.conversations.members({ channel: 'C0OPS', limit: 3, cursor })).members).toEqual(['U0MAINT']);
    expect(await refusal(client.conversations.members({ channel: 'C0NONE' }))).toBe('channel_not_found');
  });

  it('knows user groups and who is in them', async () => {
    const { usergroups = [] } = await client.usergroups.list({ include_users: true });
    expect(usergroups.map(({ handle, users }) => [handle, users])).toEqual([['oncall', ['U0ADA', 'U0GRACE']]]);
    expect((await client.usergroups.users.list({ usergroup: 'S0ONCALL' })).users).toEqual(['U0ADA', 'U0GRACE']);
    expect(await refusal(client.usergroups.users.list({ usergroup: 'S0NONE' }))).toBe('no_such_subteam');
  });

  it('lists channels, and lets the bot join a public one', async () => {
    const { channels = [] } = await client.conversations.list({ exclude_archived: true });
    expect(channels.map(({ name, is_member }) => [name, is_member])).toEqual([
      ['ops', true],
      ['general', true],
      ['random', false],
    ]);
    await client.conversations.join({ channel: 'C0RANDOM' });
    await client.chat.postMessage({ channel: 'C0RANDOM', text: 'hello' });
    expect((await client.conversations.info({ channel: 'C0RANDOM' })).channel?.is_member).toBe(true);
  });

  it('opens a direct conversation, but not with somebody who left', async () => {
    expect((await client.conversations.open({ users: 'U0ADA' })).channel?.id).toBe('D0ADA');
    expect(await refusal(client.conversations.open({ users: 'U0ALAN' }))).toBe('user_disabled');
  });
});

describe('views', () => {
  it('are refused without a good trigger, and where they are wrong', async () => {
    const view = { type: 'modal' as const, title: plain('T'), blocks: [section('x')] };
    expect(await refusal(client.views.open({ trigger_id: 'guessed', view }))).toBe('invalid_trigger_id');
    const wrong = { type: 'home' as const, blocks: [section('')] };
    expect(await refusal(client.views.publish({ user_id: 'U0ADA', view: wrong }))).toBe('invalid_arguments');
  });

  it('are not updated over a newer state', async () => {
    const view = { type: 'home' as const, blocks: [section('x')] };
    const { view: first } = await client.views.publish({ user_id: 'U0ADA', view });
    const hash = first?.hash ?? '';
    const again = () => client.views.publish({ user_id: 'U0ADA', view, hash });
    await again();
    expect(await refusal(again())).toBe('hash_conflict');
  });
});

describe('files, blocks and faults', () => {
  it('takes an upload in its three parts', async () => {
    await client.files.uploadV2({
      channel_id: ops,
      filename: 'timeline.png',
      file: Buffer.from('png'),
      initial_comment: 'so it went',
    });
    expect(slack.files.list()).toMatchObject([{ name: 'timeline.png', completed: true, channels: [ops] }]);
    expect(slack.files.list()[0]?.bytes?.toString()).toBe('png');
    expect(slack.messages.list().map((message) => current(message).text)).toEqual(['so it went']);
  });

  it('checks blocks without posting them', async () => {
    expect(await raw('blocks.validate', { blocks: [section('fine')] })).toEqual({ ok: true });
    expect(await raw('blocks.validate', { blocks: [section('')] })).toMatchObject({
      ok: false,
      error: 'invalid_blocks',
    });
  });

  it('posts although nobody hears of it, when the connection breaks after the effect', async () => {
    slack.faults.add({ service: 'slack', path: '/chat.postMessage', kind: 'reset-after' });
    await expect(posted('lost')).rejects.toThrow();
    expect(slack.messages.list().map((message) => current(message).text)).toEqual(['lost']);
    expect(slack.requests.list({ service: 'slack' })).toMatchObject([
      { path: '/chat.postMessage', fault: 'reset-after' },
    ]);
  });

  it('writes no token into its log', async () => {
    await posted();
    await raw('auth.test', { token: slack.botToken });
    expect(JSON.stringify(slack.requests.list())).not.toContain(slack.botToken);
  });
});
